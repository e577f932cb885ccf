"""The log: one line of JSON an event on standard error, for programs and people who keep a service running.

No field values and no names of people or files: an actor is `user:3` or `key:2`, a file is its document's number. So that
nothing else slips in, records of other libraries are cut to their first line and 200 letters, and of errors only kind and place are told.
"""

from __future__ import annotations

import logging
import sys
import traceback
from pathlib import Path
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

_FOREIGN = 200
_QUIET = (
    "uvicorn.access",
    "watchfiles",
    "botocore",
    "boto3",
    "s3transfer",
    "urllib3",
    "kombu",
    "amqp",
    "alembic",
)


def set_up_logs(level: str = "info", stream: TextIO | None = None, *, plain: bool = False) -> None:
    """Send structlog's events and those of every library the same way; `plain` for a terminal."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _place_of_error,
    ]
    last: Processor = (
        structlog.dev.ConsoleRenderer(colors=False)
        if plain
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, _cut],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "celery"):
        logger = logging.getLogger(name)
        logger.handlers[:], logger.propagate = [], True
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.ERROR)


def place(error: BaseException) -> str:
    """The kind of an error and where it was raised, without its message: that may hold what is on a form."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"


def _place_of_error(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:  # noqa: ARG001 (structlog's)
    found: Any = event.pop("exc_info", None)
    if found is True:
        found = sys.exc_info()
    if isinstance(found, tuple):
        found = found[1]
    if isinstance(found, BaseException):
        event["error"] = place(found)
    return event


def _cut(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:  # noqa: ARG001 (structlog's)
    lines = str(event.get("event", "")).splitlines() or [""]
    event["event"] = lines[0][:_FOREIGN]
    return event
