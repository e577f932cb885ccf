"""From the scanner into a submission: a batch of sheets is one document. No page that was scanned is ever lost."""

from __future__ import annotations

import secrets
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ocr.errors import SamnaoError
from ocr.open import Limits
from workers.errors import ScannerError
from workers.intake import sane
from workers.intake.pack import pack


@dataclass(frozen=True, slots=True)
class Wish:
    """What to scan, and how: `mode` is gray, color, lineart or a word of the device; `pages` at most (None: all)."""

    device: str | None = None
    source: str | None = None
    duplex: bool = False
    resolution: int = 300
    mode: str = "gray"
    pages: int | None = None


Deliver = Callable[[Path, str, str], None]
"""Hands in a PDF, given the scanner's name and a key that is the same for the same pages; a SamnaoError where it cannot."""
Turn = Callable[[int], bool]
"""Asks for the next page on the glass, which has this number; False to end."""


def scan(
    wish: Wish,
    kept: Path,
    deliver: Deliver,
    told: Callable[[int], None],
    turn: Turn,
    resume: Path | None = None,
) -> int:
    """Scan a batch, hand it in with `deliver`, and return how many pages it has.

    The pages lie in a folder of their own in `kept` until they are handed in; `resume` is such a folder, to which
    further pages are added. ScannerError says what is wrong, where the pages are and how to go on.
    """
    if resume is not None and not resume.is_dir():
        raise ScannerError(f"{resume} is no folder: give the one that the stopped scan named")
    device = sane.chosen_device(wish.device)
    given, feeds = sane.arguments(
        sane.options(device),
        source=wish.source,
        duplex=wish.duplex,
        resolution=wish.resolution,
        mode=wish.mode,
    )
    folder = resume or kept / f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(3)}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    trouble = (
        _feed(device, given, folder, wish, told) if feeds else _glass(device, given, folder, wish, told, turn)
    )
    pages = sane.pages(folder)
    if not pages:
        shutil.rmtree(folder)
        raise ScannerError(f"nothing was scanned; {trouble}")
    if trouble is not None:
        raise ScannerError(f"{trouble}\n{_where(folder, len(pages))}")
    hand_in(folder, pages, device, deliver)
    return len(pages)


def hand_in(folder: Path, pages: list[Path], device: str, deliver: Deliver) -> None:
    """Hand in the pages of a batch as one PDF, then remove its folder."""
    whole = folder / "whole.pdf"
    try:
        pack(pages, whole, Limits())
        deliver(whole, device, f"scan-{folder.name}-{len(pages)}")
    except SamnaoError as error:
        raise ScannerError(
            f"the scan could not be handed in: {error}\n{_where(folder, len(pages))}"
        ) from error
    finally:
        whole.unlink(missing_ok=True)
    shutil.rmtree(folder)


def _feed(device: str, given: list[str], folder: Path, wish: Wish, told: Callable[[int], None]) -> str | None:
    return sane.batch(device, given, folder, wish.pages, told).trouble


def _glass(
    device: str, given: list[str], folder: Path, wish: Wish, told: Callable[[int], None], turn: Turn
) -> str | None:
    for place in range(wish.pages or 1):
        if place and not turn(len(sane.pages(folder)) + 1):
            break
        outcome = sane.batch(device, given, folder, 1, told)
        if outcome.trouble is not None:
            return outcome.trouble
    return None


def _where(folder: Path, pages: int) -> str:
    shown = "1 page is" if pages == 1 else f"{pages} pages are"
    return (
        f"{shown} kept in {folder}\n"
        f"  to scan the rest:          samnao scan --resume {folder}\n"
        f"  to hand them in as they are: samnao submit --together {folder}"
    )
