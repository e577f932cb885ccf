"""Nothing is lost and nothing doubled, whatever is killed when; `make faults` is the long run of the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.faults import SETUPS, Run


@pytest.mark.parametrize("setup", SETUPS)
def test_every_document_is_done_exactly_once_though_everything_is_killed(setup: str, tmp_path: Path) -> None:
    result = Run(setup, seed=3, folder=tmp_path, documents=12, kills=4, pause=(0.2, 0.8)).run()
    assert list(result.wrong) == []
