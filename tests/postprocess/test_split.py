"""Splitting documents into records, free of page furniture."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ocr.types import Box, Line, Mark, Text
from postprocess.forms import Form, load_forms
from postprocess.split import split
from tests.postprocess.layouts import line, page, record, reference_pages

TITLE = "** แบบแสดงรายงานความก้าวหน้าและข้อมูลเกี่ยวกับโครงการ **"
FORMS = load_forms()


def texts_of(texts: list[Text]) -> list[list[str]]:
    return [[place.line.text for place in segment.places] for _, segment in split(texts, FORMS)]


def test_reference_gives_its_four_records() -> None:
    found = split(reference_pages(), FORMS)
    assert [form.name for form, _ in found] == ["bma-project-progress"] * 4
    assert [segment.number for _, segment in found] == [1, 2, 3, 4]
    assert [segment.pages for _, segment in found] == [(1, 2), (2, 3), (3, 4, 5, 6, 7), (7, 8, 9, 10, 11)]


def test_titles_are_taken_out_wherever_they_fall() -> None:
    for _, segment in split(reference_pages(), FORMS):
        assert not any("แบบแสดงรายงาน" in place.line.text for place in segment.places)


def test_records_may_begin_in_the_middle_of_a_page_and_run_over_pages() -> None:
    lines = [*record("50410000-0001"), *record("50410000-0002"), *record("50410000-0003")]
    pages = [page([TITLE, *lines[i : i + 17]], i // 17 + 1) for i in range(0, len(lines), 17)]
    found = split(pages, FORMS)
    assert len(found) == 3
    assert [segment.places[0].line.text[:2] for _, segment in found] == ["1."] * 3
    assert sum(len(segment.places) for _, segment in found) == len(lines)


def test_copies_of_one_project_stay_apart() -> None:
    assert len(texts_of([page([*record("50410000-0001"), *record("50410000-0001")])])) == 2


def test_lost_heading_does_not_join_records() -> None:
    second = record("50410000-0002")[2:]
    assert len(texts_of([page([*record("50410000-0001"), *second])])) == 2


def test_missing_first_page_still_gives_a_record() -> None:
    (lines,) = texts_of([page([TITLE, *record("50410000-0001", reports=4)[9:]])])
    assert lines[0].startswith("1.2")


def test_page_numbers_and_repeated_stamps_in_the_margins_go() -> None:
    lines = record("50410000-0001", reports=6)
    pages = []
    for n, part in enumerate((lines[:14], lines[14:24], lines[24:]), 1):
        body = page([TITLE, *part], n, top=400, first_row=100)
        foot = page([f"เอกสารลับ ฉบับที่ {n} ของสำนักงาน", f"หน้า {n}/3"], n, top=3330, first_row=200)
        head = page([f"- {n} -"], n, top=100)
        pages.append(Text(n, body.width, body.height, (*head.lines, *body.lines, *foot.lines)))
    (found,) = texts_of(pages)
    assert found == lines


def test_words_of_a_stamp_and_dirt_at_the_edge_go() -> None:
    lines = record("50410000-0001")
    body = page(lines)
    box = Box(1600, 600, 2200, 900)
    words = page(["รับเรื่องแล้ว"], columns=(1700,), top=700, first_row=100).lines[0]
    dirt = line("๘รื", 30, 1400, 200, 200, confidence=0.4)
    marks = (Mark("ink", box, box),)
    (found,) = texts_of([Text(1, body.width, body.height, (*body.lines, words, dirt), marks=marks)])
    assert found == lines
    marks = (Mark("lifted", box, box),)  # a pen went over it: it is print
    (found,) = texts_of([Text(1, body.width, body.height, (*body.lines, words, dirt), marks=marks)])
    assert sorted(found) == sorted([*lines, "รับเรื่องแล้ว"])


def test_a_title_read_in_parts_and_the_stamp_of_copies_go() -> None:
    lines = record("50410000-0001")
    body = page(lines)
    half = len(TITLE) // 2
    title = page([[TITLE[:half], TITLE[half:]]], columns=(250, 900), top=100, first_row=100)
    stamp = line("สำเนาถูกต้อง", 1900, body.lines[8].box.y0, body.lines[8].row, 300)
    (found,) = texts_of([Text(1, body.width, body.height, (*title.lines, *body.lines, stamp))])
    assert found == lines


def test_a_footer_that_stands_high_is_known_by_its_words() -> None:
    lines = record("50410000-0001", reports=6)
    foot = page(["พิมพ์ เมื่ 05/10/2566 14:32 น. หน้า 1 จาก 1"], top=3060, first_row=200)
    body = page(lines)
    (found,) = texts_of([Text(1, body.width, body.height, (*body.lines, *foot.lines))])
    assert found == lines


def test_lines_before_the_form_are_left_out() -> None:
    letter = page(["เรื่อง ส่งรายงานโครงการ", "เรียน ผู้อำนวยการเขตหลักสี่", "ตามที่อ้างถึง สำนักงานเขตขอส่งรายงาน"], 1)
    (lines,) = texts_of([letter, page([TITLE, *record("50410000-0001")], 2)])
    assert lines == record("50410000-0001")


@pytest.mark.parametrize(
    "rows",
    [
        [],
        ["ที่ กท 1234/567", "เรื่อง ขออนุมัติงบประมาณโครงการ", "เรียน ผู้อำนวยการสำนักการศึกษา"]
        + ["ด้วยสำนักงานเขตได้รับงบประมาณที่ใช้ในการดำเนินโครงการ รายงานครั้งที่ 1 แล้วนั้น"] * 12
        + ["จึงเรียนมาเพื่อโปรดพิจารณา", "ลงชื่อ นายธารา ทองประเสริฐ", "ตำแหน่ง ผู้อำนวยการเขต"],
        ["ใบเสร็จรับเงิน", "จำนวนเงิน : 26,200 บาท", "วันที่ : 1 ตุลาคม 2565", "ผู้รับเงิน : นายธารา ทองประเสริฐ"],
    ],
)
def test_unknown_documents_give_nothing(rows: list[str]) -> None:
    assert split([page(rows)], FORMS) == ()


def test_no_pages_and_no_forms_give_nothing() -> None:
    assert split([], FORMS) == ()
    assert split([page(record("50410000-0001"))], []) == ()


def test_forms_share_a_document_without_sharing_lines() -> None:
    form: Form = FORMS[0]
    found = split([page(record("50410000-0001"))], [form, form.model_copy(update={"name": "twin"})])
    assert len(found) == 1


def drawn_out(at: Line, up: float, down: float) -> Line:
    """The line with its box as a streak makes it, so much higher each way."""
    return replace(
        at,
        words=tuple(
            replace(w, box=Box(w.box.x0, w.box.y0 - up, w.box.x1, w.box.y1 + down)) for w in at.words
        ),
    )


def test_a_line_whose_box_a_streak_makes_tall_hides_none_and_keeps_its_place() -> None:
    rows = record("50410000-0001")
    at = next(n for n, text in enumerate(rows) if "วัตถุประสงค์" in text) + 1
    text = page([*rows[:at], "1. เพื่อจัดซื้อหนังสือเข้าห้องสมุดโรงเรียน", "ที่ขาดแคลน", *rows[at + 1 :]])
    lines = (*text.lines[:at], drawn_out(text.lines[at], 3, 70), *text.lines[at + 1 :])
    ((_, segment),) = split([replace(text, lines=lines)], FORMS)
    printed = [place.line.text for place in segment.places]
    assert printed == [line.text for line in text.lines]


def test_a_figure_alone_on_its_line_stays_beside_a_box_that_a_streak_makes_tall() -> None:
    rows = record("50410000-0001")
    at = next(n for n, text in enumerate(rows) if text.startswith("2.")) - 1
    text = page([*rows[: at + 1], "๑๐๐", *rows[at + 1 :]])
    heading = text.lines[at + 2]
    reach = heading.box.y0 - text.lines[at + 1].box.y0 + 3
    lines = (*text.lines[: at + 2], drawn_out(heading, reach, 0), *text.lines[at + 3 :])
    ((_, segment),) = split([replace(text, lines=lines)], FORMS)
    printed = [place.line.text for place in segment.places]
    assert printed == [line.text for line in text.lines]


def test_parts_of_a_line_stay_side_by_side_where_a_stamp_draws_out_a_box() -> None:
    text = page([*record("50410000-0001", reports=0), "รายงานครั้งที่1 :: 01/12/2565 : ซื้อ"])
    top, row = text.lines[-1].box.y0 + 70, text.lines[-1].row
    label = line(":: ความก้าวหน้าของงานฯ", 400, top + 5, row + 2, 101)
    value = line("= 85.00 งบ", label.box.x1 + 20, top, row + 1, 100)
    last = label.words[-1]
    drawn = replace(
        last, box=Box(last.box.x0, last.box.y0, value.box.x0 + 0.35 * value.box.width, last.box.y1)
    )
    label = replace(label, words=(*label.words[:-1], drawn))
    ((_, segment),) = split([replace(text, lines=(*text.lines, value, label))], FORMS)
    assert [place.line.text for place in segment.places][-2:] == [label.text, value.text]
    assert len({place.line.row for place in segment.places[-2:]}) == 1
