"""The check of the whole store finds what is wrong, and nothing where nothing is."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.workers.store.steps import Store, line
from workers.store import audit

_AGAIN = "INSERT INTO history (at, actor, action, document_id, before, after, more) SELECT 1, 'samnao', 'assembled', 1"


@pytest.fixture
def done(store: Store) -> Store:
    store.send("ก", "ข")
    store.work([line(1), line(2)])
    assert store.complaints() == []
    return store


DAMAGES = (
    ("DELETE FROM page WHERE number = 2", "pages_incomplete"),
    ("DELETE FROM page_text WHERE number = 1", "text_missing"),
    ("UPDATE document SET pages_done = 1 WHERE id = 1", "pages_miscounted"),
    ("UPDATE page SET state = 'waiting' WHERE number = 1", "page_waits"),
    ("UPDATE document SET records = 3", "records_miscounted"),
    ("DELETE FROM field WHERE position = 0", "fields_incomplete"),
    ("DELETE FROM field WHERE record_id = 1", "fields_incomplete"),
    ("UPDATE document SET state = 'reading' WHERE id = 1", "stuck"),
    (f"{_AGAIN}, 'null', 'null', 'null'", "done_twice"),
    ("DELETE FROM arrival WHERE position = 1", "never_sent"),
    ("DELETE FROM arrival", "empty_submission"),
)


def test_damage_is_found(done: Store) -> None:
    unseen = []
    for damage, code in DAMAGES:
        with Session(done.engine) as session, session.begin() as attempt:
            session.execute(text(damage))
            if code not in [one.code for one in audit.check(session)]:
                unseen.append(damage)
            attempt.rollback()
    assert unseen == []
    assert done.complaints() == []


def test_blobs_that_are_missing_or_orphaned_are_found(done: Store) -> None:
    done.blobs.put_bytes(b"nobody's")
    assert done.complaints() == ["blob_orphaned"]
    assert done.complaints(busy=True) == []
    done.blobs.delete(next(name for name, _ in done.blobs.walk()))
    done.blobs.delete(done.send("ก").documents[0][1])
    assert "blob_missing" in done.complaints(busy=True)


def test_work_under_way_is_no_complaint_while_it_is_under_way(store: Store) -> None:
    store.send("ก")
    assert store.complaints(busy=True) == []
    assert set(store.complaints()) == {"unfinished", "job_left"}
    job = store.claim("open")
    assert job is not None
    store.open(job, 2)
    assert store.complaints(busy=True) == []
