"""Tables as CSV that Excel opens rightly (RFC 4180): UTF-8 with its mark, CR LF, and no cell that Excel would act upon.

A text that Excel would take for a formula gets an apostrophe in front (OWASP, CSV injection), one that it would take for
a number or a date, as codes and telephone numbers, a tab, which it does not show. `plain` takes both off again.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime

from workers.export.tables import Cell

_CHUNK = 1 << 16
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_ACTS = re.compile(r"[\s\u00a0\u200b-\u200d\u2060\ufeff]*[=+\-@＝＋－＠]|\s")
_NUMBER = re.compile(
    r"[฿$]?\s*\(?\s*[\d๐-๙][\d๐-๙,]*(\.[\d๐-๙]*)?([eE][+-]?\d+)?\s*\)?\s*[%฿]?|\(?\.\d+\)?|(true|false)",
    re.IGNORECASE,
)
_MONTH = (
    r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
    r"|(ม\.ค|ก\.พ|มี\.ค|เม\.ย|พ\.ค|มิ\.ย|ก\.ค|ส\.ค|ก\.ย|ต\.ค|พ\.ย|ธ\.ค)\.?"
    r"|(มกรา|มีนา|พฤษภา|กรกฎา|สิงหา|ตุลา|ธันวา)(คม)?|(เมษา|มิถุนา|กันยา|พฤศจิกา)(ยน)?|กุมภา(พันธ์)?"
)
_D = r"[\d๐-๙]"
_DATE = re.compile(
    rf"{_D}{{1,4}}\s*[-/. ]\s*{_D}{{1,2}}(\s*[-/. ]\s*{_D}{{1,4}})?(\s+{_D}{{1,2}}:.*)?"
    rf"|{_D}{{1,2}}[-/ ]{_D}{{4}}"
    rf"|{_D}{{1,2}}:{_D}{{2}}(:{_D}{{2}})?(\s*[ap]m)?"
    rf"|{_D}{{1,4}}[-/ ]?({_MONTH})([-/ ,]*{_D}{{1,4}})?"
    rf"|({_MONTH})[-/ ]?{_D}{{1,4}}([-/ ,]+{_D}{{1,4}})?",
    re.IGNORECASE,
)


def csv_bytes(rows: Iterable[list[Cell]]) -> Iterator[bytes]:
    """The rows, the first with the headers, in pieces of about 64 kB."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    text.write("\ufeff")
    for row in rows:
        writer.writerow([written(value) for value in row])
        if text.tell() >= _CHUNK:
            yield text.getvalue().encode("utf-8", "replace")
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode("utf-8", "replace")


def written(value: Cell) -> str:
    """A cell as it stands in the file."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float):
        return repr(value)
    return guarded(value)


def guarded(text: str) -> str:
    """`text` so that a spreadsheet leaves it as it is; without control characters."""
    text = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    if text.startswith("'") or _ACTS.match(text):
        return f"'{text}"
    stripped = text.strip()
    if _NUMBER.fullmatch(stripped) or _DATE.fullmatch(stripped):
        return f"\t{text}"
    return text


def plain(text: str) -> str:
    """What `guarded` was given, but for control characters."""
    return text[1:] if text[:1] in ("'", "\t") else text
