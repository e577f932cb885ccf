"""Codes of a fixed pattern, citizen numbers with their check digit, telephone numbers."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from itertools import combinations

from postprocess.kinds.parsed import (
    LOOKALIKES,
    NOTHING_PRINTED,
    Parsed,
    is_blank,
    merge_changes,
    problem,
    repair_digits,
    without_doubles,
)
from postprocess.thai import THAI_DIGITS, arabic_digits, normalize, thai_digits
from postprocess.types import Change

_DASHES = re.compile(r"\s*[-–—‐‑‒―−~_]+\s*")
_TO_LETTER = {"0": "O", "1": "I", "5": "S", "8": "B", "2": "Z", "6": "G"}
_MOST_DOUBTS = 12


def code(raw: str, pattern: str) -> Parsed:
    """A code that must match the regular expression `pattern` as a whole, digits Arabic.

    Blanks inside, dash variants, look-alike letters and one lost dash are put right where exactly that makes the
    code fit. Else the print stays as it is, with a problem. re.error where `pattern` is no regular expression.
    """
    shape = _compiled(pattern)
    text = normalize(raw).strip(" .:;,…|'\"")
    if is_blank(text):
        return NOTHING_PRINTED
    plain = arabic_digits(text)
    if shape.fullmatch(plain):
        return Parsed(plain, text, strength=1.0)
    inside = _unique_match(shape, plain)
    if inside is not None:
        return Parsed(inside, inside, strength=0.8)
    dashed = re.sub(r"\s+", "", _DASHES.sub("-", plain))
    changes = merge_changes(plain, dashed, "code_form")
    if shape.fullmatch(dashed):
        return Parsed(dashed, dashed, changes, strength=0.9)
    mended = _with_lookalikes(dashed, shape) or _with_dash(dashed, shape)
    if mended is not None:
        changes += (Change("digit_lookalike" if len(mended) == len(dashed) else "code_form", dashed, mended),)
        return Parsed(mended, mended, changes, strength=0.8)
    return Parsed(
        plain,
        text,
        changes=(),
        problems=(problem("code_pattern", "รหัสไม่ตรงตามรูปแบบ", "the code does not fit its pattern"),),
        strength=0.0,
    )


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _unique_match(shape: re.Pattern[str], text: str) -> str | None:
    """The one stretch of `text`, set apart by blanks or brackets, that fits."""
    found = {m for part in re.split(r"[\s()\[\]]+", text) if (m := part.strip(".:;,")) and shape.fullmatch(m)}
    return found.pop() if len(found) == 1 else None


def _with_lookalikes(text: str, shape: re.Pattern[str]) -> str | None:
    """`text` with the fewest letters made digits, or digits letters, that fits; None where two ways tie."""
    doubts = [
        (i, LOOKALIKES.get(c) or _TO_LETTER[c])
        for i, c in enumerate(text)
        if c in LOOKALIKES or c in _TO_LETTER
    ]
    letters = [(i, c) for i, c in doubts if not c.isalpha()]
    everything = list(text)
    for i, c in letters:
        everything[i] = c
    if shape.fullmatch("".join(everything)):
        return "".join(everything)
    if len(doubts) > _MOST_DOUBTS:
        return None
    for size in range(1, len(doubts) + 1):
        fits = set()
        for chosen in combinations(doubts, size):
            characters = list(text)
            for i, c in chosen:
                characters[i] = c
            if shape.fullmatch("".join(characters)):
                fits.add("".join(characters))
        if fits:
            return fits.pop() if len(fits) == 1 else None
    return None


def _with_dash(text: str, shape: re.Pattern[str]) -> str | None:
    """`text` with one dash put in or moved so that it fits; None where there is no single way."""
    for bare in {text, text.replace("-", ""), text.replace(".", "-")}:
        digits = _with_lookalikes(bare, shape)
        if digits is not None:
            return digits
        clean = repair_digits(bare)[0]
        fits = {f for i in range(1, len(clean)) if shape.fullmatch(f := f"{clean[:i]}-{clean[i:]}")}
        if len(fits) == 1:
            return fits.pop()
    return None


def citizen_id(raw: str) -> Parsed:
    """A Thai citizen number of 13 digits, printed with or without dashes and blanks → 13 digits.

    The last digit is the check digit, modulo 11 (Department of Provincial Administration).
    """
    text = normalize(raw).strip(" .:;,…|'\"")
    if is_blank(text):
        return NOTHING_PRINTED
    repaired, changes = repair_digits(text) if not re.search(r"[A-Za-z]{4}", text) else (text, ())
    digits = re.sub(r"[\s\-–—‐−._]", "", arabic_digits(repaired))
    if not re.fullmatch(r"\d{13}", digits):
        return Parsed(
            digits,
            text,
            problems=(
                problem(
                    "citizen_id_length",
                    "เลขประจำตัวประชาชนต้องมี 13 หลัก",
                    "a citizen number has 13 digits",
                ),
            ),
            strength=0.0,
        )
    if not citizen_id_holds(digits):
        return Parsed(
            digits,
            repaired,
            changes,
            (
                problem(
                    "citizen_id_check",
                    "เลขตรวจสอบของเลขประจำตัวประชาชนไม่ถูกต้อง",
                    "the check digit of the citizen number is wrong",
                ),
            ),
            0.1,
        )
    return Parsed(digits, repaired, changes, (), 0.9 if changes else 1.0)


def citizen_id_holds(digits: str) -> bool:
    """Whether the last of 13 digits is the check digit of the first twelve."""
    total = sum(int(d) * weight for d, weight in zip(digits, range(13, 1, -1), strict=False))
    return (11 - total % 11) % 10 == int(digits[12])


_PHONE_LABEL = re.compile(
    r"^[\s.:()]*(?:หมายเลข|เบอร์)?\s*(?:โทรศัพท์|โทรสาร|โทร[ก-ฮ]?|มือถือ|[Tt][Ee][Ll])\s*[.,:ฯ]*\s*"
)
_SPECK = re.compile(r"(?<=[0-9๐-๙])[.,](?=[0-9๐-๙])")
_DASHES_RUN = re.compile(r"[-–—]{2,}")
_EXTENSION = re.compile(r"\s*(?:ต\s*่?\s*อ\s*่?|[Ee]xt\.?|#)\s*")
_PHONE_LOOK = re.compile(
    r"(?<=[0-9๐-๙\-–. ])[OolISBZ]{1,4}(?=[0-9๐-๙\-–. ]|$)|(?<![A-Za-z])[OolI]{1,4}(?=[0-9๐-๙]|[-–. ][0-9๐-๙])"
)


def phone(raw: str) -> Parsed:
    """One or more telephone numbers as printed, without the word โทร.: ``0 2123 4567 ต่อ 1551``, ``1551``."""
    text = normalize(raw)
    text = _PHONE_LABEL.sub("", text).strip(" .:;,…|'\"_()")
    text, specks = _without_specks(text)
    if is_blank(text):
        return NOTHING_PRINTED
    parsed = _phone(text)
    single = _DASHES_RUN.sub("-", without_doubles(text))
    if not parsed.strength and single != text:
        again = _phone(single)
        if again.strength:
            changes = (Change("doubled_digit", text, single), *again.changes)
            parsed = Parsed(again.value, again.text, changes, (), 0.8 * again.strength)
    if specks:
        parsed = replace(parsed, changes=(*specks, *parsed.changes), strength=0.8 * parsed.strength)
    return parsed


def _without_specks(text: str) -> tuple[str, tuple[Change, ...]]:
    """`text` without a lone stop glued between two digits, or a comma in the midst of a number: who parts numbers by
    stops does so everywhere, and what begins with a nought goes on to its ninth digit.
    """
    found = list(_SPECK.finditer(text))
    if len(found) != 1:
        return text, ()
    at = found[0].start()
    before = re.sub(r"\D", "", arabic_digits(text[:at]))
    if text[at] == "," and not (before.startswith("0") and len(before) < 9):
        return text, ()
    group = re.search(r"[0-9๐-๙]*$", text[:at])
    blank = " " if group and len(group.group()) > 2 else ""
    mended = f"{text[:at]}{blank}{text[at + 1 :]}"
    return mended, (Change("speck", text, mended),)


def _phone(text: str) -> Parsed:
    repaired = _PHONE_LOOK.sub(lambda m: "".join(LOOKALIKES[c] for c in m.group()), text)
    if re.search("[๐-๙]", repaired) and re.search("[0-9]", repaired):
        thai = sum(c in THAI_DIGITS for c in repaired)
        arabic = sum(c in "0123456789" for c in repaired)
        repaired = thai_digits(repaired) if thai > arabic else arabic_digits(repaired)
    changes = merge_changes(text, repaired, "digit_lookalike")
    joined = _EXTENSION.sub(_extension, repaired)
    changes += merge_changes(repaired, joined, "unit")
    numbers = [n for n in re.split(r"\s*(?:[,;/]|และ|หรือ)\s*", arabic_digits(joined)) if n.strip()]
    scores = [_phone_form(n, bool(i)) for i, n in enumerate(numbers)]
    strength = min(scores, default=0.0)
    if strength:
        return Parsed(joined, joined, changes, (), strength * (0.8 if changes else 1.0))
    return Parsed(
        text,
        text,
        (),
        (
            problem(
                "phone_form",
                "หมายเลขโทรศัพท์มีจำนวนหลักหรืออักขระผิดปกติ",
                "this is no usual telephone number: its length or its characters are odd",
            ),
        ),
        0.0,
    )


def _extension(match: re.Match[str]) -> str:
    """ต่อ however it was read, with the blanks around it as they were."""
    found = match.group()
    bare = found.strip()
    return found.replace(bare, "ต่อ") if bare.startswith("ต") else found


def _phone_form(number: str, follows: bool) -> float:
    """How well one number is formed; `follows` allows the short tail of a list such as ``0 2123 4567, 68``."""
    main, *extensions = _EXTENSION.split(number.strip())
    if any(not re.fullmatch(r"[\d\s\-–]{1,9}", e.strip()) for e in extensions):
        return 0.0
    if not re.fullmatch(r"\+?[\d\s\-–—().]+", main):
        return 0.0
    spread = re.fullmatch(r"(.*\d)\s*[-–]\s*\d{1,2}", main)
    for candidate in (main, spread[1] if spread else main):
        digits = re.sub(r"\D", "", candidate)
        if main.startswith("+66"):
            digits = "0" + digits[2:]
        if re.fullmatch(r"0[2-7]\d{7}|0[689]\d{8}|1[5-9]00\d{6}|1800\d{6}", digits):
            return 1.0
        # Bangkok's offices print the four digits of their inner exchange.
        if re.fullmatch(r"\d{3,5}", digits):
            return 0.8
        if follows and re.fullmatch(r"\d{1,4}|\d{7,8}", digits):
            return 0.7
        if re.fullmatch(r"[2-9]\d{6,7}", digits):
            return 0.6
    return 0.0
