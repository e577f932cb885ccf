"""Running text: paragraphs, items, and what leads them."""

from __future__ import annotations

from ocr.types import Box, Line, Word
from postprocess.locate.lists import paragraphs
from postprocess.pieces import whole
from postprocess.types import Place, Reading, Span
from postprocess.understand import understand
from tests.postprocess.layouts import line, page, record
from tests.postprocess.locate.reading import FORM, values, with_line


def test_items_lose_their_numbering_and_wrap() -> None:
    rows = with_line(
        "๒.๑",
        "๒.๑ เพื่อจัดซื้อหนังสือและสื่อการเรียนรู้ที่ทันสมัยให้เพียงพอแก่ความต้องการของนักเรียนทุกระดับชั้นใน",
        "   โรงเรียน",
        "๒.๒ เพื่อส่งเสริมการอ่าน",
        "- เพื่ออื่น",
    )
    found = values(rows)["objectives"]
    assert found[1:] == ["เพื่อส่งเสริมการอ่าน", "เพื่ออื่น"]
    assert found[0].startswith("เพื่อจัดซื้อ")
    assert found[0].endswith("โรงเรียน")


def test_items_that_are_only_set_in_are_items_where_paragraphs_are_set_in_too() -> None:
    prose = "เพื่อให้การดำเนินงานเป็นไปด้วยความเรียบร้อยและเกิดประโยชน์สูงสุดแก่ประชาชนในพื้นที่ของสำนักงานเขต"
    targets = ["1.5 เป้าหมายของโครงการ", "   ด้านปริมาณ"]
    wide = "        จัดอบรมเชิงปฏิบัติการแก่นักเรียนและผู้ปกครองจำนวนหนึ่งร้อยคนในห้องสมุดของโรงเรียนในสังกัด"
    for set_in, count in (("      ", 2), ("", 1)):
        rows = with_line("ห้องสมุดเป็น", set_in + prose, prose + "กรุงเทพ", "มหานคร")
        rows = [*rows[:-7], *targets, wide, "        หนังสือใหม่ห้าร้อยเล่ม", *rows[-7:]]
        assert len(values(rows)["targets_quantity"]) == count


def test_paragraphs_that_only_gaps_tell_apart() -> None:
    """Nothing is set in, and lines end where a word would still have fitted; the gap tells."""
    wide = "เพื่อจัดซื้อหนังสือและสื่อการเรียนรู้ที่ทันสมัยให้เพียงพอแก่ความต้องการของนักเรียนทุกระดับชั้นในโรงเรียน"
    short = "เพื่อจัดซื้อหนังสือและสื่อการเรียนรู้ที่ทันสมัยให้เพียงพอแก่ความต้องการของนักเรียนทุก"
    lines = [
        line(text, 250, y, n, n)
        for n, (text, y) in enumerate(((wide, 200), (short, 266), (wide, 332), (short, 418), (wide, 484)))
    ]
    pieces = [p for n, found in enumerate(lines) if (p := whole(Place(1, found), n))]
    assert [len(p.spans) for p in paragraphs(pieces, items=False)] == [3, 2]


def test_an_amount_that_leads_a_line_is_no_numbering() -> None:
    rows = with_line(
        "๒.๑",
        "- เพื่อจัดซื้อหนังสือและสื่อการเรียนรู้ที่ทันสมัยให้เพียงพอแก่ความต้องการของนักเรียนทุกระดับชั้นไม่น้อยกว่า",
        "  60,045 คน",
        "- เพื่อส่งเสริมการอ่าน",
    )
    assert len(values(rows)["objectives"]) == 2


def test_worn_markers_lead_items_in_the_column_of_the_others() -> None:
    wide = "เพื่อจัดซื้อหนังสือและสื่อการเรียนรู้ที่ทันสมัยให้เพียงพอแก่ความต้องการของนักเรียนทุกระดับชั้นจำนวน"
    rows = with_line("๒.๑", "๒.๑ เพื่อจัดซื้อหนังสือ", "๓ ๒.๒ เพื่อส่งเสริมการอ่าน", f"1.5.2.] {wide}", "       20 คน")
    found = values(rows)["objectives"]
    assert found[:2] == ["เพื่อจัดซื้อหนังสือ", "เพื่อส่งเสริมการอ่าน"]
    assert found[2].startswith("เพื่อจัดซื้อ")
    assert found[2].endswith("20 คน")


def test_an_item_that_lost_its_marker_begins_where_the_line_before_was_not_full() -> None:
    wide = "เพื่อจัดซื้อหนังสือและสื่อการเรียนรู้ที่ทันสมัยให้เพียงพอแก่ความต้องการของนักเรียนทุกระดับชั้นในโรงเรียนทุกแห่ง"
    rows = with_line("๒.๑", f"- {wide}", "- เพื่อส่งเสริมการอ่าน", "  เพื่อพัฒนาครู")
    assert values(rows)["objectives"][1:] == ["เพื่อส่งเสริมการอ่าน", "เพื่อพัฒนาครู"]


