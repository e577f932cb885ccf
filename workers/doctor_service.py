"""What `samnao doctor` looks at for the service: settings, database, broker and blob store, each asked something."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ocr.errors import SamnaoError
from workers.logs import place
from workers.settings import Settings, config_file, described, masked


def examine(settings: Settings) -> Iterator[tuple[str, str, str | None]]:
    """Subject, what was found and, where that is a problem, its remedy."""
    file = config_file()
    changed = [one.name for one in described(settings) if one.source != "default"]
    yield "settings", f"{file or 'no file'}; set: {', '.join(changed) or 'none'}", None
    named = settings.database or settings.broker or settings.blobs
    if not named and not (settings.data / "samnao.db").exists():
        yield "service", f"not in use in {settings.data}; `samnao up` begins it", None
        return
    yield _asked("database", settings.database or "SQLite", _database, settings, "SAMNAO_DATABASE")
    yield _asked("broker", settings.broker or "embedded", _broker, settings, "SAMNAO_BROKER")
    yield _asked("blob store", settings.blobs or "folder", _blobs, settings, "SAMNAO_BLOBS")


def _asked(
    subject: str, where: str, ask: Callable[[Settings], str], settings: Settings, variable: str
) -> tuple[str, str, str | None]:
    try:
        return subject, f"{masked(where)}: {ask(settings)}", None
    except SamnaoError as error:
        return subject, masked(where), str(error)
    except Exception as error:
        return subject, masked(where), f"it does not answer ({place(error)}); start it, or correct {variable}"


def _database(settings: Settings) -> str:
    from workers.store import queue, search
    from workers.store.connect import migrate, open_engine, reading
    from workers.store.errors import StoreError

    engine = open_engine(settings.database, settings.data)
    try:
        migrate(engine)
        with reading(engine) as session:
            depth = queue.depth(session)
            if not search.knows_thai(session):
                raise StoreError(
                    "its locale C knows no Thai letters, so that finding records is slow; make a database with LC_CTYPE "
                    "C.UTF-8 and restore a backup into it"
                )
        aside = sum(one.count for one in depth.jobs if one.state == "aside")
        return f"answers; {depth.documents} documents under way, {aside} set aside"
    finally:
        engine.dispose()


def _broker(settings: Settings) -> str:
    from workers.broker import KINDS, celery_app, waiting

    with celery_app(settings).connection_for_write() as connection, connection.channel() as channel:
        found = ", ".join(f"{waiting(channel, queue)} in {queue}" for queue in KINDS)
    return f"answers; messages waiting: {found}"


def _blobs(settings: Settings) -> str:
    from workers.blobs import open_blobs

    blobs = open_blobs(settings.blobs, settings.data)
    sha256 = blobs.put_bytes(b"samnao doctor")
    with blobs.open(sha256) as stream:
        stream.read()
    blobs.delete(sha256)
    return "keeps what it is given"
