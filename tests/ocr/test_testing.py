"""The engines for tests do what they are told."""

from __future__ import annotations

import numpy as np
import pytest

from ocr.engine import Engine
from ocr.errors import PageTimeout
from ocr.testing import FailingEngine, ScriptedEngine
from ocr.types import Box, Sheet, Text, Zone

SHEET = Sheet(np.full((10, 10), 255, np.uint8), 200)


def test_the_scripted_engine_reads_its_script() -> None:
    engine: Engine = ScriptedEngine((Text(1, 10, 10), Text(2, 10, 10)), {(1.0, 2.0): "26,200"})
    assert engine.read(SHEET, 2).page == 2
    zones = [Zone(Box(1, 2, 5, 5), "own"), Zone(Box(0, 0, 5, 5))]
    assert engine.reread([(SHEET, zones), (SHEET, zones[1:])]) == [("26,200", ""), ("",)]
    with pytest.raises(IndexError):
        engine.read(SHEET, 3)


def test_the_failing_engine_fails() -> None:
    engine: Engine = FailingEngine(PageTimeout("reading took too long"))
    with pytest.raises(PageTimeout):
        engine.read(SHEET, 1)
    with pytest.raises(PageTimeout):
        engine.reread([(SHEET, [])])
