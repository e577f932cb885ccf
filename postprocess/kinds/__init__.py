"""The kinds of field a form can have, each with its parser: print in, value out.

A parser never raises on odd print: what it cannot understand comes back as a problem.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from postprocess import vocab
from postprocess.kinds import codes, dates, money, names, numbers
from postprocess.kinds.choice import choice
from postprocess.kinds.parsed import NOTHING_PRINTED, Parsed, is_blank, problem
from postprocess.thai import normalize

__all__ = ["KIND_NAMES", "Parsed", "is_blank", "parse", "problem"]


def text(raw: str) -> Parsed:
    """Free text in the contract's form; a blank or dotted line is nothing."""
    clean = normalize(raw)
    return NOTHING_PRINTED if is_blank(clean) else Parsed(clean, clean)


_PLAIN: dict[str, Callable[[str], Parsed]] = {
    "text": text,
    "name": names.name,
    "phone": codes.phone,
    "integer": numbers.integer,
    "be_year": numbers.be_year,
    "date": dates.date,
    "money": money.money,
    "number": numbers.number,
    "percent": numbers.percent,
    "citizen_id": codes.citizen_id,
}

KIND_NAMES = frozenset({*_PLAIN, "code", "choice"})
"""Every scalar kind that a form definition can name."""


def parse(kind: str, raw: str, options: Mapping[str, Any]) -> Parsed:
    """What `raw` means as a field of `kind`.

    Options: ``code`` needs `pattern` (a regular expression for the whole code); ``choice`` needs `vocabulary` (a list
    of texts, or the name of a list in postprocess/vocab) and may be `open`. KeyError where one is missing,
    ValueError for an unknown kind.
    """
    if kind in _PLAIN:
        return _PLAIN[kind](raw)
    if kind == "code":
        return codes.code(raw, options["pattern"])
    if kind == "choice":
        entries = options["vocabulary"]
        return choice(
            raw, vocab.entries(entries) if isinstance(entries, str) else entries, bool(options.get("open"))
        )
    raise ValueError(f"unknown kind {kind!r}; known are {', '.join(sorted(KIND_NAMES))}")
