"""Scanners through SANE's own program `scanimage`: which there are, what they can do, and a batch of pages into a folder.

A page is there whole or not at all: scanimage writes ``NAME.part`` and renames it.
"""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from workers.errors import ScannerError

PAGES = "%05d.png"
A4 = (210, 297)
_PATIENCE = 120
"""Seconds for a scanner to answer; those on a network are looked for."""


@dataclass(frozen=True, slots=True)
class Device:
    """A scanner: its name for SANE, and what people call it."""

    name: str
    title: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a batch ended: the pages it brought, and why it stopped early (None: it did not)."""

    pages: tuple[Path, ...]
    trouble: str | None


def devices() -> list[Device]:
    """The scanners that SANE finds; ScannerError where SANE is not installed."""
    listed = _run(["-f", "%d\t%v %m%n"])
    found = []
    for line in listed.stdout.splitlines():
        name, tab, title = line.partition("\t")
        if tab:
            found.append(Device(name, title.replace("_", " ").strip()))
    return found


def chosen_device(wanted: str | None) -> str:
    """The device to use: the one wanted, or the only one there is."""
    if wanted is not None:
        return wanted
    found = devices()
    if not found:
        raise ScannerError(
            "no scanner was found: switch it on, check its cable or network, and that this user may use it "
            "(group scanner); `scanimage -L` shows what SANE finds"
        )
    if len(found) > 1:
        names = "\n".join(f"  {one.name}  ({one.title})" for one in found)
        raise ScannerError(f"there are several scanners; name one with --device:\n{names}")
    return found[0].name


Options = dict[str, str]
"""The options that a device has, each with what it may be, as scanimage's help puts it."""


def options(device: str) -> Options:
    """What can be set on `device`; ScannerError where it cannot be opened."""
    shown = _run(["-d", device, "--help"])
    if "Options specific to device" not in shown.stdout:
        raise ScannerError(_opening(device, shown.stderr))
    found: Options = {}
    for match in re.finditer(
        r"^    (--?[A-Za-z][\w-]*)(?:\[=\((.*?)\)\]| (.*?))?(?: \[.*\])?$", shown.stdout, re.M
    ):
        found[match[1]] = (match[2] or match[3] or "").strip()
    return found


def arguments(
    has: Options, *, source: str | None, duplex: bool, resolution: int, mode: str
) -> tuple[list[str], bool]:
    """The arguments for a scan as asked, in the device's own words; and whether it feeds sheets by itself.

    ScannerError names what the device can do instead.
    """
    given: list[str] = []
    chosen, more = _source(has, source, duplex)
    if chosen is not None:
        given += ["--source", chosen]
    given += more
    if "--mode" in has:
        given += ["--mode", _mode(has["--mode"], mode)]
    if "--resolution" in has:
        _check_resolution(has["--resolution"], resolution)
        given += ["--resolution", str(resolution)]
    for name, length in (("--page-width", A4[0]), ("--page-height", A4[1]), ("-x", A4[0]), ("-y", A4[1])):
        span = re.match(r"-?[\d.]+\.\.([\d.]+)mm", has.get(name, ""))
        if span:
            given += [name, f"{min(length, float(span[1])):g}"]
    return given, chosen is not None and _feeds(chosen)


def batch(
    device: str,
    given: Sequence[str],
    folder: Path,
    count: int | None,
    told: Callable[[int], None],
) -> Outcome:
    """Scan into `folder` until the feeder is empty, or `count` pages; `told` hears of each page by its number there.

    Pages that are in the folder already stay, the numbers go on behind them. Ctrl-C ends the batch with the page under way.
    """
    before = pages(folder)
    start = 1 + max((int(page.stem) for page in before), default=0)
    command = [_program(), "-d", device, *given, "--format=png", f"--batch={folder / PAGES}", "--batch-print"]
    command += [f"--batch-start={start}", *([] if count is None else [f"--batch-count={count}"])]
    cancelled = False
    with (folder / ".messages").open("w+") as messages:
        with subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=messages,
            text=True,
            start_new_session=True,  # a Ctrl-C reaches it through us alone: the second one would kill it
        ) as process:
            try:
                for line in _lines(process):
                    told(int(Path(line).stem))
            except KeyboardInterrupt:
                cancelled = True
                process.send_signal(signal.SIGINT)
            try:
                process.wait(timeout=_PATIENCE)
            except (subprocess.TimeoutExpired, KeyboardInterrupt):
                process.kill()
        messages.seek(0)
        said = messages.read()
    for part in folder.glob("*.part"):
        part.unlink()
    (folder / ".messages").unlink()
    found = tuple(page for page in pages(folder) if page not in before)
    return Outcome(
        found, "the scan was stopped" if cancelled else _trouble(device, process.returncode, said, len(found))
    )


def pages(folder: Path) -> list[Path]:
    """The pages in a folder of scans, in order."""
    return sorted(path for path in folder.glob("*.png") if path.stem.isdigit())


def _lines(process: subprocess.Popen[str]) -> Iterator[str]:
    assert process.stdout is not None
    for line in process.stdout:
        if line.strip():
            yield line.strip()


