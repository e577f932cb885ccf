"""Which way is up: Thai and Latin print both carry more ink above their letters than below them.

Tone marks and the vowels ิ ี ึ ื ั ็ ำ and the stems of ป ฝ ฟ ไ ใ โ stand above the band of the consonants, only ุ ู
and a few tails below it (Latin: b d f h k l t and capitals against g j p q y).
"""

from __future__ import annotations

import cv2
import numpy as np

from ocr.prepare.ink import Mask
from ocr.prepare.lines import PrintLine

_CHUNK = 8
"""Letters judged together: enough for a steady middle height, few enough to follow a bent line."""


def upside_down(mask: Mask, lines: tuple[PrintLine, ...], height: float) -> float:
    """How strongly the ink of level `lines` says that the page stands on its head, −1 (upright) … 1.

    The balance of ink above and below the letters, taken as (lines for − lines against) over all lines
    that speak, and 0 where fewer than three stretches of print do.
    """
    total = cv2.integral(mask // 255)
    rows, columns = mask.shape
    near, far = 0.12 * height, 0.65 * height
    votes = []
    for line in lines:
        for start in range(0, len(line.x) - 3, _CHUNK):
            part = slice(start, start + _CHUNK)
            x0 = int(np.clip(line.x[part].min() - height / 2, 0, columns))
            x1 = int(np.clip(line.x[part].max() + height / 2, 0, columns))
            top, bottom = float(np.median(line.top[part])), float(np.median(line.bottom[part]))
            edges = np.clip(np.round([top - far, top - near, bottom + near, bottom + far]), 0, rows).astype(
                int
            )
            sums = total[edges, x1].astype(np.int64) - total[edges, x0]
            above, below = int(sums[1] - sums[0]), int(sums[3] - sums[2])
            if above + below >= 0.15 * height * height:
                votes.append((below - above) / (above + below))
    if len(votes) < 3:
        return 0.0
    return float(np.mean(votes))
