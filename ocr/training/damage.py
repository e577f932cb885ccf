"""The damage that scanners, copiers, faxes and telephones do to a line, at the resolution of the scan."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Float = NDArray[np.float32]

KINDS = ("clean", "flatbed", "feeder", "fax", "copy", "phone")


def _u8(image: Float) -> Grey:
    return np.clip(image, 0, 255).astype(np.uint8)


def _chance(rng: np.random.Generator, share: float) -> bool:
    return bool(rng.random() < share)


def warp(
    rng: np.random.Generator, image: Grey, baseline: float, height: float, turn: float, curl: float
) -> Grey:
    """Turn by up to `turn` degrees and bend by up to `curl` consonant heights; `baseline` stays put at the middle."""
    rows, columns = image.shape
    angle = np.deg2rad(rng.uniform(-turn, turn))
    angle = float(np.clip(angle, -0.9 * height / columns, 0.9 * height / columns))
    x = np.arange(columns, dtype=np.float32)
    shift = (x - columns / 2) * np.tan(angle)
    if curl:
        phase, length = rng.uniform(0, 2 * np.pi), rng.uniform(0.6, 2.5) * columns
        shift = shift + rng.uniform(0, curl) * height * np.sin(2 * np.pi * x / length + phase)
    slant = rng.uniform(-0.06, 0.06) if turn else 0.0
    y = np.arange(rows, dtype=np.float32)[:, None]
    map_y = (y + shift[None, :]).astype(np.float32)
    map_x = (x[None, :] + (y - baseline) * slant).astype(np.float32)
    return np.asarray(
        cv2.remap(image, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=255.0)
    )


def stroke(rng: np.random.Generator, image: Grey, height: float, most: float) -> Grey:
    """Make strokes thicker or thinner by up to `most` parts of the consonant height."""
    amount = rng.uniform(-most, most) * height
    scale = 2 if abs(amount) < 1.5 else 1
    radius = round(abs(amount) * scale / 2)
    if radius == 0:
        return image
    large = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    changed = cv2.erode(large, kernel) if amount > 0 else cv2.dilate(large, kernel)
    if amount < 0:  # thin strokes must not vanish
        changed = cv2.addWeighted(changed, 0.6, large, 0.4, 0)
    return np.asarray(cv2.resize(changed, (image.shape[1], image.shape[0]), interpolation=cv2.INTER_AREA))


def rules(rng: np.random.Generator, image: Grey, baseline: float, height: float) -> Grey:
    """Draw what is left of ruling lines or an underline under or over the text, and now and then a table's upright."""
    out = image.copy()
    columns = image.shape[1]
    thick = max(1, round(height * rng.uniform(0.03, 0.1)))
    shade = int(rng.integers(0, 140))
    kind = rng.integers(4)
    if kind == 0:  # underline or dotted line to write on
        y = round(baseline + height * rng.uniform(0.25, 0.75))
        if _chance(rng, 0.4):
            step = max(3, round(height * rng.uniform(0.15, 0.35)))
            for x in range(0, columns, step):
                cv2.circle(out, (x, y), max(1, thick // 2), shade, -1)
        else:
            cv2.line(out, (0, y), (columns, y + int(rng.integers(-2, 3))), shade, thick)
    elif kind == 1:  # rule of a table over or under the line, in pieces
        y = round(
            baseline + height * (rng.uniform(0.8, 1.1) if _chance(rng, 0.6) else -rng.uniform(2.1, 2.6))
        )
        x = 0
        while x < columns:
            end = x + int(rng.integers(5, 120))
            cv2.line(out, (x, y), (end, y), shade, thick)
            x = end + int(rng.integers(0, 60))
    elif kind == 2:  # upright rule at an end
        x = int(rng.integers(0, max(1, round(height * 0.6))))
        x = x if _chance(rng, 0.5) else columns - 1 - x
        cv2.line(out, (x, 0), (x, image.shape[0]), shade, thick)
    else:
        y = round(baseline + height * rng.uniform(0.3, 0.6))
        cv2.line(out, (0, y), (columns, y), shade, thick)
    return out


def emblem(rng: np.random.Generator, image: Grey, height: float) -> Grey:
    """Draw part of a pale emblem or watermark behind the text: arcs and strokes that cross the line."""
    rows, columns = image.shape
    ground = np.full_like(image, 255)
    x = int(rng.integers(0, columns))
    for _ in range(int(rng.integers(3, 14))):
        centre = (x + round(rng.normal(0, 3) * height), round(rows / 2 + rng.normal(0, 3) * height))
        shade, thick = int(rng.integers(120, 225)), max(1, round(height * rng.uniform(0.03, 0.12)))
        if _chance(rng, 0.5):
            axes = (round(height * rng.uniform(1, 8)), round(height * rng.uniform(1, 8)))
            cv2.ellipse(ground, centre, axes, float(rng.uniform(0, 180)), 0, 360, shade, thick, cv2.LINE_AA)
        else:
            end = (centre[0] + round(rng.normal(0, 5) * height), centre[1] + round(rng.normal(0, 3) * height))
            cv2.line(ground, centre, end, shade, thick, cv2.LINE_AA)
    return np.asarray(np.minimum(image, ground))


def paper(rng: np.random.Generator, image: Grey, ink: float, ground: float, texture: float) -> Float:
    """Map ink and paper to grey levels and add the paper's texture (standard deviation in grey levels)."""
    out = ink + image.astype(np.float32) * ((ground - ink) / 255.0)
    if texture:
        rows, columns = image.shape
        step = float(rng.uniform(1.0, 4.0))
        coarse = rng.normal(0, texture, (int(rows / step) + 2, int(columns / step) + 2)).astype(np.float32)
        out = out + cv2.resize(coarse, (columns, rows), interpolation=cv2.INTER_LINEAR)
    return np.asarray(out, dtype=np.float32)


def light(rng: np.random.Generator, image: Float, height: float, depth: float) -> Float:
    """Uneven light: a slow change of brightness of up to `depth` (0..1) along the line."""
    rows, columns = image.shape
    most = 2 + min(4, int(columns / (10 * height)))
    knots = 1 - rng.uniform(0, depth, (2, int(rng.integers(2, most + 1)))).astype(np.float32)
    return np.asarray(
        image * cv2.resize(knots, (columns, rows), interpolation=cv2.INTER_CUBIC), dtype=np.float32
    )


def streaks(rng: np.random.Generator, image: Float, height: float) -> Float:
    """A scanner's streaks, along or across the line."""
    out = image.copy()
    for _ in range(int(rng.integers(1, 4))):
        change = rng.uniform(-70, 50)
        if _chance(rng, 0.7):
            x = int(rng.integers(0, out.shape[1]))
            out[:, x : x + max(1, round(height * rng.uniform(0.02, 0.1)))] += change
        else:
            y = int(rng.integers(0, out.shape[0]))
            out[y : y + max(1, round(height * rng.uniform(0.02, 0.08)))] += change
    return out


def speckle(rng: np.random.Generator, image: Float, share: float, largest: int) -> Float:
    """Dark and light specks on `share` of the pixels, up to `largest` pixels across."""
    out = image.copy()
    rows, columns = image.shape
    for _ in range(int(rng.poisson(rows * columns * share))):
        y, x, size = int(rng.integers(rows)), int(rng.integers(columns)), int(rng.integers(1, largest + 1))
        out[y : y + size, x : x + size] = rng.uniform(0, 120) if _chance(rng, 0.65) else rng.uniform(200, 255)
    return out


def soften(rng: np.random.Generator, image: Float, sigma: float) -> Float:
    """Blur by a Gaussian of up to `sigma` pixels."""
    amount = float(rng.uniform(0.0, sigma))
    return np.asarray(cv2.GaussianBlur(image, (0, 0), amount), dtype=np.float32) if amount > 0.25 else image


def jpeg(rng: np.random.Generator, image: Float, low: int, high: int) -> Float:
    """Pass the image through JPEG of a quality between `low` and `high`."""
    done, data = cv2.imencode(
        ".jpg", _u8(image), [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(low, high + 1))]
    )
    if not done:
        return image
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), dtype=np.float32)


