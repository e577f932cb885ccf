"""The sweep: finds work that a broker or a worker lost, and files that nothing refers to.

It may run anywhere, and more than once at a time.
"""

from __future__ import annotations

import threading
import time

import structlog

from workers.logs import place
from workers.service import Service
from workers.store import queue
from workers.store.connect import reading, transaction
from workers.store.referred import all_referred

log = structlog.get_logger()

_ORPHANS_SECONDS = 600.0
"""Time between two looks at all files of the blob store."""


def sweep(service: Service, now: float) -> int:
    """Give lost work to others and ring for it, and for what waits unheard; returns for how much."""
    settings = service.settings
    with transaction(service.engine) as session:
        bells = queue.sweep(session, now, settings.tries, settings.ring_seconds)
    service.ring(bells)
    return len(bells)


def remove_orphans(service: Service, now: float) -> int:
    """Remove blobs that no row refers to, once they are old enough; how many."""
    before, removed = now - service.settings.orphan_hours * 3600, 0
    with reading(service.engine) as session:
        known = all_referred(session)
    for digest, put in service.blobs.walk():
        if put < before and digest not in known:
            # What is put again meanwhile, and referred to, is not as old as that any more: it stays.
            removed += service.blobs.delete(digest, older_than=before)
    return removed + service.blobs.tidy(before)


def run(service: Service, stop: threading.Event) -> None:
    """Sweep again and again until `stop`; what fails is tried again at the next turn."""
    looked = -_ORPHANS_SECONDS
    while not stop.is_set():
        try:
            if rung := sweep(service, time.time()):
                log.info("rung again", jobs=rung)
            if time.monotonic() - looked >= _ORPHANS_SECONDS:
                looked = time.monotonic()
                if removed := remove_orphans(service, time.time()):
                    log.info("orphans removed", blobs=removed)
        except Exception as error:
            log.warning("sweep failed; it is tried again", cause=place(error))
        stop.wait(service.settings.sweep_seconds)
