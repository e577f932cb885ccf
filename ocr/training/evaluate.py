"""Measures models on held-out lines (unseen fonts, unseen text) by kind of damage, and on whole scanned pages."""

from __future__ import annotations

import os
import random
import resource
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import cv2

from ocr.engine import TesseractEngine
from ocr.prepare import prepare
from ocr.types import Page

from .damage import KINDS
from .fonts import faces
from .lines import Line, Writer, make_line
from .numbers import thai_digits
from .score import Tally, tally, total
from .sentences import held_out_sentences, stretch
from .sheets import HeldSheet, make_sheet
from .sources import BUILD, TESSDATA
from .starter import stock_characters
from .text import Sources, load_sources, office_text

# Seeds of the held-out lines and pages; rounds of training lines use others.
_SEED = 3_000_000_000
_SHEET_SEED = 3_500_000_000


@dataclass(frozen=True, slots=True)
class Model:
    """A language name and the folder it lies in."""

    name: str
    folder: Path


# What the model is to reach, in per cent of characters; the copy is measured after preparation.
GOALS = {"clean": 0.3, "flatbed": 0.3, "feeder": 0.8, "fax": 0.8, "copy": 2.0, "phone": 0.8}
STOCK = (Model("tha", TESSDATA), Model("tha+eng", TESSDATA), Model("script/Thai", TESSDATA))


def _environment() -> dict[str, str]:
    return {**os.environ, "OMP_THREAD_LIMIT": "1"}


def _language(model: Model) -> str:
    flat = TESSDATA / f"{model.name.rsplit('/', 1)[-1]}.traineddata"
    return flat.stem if "/" in model.name and flat.exists() else model.name


