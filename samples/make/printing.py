"""Prints HTML to PDF with Chromium and finds on which pages marked records stand."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import pikepdf

CHROMIUM = "/usr/bin/chromium"
MARK = "https://record.invalid/"
SWITCHES = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--allow-file-access-from-files",
    "--no-pdf-header-footer",
)


def print_pdf(html: str, target: Path) -> None:
    """Writes `html` as a PDF at `target`; CalledProcessError where Chromium fails."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        page.write_text(html, encoding="utf-8")
        command = [
            CHROMIUM,
            *SWITCHES,
            f"--user-data-dir={folder}/profile",
            f"--print-to-pdf={target}",
            page.as_uri(),
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=120)


def take_marks(file: Path) -> dict[str, int]:
    """The page (from 1) of every mark, a link to ``MARK + name``; the links are removed and the file made reproducible."""
    marks: dict[str, int] = {}
    with pikepdf.open(file, allow_overwriting_input=True) as pdf:
        for number, page in enumerate(pdf.pages, 1):
            for annotation in page.get("/Annots", ()):
                address = str(annotation["/A"]["/URI"]) if "/A" in annotation else ""
                if address.startswith(MARK):
                    marks.setdefault(address.removeprefix(MARK), number)
            if "/Annots" in page:
                del page["/Annots"]
        for key in ("/StructTreeRoot", "/MarkInfo"):
            if key in pdf.Root:
                del pdf.Root[key]
        del pdf.docinfo
        pdf.save(file, deterministic_id=True)
    return marks


def mark(name: str) -> str:
    """The HTML of a mark that `take_marks` finds."""
    return f'<a class="mark" href="{MARK}{name}"></a>'
