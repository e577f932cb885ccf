"""One look at a watched folder: what was begun is ended, what is ready is claimed and submitted."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from ocr.errors import SamnaoError
from ocr.open import Limits, natural_key
from workers import setup
from workers.errors import Busy, Refused
from workers.intake import claims, door, quiet
from workers.intake.door import NORMAL, Sent
from workers.intake.reasons import reason_text
from workers.service import Service
from workers.store.errors import IdempotencyConflict
from workers.web.look import Look
from workers.web.uploads import File

log = structlog.get_logger()

PATIENCE = 30.0
"""Seconds for which a file that does not open may still be on its way: some programs write in bursts."""
_BATCH_WAIT = 10
"""Times the settle time: after that the files that are ready go, even where others keep coming."""
_RETRY = 10.0


@dataclass(frozen=True, slots=True)
class Watched:
    """A folder to watch. Times in seconds: `settle` how long a file must be quiet, `poll` how often a share is looked at."""

    path: Path
    office: str | None = None
    priority: int = NORMAL
    settle: float = 3.0
    poll: float | None = None
    """None: inotify, or every 5 seconds where the folder is on a network share."""


@dataclass(slots=True)
class State:
    """What is known of a watched folder between two looks."""

    entries: dict[str, quiet.Entry] = field(default_factory=dict)
    waiting_since: float | None = None
    """Since when the first of the files that are ready waits for the rest of its batch."""
    not_before: float = 0.0
    told: str = ""
    """The last trouble that was logged: told once, not at every look."""


def step(service: Service, one: Watched, state: State, now: float, look: Look | None = None) -> None:
    """One look at a folder: what was begun is ended, what is ready is taken. `now` in seconds of a steady clock.

    With `look` each scan is opened in a child process first: one that asks for a password, or is a bomb, fails at once.
    """
    if now < state.not_before:
        return
    try:
        _take(service, one, state, now, look)
        state.told = ""
    except Busy as error:
        state.not_before = now + error.retry_after
        _tell(state, "the queue is full, the folder waits", error.code)
    except PermissionError as error:
        state.not_before = now + _RETRY
        _tell(state, right_missing(one.path, error), "permission")
    except OSError as error:
        state.not_before = now + _RETRY
        _tell(state, f"the folder cannot be used just now ({error.strerror}); trying again", "folder")
    except Exception as error:  # the database or the blob store: it may be back at the next try
        state.not_before = now + _RETRY
        _tell(state, "the files could not be taken in; trying again", type(error).__name__)


def _take(service: Service, one: Watched, state: State, now: float, look: Look | None) -> None:
    trouble = _end(service, one, look)
    state.entries = quiet.look(one.path, state.entries, now)
    ready = _ready(service, one, state, now)
    if ready:
        door.check_room(service)
    for batch in ready:
        _submit(service, one, claims.claim(one.path, batch), look)
    if trouble is not None:
        raise trouble


def _end(service: Service, one: Watched, look: Look | None) -> Exception | None:
    """Submit what is claimed already; an error of one claim keeps no other waiting, and is given back."""
    trouble = None
    for taken in claims.left(one.path):
        try:
            _submit(service, one, taken, look)
        except Busy:
            raise
        except Exception as error:
            trouble = error
    return trouble


def _ready(service: Service, one: Watched, state: State, now: float) -> list[list[Path]]:
    """The batches to be claimed now: each sub-folder by itself, loose files together once no more come."""
    limits = setup.limits(service.settings)
    batches: list[list[Path]] = []
    files: list[Path] = []
    coming = 0
    for name, entry in sorted(state.entries.items(), key=lambda item: natural_key(item[0])):
        still = entry.quiet(now)
        if still >= one.settle and (entry.looked is None or (entry.bad and now - entry.looked >= one.settle)):
            entry = state.entries[name] = quiet.opened(entry, limits, now)
        ready = entry.looked is not None and (not entry.bad or still >= max(PATIENCE, one.settle))
        if ready and entry.folder:
            batches.append([entry.path])
        elif ready:
            files.append(entry.path)
        elif not entry.folder and not entry.bad:
            coming += 1
    if not files:
        state.waiting_since = None
        return batches
    if state.waiting_since is None:
        state.waiting_since = now
    most = service.settings.upload_files
    if coming and len(files) < most and now - state.waiting_since < _BATCH_WAIT * one.settle:
        return batches
    state.waiting_since = None
    return batches + [files[start : start + most] for start in range(0, len(files), most)]


def _submit(service: Service, one: Watched, taken: Path, look: Look | None) -> None:
    """Submit a claim, or move what cannot be taken to failed."""
    limits = setup.limits(service.settings)
    entries = claims.contents(taken)
    for entry in entries:
        bad = quiet.wrong(entry, entry.is_dir(), limits) or _closed(entry, limits, look)
        if bad:
            claims.refused_part(one.path, entry, reason_text(bad))
            log.warning("not taken from a folder", codes=sorted({error.code for _, error in bad}))
    entries = claims.contents(taken)
    if not entries:
        claims.dropped(taken)
        return
    sent = [sent for entry in entries for sent in _sent(entry)]
    try:
        accepted = door.submit(
            service,
            sent,
            channel="folder",
            sender=os.fspath(one.path.absolute()),
            name=entries[0].name if len(entries) == 1 else "",
            office=one.office,
            priority=one.priority,
            idempotency_key=taken.name,
        )
    except Refused as refused:
        claims.refused(one.path, taken, reason_text(list(refused.files)))
        log.warning("not taken from a folder", codes=sorted({error.code for _, error in refused.files}))
        return
    except IdempotencyConflict:
        claims.renamed(taken)
        return
    claims.accepted(one.path, taken)
    log.info(
        "taken from a folder",
        submission=accepted.submission_id,
        documents=len(accepted.documents),
        again=accepted.repeated,
    )


def _closed(entry: Path, limits: Limits, look: Look | None) -> list[tuple[str, SamnaoError]]:
    """What of the scans in a file or sub-folder does not open."""
    if look is None:
        return []
    files = [file for document in quiet.documents_in(entry) for file in document.files]
    try:
        look.at([File(file, file.name, 0) for file in files], limits)
    except Refused as refused:
        return list(refused.files)
    return []


def _sent(entry: Path) -> Iterator[Sent]:
    for document in quiet.documents_in(entry):
        group = document.source if len(document.files) > 1 else None
        for file in document.files:
            yield Sent(file, file.name, group=group)


def _tell(state: State, message: str, code: str) -> None:
    if state.told != message:
        log.warning(message, code=code)
    state.told = message


def right_missing(path: Path, error: OSError) -> str:
    """What to do where the system does not let samnao work in a folder."""
    with suppress(OSError):
        owner = path.stat().st_uid
        if owner != os.geteuid():
            return (
                f"samnao may not write in {path} ({error.strerror}): it belongs to user {owner}, samnao is user "
                f"{os.geteuid()}; give that user the right to read, write and rename there"
            )
    return f"samnao cannot write in {path} ({error.strerror}): give its user the right to read, write and rename there"
