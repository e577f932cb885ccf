"""The corrector: what it repairs, and above all what it leaves alone."""

from __future__ import annotations

from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.types import Box, Line, Text, Word
from postprocess import vocab
from postprocess.correct import correct, edits, misread
from postprocess.correct.plain import plain_text
from postprocess.correct.spelt import misspelt
from postprocess.thai import normalize

UNSURE = 0.87
"""The confidence that Tesseract typically gives to letters of words it does not know."""


def fix(text: str, confidence: float = UNSURE, vocabulary: tuple[str, ...] = ()) -> str:
    return correct(text, [confidence] * len(text), vocabulary)[0]


@pytest.mark.parametrize(
    ("read", "printed"),
    [
        ("ทีมีคุณภาพ", "ที่มีคุณภาพ"),
        ("รายงานครังที ๑", "รายงานครั้งที่ ๑"),
        ("สินสุดโครงการ", "สิ้นสุดโครงการ"),
        ("ตัวชีวัดทีกำหนด", "ตัวชี้วัดที่กำหนด"),
        ("เพือให้ประชาชนได้รับความรู", "เพื่อให้ประชาชนได้รับความรู้"),
        ("การคำเนินงานศูนย์", "การดำเนินงานศูนย์"),
        ("อย่างใกล้ซิด", "อย่างใกล้ชิด"),
        ("ท่อระบายน้า", "ท่อระบายน้ำ"),
        ("ก้นยายน", "กันยายน"),
        ("เยาวซน", "เยาวชน"),
        ("สำนักงานเขตบางชื่อ", "สำนักงานเขตบางซื่อ"),
        ("ลดอุบัติเหตทางถนน", "ลดอุบัติเหตุทางถนน"),
        ("โอกาสแลกเปลี่ย นเทคนิค", "โอกาสแลกเปลี่ยนเทคนิค"),
    ],
)
def test_misreadings_are_put_right(read: str, printed: str) -> None:
    assert fix(read) == printed


@pytest.mark.parametrize(
    "text",
    [
        "สีเขียวและสีขาว",
        "อีกทีหนึ่ง",
        "ทีมงานดีเด่น",
        "ทีละขั้นตอน",
        "รหัส 50410000-6831 งบประมาณ 26,2OO บาท",
        "วันที่ 27/O5/2566 โทร.1551",
        "จำนวน ๑๐๐ คน ร้อยละ ๘๐.๕๐",
        "Google Workspace for Education",
        "กทม. และ สยป. โดย สนศ.",
        "**** การปฏิบัติงานประจำของหน่วยงาน ****",
        "นายธนูเทพ ประสานทอง",
        "โดยมีนางสาวกนกวรรณ พูนทวีทรัพย เป็นวิทยากร",
        "ว่าที่ ร.ต. สมซาย ใจคี",
        "จตุจักร บางคอแหลม ทวีวัฒนา คลองสามวา",
    ],
)
def test_what_is_right_or_not_ours_is_left_alone(text: str) -> None:
    assert fix(text) == text


def test_words_beginning_like_a_title_are_no_names() -> None:
    assert fix("นายกรัฐมนตรีทีดี") == "นายกรัฐมนตรีที่ดี"
    assert fix("คุณภาพชีวิตทีดี") == "คุณภาพชีวิตที่ดี"


def test_every_word_list_survives() -> None:
    for name in set(vocab.names()) - {"everyday"}:
        for entry in vocab.entries(name)[:: 5 if name == "government" else 1]:
            assert fix(entry) == entry


@pytest.mark.parametrize("text", ["คู คลองสะอาด", "ขุดลอกคู คลอง และลำราง", "การแข่งขันฟุตซอลเยาวชน"])
def test_words_as_read_give_way_to_no_usual_phrase(text: str) -> None:
    for confidence in (0.75, UNSURE, 0.98):
        assert fix(text, confidence) == text
    assert "ฟุตบอล" not in fix("การแข่งขันฟุตชอลเยาวชน", 0.8)


def test_a_letter_misread_surely_is_put_right_where_the_words_are_overwhelming() -> None:
    assert fix("เป็นปีจจุบัน", 0.98) == "เป็นปัจจุบัน"
    assert fix("ความปลอดกัยในชีวิต", 0.98) == "ความปลอดภัยในชีวิต"


def test_a_text_layer_is_believed() -> None:
    assert fix("เป็นปีจจุบัน", 1.0) == "เป็นปีจจุบัน"


def test_words_unlike_the_print_do_not_take_the_place_of_words() -> None:
    text = "ต้องการสนามฟุตซอลและลานกีฬา"
    confidences = [0.4 if c == "ซ" else 0.9 for c in text]
    assert correct(text, confidences) == (text, ())


def test_print_that_is_mostly_guessed_is_left_to_a_person() -> None:
    assert fix("ทีมีคุณภาพและมาตรฐานทีดี", 0.4) == "ทีมีคุณภาพและมาตรฐานทีดี"