def bilevel(rng: np.random.Generator, image: Float, low: float, high: float) -> Float:
    """Threshold at `low` to `high` of the way from ink to paper; low ones break thin strokes."""
    dark, bright = np.percentile(image, 2), np.percentile(image, 85)
    limit = dark + (bright - dark) * rng.uniform(low, high)
    return np.where(image < limit, 0.0, 255.0).astype(np.float32)


def resample(rng: np.random.Generator, image: Float, height: float, low: float, high: float) -> Float:
    """Go down to a resolution at which consonants are `low`..`high` pixels high, and back half of the time."""
    factor = float(rng.uniform(low, high)) / height
    if factor >= 1:
        return image
    small = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    if _chance(rng, 0.5):
        return np.asarray(small, dtype=np.float32)
    way = cv2.INTER_LINEAR if _chance(rng, 0.6) else cv2.INTER_CUBIC
    return np.asarray(
        cv2.resize(small, (image.shape[1], image.shape[0]), interpolation=way), dtype=np.float32
    )


def bleed(rng: np.random.Generator, image: Grey) -> Grey:
    """The back of the sheet shining through: the line mirrored, shifted and pale."""
    back = cv2.GaussianBlur(np.roll(image[:, ::-1], int(rng.integers(-20, 20)), axis=1), (0, 0), 2.0)
    pale = 255 - (255 - back.astype(np.float32)) * rng.uniform(0.05, 0.22)
    return np.asarray(np.minimum(image, pale.astype(np.uint8)))


