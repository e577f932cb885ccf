from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from ocr.open import Document, page_count
from tests.workers.intake.conftest import picture
from workers import setup
from workers.blobs import open_blobs
from workers.errors import Busy, Refused
from workers.intake import door
from workers.intake.door import Sent, clean_name
from workers.intake.pack import pack
from workers.service import Service
from workers.store.connect import reading
from workers.store.errors import IdempotencyConflict
from workers.store.queue import Bell
from workers.store.schema import Arrival, Job, Submission
from workers.store.submissions import arrivals, find


def _scan(folder: Path, name: str, seed: int) -> Sent:
    path = folder / f"{seed}-{len(list(folder.iterdir()))}.png"
    picture(seed).save(path)
    return Sent(path, name)


def _count(service: Service, table: type) -> int:
    with reading(service.engine) as session:
        return session.execute(select(func.count()).select_from(table)).scalar_one()


def _work_left(service: Service) -> list[str]:
    return [path.name for path in (service.settings.data / "work").iterdir()]


def test_files_become_documents_and_the_bell_is_rung(
    service: Service, rung: list[Bell], tmp_path: Path
) -> None:
    scans = [_scan(tmp_path, "รายงาน ๑.png", 1), _scan(tmp_path, "b.png", 2), _scan(tmp_path, "c.png", 1)]
    accepted = door.submit(
        service, scans, channel="command", sender="me", name="กล่อง 12", office="เขต", now=5.0
    )
    assert [duplicate for _, _, duplicate in accepted.documents] == [False, False, True]
    assert [bell.document_id for bell in rung] == sorted({row[0] for row in accepted.documents})
    with reading(service.engine) as session:
        view = find(session, accepted.submission_id)
        came = arrivals(session, accepted.submission_id)
    assert (view.name, view.office, view.channel, view.at) == ("กล่อง 12", "เขต", "command", 5.0)
    assert [one.source for one in came] == ["รายงาน ๑.png", "b.png", "c.png"]
    assert all(scan.path.exists() for scan in scans)
    for _, sha256, _ in accepted.documents:
        assert service.blobs.exists(sha256)
    assert _work_left(service) == []


def test_our_own_files_are_moved(service: Service, tmp_path: Path) -> None:
    scan = _scan(tmp_path, "a.png", 1)
    door.submit(service, [Sent(scan.path, scan.name, ours=True)], channel="http", sender="me")
    assert not scan.path.exists()


def test_loose_pages_together_are_one_document(service: Service, tmp_path: Path) -> None:
    pdf = tmp_path / "whole.pdf"
    pack([_scan(tmp_path, "x", 9).path], pdf, setup.limits(service.settings))
    scans = [_scan(tmp_path, "10.png", 1), _scan(tmp_path, "2.png", 2), Sent(pdf, "ของอื่น.pdf")]
    accepted = door.submit(
        service, scans, channel="http", sender="me", name="แฟ้ม/ก", together=True, idempotency_key="k"
    )
    with reading(service.engine) as session:
        first, second = arrivals(session, accepted.submission_id)
    assert (first.source, second.source) == ("ก.pdf", "ของอื่น.pdf")
    packed = service.blobs.fetch(first.sha256, tmp_path / "out")
    assert page_count(Document("x", (packed,))) == 2
    again = door.submit(
        service, scans[:], channel="http", sender="me", name="แฟ้ม/ก", together=True, idempotency_key="k"
    )
    assert again.repeated
    assert again.documents == accepted.documents


def test_each_bad_file_is_named_and_nothing_is_left(
    service: Service, rung: list[Bell], tmp_path: Path
) -> None:
    good = _scan(tmp_path, "ดี.png", 1)
    cases = {
        "word.pdf": b"PK\x03\x04",
        "ว่าง.pdf": b"",
        "cut.jpg": b"\xff\xd8\xff\xe0" + b"\0" * 50,
        "half.pdf": b"%PDF-1.4\n1 0 obj\n<<>>",
    }
    bad = []
    for name, data in cases.items():
        (tmp_path / name).write_bytes(data)
        bad.append(Sent(tmp_path / name, f"../../etc/{name}"))
    with pytest.raises(Refused) as refused:
        door.submit(service, [good, *bad], channel="http", sender="me")
    assert [name for name, _ in refused.value.files] == list(cases)
    assert all(": " in str(error) for _, error in refused.value.files)
    assert [error.code for _, error in refused.value.files] == [
        "unsupported_file",
        "empty_file",
        "damaged_file",
        "damaged_file",
    ]
    with pytest.raises(Refused, match="nothing was sent"):
        door.submit(service, [], channel="http", sender="me")
    assert _count(service, Submission) == 0
    assert list(open_blobs(None, service.settings.data).walk()) == []
    assert rung == []


def test_the_same_key_for_something_else_is_refused(service: Service, tmp_path: Path) -> None:
    one, two = _scan(tmp_path, "a.png", 1), _scan(tmp_path, "a.png", 2)
    door.submit(service, [one], channel="http", sender="me", idempotency_key="k")
    with pytest.raises(IdempotencyConflict):
        door.submit(service, [two], channel="http", sender="me", idempotency_key="k")
    assert door.submit(service, [one], channel="http", sender="me", idempotency_key="k").repeated
    door.submit(service, [two], channel="http", sender="another", idempotency_key="k")
    assert _count(service, Arrival) == 2


def test_a_full_queue_takes_no_more(service: Service, tmp_path: Path) -> None:
    full = Service(
        service.settings.model_copy(update={"max_waiting": 1}), service.engine, service.blobs, service.ring
    )
    door.submit(full, [_scan(tmp_path, "a.png", 1)], channel="http", sender="me")
    with pytest.raises(Busy, match="try again") as busy:
        door.submit(full, [_scan(tmp_path, "b.png", 2)], channel="http", sender="me")
    assert busy.value.retry_after > 0
    crowded = service.settings.model_copy(update={"min_free_bytes": 10**18})
    with pytest.raises(Busy, match="disk"):
        door.check_room(Service(crowded, service.engine, service.blobs, service.ring))
    assert _count(service, Job) == 1


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\scans\\ก.pdf", "ก.pdf"),
        ("a\0b.pdf", "ab.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("..", "scan"),
        ("  \u200b ", "scan"),
        ("", "scan"),
        ("/", "scan"),
        ("แบบ รายงาน.pdf", "แบบ รายงาน.pdf"),
        ("e\u0301.pdf", "é.pdf"),
        ("a\r\nX-Header: 1.pdf", "aX-Header: 1.pdf"),
        (".hidden", ".hidden"),
        ("\ud800\udc80ก.pdf", "ก.pdf"),
        (os.fsdecode("แฟ้ม ๑.pdf".encode("cp874")), "แฟ้ม ๑.pdf"),
    ],
)
def test_names_are_cleaned(name: str, clean: str) -> None:
    assert clean_name(name) == clean


def test_a_long_name_keeps_its_suffix_and_whole_letters() -> None:
    name = clean_name("กี่" * 2000 + ".pdf")
    assert len(name.encode()) <= 255
    assert name.endswith("กี่.pdf")


@given(st.text(st.characters(), max_size=400))
@settings(max_examples=300)
def test_any_name_is_safe_afterwards(name: str) -> None:
    clean = clean_name(name)
    assert 0 < len(clean.encode()) <= 255
    assert clean not in (".", "..")
    assert not set("/\\\0") & set(clean)
    assert unicodedata.is_normalized("NFC", clean)
    assert all(unicodedata.category(one)[0] != "C" for one in clean)
    assert clean_name(clean) == clean
