"""Drives lstmtraining through stages: each stage goes on from the last one, on fresh lines, at its own learning rate."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .sources import BUILD, TESSDATA
from .starter import write_starter


@dataclass(frozen=True, slots=True)
class Stage:
    """One stretch of training: round of lines, how many of them, learning rate."""

    round: int
    lines: int
    rate: float


# Every stage has lines of its own; 8,000 lines take about ten minutes of a whole core. The high rate teaches the new
# characters, most of the accuracy comes with the lower ones.
PLAN = (
    Stage(0, 6000, 1e-3),
    Stage(1, 7000, 1e-3),
    Stage(2, 7000, 4e-4),
    Stage(3, 7000, 3e-4),
    Stage(4, 8000, 3e-4),
    Stage(5, 8000, 1.5e-4),
    Stage(6, 8000, 7e-5),
    Stage(7, 8000, 3e-5),
    Stage(8, 12000, 1.5e-4),
    Stage(9, 9000, 7e-5),
    Stage(10, 9000, 6e-5),
    Stage(11, 6000, 2e-5),
)


class TrainingError(RuntimeError):
    """One of Tesseract's training programs failed."""


def command(args: Sequence[str | Path], log: Path | None = None) -> None:
    """Run one of Tesseract's programs on one thread; its output goes to `log`, if given. Raises TrainingError."""
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    with (log or Path(os.devnull)).open("a+", encoding="utf-8", errors="replace") as file:
        output = subprocess.PIPE if log is None else file
        done = subprocess.run(
            [str(arg) for arg in args], env=environment, stdout=output, stderr=subprocess.STDOUT, text=True, errors="replace",
            check=False,
        )  # fmt: skip
    if done.returncode != 0:
        said = done.stdout.strip()[-400:] if log is None else f"see {log}"
        raise TrainingError(f"{args[0]} failed with status {done.returncode}: {said}")


def stage_checkpoint(run: Path, number: int) -> Path:
    """Where stage `number` of a run leaves its last state."""
    return run / f"stage-{number:03d}_checkpoint"


def train_stage(run: Path, number: int, stage: Stage, listing: Path, build: Path = BUILD) -> Path:
    """Train one stage; stage 0 starts from the stock network, any other from the one before. Returns its checkpoint.

    Tesseract writes the checkpoint every 100 lines, so a stage that was cut off goes on where it stood when called again.
    """
    run.mkdir(parents=True, exist_ok=True)
    stock = TESSDATA / "tha.traineddata"
    network, starter = write_starter(stock, build / "start")
    if number == 0:
        origin: list[str | Path] = ["--continue_from", network, "--old_traineddata", stock]
    else:
        origin = ["--continue_from", stage_checkpoint(run, number - 1)]
    command(
        [
            "lstmtraining", *origin, "--traineddata", starter, "--model_output", run / f"stage-{number:03d}",
            "--learning_rate", str(stage.rate), "--reset_learning_rate", "--train_listfile", listing,
            "--max_iterations", str(stage.lines), "--debug_interval", "0",
        ],
        run / f"stage-{number:03d}.log",
    )  # fmt: skip
    return stage_checkpoint(run, number)


def export(checkpoint: Path, target: Path, as_int8: bool, build: Path = BUILD) -> Path:
    """Turn a checkpoint into a traineddata file without dictionaries, float or int8."""
    target.parent.mkdir(parents=True, exist_ok=True)
    command(
        [
            "lstmtraining", "--stop_training", *(["--convert_to_int"] if as_int8 else []), "--continue_from", checkpoint,
            "--traineddata", build / "start/samnao.traineddata", "--model_output", target,
        ]
    )  # fmt: skip
    return target
