"""`python -m workers.calibrate DIR OUT`: damage sweeps over the scans of DIR, as OUT/sweep.html."""

from __future__ import annotations

from pathlib import Path

import typer

from workers.calibrate.report import sweep_page
from workers.calibrate.sweep import sweep
from workers.settings import load_settings


def main(folder: Path, out: Path) -> None:
    """Read the scans of FOLDER ever more damaged; write how much is accepted and how much of it is wrong."""
    settings, points = load_settings(), []
    out.mkdir(parents=True, exist_ok=True)
    for point in sweep(folder, settings, settings.jobs):
        points.append(point)
        print(
            f"{point.damage:11}{point.level:5g}  accepted {point.accepted} of {point.leaves}, wrong {point.wrong}",
            flush=True,
        )
        page = sweep_page(points, f"Damage sweeps over {folder.resolve().name}")
        (out / "sweep.html").write_text(page, encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
