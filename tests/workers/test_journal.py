"""The output files under interruption and a full disk."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workers.cache import FOLDER
from workers.journal import FAILURES, RECORDS, Journal, LineFile, Lines


def line(source: str, word: str = "new") -> str:
    return json.dumps({"source": source, "word": word})


def journal(out: Path, sources: list[str], word: str = "new") -> Journal:
    (out / FOLDER).mkdir(parents=True, exist_ok=True)

    def recall(index: int) -> Lines:
        return [line(sources[index], word)], []

    return Journal(out, sources, recall)


def words(out: Path) -> list[tuple[str, str]]:
    found = [json.loads(text) for text in (out / RECORDS).read_text().splitlines()]
    return [(item["source"], item["word"]) for item in found]


@given(st.permutations(range(6)), st.integers(0, 6))
@settings(max_examples=40)
def test_any_order_of_being_done_gives_the_order_of_the_scans(
    tmp_path_factory: pytest.TempPathFactory, order: list[int], done: int
) -> None:
    out = tmp_path_factory.mktemp("out")
    sources = [f"{n}.pdf" for n in range(6)]
    whole = journal(out, sources)
    for index in order[:done]:
        whole.done(index)
    whole.close()
    assert words(out) == [(sources[index], "new") for index in sorted(order[:done])]
    assert (out / FAILURES).read_text() == ""


def test_lines_are_there_as_soon_as_their_turn_comes(tmp_path: Path) -> None:
    running = journal(tmp_path, ["a", "b", "c"])
    running.done(1)
    assert words(tmp_path) == []
    running.done(0)
    assert words(tmp_path) == [("a", "new"), ("b", "new")]
    running.close()


def test_a_later_run_that_ends_early_keeps_the_old_lines_of_the_rest(tmp_path: Path) -> None:
    first = journal(tmp_path, ["a", "b", "c", "gone"], "old")
    for index in range(4):
        first.done(index)
    first.close()
    second = journal(tmp_path, ["a", "b", "c"])
    second.done(0)
    assert words(tmp_path) == [(name, "old") for name in ("a", "b", "c", "gone")]
    second.close()
    assert words(tmp_path) == [("a", "new"), ("b", "old"), ("c", "old")]
    assert not list((tmp_path / FOLDER).iterdir())


def test_a_half_line_of_a_power_cut_is_not_carried_on(tmp_path: Path) -> None:
    (tmp_path / RECORDS).write_text(line("a", "old") + "\n" + line("b", "old")[:9])
    running = journal(tmp_path, ["a", "b"])
    running.close()
    assert words(tmp_path) == [("a", "old")]


def test_a_full_disk_leaves_no_half_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = LineFile(tmp_path / "lines")
    file.write(["one"])
    write = os.write

    def full(handle: int, data: bytes) -> int:
        if data.startswith(b"two"):
            return write(handle, data[:2])
        raise OSError(errno.ENOSPC, "no space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError, match="no space"):
        file.write(["two", "three"])
    monkeypatch.undo()
    file.write(["four"])
    file.close()
    assert (tmp_path / "lines").read_text() == "one\nfour\n"
