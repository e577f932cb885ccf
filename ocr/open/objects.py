"""What stands on a PDF page, with its place: pdfium's page objects, those inside forms included."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from ocr.types import Box

_DEEPEST = 12
_MOST_OBJECTS = 500_000


class Affine(NamedTuple):
    """The map (x, y) → (a·x + c·y + e, b·x + d·y + f), as PDF writes its matrices."""

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float

    def then(self, after: Affine) -> Affine:
        """This map followed by `after`."""
        return Affine(
            self.a * after.a + self.b * after.c,
            self.a * after.b + self.b * after.d,
            self.c * after.a + self.d * after.c,
            self.c * after.b + self.d * after.d,
            self.e * after.a + self.f * after.c + after.e,
            self.e * after.b + self.f * after.d + after.f,
        )

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Where (x, y) goes."""
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f

    def inverse(self) -> Affine:
        """The map back; ZeroDivisionError for a map that flattens the plane."""
        det = self.a * self.d - self.b * self.c
        a, b, c, d = self.d / det, -self.b / det, -self.c / det, self.a / det
        return Affine(a, b, c, d, -self.e * a - self.f * c, -self.e * b - self.f * d)

    def box(self, left: float, bottom: float, right: float, top: float) -> Box:
        """The upright box around the mapped rectangle."""
        corners = [self.point(x, y) for x in (left, right) for y in (bottom, top)]
        xs, ys = [x for x, _ in corners], [y for _, y in corners]
        return Box(min(xs), min(ys), max(xs), max(ys))


IDENTITY = Affine(1, 0, 0, 1, 0, 0)


@dataclass(frozen=True, slots=True)
class Placed:
    """One page object: pdfium's handle, its type (FPDF_PAGEOBJ_…) and the map from its frame to the page's points."""

    handle: Any
    kind: int
    to_page: Affine

    @property
    def key(self) -> int:
        """The identity of the object within its page."""
        return address(self.handle)

    def matrix(self) -> Affine:
        """The object's own matrix, on to the page's points."""
        value = pdfium_c.FS_MATRIX()
        pdfium_c.FPDFPageObj_GetMatrix(self.handle, value)
        return Affine(value.a, value.b, value.c, value.d, value.e, value.f).then(self.to_page)

    def bounds(self, onto: Affine) -> Box | None:
        """The box around the object in the frame that `onto` maps page points to; None for an empty one."""
        left, bottom, right, top = (ctypes.c_float() for _ in range(4))
        if not pdfium_c.FPDFPageObj_GetBounds(self.handle, left, bottom, right, top):
            return None
        return self.to_page.then(onto).box(left.value, bottom.value, right.value, top.value)


def address(handle: Any) -> int:
    """The address behind a pdfium handle, 0 for none."""
    return ctypes.cast(handle, ctypes.c_void_p).value or 0


def page_objects(page: pdfium.PdfPage) -> list[Placed]:
    """The text, path, image and shading objects in the order in which they are painted."""
    found: list[Placed] = []
    for i in range(pdfium_c.FPDFPage_CountObjects(page)):
        found.extend(_inside(pdfium_c.FPDFPage_GetObject(page, i), IDENTITY, 0))
        if len(found) > _MOST_OBJECTS:
            break
    return found


def _inside(handle: Any, to_page: Affine, depth: int) -> Iterator[Placed]:
    if not handle:
        return
    placed = Placed(handle, pdfium_c.FPDFPageObj_GetType(handle), to_page)
    if placed.kind != pdfium_c.FPDF_PAGEOBJ_FORM:
        yield placed
    elif depth < _DEEPEST:
        inner = placed.matrix()
        for i in range(max(0, pdfium_c.FPDFFormObj_CountObjects(handle))):
            yield from _inside(pdfium_c.FPDFFormObj_GetObject(handle, i), inner, depth + 1)


def page_matrix(page: pdfium.PdfPage) -> Affine | None:
    """The map from the page's own points to points of the page as shown: origin top left, y down, turn applied.

    None where pdfium shows another part of the page than its boxes say.
    """
    boxes = [_sorted(page.get_mediabox()), _sorted(page.get_cropbox())]
    left, bottom = max(b[0] for b in boxes), max(b[1] for b in boxes)
    right, top = min(b[2] for b in boxes), min(b[3] for b in boxes)
    if right <= left or top <= bottom:
        left, bottom, right, top = boxes[0]
    turn = page.get_rotation()
    shown = (right - left, top - bottom) if turn in (0, 180) else (top - bottom, right - left)
    if any(abs(a - b) > 0.01 + 1e-4 * b for a, b in zip(shown, page.get_size(), strict=True)):
        return None
    return {
        0: Affine(1, 0, 0, -1, -left, top),
        90: Affine(0, 1, 1, 0, -bottom, -left),
        180: Affine(-1, 0, 0, 1, right, -bottom),
        270: Affine(0, -1, -1, 0, top, right),
    }[turn]


def _sorted(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    x0, y0, x1, y1 = box
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)
