"""What the processes of the service share: settings, database, blob store, and the bell of the queue."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy.engine import Engine

from workers.blobs import Blobs, open_blobs
from workers.logs import place
from workers.settings import Settings
from workers.store.connect import migrate, open_engine, passes
from workers.store.errors import StoreError
from workers.store.queue import Bell

log = structlog.get_logger()

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


def open_service(settings: Settings, *, wait: bool = False) -> Service:
    """Open all that the settings name; the database is made or brought up to date first.

    A database that is away is waited for where `wait`; else StoreError says so.
    """
    from workers.broker import ringer  # Celery loads slowly, and tests bring a bell of their own

    engine = open_engine(settings.database, settings.data)
    while True:
        try:
            migrate(engine)
            break
        except Exception as error:
            if not passes(error):
                raise
            if not wait:
                raise StoreError(_AWAY) from error
            log.warning("the database does not answer; waiting for it", cause=place(error))
            time.sleep(_PAUSE)
    return Service(settings, engine, open_blobs(settings.blobs, settings.data), ringer(settings))


_AWAY = "the database does not answer; start it, or correct SAMNAO_DATABASE"
_PAUSE = 1.0
