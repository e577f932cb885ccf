"""Phrases of invented projects: general ones, and one `Subject` for each field of district work."""

from __future__ import annotations

from samples.make.stock.civic import CIVIC
from samples.make.stock.social import SOCIAL
from samples.make.stock.types import Subject

SUBJECTS: tuple[Subject, ...] = (*SOCIAL, *CIVIC)
_HELDOUT = ("elderly", "sport", "revenue", "enforcement")
HELDOUT_SUBJECTS = tuple(subject for subject in SUBJECTS if subject.key in _HELDOUT)
TUNING_SUBJECTS = tuple(subject for subject in SUBJECTS if subject.key not in _HELDOUT)