def damage(rng: np.random.Generator, image: Grey, height: float, kind: str) -> Grey:
    """Damage a drawn line as the named way of scanning does (one of `KINDS`); strength is drawn at random.

    The result may have another scale than the image. Raises ValueError for an unknown kind.
    """
    if kind == "clean":
        out = soften(rng, image.astype(np.float32), 0.7)
        if _chance(rng, 0.3):
            out = bilevel(rng, out, 0.45, 0.65)
    elif kind == "flatbed":
        out = paper(rng, image, rng.uniform(0, 60), rng.uniform(225, 255), rng.uniform(0, 4))
        out = jpeg(rng, soften(rng, out, 0.035 * height + 0.4), 60, 95)
    elif kind == "feeder":
        image = stroke(rng, image, height, 0.05)
        out = paper(rng, image, rng.uniform(0, 80), rng.uniform(210, 255), rng.uniform(0, 7))
        out = soften(rng, resample(rng, out, height, 9, 16), 0.9)
        out = streaks(rng, out, height) if _chance(rng, 0.3) else out
        out = jpeg(rng, out, 30, 85)
    elif kind == "fax":
        image = stroke(rng, image, height, 0.1)
        out = paper(rng, image, 0, 255, rng.uniform(0, 25))
        out = bilevel(rng, soften(rng, resample(rng, out, height, 8.5, 15), 0.7), 0.33, 0.77)
        out = speckle(rng, out, rng.uniform(0, 0.002), 2) if _chance(rng, 0.5) else out
        if _chance(rng, 0.3):  # enlarged or smoothed on the way, as copiers do
            factor = float(rng.uniform(1.0, 1.6))
            large = cv2.resize(out, None, fx=factor, fy=factor, interpolation=cv2.INTER_LINEAR)
            out = soften(rng, np.asarray(large, dtype=np.float32), 0.9)
    elif kind == "copy":
        image = stroke(rng, bleed(rng, image) if _chance(rng, 0.3) else image, height, 0.13)
        out = paper(rng, image, rng.uniform(20, 150), rng.uniform(190, 250), rng.uniform(2, 22))
        threshold = _chance(rng, 0.45)
        out = light(rng, soften(rng, out, 0.06 * height + 0.4), height, 0.1 if threshold else 0.28)
        # light faces keep their height and lose pieces of their strokes
        fine = threshold and _chance(rng, 0.5)
        out = out if fine else resample(rng, out, height, 10, 22)
        out = speckle(rng, out, rng.uniform(0, 0.004), 3)
        out = bilevel(rng, out, 0.22, 0.77) if threshold else jpeg(rng, out, 30, 90)
    elif kind == "phone":
        out = paper(rng, image, rng.uniform(10, 110), rng.uniform(150, 235), rng.uniform(1, 9))
        out = light(rng, soften(rng, out, 0.08 * height + 0.5), height, 0.36)
        if _chance(rng, 0.3):  # shaken
            length = max(2, round(height * rng.uniform(0.05, 0.14)))
            kernel = np.zeros((length, length), np.float32)
            (kernel[length // 2, :], kernel[:, length // 2])[int(rng.integers(2))][:] = 1.0 / length
            out = cv2.filter2D(out, -1, kernel).astype(np.float32)
        out = jpeg(rng, resample(rng, out, height, 11, 24), 35, 90)
    else:
        raise ValueError(f"unknown kind of damage {kind!r}: one of {', '.join(KINDS)}")
    return _u8(out)
