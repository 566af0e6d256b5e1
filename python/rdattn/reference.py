"""Attention straight from its definition, in 64-bit floats: what the compiled code is held to.

It shares nothing with the compiler or the planner but the pattern's dataclasses.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._shapes import check_scale, check_shapes
from .pattern import Branch, Pattern, Segment

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_BLOCK = 1 << 21  # scores held at a time


# -- Orders ---------------------------------------------------------------------------------


def default_grid(length: int) -> tuple[int, int]:
    """(rows, cols): cols the smallest power of two >= sqrt(length), rows to hold all tokens."""
    cols = 1
    while cols * cols < length:
        cols *= 2
    return -(-length // cols), cols


def hilbert_order(rows: int, cols: int, tokens: int) -> list[int]:
    """The first ``tokens`` tokens of the grid in the order the curve visits their cells.

    Token t sits in row t // cols, column t % cols.
    """

    def line(x: int, y: int, dx: int, dy: int, count: int) -> Iterator[int]:
        start, step = y * cols + x, dy * cols + dx
        cells = range(start, start + step * count, step)
        if step > 0:
            return iter(range(start, min(cells.stop, tokens), step))
        skipped = max(0, -((tokens - 1 - start) // -step)) if start >= tokens else 0
        return iter(cells[skipped:])

    def go(x: int, y: int, ax: int, ay: int, bx: int, by: int) -> Iterator[int]:
        left, top = min(x, x + ax + bx + 1), min(y, y + ay + by + 1)
        if top * cols + left >= tokens:
            return  # no cell of this rectangle holds a token
        w, h = abs(ax + ay), abs(bx + by)
        sax, say, sbx, sby = _sign(ax), _sign(ay), _sign(bx), _sign(by)
        if h == 1:
            yield from line(x, y, sax, say, w)
            return
        if w == 1:
            yield from line(x, y, sbx, sby, h)
            return
        a2x, a2y, b2x, b2y = ax // 2, ay // 2, bx // 2, by // 2
        if 2 * w > 3 * h:
            if abs(a2x + a2y) % 2 and w > 2:
                a2x, a2y = a2x + sax, a2y + say
            yield from go(x, y, a2x, a2y, bx, by)
            yield from go(x + a2x, y + a2y, ax - a2x, ay - a2y, bx, by)
            return
        if abs(b2x + b2y) % 2 and h > 2:
            b2x, b2y = b2x + sbx, b2y + sby
        yield from go(x, y, b2x, b2y, a2x, a2y)
        yield from go(x + b2x, y + b2y, ax, ay, bx - b2x, by - b2y)
        yield from go(
            x + (ax - sax) + (b2x - sbx),
            y + (ay - say) + (b2y - sby),
            -b2x, -b2y, -(ax - a2x), -(ay - a2y),
        )  # fmt: skip

    return list(go(0, 0, cols, 0, 0, rows) if cols >= rows else go(0, 0, 0, rows, cols, 0))


def _sign(n: int) -> int:
    return (n > 0) - (n < 0)


@lru_cache(maxsize=64)
def positions(segment: Segment, tokens: int) -> Ints:
    """rho: the position of each of the segment's first ``tokens`` tokens in its order."""
    rho = np.arange(tokens, dtype=np.int64)
    if segment.order != "identity":
        order = segment.order
        rows, cols = default_grid(segment.length) if isinstance(order, str) else order
        rho[hilbert_order(rows, cols, tokens)] = np.arange(tokens)
    rho.setflags(write=False)
    return rho


# -- Which pairs ----------------------------------------------------------------------------


def spans(branch: Branch, tokens: int) -> Iterator[tuple[Segment, int, int]]:
    """(segment, first token, tokens in it) of the segments that hold the first ``tokens``."""
    first = 0
    while first < tokens:
        for segment in branch.segments:
            count = min(segment.length, tokens - first)
            if count <= 0:
                return
            yield segment, first, count
            first += count


