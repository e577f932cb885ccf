"""Text and images of training lines: legal Thai, every digit, cut as readers cut them."""

from __future__ import annotations

import random
import struct
import unicodedata
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from ocr.engine import TesseractEngine
from ocr.prepare import prepare
from ocr.training.__main__ import app
from ocr.training.charset import THAI_DIGITS, from_model, marks_are_legal, stock_order, to_target
from ocr.training.counts import Choice, Trigrams, choice
from ocr.training.damage import KINDS, damage
from ocr.training.evaluate import Measured, group_rates, line_table, page_table
from ocr.training.fonts import Face
from ocr.training.lines import make_line
from ocr.training.numbers import number
from ocr.training.prepared import lit
from ocr.training.render import cut_rows, draw, ink_rows
from ocr.training.score import comparable, tally
from ocr.training.sentences import held_out_sentences, stretch
from ocr.training.sheets import HeldSheet, make_sheet
from ocr.training.text import Sources, office_text, printed_text
from ocr.types import Page

FONT = Path("/usr/share/fonts/truetype/tlwg/Laksaman.ttf")
FACE = Face(FONT, "Laksaman", "regular", 1.0)

_SYLLABLES = ["งาน", "การ", "น้ำ", "ที่", "ครั้ง", "สื่อ", "กู้", "ผู้", "ปี", "เก็บ", "ศูนย์", "จ้าง", "ใหญ่", "ทำ", "คำ"]


@pytest.fixture(scope="module")
def sources() -> Sources:
    words = choice((word, 1.0) for word in _SYLLABLES)
    pairs = tuple((a, b) for a in _SYLLABLES for b in _SYLLABLES)
    trigrams = Trigrams(dict.fromkeys(pairs, words), pairs, tuple(float(i + 1) for i in range(len(pairs))))
    english = choice((word, 1.0) for word in ("report", "Office", "quality", "jazz", "extra"))
    stock = [
        "",
        "",
        "",
        *"3241087596.๒๕๐๑๓/%=+*,#()-:'!?\"“”|[]<>«»@ๆฯ",
        *(chr(code) for code in range(0x0E01, 0x0E4E)),
    ]
    allowed = frozenset([*stock_order(stock), " "])
    return Sources(trigrams, words, words, words, words, words, english, allowed)


def test_text_is_nfc_legal_and_has_every_digit_and_letter(sources: Sources) -> None:
    rng = random.Random(7)
    counts: Counter[str] = Counter()
    for _ in range(1500):
        text = printed_text(rng, sources)
        target = to_target(text)
        assert unicodedata.is_normalized("NFC", target)
        assert target == target.strip() and "  " not in target and "ำ" not in target
        assert marks_are_legal(target)
        counts.update(target)
    assert all(counts[digit] > 50 for digit in THAI_DIGITS + "0123456789")
    assert all(counts[chr(code)] > 0 for code in [*range(ord("a"), ord("z")), *range(ord("A"), ord("Z"))])
    assert counts["ํ"] and counts["“"] and counts["฿"]


@pytest.mark.parametrize("text", ["ท่ี", "่ก", "กกี้ี", "เ้า", "ิน"])
def test_marks_in_illegal_order_are_noticed(text: str) -> None:
    assert not marks_are_legal(text)


@given(st.text(alphabet="กนทผำ้่ัีู เแโา๔๙ab.", max_size=30))
@settings(max_examples=80)
def test_target_and_spelling_are_inverse(text: str) -> None:
    target = to_target(text)
    assert to_target(from_model(target)) == target


@given(st.integers(0, 2**32))
@settings(max_examples=100)
def test_numbers_come_in_one_digit_set(seed: int) -> None:
    text = number(random.Random(seed), thai=1.0)
    assert not any(char in "0123456789" for char in text)


def test_the_same_seed_makes_the_same_line(sources: Sources) -> None:
    one, two = make_line(11, sources, (FACE,)), make_line(11, sources, (FACE,))
    assert one.text == two.text and np.array_equal(one.image, two.image)


@pytest.mark.parametrize("kind", KINDS)
def test_every_damage_leaves_ink_and_paper(sources: Sources, kind: str) -> None:
    for seed in range(6):
        line = make_line(seed, sources, (FACE,), kind)
        assert line.image.dtype == np.uint8 and line.image.ndim == 2
        assert line.image.shape[0] <= 150 and line.kind == kind
        assert np.ptp(line.image) > 30
    with pytest.raises(ValueError, match="kind of damage"):
        damage(np.random.default_rng(0), np.zeros((20, 20), np.uint8), 10.0, "fire")


