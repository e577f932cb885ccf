"""Claims, drafts, settling, undo and rows in the store, on SQLite and PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.engine import Engine

from postprocess.forms.model import Search
from tests.workers.web.review import stock
from workers.blobs import open_blobs
from workers.store import history, leaves, records, review, rows
from workers.store.connect import reading, transaction
from workers.store.records import FieldView, Filter, RecordView
from workers.store.review import Wanted
from workers.store.schema import Reason
from workers.store.settle import Change, NothingToUndo, Stale, change_rows, settle, undo

SEARCH = Search(title="school", office="district")


@pytest.fixture
def record(engine: Engine, tmp_path: Path) -> int:
    return stock.stock(engine, open_blobs(None, tmp_path / "data"), ["repair-request.pdf"], now=1.0).records[
        0
    ]


def loaded(engine: Engine, record: int) -> RecordView:
    with reading(engine) as session:
        return records.load(session, record)


def change(engine: Engine, record: int, token: str, user: str = "malee", now: float = 10.0) -> Change:
    return Change(user, now, loaded(engine, record).version, token, None, {"seconds": 2.5, "key": 1})


def settled(engine: Engine, record: int, path: str, value: object, token: str) -> RecordView:
    with transaction(engine) as session:
        made = change(engine, record, token)
        return settle(session, record, path, value, "settled", made, SEARCH)


def test_a_settled_field_changes_record_history_and_queue(engine: Engine, record: int) -> None:
    before = loaded(engine, record)
    made = change(engine, record, "token-1")
    with transaction(engine) as session:
        review.keep_draft(session, record, "malee", "district", "ตลิ่ง", now=5)
        after = settle(session, record, "district", "ตลิ่งชัน", "settled", made, SEARCH)
    assert (after.version, after.doubtful) == (before.version + 1, before.doubtful - 1)
    assert after.worth < before.worth and after.office == "ตลิ่งชัน"
    assert after.values["district"] == "ตลิ่งชัน"
    with reading(engine) as session:
        event = history.of_record(session, record)[0]
        assert review.drafts(session, record, "malee") == {}
        reasons = {row.reason: row.fields for row in session.scalars(select(Reason))}
    assert (event.actor, event.action, event.path) == ("malee", "settled", "district")
    assert event.before["value"] == "ดลิงชซัน" and event.after == {"value": "ตลิ่งชัน", "status": "settled"}
    assert event.more["machine"] == "ดลิงชซัน"
    assert event.more["key"] == 1 and event.more["seconds"] == 2.5 and 0 < event.more["confidence"] < 1
    assert sum(reasons.values()) == after.doubtful


def test_a_change_sent_twice_is_made_once(engine: Engine, record: int) -> None:
    made = change(engine, record, "token-1")
    for _ in range(2):
        with transaction(engine) as session:
            after = settle(session, record, "district", "ก", "settled", made, SEARCH)
    assert after.version == made.version + 1
    with reading(engine) as session:
        assert [e.action for e in history.of_record(session, record)].count("settled") == 1


def test_an_older_version_and_another_person_are_refused(engine: Engine, record: int) -> None:
    old = change(engine, record, "token-2")
    settled(engine, record, "district", "ก", "token-1")
    with pytest.raises(Stale), transaction(engine) as session:
        settle(session, record, "phone", "1", "settled", old, SEARCH)
    with pytest.raises(review.Taken) as taken, transaction(engine) as session:
        settle(session, record, "phone", "1", "settled", change(engine, record, "t3", "somchai"), SEARCH)
    assert taken.value.by == "malee"
    late = change(engine, record, "t4", "somchai", now=11 + review.CLAIM_SECONDS)
    with transaction(engine) as session:
        settle(session, record, "phone", "1", "settled", late, SEARCH)


def test_undo_takes_back_any_change_but_not_under_a_later_one(engine: Engine, record: int) -> None:
    first = loaded(engine, record)
    settled(engine, record, "district", "ก", "t1")
    settled(engine, record, "phone", "02 000 2155", "t2")
    with reading(engine) as session:
        of_district = next(e for e in history.of_record(session, record) if e.path == "district").id
    with transaction(engine) as session:
        after, event = undo(session, record, of_district, change(engine, record, "t3"), SEARCH)
    assert event.path == "district" and after.values["district"] == first.values["district"]
    with pytest.raises(NothingToUndo), transaction(engine) as session:
        undo(session, record, of_district, change(engine, record, "t4"), SEARCH)
    with transaction(engine) as session:
        after, _ = undo(session, record, None, change(engine, record, "t5"), SEARCH)
    assert (after.values, after.doubtful, after.status) == (first.values, first.doubtful, "review")
    settled(engine, record, "district", "ก", "t6")
    settled(engine, record, "district", "ข", "t7")
    with reading(engine) as session:
        older = [
            e for e in history.of_record(session, record) if e.path == "district" and e.action == "settled"
        ][1].id
    with pytest.raises(NothingToUndo), transaction(engine) as session:
        undo(session, record, older, change(engine, record, "t8"), SEARCH)


def test_the_record_is_settled_with_its_last_field_and_given_back(engine: Engine, record: int) -> None:
    waiting = [field.path for field in loaded(engine, record).fields if field.status in ("review", "missing")]
    for n, path in enumerate(waiting):
        after = settled(engine, record, path, "x", f"token-{n}")
    assert (after.status, after.doubtful, after.worth, after.settled, after.claimed_by) == (
        "settled",
        0,
        0,
        10.0,
        None,
    )
    with reading(engine) as session:
        assert review.waiting(session, Wanted(), now=20) == ()


def test_rows_change_and_come_back(engine: Engine, record: int) -> None:
    before = loaded(engine, record)
    with transaction(engine) as session:
        made = change(engine, record, "t1")
        after = change_rows(
            session, record, "items", "remove", lambda fields: rows.remove(fields, "items", 1), made, SEARCH
        )
    assert [row["item"] for row in after.values["items"]] == [
        before.values["items"][n]["item"] for n in (0, 2)
    ]
    assert after.rows_by_hand == ("items",)
    with transaction(engine) as session:
        after, event = undo(session, record, None, change(engine, record, "t2"), SEARCH)
    assert (after.values, after.doubtful) == (before.values, before.doubtful)
    assert [replace(f, position=0) for f in after.fields] == [replace(f, position=0) for f in before.fields]
    assert isinstance(event.before, list)


def test_the_queue_by_worth_age_reason_office_and_batch(engine: Engine, tmp_path: Path) -> None:
    blobs = open_blobs(None, tmp_path / "data")
    stock.stock(engine, blobs, ["single-flatbed.pdf"], name="เก่า", now=1.0)
    stock.stock(engine, blobs, ["repair-request.pdf", "turned-backs-copier.pdf"], name="ใหม่", now=2.0)
    with reading(engine) as session:
        worth = [one.worth for one in review.waiting(session, Wanted(), now=3)]
        assert worth == sorted(worth, reverse=True) and len(worth) == 3
        first = review.waiting(session, Wanted(), now=3, limit=1)[0]
        rest = review.waiting(session, Wanted(), now=3, after=(first.worth, first.id))
        assert [one.worth for one in rest] == worth[1:]
        assert review.waiting(session, Wanted(order="oldest"), now=3)[0].batch == "เก่า"
        contradicting = review.waiting(session, Wanted(reason="check"), now=3)
        assert [one.source for one in contradicting] == ["repair-request.pdf"]
        facets = review.facets(session)
        assert [name for _, name, _ in facets.batches] == ["ใหม่", "เก่า"]
        assert sum(count for _, _, count in facets.offices) == 3
        batch = facets.batches[0][0]
        assert review.totals(session, Wanted(Filter(submission_id=batch)))[0] == 2


def test_no_two_get_the_same_record(engine: Engine, tmp_path: Path) -> None:
    stock.stock(engine, open_blobs(None, tmp_path / "data"), ["three-records-feeder.pdf"], now=1.0)
    got = []
    for user in ("a", "b", "c", "d"):
        with transaction(engine) as session:
            got.append(review.claim_next(session, user, Wanted(), now=5))
    assert len({one for one in got if one}) == 3 and got[3] is None
    with transaction(engine) as session:
        assert got[0] is not None
        review.release(session, got[0], "b")  # not b's to give back
        assert review.claim_next(session, "d", Wanted(), now=6) is None
        review.release(session, got[0], "a")
        assert review.claim_next(session, "d", Wanted(), now=6) == got[0]


# ---------------------------------------------------------------- rows, pure


def leaf(path: str, value: object) -> FieldView:
    return FieldView(
        0, path, value, value, None, None, 0.9, "accepted", 1, (0, 0, 1, 1), [], [], [], None, None
    )


LEAVES = (".n", ".note", ".parts[]")
counts = st.lists(st.integers(0, 3), max_size=4)


def made(inner: list[int]) -> tuple[FieldView, ...]:
    """A list whose rows hold inner lists of these lengths, with a field before and behind."""
    fields = [leaf("before", 1)]
    if not inner:
        fields.append(leaf("list", []))
    for i, size in enumerate(inner):
        fields += [leaf(f"list[{i}].n", i), leaf(f"list[{i}].note", "กขคง")]
        fields += [leaf(f"list[{i}].parts[{j}]", f"{i}.{j}") for j in range(size)] or [
            leaf(f"list[{i}].parts", [])
        ]
    return tuple(replace(f, position=n) for n, f in enumerate([*fields, leaf("behind", 2)]))


def values(fields: tuple[FieldView, ...]) -> list[dict[str, Any]]:
    assert [field.position for field in fields] == list(range(len(fields)))
    assert len({field.path for field in fields}) == len(fields)
    found: list[dict[str, Any]] = leaves.values_of({"list": []}, fields)["list"]
    return found


@given(counts, st.integers(0, 4))
@settings(max_examples=60)
def test_a_row_added_and_removed_leaves_all_as_it_was(inner: list[int], index: int) -> None:
    fields = made(inner)
    index = min(index, len(inner))
    grown = rows.add(fields, "list", index, LEAVES)
    assert len(values(grown)) == len(inner) + 1
    assert values(rows.remove(grown, "list", index)) == values(fields)


@given(counts.filter(bool), st.data())
@settings(max_examples=60)
def test_a_row_split_and_joined_is_whole_again(inner: list[int], data: st.DataObject) -> None:
    fields = made(inner)
    index = data.draw(st.integers(0, len(inner) - 1))
    note = "กขคง"
    cut = data.draw(st.integers(1, len(note) - 1))
    halves = rows.split(fields, "list", index, ".note", (note[:cut], note[cut:]), LEAVES)
    assert len(values(halves)) == len(inner) + 1
    assert values(rows.join(halves, "list", index)) == values(fields)


def test_inner_lists_are_divided_and_numbered_anew() -> None:
    halves = rows.split(made([3]), "list", 0, ".parts[1]", ("0.1", None), LEAVES)
    assert [row["parts"] for row in values(halves)] == [["0.0", "0.1"], [None, "0.2"]]


def test_the_last_row_leaves_an_empty_list_that_can_grow() -> None:
    empty = rows.remove(made([0]), "list", 0)
    assert values(empty) == []
    assert values(rows.add(empty, "list", 0, LEAVES)) == [{"n": None, "note": None, "parts": []}]


@pytest.mark.parametrize("index", [-1, 3])
def test_no_such_row(index: int) -> None:
    for action in (rows.remove, rows.join):
        with pytest.raises(rows.NoSuchRow):
            action(made([1, 1]), "list", index)
