"""Celery as samnao uses it: its configuration, the embedded broker, and the bell.

The database knows what is to do; a message says only that there is something. So a lost message delays (the sweep rings
again), a doubled one finds nothing to claim, and never more of them wait than the workers can use: the rest of a large
archive waits in the database, where priorities hold whatever the broker is.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from queue import Empty
from typing import Any

import structlog
from celery import Celery
from kombu.entity import Queue
from kombu.transport import filesystem

from workers.logs import place
from workers.settings import Settings
from workers.store.queue import ASSEMBLE, OPEN, READ, Bell

PAGES, DOCUMENTS = "pages", "documents"
KINDS = {PAGES: (READ,), DOCUMENTS: (ASSEMBLE, OPEN)}
"""What a message in each queue is about, the most urgent first: what was begun is finished before more is begun."""

TASKS = {OPEN: "samnao.open_document", READ: "samnao.read_page", ASSEMBLE: "samnao.assemble_document"}
QUEUES = {kind: name for name, kinds in KINDS.items() for kind in kinds}
POLL_SECONDS = 0.05
_SILENCE = 5.0
"""Seconds without a try after the broker did not answer: who takes scans in shall not wait for it each time."""

Ring = Callable[[Sequence[Bell]], None]
log = structlog.get_logger()


class Channel(filesystem.Channel):
    """kombu's queue in a folder, with messages that are there whole or not at all.

    kombu writes them in place, so that a reader may see half of one, or a kill may leave it. Whoever removes the file
    has the message.
    """

    # kombu's own classes name the second argument differently, so that no signature fits both
    def _put(self, queue: str, payload: Any, **_: Any) -> None:  # type: ignore[override]
        name = f"{time.time_ns()}_{uuid.uuid4().hex}"
        part = Path(self.data_folder_out, f"{name}.part")
        part.write_text(json.dumps(payload), encoding="utf-8")
        part.rename(part.with_name(f"{name}.{queue}.msg"))

    def _get(self, queue: str, timeout: Any = None) -> Any:  # noqa: ARG002 (kombu passes it)
        for path in sorted(Path(self.data_folder_in).glob(f"*.{queue}.msg")):
            try:
                payload = path.read_bytes()
                path.unlink()
                return json.loads(payload)
            except FileNotFoundError:
                continue  # another worker has it
            except ValueError:
                continue  # the disk was full, or the power failed
        raise Empty


class Transport(filesystem.Transport):
    """The embedded broker: a folder that the processes of one machine share."""

    Channel = Channel


def configuration(settings: Settings) -> dict[str, Any]:
    """Celery's configuration as the settings say."""
    return {
        **_where(settings),
        "task_queues": [_queue(name) for name in KINDS],
        "task_default_queue": DOCUMENTS,
        "task_default_exchange": "",
        "task_default_routing_key": DOCUMENTS,
        "task_routes": {TASKS[kind]: {"queue": queue} for kind, queue in QUEUES.items()},
        "task_create_missing_queues": False,
        "task_serializer": "json",
        "accept_content": ["json"],
        "task_ignore_result": True,
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "task_publish_retry": False,
        "worker_pool": "threads",
        "worker_concurrency": settings.jobs,
        "worker_prefetch_multiplier": 1,
        "worker_hijack_root_logger": False,
        "worker_redirect_stdouts": False,
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        "broker_connection_retry": True,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "broker_connection_timeout": 3,
        "broker_heartbeat": 20,
    }


def _where(settings: Settings) -> dict[str, Any]:
    if settings.broker is not None:
        return {"broker_url": settings.broker, "worker_send_task_events": True}  # for Flower
    folder = settings.data.absolute() / "broker"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    options = {
        "data_folder_in": str(folder),
        "data_folder_out": str(folder),
        "control_folder": str(folder),
        "polling_interval": POLL_SECONDS,
    }
    return {
        "broker_url": "filesystem://",
        "broker_transport": "workers.broker:Transport",
        "broker_transport_options": options,
        "worker_enable_remote_control": False,
    }


def celery_app(settings: Settings) -> Celery:
    """A Celery app that sends, and says at once when it cannot."""
    app = Celery("samnao", set_as_current=False)
    app.conf.update(configuration(settings))
    app.conf.broker_transport_options = {
        **app.conf.broker_transport_options,
        "max_retries": 1,
        "interval_start": 0,
        "interval_step": 0,
    }
    return app


def ringer(settings: Settings) -> Ring:
    """The bell: sends a message for each job, as far as there is room. It never raises and never blocks for long."""
    app = celery_app(settings)
    silent_until = 0.0

    def ring(bells: Sequence[Bell]) -> None:
        nonlocal silent_until
        if not bells or time.monotonic() < silent_until:
            return
        try:
            with app.producer_pool.acquire(block=True, timeout=3) as producer:
                room = {queue: settings.bells - waiting(producer.channel, queue) for queue in KINDS}
                for bell in bells:
                    queue = QUEUES[bell.kind]
                    if room[queue] > 0:
                        room[queue] -= 1
                        arguments = [bell.document_id, bell.page] if bell.kind == READ else [bell.document_id]
                        app.send_task(TASKS[bell.kind], arguments, queue=queue, producer=producer)
        except Exception as error:
            silent_until = time.monotonic() + _SILENCE
            log.warning("broker does not answer; the sweep will ring again", cause=place(error))

    return ring


def waiting(channel: Any, queue: str) -> int:
    """How many messages wait in `queue`, which is made where it is not there."""
    return int(_queue(queue, channel).queue_declare().message_count)


def _queue(name: str, channel: Any = None) -> Any:
    make: Any = Queue
    return make(name, exchange="", routing_key=name, channel=channel)
