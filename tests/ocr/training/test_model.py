"""The model that is shipped: pinned, complete in its characters, and able to read every Thai digit."""

from __future__ import annotations

import hashlib
import re
import subprocess
from pathlib import Path

import cv2
import pytest

from ocr.training.charset import THAI_DIGITS, from_model
from ocr.training.network import INT8, parse_network
from ocr.training.traineddata import read_unicharset, unpack

ROOT = Path(__file__).parents[3]
MODEL = ROOT / "ocr/models/samnao.traineddata"
CARD = ROOT / "ocr/models/MODEL_CARD.md"
DIGESTS = ROOT / "ocr/models/SHA256SUMS"
FIXTURES = Path(__file__).parent / "fixtures"


@pytest.fixture(scope="module")
def parts() -> dict[str, bytes]:
    return unpack(MODEL.read_bytes())


def test_file_card_and_digest_agree() -> None:
    digest = hashlib.sha256(MODEL.read_bytes()).hexdigest()
    assert DIGESTS.read_text("utf-8").split() == [digest, MODEL.name]
    assert re.findall(r"\b[0-9a-f]{64}\b", CARD.read_text("utf-8")) == [digest]


def test_model_is_small() -> None:
    assert MODEL.stat().st_size <= 8_000_000


def test_every_digit_letter_and_mark_is_in_its_characters(parts: dict[str, bytes]) -> None:
    chars = set(read_unicharset(parts["lstm-unicharset"]))
    thai = {chr(code) for code in [*range(0x0E01, 0x0E33), *range(0x0E34, 0x0E3A), *range(0x0E40, 0x0E4E)]}
    latin = {chr(code) for code in [*range(ord("a"), ord("z") + 1), *range(ord("A"), ord("Z") + 1)]}
    assert set(THAI_DIGITS) <= chars
    assert set("0123456789ํา฿ฯๆ“”*:=/-.,()%_") <= chars
    assert thai <= chars and latin <= chars


def test_network_knows_as_many_characters_as_the_set(parts: dict[str, bytes]) -> None:
    file = parse_network(parts["lstm"])
    assert file.network.outputs == len(read_unicharset(parts["lstm-unicharset"]))
    assert all(matrix.mode & INT8 for matrix in file.network.children[-1].matrices)


@pytest.mark.parametrize("name", ["digits-laksaman", "digits-norasi"])
def test_tesseract_reads_every_thai_digit(name: str) -> None:
    image = FIXTURES / f"{name}.png"
    assert cv2.imread(str(image)) is not None
    done = subprocess.run(
        ["tesseract", str(image), "-", "--tessdata-dir", str(MODEL.parent), "-l", MODEL.stem, "--psm", "13"],
        capture_output=True, text=True, check=True, env={"OMP_THREAD_LIMIT": "1", "PATH": "/usr/local/bin:/usr/bin:/bin"},
    )  # fmt: skip
    assert from_model(done.stdout.strip()) == (FIXTURES / f"{name}.txt").read_text("utf-8").strip()
