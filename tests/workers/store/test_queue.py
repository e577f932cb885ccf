"""Claims, leases and the sweep: by example, in many threads and processes, and against a model."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.workers.store.steps import Store, line
from workers.store import documents, queue, views
from workers.store.connect import reading, transaction
from workers.store.errors import LeaseLost, NotFound
from workers.store.queue import ASSEMBLE, OPEN, READ, Claimed


def claimed(job: Claimed | None) -> Claimed:
    assert job is not None
    return job


def test_the_most_urgent_is_claimed_first_then_the_oldest(store: Store) -> None:
    store.send("ก", "ข", priority=9)
    store.send("ค", priority=0)
    store.send("ง", priority=5)
    order = [claimed(store.claim(OPEN)).document_id for _ in range(4)]
    assert order == [3, 4, 1, 2]
    assert store.claim(OPEN) is None
    assert store.claim(READ) is None


def test_a_job_is_done_by_one_and_a_lost_lease_stores_nothing(store: Store) -> None:
    store.send("ก")
    slow = claimed(store.claim(OPEN, "slow", now=0.0))
    assert store.sweep(now=61.0) == ()
    assert store.claim(OPEN, "fast", now=61.0) is None
    fast = claimed(store.claim(OPEN, "fast", now=62.0))
    assert (fast.id, fast.attempts) == (slow.id, 2)
    with pytest.raises(LeaseLost, match="slow"):
        store.open(slow, 2)
    store.open(fast, 2)
    with pytest.raises(LeaseLost):
        store.open(fast, 2)
    for end in (
        lambda s: documents.failed(s, slow, "slow", "x", "y", now=63.0),
        lambda s: queue.retry_later(s, slow.id, "slow", "x", "y", 1.0, 63.0),
        lambda s: queue.give_up(s, slow.id, "slow", "x", "y", 63.0),
        lambda s: documents.assembled(s, slow, "slow", [line()], now=63.0),
    ):
        with pytest.raises(LeaseLost), transaction(store.engine) as session:
            end(session)
    store.work()
    assert store.complaints() == []


def test_an_expired_lease_still_stores_while_nobody_else_has_the_job(store: Store) -> None:
    store.send("ก")
    job = claimed(store.claim(OPEN, now=0.0))
    store.open(job, 1, now=1000.0)


def test_a_heartbeat_keeps_what_is_held_and_release_gives_it_back(store: Store) -> None:
    store.send("ก", "ข")
    job = claimed(store.claim(OPEN, "a", now=0.0))
    claimed(store.claim(OPEN, "b", now=0.0))
    with transaction(store.engine) as session:
        assert queue.heartbeat(session, "a", 60.0, 50.0) == 1
    store.sweep(now=100.0)
    with transaction(store.engine) as session:
        assert [bell.document_id for bell in queue.release(session, "a")] == [job.document_id]
        assert queue.release(session, "a") == ()
    again = claimed(store.claim(OPEN, "c", now=101.0))
    assert (again.id, again.attempts) == (job.id, 1)


def test_a_retry_waits_and_the_sweep_rings_when_its_time_has_come(store: Store) -> None:
    store.send("ก", now=0.0)
    job = claimed(store.claim(OPEN))
    with transaction(store.engine) as session:
        queue.retry_later(session, job.id, "w1", "blob_missing", "the storage is away", 100.0, 10.0)
    assert store.claim(OPEN, now=109.0) is None
    assert store.sweep(now=109.0) == ()
    assert [bell.document_id for bell in store.sweep(now=110.0)] == [job.document_id]
    assert store.sweep(now=120.0) == ()
    assert claimed(store.claim(OPEN, now=121.0)).attempts == 2


def test_bells_that_nobody_heard_are_rung_again(store: Store) -> None:
    store.send("ก", "ข", now=0.0)
    assert store.sweep(now=29.0) == ()
    assert len(store.sweep(now=31.0)) == 2
    assert store.sweep(now=32.0) == ()
    assert len(store.sweep(now=62.0)) == 2


@pytest.mark.parametrize("kind", [OPEN, READ, ASSEMBLE])
def test_a_poison_job_is_set_aside_after_n_tries_and_can_be_retried(store: Store, kind: str) -> None:
    store.send("ก")
    now = 10.0
    if kind != OPEN:
        store.open(claimed(store.claim(OPEN)), 2)
    if kind == ASSEMBLE:
        for _ in range(2):
            store.read(claimed(store.claim(READ)))
    for attempt in range(1, 4):
        job = claimed(store.claim(kind, now=now))
        assert job.attempts == attempt
        now += 1000
        store.sweep(now=now)
        now += 1000
    with reading(store.engine) as session:
        document = views.find(session, 1)
        pages = views.pages(session, 1)
    if kind == READ:
        assert (document.state, pages[0].state, pages[0].error) == ("reading", "failed", queue.LOST)
        store.work(now=now)
        with reading(store.engine) as session:
            document = views.find(session, 1)
        assert document.state == "done"
    else:
        assert (document.state, document.error) == ("failed", queue.LOST)
        assert store.claim(kind, now=now) is None
        with reading(store.engine) as session:
            assert [one.id for one in views.set_aside(session)] == [1]
    assert store.complaints() == []
    with transaction(store.engine) as session:
        bells = queue.retry(session, 1, "มานี", now)
    assert [bell.kind for bell in bells] == [kind]
    store.work(now=now)
    assert store.complaints() == []
    with reading(store.engine) as session:
        assert views.find(session, 1).state == "done"
        assert {page.state for page in views.pages(session, 1)} == {"read"}


def test_only_what_failed_is_retried(store: Store) -> None:
    store.send("ก")
    with transaction(store.engine) as session:
        assert queue.retry(session, 1, "มานี", 1.0) == ()
        with pytest.raises(NotFound):
            queue.retry(session, 99, "มานี", 1.0)
    store.work()
    with transaction(store.engine) as session:
        assert queue.retry(session, 1, "มานี", 1.0) == ()


def test_pages_that_fail_do_not_stop_their_document(store: Store) -> None:
    store.send("ก")
    store.open(claimed(store.claim(OPEN)), 2)
    first = claimed(store.claim(READ))
    with transaction(store.engine) as session:
        assert documents.page_failed(session, first, "w1", "page_timeout", "too slow", now=4.0) == ()
    last = claimed(store.claim(READ))
    assert [bell.kind for bell in store.read(last)] == [ASSEMBLE]
    store.assemble(claimed(store.claim(ASSEMBLE)), [line()])
    with reading(store.engine) as session:
        assert [page.state for page in views.pages(session, 1)] == ["failed", "read"]
        assert views.texts(session, 1) == {2: b"text 2"}
    assert store.complaints() == []


def test_depth_counts_by_kind_and_state(store: Store) -> None:
    store.send("ก", "ข", now=7.0)
    store.open(claimed(store.claim(OPEN)), 3, now=8.0)
    store.claim(READ)
    with reading(store.engine) as session:
        depth = queue.depth(session)
    assert depth.documents == 2
    assert {(one.kind, one.state, one.count, one.oldest) for one in depth.jobs} == {
        (OPEN, "waiting", 1, 7.0),
        (READ, "waiting", 2, 8.0),
        (READ, "running", 1, 8.0),
    }


def test_threads_never_get_one_job_twice(store: Store) -> None:
    store.send(*(f"scan {n}" for n in range(40)))

    def take(owner: str) -> list[int]:
        taken = []
        while (job := store.claim(OPEN, owner)) is not None:
            taken.append(job.id)
        return taken

    with ThreadPoolExecutor(8) as threads:
        taken = [job for part in threads.map(take, "abcdefgh") for job in part]
    assert Counter(taken) == Counter(range(1, 41))


def test_pages_of_one_document_that_end_at_once_assemble_it_once(store: Store) -> None:
    store.send("ก")
    store.open(claimed(store.claim(OPEN)), 24)
    jobs = [claimed(store.claim(READ, f"w{n % 6}")) for n in range(24)]
    with ThreadPoolExecutor(6) as threads:
        bells = [bell for part in threads.map(store.read, jobs) for bell in part]
    assert [bell.kind for bell in bells] == [ASSEMBLE]
    store.work()
    assert store.complaints() == []


WORKER = """
import json, sys, random
from pathlib import Path
from tests.workers.store.steps import Store
from workers.blobs import open_blobs
from workers.store import queue
from workers.store.connect import open_engine, transaction
from workers.store.errors import LeaseLost
url, folder, owner = sys.argv[1:]
store = Store(open_engine(url, Path(folder)), open_blobs(None, Path(folder)))
chance, taken, now = random.Random(owner), [], 10.0
while True:
    now += 1
    job = next((j for k in ("assemble", "read", "open") if (j := store.claim(k, owner, now, lease=5))), None)
    if job is None:
        with transaction(store.engine) as session:
            if not queue.depth(session).documents:
                break
        store.sweep(now, tries=1000)
        continue
    if chance.random() < 0.2:
        store.sweep(now + 20, tries=1000)   # as if this one had been away for long
    try:
        if job.kind == "open": store.open(job, 3, now)
        elif job.kind == "read": store.read(job, now)
        else:
            from tests.workers.store.steps import line
            store.assemble(job, [line()], now)
        taken.append([job.kind, job.document_id, job.page])
    except LeaseLost:
        pass
print(json.dumps(taken))
"""


def test_processes_that_lose_leases_do_everything_exactly_once(
    store: Store, database_url: str, tmp_path: Path
) -> None:
    store.send(*(f"scan {n}" for n in range(5)))
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER, database_url, str(tmp_path), owner], stdout=subprocess.PIPE
        )
        for owner in "ab"
    ]
    done = [tuple(one) for process in processes for one in json.loads(process.communicate(timeout=120)[0])]
    assert [process.returncode for process in processes] == [0, 0]
    pages = [(READ, document, page) for document in range(1, 6) for page in (1, 2, 3)]
    whole = [(kind, document, 0) for document in range(1, 6) for kind in (OPEN, ASSEMBLE)]
    assert sorted(done) == sorted(pages + whole)
    assert store.complaints() == []


def test_a_killed_transaction_leaves_nothing_behind(store: Store, engine: Engine) -> None:
    store.send("ก")
    job = claimed(store.claim(OPEN))
    with pytest.raises(KeyboardInterrupt), transaction(engine) as session:
        documents.opened(session, job, "w1", 5, now=3.0)
        raise KeyboardInterrupt
    store.open(job, 2)
    store.work()
    assert store.complaints() == []
