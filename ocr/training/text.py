"""Text for line images: running Thai, the set phrases of official paper, names, numbers, Latin words, symbols."""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from .charset import marks_are_legal, stock_order, to_target
from .counts import Choice, Trigrams, english_words, load_trigrams, names, provinces, thai_words
from .latin import latin
from .numbers import code, date, money, number, section, thai_digits
from .phrases import LABELS, PHRASES, TITLES
from .sources import BUILD

_RARE_THAI = "ฃฅฆฌฌญฎฏฐฑฒณฤฦฮฬฝฉๅ๏๚๛ฯๆ฿็๊๋์ํ"
# Letters that bad print makes alike.
_ALIKE = (
    "คดตศก",
    "คดต",
    "พทหฬฟผฝ",
    "ชซ",
    "ชซ",
    "ชซขฃ",
    "ถภกฤฎฏฐ",
    "บนปษม",
    "อยฮวรธ",
    "ลสศ",
    "ฉนณญฌ",
    "จวร",
    "ผพฝฟ",
)
_HARD = frozenset("ซฮฉฟฝฏฎฌฤฆญณ")
_BULLETS = "•••●●▪■"
_SYMBOLS = "“”\"'‘’()[]{}<>«»*#@&%$=+-–/\\|~^_:;,.!?•°±×÷²½✓☐☑"


@dataclass(frozen=True, slots=True)
class Sources:
    """Everything that text is sampled from."""

    trigrams: Trigrams
    words: Choice
    men: Choice
    women: Choice
    families: Choice
    provinces: Choice
    english: Choice
    allowed: frozenset[str]


def load_sources(stock: list[str], build: Path = BUILD) -> Sources:
    """Load the counts; `stock` is the stock model's character set. Raises FileNotFoundError before `fetch`."""
    men, women, families = names()
    return Sources(
        load_trigrams(build / "sylseg.3g"), thai_words(), men, women, families, provinces(),
        english_words(build / "apt/usr/share/dict/american-english"), frozenset([*stock_order(stock), " "]),
    )  # fmt: skip


def _running(rng: random.Random, sources: Sources) -> str:
    text = sources.trigrams.sample(rng, rng.choices((5, 10, 18, 26), (20, 30, 30, 20))[0])
    if rng.random() < 0.6:
        text = thai_digits(text)
    return text


def _salad(rng: random.Random, sources: Sources) -> str:
    words = [sources.words.draw(rng) for _ in range(rng.randint(2, 9))]
    return "".join(word + (" " if rng.random() < 0.15 else "") for word in words)


def _name(rng: random.Random, sources: Sources) -> str:
    woman = rng.random() < 0.5
    given = (sources.women if woman else sources.men).draw(rng)
    title = rng.choice(TITLES)
    blank = rng.choice(("", "", " "))
    text = f"{title}{blank}{given}{rng.choice((' ', ' ', '  ', '   '))}{sources.families.draw(rng)}"
    return f"({text})" if rng.random() < 0.15 else text


def _value(rng: random.Random, sources: Sources) -> str:
    kind = rng.choices(range(7), (26, 20, 14, 12, 8, 12, 8))[0]
    if kind == 0:
        return number(rng, 0.45)
    if kind == 1:
        return _running(rng, sources)
    if kind == 2:
        return _name(rng, sources)
    if kind == 3:
        return latin(rng, sources.english)
    if kind == 4:
        return f"{rng.choice(('จังหวัด', 'จ.', 'สำนักงานเขต', 'อำเภอ'))}{sources.provinces.draw(rng)}"
    if kind == 5:
        return rng.choice(PHRASES)
    return rng.choice(
        (
            "-",
            "- ไม่มี -",
            "........................",
            "_____________",
            "**** " + rng.choice(PHRASES) + " ****",
            "****",
        )
    )


