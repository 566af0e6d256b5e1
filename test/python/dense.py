"""The definition once more, in torch: whole sequences in 64-bit floats on a GPU.

Shares nothing with the package but the pattern's attributes. Every query is compared with every
key, whatever the pattern, in blocks of queries.
"""

import functools
import math
from dataclasses import dataclass

import numpy as np
import torch

import naive
from bounds import EPS

_BLOCK = 1 << 25  # scores held at a time


@functools.lru_cache(maxsize=8)
def _places(branch, tokens):
    """Segment, position, dilation and reach of the window of each token."""
    columns, first, index = np.zeros((4, tokens), dtype=np.int64), 0, 0
    while first < tokens:
        segment = branch.segments[index % len(branch.segments)]
        count = min(segment.length, tokens - first)
        reach = count if segment.window is None else segment.window * segment.dilation
        part = columns[:, first : first + count]
        part.T[:] = index, 0, segment.dilation, min(reach, count)
        part[1] = _positions(segment, count)
        first, index = first + count, index + 1
    return columns


def _positions(segment, count):
    if segment.order == "identity":
        return np.arange(count)
    rows, cols = naive.grid_of(segment)
    visited = np.array([y * cols + x for y, x in naive.hilbert(rows, cols)])
    positions = np.empty(count, dtype=np.int64)
    positions[visited[visited < count]] = np.arange(count)
    return positions


class _Mask:
    """How often each of some queries sees each key, for one head after another."""

    def __init__(self, pattern, queries, tokens, causal, heads):
        self.heads, self.branches = heads, []
        keys = torch.arange(tokens, device=queries.device)
        for branch in pattern.branches:
            place = torch.from_numpy(_places(branch, tokens)).to(queries.device)
            segment, rho, dilation, reach = place[:, queries, None]
            distance = rho - place[1]
            seen = segment == place[0]
            seen &= distance % dilation == 0
            seen &= distance.abs() < reach
            if causal:
                seen &= keys <= queries[:, None]
            self.branches.append((branch, seen, rho % dilation, dilation))

    def copies(self, head):
        total = 0
        for branch, seen, residue, dilation in self.branches:
            if branch.offsets == "per_head":
                computed = residue == head // (-(-self.heads // dilation))
                seen = seen & computed
            total = total + seen.to(torch.int32)
        return total


def _exact(q, k, v, copies, scale):
    """o and lse in 64-bit floats."""
    scores = (q.double() @ k.double().T) * scale
    scores = scores.masked_fill_(copies == 0, -math.inf)
    largest = scores.amax(dim=1, keepdim=True).nan_to_num(neginf=0.0)
    weights = copies * torch.exp(scores - largest)
    total = weights.sum(dim=1, keepdim=True)
    lse = (largest + total.log()).squeeze(1)
    return (weights @ v.double()) / total.masked_fill(total == 0, 1.0), lse


def _plain(q, k, v, copies, scale):
    """The plain computation that S10 compares with: rounded where a plain program rounds."""
    scores = (q.float() @ k.float().T) * scale
    scores = scores.masked_fill_(copies == 0, -math.inf)
    largest = scores.amax(dim=1, keepdim=True).nan_to_num(neginf=0.0)
    total = (copies * torch.exp(scores - largest)).sum(dim=1, keepdim=True)
    lse = (largest + total.log()).squeeze(1)
    scores = scores.to(q.dtype).float()
    largest = scores.amax(dim=1, keepdim=True).nan_to_num(neginf=0.0)
    weights = torch.exp(scores - largest)
    total = (copies * weights).sum(dim=1, keepdim=True)
    weights = copies * (weights / total.masked_fill(total == 0, 1.0)).to(q.dtype).float()
    return (weights @ v.float()).to(q.dtype).double(), lse.double()


@dataclass
class _Errors:
    """The largest magnitudes seen so far."""

    value: float = 0.0
    actual: float = 0.0
    plain: float = 0.0

    def add(self, actual, plain, exact):
        if exact.numel():
            self.value = max(self.value, exact.abs().max().item())
            self.actual = max(self.actual, (actual - exact).abs().max().item())
            self.plain = max(self.plain, (plain - exact).abs().max().item())

    def check(self, name, floor):
        bound = 2 * self.plain + floor * max(1, self.value)
        assert self.actual <= bound, f"{name} is {self.actual} off, more than {bound}"


def assert_within(actual, q, k, v, pattern, *, causal=False, scale=None, rows=None):
    """Asserts S10 for ``actual`` = (o, lse), on ``rows`` or on all of them, where q lies."""
    o, lse = actual
    batch, tokens, heads, head_dim = q.shape
    scale = 1 / math.sqrt(head_dim) if scale is None else float(np.float32(scale))
    rows = torch.arange(tokens) if rows is None else torch.as_tensor(rows)
    o_errors, lse_errors = _Errors(), _Errors()
    for queries in rows.to(q.device).split(max(1, _BLOCK // tokens)):
        mask = _Mask(pattern, queries, tokens, causal, heads)
        for h in range(heads):
            copies, g = mask.copies(h), h // (heads // k.shape[2])
            some = copies.any(dim=1)
            for b in range(batch):
                given = q[b, queries, h], k[b, :, g], v[b, :, g], copies, scale
                (o64, lse64), (o_plain, lse_plain) = _exact(*given), _plain(*given)
                o_part, lse_part = o[b, queries, h].double(), lse[b, h, queries].double()
                assert (lse_part.isneginf() == ~some).all(), "lse = -inf in other rows than empty"
                assert (o_part[~some] == 0).all(), "an empty row's o is not 0"
                assert o_part.isfinite().all(), "o is not finite"
                assert lse_part[some].isfinite().all(), "lse is not finite"
                o_errors.add(o_part, o_plain, o64)
                lse_errors.add(lse_part[some], lse_plain[some], lse64[some])
    o_errors.check("o", 2 * EPS[str(q.dtype).removeprefix("torch.")])
    lse_errors.check("lse", 1e-5)
