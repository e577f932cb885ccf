"""All kinds of field: nothing printed, and print of any kind."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postprocess import vocab
from postprocess.kinds import KIND_NAMES, parse
from postprocess.thai import normalize
from tests.postprocess.kinds.forms import CODE, STATUS


@pytest.mark.parametrize("kind", sorted(KIND_NAMES - {"code", "choice", "integer"}))
@pytest.mark.parametrize(
    "raw", ["", "   ", "....................", "…………", "____", "-", "–", " : .......... "]
)
def test_nothing_printed_is_nothing(kind: str, raw: str) -> None:
    parsed = parse(kind, raw, {})
    assert (parsed.value, parsed.text, parsed.problems) == (None, None, ())


@settings(max_examples=200)
@given(
    st.sampled_from(sorted(KIND_NAMES)),
    st.text(st.sampled_from("0123๔๕OlSB.,-–/:% กบาท่้โร()ต่อ\n"), max_size=24),
)
def test_no_print_is_too_odd(kind: str, raw: str) -> None:
    options: dict[str, Any] = {"code": CODE, "choice": STATUS}.get(kind, {})
    parsed = parse(kind, raw, options)
    assert 0 <= parsed.strength <= 1
    assert parsed.text is None or parsed.text == normalize(parsed.text)
    assert parsed.value is None or parsed.text is not None
    assert all(" / " in p.message for p in parsed.problems)


def test_unknown_kind_names_the_known() -> None:
    with pytest.raises(ValueError, match="known are be_year, choice"):
        parse("colour", "แดง", {})


def test_unknown_word_list_names_the_known() -> None:
    with pytest.raises(ValueError, match="districts"):
        vocab.entries("planets")
