"""What rows refer to, as the sweep asks it."""

from __future__ import annotations

import hashlib

from tests.workers.store.steps import Store
from workers.store.connect import reading
from workers.store.referred import all_referred, referred


def test_all_that_rows_refer_to_is_known_and_nothing_else(store: Store) -> None:
    with reading(store.engine) as session:
        assert hashlib.sha256(b"x").hexdigest() not in all_referred(session)
    store.send("ก", "ข")
    store.work(pages=3)
    stray = store.blobs.put_bytes(b"nobody's")
    with reading(store.engine) as session:
        known = all_referred(session)
        named = set(referred(session))
    assert len(named) == 8
    assert {digest for digest, _ in store.blobs.walk() if digest not in known} == {stray}
    assert all(digest in known for digest in named)
    assert "f" * 64 not in known
    assert "0" * 64 not in known
