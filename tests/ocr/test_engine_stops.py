"""Stops on the baseline stay, specks taken for stops go."""

from __future__ import annotations

import cv2
import pytest

from ocr.engine.stops import without_dirt
from ocr.layout.runs import from_left
from ocr.thaiorder import Glyph
from tests.ocr.layout.test_lines import draw, print_of


def read(over: int | None, blank: str = " ") -> str:
    """What is left of "กกกกก.กกกกก", its dot drawn `over` pixels over the baseline, or not at all."""
    text = f"กกกกก{blank}กกกกก"
    image = draw((text,)).copy()
    clean = print_of(image)
    boxes = clean.ink.boxes[from_left(clean.ink, clean.runs[0].components)]
    middle, foot = int(boxes[4, 2] + boxes[5, 0]) // 2, int(boxes[4, 3])
    if over is not None:
        cv2.rectangle(image, (middle - 2, foot - over - 5), (middle + 2, foot - over - 1), 0, -1)
    printed = print_of(image)
    letters = [Glyph("ก", 0.9, float(b[0]), float(b[2])) for b in boxes]
    stop = Glyph(".", 0.9, middle - 3.0, middle + 3.0)
    left = without_dirt([*letters[:5], stop, *letters[5:]], printed.ink, printed.runs[0])
    return "".join(" " * g.joint + g.char for g in left)


@pytest.mark.parametrize("over", [0, 1, -1, None])
def test_a_stop_on_the_baseline_stays(over: int | None) -> None:
    assert read(over) == "กกกกก.กกกกก"


@pytest.mark.parametrize("over", [5, 9, 15, -8])
def test_a_speck_in_a_blank_is_a_blank(over: int) -> None:
    assert read(over) == "กกกกก กกกกก"


def test_leader_dots_are_left_alone() -> None:
    printed = print_of(draw(("กกกกก",)))
    dots = [Glyph(".", 0.9, 100.0 + 6 * i, 103.0 + 6 * i) for i in range(4)]
    assert without_dirt(dots, printed.ink, printed.runs[0]) == dots
