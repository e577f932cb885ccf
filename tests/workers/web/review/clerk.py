"""A clerk who sees what is printed and settles a record with keys alone; every key is counted."""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Error, Page
from rapidfuzz.distance import Levenshtein

from postprocess.forms import Form
from postprocess.paths import expand
from tests.workers.web.review.conftest import saved
from workers.web.review import typed

_LONG = 30
"""From so many letters on a wrong value is mended where it is wrong, not typed anew."""


_SHOWN = """(record) => {
  const field = document.querySelector(".field.here.is-review, .field.here.is-missing");
  if (location.pathname !== record || !field) return null;
  return {
    path: field.dataset.path,
    text: field.querySelector(".editor").value,
    refused: !field.querySelector(".override").hidden,
    others: [...field.querySelectorAll("[data-alternative] span")].map((one) => one.textContent),
  };
}"""


@dataclass(slots=True)
class Clerk:
    """Works on the record that `page` shows; `truth` is what is printed, as the record contract has it."""

    page: Page
    form: Form
    truth: Mapping[str, Any]
    keys: int = 0
    fields: int = 0
    record: str = ""

    def press(self, key: str, times: int = 1) -> None:
        for _ in range(times):
            self.page.keyboard.press(key)
        self.keys += times

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.keys += len(text)

    def ask(self) -> dict[str, Any] | None:
        """What the field at hand shows; None where the record is done or left."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                found: dict[str, Any] | None = self.page.evaluate(_SHOWN, self.record)
            except Error:  # the page is just changing
                self.page.wait_for_timeout(20)
            else:
                return found
        raise AssertionError("the page does not settle")

    def settle_all(self) -> None:
        """Settle every doubtful field of the record."""
        self.record = self.page.evaluate("location.pathname")
        while (state := self.ask()) is not None:
            self.settle_one(state)
            saved(self.page)

    def settle_one(self, state: Mapping[str, Any]) -> None:
        """The field at hand: accepted, another taken, mended, or typed; kept all the same where the paper is wrong."""
        if state["refused"]:
            self.press("Enter")
            return
        self.fields += 1
        wanted = self.printed(state["path"], state["text"])
        if wanted == state["text"]:
            pass
        elif wanted in state["others"]:
            self.press(str(state["others"].index(wanted) + 1))
        elif wanted == "":
            self.press("Backspace")
        elif len(wanted) >= _LONG and state["text"]:
            self.mend(state["text"], wanted)
        else:
            self.type(wanted)
        self.press("Enter")

    def printed(self, path: str, otherwise: str) -> str:
        """What is printed for the leaf at `path`; what was read where nobody knows."""
        found = [value for _, _, value in expand(path, self.truth)]
        if not found:
            return otherwise
        return typed.shown(typed.leaf_of(self.form, path), found[0], "th")

    def mend(self, text: str, wanted: str) -> None:
        """Change only what is wrong, from left to right."""
        old, new = letters(text), letters(wanted)
        self.press("ArrowLeft")
        done = 0
        for op in Levenshtein.opcodes(old, new):
            if op.tag == "equal":
                continue
            self.forward(op.src_start - done)
            self.press("Delete", op.src_end - op.src_start)
            if op.dest_end > op.dest_start:
                self.type("".join(new[op.dest_start : op.dest_end]))
            done = op.src_end
        left = self.page.locator(".field.here .editor").input_value()
        assert left == wanted, (text, left, wanted)

    def forward(self, steps: int) -> None:
        """Move the caret so many letters on: by words where that is nearer, then by letters."""
        caret = "document.activeElement.selectionStart"
        text = self.page.locator(".field.here .editor").input_value()
        goal = self.page.evaluate(caret) + len("".join(letters(text[self.page.evaluate(caret) :])[:steps]))
        while len(letters(text[(now := self.page.evaluate(caret)) : goal])) > 4:
            self.press("Control+ArrowRight")
            if self.page.evaluate(caret) > goal + 4 or self.page.evaluate(caret) == now:
                break
        now = self.page.evaluate(caret)
        self.press("ArrowRight", len(letters(text[now:goal])))
        self.press("ArrowLeft", len(letters(text[goal:now])))


def letters(text: str) -> list[str]:
    """`text` as the caret steps through it: each letter with its marks."""
    found: list[str] = []
    for character in text:
        if found and (unicodedata.category(character) in ("Mn", "Mc") or character == "ำ"):
            found[-1] += character
        else:
            found.append(character)
    return found


def typing_it_all(form: Form, values: Mapping[str, Any], paths: list[str]) -> int:
    """Keys to type every value of a record into an empty form: its letters, and one key to go on."""
    total = 0
    for path in paths:
        found = [value for _, _, value in expand(path, values)]
        total += 1 + len(typed.shown(typed.leaf_of(form, path), found[0] if found else None, "th"))
    return total


def leaf_paths(form: Form, values: Mapping[str, Any]) -> list[str]:
    """The paths of all leaves of `values`."""
    return [
        path
        for leaf, _ in form.leaves()
        for path, _, _ in expand(leaf, values)
        if not re.search(r"\[\*\]", path)
    ]
