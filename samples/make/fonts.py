"""Fonts to print with: those Debian installs (fonts-thai-tlwg, fonts-noto), and npm's @fontsource in a cache.

Cached fonts are fetched once: ``npm install --prefix build/fonts/npm --ignore-scripts @fontsource/sarabun …``.
"""

from __future__ import annotations

from pathlib import Path

CACHE = Path(__file__).parents[2] / "build" / "fonts" / "npm"

CACHED = {
    "Sarabun": "sarabun",
    "Niramit": "niramit",
    "Kanit": "kanit",
    "Prompt": "prompt",
    "Trirong": "trirong",
    "Taviraj": "taviraj",
    "IBM Plex Sans Thai Looped": "ibm-plex-sans-thai-looped",
    "Noto Sans Thai Looped": "noto-sans-thai-looped",
    "Bai Jamjuree": "bai-jamjuree",
    "Pridi": "pridi",
    "K2D": "k2d",
    "Maitree": "maitree",
    "Athiti": "athiti",
    "Krub": "krub",
    "KoHo": "koho",
}
RANGES = {
    "thai": "U+0E01-0E5B, U+200C-200D, U+25CC",
    "latin": "U+0000-00FF, U+0131, U+0152-0153, U+2000-206F, U+20AC, U+2122, U+2212",
}
# Designed small on the body (as the government's TH Sarabun): print them larger.
SCALE = {
    "Laksaman": 1.22,
    "KoHo": 1.15,
    "Kanit": 0.92,
    "Prompt": 0.9,
    "Umpush": 1.0,
    "Tlwg Typist": 1.0,
    "Tlwg Typo": 0.9,
}
# Stacks that reach high or low: more line height, in em.
TALL = {"Laksaman": 0.15, "Umpush": 0.2, "Garuda": 0.15, "Kinnari": 0.1, "Norasi": 0.1}


def face_rules(family: str) -> str:
    """The CSS that makes `family` known; empty for an installed font. FileNotFoundError names what to install."""
    name = CACHED.get(family)
    if name is None:
        return ""
    folder = CACHE / "node_modules" / "@fontsource" / name / "files"
    rules = []
    for subset, characters in RANGES.items():
        for weight in (400, 700):
            file = folder / f"{name}-{subset}-{weight}-normal.woff2"
            if not file.exists():
                raise FileNotFoundError(
                    f"{file} is missing; run: npm install --prefix {CACHE} --ignore-scripts @fontsource/{name}"
                )
            rules.append(
                f"@font-face {{ font-family: '{family}'; font-weight: {weight}; "
                f"src: url('{file.as_uri()}'); unicode-range: {characters}; }}"
            )
    return "\n".join(rules)
