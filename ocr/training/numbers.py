"""Numbers, dates, codes and measures as official paper writes them, in both digit sets."""

from __future__ import annotations

import random

MONTHS = (
    "มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน", "กรกฎาคม", "สิงหาคม", "กันยายน", "ตุลาคม",
    "พฤศจิกายน", "ธันวาคม",
)  # fmt: skip
SHORT_MONTHS = (
    "ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค.",
)  # fmt: skip
UNITS = (
    "คน", "ครั้ง", "วัน", "เดือน", "ปี", "แห่ง", "เขต", "โรงเรียน", "ชุมชน", "ฉบับ", "เล่ม", "ชุด", "เครื่อง", "คัน", "หลัง", "กิโลเมตร",
    "กม.", "เมตร", "ม.", "ตร.ม.", "ตารางเมตร", "ตารางวา", "ไร่", "ลบ.ม.", "ลิตร", "กิโลกรัม", "กก.", "ตัน", "ชั่วโมง", "นาที", "ราย", "ครัวเรือน",
    "โครงการ", "กิจกรรม", "หน้า", "ข้อ", "แผ่น", "ต้น", "หลักสูตร", "รุ่น", "ซม.", "มม.", "กล่อง", "อัน", "m²", "kg", "km", "%",
)  # fmt: skip
_TO_THAI = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")


def thai_digits(text: str) -> str:
    """The text with Thai digits for Arabic ones."""
    return text.translate(_TO_THAI)


def _digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(count))


def integer(rng: random.Random) -> str:
    """A whole number, short ones more often."""
    size = rng.choices((1, 2, 3, 4, 5, 6, 7, 8), (18, 22, 16, 14, 10, 9, 7, 4))[0]
    number = int(_digits(rng, size))
    return f"{number:,}" if rng.random() < 0.7 else str(number)


def decimal(rng: random.Random) -> str:
    """A number with decimals."""
    return f"{int(_digits(rng, rng.randint(1, 4))):,}.{_digits(rng, rng.choice((1, 2, 2, 2, 3)))}"


def money(rng: random.Random) -> str:
    """An amount of money."""
    amount = f"{int(_digits(rng, rng.randint(2, 9))):,}"
    tail = rng.choice(("", "", ".-", ".00", f".{_digits(rng, 2)}", f".{_digits(rng, 2)}"))
    word = rng.choice((" บาท", " บาท", " บาท", "บาท", "", " ล้านบาท", " บาทถ้วน", " ฿"))
    return f"{'฿' if rng.random() < 0.06 else ''}{amount}{tail}{word}"


def year(rng: random.Random) -> str:
    """A year of the Buddhist or the common era."""
    return str(rng.randint(2480, 2580) if rng.random() < 0.75 else rng.randint(1970, 2035))


def date(rng: random.Random) -> str:
    """A date in one of the many ways of writing it."""
    day, month = rng.randint(1, 31), rng.randint(0, 11)
    full = year(rng)
    era = rng.choice(("", "", "", "พ.ศ. ", "พ.ศ."))
    return rng.choice(
        (
            f"{day} {MONTHS[month]} {era}{full}", f"{day} {MONTHS[month]} {era}{full}",
            f"{day} {SHORT_MONTHS[month]} {full}", f"{day} {SHORT_MONTHS[month]} {full[2:]}",
            f"{day:02d}/{month + 1:02d}/{full}", f"{day}/{month + 1}/{full[2:]}", f"{day:02d}-{month + 1:02d}-{full}",
            f"{full}-{month + 1:02d}-{day:02d}", f"{full}-{month + 1:02d}-{day:02d} {rng.randint(0, 23):02d}:00:00",
            f"{MONTHS[month]} {full}", f"{day} - {day + rng.randint(1, 9)} {MONTHS[month]} {full}",
            f"วันที่ {day} เดือน {MONTHS[month]} พ.ศ. {full}",
        )
    )  # fmt: skip


def clock(rng: random.Random) -> str:
    """A time of day."""
    mark = rng.choice((".", ".", ":"))
    one = f"{rng.randint(0, 23):02d}{mark}{rng.randint(0, 59):02d}"
    return rng.choice((f"{one} น.", f"{one} น.", f"{one} - {rng.randint(0, 23):02d}{mark}00 น.", one))


def section(rng: random.Random) -> str:
    """A section number such as ๒.๔ or 1.2.3."""
    parts = [str(rng.randint(1, 12)) for _ in range(rng.choices((1, 2, 3, 4), (25, 50, 20, 5))[0])]
    text = ".".join(parts)
    return (
        rng.choice((text, text, text + ".", f"({text})", f"{text})", f"ข้อ {text}"))
        if len(parts) < 3
        else text
    )


def code(rng: random.Random) -> str:
    """A project, document, phone or house number; all invented."""
    kind = rng.randrange(12)
    if kind <= 3:
        return f"{_digits(rng, 8)}-{_digits(rng, 4)}"
    if kind == 4:
        return f"0-{_digits(rng, 4)}-{_digits(rng, 4)}"
    if kind == 5:
        return f"0{_digits(rng, 2)}-{_digits(rng, 3)}-{_digits(rng, 4)}"
    if kind == 6:
        return f"โทร. 0 {_digits(rng, 4)} {_digits(rng, 4)}"
    if kind == 7:
        return f"โทร.{_digits(rng, 4)}"
    if kind == 8:
        letters = rng.choice(("กท", "อว", "ศธ", "มท", "สธ", "นร", "กค", "พม", "กษ", "ทส", "รง", "ยธ"))
        return f"{letters} {_digits(rng, 4)}{rng.choice(('', '.' + _digits(rng, 1)))}/{rng.choice(('', 'ว '))}{_digits(rng, rng.randint(1, 5))}"
    if kind == 9:
        return f"{_digits(rng, 1)}-{_digits(rng, 4)}-{_digits(rng, 5)}-{_digits(rng, 2)}-{_digits(rng, 1)}"
    if kind == 10:
        return f"{rng.randint(1, 999)}/{rng.randint(1, 2570)}"
    return _digits(rng, rng.randint(4, 13))


def measure(rng: random.Random) -> str:
    """A number with its unit, a percentage or a range."""
    number = integer(rng) if rng.random() < 0.65 else decimal(rng)
    return rng.choice(
        (
            f"{number} {rng.choice(UNITS)}", f"{number} {rng.choice(UNITS)}", f"จำนวน {number} {rng.choice(UNITS)}",
            f"ร้อยละ {number}", f"ร้อยละ {rng.randint(1, 100)}", f"{decimal(rng)} %", f"{rng.randint(1, 100)}%",
            f"{integer(rng)} - {integer(rng)} {rng.choice(UNITS)}", f"{number} x {integer(rng)} {rng.choice(UNITS)}",
            f"± {decimal(rng)}", f"{rng.randint(15, 45)} °C", f"{integer(rng)} × {integer(rng)}",
            f"{integer(rng)} ÷ {integer(rng)} = {decimal(rng)}", f"{integer(rng)} + {integer(rng)} = {integer(rng)}",
            f"≥ {number}".replace("≥", ">"), f"< {number}", f"{rng.randint(1, 9)}½ {rng.choice(UNITS)}",
        )
    )  # fmt: skip


KINDS = (integer, decimal, money, date, clock, section, code, measure, year)
_WEIGHTS = (10, 8, 16, 20, 4, 10, 12, 16, 4)


def number(rng: random.Random, thai: float = 0.6) -> str:
    """Any of the above; with Thai digits in the share `thai`."""
    text = rng.choices(KINDS, _WEIGHTS)[0](rng)
    return thai_digits(text) if rng.random() < thai else text
