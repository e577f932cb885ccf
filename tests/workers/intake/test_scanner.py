"""Scanning through SANE with its own `test` device: real scanimage, invented sheets."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ocr.open import Document, open_page, page_count
from tests.workers.intake.conftest import picture
from workers.errors import Busy, ScannerError
from workers.intake import sane, scanner
from workers.intake.scanner import Wish

FEEDER = "Automatic Document Feeder"
REAL = shutil.which("scanimage") or ""


@pytest.fixture(autouse=True)
def test_device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert REAL, "SANE is missing: apt-get install sane-utils"
    (tmp_path / "sane").mkdir()
    (tmp_path / "sane" / "dll.conf").write_text("test\n")
    monkeypatch.setenv("SANE_CONFIG_DIR", str(tmp_path / "sane"))


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Puts a script in the place of scanimage; in it, $REAL is the real one."""

    def put(script: str) -> None:
        path = tmp_path / "bin" / "scanimage"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\nREAL={REAL}\n{script}\n")
        path.chmod(0o755)
        monkeypatch.setenv("PATH", f"{path.parent}:{os.environ['PATH']}")

    return put


class Desk:
    """Where scans are handed in; `trouble` says why not."""

    def __init__(self, tmp_path: Path) -> None:
        self.kept, self.tmp = tmp_path / "kept", tmp_path
        self.got: list[tuple[int, str, str]] = []
        self.told: list[int] = []
        self.trouble: Exception | None = None
        self.turns = 99

    def deliver(self, whole: Path, device: str, key: str) -> None:
        if self.trouble:
            raise self.trouble
        document = Document("x", (whole,))
        self.got.append((page_count(document), device, key))
        self.page = open_page(document, 1)

    def turn(self, page: int) -> bool:
        return page <= self.turns

    def scan(self, wish: Wish, resume: Path | None = None) -> int:
        return scanner.scan(wish, self.kept, self.deliver, self.told.append, self.turn, resume)

    def left(self) -> list[str]:
        return sorted(one.relative_to(self.kept).name for one in self.kept.glob("*/*"))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_batch_from_the_feeder_is_one_document(desk: Desk) -> None:
    assert desk.scan(Wish("test:0", resolution=75)) == 10
    ((pages, device, key),) = desk.got
    assert (pages, device) == (10, "test:0")
    assert key.startswith("scan-")
    assert desk.told == list(range(1, 11))
    assert desk.left() == []
    assert desk.page.dpi == pytest.approx(75, abs=1)
    height, width = desk.page.image.shape[:2]
    assert (width, height) == pytest.approx((590, 590), abs=2)  # the test device's glass is 200 mm square


def test_from_the_glass_page_by_page(desk: Desk) -> None:
    assert desk.scan(Wish("test:0", source="flatbed", resolution=75)) == 1
    desk.turns = 3
    assert desk.scan(Wish("test:0", source="flatbed", resolution=75, mode="color", pages=5)) == 3
    assert [pages for pages, _, _ in desk.got] == [1, 3]


def test_at_most_so_many_pages(desk: Desk) -> None:
    assert desk.scan(Wish("test:0", resolution=75, pages=4)) == 4


@pytest.mark.parametrize(
    ("status", "message"),
    [
        ("JAMMED", "jammed"),
        ("NO_DOCS", "feeder is empty"),
        ("COVER_OPEN", "cover is open"),
        ("CANCELLED", "stopped at the scanner"),
        ("IO_ERROR", "cable or network"),
        ("DEVICE_BUSY", "busy"),
        ("ACCESS_DENIED", "group scanner"),
        ("INVAL", "Invalid argument"),
    ],
)
def test_each_trouble_is_said_clearly(
    desk: Desk, program: Callable[[str], None], status: str, message: str
) -> None:
    program(
        f'case "$*" in *--batch*) set -- "$@" --read-return-value SANE_STATUS_{status};; esac; exec $REAL "$@"'
    )
    with pytest.raises(ScannerError, match=f"nothing was scanned; .*{message}"):
        desk.scan(Wish("test:0", resolution=75))
    assert list(desk.kept.iterdir()) == []
    assert desk.got == []


JAM_AFTER_THREE = """
case "$*" in
*--batch-start=1*)
  "$REAL" "$@" --batch-count=3 && exec "$REAL" "$@" --batch-start=4 --read-return-value SANE_STATUS_JAMMED;;
*) exec "$REAL" "$@";;
esac
"""


def test_a_jam_loses_no_page_and_the_batch_goes_on(desk: Desk, program: Callable[[str], None]) -> None:
    program(JAM_AFTER_THREE)
    with pytest.raises(ScannerError) as stopped:
        desk.scan(Wish("test:0", resolution=75))
    (folder,) = desk.kept.iterdir()
    assert desk.left() == ["00001.png", "00002.png", "00003.png"]
    assert "jammed" in str(stopped.value)
    assert f"samnao scan --resume {folder}" in str(stopped.value)
    assert f"samnao submit --together {folder}" in str(stopped.value)
    assert desk.got == []
    assert desk.scan(Wish("test:0", resolution=75, pages=4), resume=folder) == 7
    assert [pages for pages, _, _ in desk.got] == [7]
    assert not folder.exists()


