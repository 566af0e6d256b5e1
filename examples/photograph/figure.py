"""Draws the photograph, the patterns over its pixels, and what attention made of it."""

from __future__ import annotations

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import picture
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

import rdattn
from rdattn.reference import layout

SHOWN = (1, 5, 7, 9, 11)  # heads, from near and alike to far and different
HUES = np.array([(0.16, 0.47, 0.75), (0.84, 0.30, 0.16), (0.17, 0.60, 0.30)])


def draw(
    image: picture.Floats,
    patterns: dict[str, rdattn.Pattern],
    results: dict[str, picture.Floats],
    path: Path,
) -> None:
    """One column of patterns beside the photograph, then a row of heads for each result."""
    figure, axes = plt.subplots(1 + len(results), len(SHOWN), figsize=(18, 10))
    _show(axes[0, 0], image, f"The photograph, with grain: {picture.TOKENS} pixels")
    for column, (name, pattern) in enumerate(patterns.items()):
        _draw_classes(axes[0, 1 + 2 * column], image, pattern, name)
        _draw_matrix(axes[0, 2 + 2 * column], pattern, name)
    for row, (name, o) in enumerate(results.items(), start=1):
        for column, head in enumerate(SHOWN):
            _show(axes[row, column], picture.colours(o, head), _title(head))
        axes[row, 0].set_ylabel(name, fontsize=11)
    _finish(figure, path)


def _show(axes: Axes, image: NDArray[np.floating], title: str) -> None:
    axes.imshow(image, interpolation="nearest")
    axes.set_title(title, fontsize=9)
    axes.set_xticks([])
    axes.set_yticks([])


def _title(head: int) -> str:
    sigmas = picture.SIGMAS[head]
    return rf"head {head}: $\sigma$ = {sigmas.position:g} pixels, {sigmas.colour:g} in colour"


def _draw_classes(axes: Axes, image: picture.Floats, pattern: rdattn.Pattern, name: str) -> None:
    """A hue per segment and a tint per class: a pixel sees the pixels of its own colour."""
    where = layout(pattern.branches[0], picture.TOKENS)
    share = (where.rho % where.dilation) / where.dilation
    hue = HUES[where.segment % len(HUES)]
    tint = (hue + (1 - hue) * share[:, None]).reshape(picture.ROWS, picture.COLS, 3)
    grey = image.mean(axis=2, keepdims=True)
    _show(axes, tint * (0.35 + 0.65 * grey), f"Segments and classes: {name}")
    for first in np.flatnonzero(np.diff(where.segment)) + 1:
        axes.axhline(first / picture.COLS - 0.5, color="white", linewidth=1)


def _draw_matrix(axes: Axes, pattern: rdattn.Pattern, name: str) -> None:
    """The allowed pairs; the inset is exact, over the first tokens of the second segment."""
    pattern.plot(axes, tokens=picture.TOKENS, max_size=448)
    axes.set_title(f"Allowed pairs: {name}", fontsize=9)
    axes.set_xticks([0, 2048, 6144, picture.TOKENS])
    axes.set_yticks([0, 2048, 6144, picture.TOKENS])
    axes.tick_params(labelsize=7)
    first, count = pattern.branches[0].segments[0].length - 8, 40
    tokens = np.arange(first, first + count)
    where = layout(pattern.branches[0], picture.TOKENS)
    allowed = where.allowed(tokens[:, None], tokens[None, :], causal=False)
    inset = axes.inset_axes((0.6, 0.63, 0.34, 0.34))
    inset.imshow(allowed, cmap="Greys", interpolation="nearest")
    inset.set_xlabel(f"tokens {first} to {first + count - 1}", fontsize=7)
    inset.set_xticks([])
    inset.set_yticks([])


def _finish(figure: Figure, path: Path) -> None:
    figure.suptitle(
        "Attention as edge-preserving smoothing: a pixel becomes the mean of its class's pixels"
        " that are near and alike. Nothing crosses the white lines between the segments.",
        fontsize=12,
    )
    figure.tight_layout(rect=(0, 0, 1, 0.98))
    figure.savefig(path, dpi=110)
    plt.close(figure)