def _field(rng: random.Random, sources: Sources) -> str:
    label = rng.choice(LABELS)
    mark = rng.choice((" : ", " : ", ": ", " ", " :: ", " = ", "... : ", ".. : ", " :", " - ", "  "))
    text = f"{label}{mark}{_value(rng, sources)}"
    if rng.random() < 0.3:
        text = f"{section(rng)} {text}"
    if rng.random() < 0.2:
        text = (
            f"{text}{rng.choice((' ', '   ', ' / ', ' : '))}{rng.choice(LABELS)}{mark}{_value(rng, sources)}"
        )
    if rng.random() < 0.45:
        text = thai_digits(text)
    return text


def _prose(rng: random.Random, sources: Sources) -> str:
    parts: list[str] = []
    for _ in range(rng.randint(1, 4)):
        kind = rng.choices(range(6), (34, 28, 14, 8, 8, 8))[0]
        parts.append(
            rng.choice(PHRASES) if kind == 0
            else _running(rng, sources) if kind == 1
            else number(rng, 0.7) if kind == 2
            else latin(rng, sources.english) if kind == 3
            else f"({latin(rng, sources.english)})" if kind == 4
            else _name(rng, sources)
        )  # fmt: skip
    text = rng.choice((" ", "", " ")).join(parts)
    if rng.random() < 0.12:
        opening, closing = rng.choice(("“”", '""', "“”", "‘’"))
        text = f"{opening}{text}{closing}"
    if rng.random() < 0.25:
        text = f"{rng.choice(('-', '•', '–', '*', section(rng), section(rng)))} {text}"
    return text


def _numbers(rng: random.Random, _sources: Sources) -> str:
    return rng.choice((" ", "  ", "   ")).join(number(rng, 0.65) for _ in range(rng.randint(1, 4)))


def _thai_digit_run(rng: random.Random, sources: Sources) -> str:
    kind = rng.randrange(4)
    if kind == 0:
        text = "".join(rng.choice("0123456789") for _ in range(rng.randint(2, 14)))
    elif kind == 1:
        text = " ".join(rng.choice((money, date, code))(rng) for _ in range(rng.randint(1, 3)))
    elif kind == 2:
        text = " ".join(
            rng.choice("4678912350") + rng.choice(("", ".", ")", "/")) for _ in range(rng.randint(3, 9))
        )
    else:
        text = f"{section(rng)} {sources.words.draw(rng)} {date(rng)}"
    return thai_digits(text)


def _latin_line(rng: random.Random, sources: Sources) -> str:
    parts = [latin(rng, sources.english) for _ in range(rng.randint(1, 3))]
    if rng.random() < 0.4:
        parts.insert(rng.randint(0, len(parts)), _running(rng, sources))
    return rng.choice((" ", " ", ", ", " / ", " - ")).join(parts)


def _symbols(rng: random.Random, sources: Sources) -> str:
    out = []
    for _ in range(rng.randint(1, 5)):
        word = rng.choice((sources.words, sources.words, sources.english)).draw(rng)
        if rng.random() < 0.3:
            word = number(rng)
        mark = rng.choice(_SYMBOLS)
        out.append(
            rng.choice(
                (f"{word}{mark}", f"{mark}{word}", f"{word} {mark}", f"{mark} {word}", f"{word}{mark}{mark}")
            )
        )
    return rng.choice(("", " ")).join(out)


def _ornament(rng: random.Random, sources: Sources) -> str:
    word = rng.choice(LABELS)
    dots = rng.choice(".._*-=") * rng.randint(3, 24)
    box = rng.choice("☐☑✓")
    return rng.choice(
        (
            f"{word}{dots}", f"{word} {dots} {rng.choice(LABELS)} {dots}", f"{dots}{number(rng)}{dots}", f"**** {word} ****",
            f"({dots})", f"{box} {word}   {rng.choice('☐☑✓')} {rng.choice(LABELS)}", f"{box} {word}", f"** {word} **",
            f"{word} ( ) {rng.choice(LABELS)} ( / )", f"ลงชื่อ {dots} {rng.choice(LABELS)}", f"[ ] {word} [x] {rng.choice(LABELS)}",
            f"- {rng.randint(1, 99)} -", f"หน้า {rng.randint(1, 30)}/{rng.randint(1, 30)}", f"/{sources.words.draw(rng)}...",
        )
    )  # fmt: skip


