"""The shape rules that every entry point shares."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Sizes:
    """The sizes of one attention: q [B,S,H,D], k [B,S,G,D], v [B,S,G,Dv]."""

    batch: int
    tokens: int
    heads: int
    kv_heads: int
    head_dim: int
    value_dim: int

    @property
    def out_shape(self) -> Shape:
        """Of o: [B,S,H,Dv]."""
        return self.batch, self.tokens, self.heads, self.value_dim

    @property
    def lse_shape(self) -> Shape:
        """Of lse: [B,H,S]."""
        return self.batch, self.heads, self.tokens


def check_shapes(q: Shape, k: Shape, v: Shape) -> Sizes:
    """The sizes of three shapes, or ValueError with what does not fit."""
    for name, shape in (("q", q), ("k", k), ("v", v)):
        if len(shape) != 4:
            raise ValueError(f"{name} must be [batch, tokens, heads, head_dim], not {list(shape)}")
    for what, axis in (("batch", 0), ("tokens", 1)):
        if not q[axis] == k[axis] == v[axis]:
            raise ValueError(f"q, k and v differ in {what}: {q[axis]}, {k[axis]} and {v[axis]}")
    if q[3] != k[3]:
        raise ValueError(f"q and k differ in head_dim: {q[3]} and {k[3]}")
    if k[2] != v[2]:
        raise ValueError(f"k and v differ in heads: {k[2]} and {v[2]}")
    heads, kv_heads = q[2], k[2]
    if heads % kv_heads if kv_heads else heads:
        raise ValueError(f"q's {heads} heads are not a multiple of k's {kv_heads}")
    if q[3] < 1 or v[3] < 1:
        raise ValueError("head_dim must be at least 1")
    return Sizes(q[0], q[1], heads, kv_heads, q[3], v[3])


def check_scale(scale: object, head_dim: int) -> float:
    """``scale`` as the nearest 32-bit float; 1/sqrt(head_dim), unrounded, where None."""
    if scale is None:
        return 1 / math.sqrt(head_dim)
    if isinstance(scale, (bool, np.bool_)) or not isinstance(scale, (int, float, np.number)):
        raise TypeError(f"scale must be a number, not {scale!r}")
    with np.errstate(over="ignore"):
        rounded = float(np.float32(scale))
    if not math.isfinite(rounded):
        raise ValueError(f"scale must be a finite 32-bit float, not {scale!r}")
    return rounded
