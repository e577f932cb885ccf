"""What this machine has: cores, Tesseract and its models, and digests of what a result depends on."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
from functools import cache
from pathlib import Path

from ocr.errors import EngineMissing

INSTALL = "sudo apt-get install tesseract-ocr tesseract-ocr-tha tesseract-ocr-eng tesseract-ocr-osd"
"""The command that installs Tesseract with the data samnao needs, on Debian and Ubuntu."""


def cores() -> int:
    """How many cores this process may use: its affinity, and the quota of its container."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text(encoding="ascii").split()
        count = min(count, max(1, round(int(quota) / int(period))))
    except (OSError, ValueError):
        pass
    return max(1, count)


def _tesseract(*arguments: str) -> str:
    try:
        result = subprocess.run(
            ["tesseract", *arguments],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
            errors="replace",
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EngineMissing(f"the program tesseract is not installed; run: {INSTALL}") from error
    return result.stdout + result.stderr


@cache
def tesseract_version() -> str:
    """The version of the tesseract program, as in ``5.3.0``; EngineMissing where there is none."""
    match = re.search(r"tesseract v?(\d[\w.\-]*)", _tesseract("--version"))
    if match is None:
        raise EngineMissing(f"the program tesseract does not tell its version; run: {INSTALL}")
    return match[1]


@cache
def languages(tessdata: Path | None = None) -> tuple[Path | None, tuple[str, ...]]:
    """The folder of Tesseract's models and the names of the models in it."""
    where = () if tessdata is None else ("--tessdata-dir", str(tessdata))
    lines = _tesseract("--list-langs", *where).splitlines()
    match = re.search(r'"(.+?)"', lines[0]) if lines else None
    return (Path(match[1]) if match else tessdata), tuple(line.strip() for line in lines[1:] if line.strip())


def digest_of_files(files: list[Path]) -> str:
    """A SHA-256 (hex) over names and bytes of `files`, in the order of their names."""
    total = hashlib.sha256()
    for file in sorted(files):
        total.update(file.name.encode() + b"\0")
        total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


def digest_of_package(folder: Path) -> str:
    """A SHA-256 over the code and data of the package in `folder`: it changes when the package does."""
    suffixes = {".py", ".toml", ".txt", ".traineddata", ".json"}
    files = [file for file in folder.rglob("*") if file.suffix in suffixes and "training" not in file.parts]
    return digest_of_files(files)