@dataclass(frozen=True)
class Layout:
    """For each token of a branch: its segment, position, class, dilation and window reach."""

    segment: Ints
    first: Ints
    count: Ints
    rho: Ints
    dilation: Ints
    reach: Ints  # positions closer than this are inside the window

    def head_class(self, head: int, heads: int) -> Ints:
        """The class that ``head`` computes under ``per_head``, for each token's segment."""
        return head // -(-heads // self.dilation)

    def allowed(self, i: Ints, j: Ints, causal: bool) -> NDArray[np.bool_]:
        """Whether query token i sees key token j, element by element."""
        rho_i, rho_j, dilation = self.rho[i], self.rho[j], self.dilation[i]
        seen = self.segment[i] == self.segment[j]
        seen &= rho_i % dilation == rho_j % dilation
        seen &= np.abs(rho_i - rho_j) < self.reach[i]
        if causal:
            seen &= j <= i
        return seen


@lru_cache(maxsize=16)
def layout(branch: Branch, tokens: int) -> Layout:
    """The layout of the first ``tokens`` tokens. They must not reach past the branch's end."""
    columns = np.zeros((6, tokens), dtype=np.int64)
    for index, (segment, first, count) in enumerate(spans(branch, tokens)):
        window = segment.length if segment.window is None else segment.window
        reach = min(window * segment.dilation, count)
        part = columns[:, first : first + count]
        part.T[:] = index, first, count, 0, segment.dilation, reach
        part[3] = positions(segment, count)
    columns.setflags(write=False)
    return Layout(*columns)


def allowed_pairs(
    branch: Branch, i: Ints, j: Ints, *, tokens: int, causal: bool, head: int, heads: int
) -> NDArray[np.bool_]:
    """Whether ``head`` of ``heads`` lets query token i see key token j in this branch."""
    where = layout(branch, tokens)
    seen = where.allowed(i, j, causal)
    if branch.offsets == "per_head":
        seen &= where.rho[i] % where.dilation[i] == where.head_class(head, heads)[i]
    return seen


# -- Attention ------------------------------------------------------------------------------


def reference(
    q: ArrayLike,
    k: ArrayLike,
    v: ArrayLike,
    pattern: Pattern,
    *,
    causal: bool = False,
    scale: float | None = None,
    rows: Sequence[int] | Ints | None = None,
) -> tuple[Floats, Floats]:
    """The attention of ``pattern`` in 64-bit floats, computed from the definition.

    Slow (it computes a whole segment for each row) and meant for tests; memory stays bounded by
    blocks of rows of one head.

    Args:
        q, k, v: [B,S,H,D], [B,S,G,D] and [B,S,G,Dv]; NumPy arrays of any real type, or torch
            tensors.
        pattern: which tokens see which.
        causal: no token sees a later one.
        scale: of the scores; 1/sqrt(D) where None.
        rows: the query tokens to compute; the results then hold those rows only, in this order.

    Returns:
        o [B,S,H,Dv] and lse [B,H,S] (natural logarithm of the sum of exp of the scaled scores),
        both float64. A row without keys has o = 0 and lse = -inf.

    Raises:
        TypeError: ``pattern`` is not a Pattern, or ``scale`` not a number.
        ValueError: shapes that do not fit, S past the end of a branch, rows outside 0 .. S-1.
    """
    if not isinstance(pattern, Pattern):
        raise TypeError(f"pattern must be a Pattern, not {pattern!r}")
    qa, ka, va = (_to_numpy(name, x) for name, x in (("q", q), ("k", k), ("v", v)))
    sizes = check_shapes(qa.shape, ka.shape, va.shape)
    pattern.check_covers(sizes.tokens)
    factor = check_scale(scale, sizes.head_dim)
    wanted = _check_rows(rows, sizes.tokens)

    o = np.zeros((sizes.batch, len(wanted), sizes.heads, sizes.value_dim))
    lse = np.full((sizes.batch, sizes.heads, len(wanted)), -np.inf)
    for b, h in np.ndindex(sizes.batch, sizes.heads):
        g = h // (sizes.heads // sizes.kv_heads)
        for branch in pattern.branches:
            part = _branch(
                qa[b, :, h],
                ka[b, :, g],
                va[b, :, g],
                branch,
                wanted,
                factor,
                causal,
                h,
                sizes.heads,
            )
            o[b, :, h], lse[b, h] = _merge(o[b, :, h], lse[b, h], *part)
    return o, lse