def _rare(rng: random.Random, sources: Sources) -> str:
    out = []
    for _ in range(rng.randint(1, 4)):
        char = rng.choice(_RARE_THAI)
        word = sources.words.draw(rng)
        if char == "ๅ":  # it has no place but after these two
            out.append(rng.choice(("ฤๅ", "ฦๅ")) + word)
        elif "\u0e30" < char <= "\u0e4e" and char not in "ๆเแโใไ฿":
            out.append(rng.choice("กขคงจชซดตถทนบปผพฟมยรลวสหอ") + char + rng.choice(("า", "น", "ะ")) + word)
        else:
            out.append(rng.choice((char + word, word + char, char)))
    return rng.choice(("", " ")).join(out)


def _alike(rng: random.Random, _sources: Sources) -> str:
    out = []
    for _ in range(rng.randint(2, 8)):
        letters = rng.choice(_ALIKE)
        syllable = rng.choice(letters)
        form = rng.randrange(6)
        if form == 1:
            syllable = rng.choice("เแโใไ") + syllable
        elif form == 2:
            syllable += rng.choice("ิีึืัุู") + rng.choice(("", "", "่", "้"))
        elif form == 3:
            syllable += rng.choice(("า", "ะ", "ำ", "่", "้", "์"))
        out.append(syllable + rng.choice(("", rng.choice(letters), rng.choice("นงกมดบ"))))
    return rng.choice(("", "", " ")).join(out)


def _hard_words(rng: random.Random, sources: Sources) -> str:
    """Words with the letters that running text has too few of."""
    drawn = (sources.words.draw(rng) for _ in range(400))
    hard = (word for word in drawn if not _HARD.isdisjoint(word))
    out = list(islice(hard, rng.choice((2, 3, 4, 6, 9))))
    return rng.choice(("", "", " ")).join(out)


_KINDS = (
    _running,
    _salad,
    _field,
    _prose,
    _numbers,
    _thai_digit_run,
    _latin_line,
    _symbols,
    _ornament,
    _rare,
    _name,
    _alike,
    _hard_words,
)
_WEIGHTS = (21, 5, 18, 19, 5, 8, 13, 4, 3, 1.5, 2, 5, 6)


def _fit(rng: random.Random, text: str, longest: int) -> str:
    """At most `longest` characters, cut at a blank or where no mark is parted from its letter."""
    if len(text) <= longest:
        return text
    start = rng.randint(0, len(text) - longest) if rng.random() < 0.5 else 0
    while start and not (text[start] == " " or "ก" <= text[start] <= "ฮ"):
        start -= 1
    end = min(len(text), start + longest)
    while end > start + 1 and end < len(text) and ("ะ" <= text[end] <= "ู" or "ๅ" <= text[end] <= "๎"):
        end -= 1
    return text[start:end].strip()


def office_text(rng: random.Random, sources: Sources) -> str:
    """One line of what stands on office paper, legal and writable: `printed_text` without letter and symbol salads."""
    while True:
        kind = rng.choice(
            (_running, _field, _field, _prose, _prose, _numbers, _thai_digit_run, _latin_line, _name)
        )
        text = _fit(rng, kind(rng, sources).replace("…", "...").strip(), rng.choice((24, 40, 60)))
        target = to_target(text)
        if target and marks_are_legal(target) and sources.allowed.issuperset(target):
            return text


def printed_text(rng: random.Random, sources: Sources) -> str:
    """One line of text as printed (blanks may repeat), such that its target is legal and can be written by the model."""
    longest = rng.choices((12, 24, 40, 60, 80), (11, 18, 30, 28, 13))[0]
    while True:
        kind = rng.choices(_KINDS, _WEIGHTS)[0]
        text = _fit(rng, kind(rng, sources).replace("…", "...").strip(), longest)
        if rng.random() < 0.05:
            text = f"{rng.choice(_BULLETS)}{' ' * rng.randint(1, 3)}{text}"
        target = to_target(text)
        if target and marks_are_legal(target) and sources.allowed.issuperset(target):
            return text
