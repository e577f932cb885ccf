"""The traineddata container of Tesseract 5 and the character tables inside it.

Container: u32 number of slots, one i64 offset per slot (-1 = absent), then the components in slot order
(Tesseract's ccutil/tessdatamanager.cpp).
"""

from __future__ import annotations

import struct
import unicodedata
from dataclasses import dataclass

SLOTS = (
    "config", "unicharset", "unicharambigs", "inttemp", "pffmtable", "normproto", "punc-dawg", "word-dawg",
    "number-dawg", "freq-dawg", "fixed-length-dawgs", "cube-unicharset", "cube-word-dawg", "shapetable", "bigram-dawg",
    "unambig-dawg", "params-model", "lstm", "lstm-punc-dawg", "lstm-word-dawg", "lstm-number-dawg", "lstm-unicharset",
    "lstm-recoder", "version",
)  # fmt: skip

SPACE = " "
BROKEN = "|Broken|0|1"


class TraineddataError(ValueError):
    """The bytes are not a traineddata file, or a part of it is missing."""


def unpack(data: bytes) -> dict[str, bytes]:
    """Split a traineddata file into its components by slot name. Raises TraineddataError."""
    if len(data) < 4:
        raise TraineddataError("the traineddata file is empty or cut short")
    (count,) = struct.unpack_from("<I", data)
    if not 0 < count <= 64 or len(data) < 4 + 8 * count:
        raise TraineddataError("this is not a traineddata file (implausible number of components)")
    offsets = struct.unpack_from(f"<{count}q", data, 4)
    ends = [*sorted(offset for offset in offsets if offset >= 0), len(data)]
    if ends[-1] < ends[0] or ends[-2] > len(data):
        raise TraineddataError("the traineddata file is cut short")
    parts: dict[str, bytes] = {}
    for name, offset in zip(SLOTS, offsets, strict=False):
        if offset >= 0:
            end = next(stop for stop in ends if stop > offset or stop == len(data))
            parts[name] = data[offset:end]
    return parts


def pack(parts: dict[str, bytes]) -> bytes:
    """Write a traineddata file from its components: the inverse of `unpack`."""
    unknown = set(parts) - set(SLOTS)
    if unknown:
        raise TraineddataError(f"unknown components: {', '.join(sorted(unknown))}")
    offset = 4 + 8 * len(SLOTS)
    offsets, body = [], []
    for name in SLOTS:
        if name in parts:
            offsets.append(offset)
            body.append(parts[name])
            offset += len(parts[name])
        else:
            offsets.append(-1)
    return struct.pack("<I", len(SLOTS)) + struct.pack(f"<{len(SLOTS)}q", *offsets) + b"".join(body)


@dataclass(frozen=True, slots=True)
class Unichar:
    """One character of a unicharset: properties are Tesseract's bit mask (alpha 1, lower 2, upper 4, digit 8, punct 16)."""

    text: str
    properties: int
    script: str


def read_unicharset(data: bytes) -> list[str]:
    """The characters of a `lstm-unicharset` component in id order; the blank is " "."""
    lines = data.decode("utf-8").splitlines()
    if not lines or not lines[0].strip().isdigit():
        raise TraineddataError("the character set has no count in its first line")
    count = int(lines[0])
    names = [line.split(" ", 1)[0] for line in lines[1 : count + 1]]
    if len(names) != count:
        raise TraineddataError(f"the character set promises {count} characters and has {len(names)}")
    return [SPACE if name == "NULL" else name for name in names]


def _properties(char: str) -> int:
    category = unicodedata.category(char)
    if category == "Nd":
        return 8
    if category.startswith("P") or category == "Sc":
        return 16
    if category.startswith("L"):
        return 1 | (2 if category == "Ll" else 0) | (4 if category == "Lu" else 0)
    return 0


def _script(char: str) -> str:
    if "\u0e00" <= char <= "\u0e7f" and char != "฿":
        return "Thai"
    return "Latin" if char.isascii() and char.isalpha() else "Common"


def _direction(char: str) -> int:
    codes = {"L": 0, "EN": 2, "ES": 3, "ET": 4, "CS": 6, "ON": 10, "NSM": 17}
    return codes.get(unicodedata.bidirectional(char), 10)


def write_unicharset(chars: list[str]) -> bytes:
    """A `lstm-unicharset` component for single characters, ids after the three special ones in the order given."""
    order = {char: i + 3 for i, char in enumerate(chars)}
    lines = [
        str(len(chars) + 3),
        "NULL 0 Common 0",
        "Joined 7 0,255,0,255,0,0,0,0,0,0 Latin 1 0 1 Joined\t# Joined [4a 6f 69 6e 65 64 ]a",
        "|Broken|0|1 f 0,255,0,255,0,0,0,0,0,0 Common 2 10 2 |Broken|0|1\t# Broken",
    ]
    mirrors = {
        a: b for pair in ("()", "[]", "<>", "«»", "{}") for a, b in ((pair[0], pair[1]), (pair[1], pair[0]))
    }
    for char in chars:
        other = char.swapcase() if len(char.swapcase()) == 1 else char
        row = (
            f"{char} {_properties(char):x} 0,255,0,255,0,0,0,0,0,0 {_script(char)} {order.get(other, order[char])} "
            f"{_direction(char)} {order.get(mirrors.get(char, char), order[char])} {char}"
        )
        lines.append(f"{row}\t# {char} [{ord(char):x} ]")
    return ("\n".join(lines) + "\n").encode("utf-8")


def write_recoder(count: int) -> bytes:
    """A `lstm-recoder` component that maps every character id to itself."""
    return struct.pack("<I", count) + b"".join(struct.pack("<bii", 1, 1, code) for code in range(count))
