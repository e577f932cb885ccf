"""``python -m tests.e2e.throughput``: `workers.bench_service` on each kind of database and broker, real servers in turns."""

from __future__ import annotations

import os
import statistics
from pathlib import Path
from typing import Annotated

import typer

from tests.e2e.setups import SETUPS, servers
from workers.bench_service import one_round, table
from workers.commands import common
from workers.machine import cores
from workers.settings import load_settings


def main(
    scans: Annotated[list[Path] | None, typer.Argument(help="scans to read (default: samples)")] = None,
    rounds: Annotated[int, typer.Option(min=1, help="how often each is timed")] = 3,
) -> None:
    """Compare the service with `samnao digitize`, every round with servers of its own."""
    settings = load_settings().model_copy(update={"jobs": cores()})
    done = table()
    ratios: dict[str, list[float]] = {setup: [] for setup in SETUPS}
    for number in range(1, rounds + 1):
        for setup in SETUPS:
            with servers(setup) as (database, broker, _):
                there = settings.model_copy(update={"database": database, "broker": broker})
                ratios[setup].append(one_round(f"{number} {setup}", scans or [Path("samples")], there, done))
    screen = common.screen()
    screen.print(f"{settings.jobs} workers, load of the machine {os.getloadavg()[0]:.1f}")
    screen.print(done)
    for setup, found in ratios.items():
        screen.print(f"{setup}: median ratio {statistics.median(found):.3f}")


if __name__ == "__main__":
    typer.run(main)