def test_how_clear_the_limits_of_items_are() -> None:
    text = page(["เพื่อจัดซื้อหนังสือ", "จัดส่งเสริมการอ่าน"])
    pieces = [p for n, found in enumerate(text.lines) if (p := whole(Place(1, found), n))]
    end, word = pieces[0].box.x1, 60.0  # "จัด"
    clear = {
        room: [p.clear for p in paragraphs(pieces, items=True, right=end + room)] for room in (word, 75, 900)
    }
    assert [len(found) for found in clear.values()] == [1, 2, 2]
    assert max(clear[75]) < 0.1
    assert min(clear[900]) > 0.3


def test_an_item_that_begins_like_the_first_is_one_though_the_line_before_is_full() -> None:
    text = page(["เพื่อจัดซื้อหนังสือ", "เพื่อส่งเสริมการอ่าน", "ในโรงเรียน"])
    pieces = [p for n, found in enumerate(text.lines) if (p := whole(Place(1, found), n))]
    right = max(p.box.x1 for p in pieces)
    assert [len(p.spans) for p in paragraphs(pieces[1:], items=True, right=right)] == [2]
    assert [len(p.spans) for p in paragraphs(pieces, items=True, right=pieces[0].box.x1)] == [1, 2]


def test_numbering_whose_five_was_read_as_a_letter_is_no_text() -> None:
    rows = with_line("๒.๑", "ต.๒.๑ จัดซื้อหนังสือ", "ต. ๒.๒ ส่งเสริมการอ่าน")
    assert values(rows)["objectives"] == ["จัดซื้อหนังสือ", "ส่งเสริมการอ่าน"]


def test_a_word_far_right_of_all_lines_beginnings_is_no_running_text() -> None:
    wide = "เพื่อจัดซื้อหนังสือและสื่อการเรียนรู้ที่ทันสมัยให้เพียงพอแก่ความต้องการของนักเรียนทุกระดับชั้นในโรงเรียน"
    rows = with_line("๒.๑", f"- {wide}", " " * 60 + "ฝ่ายการคลัง", "  ทุกแห่ง")
    (found,) = values(rows)["objectives"]
    assert "ฝ่ายการคลัง" not in found
    assert found.endswith("ทุกแห่ง")


def test_a_headings_number_read_by_itself_is_not_the_text_before() -> None:
    printed = record("50410000-0001")
    rows = [["1.4", row.removeprefix("1.4 ")] if row.startswith("1.4 ") else row for row in printed]
    expected = values(printed)["rationale"]
    assert values(rows, columns=(250, 330))["rationale"] == expected


def test_an_item_whose_limits_are_a_close_call_is_for_review() -> None:
    place = Place(1, page(["เพื่อจัดซื้อหนังสือ"]).lines[0])
    for clear, codes in ((0.1, ["limits_unclear"]), (0.9, [])):
        reading = Reading("objectives[0]", (Span(place, 0, len(place.line.text)),), 1.0, clear=clear)
        assert [problem.code for problem in understand(reading, FORM).problems] == codes


def test_marks_above_and_below_make_no_gap_between_lines() -> None:
    """Lines printed evenly, by their baselines: the last but one reaches up and down, the last one only down."""
    reach = [(58, 0)] * 4 + [(74, 17), (36, 17)]
    found = []
    for n, (up, down) in enumerate(reach):
        text = "ครอบคลุมทุกแขวง" if n == 5 else ("กลุ่ม" if n == 4 else "งาน") + "ดำเนินการ" * 8
        box = Box(250, 300 + 75 * n - up, 250 + (300 if n == 5 else 1800), 300 + 75 * n + down)
        found.append(Line((Word(text, box, box, (0.97,) * len(text)),), n, n))
    pieces = [p for n, one in enumerate(found) if (p := whole(Place(1, one), n))]
    assert [len(p.spans) for p in paragraphs(pieces, items=False)] == [6]


def test_a_gap_that_only_a_boxs_far_edge_makes_is_a_close_call() -> None:
    found = []
    for n in range(6):
        last, text = n == 5, "งาน" + "ดำเนินการ" * 8
        box = Box(250, 300 + 75 * n - 58, 250 + (600 if last else 1880), 300 + 75 * n + (34 if last else 0))
        found.append(Line((Word(text, box, box, (0.97,) * len(text)),), n, n))
    pieces = [p for n, one in enumerate(found) if (p := whole(Place(1, one), n))]
    assert paragraphs(pieces, items=False, right=2150)[-1].clear == 0
    assert paragraphs(pieces[:5], items=False, right=2150)[-1].clear > 0