def _program() -> str:
    program = shutil.which("scanimage")
    if program is None:
        raise ScannerError("the program scanimage is not installed: run apt-get install sane-utils")
    return program


def _run(given: Sequence[str]) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            [_program(), *given],
            capture_output=True,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
            timeout=_PATIENCE,
        )
    except subprocess.TimeoutExpired:
        raise ScannerError(
            f"the scanner did not answer within {_PATIENCE} seconds: switch it off and on, then try again"
        ) from None


_TROUBLES = (
    ("jammed", "paper is jammed in the feeder: take it out, put back the sheets that are not scanned yet"),
    ("cover is open", "the scanner's cover is open: close it"),
    ("busy", "the scanner is busy: wait until it has finished, or switch it off and on"),
    ("out of documents", "the feeder is empty: put paper into it, or scan from the glass with --source"),
    ("has been denied", "this user may not use the scanner: add the user to the group scanner"),
    ("canceled", "the scan was stopped at the scanner"),
    ("device i/o", "the connection to the scanner broke: check its cable or network, switch it off and on"),
    ("out of memory", "the computer ran out of memory: scan with a lower --resolution"),
)
"""What SANE's status texts contain, and what it means for people (SANE standard, 4.2.7)."""


def _trouble(device: str, status: int, said: str, found: int) -> str | None:
    low = said.lower()
    if status == 0 and found:
        return None
    for sign, meaning in _TROUBLES:
        if sign in low:
            return meaning
    if "open of device" in low:
        return _opening(device, said)
    if status == 0:
        return "the scanner gave no page: check that there is paper in it"
    return f"the scanner stopped ({_last(said) or f'status {status}'}): switch it off and on, then go on"


def _opening(device: str, said: str) -> str:
    for sign, meaning in _TROUBLES:
        if sign in said.lower():
            return meaning
    return (
        f"the scanner {device} cannot be opened ({_last(said) or 'no answer'}): check its name with "
        "`samnao scan --list`, and that it is switched on"
    )


def _last(said: str) -> str:
    """What scanimage says went wrong: a call of SANE that failed, else its last words."""
    lines = [line.removeprefix("scanimage: ") for line in said.splitlines() if line.startswith("scanimage: ")]
    failed = [line for line in lines if "sane_" in line or "failed" in line]
    return (failed or lines or [""])[-1][:200]


def _words(allowed: str) -> list[str]:
    return [word.strip() for word in allowed.split("|") if word.strip()]


def _feeds(source: str) -> bool:
    return re.search(r"adf|feeder|duplex", source, re.IGNORECASE) is not None


def _source(has: Options, wanted: str | None, duplex: bool) -> tuple[str | None, list[str]]:
    """The source's own name, and what else is needed for both sides."""
    words = _words(has.get("--source", ""))
    if wanted is not None:
        for word in words:
            if word.casefold() == wanted.casefold() or wanted.casefold() in word.casefold():
                wanted = word
                break
        else:
            raise ScannerError(f"the scanner has no source {wanted}; it has {', '.join(words) or 'only one'}")
    if not duplex:
        fronts = [
            word for word in words if _feeds(word) and not re.search(r"duplex|back", word, re.IGNORECASE)
        ]
        return wanted or (fronts[0] if fronts else (words[0] if words else None)), []
    both = [word for word in words if re.search("duplex", word, re.IGNORECASE)]
    if both:
        return both[0], []
    for name in ("--adf-mode", "--ScanMode", "--duplex"):
        if name in has:
            value = next((word for word in _words(has[name]) if "duplex" in word.lower()), "yes")
            return _source(has, wanted, False)[0], [name, value] if value != "yes" else [f"{name}=yes"]
    raise ScannerError(
        "this scanner cannot scan both sides in one go: leave out --duplex, or scan the backs as a second batch"
    )


_MODES = {
    "gray": ("gray", "grey", "true gray", "8-bit gray", "grayscale"),
    "color": ("color", "colour", "24bit color", "24-bit color", "full color"),
    "lineart": ("lineart", "black & white", "binary", "threshold", "1-bit mono", "text"),
}


def _mode(allowed: str, wanted: str) -> str:
    words = _words(allowed)
    for name in (wanted.casefold(), *_MODES.get(wanted.casefold(), ())):
        for word in words:
            if word.casefold() == name:
                return word
    for word in words:
        if wanted.casefold() in word.casefold():
            return word
    raise ScannerError(f"the scanner has no mode {wanted}; it has {', '.join(words)}")


def _check_resolution(allowed: str, wanted: int) -> None:
    span = re.match(r"([\d.]+)\.\.([\d.]+)dpi", allowed)
    if span:
        good = float(span[1]) <= wanted <= float(span[2])
    else:
        known = [float(one) for one in re.findall(r"\d+(?:\.\d+)?", allowed)]
        good = not known or wanted in known
    if not good:
        raise ScannerError(f"the scanner cannot scan at {wanted} dpi; it can at {allowed}")
