"""Another reader's view, set beside a text letter by letter."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from postprocess.correct import misread
from postprocess.correct.agreed import agreed
from postprocess.correct.opinion import opinion
from postprocess.types import Change

LETTERS = st.text("กดตนร่้าิ ", max_size=20)


def test_what_was_read_the_same_and_what_instead() -> None:
    found = opinion("แจ้งเดือนภัย", "แจ้งเดือนภัย", [("แจ้งเดือนภัย", "แจงเตือนภัยๆ")])
    assert found.instead[2] == "" and found.instead[5] == "ต"
    assert sum(found.same) == 10
    assert found.between[12] == "ๆ"
    assert found.differs


def test_letters_that_nobody_looked_at_are_neither_the_same_nor_otherwise() -> None:
    found = opinion("ขุดลอก คลอง", "ขุดลอก คลอง", [("คลอง", "คลอง")])
    assert found.same == (False,) * 7 + (True,) * 4
    assert not found.differs
    assert found.seconded([0.5] * 11)[6:] == (0.5, 0.75, 0.75, 0.75, 0.75)


def test_a_corrected_text_is_set_beside_what_was_read_of_its_print() -> None:
    found = opinion("ขุดลอกคลอง", "ขดลอกคลอง", [("ขดลอกคลอง", "ขุดลอกคลอง")])
    assert all(found.same) and not found.differs


def test_a_part_that_is_not_there_says_nothing() -> None:
    found = opinion("ขุดลอก", "ขุดลอก", [("คลอง", "ลำราง"), ("", "ก")])
    assert not any(found.same) and not found.differs


@given(LETTERS, LETTERS)
def test_every_letter_is_the_same_or_otherwise_where_all_was_looked_at(text: str, read: str) -> None:
    found = opinion(text, text, [(text, read)])
    looked = bool(text and read.strip())
    for letter, same, instead in zip(text, found.same, found.instead, strict=True):
        assert same + (instead is not None) == (looked and not letter.isspace())
    others = "".join(
        before + (letter if same else instead or "")
        for before, letter, same, instead in zip(found.between, text, found.same, found.instead, strict=False)
    )
    assert others + found.between[-1] == ("".join(read.split()) if looked else "")
    assert found.differs == (looked and "".join(text.split()) != "".join(read.split()))


@given(LETTERS)
def test_who_reads_the_same_never_speaks_against_a_word(text: str) -> None:
    sure = (1.0,) * len(text)
    assert sum(misread(text, sure, opinion(text, text, [(text, text)]))) <= sum(misread(text, sure)) + 1e-9


def test_who_reads_the_likelier_word_speaks_against_the_one_read() -> None:
    text = "เครือข่ายเยาวชนด้านยาเสพติด"
    heard = opinion(text, text, [(text, text.replace("ด้าน", "ต้าน"))])
    sure = (1.0,) * len(text)
    assert sum(misread(text, sure, heard)) > 10 * sum(misread(text, sure))


def test_what_the_other_reader_and_the_language_both_say_is_taken() -> None:
    def put_right(text: str, read: str) -> tuple[str, tuple[Change, ...]]:
        return agreed(text, (0.9,) * len(text), opinion(text, text, [(text, read)]))

    text = "วิทยากรติดการกิจ จึงเลื่อนกำหนดการออกไป"
    put, changes = put_right(text, text.replace("การกิจ", "ภารกิจ"))
    assert put == "วิทยากรติดภารกิจ จึงเลื่อนกำหนดการออกไป"
    assert changes == (Change("other reader", "วิทยากรติดการกิจ", "วิทยากรติดภารกิจ"),)
    lost = "การประชมคณะกรรมการชุมชน"
    assert put_right(lost, "การประชุมคณะกรรมการชุมชน")[0] == "การประชุมคณะกรรมการชุมชน"
    spurious = "การประชุ่มคณะกรรมการชุมชน"
    assert put_right(spurious, "การประชุมคณะกรรมการชุมชน")[0] == "การประชุมคณะกรรมการชุมชน"
    # the language alone, or the other reader alone, is not enough
    assert put_right(text, text) == (text, ())
    name = "ขุดลอกคลองและลำราง"
    assert put_right(name, "ขุดลอกคลองและถำราง") == (name, ())
    # marks that the other reader confuses, and names, are left alone
    assert put_right("หากมิได้รับการแก้ไข", "หากมีได้รับการแก้ไข")[0] == "หากมิได้รับการแก้ไข"
    person = "มอบหมายให้ นายสมชาย การกิจ ดำเนินการ"
    assert put_right(person, person.replace("การกิจ", "ภารกิจ"))[0] == person