@given(st.integers(0, 10_000), st.floats(10, 50))
@settings(max_examples=40)
def test_crops_hold_the_line(seed: int, height: float) -> None:
    rng = random.Random(seed)
    drawn = draw("ที่นี้ ปู่ฎุ", FACE, height, False)
    ink = ink_rows(drawn.image)
    top, bottom = cut_rows(rng, ink, drawn.baseline, drawn.height, drawn.image.shape[0])
    assert top <= ink[0] + 0.13 * drawn.height + 1
    assert drawn.baseline < bottom <= drawn.image.shape[0]


def test_light_is_evened_as_the_reader_does_it(sources: Sources) -> None:
    drawn = draw("กขค " * 12, FACE, 20.0, False)
    slope = np.linspace(0.5, 0.9, drawn.image.shape[1])
    shaded = (drawn.image * slope).astype(np.uint8)
    even = lit(shaded, drawn.height)
    assert even.shape == shaded.shape
    assert np.percentile(even, 60, axis=0).min() > 235 and even.min() < 60


@pytest.mark.parametrize("kind", ["clean", "fax", "phone"])
def test_a_page_of_lines_holds_them_all_and_comes_again(sources: Sources, kind: str) -> None:
    one, two = (make_sheet(5, sources, (FACE,), kind, office_text) for _ in range(2))
    assert np.array_equal(one.image, two.image) and one.lines == two.lines and len(one.lines) == 12
    assert 90 < one.dpi < 320
    if kind == "clean":
        assert tally("\n".join(one.lines), _read(one)).cer < 0.05


def _read(sheet: HeldSheet) -> str:
    return str(TesseractEngine().read(prepare(Page(1, sheet.image, sheet.dpi)), 1))


def test_consonants_are_as_high_as_asked_and_missing_letters_are_borrowed() -> None:
    drawn = draw("กกก ☑ ✓", FACE, 40.0, False)
    assert abs(drawn.height - 40) < 2
    assert drawn.image.shape[1] > 3 * drawn.height


def test_choice_follows_the_weights() -> None:
    picks = Choice(("a", "b"), (1.0, 10.0))
    drawn = Counter(picks.draw(random.Random(seed)) for seed in range(400))
    assert drawn["b"] > 5 * drawn["a"] > 0


def test_scores_count_digits_and_letters_apart() -> None:
    one = tally("ปี ๒๕๖๖ Plan ทำ", "ปี ๒๕๕๖ PIan ทํา")
    assert (one.digits, one.digits_right, one.latin, one.latin_right) == (4, 3, 4, 3)
    assert one.edits == 2 and one.characters == len(comparable("ปี๒๕๖๖Planทำ"))


def test_tables_name_every_model_and_group() -> None:
    lines = {
        "tha": Measured(dict.fromkeys(KINDS, tally("ก๙a", "ก")), 4.0),
        "one": Measured(dict.fromkeys(KINDS, tally("ก๙a", "ก๙a")), 5.0),
    }
    table = line_table(lines)
    assert "| one | 0.00%" in table and "| tha | 66.67%" in table
    assert table.splitlines()[2].endswith("| 1.00 |") and table.splitlines()[3].endswith("| 1.25 |")
    assert table.splitlines()[-1].startswith("| goal | 0.30%")
    pages = {"one": {"memo_1": tally("กก", "กข"), "memo_2": tally("กก", "กก"), "letter_1": tally("ก", "ก")}}
    assert group_rates(pages["one"]) == {"letter": 0.0, "memo": 0.25}
    assert "12.5%" in page_table(pages)


def test_packaging_before_training_says_what_to_run(tmp_path: Path) -> None:
    said = CliRunner().invoke(app, ["package", "--folder", str(tmp_path), "--target", str(tmp_path / "m")])
    assert said.exit_code == 2 and "ocr.training train" in said.output
    assert not (tmp_path / "m").exists()


def test_held_out_sentences_lose_their_placeholders(tmp_path: Path) -> None:
    catalogue = tmp_path / "th.mo"
    pairs = [
        (b"", b"Content-Type: text/plain; charset=UTF-8\n"),
        (b"a", "ไม่สามารถเปิดแฟ้ม %1 ได้".encode()),
        (b"b", b"Latin only"),
    ]
    catalogue.write_bytes(_mo(pairs))
    assert held_out_sentences(tmp_path, frozenset("ไม่สามารถเปิดแฟ้ได ")) == ["ไม่สามารถเปิดแฟ้ม ได้"]
    assert stretch("กกกี่ข", 4) == "กก"
    with pytest.raises(FileNotFoundError, match="fetch"):
        held_out_sentences(tmp_path / "none", frozenset())


def _mo(pairs: list[tuple[bytes, bytes]]) -> bytes:
    """A message catalogue as gettext reads it."""
    place = 28 + 16 * len(pairs)
    keys, values, blob = b"", b"", b""
    for key, _ in pairs:
        keys += struct.pack("<2I", len(key), place + len(blob))
        blob += key + b"\0"
    for _, value in pairs:
        values += struct.pack("<2I", len(value), place + len(blob))
        blob += value + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, 0)
    return head + keys + values + blob
