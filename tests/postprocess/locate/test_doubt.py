"""Which leaves deserve a second look, and where."""

from __future__ import annotations

from ocr.types import Text
from postprocess.forms import Form
from postprocess.locate import doubtful, locate
from postprocess.looks import Draft
from postprocess.split import split
from postprocess.types import Segment
from postprocess.understand import understand
from tests.postprocess.layouts import line, page, record
from tests.postprocess.locate.reading import FORM


def understood(form: Form, segment: Segment) -> list[Draft]:
    return [understand(reading, form) for reading in locate(segment, form)]


def test_doubtful_asks_for_short_leaves_only_and_in_the_sheet_frame() -> None:
    texts = [page(record("50410000-0001"))]
    unsure = line("รหัสโครงการ... : 5041OOOO-0001", 250, texts[0].lines[3].box.y0, 3, 3, confidence=0.4)
    lines = (*texts[0].lines[:3], unsure, *texts[0].lines[4:])
    ((form, segment),) = split([Text(1, texts[0].width, texts[0].height, lines)], [FORM])
    wishes = doubtful(segment, form, understood(form, segment))
    assert "project_code" in {wish.path for wish in wishes}
    assert not any(wish.path.startswith("rationale") for wish in wishes)
    code = next(wish for wish in wishes if wish.path == "project_code")
    assert code.page == 1
    assert code.zone.box.x0 > unsure.box.x0 + 200
    assert code.zone.box.x1 < unsure.box.x1 + 40


def test_a_colon_glued_before_a_figure_is_looked_at_with_it() -> None:
    rows = page(record("50410000-0001")).lines
    at = next(i for i, row in enumerate(rows) if row.text.startswith("รหัสโครงการ"))
    unsure = line("รหัสโครงการ... :50410000-0001", 250, rows[at].box.y0, 3, 3, confidence=0.4)
    lines = (*rows[:at], unsure, *rows[at + 1 :])
    ((form, segment),) = split([Text(1, 1654, 2339, lines)], [FORM])
    wishes = doubtful(segment, form, understood(form, segment), "own", sure=1.5, most=10_000)
    code = next(wish for wish in wishes if wish.path == "project_code")
    assert code.zone.box.x0 < unsure.words[-1].box.x0


def test_of_running_text_only_the_words_with_figures_are_asked_for_and_after_the_fields_of_figures() -> None:
    rows = page(record("50410000-0001")).lines
    at = next(i for i, row in enumerate(rows) if row.text.startswith("ชื่อโครงการ"))
    unsure = line("ชื่อโครงการ/กิจกรรม : จัดอบรมเยาวชน 12 รุ่น ปี 2566", 250, rows[at].box.y0, 3, 3, confidence=0.5)
    lines = (*rows[:at], unsure, *rows[at + 1 :])
    ((form, segment),) = split([Text(1, 1654, 2339, lines)], [FORM])
    asked = doubtful(segment, form, understood(form, segment), "own", sure=1.5, most=10_000)
    mine = [wish.zone.box for wish in asked if wish.path == "project_name"]
    assert len(mine) == 2
    assert all(box.width < 0.3 * unsure.box.width for box in mine) and mine[0].x1 < mine[1].x0
    paths = [wish.path for wish in asked]
    assert paths.index("project_code") < paths.index("project_name")


def test_of_running_text_the_other_reader_is_asked_for_words_that_are_blurred_or_have_likelier_rivals() -> (
    None
):
    rows = page(record("50410000-0001")).lines
    at = next(i for i, row in enumerate(rows) if row.text.startswith("ชื่อโครงการ"))

    def asked(name: str, confidence: float) -> list[str]:
        printed = line(f"ชื่อโครงการ/กิจกรรม : {name}", 250, rows[at].box.y0, 3, 3, confidence=confidence)
        ((form, segment),) = split([Text(1, 1654, 2339, (*rows[:at], printed, *rows[at + 1 :]))], [FORM])
        found = doubtful(segment, form, understood(form, segment), "other", sure=1.5, most=10_000)
        return [wish.read for wish in found if wish.path == "project_name"]

    assert asked("จัดอบรมเยาวชน ในชุมชน 12 รุ่น", 1.0) == []
    assert asked("จัดอบรมเยาวชน ในชมชน 12 รุ่น", 1.0) == ["ในชมชน"]
    assert asked("จัดอบรมเยาวชน ในชุมชน 12 รุ่น", 0.5) == ["จัดอบรมเยาวชน", "ในชุมชน", "รุ่น"]
