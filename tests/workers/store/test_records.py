"""Records: stored as the contract says, found, paged; a new extraction keeps what persons did."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select, update

from tests.workers.store.steps import FORM, Store, field, line
from workers.store import documents, history, keep, records, views
from workers.store.connect import reading, transaction
from workers.store.documents import Which
from workers.store.errors import NotFound
from workers.store.leaves import found_by, values_of
from workers.store.queue import ASSEMBLE
from workers.store.records import Filter, RecordView
from workers.store.schema import Field, Reason, Record

EVERYTHING = Which()


def load(engine: Engine, record_id: int = 1) -> RecordView:
    with reading(engine) as session:
        return records.load(session, record_id)


def settle(engine: Engine, path: str, value: Any, status: str = "settled") -> None:
    """What a person does to a field of record 1."""
    with transaction(engine) as session:
        session.execute(
            update(Field)
            .where(Field.record_id == 1, Field.path == path)
            .values(value=value, status=status, settled_by="มานี", settled_at=6.0)
        )


def again(store: Store, *lines: dict[str, Any], which: Which = EVERYTHING) -> int:
    """Extract anew, with `lines` for all documents; how many documents it was."""
    with transaction(store.engine) as session:
        bells = documents.reextract(session, which, now=8.0)
    assert {bell.kind for bell in bells} <= {ASSEMBLE}
    assert store.work(lines, now=9.0) == len(bells)
    return len(bells)


def test_a_record_comes_out_as_it_went_in(store: Store) -> None:
    store.send("ก")
    given = line(
        1, field("budget", 26200, "review", problems=[{"code": "blank", "message": "ว่าง"}]), year=2566
    )
    given["fields"][0].update(
        changes=[{"rule": "digits", "from": "l", "to": "1"}], alternatives=["โครงการ l"], box=None, page=None
    )
    store.work([given], pages=1)
    record = load(store.engine)
    out = records.line_of(record)
    digest = store.send("ก").documents[0][1]
    assert out == {**given, "source": "ก.pdf", "source_sha256": digest}
    assert list(out["values"]) == list(given["values"])
    assert (record.title, record.code, record.year) == ("โครงการ 1", "12345671-2566", 2566)
    assert (record.doubtful, record.worth, record.status, record.version) == (1, 0.5, "review", 1)
    with reading(store.engine) as session:
        assert [(one.reason, one.fields) for one in session.scalars(select(Reason))] == [("blank", 1)]
        with pytest.raises(NotFound):
            records.load(session, 99)


def test_what_a_record_is_found_by_is_as_the_form_says() -> None:
    values = {"title": "ก" * 500, "code": "๑๒", "office": ["กรุงเทพ", None, "เขต ก"], "year": "2022-10-01"}
    found = found_by(values, FORM)
    assert (len(found["title"]), found["code"], found["office"]) == (200, "๑๒", "กรุงเทพ เขต ก")
    assert found["year"] == 2565
    assert found["find"].endswith("12 กรุงเทพ เขต ก 2565")
    nothing = {"title": None, "code": None, "office": None, "year": None, "find": ""}
    assert found_by({"title": "", "year": "?"}, FORM) == nothing


def test_a_new_extraction_keeps_what_a_person_settled(store: Store) -> None:
    store.send("ก")
    store.work([line(1, field("budget", 1, "review"), field("used", 2, "review"), gone="x")])
    settle(store.engine, "budget", 26200)
    settle(store.engine, "used", None, "unreadable")
    settle(store.engine, "gone", "y")
    assert again(store, line(1, field("budget", 7, "review"), field("used", 8), new="z")) == 1
    record = load(store.engine)
    by_path = {one.path: one for one in record.fields}
    assert (by_path["budget"].value, by_path["budget"].machine, by_path["budget"].status) == (
        26200,
        7,
        "settled",
    )
    assert (by_path["used"].value, by_path["used"].machine, by_path["used"].status) == (None, 8, "unreadable")
    assert (by_path["budget"].settled_by, by_path["new"].value) == ("มานี", "z")
    assert record.values == {
        "title": "โครงการ 1",
        "code": "12345671-2566",
        "new": "z",
        "budget": 26200,
        "used": None,
    }
    assert (record.status, record.doubtful, record.version) == ("settled", 0, 2)
    with reading(store.engine) as session:
        told = [(e.action, e.path, e.before) for e in history.of_record(session, 1)]
    assert told == [("left-out", "gone", "y")]
    assert store.complaints() == []


def test_rows_that_a_person_changed_stay_as_they_are(store: Store) -> None:
    rows = [field(f"rows[{n}].amount", n) for n in range(3)]
    store.send("ก")
    store.work([line(1, *rows, end="e")])
    with transaction(store.engine) as session:  # a person removes the last row
        session.query(Field).filter(Field.path == "rows[2].amount").delete()
        session.execute(update(Record).values(rows_by_hand=["rows"]))
    settle(store.engine, "rows[0].amount", 100)
    again(store, line(1, *[field(f"rows[{n}].amount", 50 + n) for n in range(3)], end="f"))
    record = load(store.engine)
    assert record.values["rows"] == [{"amount": 100}, {"amount": 1}]
    assert record.values["end"] == "f"
    assert record.rows_by_hand == ("rows",)
    assert [one.position for one in record.fields] == list(range(len(record.fields)))


def test_records_that_are_no_more_go_and_others_come(store: Store) -> None:
    store.send("ก")
    store.work([line(1), line(2)])
    settle(store.engine, "title", "ชื่อ")
    assert again(store, line(2), line(3)) == 1
    with reading(store.engine) as session:
        assert [(one.id, one.number) for one in records.listed(session)] == [(2, 2), (3, 3)]
        assert [e.action for e in history.of_document(session, 1)] == [
            "assembled",
            "left-out",
            "reextract",
            "assembled",
        ]
    assert again(store, {**line(2), "form": "g"}) == 1
    with reading(store.engine) as session:
        assert [(one.id, one.form) for one in records.listed(session)] == [(4, "g")]
    assert store.complaints() == []


def test_only_what_is_meant_is_extracted_again(store: Store) -> None:
    first = store.send("ก", "ข").submission_id
    store.work([line(1)])
    store.send("ค")
    store.work([{**line(1), "form": "g"}])
    assert again(store, line(1), which=Which(submission_id=first)) == 2
    assert again(store, line(1), which=Which(documents=(3,))) == 1
    assert again(store, line(1), which=Which(form="g")) == 0
    assert again(store, line(1), which=Which(form="f")) == 3
    assert again(store, line(1), which=Which(outdated="new")) == 3
    with reading(store.engine) as session:
        assert views.texts(session, 1) == {1: b"text 1", 2: b"text 2"}


def test_a_scan_of_no_known_form_is_extracted_when_its_form_is_known(store: Store) -> None:
    store.send("ก")
    for kind in ("open", "read", "read"):
        job = store.claim(kind)
        assert job is not None
        store.open(job, 2) if kind == "open" else store.read(job)
    job = store.claim(ASSEMBLE)
    assert job is not None
    with transaction(store.engine) as session:
        documents.failed(session, job, "w1", "unknown_form", "no known form", now=5.0)
    assert store.complaints() == []
    assert again(store, line(1)) == 1
    assert load(store.engine).title == "โครงการ 1"


def test_a_person_claims_nothing_that_reextraction_loses(store: Store) -> None:
    store.send("ก")
    store.work([line(1, field("budget", 1, "review"))])
    looks = {(1, "zones"): ["26,200"]}
    with transaction(store.engine) as session:
        documents.reextract(session, Which(), now=8.0)
    job = store.claim(ASSEMBLE, now=9.0)
    assert job is not None
    store.assemble(job, [line(1)], looks=looks, reader="r", extractor="e")
    with reading(store.engine) as session:
        assert views.second_looks(session, 1) == {(1, "zones"): ("26,200",)}
        view = views.find(session, 1)
    assert (view.reader, view.extractor, view.state) == ("r", "e", "done")


def test_lists_go_page_by_page(store: Store) -> None:
    store.send(*(str(n) for n in range(5)))
    store.work([line(1, year=2566), line(2, year=2567)], pages=1)
    with reading(store.engine) as session:
        seen: list[int] = []
        while page := records.listed(session, after=seen[-1] if seen else 0, limit=3):
            seen += [one.id for one in page]
        assert seen == list(range(1, 11))
        assert [one.id for one in records.latest(session, limit=2)] == [10, 9]
        assert [one.id for one in records.latest(session, before=9, limit=2)] == [8, 7]
        assert len(list(records.stream(session, rows=3))) == 10
        assert all(one.fields for one in records.stream(session, Filter(year=2566), rows=2))
        assert [one.id for one in records.listed(session, Filter(year=2566, document_id=2))] == [3]
        assert records.listed(session, Filter(code="12345671-2566", status=("review",))) == ()
        assert len(records.listed(session, Filter(submission_id=1, form="f", since=0.0, until=99.0))) == 10
        assert records.listed(session, Filter(until=1.0)) == ()


_leaf = st.one_of(st.none(), st.integers(0, 99), st.text("กข", max_size=3))
_values = st.dictionaries(
    st.sampled_from("abcd"),
    st.one_of(
        _leaf,
        st.dictionaries(st.sampled_from("xy"), _leaf, min_size=1),
        st.lists(st.dictionaries(st.sampled_from("xy"), _leaf, min_size=1), min_size=1, max_size=3),
        st.lists(_leaf, min_size=1, max_size=3),
    ),
)


@given(values=_values)
@settings(max_examples=100)
def test_values_are_put_together_from_fields(values: dict[str, Any]) -> None:
    leaves: list[tuple[str, Any]] = []

    def walk(node: Any, path: str) -> None:
        if isinstance(node, dict):
            for name, item in node.items():
                walk(item, f"{path}.{name}" if path else name)
        elif isinstance(node, list):
            for n, item in enumerate(node):
                walk(item, f"{path}[{n}]")
        else:
            leaves.append((path, node))

    walk(values, "")
    fields = [keep.field_of(field(path, value), n) for n, (path, value) in enumerate(leaves)]
    assert values_of(values, fields) == values


def test_an_empty_list_stays_empty() -> None:
    fields = [keep.field_of(field("rows", []), 0)]
    assert values_of({"rows": [1, 2]}, fields) == {"rows": []}


@given(text=st.text(st.characters(codec="utf-8"), max_size=8))
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_kept(store: Store, text: str) -> None:
    document = store.send(f"scan {text}").documents[0][0]
    with transaction(store.engine) as session:
        ids = keep.replace(session, document, [line(1, title=text, note=[text])], {"f": FORM}, now=1.0)
    record = load(store.engine, ids[0])
    assert record.values["title"] == text.replace("\0", "")
    assert record.fields[2].value == [text.replace("\0", "")]
