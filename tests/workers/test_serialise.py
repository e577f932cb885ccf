"""Texts and records as JSON and back."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.types import Box, Line, Mark, Rule, Text, Word
from postprocess.types import Change, Field, Problem, Record
from workers.serialise import dump_text, json_line, load_text, record_json

numbers = st.floats(-1e6, 1e6, allow_nan=False)
boxes = st.builds(Box, numbers, numbers, numbers, numbers)
strings = st.text(st.sampled_from('กขำ่้๐๙aZ0. :"\\\n '), max_size=12)
words = st.builds(
    Word,
    text=strings,
    box=boxes,
    page_box=boxes,
    confidences=st.lists(st.floats(0, 1), max_size=4).map(tuple),
)
lines = st.builds(
    Line,
    words=st.lists(words, max_size=3).map(tuple),
    row=st.integers(0, 99),
    block=st.integers(0, 99),
)
texts = st.builds(
    Text,
    page=st.integers(1, 9999),
    width=st.integers(1, 20000),
    height=st.integers(1, 20000),
    lines=st.lists(lines, max_size=4).map(tuple),
    rules=st.lists(st.builds(Rule, boxes, st.sampled_from(["horizontal", "vertical"])), max_size=3).map(
        tuple
    ),
    marks=st.lists(
        st.builds(Mark, st.sampled_from(["unchecked", "checked", "ink", "stamp"]), boxes, boxes), max_size=2
    ).map(tuple),
    origin=st.sampled_from(["ocr", "text layer"]),
    blank=st.booleans(),
    steps=st.lists(strings, max_size=3).map(tuple),
)


@given(texts)
@settings(max_examples=60)
def test_a_text_comes_back_equal(text: Text) -> None:
    assert load_text(dump_text(text)) == text


@pytest.mark.parametrize(
    "data", [b"", b"no gzip", dump_text(Text(1, 2, 3))[:-9], dump_text(Text(1, 2, 3))[:12]]
)
def test_what_is_no_text_says_so(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"kept text|json|JSON"):
        load_text(data)


def test_a_record_is_written_as_the_contract_says() -> None:
    field = Field(
        path="budget",
        value=26200,
        raw="26,2OO บาท",
        text="26,200 บาท",
        confidence=0.99912,
        status="accepted",
        page=1,
        box=(1, 2, 3, 4),
        changes=(Change("digit", "O", "0"),),
        problems=(Problem("doubt", "ดูอีกครั้ง / look again"),),
        alternatives=("28,200 บาท",),
    )
    record = Record("slip", "abc", 2, (1, 3), "accepted", {"budget": 26200}, (field,))
    line = json_line(record_json(record, "a/b.pdf", "ff"))
    assert "\n" not in line
    assert "บาท" in line
    assert json.loads(line) == {
        "schema": "samnao/1",
        "form": "slip",
        "form_version": "abc",
        "source": "a/b.pdf",
        "source_sha256": "ff",
        "pages": [1, 3],
        "record": 2,
        "status": "accepted",
        "values": {"budget": 26200},
        "fields": [
            {
                "path": "budget",
                "value": 26200,
                "raw": "26,2OO บาท",
                "text": "26,200 บาท",
                "confidence": 0.9991,
                "status": "accepted",
                "page": 1,
                "box": [1, 2, 3, 4],
                "changes": [{"rule": "digit", "from": "O", "to": "0"}],
                "problems": [{"code": "doubt", "message": "ดูอีกครั้ง / look again"}],
                "alternatives": ["28,200 บาท"],
            }
        ],
    }
