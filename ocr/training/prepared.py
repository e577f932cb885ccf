"""A line picture as the reader gets it: light evened by samnao's own preparation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ocr.prepare.light import evened

Grey = NDArray[np.uint8]

# A4 at any resolution, print of 16 points: preparation measures the paper in cells of a 150th of the longer side.
_CELL = 0.9


def lit(image: Grey, height: float) -> Grey:
    """A grey line picture on evenly lit white paper, as `ocr.prepare` leaves a page; consonants `height` pixels high."""
    rows = image.shape[0]
    page = np.vstack([image[::-1], image, image[::-1]])  # lines above and below, light that goes on smoothly
    return np.ascontiguousarray(evened(page, max(4, round(_CELL * height)))[0][rows : 2 * rows])