def read_images(images: list[Path], model: Model, psm: int) -> list[str]:
    """The text of each image, all read by one Tesseract process. Raises RuntimeError with Tesseract's own message."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as listing:
        listing.write("\n".join(str(image) for image in images) + "\n")
        listing.flush()
        done = subprocess.run(
            [
                "tesseract", listing.name, "-", "--tessdata-dir", str(model.folder), "-l", _language(model), "--psm", str(psm),
                "-c", "page_separator=\f",
            ],
            env=_environment(), capture_output=True, text=True, check=False,
        )  # fmt: skip
    if done.returncode != 0:
        raise RuntimeError(f"tesseract could not read with {model.name}: {done.stderr.strip()[-300:]}")
    texts = done.stdout.split("\f")
    if len(texts) < len(images):
        raise RuntimeError(
            f"tesseract gave {len(texts) - 1} texts for {len(images)} images with {model.name}"
        )
    return texts[: len(images)]


def _held_out_writer(build: Path) -> tuple[Sources, Writer]:
    """The sources and what writes held-out texts: half real sentences, half form content."""
    sources = load_sources(stock_characters(TESSDATA / "tha.traineddata"), build)
    sentences = held_out_sentences(build / "apt", sources.allowed)

    def text(rng: random.Random, known: Sources) -> str:
        if rng.random() < 0.5:
            sentence = stretch(rng.choice(sentences))
            return thai_digits(sentence) if rng.random() < 0.5 else sentence
        return office_text(rng, known)

    return sources, text


def held_out_lines(each: int, build: Path = BUILD) -> list[Line]:
    """`each` lines for every kind of damage, in held-out fonts, cut as the reader cuts; half real sentences, half form content."""
    sources, text = _held_out_writer(build)
    chosen = faces(True, build)
    return [
        make_line(_SEED + 10_000 * place + i, sources, chosen, kind, text, as_read=True)
        for place, kind in enumerate(KINDS)
        for i in range(each)
    ]


def held_out_sheets(each: int, build: Path = BUILD) -> list[HeldSheet]:
    """`each` pages of a dozen such lines for every kind of damage."""
    sources, text = _held_out_writer(build)
    chosen = faces(True, build)
    return [
        make_sheet(_SHEET_SEED + 10_000 * place + i, sources, chosen, kind, text)
        for place, kind in enumerate(KINDS)
        for i in range(each)
    ]


def _child_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@dataclass(frozen=True, slots=True)
class Measured:
    """What one model did: tallies by kind of damage, and the CPU seconds that Tesseract took."""

    kinds: dict[str, Tally]
    seconds: float


def evaluate_lines(lines: list[Line], models: tuple[Model, ...]) -> dict[str, Measured]:
    """Every line read as a page of its own (psm 13) by each model."""
    result: dict[str, Measured] = {}
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for i, line in enumerate(lines):
            paths.append(Path(folder) / f"{i:05d}.png")
            cv2.imwrite(str(paths[-1]), line.image)
        for model in models:
            before = _child_seconds()
            texts = read_images(paths, model, 13)
            tallies = [(line.kind, tally(line.text, text)) for line, text in zip(lines, texts, strict=True)]
            result[model.name] = Measured(_by_kind(tallies), _child_seconds() - before)
    return result


def evaluate_sheets(sheets: list[HeldSheet], models: tuple[Model, ...]) -> dict[str, Measured]:
    """Every page prepared and cut into lines by samnao, the lines read by each model."""
    ready = [prepare(Page(1, sheet.image, sheet.dpi)) for sheet in sheets]
    result: dict[str, Measured] = {}
    for model in models:
        engine = TesseractEngine(_language(model), model.folder)
        before = _child_seconds()
        tallies = [
            (sheet.kind, tally("\n".join(sheet.lines), str(engine.read(done, 1))))
            for sheet, done in zip(sheets, ready, strict=True)
        ]
        result[model.name] = Measured(_by_kind(tallies), _child_seconds() - before)
    return result


def _by_kind(tallies: list[tuple[str, Tally]]) -> dict[str, Tally]:
    return {kind: total(one for other, one in tallies if other == kind) for kind in KINDS}


def evaluate_pages(folder: Path, models: tuple[Model, ...], psm: int) -> dict[str, dict[str, Tally]]:
    """Tallies by model and page for a folder of `NAME.png` with `NAME.gt.txt` beside it."""
    pages = sorted(path for path in folder.glob("*.png") if path.with_suffix(".gt.txt").exists())
    result: dict[str, dict[str, Tally]] = {}
    for model in models:
        texts = read_images(pages, model, psm)
        result[model.name] = {
            page.stem: tally(page.with_suffix(".gt.txt").read_text("utf-8"), text)
            for page, text in zip(pages, texts, strict=True)
        }
    return result


def group_rates(pages: dict[str, Tally]) -> dict[str, float]:
    """Mean CER by group of pages; a group is what stands before the first underscore of the name."""
    groups: dict[str, list[float]] = {}
    for name, one in pages.items():
        groups.setdefault(name.split("_")[0], []).append(one.cer)
    return {name: sum(rates) / len(rates) for name, rates in sorted(groups.items())}


def line_table(result: dict[str, Measured]) -> str:
    """A Markdown table of `evaluate_lines` or `evaluate_sheets`: CER by kind of damage, Thai digits and Latin letters
    right, CPU as a multiple of the stock model `tha`'s.
    """
    head = [
        "model",
        *(f"CER {kind}" for kind in KINDS),
        "CER all",
        "Thai digits right",
        "(clean, flatbed, feeder)",
        "Latin right",
        "CPU / tha",
    ]
    rows = [head, ["---"] * len(head)]
    for name, measured in result.items():
        kinds = measured.kinds
        whole = total(kinds.values())
        easy = total(kinds[kind] for kind in ("clean", "flatbed", "feeder"))
        shares = [f"{share:.1%}" for share in (whole.digit_share, easy.digit_share, whole.latin_share)]
        cpu = f"{measured.seconds / result['tha'].seconds:.2f}" if "tha" in result else "-"
        rows.append([name, *(f"{kinds[kind].cer:.2%}" for kind in KINDS), f"{whole.cer:.2%}", *shares, cpu])
    rows.append(["goal", *(f"{GOALS[kind]:.2f}%" for kind in KINDS), "", "", "99.5%", "", "1.30"])
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def page_table(result: dict[str, dict[str, Tally]]) -> str:
    """A Markdown table of `evaluate_pages`: mean CER by group, the mean over groups, Thai digits right."""
    groups = sorted({group for pages in result.values() for group in group_rates(pages)})
    head = ["model", *groups, "mean over groups", "Thai digits right"]
    rows = [head, ["---"] * len(head)]
    for name, pages in result.items():
        rates = group_rates(pages)
        mean = sum(rates.values()) / max(1, len(rates))
        rows.append(
            [
                name,
                *(f"{rates[group]:.1%}" for group in groups),
                f"{mean:.1%}",
                f"{total(pages.values()).digit_share:.0%}",
            ]
        )
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)
