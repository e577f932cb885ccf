"""The words of the interface: each in both languages, none missing, none idle."""

from __future__ import annotations

import re
import string
import unicodedata
from pathlib import Path

import pytest

from workers.store.doubt import REASONS
from workers.web.review import typed
from workers.web.review.views import STATES
from workers.web.review.words import WORDS, say

WEB = Path(__file__).parents[4] / "workers" / "web"


def names(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("key", sorted(WORDS))
def test_each_word_is_there_in_both_languages(key: str) -> None:
    thai, english = WORDS[key]
    assert thai.strip() and english.strip()
    assert names(thai) == names(english)
    assert thai == unicodedata.normalize("NFC", thai) and "ํา" not in thai
    if key not in ("override_hint", "settled_by", "other_language"):
        assert not re.search(r"[ก-๛]", english)


def test_no_template_or_module_asks_for_a_word_that_is_not_there() -> None:
    asked: set[str] = set()
    for file in (*WEB.glob("templates/*.html"), *(WEB / "review").glob("*.py")):
        text = file.read_text("utf-8")
        asked |= set(re.findall(r"""\bt\(\s*["'](\w+)["']\s*[,)]""", text))
        asked |= set(re.findall(r"""\bsay\(\s*f?["'](\w+)["']\s*,""", text))
    script = (WEB / "static" / "record.js").read_text("utf-8")
    sent = (WEB / "review" / "views.py").read_text("utf-8")
    for key in set(re.findall(r"(?<!dataset\.)\bwords\.(\w+)", script)) - {
        "states",
        "status",
        "drafts",
        "outer",
    }:
        assert f'"{key}"' in sent, key
        asked.add(key)
    asked |= {f"reason_{one}" for one in REASONS} | {f"state_{one}" for one in STATES}
    assert asked <= set(WORDS), asked - set(WORDS)
    families = (
        "reason_",
        "state_",
        "status_",
        "kind_",
        "rule_",
        "action_",
        "error_",
        "doc_",
        "key_",
        "row_",
        "override",
        "conflict",
    )
    idle = {key for key in WORDS if key not in asked and not key.startswith(families)}
    script_words = set(re.findall(r'"(\w+)"', sent))
    others = {
        "queue",
        "search",
        "upload",
        "dashboard",
        "form",
        "office",
        "batch",
        "reason",
        "signed",
        "not_signed",
    }
    assert not idle - script_words - others, idle - script_words - others


def test_numbers_and_names_are_put_in() -> None:
    assert say("left", "th", n=3) == "เหลือ 3 ช่อง"
    assert say("left", "en", n=3) == "3 left"
    with pytest.raises(KeyError):
        say("no such word", "en")


def test_messages_are_parted_by_language() -> None:
    assert typed.in_language("ก / b", "th") == "ก"
    assert typed.in_language("รับ / จ่าย มากกว่า ข / รับ / จ่าย is more than b", "en") == "รับ / จ่าย is more than b"
    assert typed.in_language("only one", "th") == "only one"
