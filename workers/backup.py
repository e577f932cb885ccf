"""Backup and restore: the database as one file, the blobs by their digests.

    FOLDER/databases/TIME.sqlite or TIME.dump    what the database said at one moment
    FOLDER/databases/TIME.json                   its digest, size and kind
    FOLDER/blobs/ab/abcd…                        scans and pictures; each is copied once, however many backups there are

The database is copied while the service goes on: SQLite by its online backup, PostgreSQL by pg_dump, and the blobs are those
that this very state names. Documents are never removed from the store, so that they are still there.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterable
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, inspect, text
from sqlalchemy.orm import Session

from workers.blobs import Blobs, digest_of, open_blobs
from workers.errors import BackupError
from workers.settings import Settings
from workers.store.connect import migrate, open_engine, reading
from workers.store.errors import BlobDamaged, BlobMissing
from workers.store.referred import referred

_CHUNK = 1 << 20
_SUFFIXES = {"sqlite": ".sqlite", "postgresql": ".dump"}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The database of one backup: `kind` is sqlite or postgresql."""

    name: str
    kind: str
    sha256: str
    size: int
    blobs: int
    made: str


@dataclass(frozen=True, slots=True)
class Result:
    """What was done: blobs copied, and those that were there already."""

    snapshot: Snapshot
    copied: int
    known: int
    restored: bool = False

    def shown(self) -> str:
        """For people."""
        what = "restored" if self.restored else "backed up"
        return (
            f"{what}: database {self.snapshot.name} ({self.snapshot.size / 1e6:.1f} MB), "
            f"{self.copied} files copied, {self.known} were there already"
        )


def make_backup(settings: Settings, folder: Path) -> Result:
    """Add the present state to the backup in `folder`. BackupError says what is missing or damaged, and what to do."""
    _made(folder / "databases")
    _made(folder / "blobs")
    blobs = open_blobs(settings.blobs, settings.data)
    engine = open_engine(settings.database, settings.data)
    try:
        if not inspect(engine).has_table("document"):
            raise BackupError(
                "there is no database yet: start the service once, or correct SAMNAO_DATA or SAMNAO_DATABASE"
            )
        kind = engine.dialect.name
        now = datetime.now(UTC)
        path = folder / "databases" / f"{now:%Y%m%d-%H%M%S-%f}{_SUFFIXES[kind]}"
        part = path.with_name(f".{path.name}.part")
        try:
            names = _dump(engine, kind, part)
            digest, size = digest_of(part), part.stat().st_size
            _sync(part)
            copied = sum(_keep(blobs, name, folder / "blobs") for name in names)
            part.rename(path)
        finally:
            part.unlink(missing_ok=True)
    finally:
        engine.dispose()
    snapshot = Snapshot(path.name, kind, digest, size, len(names), now.isoformat(timespec="seconds"))
    # Only what this file describes is a backup: it is written last.
    path.with_suffix(".json").write_text(json.dumps(asdict(snapshot), indent=2), "utf-8")
    return Result(snapshot, copied, len(names) - copied)


def snapshots(folder: Path) -> list[Snapshot]:
    """The databases in a backup, the oldest first; BackupError where there is none."""
    found = []
    for path in sorted((folder / "databases").glob("*.json")):
        try:
            found.append(Snapshot(**json.loads(path.read_text("utf-8"))))
        except (ValueError, TypeError):
            raise BackupError(f"{path} is damaged: take it away, and restore an older one") from None
    if not found:
        raise BackupError(f"there is no backup in {folder}: give the folder that samnao backup wrote to")
    return found


def restore_backup(settings: Settings, folder: Path, name: str | None = None) -> Result:
    """Put the latest (or the named) state of the backup into an empty service, blobs first. BackupError where it is not empty.

    Every byte is checked against its digest on the way; what an interrupted restore has done is taken up.
    """
    known = snapshots(folder)
    snapshot = known[-1] if name is None else next((one for one in known if one.name == name), None)
    if snapshot is None:
        raise BackupError(f"the backup has no {name}; it has {', '.join(one.name for one in known)}")
    path = folder / "databases" / snapshot.name
    if not path.is_file() or digest_of(path) != snapshot.sha256:
        raise BackupError(f"{path} is missing or damaged: restore an older one with --snapshot")
    engine = open_engine(settings.database, settings.data)
    try:
        if engine.dialect.name != snapshot.kind:
            raise BackupError(
                f"the backup is of {snapshot.kind}, SAMNAO_DATABASE is {engine.dialect.name}: restore it into its own kind"
            )
        _check_empty(engine)
        blobs = open_blobs(settings.blobs, settings.data)
        copied, before = _give_back(folder / "blobs", blobs)
        _load(engine, snapshot.kind, path)
        migrate(engine)
        with reading(engine) as session:
            missing = [one for one in _names(session) if not blobs.exists(one)]
    finally:
        engine.dispose()
    if missing:
        raise BackupError(
            f"the database is restored, but {len(missing)} of its {snapshot.blobs} files are not in the backup, as "
            f"{missing[0][:12]}…: look for them in another copy of the backup"
        )
    return Result(snapshot, copied, before, restored=True)


# ---------------------------------------------------------------- database


