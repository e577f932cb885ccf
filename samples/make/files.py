"""Writes scans as the files that offices keep: PDF, TIFF, JPEG, PNG, folders of pages."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from samples.make.damage import Scan


def write(pages: Sequence[Scan], bilevel: bool, dpi: float, target: Path, quality: int = 60) -> None:
    """Writes `pages` to `target`: its suffix says how (.pdf, .tif, .jpg, .png), none makes a folder of JPEG or PNG pages."""
    images = [_image(page, bilevel) for page in pages]
    resolution = (round(dpi), round(dpi))
    lossy = {} if bilevel else {"quality": quality}
    rest: dict[str, Any] = {"save_all": True, "append_images": images[1:], **lossy}
    match target.suffix:
        case ".pdf":
            start = time.gmtime(0)
            images[0].save(target, resolution=dpi, creationDate=start, modDate=start, **rest)
        case ".tif":
            images[0].save(target, compression="group4" if bilevel else "jpeg", dpi=resolution, **rest)
        case ".jpg":
            images[0].convert("L" if bilevel else images[0].mode).save(
                target, quality=quality, dpi=resolution
            )
        case ".png":
            images[0].save(target, dpi=resolution, optimize=True)
        case "":
            target.mkdir(parents=True, exist_ok=True)
            suffix = ".png" if bilevel else ".jpg"
            for number, page in enumerate(pages, 1):
                write([page], bilevel, dpi, target / f"{number}{suffix}", quality)
        case other:
            raise ValueError(f"no way to write {other} files; use .pdf, .tif, .jpg, .png or a folder")


def _image(page: Scan, bilevel: bool) -> Image.Image:
    image = Image.fromarray(page)
    return image.convert("1", dither=Image.Dither.NONE) if bilevel else image
