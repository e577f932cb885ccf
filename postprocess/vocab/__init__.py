"""Word lists that ship with samnao: one text file a list, one entry a line, ``#`` begins a comment."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from postprocess.thai import normalize


@lru_cache(maxsize=32)
def entries(name: str) -> tuple[str, ...]:
    """The entries of the list `name` (``districts``, ``offices`` …) in file order, in the contract's text form.

    ValueError, with the names there are, for an unknown list.
    """
    if name not in names():
        raise ValueError(f"there is no word list {name!r}; there are {', '.join(names())}")
    lines = (files(__package__) / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    clean = (normalize(line.split("#", 1)[0]) for line in lines)
    return tuple(dict.fromkeys(line for line in clean if line))


@lru_cache(maxsize=1)
def names() -> tuple[str, ...]:
    """The names of all word lists, sorted."""
    return tuple(
        sorted(
            item.name.removesuffix(".txt")
            for item in files(__package__).iterdir()
            if item.name.endswith(".txt")
        )
    )
