"""`samnao doctor`: is everything here that samnao needs, and what to do where not."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from ocr.errors import SamnaoError
from workers import doctor_service
from workers.machine import INSTALL, cores, languages, tesseract_version
from workers.settings import Settings, load_settings

LIBRARIES = (
    "opencv-python-headless",
    "numpy",
    "pillow",
    "pypdfium2",
    "pytesseract",
    "pythainlp",
    "rapidfuzz",
    "pydantic",
)
STOCK = ("tha", "eng", "osd")
FREE_MEGABYTES = 1000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: what was found and, where that is a problem, its remedy."""

    subject: str
    found: str
    remedy: str | None = None


def examine(folder: Path) -> Iterator[Finding]:
    """Look at everything samnao needs, `folder` being where it is to write."""
    yield _python()
    yield from _tesseract()
    yield from (_library(name) for name in LIBRARIES)
    try:
        settings = load_settings()
    except SamnaoError as error:
        yield Finding("settings", "wrong", str(error))
        settings = None
    if settings is not None:
        yield _engine(settings)
        yield _forms(settings)
        yield _memory(settings)
        yield from (Finding(*one) for one in doctor_service.examine(settings))
    yield _disk(folder)


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    good = sys.version_info >= (3, 11)
    return Finding("Python", version, None if good else "install Python 3.11 or later")


def _tesseract() -> Iterator[Finding]:
    try:
        version = tesseract_version()
        folder, known = languages()
    except SamnaoError as error:
        yield Finding("Tesseract", "not found", str(error))
        return
    new = version.split(".")[0].isdecimal() and int(version.split(".")[0]) >= 5
    yield Finding("Tesseract", version, None if new else f"Tesseract 5 is needed; run: {INSTALL}")
    lacking = [name for name in STOCK if name not in known]
    remedy = f"no data for {', '.join(lacking)}; run: {INSTALL}" if lacking else None
    yield Finding("Tesseract data", f"{', '.join(known) or 'none'} in {folder}", remedy)


def _library(name: str) -> Finding:
    try:
        return Finding(name, importlib.metadata.version(name))
    except importlib.metadata.PackageNotFoundError:
        return Finding(name, "not found", "run: make setup")


def _engine(settings: Settings) -> Finding:
    from workers.setup import engine

    reader = engine(settings)
    subject = f"model {reader.language}"
    try:
        folder, known = languages(reader.tessdata)
        lacking = [name for name in reader.language.split("+") if name not in known]
        if lacking:
            return Finding(subject, "not found", f"no {', '.join(lacking)} in {folder}; run: {INSTALL}")
        where = [] if reader.tessdata is None else ["--tessdata-dir", str(reader.tessdata)]
        return _read_blank(subject, [*where, "-l", reader.language], str(folder))
    except SamnaoError as error:
        return Finding(subject, "not loaded", str(error))


def _read_blank(subject: str, arguments: list[str], folder: str) -> Finding:
    """Let Tesseract load the model on a small white page."""
    page = b"P5\n64 48\n255\n" + b"\xff" * (64 * 48)
    with tempfile.NamedTemporaryFile(suffix=".pgm") as file:
        file.write(page)
        file.flush()
        command = ["tesseract", file.name, "-", "--psm", "7", "--dpi", "300", *arguments]
        result = subprocess.run(
            command, capture_output=True, text=True, errors="replace", timeout=60, check=False
        )
    if result.returncode:
        return Finding(
            subject,
            "does not load",
            f"{result.stderr.strip()[-200:]}; install samnao or Tesseract's data again",
        )
    return Finding(subject, f"loads, from {folder}")


def _forms(settings: Settings) -> Finding:
    from workers.setup import forms

    try:
        return Finding("forms", ", ".join(form.name for form in forms(settings)))
    except SamnaoError as error:
        return Finding("forms", "wrong", str(error))


def _memory(settings: Settings) -> Finding:
    free = psutil.virtual_memory().available / 2**20
    found = f"{cores()} cores, {settings.jobs} jobs, {free:.0f} MB of memory free"
    if free < 500 * settings.jobs:
        fewer = max(1, int(free // 500))
        return Finding(
            "machine", found, f"a page may take 500 MB: use --jobs {fewer} or set SAMNAO_JOBS={fewer}"
        )
    return Finding("machine", found)


def _disk(folder: Path) -> Finding:
    place = folder.resolve()
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free / 2**20
    found = f"{free:.0f} MB free for {folder}"
    if not os.access(place, os.W_OK):
        return Finding(
            "disk", found, f"{place} cannot be written; change its permissions or choose another --out"
        )
    return Finding(
        "disk", found, None if free >= FREE_MEGABYTES else "free some space, or choose another --out"
    )