def test_changes_say_what_and_why() -> None:
    text = "ตังกล่าว ครังที"
    fixed, changes = correct(text, [UNSURE] * len(text))
    assert fixed == "ดังกล่าว ครั้งที่"
    assert [(c.rule, c.before, c.after) for c in changes] == [
        ("lookalike", "ตังกล่าว", "ดังกล่าว"),
        ("tone_mark", "ครังที", "ครั้งที่"),
    ]


def test_words_of_the_form_are_known() -> None:
    word = "ซินโนเมะฟ้าแลบ"
    read = word.replace("ซ", "ช")
    assert fix(read) != word
    assert fix(read, vocabulary=(word,)) == word


def test_latin_letters_inside_thai_words_are_misread() -> None:
    assert fix("naสอบระบบ") == "ทดสอบระบบ"
    assert fix("ค่าใช้จ่ายfนการจัดการ") == "ค่าใช้จ่ายในการจัดการ"
    for kept in ("ระบบ GIS ของเขต", "ขนาด 5 cm พื้นที่", "หลอด LEDส่องสว่าง"):
        assert fix(kept) == kept


@settings(max_examples=60)
@given(st.text(st.sampled_from("กดตคทนมรสาำิีึ่้์็ัุเแ ๑5ab.,"), max_size=40), st.floats(0, 1))
def test_edits_lie_side_by_side_and_touch_no_figures(text: str, confidence: float) -> None:
    text = normalize(text)
    found = edits(text, [confidence] * len(text))
    ends = [0]
    for edit in found:
        assert ends[-1] <= edit.start < edit.end <= len(text)
        assert not set(text[edit.start : edit.end]) & set("๑5.,")
        ends.append(edit.end)
    fixed, changes = correct(text, [confidence] * len(text))
    assert len(changes) == len(found)
    assert [c for c in fixed if c in "๑5.,"] == [c for c in text if c in "๑5.,"]


def test_lengths_must_agree() -> None:
    with pytest.raises(ValueError, match="2 characters but 1 confidences"):
        correct("กข", [1.0])


def page(*lines: str, origin: Literal["ocr", "text layer"] = "ocr") -> Text:
    box = Box(0, 0, 10, 10)
    rows = [
        Line(tuple(Word(word, box, box, (UNSURE,) * len(word)) for word in line.split()), row=i)
        for i, line in enumerate(lines)
    ]
    return Text(1, 100, 100, tuple(rows), origin=origin)


def test_plain_text_is_corrected_line_by_line() -> None:
    read = page("รายงานครังที 12", "", "Thai text ทีดี")
    assert plain_text(read) == "รายงานครั้งที่ 12\n\nThai text ที่ดี"
    assert plain_text(page("ทีมีคุณภาพ", origin="text layer")) == "ทีมีคุณภาพ"
    assert plain_text(page()) == ""


@pytest.mark.parametrize(
    ("read", "printed"),
    [
        ("คุณภาพซชีวิตที่ดี", "คุณภาพชีวิตที่ดี"),
        ("อาหารปลอดกภัย", "อาหารปลอดภัย"),
        ("ติดตตามและประเมินผล", "ติดตามและประเมินผล"),
        ("สัญญาณใไฟ", "สัญญาณไฟ"),
    ],
)
def test_letters_read_twice(read: str, printed: str) -> None:
    assert fix(read) == printed


@pytest.mark.parametrize(
    "kept", ["บรรยากาศ", "สมมติ", "กรรมการ", "นนทบุรี", "ทุกคนนอน", "ออกกฎ", "มากกว่า", "ชกกีฬา"]
)
def test_letters_printed_twice_stay(kept: str) -> None:
    assert fix(kept) == kept


def test_likelier_words_speak_against_those_read_however_sure_the_reader() -> None:
    def speaks(text: str) -> float:
        return sum(misread(text, (1.0,) * len(text)))

    assert speaks("การประชุมคณะกรรมการชุมชน") < 0.001
    assert speaks("การประชมคณะกรรมการชุมชน") > 1
    assert speaks("ขดลอกคลองและลำราง") > 5 * speaks("ขุดลอกคลองและลำราง")
    # words as read, but others that look like them are far more usual beside their neighbours
    assert speaks("ความพึงทอใจ") > 1 > 100 * speaks("ความพึงพอใจ")
    # a ring read as a tone mark over า
    assert speaks("จัดท่าโครงการเพื่อชุมชน") > 1 > 100 * speaks("จัดทำโครงการเพื่อชุมชน")
    assert speaks("") == speaks("2566 (ABC)") == 0


@pytest.mark.parametrize(
    ("printed", "read"),
    [("สว่างจิต", "สว่วงจิต"), ("เกศรินทร์", "เกศริ่นทร์"), ("สุขสำราญ", "สขสำราญ"), ("เกื้อกูล", "เคื้อกูล")],
)
def test_names_are_spelt_as_names_are(printed: str, read: str) -> None:
    assert misspelt(f"นายสมชาย {read}") > 2 * misspelt(f"นายสมชาย {printed}")
    assert misspelt("") == misspelt("นาย") == 0
