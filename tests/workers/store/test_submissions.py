"""Submissions: each scan a document once, whatever is sent how often."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from tests.workers.store.steps import Store, line
from workers.store import submissions, views
from workers.store.connect import reading, transaction
from workers.store.errors import IdempotencyConflict, NotFound
from workers.store.queue import OPEN
from workers.store.schema import Document, Job


def test_the_same_scan_is_one_document_flagged_and_linked(store: Store) -> None:
    first = store.send("ก", "ข", "ก")
    assert [duplicate for _, _, duplicate in first.documents] == [False, False, True]
    assert first.documents[0][0] == first.documents[2][0]
    assert [bell.document_id for bell in first.bells] == [first.documents[0][0], first.documents[1][0]]
    again = store.send("ข", "ค")
    assert [duplicate for _, _, duplicate in again.documents] == [True, False]
    assert again.documents[0][0] == first.documents[1][0]
    with reading(store.engine) as session:
        assert session.scalar(select(func.count()).select_from(Document)) == 3
        assert session.scalar(select(func.count()).select_from(Job)) == 3
        shown = submissions.arrivals(session, again.submission_id)
    assert [(one.source, one.duplicate) for one in shown] == [("ข.pdf", True), ("ค.pdf", False)]


def test_what_was_done_is_not_done_again(store: Store) -> None:
    store.send("ก")
    assert store.work() == 4
    assert store.send("ก").bells == ()
    assert store.work() == 0
    assert store.complaints() == []


def test_a_scan_that_failed_is_tried_again_when_it_is_sent_again(store: Store) -> None:
    accepted = store.send("ก")
    job = store.claim(OPEN)
    assert job is not None
    with transaction(store.engine) as session:
        from workers.store import documents

        documents.failed(session, job, "w1", "encrypted_file", "it needs a password", now=3.0)
        assert views.find(session, job.document_id).error == "encrypted_file"
    assert [bell.document_id for bell in store.send("ก").bells] == [accepted.documents[0][0]]
    store.work()
    assert store.complaints() == []


def test_the_same_key_gets_the_same_answer_and_another_request_is_refused(store: Store) -> None:
    first = store.send("ก", idempotency_key="k", request_digest="d")
    again = store.send("ก", idempotency_key="k", request_digest="d")
    assert again.repeated
    assert (again.submission_id, again.documents, again.bells) == (first.submission_id, first.documents, ())
    with pytest.raises(IdempotencyConflict, match="another key"):
        store.send("ข", idempotency_key="k", request_digest="e")
    assert not store.send("ก", idempotency_key="k", request_digest="d", sender="มานี").repeated
    assert not store.send("ก", request_digest="d").repeated


def test_many_send_the_same_at_once(store: Store) -> None:
    scans = [f"scan {n}" for n in range(20)]
    with ThreadPoolExecutor(6) as threads:
        orders = [scans, scans[::-1], scans[10:] + scans[:10], scans, scans[::-1], scans]
        every = list(threads.map(lambda order: store.send(*order, idempotency_key="k"), orders))
        parts = list(threads.map(lambda order: store.send(*order), orders))
    assert len({one.submission_id for one in every}) == 1
    assert sum(not one.repeated for one in every) == 1
    assert len({document for one in parts for document, _, _ in one.documents}) == 20
    assert sum(not duplicate for one in [*parts] for _, _, duplicate in one.documents) == 0
    with reading(store.engine) as session:
        assert session.scalar(select(func.count()).select_from(Job)) == 20


def test_a_more_urgent_sender_overtakes_with_what_is_known(store: Store) -> None:
    store.send("ก", "ข", priority=9)
    urgent = store.send("ข", priority=0).documents[0][0]
    job = store.claim(OPEN)
    assert job is not None
    assert (job.document_id, job.priority) == (urgent, 0)


def test_progress_says_how_far_it_is(store: Store) -> None:
    accepted = store.send("ก", "ข", "ก")
    job = store.claim(OPEN)
    assert job is not None
    store.open(job, 3)
    read = store.claim("read")
    assert read is not None
    store.read(read)

    def progress() -> submissions.Progress:
        with reading(store.engine) as session:
            return submissions.progress(session, accepted.submission_id)

    now = progress()
    assert (now.documents, now.pages, now.pages_done, now.done) == ({"waiting": 1, "reading": 1}, 3, 1, False)
    store.work([line(1), line(2)])
    now = progress()
    assert (now.documents, now.pages, now.pages_done, now.records, now.done) == ({"done": 2}, 5, 5, 4, True)
    with reading(store.engine) as session, pytest.raises(NotFound):
        submissions.progress(session, 99)


def test_submissions_are_listed_latest_first_page_by_page(store: Store) -> None:
    ids = [store.send(str(n), sender="มานี" if n % 2 else "ปิติ").submission_id for n in range(5)]
    with reading(store.engine) as session:
        first = submissions.listed(session, limit=2)
        rest = submissions.listed(session, before=first[-1].id)
        own = submissions.listed(session, sender="มานี")
    assert [one.id for one in (*first, *rest)] == ids[::-1]
    assert [one.id for one in own] == [ids[3], ids[1]]


def test_nul_characters_do_not_stop_a_submission(store: Store) -> None:
    accepted = store.send("ก", name="กล่อง\0", sender="ส\0")
    with reading(store.engine) as session:
        assert submissions.find(session, accepted.submission_id).name == "กล่อง"
