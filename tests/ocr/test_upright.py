"""Pages read the right way up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest

from ocr.engine import TesseractEngine
from ocr.errors import PageTimeout
from ocr.prepare import prepare
from ocr.types import Box, Image, Line, Page, Sheet, Text, Word, Zone
from ocr.upright import read_upright

Draw = Callable[..., Image]


@dataclass
class Reader:
    """Reads `letters` letters, as surely as `sure` says of each turn; without a word of it the page takes too long."""

    sure: dict[int, float]
    letters: int = 80
    turns: list[int] = field(default_factory=list)

    def read(self, sheet: Sheet, number: int) -> Text:
        assert sheet.turn is not None
        self.turns.append(sheet.turn)
        if sheet.turn not in self.sure:
            raise PageTimeout("too long")
        box = Box(0, 0, 1, 1)
        word = Word("ก" * self.letters, box, box, (self.sure[sheet.turn],) * self.letters)
        return Text(number, 1, 1, (Line((word,)),), turn=sheet.turn)

    def reread(self, asked: Iterable[tuple[Sheet, Sequence[Zone]]]) -> list[tuple[str, ...]]:
        raise AssertionError


@pytest.mark.parametrize(
    ("sure", "letters", "turns", "kept"),
    [
        ({0: 0.9}, 80, [0], 0),
        ({0: 0.4, 2: 0.8}, 80, [0, 2], 2),
        ({0: 0.4, 2: 0.3, 1: 0.3, 3: 0.9}, 80, [0, 2, 1, 3], 3),
        ({0: 0.5, 2: 0.3, 1: 0.4, 3: 0.4}, 80, [0, 2, 1, 3], 0),
        ({0: 0.4, 1: 0.8}, 80, [0, 2, 1], 1),
        ({0: 0.4}, 20, [0], 0),
    ],
    ids=["sure", "on its head", "on its side", "hopeless", "one takes too long", "too little to tell"],
)
def test_a_page_is_kept_as_it_is_read_best(
    thai_page: Draw,
    sure: dict[int, float],
    letters: int,
    turns: list[int],
    kept: int,
) -> None:
    reader = Reader(sure, letters)
    text, sheet = read_upright(Page(1, thai_page(), 150), 1, reader)
    assert reader.turns == turns
    assert text.turn == sheet.turn == kept


@pytest.mark.parametrize("turn", range(4))
def test_a_known_turn_is_taken(thai_page: Draw, turn: int) -> None:
    page = thai_page(size=(6.4, 8.4))
    scan = np.ascontiguousarray(np.rot90(page, -turn))
    assert np.array_equal(prepare(Page(1, scan, 150), turn).image, page)
    assert prepare(Page(1, scan, 150)).turn == turn


@pytest.mark.parametrize("turn", [1, 2, 3])
def test_print_that_does_not_show_which_way_is_up_is_read_upright(
    thai_page: Draw, monkeypatch: pytest.MonkeyPatch, turn: int
) -> None:
    scan = np.ascontiguousarray(np.rot90(thai_page(dpi=200), -turn))
    monkeypatch.setattr("ocr.prepare.flat.upside_down", lambda *_: 0.0)
    monkeypatch.setattr("ocr.prepare.flat._FEWEST", 10_000)
    page = Page(1, scan, 200)
    assert prepare(page).turn == 0
    text, sheet = read_upright(page, 1, TesseractEngine())
    assert str(text).startswith("กรุงเทพมหานคร")
    assert text.turn == sheet.turn == turn
