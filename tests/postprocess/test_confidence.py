"""Confidence: inside 0–1, monotone in every sign, thresholds that follow from the error aimed at."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postprocess.confidence import (
    NEVER,
    UNREADABLE,
    Condition,
    Pairs,
    calibrated,
    confidence,
    dump,
    load,
    threshold,
)
from postprocess.evidence import FAMILIES, SIGNS, Evidence, features, of_letters, of_print

share = st.floats(0, 1)
verdict = st.sampled_from([-1, 0, 1])
evidences = st.builds(
    Evidence,
    kind=st.sampled_from(sorted(FAMILIES)),
    blank=st.booleans(),
    weakest=share,
    risk=st.floats(0, 30),
    lines=st.integers(1, 9),
    label=share,
    clear=share,
    strength=st.floats(0.01, 1),
    sums=st.integers(0, 3),
    equals=st.integers(0, 3),
    plausible=st.integers(0, 4),
    failed=st.integers(0, 3),
    own=verdict,
    other=verdict,
    echo=verdict,
    replaced=st.booleans(),
    changed=share,
    ragged=st.integers(0, 4),
    odd=st.integers(0, 4),
    strange=st.integers(0, 4),
    rarest=share,
    latin=st.integers(0, 40),
    digits=st.integers(0, 40),
    size=st.integers(0, 300),
    rival=st.floats(0, 40),
    misspelt=st.floats(0, 40),
    alike=st.integers(0, 20),
    open=st.integers(0, 3),
    beside=st.integers(0, 3),
    unlike=st.booleans(),
    person=st.booleans(),
    known=st.booleans(),
    quality=share,
)


@given(evidences)
def test_a_probability(evidence: Evidence) -> None:
    assert 0 <= confidence(evidence) <= 1
    assert set(features(evidence)) == set(SIGNS)


@given(evidences, share)
def test_better_signs_never_lower_it(e: Evidence, better: float) -> None:
    base = confidence(e)
    assert confidence(replace(e, label=max(e.label, better))) >= base
    assert confidence(replace(e, strength=max(e.strength, better))) >= base
    assert confidence(replace(e, weakest=max(e.weakest, better))) >= base
    assert confidence(replace(e, sums=e.sums + 1)) >= base
    assert confidence(replace(e, own=1, other=1, echo=1)) >= base
    assert confidence(replace(e, failed=e.failed + 1)) <= base
    assert confidence(replace(e, own=-1, other=-1, echo=-1)) <= base
    assert confidence(replace(e, changed=max(e.changed, better))) <= base
    assert confidence(replace(e, ragged=e.ragged + 1, strange=e.strange + 1)) <= base
    assert confidence(replace(e, risk=e.risk + better, rival=e.rival + better, open=e.open + 1)) <= base
    assert confidence(replace(e, misspelt=e.misspelt + better)) <= base
    assert confidence(replace(e, alike=e.alike + 1)) <= base


def test_what_cannot_be_understood_is_not_likely() -> None:
    assert confidence(Evidence("money", weakest=0.99, strength=0.0)) == UNREADABLE


@pytest.mark.parametrize("quality", [0.3, 0.9])
@pytest.mark.parametrize("kind", [*FAMILIES, "blank", "a kind that no fit has seen"])
def test_a_stricter_aim_needs_more_confidence(kind: str, quality: float) -> None:
    evidence = Evidence(kind, blank=kind == "blank", quality=quality)
    asked = [threshold(evidence, rate) for rate in (0.0001, 0.001, 0.01, 0.05, 0.5)]
    assert asked == sorted(asked, reverse=True)
    assert threshold(evidence, 1e-9) == NEVER


def test_the_numbers_come_back_from_their_file(tmp_path: Path) -> None:
    file = tmp_path / "calibration.json"
    file.write_text(dump(calibrated()), encoding="utf-8")
    assert load(file) == calibrated()
    file.write_text(dump(calibrated()).replace('"weakest": ', '"weakest": -'), encoding="utf-8")
    with pytest.raises(ValueError, match="weakest"):
        load(file)


def test_in_figures_only_figures_count() -> None:
    money = of_letters(Evidence("money"), "12 บาท", (0.9, 0.8, 1.0, 0.1, 0.1, 0.1))
    assert money.weakest == 0.8
    assert money.risk == pytest.approx(2 * 0.012)
    assert of_letters(Evidence("text"), "12 บาท", (0.9, 0.8, 1.0, 0.1, 0.1, 0.1)).weakest == 0.1


@pytest.mark.parametrize(
    ("kind", "raw", "value", "ragged"),
    [
        ("money", "26,200 บาท", 26200, 0),
        ("money", "10,000.- บาท", 10000, 0),
        ("money", "1811 บาท", 1811, 1),
        ("money", "18,", 18, 1),
        ("money", "5 .- บาท", 5, 1),
        ("percent", "10 .00 %", 10, 1),
        ("date", "15/12/2503", "1960-12-15", 0),
        ("phone", "0 2000 1551", "0 2000 1551", 0),
        ("phone", "0-2000-1997 ต่อ 1087 -", "0-2000-1997 ต่อ 1087 -", 1),
        ("code", "50390100-4853", "50390100-4853", 0),
    ],
)
def test_broken_habits_of_print_are_counted(kind: str, raw: str, value: object, ragged: int) -> None:
    assert of_print(Evidence(kind), raw, raw, value, ()).ragged == ragged


def test_what_is_no_figure_is_counted() -> None:
    assert of_print(Evidence("date"), "15/12/25๐3", "15/12/2503", "1960-12-15", ()).odd == 1
    assert of_print(Evidence("date"), "15 Dec 2020", "15 Dec 2020", "2020-12-15", ()).odd == 0


@pytest.mark.parametrize(
    ("raw", "alike"), [("๑,๒๕๘,๗๐๐ บาท", 1), ("๑,๒๔๘,๕๐๐ บาท", 2), ("๐๔/๐๗/๒๕๖๕", 2), ("54,545 บาท", 0)]
)
def test_digits_that_differ_by_a_loop_are_counted(raw: str, alike: int) -> None:
    assert of_print(Evidence("money"), raw, raw, 1, ()).alike == alike


def test_words_that_nobody_knows_are_counted() -> None:
    good = of_print(Evidence("text"), "", "เพื่อให้ประชาชนได้รับบริการที่ดี", "", ())
    bad = of_print(Evidence("text"), "", "เพื่อใหัปรซาชนไดรับบรกิารทีดี", "", ())
    assert good.strange == 0
    assert bad.strange > 0


def test_letters_are_as_risky_as_their_like() -> None:
    def risk(text: str, sure: float) -> float:
        return of_letters(Evidence("text"), text, (sure,) * len(text)).risk

    assert risk("ก", 0.95) < risk("5", 0.95) < risk("5", 0.6) < risk("5", 0.1)
    assert risk("กขค", 0.95) == pytest.approx(3 * risk("ก", 0.95))


@pytest.mark.parametrize(
    ("text", "odd", "open_", "ragged"),
    [
        ("จัดอบรม 2 รุ่น รุ่นละ 25 คน", 0, 0, 0),
        ("๑ เพื่อส่งเสริมอาชีพ", 1, 0, 0),
        ("ระยะทาง 34 56 กิโลเมตร", 1, 0, 0),
        ("เก็บเกี่ยว 229.902 ครั้ง", 1, 0, 0),
        ("ความสว่าง 15 Iux", 1, 0, 0),
        ("บาท", 0, 1, 0),
        ("เลื่อนไปเป็นเดือนมีนาคม 2567 บาท", 0, 1, 0),
        ("ค่าตอบแทน 2 ล้านบาท", 0, 0, 0),
        ("ค่าย “คนรุ่นใหม่", 0, 1, 0),
        ("อาสาสมัคร อปพร.)", 0, 1, 0),
        ("ผ่านระบบงานและ.Website", 0, 0, 1),
        ("อาจารย์ พ.ศ.2566", 0, 0, 0),
        ("ตามที่กำหนดไ จึงเห็นควร", 0, 0, 1),
        ("ชุมชน ะคลองเตย", 0, 0, 1),
        ("บริการ BMA EXpress", 1, 0, 0),
        ("เป้าหมาย SDGs", 0, 0, 0),
        ("แต่งตั้งคณะกรรมการฝ่ายต่าง", 0, 1, 0),
        ("แต่งตั้งคณะกรรมการฝ่ายต่าง ๆ", 0, 0, 0),
        ("ดอกไม้สีแตกต่าง", 0, 0, 0),
        ("น.ส สมมติ ใจดี", 0, 1, 1),
        ("เป็นเวลา ๒.วัน", 1, 0, 1),
        ("ลดลงไม่น้อยกว่", 0, 1, 0),
        ("โรงเรียนใกล้", 0, 0, 0),
        ("จ้าง 8 คน สำรวจ: ข้อมูลภาคสนาม", 0, 0, 1),
        ("เหมาะสมและปลอดภัยต่อ", 0, 1, 0),
        ("ประชาชนในพื้นที่", 0, 0, 0),
        ("เหตุที่ต้องดำเนินการต่อไป", 0, 0, 0),
        ("เวลา 08.30 น. ถึงเที่ยง", 0, 0, 0),
        ("ระบบบันทึกภาพ.30 วัน", 0, 0, 1),
        ("หรือร้อยละ:69", 0, 0, 1),
        ("เกินกว่าครึ่งหนึ่ง:", 0, 0, 1),
        ("ปีงบประมาณ พ.ค.2565", 0, 0, 1),
        ("ภายในเดือน พ.ค. 2565 นี้", 0, 0, 0),
        ("หลังละไม่เกิน 79,880", 0, 1, 0),
        ("ดูแลความปลอดภัยหน้าโรงเรียน ๓", 0, 1, 0),
        ("ฝ่ายรายได้ 3767", 0, 1, 0),
        ("สรุปผลไตรมาสที่ 2", 0, 0, 0),
        ("ดำเนินการต่อเนื่องจากปีงบประมาณ ๒๕๖๕", 0, 0, 0),
        ("เลื่อนไปเป็นเดือนกรกฎาคม ๒๕๖๔", 0, 0, 0),
        ("ลดลงร้อยละ 12.5", 0, 0, 0),
        ("สำนักง", 0, 1, 0),
        ("นางดวงกมล ลีลานุกูล", 0, 0, 0),
        ("จ้างลูกจ้าง • ๐ คน สำรวจข้อมูล", 0, 0, 1),
        ("• จ้างลูกจ้าง", 0, 0, 0),
        ("หรือร้อยละ. 35.18 ของประชากร", 0, 0, 1),
        ("สมาชิก อปพร. ภาคทฤษฎี", 0, 0, 0),
        ("คำไปรษณีย์ (EMS)", 0, 0, 1),
        ("คำนวณราคากลาง", 0, 0, 0),
        ("แข่งขันรอบแรก ณ.สนามกีฬา", 0, 0, 1),
        ("อยู่ระหว่างดำเนินการจัดซื้อจัด", 0, 1, 0),
        ("****", 0, 0, 2),
        ("**** การปฏิบัติงานประจำของหน่วยงาน ****", 0, 0, 0),
        ("**** การปฏิบัติงานประ", 0, 1, 0),
        ("จำนวน 2333,490 แปลง", 1, 0, 0),
        ("ประชาชน; และหน่วยงาน", 0, 0, 1),
        ("นักเรียน ม.6 และ ป.1", 0, 0, 0),
        ("มาตรฐานอาหารปลอดภัย ร้อยละ", 0, 1, 0),
        ("ใช้บริการเพิ่มขึ้นร้อยละ จากปีก่อน", 0, 1, 0),
        ("มีผู้สูงอายุ 27,763 คน หรือร้อยละ 712 ของประชากร", 0, 1, 0),
        ("มาตรฐานอาหารปลอดภัย ร้อยละ ๑๐๐", 0, 0, 0),
        ("ร้อยละ 100 ของโครงการ ร้อยละของโครงการที่ผ่านเกณฑ์", 0, 0, 0),
    ],
)
def test_what_no_text_has_is_counted(text: str, odd: int, open_: int, ragged: int) -> None:
    found = of_print(Evidence("text"), text, text, text, ())
    assert (found.odd, found.open, found.ragged) == (odd, open_, ragged)


@pytest.mark.parametrize(
    ("name", "open_"),
    [("นางสาวปรัชญา", 1), ("ว่าที่ ร.ต. สมมติ", 1), ("นางสาวปรัชญา ณ บางพลู", 0), ("นายสมมติ ใจดี", 0)],
)
def test_a_name_without_a_family_name_is_broken_off(name: str, open_: int) -> None:
    assert of_print(Evidence("name"), name, name, name, ()).open == open_


def test_an_aim_for_a_kind_is_kept_by_that_kind_alone() -> None:
    numbers = replace(calibrated(), together={"well": ((0.001, 0.9),)}, alone={"*": ((0.001, 0.99),)})
    assert threshold(Evidence("money"), 0.001, numbers) == 0.9
    assert threshold(Evidence("money"), 0.001, numbers, alone=True) == 0.99


def test_records_read_poorly_and_faint_ones_have_thresholds_of_their_own() -> None:
    tables: dict[Condition, Pairs] = {
        "well": ((0.001, 0.9),),
        "poorly": ((0.001, 0.99),),
        "faint": ((0.001, 0.995),),
    }
    numbers = replace(calibrated(), together=tables)
    assert threshold(Evidence("money", quality=0.8), 0.001, numbers) == 0.9
    assert threshold(Evidence("money", quality=0.5), 0.001, numbers) == 0.99
    assert threshold(Evidence("money", quality=0.8, legibility=0.9), 0.001, numbers) == 0.995
    assert threshold(Evidence("money", quality=0.5, legibility=0.9), 0.001, numbers) == 0.995