def test_ctrl_c_keeps_the_pages_that_are_there(desk: Desk) -> None:
    def interrupt(page: int) -> None:
        if page == 2:
            raise KeyboardInterrupt

    with pytest.raises(ScannerError, match="stopped"):
        scanner.scan(Wish("test:0", resolution=75), desk.kept, desk.deliver, interrupt, desk.turn)
    assert "00002.png" in desk.left()
    assert not [name for name in desk.left() if not name.endswith(".png")]


def test_a_scanner_program_that_dies_leaves_no_half_page(desk: Desk, program: Callable[[str], None]) -> None:
    program('case "$*" in *--batch*) set -- "$@" --read-return-value SANE_STATUS_EOF;; esac; exec $REAL "$@"')
    with pytest.raises(ScannerError, match="nothing was scanned; the scanner stopped"):
        desk.scan(Wish("test:0", resolution=75))
    assert list(desk.kept.iterdir()) == []


def test_a_scan_that_cannot_be_handed_in_is_kept(desk: Desk) -> None:
    desk.trouble = Busy("no more are taken: try again", 30)
    with pytest.raises(
        ScannerError, match=r"(?s)handed in: no more are taken.*2 pages are kept in .*samnao submit"
    ):
        desk.scan(Wish("test:0", resolution=75, pages=2))
    assert desk.left() == ["00001.png", "00002.png"]


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        (Wish("nosuch:0"), "cannot be opened"),
        (Wish("test:0", source="carousel"), "no source carousel; it has Flatbed"),
        (Wish("test:0", mode="lineart"), "no mode lineart; it has Gray, Color"),
        (Wish("test:0", resolution=9600), "cannot scan at 9600 dpi; it can at 1..1200dpi"),
        (Wish("test:0", duplex=True), "both sides"),
        (Wish(), "several scanners; name one with --device"),
    ],
)
def test_what_the_scanner_cannot_do_is_said_before_anything_moves(
    desk: Desk, wish: Wish, message: str
) -> None:
    with pytest.raises(ScannerError, match=message):
        desk.scan(wish)
    assert not desk.kept.exists()


def test_scanners_are_found_or_missed(tmp_path: Path, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [one.name for one in sane.devices()] == ["test:0", "test:1"]
    (tmp_path / "sane" / "dll.conf").write_text("")
    with pytest.raises(ScannerError, match="no scanner was found: switch it on"):
        desk.scan(Wish())
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ScannerError, match="apt-get install sane-utils"):
        sane.devices()


def test_words_of_real_devices() -> None:
    fujitsu = {"--source": "Flatbed|ADF Front|ADF Back|ADF Duplex", "--mode": "Lineart|Halftone|Gray|Color"}
    fujitsu |= {
        "--resolution": "50..600dpi (in steps of 1)",
        "--page-width": "0..224.846mm (in steps of 0.0211639)",
    }
    fujitsu |= {"-x": "0..224.846mm (in steps of 0.0211639)", "-y": "0..876.695mm"}
    given, feeds = sane.arguments(fujitsu, source=None, duplex=True, resolution=300, mode="gray")
    assert given[:6] == ["--source", "ADF Duplex", "--mode", "Gray", "--resolution", "300"]
    assert given[6:] == ["--page-width", "210", "-x", "210", "-y", "297"]
    assert feeds
    given, _ = sane.arguments(fujitsu, source=None, duplex=False, resolution=300, mode="lineart")
    assert given[1::2][:2] == ["ADF Front", "Lineart"]
    brother = {
        "--source": "FlatBed|Automatic Document Feeder(left aligned)",
        "--resolution": "100|150|300|600dpi",
    }
    brother |= {"--mode": "Black & White|Gray[Error Diffusion]|True Gray|24bit Color"}
    given, _ = sane.arguments(brother, source=None, duplex=False, resolution=300, mode="gray")
    assert given == [
        "--source",
        brother["--source"].split("|")[1],
        "--mode",
        "True Gray",
        "--resolution",
        "300",
    ]
    given, feeds = sane.arguments(brother, source="flatbed", duplex=False, resolution=600, mode="color")
    assert (given[1], given[3], feeds) == ("FlatBed", "24bit Color", False)
    epson = {"--source": "Flatbed|Automatic Document Feeder", "--adf-mode": "Simplex|Duplex"}
    assert sane.arguments(epson, source=None, duplex=True, resolution=300, mode="gray")[0][2:] == [
        "--adf-mode",
        "Duplex",
    ]
    assert sane.arguments({}, source=None, duplex=False, resolution=300, mode="gray") == ([], False)


def test_handing_in_a_folder_of_pages_again(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    for number in (2, 10, 1):
        picture(number).save(folder / f"{number:05d}.png")
    scanner.hand_in(folder, sane.pages(folder), "x", desk.deliver)
    assert desk.got == [(3, "x", "scan-pages-3")]
    assert not folder.exists()
