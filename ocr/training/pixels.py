"""A line picture as Tesseract's network sees it: 48 pixels high, black and white levelled, whole numbers.

After Tesseract 5 (`ImageData::PreScale`, `NetworkIO::FromPix`, `NetworkIO::ComputeBlackWhite`); the scaling is
Leptonica's own, which Tesseract brings along.
"""

from __future__ import annotations

import ctypes
import ctypes.util
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

HEIGHT = 48
"""Rows of the network's input."""
FULL = 127
"""What an int8 network takes for 1."""

Grey = NDArray[np.uint8]


@cache
def _leptonica() -> ctypes.CDLL:
    name = ctypes.util.find_library("lept") or ctypes.util.find_library("leptonica")
    if name is None:
        raise OSError("Leptonica was not found: install Tesseract, which brings it along")
    library = ctypes.CDLL(name)
    library.pixCreate.restype = library.pixScale.restype = library.pixGetData.restype = ctypes.c_void_p
    library.pixScale.argtypes = [ctypes.c_void_p, ctypes.c_float, ctypes.c_float]
    library.pixDestroy.argtypes = [ctypes.POINTER(ctypes.c_void_p)]
    for name in ("pixGetData", "pixGetWpl", "pixGetWidth", "pixGetHeight"):
        getattr(library, name).argtypes = [ctypes.c_void_p]
    return library


def scaled(image: Grey, factor: float) -> Grey:
    """`image` scaled by `factor` both ways as Leptonica's `pixScale` does it (area mapping or interpolation, sharpened)."""
    library = _leptonica()
    rows, columns = image.shape
    source = ctypes.c_void_p(library.pixCreate(columns, rows, 8))
    target = ctypes.c_void_p()
    try:
        words = library.pixGetWpl(source)
        padded = np.zeros((rows, words * 4), np.uint8)
        padded[:, :columns] = image
        # The bytes of a word lie from its high end to its low one.
        turned = padded.reshape(rows, words, 4)[:, :, ::-1].copy()
        ctypes.memmove(library.pixGetData(source), turned.ctypes.data, turned.nbytes)
        target = ctypes.c_void_p(library.pixScale(source, factor, factor))
        rows, columns = library.pixGetHeight(target), library.pixGetWidth(target)
        words = library.pixGetWpl(target)
        turned = np.empty((rows, words, 4), np.uint8)
        ctypes.memmove(turned.ctypes.data, library.pixGetData(target), turned.nbytes)
    finally:
        library.pixDestroy(ctypes.byref(source))
        library.pixDestroy(ctypes.byref(target))
    return np.ascontiguousarray(turned[:, :, ::-1].reshape(rows, words * 4)[:, :columns])


def levels(image: Grey) -> tuple[float, float]:
    """Black and white of a line: quartiles of the dips and peaks along its middle row, outer ones."""
    row = image[image.shape[0] // 2].astype(np.int64)
    before, here, after = row[:-2], row[1:-1], row[2:]
    dips = here[((here < before) & (here <= after)) | ((here <= before) & (here < after))]
    peaks = here[((here > before) & (here >= after)) | ((here >= before) & (here > after))]
    return _quantile(dips, 0.25, 0), _quantile(peaks, 0.75, 255)


def _quantile(values: NDArray[np.int64], share: float, default: int) -> float:
    """Tesseract's `STATS::ile`: the value below which `share` lies, straight within the last one."""
    if not len(values):
        values = np.array([default])
    counts = np.bincount(values, minlength=256)
    wanted = min(max(share * len(values), 1.0), float(len(values)))
    reached = np.cumsum(counts)
    index = int(np.searchsorted(reached, wanted))
    return index + 1 - float(reached[index] - wanted) / float(counts[index])


def network_input(image: Grey) -> NDArray[np.int8]:
    """The input of an int8 network for a grey line picture: shape (48, columns), white about 127, black about -127."""
    if image.shape[0] != HEIGHT:
        image = scaled(image, HEIGHT / image.shape[0])
    if image.shape[0] != HEIGHT:  # rounding left a row out, or made one too many
        missing = max(0, HEIGHT - image.shape[0])
        image = np.asarray(
            cv2.copyMakeBorder(image, 0, missing, 0, 0, cv2.BORDER_REPLICATE)[:HEIGHT], np.uint8
        )
    black, white = levels(image)
    contrast = (white - black) / 2
    if contrast <= 0:
        contrast = 1.0
    levelled = np.rint((FULL + 1) * ((image - black) / contrast - 1))
    return np.asarray(np.clip(levelled, -FULL, FULL), np.int8)
