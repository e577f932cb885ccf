"""What happens to the sheet itself before it is scanned: stamps, holes, staples, folds, print showing through.

Images are float32 RGB reflectance, 0 black to 1 white, shape (height, width, 3).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pypdfium2
from numpy.typing import NDArray

from samples.make import printing

Ink = NDArray[Any]


def f32(values: Any) -> Ink:
    """`values` as a float32 array."""
    return np.asarray(values, np.float32)


_STAMP_FILE = Path(__file__).parents[2] / "build" / "fonts" / "stamps.pdf"
_STAMPS = (
    '<div class="box" style="color:#c01828">สำเนาถูกต้อง</div>',
    '<div class="box" style="color:#2038a0">รับเรื่องแล้ว<br><small>วันที่ ๑๒ ก.ย. ๒๕๖๖</small></div>',
    '<div class="box" style="color:#b02040">ด่วนที่สุด</div>',
    '<div class="ring" style="color:#5a2a90"><span>สารบรรณ<br>สำนักงานเขต<br>★</span></div>',
    '<div class="box thin" style="color:#203090">เลขรับ ........ 1187<br>วันที่ ... 05 ต.ค. 2566<br>เวลา ... 10.45 น.</div>',
    '<div class="ring" style="color:#b01c30"><span>ตรวจแล้ว<br>ฝ่ายการคลัง</span></div>',
    '<div class="box" style="color:#187048">จ่ายเงินแล้ว</div>',
)


@cache
def stamps() -> tuple[Ink, ...]:
    """Rubber stamps at 200 dpi as ink on white, printed once and kept in the cache folder."""
    if not _STAMP_FILE.exists():
        _STAMP_FILE.parent.mkdir(parents=True, exist_ok=True)
        printing.print_pdf(_stamp_sheet(), _STAMP_FILE)
    pdf = pypdfium2.PdfDocument(_STAMP_FILE)
    pages = [page.render(scale=200 / 72).to_numpy()[:, :, 2::-1] for page in pdf]
    return tuple(f32(page) / 255 for page in pages)


def _stamp_sheet() -> str:
    style = """@page { size: 60mm 34mm; margin: 0; } body { margin: 0; font: bold 15pt 'Loma'; }
.s { width: 60mm; height: 34mm; display: flex; align-items: center; justify-content: center; break-after: page; }
.box { border: 1.2mm solid; border-radius: 2mm; padding: 2mm 4mm; text-align: center; } small { font-size: 9pt; }
.thin { border-width: .4mm; font: 9pt 'Loma'; text-align: left; }
.ring { border: .8mm double; border-radius: 50%; width: 30mm; height: 30mm; display: flex; align-items: center;
 justify-content: center; text-align: center; font-size: 9pt; }"""
    return f'<meta charset="utf-8"><style>{style}</style><body>{"".join(f"<div class=s>{s}</div>" for s in _STAMPS)}</body>'


def stamped(sheet: Ink, rng: np.random.Generator, dpi: float) -> Ink:
    """One stamp somewhere on the lower or upper part, turned a little, its ink uneven."""
    choices = stamps()
    stamp = choices[rng.integers(len(choices))]
    scale = dpi / 200 * rng.uniform(0.85, 1.15)
    stamp = cv2.resize(stamp, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    h, w = stamp.shape[:2]
    turn = cv2.getRotationMatrix2D((w / 2, h / 2), rng.uniform(-14, 14), 0.95)
    stamp = cv2.warpAffine(stamp, turn, (w, h), borderValue=(1, 1, 1))
    strength = 0.55 + 0.4 * field(rng, h, w, 12)
    height, width = sheet.shape[:2]
    y = int(rng.choice((rng.uniform(0.03, 0.3), rng.uniform(0.55, 0.85))) * (height - h))
    x = int(rng.uniform(0.1, 0.95) * (width - w))
    out = sheet.copy()
    out[y : y + h, x : x + w] *= 1 - (1 - stamp) * strength[:, :, None]
    return out


def punched(sheet: Ink, rng: np.random.Generator, dpi: float) -> Ink:
    """Two holes at the left edge, 80 mm apart; the scanner's lid shows dark or light through them."""
    out = sheet.copy()
    height = sheet.shape[0]
    shade = float(rng.choice((0.05, 0.15, 0.3, 0.8)))
    x = 11 / 25.4 * dpi + rng.normal(0, 0.02) * dpi
    for side in (-1, 1):
        centre = (int(x), int(height / 2 + side * 40 / 25.4 * dpi))
        radius = int(2.9 / 25.4 * dpi)
        cv2.circle(out, (centre[0] + 2, centre[1] + 2), radius + 1, (0.55, 0.55, 0.55), -1, cv2.LINE_AA)
        cv2.circle(out, centre, radius, (shade, shade, shade), -1, cv2.LINE_AA)
    return out


def stapled(sheet: Ink, rng: np.random.Generator, dpi: float) -> Ink:
    """A staple's dark line and soft shadow in the upper left corner."""
    out = sheet.copy()
    shadow: Ink = np.ones(sheet.shape[:2], np.float32)
    at = rng.uniform(0.25, 0.5, 2) * dpi
    angle = np.deg2rad(rng.uniform(20, 70))
    tip = at + 0.42 * dpi * np.array([np.cos(angle), -np.sin(angle)])
    line = tuple(int(v) for v in at), tuple(int(v) for v in tip)
    cv2.line(shadow, *line, 0.6, max(3, int(dpi / 22)))
    shadow = cv2.GaussianBlur(shadow, (0, 0), dpi / 60)
    cv2.line(shadow, *line, 0.25, max(1, int(dpi / 90)), cv2.LINE_AA)
    out *= shadow[:, :, None]
    return out


def folded(sheet: Ink, rng: np.random.Generator) -> Ink:
    """A fold across the sheet: a faint dark and a faint light line."""
    height = sheet.shape[0]
    y = height * rng.choice((1 / 3, 1 / 2, 2 / 3)) + rng.normal(0, 10)
    rows = np.arange(height, dtype=np.float32)
    crease = 1 - 0.22 * np.exp(-(((rows - y) / 2.2) ** 2)) + 0.05 * np.exp(-(((rows - y - 6) / 4) ** 2))
    return f32(sheet * crease[:, None, None])


def show_through(sheet: Ink, back: Ink, rng: np.random.Generator) -> Ink:
    """The print of the other side, mirrored, blurred and faint."""
    behind = cv2.GaussianBlur(back[:, ::-1], (0, 0), 2.0)
    behind = cv2.resize(behind, (sheet.shape[1], sheet.shape[0]))
    return f32(sheet * (1 - rng.uniform(0.06, 0.16) * (1 - behind)))


def field(rng: np.random.Generator, height: int, width: int, cells: int) -> Ink:
    """A smooth random field, 0 to 1, with about `cells` bumps along the longer side."""
    rough = rng.random(
        (max(2, cells * height // max(height, width)) + 2, max(2, cells * width // max(height, width)) + 2)
    )
    smooth = cv2.resize(f32(rough), (width, height), interpolation=cv2.INTER_CUBIC)
    return np.clip(smooth, 0, 1)