def _dump(engine: Engine, kind: str, path: Path) -> list[str]:
    """Write the database to `path`; the blobs that exactly this state names."""
    if kind == "sqlite":
        with closing(sqlite3.connect(path)) as copy, closing(engine.raw_connection()) as source:
            driver = source.driver_connection
            assert driver is not None
            driver.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
            if copy.execute("PRAGMA quick_check").fetchone() != ("ok",):
                raise BackupError(
                    "the database is damaged: stop the service and restore the last good backup"
                )
        made = open_engine(f"sqlite:///{path.absolute()}", path.parent)
        try:
            with reading(made) as session:
                names = _names(session)
            with closing(made.raw_connection()) as connection:
                connection.cursor().execute("PRAGMA journal_mode = DELETE")
        finally:
            made.dispose()
        return names
    with reading(engine) as session:
        exported = session.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        _postgres(
            engine,
            [
                "pg_dump",
                "--format=custom",
                "--no-owner",
                "--no-comments",
                f"--snapshot={exported}",
                f"--file={path}",
            ],
        )
        return _names(session)


def _load(engine: Engine, kind: str, path: Path) -> None:
    if kind == "postgresql":
        database = str(engine.url.database)
        _postgres(
            engine,
            [
                *(
                    "pg_restore",
                    "--no-owner",
                    "--clean",
                    "--if-exists",
                    "--single-transaction",
                    "--exit-on-error",
                ),
                *(f"--dbname={database}", str(path)),
            ],
        )
        return
    engine.dispose()
    goal = Path(str(engine.url.database))
    goal.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = goal.with_name(f".{goal.name}.part")
    shutil.copyfile(path, part)
    _sync(part)
    for left in ("-wal", "-shm"):
        goal.with_name(goal.name + left).unlink(missing_ok=True)
    part.replace(goal)


def _postgres(engine: Engine, command: list[str]) -> None:
    """Run one of PostgreSQL's programs; how to connect goes by the environment, where others cannot read it."""
    url = engine.url
    given = {
        "PGHOST": url.host,
        "PGPORT": None if url.port is None else str(url.port),
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
        **{f"PG{name.upper()}": str(value) for name, value in url.query.items()},
    }
    environment = os.environ | {name: value for name, value in given.items() if value is not None}
    try:
        subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    except FileNotFoundError:
        raise BackupError(
            f"the program {command[0]} is not installed: run apt-get install postgresql-client"
        ) from None
    except subprocess.CalledProcessError as error:
        said = (error.stderr or "").strip().splitlines()
        raise BackupError(
            f"{command[0]} failed ({said[0][:300] if said else error.returncode}): is its version that of the server, "
            "and may its user read and write the database?"
        ) from None


def _check_empty(engine: Engine) -> None:
    """BackupError where anything has come in or anybody has signed up already."""
    tables = inspect(engine).get_table_names()
    with reading(engine) as session:
        for table in ("submission", "document", "record", "user"):
            # Names of our own tables; quoted, since user is a word of SQL.
            if table in tables and session.execute(text(f'SELECT 1 FROM "{table}" LIMIT 1')).first():  # noqa: S608
                raise BackupError(
                    f"the service is not empty (there is a {table}): restore into a new data folder or database, "
                    "and stop the service meanwhile"
                )


def _names(session: Session) -> list[str]:
    return sorted(set(referred(session)))


# ---------------------------------------------------------------- blobs


def _keep(blobs: Blobs, name: str, folder: Path) -> bool:
    """Copy a blob into the backup, checked against its digest; False where it is there already."""
    goal = folder / name[:2] / name
    if goal.exists():
        return False
    goal.parent.mkdir(mode=0o700, exist_ok=True)
    digest = hashlib.sha256()
    handle, part = tempfile.mkstemp(suffix=".part", dir=folder)
    try:
        with os.fdopen(handle, "wb") as file, closing(blobs.open(name)) as source:
            while chunk := source.read(_CHUNK):
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        if digest.hexdigest() != name:
            raise BackupError(
                f"the stored file {name[:12]}… is damaged: restore it from an earlier backup, or send the scan again"
            )
        Path(part).rename(goal)
    except (BlobMissing, BlobDamaged) as error:
        raise BackupError(f"the store is not whole: {error}") from None
    except OSError as error:
        raise BackupError(
            f"the backup cannot be written ({error.strerror}): check the room on its disk, then run it again"
        ) from None
    finally:
        Path(part).unlink(missing_ok=True)
    return True


def _give_back(folder: Path, blobs: Blobs) -> tuple[int, int]:
    """Put all blobs of the backup into the store; how many, and how many were there."""
    copied = known = 0
    damaged: list[str] = []
    for path in _files(folder):
        if blobs.exists(path.name):
            known += 1
        elif digest_of(path) != path.name:
            damaged.append(path.name)
        else:
            blobs.put(path)
            copied += 1
    if damaged:
        raise BackupError(
            f"{len(damaged)} files of the backup are damaged, as {damaged[0][:12]}…: replace them from another copy "
            "of the backup, or take them away to do without"
        )
    return copied, known


def _files(folder: Path) -> Iterable[Path]:
    return (path for path in sorted(folder.glob("??/*")) if len(path.name) == 64)


def _made(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BackupError(
            f"{folder} cannot be made ({error.strerror}): check the folder and its rights"
        ) from None


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
