"""The one form of text in which what is looked for and what is found are compared."""

from __future__ import annotations

import unicodedata

_DIGITS = {ord("๐") + n: str(n) for n in range(10)}
_UNSEEN = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad\0"))


def folded(text: str) -> str:
    """`text` in small letters, Arabic digits and single blanks, without what cannot be seen; sara am composed."""
    text = unicodedata.normalize("NFKC", text.translate(_UNSEEN)).replace("ํา", "ำ")
    text = text.replace("ํ่า", "่ำ").replace("ํ้า", "้ำ")
    return " ".join(text.translate(_DIGITS).casefold().split())
