"""What is measured: the seed pattern, its sizes, its inputs and its useful work."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import ml_dtypes
import numpy as np

import rdattn
from rdattn import Pattern, Segment

TOKENS = 14336
SEGMENTS = ((2048, 1), (4096, 2), (8192, 4))
"""(length, dilation) of each segment."""

GRIDS = ((16, 128), (32, 128), (64, 128))
"""The Hilbert grid (rows, cols) of each segment, where it has one."""

DTYPES = {"float32": np.dtype(np.float32), "bfloat16": np.dtype(ml_dtypes.bfloat16)}


@dataclass(frozen=True)
class Case:
    """One row of the table."""

    dtype: str
    heads: int
    head_dim: int
    causal: bool

    @property
    def flops(self) -> float:
        """Useful work: two products of 2 FLOP for each allowed pair and column."""
        pairs = 0
        for length, dilation in SEGMENTS:
            n = length // dilation
            pairs += dilation * (n * (n + 1) // 2 if self.causal else n * n)
        return 4.0 * self.head_dim * self.heads * pairs

    def kernel(self, *, hilbert: bool = False) -> rdattn.Kernel:
        """Compiled, and kept by the package for the next call of this."""
        return rdattn.compile(
            pattern(hilbert=hilbert),
            dtype=self.dtype,
            head_dim=self.head_dim,
            causal=self.causal,
        )

    def inputs(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """q, k and v, the same in every run."""
        rng = np.random.default_rng(0)
        shape = (1, TOKENS, self.heads, self.head_dim)
        q, k, v = (
            rng.standard_normal(shape, dtype=np.float32).astype(DTYPES[self.dtype])
            for _ in range(3)
        )
        return q, k, v


def pattern(*, hilbert: bool = False) -> Pattern:
    """The seed pattern, with the curves or without an order."""
    return Pattern(
        [
            Segment(length, dilation=dilation, order=grid if hilbert else "identity")
            for (length, dilation), grid in zip(SEGMENTS, GRIDS, strict=True)
        ]
    )


def cases(dtypes: list[str]) -> Iterator[Case]:
    """All rows of the table, in its order."""
    for dtype in dtypes:
        for heads, head_dim in ((4, 64), (2, 128)):
            for causal in (False, True):
                yield Case(dtype, heads, head_dim, causal)
