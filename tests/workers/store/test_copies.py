"""Copies of a project that lie in the store: found, compared, and doubted where sure readings differ."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update

from postprocess.forms import form_from_text
from tests.workers.store.steps import Store, field, line
from workers.store import copies, records
from workers.store.connect import reading, transaction
from workers.store.schema import Field

FORM = form_from_text(
    """
name = "f"
title = "A project"
least = 2
[search]
title = "title"
code = "code"
year = "year"
[[sections]]
headings = ["ข้อมูลโครงการประจำปี"]
[[sections.fields]]
path = "title"
labels = ["ชื่อโครงการทั้งหมด"]
[[sections.fields]]
path = "code"
kind = "code"
labels = ["รหัสโครงการประจำปี"]
pattern = '\\d{8}-\\d{4}'
[[sections.fields]]
path = "year"
kind = "be_year"
labels = ["ปีงบประมาณของโครงการ"]
[[sections.fields]]
path = "budget"
kind = "money"
labels = ["งบประมาณที่ได้รับทั้งสิ้น"]
""",
    "project.toml",
)
TITLE = "โครงการติดตั้งโคมไฟฟ้าสาธารณะในพื้นที่เขตบางขุนเทียน"


def known(store: Store, content: str, *fields: dict[str, Any], **values: Any) -> list[dict[str, Any]]:
    """A scan of one record is read, compared and stored; the records as they were stored."""
    store.send(content)
    given = line(
        1, *fields, **{"title": TITLE, "code": "12345678-2566", "year": 2566, "budget": 5000, **values}
    )
    with reading(store.engine) as session:
        lines = copies.compared(session, 99, [given], [FORM])
    store.work(lines, pages=1)
    return lines


def sources(store: Store, record_id: int) -> list[str]:
    with reading(store.engine) as session:
        found = copies.project_of(session, records.load(session, record_id), FORM)
    return [] if found is None else [source for source, _ in found[0].sources]


def test_sure_readings_that_differ_go_to_a_person(store: Store) -> None:
    known(store, "ก")
    (second,) = known(store, "ข", budget=6000)
    (doubted,) = (one for one in second["fields"] if one["status"] != "accepted")
    assert (second["status"], doubted["path"], doubted["status"]) == ("review", "budget", "review")
    assert [one["code"] for one in doubted["problems"]] == ["copies_differ"]
    assert sources(store, 1) == sources(store, 2) == ["ก.pdf", "ข.pdf"]
    with reading(store.engine) as session:
        found = copies.project_of(session, records.load(session, 2), FORM)
    assert found is not None
    (budget,) = (one for one in found[0].fields if one.path == "budget")
    assert [vote.value for vote in budget.votes] == [5000, 6000] or [
        vote.value for vote in reversed(budget.votes)
    ] == [5000, 6000]
    assert [one.id for one in found[2]] == [1, 2]


def test_copies_that_agree_are_left_alone(store: Store) -> None:
    known(store, "ก")
    (second,) = known(store, "ข", field("budget", 6000, "review"))
    assert [one["problems"] for one in second["fields"]] == [[]] * 4


def test_a_misread_code_and_title_are_still_of_the_project(store: Store) -> None:
    known(store, "ก")
    known(store, "ข", field("code", "12345673-2566", "review"), title=TITLE.replace("โคม", "โดม"))
    assert sources(store, 1) == ["ก.pdf", "ข.pdf"]


def test_another_code_or_year_is_another_project(store: Store) -> None:
    known(store, "ก")
    known(store, "ข", code="99995678-2566", budget=1)
    known(store, "ค", year=2567, budget=2)
    assert sources(store, 1) == sources(store, 2) == sources(store, 3) == []


def test_what_a_person_settled_counts_as_sure(store: Store) -> None:
    known(store, "ก", field("budget", 7000, "review"))
    with transaction(store.engine) as session:
        session.execute(
            update(Field)
            .where(Field.record_id == 1, Field.path == "budget")
            .values(value=8000, status="settled", settled_by="มานี", settled_at=6.0)
        )
    (second,) = known(store, "ข", budget=9000)
    assert [one["path"] for one in second["fields"] if one["problems"]] == ["budget"]


def test_a_document_is_not_compared_with_what_it_said_before(store: Store) -> None:
    known(store, "ก")
    again = line(1, title=TITLE, code="12345678-2566", year=2566, budget=6000)
    with reading(store.engine) as session:
        assert copies.compared(session, 1, [again], [FORM]) == [again]
        assert copies.compared(session, 1, [{**again, "form": "unknown"}], [FORM])[0]["status"] == "accepted"


def test_records_of_one_document_are_compared_with_each_other(store: Store) -> None:
    lines = [line(n, title=TITLE, code="12345678-2566", year=2566, budget=1000 * n) for n in (1, 2)]
    with reading(store.engine) as session:
        found = copies.compared(session, 1, lines, [FORM])
    assert [one["status"] for one in found] == ["review", "review"]
