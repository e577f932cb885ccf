from __future__ import annotations

import os
import random
import shutil
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import SimpleNamespace

import pikepdf
import pytest
import structlog
from sqlalchemy import func, select

from ocr.open import Document, page_count
from tests.workers.intake.conftest import picture
from workers.blobs import open_blobs
from workers.errors import InputError
from workers.intake import claims, door, folder, taking
from workers.intake.taking import PATIENCE, State, Watched
from workers.service import Service
from workers.settings import Settings
from workers.store.connect import migrate, open_engine, reading
from workers.store.schema import Arrival
from workers.store.submissions import arrivals, listed
from workers.web.look import Look, open_look


class Clock:
    """A watched folder that is looked at when the test says so."""

    def __init__(self, service: Service, path: Path, settle: float = 2.0) -> None:
        self.service, self.watched = service, Watched(path, "เขต", settle=settle)
        self.state, self.now = State(), 0.0
        self.child: Look | None = None

    def look(self, after: float = 0.0) -> None:
        self.now += after
        taking.step(self.service, self.watched, self.state, self.now, self.child)

    def until_taken(self) -> None:
        for _ in range(4):
            self.look(2.0)


@pytest.fixture
def box(service: Service, tmp_path: Path) -> Iterator[Clock]:
    path = tmp_path / "กล่องเข้า"
    path.mkdir()
    with folder.hold(path):
        yield Clock(service, path)


def _put(path: Path, seed: int) -> Path:
    path.parent.mkdir(exist_ok=True, parents=True)
    picture(seed).save(path)
    return path


def _tree(path: Path) -> list[str]:
    return sorted(
        one.relative_to(path).as_posix()
        for one in path.rglob("*")
        if one.name not in (".working", ".lock", "done", "failed")
    )


def _batches(service: Service) -> list[list[str]]:
    with reading(service.engine) as session:
        views = reversed(listed(session))
        return [[one.source for one in arrivals(session, view.id)] for view in views]


def test_files_that_come_together_are_one_submission(box: Clock, service: Service) -> None:
    for n in (10, 2, 1):
        _put(box.watched.path / f"แฟ้ม {n}.png", n)
    box.look()
    assert _batches(service) == []
    box.look(1.0)
    assert _batches(service) == []
    box.look(1.0)
    assert _batches(service) == [["แฟ้ม 1.png", "แฟ้ม 10.png", "แฟ้ม 2.png"]]
    assert _tree(box.watched.path) == ["done/แฟ้ม 1.png", "done/แฟ้ม 10.png", "done/แฟ้ม 2.png"]
    with reading(service.engine) as session:
        (view,) = listed(session)
    assert (view.channel, view.office, view.sender) == ("folder", "เขต", str(box.watched.path))


