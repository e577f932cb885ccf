"""Brackets and quotation marks that belong together."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postprocess.correct.pairs import paired
from postprocess.types import Change


@pytest.mark.parametrize(
    ("read", "printed"),
    [
        ("ค่าไปรษณีย์ (EMS]", "ค่าไปรษณีย์ (EMS)"),
        ("ค่าอาหารเสริม [นม)", "ค่าอาหารเสริม (นม)"),
        ("ต้านยาเสพติด (TO BE NUMBER ONE} ในทุกแขวง", "ต้านยาเสพติด (TO BE NUMBER ONE) ในทุกแขวง"),
        ("((ก] ข)", "((ก) ข)"),
        ('นโยบาย "ทำงาน ทำงาน” และ “คนรุ่นใหม่"', "นโยบาย “ทำงาน ทำงาน” และ “คนรุ่นใหม่”"),
    ],
)
def test_the_round_or_curved_partner_tells_the_other(read: str, printed: str) -> None:
    assert paired(read)[0] == printed


@pytest.mark.parametrize("text", ["[ก]", "{ก}", '"ทำงาน"', "(ก", "ก]", "[ก}", '“ก ข" ค "'])
def test_what_has_no_such_partner_stays(text: str) -> None:
    assert paired(text) == (text, ())


def test_changes_are_recorded() -> None:
    assert paired("(ก]")[1] == (Change("pair", "]", ")"),)


@given(st.text('ก ()[]{}"“”', max_size=20))
@settings(max_examples=200)
def test_only_signs_change_and_a_second_time_nothing(text: str) -> None:
    once, changes = paired(text)
    assert len(once) == len(text)
    assert paired(once) == (once, ())
    assert [c.before for c in changes] == [a for a, b in zip(text, once, strict=True) if a != b]
