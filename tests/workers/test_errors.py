"""Every error is drawn in the tree of its module and has a code of its own."""

from __future__ import annotations

import importlib

import pytest

import ocr.errors
import workers.errors
from ocr.errors import SamnaoError


def subclasses(kind: type[SamnaoError]) -> list[type[SamnaoError]]:
    return [kind, *(below for child in kind.__subclasses__() for below in subclasses(child))]


@pytest.mark.parametrize("module", [ocr.errors, workers.errors])
def test_every_error_is_documented(module: object) -> None:
    documented = (module.__doc__ or "").split()
    own = [kind for kind in subclasses(SamnaoError) if kind.__module__ == getattr(module, "__name__", "")]
    assert own
    for kind in own:
        assert kind.__name__ in documented
        assert kind.__doc__


def test_codes_are_told_apart() -> None:
    importlib.import_module("postprocess.forms")
    named = [kind for kind in subclasses(SamnaoError) if "code" in vars(kind)]
    assert len({kind.code for kind in named}) == len(named)
