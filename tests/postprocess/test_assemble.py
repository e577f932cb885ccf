"""Readings into records: the record contract, second looks, checks and nothing lost."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from ocr.types import Box, Line, Text, Word
from postprocess.assemble import assemble, checked
from postprocess.forms import load_forms
from postprocess.locate import locate
from postprocess.looks import Draft
from postprocess.split import split
from postprocess.types import Field, Look, Place, Reading, Record, Segment, Span
from postprocess.understand import understand, understood_again
from tests.postprocess.layouts import line, page, record

FORM = next(form for form in load_forms() if form.name == "bma-project-progress")


NOTHING = Segment(1, (), (1,))
"""A segment of which nothing was read: what checks need is in the drafts."""


def segment_of(text: Text) -> Segment:
    ((_, segment),) = split([text], [FORM])
    return segment


def drafts(readings: Iterable[Reading]) -> list[Draft]:
    return [understand(reading, FORM) for reading in readings]


def whole(text: Text, least: float | None = 0.9) -> Record:
    segment = segment_of(text)
    return assemble(segment, FORM, drafts(locate(segment, FORM)), least)


def fields(found: Record) -> dict[str, Field]:
    return {field.path: field for field in found.fields}


def with_text(text: Text, before: str, after: str, confidence: float = 0.97) -> Text:
    lines = tuple(
        line(after, at.box.x0, at.box.y0, at.row, at.block, confidence) if at.text.startswith(before) else at
        for at in text.lines
    )
    return replace(text, lines=lines)


PAGE = page(record("50410000-0001"))


def leaves(value: Any, path: str = "") -> list[str]:
    if isinstance(value, dict):
        return [p for key, inner in value.items() for p in leaves(inner, f"{path}.{key}" if path else key)]
    if isinstance(value, list) and value:
        return [p for n, inner in enumerate(value) for p in leaves(inner, f"{path}[{n}]")]
    return [path]


def test_one_field_for_every_leaf() -> None:
    found = whole(PAGE)
    paths = [field.path for field in found.fields]
    assert sorted(paths) == sorted(leaves(found.values))
    assert len(paths) == len(set(paths))


def test_fields_hold_what_the_contract_says() -> None:
    field = fields(whole(PAGE))["budget_received"]
    assert (field.value, field.raw, field.text) == (26200, "26,200 บาท", "26,200 บาท")
    assert (field.page, field.status) == (1, "accepted")
    assert 0.9 <= field.confidence <= 1
    assert field.box is not None
    assert all(isinstance(edge, int) for edge in field.box)
    x0, y0, x1, y1 = field.box
    assert 250 < x0 < x1
    assert y1 - y0 >= 50


def test_boxes_are_in_the_page_frame() -> None:
    def turned(at: Line) -> Line:
        return replace(
            at,
            words=tuple(
                Word(w.text, w.box, Box(5000 - w.box.y1, w.box.x0, 5000 - w.box.y0, w.box.x1), w.confidences)
                for w in at.words
            ),
        )

    field = fields(whole(replace(PAGE, lines=tuple(map(turned, PAGE.lines)))))["project_code"]
    assert field.box is not None
    assert field.box[0] > 4000


def test_raw_is_kept_where_nothing_can_be_made_of_it() -> None:
    field = fields(whole(with_text(PAGE, "งบประมาณที่ใช้ไป", "งบประมาณที่ใช้ไป : ฟหกด บาท")))["budget_used"]
    assert field.value is None
    assert field.raw == "ฟหกด บาท"
    assert field.status == "review"
    assert field.problems


def test_problems_speak_thai_and_english() -> None:
    found = whole(with_text(PAGE, "งบประมาณที่ใช้ไป", "งบประมาณที่ใช้ไป : 99,999 บาท"))
    problems = [problem.message for field in found.fields for problem in field.problems]
    assert problems
    for message in problems:
        assert re.search("[ก-ฮ].* / .*[a-z]", message)


def test_failed_check_sends_its_fields_to_review() -> None:
    found = fields(whole(with_text(PAGE, "งบประมาณที่ใช้ไป", "งบประมาณที่ใช้ไป : 99,999 บาท")))
    for path in ("budget_used", "budget_received"):
        assert found[path].status == "review"
        assert "check_at_most" in {problem.code for problem in found[path].problems}


def test_check_that_holds_is_evidence() -> None:
    lost = replace(PAGE, lines=tuple(at for at in PAGE.lines if not at.text.startswith("งบประมาณที่ได้รับ")))
    assert fields(whole(PAGE))["budget_used"].confidence > fields(whole(lost))["budget_used"].confidence


def test_second_reader_that_agrees_is_evidence_and_one_that_differs_is_doubt() -> None:
    segment = segment_of(with_text(PAGE, "รหัส", "รหัสโครงการ... : 50410000-0001", 0.8))

    def looked_at(*looks: Look) -> Field:
        readings = [
            replace(reading, looks=looks) if reading.path == "project_code" else reading
            for reading in locate(segment, FORM)
        ]
        return fields(assemble(segment, FORM, drafts(readings)))["project_code"]

    alone, same, other = (
        looked_at(),
        looked_at(Look("other", "50410000-0001")),
        looked_at(Look("other", "50410000-0007")),
    )
    assert other.confidence <= alone.confidence <= same.confidence
    assert other.confidence < same.confidence
    assert other.value == "50410000-0001"


def test_a_look_at_the_figures_of_running_text_speaks_for_and_against_it() -> None:
    segment = segment_of(with_text(PAGE, "ชื่อโครงการ", "ชื่อโครงการ/กิจกรรม : จัดอบรมเยาวชน 12 รุ่น ปี 2566", 0.8))
    plain = {reading.path: reading for reading in locate(segment, FORM)}["project_name"]
    assert [span.text for span in plain.spans] == ["จัดอบรมเยาวชน 12 รุ่น ปี 2566"]

    def seen(*looks: Look) -> Draft:
        return understand(replace(plain, looks=looks), FORM)

    assert seen().evidence.own == 0
    assert seen(Look("own", "12 2566")).evidence.own == 1
    assert seen(Look("own", "12 2565")).evidence.own == -1
    assert seen(Look("own", "๑๒ 2566")).evidence.own == -1
    assert seen(Look("own", "")).evidence.own == 0
    assert {seen(look).value for look in (Look("own", "12 2566"), Look("own", "12 2565"))} == {
        "จัดอบรมเยาวชน 12 รุ่น ปี 2566"
    }


def test_another_reader_of_the_words_speaks_for_and_against_them() -> None:
    name = "กิจกรรมเยาวชนด้านอาชญากรรม ในชุมชน"
    segment = segment_of(with_text(PAGE, "ชื่อโครงการ", f"ชื่อโครงการ/กิจกรรม : {name}", 0.6))
    plain = {reading.path: reading for reading in locate(segment, FORM)}["project_name"]

    def seen(*parts: tuple[str, str]) -> Draft:
        look = Look("other", " ".join(text for _, text in parts), parts)
        return understood_again(understand(plain, FORM), replace(plain, looks=(look,)), FORM)

    first, word = understand(plain, FORM), "กิจกรรมเยาวชนด้านอาชญากรรม"
    same, rival, else_ = (
        seen((word, word)),
        seen((word, word.replace("ด้าน", "ต้าน"))),
        seen((word, "กจกรรมเยาวชน")),
    )
    assert {draft.value for draft in (first, same, rival, else_)} == {name}
    assert [draft.evidence.other for draft in (first, same, rival, else_)] == [0, 1, -1, -1]
    assert rival.evidence.rival > 10 * first.evidence.rival > 20 * same.evidence.rival
    assert same.evidence.risk < first.evidence.risk
    # the letters beside those looked at are as they were
    assert same.evidence.weakest == first.evidence.weakest == 0.6


@pytest.mark.parametrize("text", ["12 2566", "12 2565", "", "50410000-0001"])
@pytest.mark.parametrize("path", ["project_name", "project_code", "budget_used", "coordinator_phone"])
def test_what_was_understood_and_looked_at_again_is_understood_as_at_once(path: str, text: str) -> None:
    """So that a calibration learns from what is used: text with the same spelling, the same signs."""
    name = "ชื่อโครงการ/กิจกรรม : จัดอบรมเยาวชนไม่ตำกว่า 12 รุ่น ปี 2566"
    segment = segment_of(with_text(PAGE, "ชื่อโครงการ", name, 0.8))
    plain = {reading.path: reading for reading in locate(segment, FORM)}[path]
    looked = replace(plain, looks=(Look("own", text),))
    first = understand(plain, FORM)
    assert understood_again(first, looked, FORM) == understand(looked, FORM)
    assert understood_again(first, plain, FORM) == first


def test_second_look_takes_the_place_of_what_cannot_be_understood() -> None:
    segment = segment_of(with_text(PAGE, "งบประมาณที่ใช้ไป", "งบประมาณที่ใช้ไป : ฟหกด บาท"))
    readings = [
        replace(reading, looks=(Look("other", "21,200"),)) if reading.path == "budget_used" else reading
        for reading in locate(segment, FORM)
    ]
    field = fields(assemble(segment, FORM, drafts(readings)))["budget_used"]
    assert field.value == 21200
    assert field.raw == "ฟหกด บาท"
    assert field.changes[0].rule == "second look"


@pytest.mark.parametrize("seen", ["21,200", "42,120"])
def test_looks_that_lost_the_first_or_the_last_digit_do_not_take_the_place_of_a_figure(seen: str) -> None:
    segment = segment_of(with_text(PAGE, "งบประมาณที่ใช้ไป", "งบประมาณที่ใช้ไป : 421,200 บาท"))
    looks = (Look("own", seen), Look("other", f"{seen} บาท"))
    readings = [
        replace(reading, looks=looks) if reading.path == "budget_used" else reading
        for reading in locate(segment, FORM)
    ]
    field = fields(assemble(segment, FORM, drafts(readings)))["budget_used"]
    assert field.value == 421200


def test_what_no_percentage_is_gives_way_to_looks_that_read_less() -> None:
    row = ":: ความก้าวหน้าของงานฯ = 10"
    printed = next(at.text for at in PAGE.lines if at.text.startswith(row))
    misread = with_text(PAGE, row, printed.replace("10.00", "100007"))
    path = "progress_reports[0].progress_percent"
    plain = {reading.path: reading for reading in locate(segment_of(misread), FORM)}[path]
    looks = (Look("own", "100"), Look("other", "100"))
    assert understand(plain, FORM).problems
    assert understand(replace(plain, looks=looks), FORM).value == 100


def test_second_look_is_taken_where_only_it_passes_the_check() -> None:
    segment = segment_of(with_text(PAGE, "งบประมาณที่ใช้ไป", "งบประมาณที่ใช้ไป : 91,200 บาท"))
    readings = [
        replace(reading, looks=(Look("other", "21,200"),)) if reading.path == "budget_used" else reading
        for reading in locate(segment, FORM)
    ]
    field = fields(assemble(segment, FORM, drafts(readings)))["budget_used"]
    assert field.value == 21200
    assert any(change.before == "91,200 บาท" for change in field.changes)


def test_nothing_read_still_gives_a_whole_record() -> None:
    segment = NOTHING
    found = assemble(segment, FORM, drafts(locate(segment, FORM)))
    assert found.status == "review"
    assert found.values["rationale"] == []
    assert found.values["certification"] == {"signed": False, "signer_name": None, "signer_position": None}
    assert {field.status for field in found.fields} == {"missing"}


def test_threshold_decides() -> None:
    assert {field.status for field in whole(PAGE, 1.01).fields} <= {"review", "missing"}
    low = whole(PAGE, 0.0)
    assert all(field.status != "review" or field.problems for field in low.fields)


@pytest.mark.parametrize(
    ("printed", "codes"),
    [
        ("ฝ่ายพัฒนาชุมชนและสวัสดิการสังคม", []),
        ("ฝ่ายพัฒนาชุมชนและสวัสดิการ", ["text_cut"]),
        ("ฝ่ายพัฒนาชุมชนเมือง", []),
    ],
)
def test_the_beginning_of_a_known_phrase_is_for_a_person(printed: str, codes: list[str]) -> None:
    text = with_text(PAGE, "หน่วยงานที่รับผิดชอบ.", f"หน่วยงานที่รับผิดชอบ. : สำนักงานเขตหลักสี่ / {printed}")
    field = fields(whole(text))["agency[1]"]
    assert field.value == printed
    assert [problem.code for problem in field.problems] == codes


def test_letters_printed_apart_are_closed_up() -> None:
    field = fields(whole(with_text(PAGE, "เริ่มต้น", "เริ่มต้นโครงการ : 1 ต . ค . 2 5 6 5")))["start_date"]
    assert field.value == "2022-10-01"
    assert field.raw == "1 ต . ค . 2 5 6 5"


def test_readings_of_unknown_lists_are_empty_lists() -> None:
    segment = segment_of(PAGE)
    found = assemble(segment, FORM, drafts([Reading("objectives", (), 0.8)]))
    assert found.values["objectives"] == []
    assert found.fields[0].value == []


def test_the_error_aimed_at_decides_what_is_accepted() -> None:
    segment = segment_of(PAGE)
    readings = locate(segment, FORM)
    accepted = []
    for aim in ({"default": 1e-9}, {}, {"default": 0.05}, {"default": 1e-9, "money": 0.05}):
        form = FORM.model_copy(update={"target_errors": aim})
        found = assemble(segment, form, [understand(r, form) for r in readings]).fields
        accepted.append({field.path for field in found if field.status == "accepted"})
    none, usual, bold, money = accepted
    assert not none
    assert usual <= bold
    assert "budget_received" in money
    assert "project_code" not in money


def test_a_cell_that_other_rows_have_is_missed_by_the_values_beside_it() -> None:
    def found(*scores: tuple[str, float]) -> dict[str, int]:
        readings = [Reading(f"progress_reports{path}", (), score) for path, score in scores]
        return {
            draft.reading.path[16:]: draft.evidence.beside
            for draft in checked(NOTHING, FORM, drafts(readings))
        }

    one = found(
        ("[0].activity", 1.0), ("[0].plan_status", 1.0), ("[1].activity", 1.0), ("[1].plan_status", 0.0)
    )
    assert one == {"[0].activity": 0, "[0].plan_status": 0, "[1].activity": 1, "[1].plan_status": 0}
    # a column that no row has is not printed
    assert set(found(("[0].activity", 1.0), ("[0].plan_status", 0.0)).values()) == {0}


@pytest.mark.parametrize(
    ("printed", "unlike"),
    [
        (("29.00 %", "40 %", "100.00"), (False, True, False)),
        (("29 %", "40 %", "100.00"), (False, False, False)),
        (("๒๙.๐๐ %", "๗"), (False, True)),
        (("๒๙.๐๐ %", "๓๕,๐๐", "๗"), (False, False, True)),
        (("40 %",), (False,)),
    ],
)
def test_a_percentage_without_decimals_is_unlike_the_others_of_its_column(
    printed: tuple[str, ...], unlike: tuple[bool, ...]
) -> None:
    readings = []
    for n, text in enumerate(printed):
        at = line(text, 300, 300 + 60 * n, n, n)
        spans = (Span(Place(1, at), 0, len(text)),)
        readings.append(Reading(f"progress_reports[{n}].progress_percent", spans, 1.0))
    assert tuple(draft.evidence.unlike for draft in checked(NOTHING, FORM, drafts(readings))) == unlike