def _to_numpy(name: str, x: Any) -> NDArray[Any]:
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(x, torch.Tensor):
        x = x.detach().cpu()
        x = (x if x.dtype == torch.float64 else x.to(torch.float32)).numpy()
    array = np.asarray(x)
    if array.dtype.kind in "cOSUMm":
        raise TypeError(f"{name} must hold real numbers, not {array.dtype}")
    return array


def _check_rows(rows: Sequence[int] | Ints | None, tokens: int) -> Ints:
    if rows is None:
        return np.arange(tokens)
    wanted = np.asarray(rows)
    if wanted.ndim != 1 or (wanted.size and wanted.dtype.kind not in "iu"):
        raise TypeError("rows must be a list of ints")
    if wanted.size and not (wanted.min() >= 0 and wanted.max() < tokens):
        raise ValueError(f"rows must lie in 0 .. {tokens - 1}")
    return wanted.astype(np.int64)


def _branch(
    q: NDArray[Any],
    k: NDArray[Any],
    v: NDArray[Any],
    branch: Branch,
    rows: Ints,
    scale: float,
    causal: bool,
    head: int,
    heads: int,
) -> tuple[Floats, Floats]:
    """One head of one branch: q [S,D], k [S,D], v [S,Dv] -> o [rows,Dv], lse [rows]."""
    tokens = len(k)
    o, lse = np.zeros((len(rows), v.shape[1])), np.full(len(rows), -np.inf)
    by_token = np.argsort(rows, kind="stable")
    sorted_rows = rows[by_token]
    begin = 0
    while begin < len(rows):
        # The rows of one segment, as many as a block holds.
        where = layout(branch, tokens)
        first = int(where.first[sorted_rows[begin]])
        count = int(where.count[sorted_rows[begin]])
        end = int(np.searchsorted(sorted_rows, first + count))
        end = min(end, begin + max(1, _BLOCK // count))
        at = by_token[begin:end]
        keys = np.arange(first, first + count)
        seen = allowed_pairs(
            branch, rows[at][:, None], keys[None, :],
            tokens=tokens, causal=causal, head=head, heads=heads,
        )  # fmt: skip
        o[at], lse[at] = _attend(q[rows[at]], k[keys], v[keys], seen, scale)
        begin = end
    return o, lse


def _attend(
    q: NDArray[Any], k: NDArray[Any], v: NDArray[Any], seen: NDArray[np.bool_], scale: float
) -> tuple[Floats, Floats]:
    """Softmax attention of q [m,D] over k [n,D], v [n,Dv] where ``seen`` [m,n]."""
    q, k, v = (x.astype(np.float64) for x in (q, k, v))
    with np.errstate(all="ignore"):
        scores = np.where(seen, (q @ k.T) * scale, -np.inf)
        largest = scores.max(axis=1, initial=-np.inf)
        some = seen.any(axis=1)
        weights = np.where(seen, np.exp(scores - largest[:, None]), 0.0)
        total = weights.sum(axis=1)
        lse = np.where(some, largest + np.log(total), -np.inf)
        weights /= np.where(some, total, 1.0)[:, None]
        if np.isfinite(v).all():
            return weights @ v, lse
        # 0 * NaN of a key that a row does not see must not reach it.
        return np.array([w[s] @ v[s] for w, s in zip(weights, seen, strict=True)]), lse


def _merge(o1: Floats, lse1: Floats, o2: Floats, lse2: Floats) -> tuple[Floats, Floats]:
    """Two results of the same rows by their denominators; an empty one changes nothing."""
    with np.errstate(all="ignore"):
        m = np.maximum(lse1, lse2)
        empty = np.isneginf(m)
        m0 = np.where(empty, 0.0, m)
        e1, e2 = np.exp(lse1 - m0), np.exp(lse2 - m0)
        total = np.where(empty, 1.0, e1 + e2)
        o = o1 * (e1 / total)[:, None] + o2 * (e2 / total)[:, None]
        return o, np.where(empty, -np.inf, m + np.log(total))
