"""Real Thai sentences that no training line is made of: the messages of LibreOffice's Thai translation (MPL-2.0)."""

from __future__ import annotations

import gettext
import re
from pathlib import Path

from .charset import marks_are_legal, to_target

_PLACES = re.compile(r"%[A-Z_]+%?|\$\(?\w+\)?|%\d|<[^>]*>|\\n|[~_]|#\w+#")


def held_out_sentences(folder: Path, allowed: frozenset[str]) -> list[str]:
    """The sentences under `folder` that are legal Thai within the model's characters, sorted, without placeholders."""
    found: set[str] = set()
    for path in sorted(folder.rglob("*.mo")):
        with path.open("rb") as file:
            catalogue = gettext.GNUTranslations(file)
        for message in vars(catalogue)["_catalog"].values():
            for line in str(message).splitlines():
                text = " ".join(_PLACES.sub("", line.replace("…", "...")).split())
                target = to_target(text)
                if "''" in text or '""' in text:  # a name stood there
                    continue
                thai = sum("ก" <= char <= "๛" for char in target)
                if thai >= 12 and marks_are_legal(target) and allowed.issuperset(target):
                    found.add(text)
    if not found:
        raise FileNotFoundError(f"no Thai messages under {folder}: run `python -m ocr.training fetch`")
    return sorted(found)


def stretch(sentence: str, longest: int = 60) -> str:
    """At most `longest` characters of a sentence, cut before a letter that carries no mark of the one before."""
    if len(sentence) <= longest:
        return sentence
    end = longest
    while end > 1 and ("ะ" <= sentence[end] <= "ู" or "ๅ" <= sentence[end] <= "๎"):
        end -= 1
    return sentence[:end].strip()
