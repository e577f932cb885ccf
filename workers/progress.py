"""What a person sees while a batch runs: a bar where a terminal watches, plain lines where not; a table at the end."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from postprocess.forms import Form
from workers.digitize import Counted, Event, PageDone, ScanDone

TABLE_ROWS = 60
"""Longer tables show their first rows only; the sums count all."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table: one record, or one scan without any."""

    source: str
    pages: str
    record: int | None
    key: str
    accepted: int
    review: int
    missing: int
    seconds: float
    kept: bool
    problem: str = ""


def watch(events: Iterable[Event], scans: int, console: Console, plain: bool) -> Iterator[ScanDone]:
    """Show `events` of a batch of `scans` scans on `console` as they come; pass on the scans that are done.

    A `plain` batch has no records to count.
    """
    if console.is_terminal:
        yield from _with_bar(events, scans, console)
    else:
        yield from _with_lines(events, scans, console, plain)


def _with_bar(events: Iterable[Event], scans: int, console: Console) -> Iterator[ScanDone]:
    columns = (
        TextColumn("[bold]{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("pages, {task.fields[rate]:.0f} a minute, left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True, speed_estimate_period=120) as progress:
        bar = progress.add_task(f"0 of {scans} scans", total=None, rate=0.0)
        start, known, opened, done, read = time.monotonic(), 0, 0, 0, 0
        for event in events:
            if isinstance(event, Counted):
                known, opened = known + event.to_read, opened + 1
            elif isinstance(event, PageDone):
                read += 1
            else:
                done += 1
                yield event
            unopened = scans - max(opened, done)
            total = known + round(unopened * known / opened) if opened else None
            rate = 60 * read / max(time.monotonic() - start, 1.0)
            text = f"{done} of {scans} scans"
            for line in failure_lines(event):
                progress.console.print(line, markup=False, highlight=False)
            progress.update(bar, description=text, completed=read, total=total, rate=rate)


def _with_lines(events: Iterable[Event], scans: int, console: Console, plain: bool) -> Iterator[ScanDone]:
    done = 0
    for event in events:
        if isinstance(event, ScanDone):
            done += 1
            what = _count(event.pages, "page")
            what += "" if plain else f", {_count(len(event.records), 'record')}"
            how = "already read" if event.kept else f"{event.seconds:.1f} s"
            console.print(
                f"[{done}/{scans}] {event.source}: {what}, {how}",
                markup=False,
                highlight=False,
                soft_wrap=True,
            )
            yield event
        for line in failure_lines(event):
            console.print(line, markup=False, highlight=False, soft_wrap=True)


def failure_lines(event: Event) -> list[str]:
    """What went wrong with a scan that is done, one line each."""
    if not isinstance(event, ScanDone):
        return []
    lines = []
    for failure in event.failures:
        where = "" if failure["page"] is None else f", page {failure['page']}"
        lines.append(f"  {event.source}{where}: {failure['message']} [{failure['error']}]")
    return lines


def rows(scan: ScanDone, keys: dict[str, tuple[str, str]]) -> list[Row]:
    """The lines of the table for one scan; `keys` names for each form the leaf that tells its records apart."""
    if not scan.records:
        problem = scan.failures[0]["error"] if scan.failures else "no record"
        return [Row(scan.source, str(scan.pages or ""), None, "", 0, 0, 0, scan.seconds, scan.kept, problem)]
    found = []
    for index, line in enumerate(scan.records):
        record = json.loads(line)
        counts = dict.fromkeys(("accepted", "review", "missing"), 0)
        for field in record["fields"]:
            counts[field["status"]] += 1
        key = keys.get(record["form"], ("", ""))[0]
        value = next((field["value"] for field in record["fields"] if field["path"] == key), None)
        row = Row(
            scan.source,
            _ranges(record["pages"]),
            record["record"],
            "" if value is None else str(value),
            counts["accepted"],
            counts["review"],
            counts["missing"],
            scan.seconds if index == 0 else 0.0,
            scan.kept,
        )
        found.append(row)
    return found


def key_leaves(forms: Sequence[Form]) -> dict[str, tuple[str, str]]:
    """For each form the path and printed label of its first code, else of its first value."""
    keys = {}
    for form in forms:
        plain = [(path, leaf) for path, leaf in form.leaves() if "[" not in path]
        coded = [(path, leaf) for path, leaf in plain if getattr(leaf, "kind", "") == "code"]
        for path, leaf in (coded or plain)[:1]:
            labels: Sequence[str] = getattr(leaf, "labels", ())
            keys[form.name] = (path, labels[0] if labels else path)
    return keys


def table(found: Sequence[Row], keys: dict[str, tuple[str, str]]) -> Table:
    """The table of what a batch gave."""
    titles = {label for _, label in keys.values()}
    view = Table(box=None, pad_edge=False, header_style="bold")
    view.add_column("scan", overflow="fold")
    view.add_column("pages")
    view.add_column("record", justify="right")
    view.add_column(titles.pop() if len(titles) == 1 else "key", overflow="fold")
    for name in ("accepted", "review", "missing", "seconds"):
        view.add_column(name, justify="right")
    for row in found[:TABLE_ROWS]:
        counts = [row.accepted, row.review, row.missing] if row.record is not None else ["", "", ""]
        seconds = "kept" if row.kept else f"{row.seconds:.1f}" if row.seconds else ""
        record = "–" if row.record is None else str(row.record)
        view.add_row(row.source, row.pages, record, row.key or row.problem, *map(str, counts), seconds)
    if len(found) > TABLE_ROWS:
        view.add_row(f"… and {len(found) - TABLE_ROWS} more")
    return view


def _ranges(pages: Sequence[int]) -> str:
    if not pages:
        return ""
    return str(pages[0]) if len(pages) == 1 else f"{pages[0]}–{pages[-1]}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def totals(found: Sequence[Row], seconds: float) -> str:
    """The line under the table."""
    records = _count(sum(row.record is not None for row in found), "record")
    scans = _count(len({row.source for row in found}), "scan")
    accepted, review, missing = (
        sum(getattr(row, name) for row in found) for name in ("accepted", "review", "missing")
    )
    fields = f"{accepted} fields accepted, {review} to review, {missing} missing"
    return f"{records} in {scans} in {seconds:.1f} s: {fields}"
