"""Paths into the nested values of a record, as in the record contract; ``[*]`` stands for every index."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_STEP = re.compile(r"[^.\[\]]+|\[\d+\]|\[\*\]")


def general(path: str) -> str:
    """`path` with ``[*]`` for every index: the same for that leaf in all rows."""
    return re.sub(r"\[\d+\]", "[*]", path)


def expand(path: str, values: Mapping[str, Any]) -> Iterator[tuple[str, tuple[int, ...], Any]]:
    """Every leaf that `path` means, as (its own path, the indices its ``[*]`` stand for, its value), in order."""
    yield from _walk(_STEP.findall(path), values, "", ())


def _walk(
    steps: list[str], node: Any, path: str, indices: tuple[int, ...]
) -> Iterator[tuple[str, tuple[int, ...], Any]]:
    if not steps:
        yield path, indices, node
        return
    step, rest = steps[0], steps[1:]
    if step == "[*]":
        if isinstance(node, (list, tuple)):
            for i, item in enumerate(node):
                yield from _walk(rest, item, f"{path}[{i}]", (*indices, i))
    elif step.startswith("["):
        i = int(step[1:-1])
        if isinstance(node, (list, tuple)) and i < len(node):
            yield from _walk(rest, node[i], f"{path}{step}", indices)
    elif isinstance(node, Mapping) and step in node:
        yield from _walk(rest, node[step], f"{path}.{step}" if path else step, indices)
