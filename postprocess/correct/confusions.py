"""What OCR does to Thai print, as costs: −ln of how often a printed character is read as another.

The pairs are those that three readers (Tesseract's `tha+eng` and two generations of samnao's own model) confused on
generated forms and on real scans, in coarse steps: a finer fit would be a fit to one reader.
"""

from __future__ import annotations

from postprocess.thai import LOWER, TONES, UPPER

# Classes of letters that look alike in print; the number is the cost of taking one for another.
_LOOKALIKES: tuple[tuple[str, float], ...] = (
    ("ดคต", 4.0),
    ("ชซข", 4.3),
    ("กค", 4.8),
    ("พห", 5.2),
    ("ตท", 5.2),
    ("ถล", 5.2),
    ("ธชซ", 5.2),
    ("ยข", 5.5),
    ("ษข", 5.5),
    ("ฅค", 4.3),
    ("ผฝ", 5.0),
    ("พฟ", 4.5),
    ("บป", 5.0),
    ("ถภก", 4.8),
    ("ฎฏ", 4.3),
    ("ทฑห", 5.2),
    ("ลส", 5.0),
    ("ศค", 5.2),
    ("ศต", 5.5),
    ("ธจ", 5.0),
    ("ธร", 5.2),
    ("วร", 5.2),
    ("จว", 5.5),
    ("นบ", 5.2),
    ("นม", 5.2),
    ("มบ", 5.5),
    ("อย", 5.2),
    ("ยษ", 5.2),
    ("อฮ", 5.2),
    ("ณฌ", 5.0),
    ("ญณ", 5.2),
    ("ฉน", 5.5),
    ("ฐธ", 5.2),
    ("รจ", 5.5),
    ("งว", 5.8),
    ("ฆม", 5.5),
    ("ใไ", 4.3),
    ("ไโ", 5.2),
    ("ใโ", 5.2),
    ("เแ", 4.8),
    ("าำ", 5.0),
    ("ิีึื", 3.6),
    ("ัิ", 4.8),
    ("ั้", 4.8),
    ("็้", 4.8),
    ("็ั", 4.8),
    ("ุู", 4.3),
    ("่้๊๋", 3.8),
    ("์้", 4.6),
    ("์่", 4.8),
    ("์็", 5.0),
    ("์ี", 5.5),
    ("ึ็", 5.5),
    ("วา", 4.6),
    ("จอ", 5.2),
    ("พผ", 5.2),
    ("ฬฟพ", 5.2),
    ("จง", 5.5),
    ("อง", 5.8),
    ("กอ", 5.8),
    ("จา", 5.8),
    ("ชส", 5.8),
    ("ทก", 5.8),
    ("มย", 5.8),
    ("มพ", 5.8),
    ("นป", 5.8),
    ("ยบ", 5.8),
    ("ภค", 5.8),
    ("พท", 5.8),
    ("อบ", 6.0),
    ("ัีืึ", 5.0),
    ("็ี", 5.0),
)


_LATIN: dict[str, str] = {
    "u": "นบมย",
    "U": "บป",
    "n": "กทภถ",
    "a": "ดลอส",
    "f": "ใไ",
    "s": "รธ",
    "v": "งข",
    "w": "พผ",
    "W": "พฟ",
    "o": "อ",
    "m": "กทณ",
    "h": "ห",
    "c": "ค",
    "i": "เ",
    "l": "เ",
    "I": "เ",
    "j": "ง",
    "J": "ง",
    "r": "ร",
    "T": "โไ",
    "q": "ดว",
    "d": "ด",
    "b": "ษบ",
}
"""Latin letters inside Thai words, and what is printed there."""
_LATIN_COST = 3.0


def _substitutions() -> dict[str, dict[str, float]]:
    table: dict[str, dict[str, float]] = {}
    for letters, cost in _LOOKALIKES:
        for read in letters:
            for meant in letters:
                if read != meant:
                    row = table.setdefault(read, {})
                    row[meant] = min(cost, row.get(meant, cost))
    for read, printed in _LATIN.items():
        table[read] = dict.fromkeys(printed, _LATIN_COST)
    return table


SUBSTITUTED = _substitutions()
"""Read character → {printed character: cost}."""

ANY_OTHER = 8.0
"""A letter that is not known to look like the one read → cost; tried only where the reader was unsure."""

LOST: dict[str, float] = {
    **dict.fromkeys(TONES, 3.0),
    **dict.fromkeys(UPPER, 5.0),
    **dict.fromkeys(LOWER, 4.8),
    "์": 4.5,
    "๊": 5.0,
    "๋": 5.0,
}
"""Printed mark that was not read → cost."""

SPURIOUS: dict[str, float] = {
    **dict.fromkeys(TONES, 4.5),
    **dict.fromkeys(UPPER, 5.0),
    **dict.fromkeys(LOWER, 5.0),
}
"""Mark read where none is printed → cost."""

RESHAPED: dict[str, tuple[str, float]] = {"ำ": ("่า", 6.0), "่า": ("ำ", 6.0)}
"""Read letters → (printed letters, cost), where their number differs: the ring of ำ looks like a tone mark over า."""

DOUBLED = 4.2
"""A letter read twice, as itself or as its likes: one of two look-alikes side by side → cost of leaving it out."""
