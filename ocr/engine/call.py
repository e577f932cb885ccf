"""The one call of Tesseract, through pytesseract: images in, its hOCR out, its failures as our errors."""

from __future__ import annotations

import os
import re
import shlex
import tempfile
from collections.abc import Sequence
from pathlib import Path

import cv2
import pytesseract.pytesseract as tesseract

from ocr.errors import EngineError, EngineMissing, LanguageMissing, PageMemory, PageTimeout
from ocr.types import Image

_REMEDY = "sudo apt-get install tesseract-ocr tesseract-ocr-tha tesseract-ocr-eng tesseract-ocr-osd"


def recognise(
    images: Sequence[Image],
    *,
    language: str,
    mode: int,
    dpi: float,
    timeout: float,
    tessdata: Path | None = None,
    settings: Sequence[tuple[str, str]] = (),
) -> tuple[str, str]:
    """Read grey `images` in one Tesseract process: its hOCR (an ``ocr_page`` an image), its text (form feeds between).

    `language` is Tesseract's (``tha+eng``), looked for in `tessdata` or, where that is None, where the
    distribution put it. `mode` is the page segmentation mode, `timeout` in seconds for all images together.
    Temporary files are gone when this returns. Raises PageTimeout, PageMemory, EngineMissing, LanguageMissing.
    """
    os.environ["OMP_THREAD_LIMIT"] = "1"
    with tempfile.TemporaryDirectory(prefix="samnao-") as folder:
        stack = Path(folder) / "lines.tif"
        _write(stack, images)
        options = [
            f"--psm {mode}",
            f"--dpi {max(70, round(dpi))}",
            "-c tessedit_create_hocr=1",
            "-c tessedit_create_txt=1",
            "-c tessedit_do_invert=0",
            "-c hocr_char_boxes=1",
        ]
        options += [f"-c {key}={value}" for key, value in settings]
        if tessdata is not None:
            options.append(f"--tessdata-dir {shlex.quote(str(tessdata))}")
        try:
            tesseract.run_tesseract(
                input_filename=str(stack),
                output_filename_base=str(Path(folder) / "out"),
                extension="",  # the config files of that name need not lie beside our own model
                lang=language,
                config=" ".join(options),
                timeout=timeout,
            )
        except tesseract.TesseractNotFoundError as error:
            raise EngineMissing(f"the program tesseract is not installed; run: {_REMEDY}") from error
        except tesseract.TesseractError as error:
            raise _translated(error, language) from error
        except RuntimeError as error:
            raise PageTimeout(
                f"reading the page took longer than {timeout:.0f} s; look at the scan, or raise the time limit"
            ) from error
        out = Path(folder) / "out"
        return out.with_suffix(".hocr").read_text("utf-8"), out.with_suffix(".txt").read_text("utf-8")


def _write(path: Path, images: Sequence[Image]) -> None:
    """All images in one file (uncompressed TIFF pages), so that one process with one start-up reads them."""
    greys = [image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_RGB2GRAY) for image in images]
    if not cv2.imwritemulti(str(path), greys, [cv2.IMWRITE_TIFF_COMPRESSION, 1]):
        raise EngineError(f"cannot write temporary images to {path.parent}; free some disk space")


def _translated(error: tesseract.TesseractError, language: str) -> Exception:
    message = str(error.message)
    if re.search(r"loading language|data file|couldn't load any", message, re.IGNORECASE):
        return LanguageMissing(f"Tesseract's data for {language} is not installed; run: {_REMEDY}")
    if error.status in (-6, -9, -11, 134, 137) or "bad_alloc" in message:
        return PageMemory("reading the page took more memory than the limit; raise the limit or scan smaller")
    return EngineError(f"tesseract failed with status {error.status}: {message.strip()[-300:]}")
