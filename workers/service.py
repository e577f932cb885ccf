"""What the processes of the service share: settings, database, blob store, and the bell of the queue."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.engine import Engine

from workers.blobs import Blobs, open_blobs
from workers.settings import Settings
from workers.store.connect import migrate, open_engine
from workers.store.queue import Bell

Ring = Callable[[Sequence[Bell]], None]
"""Tells the queue that there is work. Never fails: a broker that is down only delays, the sweep rings again."""


@dataclass(frozen=True, slots=True)
class Service:
    """Opened once in a process, shared by its threads."""

    settings: Settings
    engine: Engine
    blobs: Blobs
    ring: Ring

    def close(self) -> None:
        """Give the connections to the database back."""
        self.engine.dispose()


def open_service(settings: Settings) -> Service:
    """Open all that the settings name; the database is made or brought up to date first."""
    from workers.broker import ringer  # Celery loads slowly, and tests bring a bell of their own

    engine = open_engine(settings.database, settings.data)
    migrate(engine)
    return Service(settings, engine, open_blobs(settings.blobs, settings.data), ringer(settings))
