"""Dates as Thai forms print them: Buddhist or common era, figures or month names, either digits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date as Date  # noqa: N812

from rapidfuzz import fuzz

from postprocess.kinds.parsed import (
    LOOKALIKES,
    NOTHING_PRINTED,
    Parsed,
    is_blank,
    merge_changes,
    problem,
    repair_digits,
    unreadable,
    without_doubles,
)
from postprocess.thai import MARKS, arabic_digits, normalize
from postprocess.types import Change

MONTHS = (
    ("มกราคม", "ม.ค."),
    ("กุมภาพันธ์", "ก.พ."),
    ("มีนาคม", "มี.ค."),
    ("เมษายน", "เม.ย."),
    ("พฤษภาคม", "พ.ค."),
    ("มิถุนายน", "มิ.ย."),
    ("กรกฎาคม", "ก.ค."),
    ("สิงหาคม", "ส.ค."),
    ("กันยายน", "ก.ย."),
    ("ตุลาคม", "ต.ค."),
    ("พฤศจิกายน", "พ.ย."),
    ("ธันวาคม", "ธ.ค."),
)
"""Full and short name of each month."""

BE_OFFSET = 543
_CE_YEARS = range(1900, 2100)
_BE_YEARS = range(1900 + BE_OFFSET, 2100 + BE_OFFSET)

_LOOK = re.escape("".join(LOOKALIKES).replace("|", "").replace("!", "").replace("]", "").replace("[", ""))
_D = rf"[0-9๐-๙{_LOOK}]"
_DAY_FIRST = re.compile(
    rf"(?<![0-9๐-๙])({_D}{{1,2}})\s*([/\-.\\|–—,])\s*({_D}{{1,2}})\s*[/\-.\\|–—,]\s*({_D}{{4}}|{_D}{{2}})(?![0-9๐-๙])"
)
_YEAR_FIRST = re.compile(
    rf"(?<![0-9๐-๙])({_D}{{4}})\s*([/\-.–—\s])\s*({_D}{{2}})\s*[/\-.–—]\s*({_D}{{2}})"
    rf"(?:[\sT]*({_D}{{2}})\s*[:.;]\s*({_D}{{2}})(?:\s*[:.;]\s*({_D}{{2}}))?)?"
)
_NAMED = re.compile(
    r"([0-9๐-๙OolI]{1,2})\s*([ก-๎. nwu]{2,24}?)\s*(?:พ\s*\.?\s*ศ\s*\.?|ค\s*\.?\s*ศ\s*\.?)?\s*([0-9๐-๙OolISB]{4}|[0-9๐-๙]{2})(?![0-9๐-๙])"
)
_DIGITS_ONLY = re.compile(r"[0-9๐-๙\s]+")


@dataclass(frozen=True, slots=True)
class _Found:
    """A date found in print: its parts as read, the stretch of text, the print repaired, and how sure the form is."""

    day: str
    month: str
    year: str
    start: int
    end: int
    shown: str
    changes: tuple[Change, ...]
    form: float
    uneven: bool = False
    """One of day and month has a leading zero and the other has one digit: a digit may be lost."""


def date(raw: str) -> Parsed:
    """A printed date → ISO 8601, common era. ``27/05/2566``, ``2022-10-01 00:00:00``, ``๒๗ พ.ค. ๒๕๖๖``.

    The era follows from the year: 2443–2642 is Buddhist, 1900–2099 common. A two-digit year is Buddhist (25xx).
    """
    text = normalize(raw)
    if is_blank(text.replace("/", "")):
        return NOTHING_PRINTED
    closed = re.sub(r"\s+", "", text)
    spread = closed != text and re.fullmatch(rf"[\s./:|\\\-–—,{_LOOK}0-9๐-๙]+", text) is not None
    impossible: _Found | None = None
    for found in _readings(text):
        if spread and re.search(r"[0-9๐-๙]", text[: found.start] + text[found.end :]):
            continue
        iso = _iso(found)
        if iso is None:
            impossible = impossible or found
            continue
        shown = normalize(text[: found.start] + found.shown + text[found.end :])
        form = found.form * (0.6 if _has_other_text(text[: found.start] + text[found.end :]) else 1.0)
        problems = (
            (problem("date_digit", "ตัวเลขของวันที่อาจขาดไป", "a digit of this date may have been lost"),)
            if found.uneven
            else ()
        )
        return Parsed(iso, shown, found.changes, problems, form)
    if spread:
        # OCR of letter-spaced print: only blanks keep the figures apart.
        parsed = date(closed)
        if parsed.value is not None:
            changes = (Change("blank_in_number", text, closed), *parsed.changes)
            return Parsed(parsed.value, parsed.text, changes, (), 0.8 * parsed.strength)
    single = without_doubles(closed)
    if single != closed and (parsed := date(single)).value is not None:
        changes = (Change("doubled_digit", text, single), *parsed.changes)
        return Parsed(parsed.value, parsed.text, changes, parsed.problems, 0.7 * parsed.strength)
    if impossible is not None:
        return unreadable(
            normalize(text[: impossible.start] + impossible.shown + text[impossible.end :]),
            "date_impossible",
            f"ไม่มีวันที่ {impossible.shown.strip()} ในปฏิทิน",
            f"there is no such day as {impossible.shown.strip()}",
            impossible.changes,
        )
    return unreadable(text, "date_unreadable", "อ่านวันที่ไม่ได้", "no date can be read here")


def _iso(found: _Found) -> str | None:
    year = int(arabic_digits(found.year))
    if len(found.year) == 2:
        year += 2500
    if year in _BE_YEARS:
        year -= BE_OFFSET
    elif year not in _CE_YEARS:
        return None
    try:
        return Date(year, int(arabic_digits(found.month)), int(arabic_digits(found.day))).isoformat()
    except ValueError:
        return None


def _has_other_text(rest: str) -> bool:
    return any(c.isalnum() for c in re.sub(r"วันที่|เมื่อ|ลงวันที่|เวลา|น\.|เดือน", "", rest))


def _readings(text: str) -> Iterator[_Found]:
    """Every way to see a date in `text`, the best-formed first."""
    for match in _YEAR_FIRST.finditer(text):
        yield _year_first(match)
    for match in _DAY_FIRST.finditer(text):
        yield _day_first(match)
    for match in _NAMED.finditer(text):
        named = _named(match)
        if named is not None:
            yield named
    yield from _lost_separators(text)


def _clean(part: str) -> tuple[str, tuple[Change, ...]]:
    clean, changes = repair_digits(part)
    return clean, changes


def _year_first(match: re.Match[str]) -> _Found:
    year, separator, month, day, *clock = match.groups()
    shown = match.group()
    mark = separator if separator in "/." else "-"
    mended = mark.join(_clean(part)[0] for part in (year, month, day))
    form = 0.95
    if clock[0] is not None:
        mended += " " + ":".join(_clean(part)[0] for part in clock if part)
        form = 1.0
    changes = merge_changes(shown, mended, "date_form")
    if changes:
        form = 0.8
    parts = mended.replace(mark, " ").split()
    return _Found(parts[2], parts[1], parts[0], match.start(), match.end(), mended, changes, form)


def _day_first(match: re.Match[str]) -> _Found:
    day, separator, month, year = match.groups()
    shown = match.group()
    parts = [_clean(part)[0] for part in (day, month, year)]
    mark = {"\\": "/", "|": "/", ",": "/", "–": "-", "—": "-"}.get(separator, separator)
    if shown.count("/") == 1:
        mark = "/"
    mended = mark.join(parts)
    changes = merge_changes(shown, mended, "date_form")
    form = 1.0 if len(parts[2]) == 4 else 0.8
    if mark == "." and not changes:
        form = 0.9
    uneven = {len(parts[0]), len(parts[1])} == {1, 2} and "0" in (
        arabic_digits(parts[0])[0],
        arabic_digits(parts[1])[0],
    )
    if changes:
        form *= 0.8
    return _Found(
        parts[0],
        parts[1],
        parts[2],
        match.start(),
        match.end(),
        mended,
        changes,
        0.3 if uneven else form,
        uneven,
    )


def _month_number(name: str) -> tuple[int, str, float] | None:
    """Which month `name` means, how it is spelled, and how sure that is; None where no month is a clear winner."""
    bare = re.sub(r"[\s.]", "", name)
    if not bare:
        return None
    for number, (full, short) in enumerate(MONTHS, 1):
        if bare == full or (name.strip() == short):
            return number, name.strip(), 1.0
    for number, (_, short) in enumerate(MONTHS, 1):
        if bare == short.replace(".", ""):
            return number, short, 0.9
    if len(bare) < 5:
        return _short_month(bare)
    scored = sorted(((fuzz.ratio(bare, full), n) for n, (full, _) in enumerate(MONTHS, 1)), reverse=True)
    (best, number), (second, _) = scored[0], scored[1]
    if best >= 70 and best - second >= 10:
        return number, MONTHS[number - 1][0], 0.7
    return None


_MONTH_LETTERS = {
    "ด": "ต",
    "ฅ": "ต",
    "n": "ก",
    "ถ": "ก",
    "ภ": "ก",
    "ฟ": "พ",
    "w": "พ",
    "ซ": "ธ",
    "ฒ": "ม",
    "u": "ม",
}


def _short_month(bare: str) -> tuple[int, str, float] | None:
    """A short month name with look-alike letters, or points read as marks: ``ด.ค.`` for ``ต.ค.``, ``กุย.`` for ``ก.ย.``."""
    mended = "".join(_MONTH_LETTERS.get(c, c) for c in bare)
    for keep_marks in (True, False):
        fits = [
            (number, short, 0.5)
            for number, (_, short) in enumerate(MONTHS, 1)
            if _letters(mended, keep_marks) == _letters(short, keep_marks)
        ]
        if len(fits) == 1:
            return fits[0]
    return None


def _letters(name: str, keep_marks: bool) -> str:
    return "".join(c for c in name if c != "." and (keep_marks or c not in MARKS))


def _named(match: re.Match[str]) -> _Found | None:
    day, name, year = match.groups()
    month = _month_number(name)
    if month is None:
        return None
    number, spelled, form = month
    clean_day, clean_year = _clean(day)[0], _clean(year)[0]
    shown = match.group()
    mended = shown
    # Replaced from the right, so that the earlier positions stay true.
    for group, fresh in ((3, clean_year), (2, spelled), (1, clean_day)):
        start, end = match.start(group) - match.start(), match.end(group) - match.start()
        old = mended[start:end]
        mended = mended[:start] + (fresh if old.strip() != fresh else old) + mended[end:]
    changes = merge_changes(shown, mended, "date_form")
    return _Found(
        clean_day,
        str(number),
        clean_year,
        match.start(),
        match.end(),
        mended,
        changes,
        form * (0.8 if len(clean_year) == 2 else 1.0),
    )


def _lost_separators(text: str) -> Iterator[_Found]:
    """Slashes that were lost (``2705/2566``, ``27052566``) or read as digits (``31712/2565``)."""
    stamp = re.search(rf"{_D}[\s./:;|\-–—{_LOOK}0-9๐-๙]+{_D}", text)
    digits = re.sub(r"\D", "", _clean(stamp.group())[0]) if stamp else ""
    if stamp and re.fullmatch(r"(?:19|20)\d{12}", digits) and digits.isascii():
        # A timestamp always has fourteen digits, whatever became of what stood between them.
        mended = f"{digits[:4]}-{digits[4:6]}-{digits[6:8]} {digits[8:10]}:{digits[10:12]}:{digits[12:]}"
        yield _Found(
            digits[6:8],
            digits[4:6],
            digits[:4],
            stamp.start(),
            stamp.end(),
            mended,
            merge_changes(stamp.group(), mended, "date_separators"),
            0.6,
        )
    for match in re.finditer(rf"(?<![0-9๐-๙]){_D}[0-9๐-๙{_LOOK}/|\\.\- ]{{6,10}}(?![0-9๐-๙])", text):
        shown = match.group().rstrip(" .-/")
        glued = re.sub(r"[ .\-|\\]", "", _clean(shown)[0])
        for pattern, form in (
            (r"(\d\d)/?(\d\d)/?(\d{4})", 0.5),
            (r"(\d\d)[17/](\d\d)[17/](\d{4})", 0.4),
            (r"(\d)/(\d\d)/?(\d{4})", 0.5),
        ):
            parts = re.fullmatch(pattern, glued)
            if not parts or not _DIGITS_ONLY.fullmatch("".join(parts.groups())):
                continue
            mended = "/".join(parts.groups())
            yield _Found(
                parts[1],
                parts[2],
                parts[3],
                match.start(),
                match.start() + len(shown),
                mended,
                merge_changes(shown, mended, "date_separators"),
                form,
            )


def thai_date(iso: str) -> str:
    """An ISO date as Thai forms print it, day/month/year of the Buddhist era: the inverse of `date`."""
    parsed = Date.fromisoformat(iso)
    return f"{parsed.day:02d}/{parsed.month:02d}/{parsed.year + BE_OFFSET}"
