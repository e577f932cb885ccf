"""Lines, baselines, check boxes and line pictures, on Thai print drawn here."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image as PillowImage
from PIL import ImageDraw, ImageFont

from ocr.layout.crops import line_picture
from ocr.layout.ink import find_ink
from ocr.layout.lines import Print, find_print
from ocr.layout.page import Sign, analyse, analyse_zone
from ocr.types import Box, Image, Rule, Sheet

FONTS = Path("/usr/share/fonts/truetype/tlwg")
TEXT = ("ที่ตั้งสำนักงานผู้รับผิดชอบ", "กู้ยืมปีนี้ฐานะดีขึ้นญาติ", "น้ำท่วมทุ่งฝั่งนั้นหรือไม่")


def draw(
    lines: tuple[str, ...], size: int = 44, leading: float = 1.35, font: str = "Laksaman", left: int = 80
) -> Image:
    """Thai `lines` in black on white, `size` pixels to the em, baselines `leading` ems apart."""
    page = PillowImage.new("L", (1100, round(size * leading * (len(lines) + 2))), 255)
    pen = ImageDraw.Draw(page)
    face = ImageFont.truetype(str(FONTS / f"{font}.ttf"), size)
    for i, line in enumerate(lines):
        pen.text((left, size * leading * (i + 1)), line, 0, font=face, anchor="ls")
    return np.asarray(page)


def print_of(image: Image) -> Print:
    return find_print(find_ink(image, 200))


@pytest.mark.parametrize("font", ["Laksaman", "Norasi", "Garuda", "Loma-Bold", "TlwgTypo"])
@pytest.mark.parametrize("leading", [1.15, 1.6])
def test_marks_over_and_under_make_no_lines_of_their_own(font: str, leading: float) -> None:
    printed = print_of(draw(TEXT, font=font, leading=leading))
    rows = sorted(run.band.center[1] for run in printed.runs)
    pitches = np.diff(rows)
    assert sum(pitch > 20 for pitch in pitches) == len(TEXT) - 1


@pytest.mark.parametrize("size", [24, 44, 80])
def test_baseline_and_consonant_height_are_found_at_any_size(size: int) -> None:
    printed = print_of(draw(TEXT, size=size))
    face = ImageFont.truetype(str(FONTS / "Laksaman.ttf"), size)
    _, top, _, bottom = face.getbbox("ก", anchor="ls")
    assert len(printed.runs) == len(TEXT)
    for i, run in enumerate(sorted(printed.runs, key=lambda r: r.band.y1)):
        assert run.band.y1 == pytest.approx(size * 1.35 * (i + 1), abs=0.06 * size)
        assert run.consonant == pytest.approx(bottom - top, rel=0.15)


def test_a_slanted_line_is_made_level() -> None:
    image = draw(TEXT[:1], left=120)
    turn = cv2.getRotationMatrix2D((550.0, 60.0), 1.2, 1.0)
    slanted = np.asarray(cv2.warpAffine(image, turn, image.shape[::-1], borderValue=255.0), np.uint8)
    straight = print_of(image)
    printed = print_of(slanted)
    assert len(printed.runs) == 1
    level = line_picture(image, straight, 0).image
    picture = line_picture(slanted, printed, 0).image
    assert abs(picture.shape[0] - level.shape[0]) <= 3
    dense = (picture < 128).mean(axis=1)
    assert dense.max() == pytest.approx((level < 128).mean(axis=1).max(), rel=0.2)


def test_a_line_picture_holds_no_ink_of_its_neighbours() -> None:
    image = draw(TEXT, leading=1.25)
    printed = print_of(image)
    alone = draw(TEXT[1:2], leading=1.25)
    expected = int((line_picture(alone, print_of(alone), 0).image < 128).sum())
    middle = sorted(range(len(printed.runs)), key=lambda i: printed.runs[i].band.center[1])[1]
    assert int((line_picture(image, printed, middle).image < 128).sum()) == pytest.approx(expected, rel=0.03)


def test_pictures_show_every_line_at_the_same_scale() -> None:
    image = draw(("ทที่ตั้ง", "กกกกกกก", "12345 678"))
    printed = print_of(image)
    heights = {line_picture(image, printed, i).image.shape[0] for i in range(len(printed.runs))}
    assert max(heights) - min(heights) <= 4


def test_lines_end_at_wide_blanks_and_at_vertical_rules() -> None:
    image = draw(("ชื่อโครงการ",)).copy()
    image[:, 500:900] = draw(("ปีงบประมาณ",))[:, 80:480]
    printed = print_of(image)
    assert len(printed.runs) == 2
    box = printed.runs[0].box
    first = find_ink(image, 200).boxes
    gaps = sorted(int(b[2]) for b in first[1:] if box.x0 + 60 < b[0] < box.x1 - 60)
    rule = Rule(Box(gaps[0], 0, gaps[0] + 1, image.shape[0]), "vertical")
    assert len(find_print(find_ink(image, 200), [rule]).runs) == 3


def test_leader_dots_belong_to_their_line() -> None:
    printed = print_of(draw(("ลงชื่อ......................................ผู้แจ้ง",)))
    assert len(printed.runs) == 1


def test_check_boxes_are_marks_and_no_letters() -> None:
    image = draw(("      ปกติ", "      เร่งด่วน", "      ฉุกเฉิน")).copy()
    for i in range(3):
        y = round(44 * 1.35 * (i + 1))
        cv2.rectangle(image, (90, y - 28), (120, y + 2), 0, 2)
    cv2.line(image, (92, round(44 * 1.35 * 2) - 26), (118, round(44 * 1.35 * 2)), 0, 2)
    cv2.line(image, (118, round(44 * 1.35 * 2) - 26), (92, round(44 * 1.35 * 2)), 0, 2)
    layout = analyse(Sheet(image, 200))
    assert [kind for kind, _ in layout.marks] == ["unchecked", "checked", "unchecked"]
    assert len(layout.printed.runs) == 3
    assert all(run.box.x0 > 125 for run in layout.printed.runs)


def test_angular_letters_inside_words_are_no_check_boxes() -> None:
    image = draw(("      ปกติ", "งบประมาณ         บาท")).copy()
    face = ImageFont.truetype(str(FONTS / "Laksaman.ttf"), 44)
    y, x = round(44 * 1.35 * 2), 110 + round(face.getlength("งบประมาณ"))
    cv2.rectangle(image, (90, round(44 * 1.35) - 28), (120, round(44 * 1.35) + 2), 0, 2)
    for k in range(4):  # an angular 0 four times, close together, then alone
        cv2.rectangle(image, (x + 26 * k, y - 19), (x + 26 * k + 19, y), 0, 2)
    cv2.rectangle(image, (500, y - 19), (519, y), 0, 2)
    layout = analyse(Sheet(image, 200))
    assert [kind for kind, _ in layout.marks] == ["unchecked"]
    assert max(run.box.x1 for run in layout.printed.runs) > 515


def test_dirt_does_not_bridge_a_wide_blank() -> None:
    image = draw(("ชื่อโครงการ",)).copy()
    image[:, 500:900] = draw(("ปีงบประมาณ",))[:, 80:480]
    foot = round(44 * 1.35)
    end = int(np.flatnonzero((image[:, :500] < 128).any(axis=0)).max())
    for x in range(end + 30, 480, 70):
        image[foot - 4 : foot, x : x + 4] = 0
    printed = print_of(image)
    assert len(printed.runs) == 2
    assert printed.runs[0].box.x1 < end + 10


def test_an_equals_sign_is_not_torn_where_a_column_seems_to_begin() -> None:
    image = draw(("รายงานครั้งที่", "", "", "")).copy()
    for i, text in enumerate(("ความก้าวหน้า", "งบประมาณที่ใช้")):
        row = draw((text,))
        image[60 * i : 60 * i + row.shape[0], 420:1000] = np.minimum(
            image[60 * i : 60 * i + row.shape[0], 420:1000], row[:, 80:660]
        )
        y = round(44 * 1.35) + 60 * i
        image[y - 22 : y - 19, 760:784] = 0
        image[y - 12 : y - 9, 760:784] = 0
        figures = draw(("0",))
        image[60 * i : 60 * i + figures.shape[0], 800:860] = figures[:, 80:140]
    printed = print_of(image)
    of = {int(printed.owner[label]) for label in np.unique(find_ink(image, 200).labels[:, 760:784]) if label}
    assert len(of) == 2


def test_a_bullet_stands_beside_its_line() -> None:
    image = draw(("    จัดอบรมผู้ปกครอง", "    ติดตามผล")).copy()
    cv2.circle(image, (96, round(44 * 1.35) - 13), 6, 0, -1)
    layout = analyse(Sheet(image, 200))
    bullet, text = layout.lines[0].parts
    assert isinstance(bullet, Sign)
    assert bullet.text == "•"
    assert text == 0
    assert len(layout.lines[1].parts) == 1
    assert layout.printed.runs[0].box.x0 > 105


def test_leader_dots_need_no_reading() -> None:
    layout = analyse(Sheet(draw(("ลงชื่อ......................................ผู้แจ้ง", "รหัส...: 12")), 200))
    before, dots, after = layout.lines[0].parts
    assert (before, after) == (0, 1)
    assert isinstance(dots, Sign)
    assert dots.text == "." * 38
    assert layout.lines[1].parts == (2,)


def test_handwriting_is_ink_and_no_line() -> None:
    image = draw(("ลงชื่อ................................", "ตำแหน่ง ครู"), leading=2.6).copy()
    x = np.linspace(0, 6 * np.pi, 200)
    points = np.column_stack([300 + 14 * x, 60 + 30 * np.sin(x) - x]).astype(np.int32)
    cv2.polylines(image, [points], False, 60, 3)
    layout = analyse(Sheet(image, 200))
    (mark,) = layout.marks
    assert mark[0] == "ink"
    assert mark[1].intersection(Box(290, 20, 570, 100)) is not None
    assert len(layout.printed.runs) == 2


def test_an_empty_sheet_has_no_lines() -> None:
    layout = analyse(Sheet(np.full((400, 300), 255, np.uint8), 200))
    assert layout.printed.runs == ()
    assert layout.marks == ()


def test_dark_edges_are_no_lines() -> None:
    image = draw(TEXT).copy()
    image[:, :25] = 0
    image[-18:] = 10
    assert len(print_of(image).runs) == len(TEXT)


@pytest.mark.parametrize(("font", "blur"), [("Loma-Bold", 6.0), ("Norasi-Bold", 4.8), ("Garuda-Bold", 6.0)])
def test_letters_out_of_focus_that_fill_their_line_are_print_and_a_dark_bar_is_none(
    font: str, blur: float
) -> None:
    image = cv2.GaussianBlur(draw(("ตามแผน", *TEXT), font=font, size=80), (0, 0), blur)
    image[-70:-30, 80:600] = 0
    printed = print_of(np.asarray(image, np.uint8))
    areas, boxes = printed.ink.areas, printed.ink.boxes
    first, bar = boxes[:, 3] < 120, boxes[:, 1] > len(image) - 80
    assert areas[first & (printed.owner >= 0)].sum() > 0.99 * areas[first].sum()
    assert (printed.owner[bar] < 0).all()


@pytest.mark.parametrize("ratio", [1.3, 1.8])
def test_the_marks_of_a_large_title_make_no_line_of_small_print(ratio: float) -> None:
    body = draw(("ที่ ๑๒/๒๕๖๗ วันที่ ๕ มกราคม", "เรื่อง ขออนุมัติจัดโครงการ", "เรียน ผู้อำนวยการเขต", "ด้วยฝ่ายการศึกษาได้รับ"))
    title = draw(("บันทึกข้อความ",), size=round(44 * ratio))
    printed = print_of(np.concatenate([title, body]))
    assert len(printed.runs) == 5
    top = min(printed.runs, key=lambda run: run.band.y0)
    usual = np.median([run.consonant for run in printed.runs])
    assert top.consonant == pytest.approx(ratio * usual, rel=0.08)


def test_a_line_of_small_print_close_over_a_title_is_no_row_of_its_marks() -> None:
    body = draw(("ที่ ๑๒/๒๕๖๗ วันที่ ๕ มกราคม", "เรื่อง ขออนุมัติจัดโครงการ", "เรียน ผู้อำนวยการเขต", "กองการคลง"))
    title = draw(("กองการสอบสวน",), size=round(44 * 1.8))
    ends = int(np.flatnonzero((body < 128).any(axis=1)).max())
    begins = int(np.flatnonzero((title < 128).any(axis=1)).min())
    assert len(print_of(np.concatenate([body[: ends + 4], title[begins - 4 :]])).runs) == 5


@pytest.mark.parametrize("sign", ["bullet", "dash"])
def test_a_sign_far_before_its_line_belongs_to_it(sign: str) -> None:
    image = draw(("         จัดอบรมผู้ปกครอง", "         ติดตามผลงาน", "รายงานความก้าวหน้า")).copy()
    text = int(np.flatnonzero((image[:100] < 128).any(axis=0)).min())
    for i in range(2):
        y, x = round(44 * 1.35 * (i + 1)) - 13, text - 95
        if sign == "bullet":
            cv2.circle(image, (x + 4, y), 4, 0, -1)
        else:
            image[y : y + 4, x : x + 12] = 0
    layout = analyse(Sheet(image, 200))
    lines = [line for line in layout.lines if len(line.parts) == 2]
    boxes = [run.box for run in layout.printed.runs]
    if sign == "bullet":
        assert [line.parts[0].text for line in lines if isinstance(line.parts[0], Sign)] == ["•", "•"]
    else:
        assert sorted(box.x0 for box in boxes)[1:] == pytest.approx([text - 95, text - 95], abs=3)


def test_a_zone_holds_no_sliver_of_the_letters_beside_it() -> None:
    image = draw(("ก0ก",))
    boxes = find_ink(image, 200).boxes[1:]
    _, nought, right = sorted(boxes.tolist())
    for reach in (2, 5, 8):
        zone = Box(nought[0] - 1, nought[1], right[0] + reach - 3, nought[3])
        layout = analyse_zone(Sheet(image, 200), zone)
        (run,) = layout.printed.runs
        assert len(run.components) == 1
        assert run.box.width == pytest.approx(nought[2] - nought[0], abs=1)


@pytest.mark.parametrize("font", ["Laksaman", "Norasi", "Garuda", "Kinnari", "Umpush"])
@pytest.mark.parametrize("leading", [1.4, 1.5, 1.6, 1.8])
@pytest.mark.parametrize("below", ["ที่ครั้งสิ้นที่ทั้งนี้เมื่อชื่อที่ตั้งปีที่ครั้งนี้", "เยี่ยมบ้านผู้ป่วยติดเตียงเดือนละ"])
def test_what_hangs_from_a_line_is_not_taken_for_marks_of_the_next(
    font: str, leading: float, below: str
) -> None:
    lines = ("ผู้สูงอายุผู้กู้อยู่ทุกหมู่ชุมนุมกลุ่มคู่", below)
    image, alone = draw(lines, font=font, leading=leading), draw(lines[:1], font=font, leading=leading)
    printed, expected = print_of(image), print_of(alone)
    upper = min(range(len(printed.runs)), key=lambda i: printed.runs[i].band.y0)
    ink, all_of_it = (
        int((line_picture(*seen).image < 128).sum())
        for seen in ((image, printed, upper), (alone, expected, 0))
    )
    assert ink == pytest.approx(all_of_it, rel=0.05)  # marks that touch go together


def test_a_stop_of_two_pixels_stays_in_the_picture_of_its_line() -> None:
    image = draw(("กทม พศ",)).copy()
    level, inked = round(44 * 1.35), np.flatnonzero((image < 128).any(axis=0))
    blank = int(inked[np.argmax(np.diff(inked))])
    without = (line_picture(image, print_of(image), 0).image < 128).sum()
    image[level - 2 : level, blank + 3 : blank + 5] = 0
    printed = print_of(image)
    assert len(printed.runs) == 1
    assert (line_picture(image, printed, 0).image < 128).sum() == without + 4


@pytest.mark.parametrize("letter", "OQ")
@pytest.mark.parametrize("font", ["Laksaman", "Garuda", "Loma", "TlwgTypo"])
def test_round_letters_that_stand_alone_are_no_check_boxes(letter: str, font: str) -> None:
    layout = analyse(Sheet(draw((f"ระบบ BMA   {letter}   งานทะเบียน", "งานทะเบียน"), font=font), 200))
    assert layout.marks == ()


@pytest.mark.parametrize("font", ["Garuda", "Waree"])
def test_a_lone_d_is_no_check_box(font: str) -> None:
    layout = analyse(Sheet(draw(("ระยะเวลา ๓ วัน   D   คืน", "งานทะเบียน"), font=font), 200))
    assert layout.marks == ()


@pytest.mark.parametrize(("stem", "boxes"), [(0, 1), (10, 0)])
def test_a_square_with_a_stem_is_a_letter(stem: int, boxes: int) -> None:
    image = draw(("ระยะเวลา ๓ วัน          คืน", "งานทะเบียน"), font="Laksaman").copy()
    run = print_of(image).runs[0]
    side = round(1.1 * run.consonant)
    x, y = round(run.box.x1) - 130, round(run.band.y1) - side
    image[y - 15 : y + side + 5, x - 12 : x + side + 12] = 255
    cv2.rectangle(image, (x, y), (x + side, y + side), 0, 2)
    cv2.line(image, (x, y - stem), (x, y), 0, 2)
    assert len(analyse(Sheet(image, 200)).marks) == boxes


@pytest.mark.parametrize("font", ["Laksaman", "Garuda", "Loma", "Waree"])
def test_a_word_that_begins_with_q_is_read_whole(font: str) -> None:
    layout = analyse(Sheet(draw(("Mobile Banking และ QR Code", "งานทะเบียน"), font=font), 200))
    assert layout.marks == ()


@pytest.mark.parametrize("share", [0.03, 0.1, 0.2])
def test_specks_without_number_do_not_tell_how_high_print_is(share: float) -> None:
    image = draw(TEXT * 4)
    speckled = image.copy()
    speckled[np.random.default_rng(3).random(image.shape) < share] = 0
    usual = find_ink(image, 200).consonant
    assert find_ink(speckled, 200).consonant == pytest.approx(usual, rel=0.15)
