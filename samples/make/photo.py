"""A phone's photograph of a sheet on a table: perspective, curl, shadow, tint, noise."""

from __future__ import annotations

import cv2
import numpy as np

from samples.make.paper import Ink, f32, field


def photographed(sheet: Ink, rng: np.random.Generator, hard: float = 1.0) -> Ink:
    """`sheet` as a phone sees it; `hard` scales perspective, curl and shadow. Float RGB, 0 to 1."""
    height, width = sheet.shape[:2]
    margin = rng.uniform(0.03, 0.09)
    out_w, out_h = int(width * (1 + 2 * margin)), int(height * (1 + 2 * margin))
    jitter = 0.035 * hard * width
    corners = f32([[0, 0], [width, 0], [width, height], [0, height]])
    centre_shift = np.array([margin * width, margin * height])
    target = f32(corners + centre_shift + rng.uniform(-jitter, jitter, (4, 2)))
    turn = cv2.getRotationMatrix2D((out_w / 2, out_h / 2), rng.uniform(-3, 3) * hard, 1.0)
    target = f32(cv2.transform(target[None], turn)[0])
    back = np.linalg.inv(cv2.getPerspectiveTransform(corners, target))
    xs, ys = np.meshgrid(np.arange(out_w, dtype=np.float32), np.arange(out_h, dtype=np.float32))
    w = back[2, 0] * xs + back[2, 1] * ys + back[2, 2]
    u = (back[0, 0] * xs + back[0, 1] * ys + back[0, 2]) / w
    v = (back[1, 0] * xs + back[1, 1] * ys + back[1, 2]) / w
    bend = rng.uniform(-1, 1) * 0.012 * hard * height
    phase = rng.uniform(0.6, 1.4)
    across = np.clip(u / width, 0, 1)
    along = np.clip(v / height, 0, 1)
    lift = np.sin(np.pi * across * phase) * (0.4 + 0.6 * along)
    v2 = f32(v + bend * lift)
    u2 = f32(u + 0.004 * hard * width * np.sin(np.pi * across) * np.sign(bend))
    page = cv2.remap(sheet, u2, v2, cv2.INTER_CUBIC, borderValue=(0, 0, 0))
    inside = cv2.remap(np.ones((height, width), np.float32), u2, v2, cv2.INTER_LINEAR, borderValue=0)
    shade = 1 - 0.10 * hard * np.cos(np.pi * across * phase) * np.sign(bend)
    page = np.clip(page, 0, 1) * shade[:, :, None]
    drop = cv2.GaussianBlur(np.roll(inside, (7, 9), (0, 1)), (0, 0), 9)
    scene = _table(rng, out_h, out_w) * (1 - 0.45 * drop * (1 - inside))[:, :, None]
    scene = scene * (1 - inside[:, :, None]) + page * inside[:, :, None]
    scene *= _light(rng, out_h, out_w, hard)[:, :, None]
    scene *= f32([rng.uniform(0.97, 1.0), rng.uniform(0.94, 0.99), rng.uniform(0.84, 0.97)])
    scene = cv2.GaussianBlur(f32(scene), (0, 0), rng.uniform(0.45, 0.9))
    noise = cv2.GaussianBlur(f32(rng.normal(0, 0.022, scene.shape)), (0, 0), 0.7)
    photo: Ink = np.clip(scene + noise, 0, 1)
    return photo


def _light(rng: np.random.Generator, height: int, width: int, hard: float) -> Ink:
    """Uneven lamp light and the soft shadow of a hand or the phone."""
    lamp = 0.80 + 0.2 * field(rng, height, width, 2)
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    angle = rng.uniform(0, 2 * np.pi)
    edge = (xs / width - 0.5) * np.cos(angle) + (ys / height - 0.5) * np.sin(angle) - rng.uniform(0.0, 0.3)
    edge += 0.05 * np.sin(4 * ys / height + rng.uniform(0, 6))
    depth = rng.uniform(0.12, 0.4) * min(hard, 1.3)
    shadow = 1 - depth / (1 + np.exp(-edge / rng.uniform(0.012, 0.06)))
    return f32(lamp * shadow)


def _table(rng: np.random.Generator, height: int, width: int) -> Ink:
    """Wood, cloth or a plain desk."""
    colours = (
        (0.42, 0.29, 0.18),
        (0.25, 0.24, 0.26),
        (0.55, 0.52, 0.47),
        (0.16, 0.22, 0.3),
        (0.62, 0.48, 0.33),
    )
    colour = f32(colours[rng.integers(len(colours))])
    grain = cv2.resize(
        f32(rng.normal(0, 1, (height // 3, 24))), (width, height), interpolation=cv2.INTER_CUBIC
    )
    fine = f32(rng.normal(0, 0.02, (height, width)))
    texture = 1 + rng.choice((0.03, 0.09)) * grain + fine
    return f32(np.clip(colour * texture[:, :, None], 0, 1))
