"""Labels found in worn print."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from postprocess.labels import find, likeness, skeleton


@given(st.text(alphabet="กขคงจดตนบปผฝพมรลวสหอเแโใไาิีึืุู่้ั์. :1๒", max_size=40))
def test_find_stays_inside_its_text(text: str) -> None:
    match = find("งบประมาณที่ได้รับ", text)
    if match is not None:
        assert 0 <= match.start < match.end <= len(text)
        assert 0 < match.score <= 1


def test_likeness_prefers_the_right_label() -> None:
    assert likeness("งบประมาณที่ได้รับ", "งบปะมาณทีได้รบ") > likeness("งบประมาณที่ใช้ไป", "งบปะมาณทีได้รบ")
    assert skeleton("เเผน").bones == skeleton("แผน").bones
