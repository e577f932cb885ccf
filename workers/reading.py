"""`samnao read`: the plain text of scans, to a folder or to standard output."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path, PurePosixPath

from workers.cache import explained, write_whole
from workers.digitize import ScanDone

FORM_FEED = "\f"


def text_names(sources: Sequence[str], folders: frozenset[str]) -> dict[str, str]:
    """The name of each source's text: without its suffix, unless that would make two scans one file."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for source in sources:
        path = PurePosixPath(source)
        name = f"{source if source in folders else path.with_suffix('')}.txt"
        names[source] = name if name not in taken else f"{source}.txt"
        taken.add(names[source])
    return names


def text_of(scan: ScanDone) -> str:
    """The texts of the pages, divided by form feeds."""
    return FORM_FEED.join(text + "\n" if text else "" for text in scan.records)


def write_texts(scans: Iterable[ScanDone], out: Path, names: Callable[[str], str]) -> None:
    """Write the text of each scan as soon as it is done."""
    for scan in scans:
        if scan.pages:
            with explained(out):
                write_whole(out / names(scan.source), text_of(scan).encode())


def print_texts(
    scans: Iterable[ScanDone], sources: Callable[[], Sequence[str]], show: Callable[[str], None]
) -> None:
    """Show the texts in the order of the scans, each as soon as those before it are shown."""
    waiting: dict[str, ScanDone] = {}
    position = 0
    for scan in scans:
        waiting[scan.source] = scan
        order = sources()
        while position < len(order) and (ready := waiting.pop(order[position], None)) is not None:
            if ready.pages:
                show(text_of(ready))
            position += 1
    for scan in waiting.values():
        show(text_of(scan))
