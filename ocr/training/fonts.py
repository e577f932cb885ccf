"""The fonts of the training and the fonts held out of it, with the weight each one has in the lines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont

from .sources import BUILD

_SYSTEM = Path("/usr/share/fonts/truetype")

# Never seen in training; every figure on synthetic lines comes from them.
HELD_OUT = ("Umpush", "noto-sans-thai-looped", "niramit")

# Share of lines by family: half is what official paper is set in, half modern faces, whose 3 with a flat top is to be no 5.
_WEIGHTS = {
    "thsarabunnew": 22.0, "sarabun": 12.0, "Laksaman": 12.0, "Norasi": 10.0, "Garuda": 6.0, "Loma": 6.0, "Kinnari": 11.0, "Waree": 9.0,
    "Sawasdee": 9.0, "NotoSansThai": 9.0, "NotoSerifThai": 3.0, "ArundinaSans": 2.0, "ArundinaSerif": 4.0,
    "ibm-plex-sans-thai-looped": 12.0, "ibm-plex-sans-thai": 6.0, "taviraj": 4.0, "trirong": 4.0, "k2d": 4.5,
    "krub": 4.5, "bai-jamjuree": 4.5, "chakra-petch": 3.0, "maitree": 7.5, "pridi": 4.5, "athiti": 6.0, "kanit": 3.0,
    "prompt": 3.0, "mitr": 3.0, "anuphan": 3.0, "koho": 2.1, "kodchasan": 1.5, "fahkwang": 1.5, "mali": 1.5,
    "TlwgTypist": 1.0, "TlwgTypewriter": 1.5, "TlwgTypo": 1.0, "Purisa": 0.3,
    "itim": 0.5, "sriracha": 0.3,
}  # fmt: skip
_STYLE_WEIGHTS = {"regular": 0.66, "bold": 0.26, "italic": 0.08}
_LATIN_FALLBACKS = ("liberation/LiberationSerif-Regular.ttf", "liberation/LiberationSans-Regular.ttf")
_URW = Path("/usr/share/fonts/opentype/urw-base35")
_BETWEEN = ("-300-", "-500-", "-600-")
_WEIGHT_MARK = re.compile("-[3-7]00-")
_NO_LATIN = ("Symbols", "Dingbats", "Chancery", "D050000L", "Z003")
_SYMBOL_FALLBACK = "dejavu/DejaVuSans.ttf"


@dataclass(frozen=True, slots=True)
class Face:
    """One font file: family, style ("regular", "bold", "italic") and its share of the lines."""

    path: Path
    family: str
    style: str
    weight: float


def _style(name: str) -> str:
    low = name.lower()
    if "italic" in low or "oblique" in low:
        return "italic"
    return "bold" if any(mark in low for mark in ("bold", "-600-", "-700-")) else "regular"


def _family(path: Path) -> str:
    stem = _WEIGHT_MARK.split(path.stem)[0]
    return stem.split("-")[0] if stem[:1].isupper() else stem


@cache
def faces(held_out: bool = False, build: Path = BUILD) -> tuple[Face, ...]:
    """The faces of the training, or those held out of it. Raises FileNotFoundError if no font is there."""
    folders = [
        _SYSTEM / "tlwg",
        _SYSTEM / "noto",
        build / "fonts",
        build / "apt/usr/share/fonts/truetype/ttf-thai-arundina",
    ]
    found: dict[str, list[Path]] = {}
    for folder in [*folders, build / "apt/usr/share/fonts/truetype"]:
        for path in sorted(folder.rglob("*.ttf")) if folder.exists() else []:
            if _family(path) in _WEIGHTS or _family(path) in HELD_OUT:
                files = found.setdefault(_family(path), [])
                if path not in files:
                    files.append(path)
    result = []
    for family, paths in sorted(found.items()):
        if (family in HELD_OUT) != held_out:
            continue
        if held_out:  # the figures of all models so far come from these
            paths = [path for path in paths if not any(mark in path.stem for mark in _BETWEEN)]
        styles = [_style(path.stem) for path in paths]
        for path, style in zip(paths, styles, strict=True):
            share = _WEIGHTS.get(family, 1.0) * _STYLE_WEIGHTS[style] / styles.count(style)
            result.append(Face(path, family, style, share))
    if not result:
        raise FileNotFoundError(
            "no Thai fonts found: install fonts-thai-tlwg and run `python -m ocr.training fetch`"
        )
    return tuple(result)


@cache
def latin_faces() -> tuple[Path, ...]:
    """Faces for Latin words among Thai: Debian's Liberation and URW's classic faces; one at least is there."""
    found = [*(_SYSTEM / "liberation").glob("*.ttf"), *_URW.glob("*.otf")]
    plain = [path for path in found if not any(mark in path.name for mark in _NO_LATIN)]
    return tuple(sorted(plain)) or fallbacks(False)


@cache
def covered(path: Path) -> frozenset[int]:
    """The code points that a font file draws."""
    with TTFont(path, lazy=True) as font:
        return frozenset(font.getBestCmap())


def fallbacks(serif: bool) -> tuple[Path, ...]:
    """Fonts for the characters a Thai face lacks, in order of trial."""
    latin = _LATIN_FALLBACKS if serif else _LATIN_FALLBACKS[::-1]
    return tuple(_SYSTEM / name for name in (*latin, _SYMBOL_FALLBACK) if (_SYSTEM / name).exists())
