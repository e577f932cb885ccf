from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, make_url, text

from tests.servers import Server, new_database
from tests.workers.intake.conftest import picture
from workers.backup import make_backup, restore_backup, snapshots
from workers.blobs import open_blobs
from workers.errors import BackupError
from workers.intake import door
from workers.intake.door import Sent
from workers.service import Service
from workers.settings import Settings
from workers.store import audit
from workers.store.connect import migrate, open_engine, reading


def _submit(settings: Settings, folder: Path, *seeds: int) -> None:
    engine = open_engine(settings.database, settings.data)
    migrate(engine)
    service = Service(settings, engine, open_blobs(settings.blobs, settings.data), lambda _: None)
    sent = []
    for seed in seeds:
        picture(seed).save(folder / f"{seed}.png")
        sent.append(Sent(folder / f"{seed}.png", f"รายงาน {seed}.png"))
    door.submit(service, sent, channel="command", sender="me")
    service.close()


def _state(settings: Settings) -> dict[str, Any]:
    """All rows of all tables, all blobs; and that they agree."""
    engine = open_engine(settings.database, settings.data)
    blobs = open_blobs(settings.blobs, settings.data)
    with reading(engine) as session:
        found: dict[str, Any] = {}
        for table in sorted(inspect(engine).get_table_names()):
            rows = session.execute(text(f'SELECT * FROM "{table}"')).all()
            found[table] = sorted(map(repr, rows))
        assert audit.check(session, blobs, busy=True) == []
    found["blobs"] = sorted(name for name, _ in blobs.walk())
    engine.dispose()
    return found


@pytest.fixture
def first(database_url: str, tmp_path: Path) -> Settings:
    settings = Settings(data=tmp_path / "first", database=database_url, min_free_bytes=0)
    _submit(settings, tmp_path, 1, 2, 3)
    return settings


@pytest.fixture
def second(first: Settings, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Settings]:
    """An empty service of the same kind."""
    url = f"sqlite:///{tmp_path / 'second.db'}"
    if make_url(str(first.database)).get_backend_name() == "postgresql":
        server: Server = request.getfixturevalue("postgres_server")
        url = new_database(server)
    yield Settings(data=tmp_path / "second", database=url, min_free_bytes=0)


def test_a_restored_service_equals_the_one_that_was_saved(
    first: Settings, second: Settings, tmp_path: Path
) -> None:
    before = _state(first)
    result = make_backup(first, tmp_path / "backup")
    assert (result.copied, result.known) == (3, 0)
    restored = restore_backup(second, tmp_path / "backup")
    assert (restored.copied, restored.known) == (3, 0)
    assert _state(second) == before
    assert len(before["document"]) == len(before["blobs"]) == 3
    with pytest.raises(BackupError, match="not empty"):
        restore_backup(second, tmp_path / "backup")
    _submit(second, tmp_path, 3, 4)
    assert len(_state(second)["document"]) == 4


def test_a_second_backup_copies_only_what_is_new(first: Settings, second: Settings, tmp_path: Path) -> None:
    old = make_backup(first, tmp_path / "backup").snapshot
    middle = _state(first)
    _submit(first, tmp_path, 4)
    result = make_backup(first, tmp_path / "backup")
    assert (result.copied, result.known) == (1, 3)
    assert [one.name for one in snapshots(tmp_path / "backup")] == [old.name, result.snapshot.name]
    restore_backup(second, tmp_path / "backup", old.name)
    state = _state(second)
    assert len(state.pop("blobs")) == 4  # what no row names is swept later
    middle.pop("blobs")
    assert state == middle


@pytest.fixture
def local(tmp_path: Path) -> Settings:
    settings = Settings(data=tmp_path / "local", min_free_bytes=0)
    _submit(settings, tmp_path, 1, 2)
    return settings


def _damage(path: Path) -> None:
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1] + b"?")


def test_a_damaged_store_or_backup_is_said_and_named(local: Settings, tmp_path: Path) -> None:
    make_backup(local, tmp_path / "good")
    blob = next((local.data / "blobs").glob("??/*"))
    whole = blob.read_bytes()
    _damage(blob)
    with pytest.raises(BackupError, match="damaged: restore it from an earlier backup"):
        make_backup(local, tmp_path / "bad")
    blob.unlink()
    with pytest.raises(BackupError, match="not whole"):
        make_backup(local, tmp_path / "bad")
    assert list((tmp_path / "bad" / "databases").iterdir()) == []
    blob.write_bytes(whole)
    shutil.copytree(tmp_path / "good", tmp_path / "torn")
    _damage(next((tmp_path / "torn" / "blobs").glob("??/*")))
    with pytest.raises(BackupError, match="files of the backup are damaged"):
        restore_backup(Settings(data=tmp_path / "new", min_free_bytes=0), tmp_path / "torn")
    next((tmp_path / "torn" / "blobs").glob("??/*")).unlink()
    with pytest.raises(BackupError, match="not in the backup"):
        restore_backup(Settings(data=tmp_path / "new", min_free_bytes=0), tmp_path / "torn")
    _damage(next((tmp_path / "torn" / "databases").glob("*.sqlite")))
    with pytest.raises(BackupError, match="missing or damaged: restore an older one"):
        restore_backup(Settings(data=tmp_path / "newer", min_free_bytes=0), tmp_path / "torn")


def test_what_is_no_backup_is_said(local: Settings, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="no backup in"):
        restore_backup(local, tmp_path / "nothing")
    with pytest.raises(BackupError, match="no database yet"):
        make_backup(Settings(data=tmp_path / "empty"), tmp_path / "backup")
    (tmp_path / "file").write_text("")
    with pytest.raises(BackupError, match="cannot be made"):
        make_backup(local, tmp_path / "file")
    make_backup(local, tmp_path / "backup")
    with pytest.raises(BackupError, match="has no other"):
        restore_backup(local, tmp_path / "backup", "other")
