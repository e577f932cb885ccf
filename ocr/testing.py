"""Engines for tests: one that says what it is told, one that fails."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ocr.errors import SamnaoError
from ocr.types import Sheet, Text, Zone


@dataclass(frozen=True, slots=True)
class ScriptedEngine:
    """Reads page n as `texts[n - 1]`; rereads a zone as `zones` says by its box's corner, else as nothing."""

    texts: Sequence[Text]
    zones: Mapping[tuple[float, float], str] = field(default_factory=dict)

    def read(self, sheet: Sheet, number: int) -> Text:  # noqa: ARG002
        """The scripted text; IndexError where the script has no such page."""
        return self.texts[number - 1]

    def reread(self, asked: Iterable[tuple[Sheet, Sequence[Zone]]]) -> list[tuple[str, ...]]:
        """The scripted text of each zone."""
        return [tuple(self.zones.get((zone.box.x0, zone.box.y0), "") for zone in zones) for _, zones in asked]


@dataclass(frozen=True, slots=True)
class FailingEngine:
    """Raises `error` whatever it is asked."""

    error: SamnaoError

    def read(self, sheet: Sheet, number: int) -> Text:  # noqa: ARG002
        """Raises `error`."""
        raise self.error

    def reread(self, asked: Iterable[tuple[Sheet, Sequence[Zone]]]) -> list[tuple[str, ...]]:  # noqa: ARG002
        """Raises `error`."""
        raise self.error
