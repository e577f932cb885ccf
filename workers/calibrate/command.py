"""`samnao calibrate`: a folder of scans with known truth in, fitted numbers and a report out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from postprocess.confidence import Calibration, calibrated, dump
from workers.cache import explained, write_whole
from workers.calibrate.examples import Example
from workers.calibrate.fit import fit, judged, unseen
from workers.calibrate.gather import gather
from workers.calibrate.report import page
from workers.errors import InputError
from workers.settings import Settings

Tell = Callable[[str], None]


def calibrate(
    folders: Sequence[Path],
    out: Path,
    settings: Settings,
    jobs: int,
    tell: Tell,
    worse: Sequence[Path] = (),
    apart: Sequence[Path] = (),
) -> tuple[Calibration, list[Example]]:
    """The calibration fitted on the scans of `folders`, and its leaves, each judged by a fit that has not seen its
    document; scans of `worse` shape the weights and the thresholds of poor and faint ones, those kept `apart` the thresholds only
    (then the leaves are theirs).
    InputError where there are too few scans, or scipy is missing.
    """
    found, beside, kept = (
        [
            replace(example, source=f"{folder.name}/{example.source}")
            for folder in some
            for example in _gathered(folder, out, settings, jobs, tell, every_way=every_way)
        ]
        for some, every_way in ((folders, True), (worse, True), (apart, False))
    )
    documents = len({e.source for e in found})
    leaves = sum(e.looks == "as in use" for e in found)
    try:
        fitted = fit(found, f"{leaves} leaves of {documents} documents{_and(kept)}", beside, kept)
    except ModuleNotFoundError as error:
        raise InputError("scipy is needed to calibrate; install it: .venv/bin/pip install scipy") from error
    except ValueError as error:
        raise InputError(f"{folders[0]}: {error}; give more scans") from error
    return fitted, judged(kept, fitted) or unseen(found, beside)


def _and(kept: Sequence[Example]) -> str:
    documents = len({e.source for e in kept})
    return f"; thresholds from {len(kept)} leaves of {documents} others" if kept else ""


def leaves_of(
    folder: Path, out: Path, settings: Settings, jobs: int, tell: Tell, calibration: Calibration | None = None
) -> list[Example]:
    """The leaves of the scans of `folder` as `calibration` (None: the one in use) judges them."""
    numbers = calibration or calibrated()
    return judged(_gathered(folder, out, settings, jobs, tell, every_way=False), numbers)


def _gathered(
    folder: Path, out: Path, settings: Settings, jobs: int, tell: Tell, *, every_way: bool = True
) -> list[Example]:
    found: list[Example] = []
    for one in gather(folder, out, settings, jobs, every_way=every_way):
        leaves = sum(e.looks == "as in use" for e in one.examples)
        tell(f"{one.source}: {one.failure or f'{leaves} leaves'}")
        found += one.examples
    return found


def write(out: Path, calibration: Calibration, examples: Sequence[Example], title: str) -> tuple[Path, Path]:
    """Write ``calibration.json`` and ``calibration.html`` into `out`; gives their paths."""
    numbers, report = out / "calibration.json", out / "calibration.html"
    with explained(out):
        write_whole(numbers, dump(calibration).encode())
        write_whole(report, page(examples, calibration, title).encode())
    return numbers, report
