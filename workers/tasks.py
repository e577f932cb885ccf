"""The Celery app: ``celery -A workers.tasks worker``. Tasks are thin: a message names ids, the database says what to do.

The worker's threads take messages, each thread has a child process that does the reading (`workers.work`). SIGTERM lets
what is under way end, for at most `drain_seconds`; the rest is handed back.
"""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from typing import Any

import structlog
from celery import Celery, signals

from workers import metrics, setup
from workers.broker import DOCUMENTS, KINDS, PAGES, TASKS, configuration
from workers.logs import place, set_up_logs
from workers.pool import MODULES, start_server
from workers.service import open_service
from workers.settings import Settings, load_settings
from workers.store import queue
from workers.store.connect import transaction
from workers.work import Worker, tidy, work, work_folder

app = Celery("samnao")
app.add_defaults(lambda: configuration(load_settings()))
log = structlog.get_logger()

_TIDY_SECONDS = 300.0
_worker: Worker | None = None


@app.task(name=TASKS[queue.OPEN])  # type: ignore[untyped-decorator]
def open_document(document_id: int) -> None:  # noqa: ARG001 (it tells people; the most urgent is claimed)
    """There is a document to open."""
    _do(DOCUMENTS)


@app.task(name=TASKS[queue.READ])  # type: ignore[untyped-decorator]
def read_page(document_id: int, page: int) -> None:  # noqa: ARG001
    """There is a page to read."""
    _do(PAGES)


@app.task(name=TASKS[queue.ASSEMBLE])  # type: ignore[untyped-decorator]
def assemble_document(document_id: int) -> None:  # noqa: ARG001
    """There is a document to assemble."""
    _do(DOCUMENTS)


def _do(name: str) -> None:
    if _worker is not None and not _worker.stopping.is_set():
        work(_worker, KINDS[name])


def open_worker(settings: Settings) -> Worker:
    """All that the threads of a worker share; the server that forks their children loads meanwhile."""
    start_server(MODULES)
    store = setup.store(
        settings, settings.data
    )  # EngineMissing, LanguageMissing: a worker that cannot read does not begin
    kit = setup.kit(settings)(work_folder(settings.data))
    return Worker(open_service(settings, wait=True), kit, store)


@signals.setup_logging.connect  # type: ignore[untyped-decorator, unused-ignore]
def _logs(**_: Any) -> None:
    set_up_logs(load_settings().log_level)


@signals.worker_init.connect  # type: ignore[untyped-decorator, unused-ignore]
def _begin(**_: Any) -> None:
    global _worker
    _worker = open_worker(load_settings())
    threading.Thread(target=_keep, args=(_worker,), name="heartbeat", daemon=True).start()


@signals.worker_shutting_down.connect  # type: ignore[untyped-decorator, unused-ignore]
def _drain(**_: Any) -> None:
    if _worker is not None:
        log.info("stopping", jobs=len(_worker.owners))
        timer = threading.Timer(_worker.service.settings.drain_seconds, _worker.stop)
        timer.daemon = True
        timer.start()


@signals.worker_shutdown.connect  # type: ignore[untyped-decorator, unused-ignore]
def _end(**_: Any) -> None:
    if _worker is not None:
        _worker.stopping.set()
        _worker.close()
        with suppress(Exception):  # they are only numbers
            metrics.flush(_worker.service.engine)
        _worker.service.close()


def _keep(worker: Worker) -> None:
    """Renew the leases of what is in hand, and keep the work folder small."""
    lease = worker.service.settings.lease_seconds
    tidied = time.monotonic()
    while not worker.stopping.wait(lease / 4):
        try:
            if owners := list(worker.owners):
                with transaction(worker.service.engine) as session:
                    for owner in owners:
                        queue.heartbeat(session, owner, lease, time.time())
            metrics.flush(worker.service.engine)
            if time.monotonic() - tidied > _TIDY_SECONDS:
                tidied = time.monotonic()
                tidy(worker, time.time())
        except Exception as error:
            log.warning("leases not renewed", cause=place(error))
