"""Thai text: the contract's form, digits, joined lines."""

from __future__ import annotations

import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from postprocess import thai

THAI_TEXT = st.text(st.sampled_from("กขคงนมยรลวสอดตเแโไะาำัิีึืุู่้๊๋์ํๆฯ ๐๙5aB/-.\n\u200b"), max_size=30)


@pytest.mark.parametrize(
    ("read", "form"),
    [
        ("นํ้า", "น้ำ"),
        ("นำ้", "น้ำ"),
        ("น้ํา", "น้ำ"),
        ("ทํางาน", "ทำงาน"),
        ("ทํ างาน", "ทำงาน"),
        ("เเผน", "แผน"),
        ("ที่่", "ที่"),
        ("ที้่", "ที่"),
        ("พื้ื้น", "พื้น"),
        ("ก่ี", "กี่"),
        ("ผู้\u200bที่", "ผู้ที่"),
        ("ก  ข\n ค\u00a0ง", "ก ข ค ง"),
        (" ่ก", "ก"),
        ("การ ่ศึกษา", "การ่ศึกษา"),
        ("ท\uf702\uf70a", "ที่"),
        ("๒๕๖๖", "๒๕๖๖"),
        ("นั้น ๆ", "นั้น ๆ"),
        ("ตามแผนฯ", "ตามแผนฯ"),
        ("ฤๅษี", "ฤๅษี"),
        ("จํานวน 5 คน", "จำนวน 5 คน"),
        ("", ""),
    ],
)
def test_normalize(read: str, form: str) -> None:
    assert thai.normalize(read) == form


@settings(max_examples=150)
@example("เิเ")
@given(THAI_TEXT)
def test_normalize_is_stable_and_keeps_letters(text: str) -> None:
    once = thai.normalize(text)
    assert thai.normalize(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert "ํา" not in once
    assert "  " not in once
    assert once == once.strip()

    def letters(s: str) -> list[str]:
        return [c for c in s if "ก" <= c <= "ฮ" or (c.isascii() and c.isalnum()) or c in thai.THAI_DIGITS]

    assert letters(once) == letters(text)


@given(st.text(st.sampled_from("0123456789ก ,.")))
def test_digits_round_trip(text: str) -> None:
    assert thai.arabic_digits(thai.thai_digits(text)) == text
    assert len(thai.thai_digits(text)) == len(text)


@pytest.mark.parametrize(
    ("lines", "joined"),
    [
        (["การดำเนินงาน", "ของศูนย์"], "การดำเนินงานของศูนย์"),
        (["จำนวน ๑๐๐", "คน"], "จำนวน ๑๐๐ คน"),
        (["จำนวน", "100 คน"], "จำนวน 100 คน"),
        (["โปรแกรม", "Excel"], "โปรแกรม Excel"),
        (["ใช้ Excel", "และ Word"], "ใช้ Excel และ Word"),
        (["Microsoft", "Excel"], "Microsoft Excel"),
        (["ระบบ e-", "learning"], "ระบบ e-learning"),
        (["รหัส 50410000-", "6831"], "รหัส 50410000-6831"),
        (["กลยุทธ์ตามแผนฯ", "/ตัวชี้วัด"], "กลยุทธ์ตามแผนฯ/ตัวชี้วัด"),
        (["สำนักงานเขตหลักสี่ /", "ฝ่ายการศึกษา"], "สำนักงานเขตหลักสี่ / ฝ่ายการศึกษา"),
        (["สำนักงานเขตหลักสี่", "/ ฝ่ายการศึกษา"], "สำนักงานเขตหลักสี่ / ฝ่ายการศึกษา"),
        (["ฉบับ (", "ที่ 2", ")"], "ฉบับ (ที่ 2)"),
        (["นั้น", "ๆ โดย"], "นั้นๆ โดย"),
        (["นั้น ๆ", "โดย"], "นั้น ๆ โดย"),
        (["ก", "", "  ", "ข"], "กข"),
        ([], ""),
    ],
)
def test_join_lines(lines: list[str], joined: str) -> None:
    assert thai.join_lines(lines) == joined


@settings(max_examples=100)
@given(st.lists(st.text(st.sampled_from("กาำี่ๆ ๑5aB/-().:"), max_size=8), max_size=5))
def test_joining_loses_nothing_but_blanks(lines: list[str]) -> None:
    parts = [thai.normalize(line) for line in lines]
    joined = thai.join_lines(lines)
    assert thai.normalize(joined) == joined
    whole = thai.normalize("".join(parts)).replace(" ", "")
    assert joined.replace(" ", "") == whole or any(p and p[0] in "าำะ" for p in parts)


def test_words_and_frequencies() -> None:
    assert "สำนักงาน" in thai.words()
    assert "สำนกงาน" not in thai.words()
    assert thai.frequencies()["ที่"] > thai.frequencies()["ที"] > 0
    assert "ฟหกด" not in thai.frequencies()
    assert thai.is_name("สมชาย")
    assert "".join(thai.tokens("สำนักงานเขตหลักสี่ 50 แห่ง")) == "สำนักงานเขตหลักสี่ 50 แห่ง"


@pytest.mark.parametrize(("words", "value"), [("สองหมื่นหกพันสองร้อย", 26200), ("หนึ่งร้อย", 100), ("กขค", None)])
def test_number_in_words(words: str, value: int | None) -> None:
    assert thai.number_in_words(words) == value


def test_importing_loads_no_corpus() -> None:
    code = "import sys; import postprocess.thai, postprocess.kinds, postprocess.correct; print('pythainlp' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "False"


def test_word_lists_write_nothing_to_the_home(tmp_path: Path) -> None:
    code = "from postprocess import thai; thai.words(); thai.frequencies(); thai.known_names(); thai.tokens('กา')"
    env = {k: v for k, v in os.environ.items() if not k.startswith("PYTHAINLP")} | {"HOME": str(tmp_path)}
    subprocess.run([sys.executable, "-W", "error", "-c", code], env=env, check=True)
    assert list(tmp_path.iterdir()) == []