def test_a_file_is_taken_only_when_whole(box: Clock, service: Service) -> None:
    whole = _put(box.watched.path / "x" / "a.png", 1).read_bytes()
    (box.watched.path / "x" / "a.png").unlink()
    growing = box.watched.path / "a.png"
    for end in (0, 10, len(whole) // 2):
        growing.write_bytes(whole[:end])
        for _ in range(5):
            box.look(2.0)
    assert _batches(service) == []
    assert growing.exists()
    growing.write_bytes(whole)
    box.look(1.0)
    assert _batches(service) == []
    box.until_taken()
    assert _batches(service) == [["a.png"]]


def test_what_stays_broken_goes_to_failed_with_the_reason(box: Clock, service: Service) -> None:
    (box.watched.path / "งาน.docx").write_bytes(b"PK\x03\x04")
    good = _put(box.watched.path / "ดี.png", 1)
    box.until_taken()
    assert not good.exists()
    assert (box.watched.path / "งาน.docx").exists()
    box.look(PATIENCE)
    box.until_taken()
    assert _batches(service) == [["ดี.png"]]
    assert _tree(box.watched.path) == ["done/ดี.png", "failed/งาน.docx", "failed/งาน.docx.reason.txt"]
    reason = (box.watched.path / "failed" / "งาน.docx.reason.txt").read_text("utf-8-sig")
    assert "ไม่ใช่ภาพสแกน" in reason
    assert "export it as PDF" in reason


def test_nothing_is_overwritten(box: Clock, service: Service) -> None:
    for seed in (1, 2, 3):
        _put(box.watched.path / "ก.png", seed)
        (box.watched.path / "ข.txt").write_text(f"no scan {seed}")
        _put(box.watched.path / "ค" / "1.png", 10 + seed)
        box.until_taken()
        box.look(PATIENCE)
        box.until_taken()
    assert _tree(box.watched.path) == sorted(
        [
            *("done/ก.png", "done/ก (2).png", "done/ก (3).png"),
            *("done/ค", "done/ค (2)", "done/ค (3)", "done/ค/1.png", "done/ค (2)/1.png", "done/ค (3)/1.png"),
            *("failed/ข.txt", "failed/ข (2).txt", "failed/ข (3).txt"),
            *("failed/ข.txt.reason.txt", "failed/ข (2).txt.reason.txt", "failed/ข (3).txt.reason.txt"),
        ]
    )
    with reading(service.engine) as session:
        assert session.execute(select(func.count()).select_from(Arrival)).scalar_one() == 6


def test_a_sub_folder_of_images_is_one_document(box: Clock, service: Service, tmp_path: Path) -> None:
    for n in (1, 2, 10):
        _put(box.watched.path / "โครงการ ก" / f"{n}.png", n)
    _put(box.watched.path / "โครงการ ก" / "ผนวก" / "1.png", 20)
    _put(box.watched.path / "โครงการ ก" / "ผนวก" / "2.png", 21)
    (box.watched.path / "โครงการ ก" / "note.txt").write_text("not read")
    box.look()
    _put(box.watched.path / "โครงการ ก" / "11.png", 11)
    box.look(2.0)
    assert _batches(service) == []
    box.until_taken()
    assert _batches(service) == [["โครงการ ก.pdf", "ผนวก.pdf"]]
    with reading(service.engine) as session:
        first, second = arrivals(session, listed(session)[0].id)
    for one, pages in ((first, 4), (second, 2)):
        assert page_count(Document("x", (service.blobs.fetch(one.sha256, tmp_path / "out"),))) == pages
    assert (box.watched.path / "done" / "โครงการ ก" / "ผนวก" / "2.png").exists()


def test_a_sub_folder_with_a_broken_page_fails_as_a_whole(box: Clock, service: Service) -> None:
    _put(box.watched.path / "ก" / "1.png", 1)
    (box.watched.path / "ก" / "2.png").write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    (box.watched.path / "ว่าง").mkdir()
    box.look()
    box.look(PATIENCE)
    assert _batches(service) == []
    assert _tree(box.watched.path) == [
        "failed/ก",
        "failed/ก.reason.txt",
        "failed/ก/1.png",
        "failed/ก/2.png",
        "ว่าง",
    ]
    assert "2.png" in (box.watched.path / "failed" / "ก.reason.txt").read_text("utf-8-sig")


def test_hidden_and_temporary_files_and_links_are_left_alone(
    box: Clock, service: Service, tmp_path: Path
) -> None:
    for name in (".a.png", "~$b.png", "c.png.part", "d.tmp", "Thumbs.db", "e.crdownload"):
        _put(tmp_path / "x.png", 1).rename(box.watched.path / name)
    (box.watched.path / "link.png").symlink_to(_put(tmp_path / "secret.png", 2))
    before = _tree(box.watched.path)
    box.look(PATIENCE)
    box.look(PATIENCE)
    assert _tree(box.watched.path) == before
    (box.watched.path / "ก").mkdir()
    (box.watched.path / "ก" / "link.png").symlink_to(tmp_path / "secret.png")
    box.look()
    box.look(PATIENCE)
    assert "links" in (box.watched.path / "failed" / "ก.reason.txt").read_text("utf-8-sig")
    assert _batches(service) == []


def test_names_that_are_no_utf8_are_taken_all_the_same(box: Clock, service: Service, tmp_path: Path) -> None:
    good, bad = (os.fsdecode(name.encode("cp874")) for name in ("ดี.png", "เสีย.png"))
    _put(tmp_path / "x.png", 1).rename(box.watched.path / good)
    (box.watched.path / bad).write_bytes(b"no scan")
    box.look()
    box.look(PATIENCE)
    box.until_taken()
    assert _batches(service) == [["ดี.png"]]
    assert (box.watched.path / "done" / good).exists()
    reason = (box.watched.path / "failed" / f"{bad}.reason.txt").read_text("utf-8-sig")
    assert reason.startswith("เสีย.png\n")


def test_a_name_as_long_as_can_be_finds_a_free_one(box: Clock, service: Service) -> None:
    for seed in (1, 2):
        _put(box.watched.path / f"{'ก' * 83}.png", seed)
        (box.watched.path / f"{'ข' * 85}").write_text(f"no scan {seed}")
        box.look()
        box.look(PATIENCE)
        box.until_taken()
    assert len(_batches(service)) == 2
    assert len(list((box.watched.path / "done").iterdir())) == 2
    assert len(list((box.watched.path / "failed").iterdir())) == 4


def test_a_scan_that_does_not_open_fails_with_the_reason(
    box: Clock, service: Service, tmp_path: Path
) -> None:
    with pikepdf.new() as locked:
        locked.add_blank_page()
        locked.save(box.watched.path / "ลับ.pdf", encryption=pikepdf.Encryption(user="1", owner="2"))
    _put(box.watched.path / "ดี.png", 1)
    box.child = open_look(1, 30, 1000)
    box.until_taken()
    box.child.close()
    assert _batches(service) == [["ดี.png"]]
    reason = (box.watched.path / "failed" / "ลับ.pdf.reason.txt").read_text("utf-8-sig")
    assert "มีรหัสผ่าน" in reason
    assert "encrypted_file" in reason


def test_a_trickle_does_not_hold_up_what_is_ready(box: Clock, service: Service) -> None:
    _put(box.watched.path / "first.png", 1)
    for n in range(40):
        _put(box.watched.path / f"{n}.png", n)
        box.look(1.0)
    assert "first.png" in _batches(service)[0]


def test_a_full_queue_leaves_the_files_where_they_are(service: Service, tmp_path: Path) -> None:
    full = Service(
        service.settings.model_copy(update={"max_waiting": 1}), service.engine, service.blobs, service.ring
    )
    (tmp_path / "in").mkdir()
    with folder.hold(tmp_path / "in"):
        box = Clock(full, tmp_path / "in")
        _put(box.watched.path / "a.png", 1)
        box.until_taken()
        _put(box.watched.path / "b.png", 2)
        with structlog.testing.capture_logs() as logs:
            for _ in range(60):
                box.look(2.0)
        assert (box.watched.path / "b.png").exists()
        assert [line["code"] for line in logs] == ["busy"]
        box.service = service
        for _ in range(20):
            box.look(2.0)
    assert _batches(service) == [["a.png"], ["b.png"]]


def test_a_database_that_is_away_delays_and_doubles_nothing(
    box: Clock, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise RuntimeError("no database")

    _put(box.watched.path / "a.png", 1)
    with monkeypatch.context() as patch:
        patch.setattr(door, "accept", away)
        for _ in range(20):
            box.look(2.0)
    assert _batches(service) == []
    for _ in range(20):
        box.look(2.0)
    assert _batches(service) == [["a.png"]]
    assert _tree(box.watched.path) == ["done/a.png"]


def test_one_watcher_for_a_folder(box: Clock, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="already"), folder.hold(box.watched.path):
        pass
    with pytest.raises(InputError, match="no folder"), folder.hold(tmp_path / "nowhere"):
        pass
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="no folder"), folder.hold(tmp_path / "file"):
        pass


def test_a_folder_that_may_not_be_written_is_said_clearly(service: Service, tmp_path: Path) -> None:
    path = tmp_path / "in"
    path.mkdir()
    with folder.hold(path):
        _put(path / "a.png", 1)
        box = Clock(service, path)
        denied = PermissionError(13, "Permission denied")
        with pytest.MonkeyPatch.context() as patch, structlog.testing.capture_logs() as logs:
            patch.setattr(claims, "claim", _raiser(denied))
            for _ in range(10):
                box.look(10.0)
    assert len(logs) == 1
    assert "give its user the right to read, write and rename there" in str(logs[0]["event"])
    assert (path / "a.png").exists()


def _raiser(error: Exception) -> Callable[..., None]:
    def raise_it(*_: object, **__: object) -> None:
        raise error

    return raise_it


def test_the_loop_hears_of_new_files_and_stops(service: Service, tmp_path: Path) -> None:
    path, polled = tmp_path / "in", tmp_path / "share"
    path.mkdir()
    polled.mkdir()
    stop, taken = threading.Event(), threading.Event()
    heard = Service(service.settings, service.engine, service.blobs, lambda _: taken.set())
    thread = threading.Thread(
        target=folder.watch,
        args=(heard, [Watched(path, settle=0.05), Watched(polled, settle=0.05, poll=0.1)], stop),
    )
    thread.start()
    try:
        for place, name in ((path, "a.png"), (polled, "b.png")):
            _put(tmp_path / "elsewhere.png", len(name) + ord(name[0])).rename(place / name)
            assert taken.wait(60)
            taken.clear()
    finally:
        stop.set()
        thread.join(20)
    assert not thread.is_alive()
    assert _batches(service) == [["a.png"], ["b.png"]]


def test_shares_are_told_from_disks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    share = tmp_path / "share"
    (share / "box").mkdir(parents=True)
    mounts = [
        SimpleNamespace(mountpoint="/", fstype="ext4"),
        SimpleNamespace(mountpoint=str(share), fstype="cifs"),
    ]
    monkeypatch.setattr("psutil.disk_partitions", lambda all: mounts)
    assert folder.on_network(share / "box")
    assert not folder.on_network(tmp_path)


def test_folders_that_hold_one_another_are_refused(service: Service, tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    for folders in ([tmp_path], [tmp_path / "a", tmp_path / "a" / "b"], [tmp_path / "a"] * 2):
        with pytest.raises(InputError, match="watch a folder of its own"):
            folder.watch(service, [Watched(path) for path in folders], threading.Event())


# ---------------------------------------------------------------- killed at every step


@contextmanager
def _killed_at(step: int) -> Iterator[None]:
    """SIGKILL to this process right before its `step`-th change of the file system or the database."""
    count = 0
    steps = (
        (os, "rename"),
        (os, "mkdir"),
        (os, "link"),
        (os, "unlink"),
        (os, "rmdir"),
        (Path, "rename"),
        (Path, "mkdir"),
        (Path, "unlink"),
        (Path, "rmdir"),
        (Path, "write_text"),
        (Path, "replace"),
        (claims, "_written"),
        (door, "accept"),
        (door, "transaction"),
        (claims, "accepted"),
        (claims, "refused_part"),
    )
    with ExitStack() as patches, pytest.MonkeyPatch.context() as patch:
        for owner, name in steps:
            original = getattr(owner, name)

            def counted(
                *args: object, _original: Callable[..., object] = original, **kwargs: object
            ) -> object:
                nonlocal count
                count += 1
                if count == step:
                    os.kill(os.getpid(), signal.SIGKILL)
                return _original(*args, **kwargs)

            patch.setattr(owner, name, counted)
        patches.enter_context(patch.context())
        yield


def _in_child(data: Path, path: Path, step: int) -> bool:
    """Watch the folder in another process until all is taken; whether it came to the end alive."""
    child = os.fork()
    if child == 0:
        try:
            engine = open_engine(None, data)
            service = Service(
                Settings(data=data, min_free_bytes=0), engine, open_blobs(None, data), lambda _: None
            )
            with folder.hold(path), _killed_at(step):
                box = Clock(service, path)
                for _ in range(3):
                    box.look(2.0)
                box.look(PATIENCE)
                box.until_taken()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFEXITED(status)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database, and a folder with two loose files, a sub-folder of two pages, and a broken file."""
    root = tmp_path_factory.mktemp("template")
    engine = open_engine(None, root / "data")
    migrate(engine)
    engine.dispose()
    path = root / "in"
    _put(path / "ก 1.png", 1)
    _put(path / "ก 2.png", 2)
    _put(path / "ชุด" / "1.png", 3)
    _put(path / "ชุด" / "2.png", 4)
    (path / "เสีย.pdf").write_bytes(b"%PDF-1.4 cut")
    return root


def _assert_taken_once(root: Path) -> None:
    assert _tree(root / "in") == [
        "done/ก 1.png",
        "done/ก 2.png",
        "done/ชุด",
        "done/ชุด/1.png",
        "done/ชุด/2.png",
        "failed/เสีย.pdf",
        "failed/เสีย.pdf.reason.txt",
    ]
    engine = open_engine(None, root / "data")
    with reading(engine) as session:
        sources = sorted(session.scalars(select(Arrival.source)))
        assert not any(session.scalars(select(Arrival.duplicate)))
    engine.dispose()
    assert sources == ["ก 1.png", "ก 2.png", "ชุด.pdf"]


def test_killed_at_any_step_each_file_is_taken_exactly_once(template: Path, tmp_path: Path) -> None:
    for step in range(1, 200, 7):  # all of them take too long for every run; none failed
        root = tmp_path / str(step)
        shutil.copytree(template, root)
        ended = _in_child(root / "data", root / "in", step)
        assert ended or _in_child(root / "data", root / "in", 10_000)
        _assert_taken_once(root)
        shutil.rmtree(root)
        if ended:
            break
    assert step > 40


@pytest.mark.parametrize("seed", range(3))
def test_killed_again_and_again_each_file_is_taken_exactly_once(
    template: Path, tmp_path: Path, seed: int
) -> None:
    root = tmp_path / "root"
    shutil.copytree(template, root)
    order = random.Random(seed)
    kills = sum(not _in_child(root / "data", root / "in", order.randint(1, 12)) for _ in range(8))
    assert kills > 2
    assert _in_child(root / "data", root / "in", 10_000)
    _assert_taken_once(root)
