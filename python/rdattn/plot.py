"""A picture of the allowed pairs, with the optional matplotlib."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .pattern import Pattern, check_count
from .reference import allowed_pairs, layout

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# One hue per segment, in turn; the classes of a segment are tints of it.
_HUES = (
    np.array(
        [
            (0x1F, 0x77, 0xB4), (0xD6, 0x27, 0x28), (0x2C, 0xA0, 0x2C), (0x94, 0x67, 0xBD),
            (0xFF, 0x7F, 0x0E), (0x17, 0xBE, 0xCF), (0xE3, 0x77, 0xC2), (0x8C, 0x56, 0x4B),
        ]
    )
    / 255
)  # fmt: skip
_PALEST = 0.65


def image(
    pattern: Pattern, *, tokens: int, causal: bool, head: int, heads: int, max_size: int
) -> NDArray[np.float64]:
    """RGB [n, n, 3] with n = min(tokens, max_size): white where nothing is allowed.

    Larger inputs are sampled: one token for each pixel. Where several branches allow a pair,
    their colours are averaged.
    """
    sample = _sample(tokens, min(tokens, max_size))
    n = len(sample)
    i, j = sample[:, None], sample[None, :]
    total, count = np.zeros((n, n, 3)), np.zeros((n, n, 1))
    for branch in pattern.branches:
        seen = allowed_pairs(branch, i, j, tokens=tokens, causal=causal, head=head, heads=heads)
        where = layout(branch, tokens)
        hue = _HUES[where.segment[sample] % len(_HUES)]
        dilation = where.dilation[sample]
        tint = _PALEST * (where.rho[sample] % dilation) / dilation
        colour = hue + (1 - hue) * tint[:, None]
        total += np.where(seen[:, :, None], colour[:, None, :], 0)
        count += seen[:, :, None]
    return np.where(count > 0, total / np.maximum(count, 1), 1.0)


def _sample(tokens: int, n: int) -> NDArray[np.int64]:
    """n ascending tokens, one from each n-th of them, at offsets that beat with no dilation."""
    edges = np.arange(n + 1) * tokens // n
    offset = np.arange(n) * ((np.sqrt(5) - 1) / 2) % 1
    return edges[:-1] + (offset * np.diff(edges)).astype(np.int64)


def plot(
    pattern: Pattern,
    ax: Axes | None,
    *,
    tokens: int,
    causal: bool,
    head: int,
    heads: int,
    max_size: int,
) -> Axes:
    """Draws `image` on ``ax``, or on new axes. `Pattern.plot` says what the arguments are."""
    for name, value in (("tokens", tokens), ("heads", heads), ("max_size", max_size)):
        check_count(name, value)
    if not 0 <= head < heads:
        raise ValueError(f"head must lie in 0 .. {heads - 1}, not {head}")
    pattern.check_covers(tokens)
    axes: Any = new_axes() if ax is None else ax
    pixels = image(pattern, tokens=tokens, causal=causal, head=head, heads=heads, max_size=max_size)
    axes.imshow(pixels, extent=(0, tokens, tokens, 0), interpolation="nearest")
    axes.set_xlabel("key token")
    axes.set_ylabel("query token")
    axes.set_title(f"{tokens} tokens" + (", causal" if causal else ""))
    return axes


def new_axes() -> Any:
    """Axes of a new figure; ImportError without matplotlib."""
    try:
        import matplotlib.pyplot as plt
    except ImportError:
        raise ImportError("plotting needs matplotlib: pip install 'rdattn[plot]'") from None
    return plt.subplots()[1]
