"""A photograph as attention inputs whose result means something: edge-preserving smoothing.

With x = (colour / sigma_c, position / sigma_p) of a pixel, a bilateral filter averages colours with
weights exp(-|x_i - x_j|^2 / 2). That is a softmax: since -|x_i - x_j|^2 / 2 = x_i.x_j - |x_j|^2 / 2
up to a constant of pixel i, it suffices that q_i = (x_i, 1) and k_j = (x_j, -|x_j|^2 / 2), with a
scale of 1. Each head has its own sigmas.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.cbook import get_sample_data
from matplotlib.image import imread
from numpy.typing import NDArray

Floats = NDArray[np.float32]

ROWS, COLS = 112, 128
TOKENS = ROWS * COLS  # pixels in raster order: neighbours in a row are neighbouring tokens
HEADS, HEAD_DIM = 12, 64
SIGMAS_POSITION = (2.0, 6.0, 24.0)  # pixels
SIGMAS_COLOUR = (0.1, 0.2, 0.4, 0.8)  # colours are in 0 .. 1
GRAIN = 0.06  # noise for the smoothing to remove
SCALE = 1.0


@dataclass(frozen=True)
class Sigmas:
    """How far apart two pixels may be, in pixels and in colour, to be averaged."""

    position: float
    colour: float


SIGMAS = [Sigmas(p, c) for p in SIGMAS_POSITION for c in SIGMAS_COLOUR]


def photograph() -> Floats:
    """Grace Hopper's face, [ROWS, COLS, 3]: matplotlib's sample in blocks of 3 x 3, with grain."""
    with get_sample_data("grace_hopper.jpg") as file:
        pixels = imread(file, format="jpg")
    face = pixels[20 : 20 + 3 * ROWS, 74 : 74 + 3 * COLS].astype(np.float32) / 255
    grain = np.random.default_rng(1944).normal(0, GRAIN, (ROWS, COLS, 3)).astype(np.float32)
    return np.clip(face.reshape(ROWS, 3, COLS, 3, 3).mean(axis=(1, 3)) + grain, 0, 1)


def _features(image: Floats, sigmas: Sigmas) -> Floats:
    """x of every pixel, [TOKENS, 5], around 0 so that scores keep their digits."""
    row, col = np.mgrid[:ROWS, :COLS].astype(np.float32)
    position = np.stack([row, col], axis=-1).reshape(TOKENS, 2) / sigmas.position
    colour = image.reshape(TOKENS, 3) / sigmas.colour
    x = np.concatenate([colour, position], axis=1)
    return x - x.mean(axis=0)


def _rotation() -> Floats:
    """A fixed rotation of HEAD_DIM dimensions: products stay, and every channel holds data."""
    random = np.random.default_rng(1906)
    return np.linalg.qr(random.standard_normal((HEAD_DIM, HEAD_DIM)))[0].astype(np.float32)


def _values(image: Floats) -> Floats:
    """[TOKENS, HEAD_DIM]: the colour, then fixed random mixtures of colour and position."""
    colour = image.reshape(TOKENS, 3)
    row, col = np.mgrid[:ROWS, :COLS].reshape(2, TOKENS, 1) / COLS
    known = np.concatenate([colour, row, col], axis=1)
    mixture = np.random.default_rng(1992).standard_normal((known.shape[1], HEAD_DIM - 3))
    return np.concatenate([colour, np.cos(known @ mixture)], axis=1).astype(np.float32)


def inputs(image: Floats) -> tuple[Floats, Floats, Floats]:
    """q, k and v, each [1, TOKENS, HEADS, HEAD_DIM]."""
    q = np.zeros((1, TOKENS, HEADS, HEAD_DIM), np.float32)
    k = np.zeros_like(q)
    for head, sigmas in enumerate(SIGMAS):
        x = _features(image, sigmas)
        q[0, :, head, :5] = k[0, :, head, :5] = x
        q[0, :, head, 5] = 1
        k[0, :, head, 5] = -(x * x).sum(axis=1) / 2
    v = np.repeat(_values(image)[None, :, None, :], HEADS, axis=2)
    rotation = _rotation()
    return q @ rotation, k @ rotation, v


def colours(o: Floats, head: int) -> Floats:
    """What ``head`` made of the photograph, [ROWS, COLS, 3]."""
    return np.clip(o[0, :, head, :3].reshape(ROWS, COLS, 3), 0, 1)
