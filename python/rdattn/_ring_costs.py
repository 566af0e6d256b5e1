"""What the ranks of a ring move and compute, counted by the planner, and when at given rates."""

from __future__ import annotations

import json
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _tensors
from ._layouts import check_layout
from ._library import native
from .pattern import Pattern, check_count

MOST_RANKS = 1024
"""Costs grow with the square of the ranks; rdattn-sim takes more of them."""

GIGA, TERA = 1e9, 1e12

_LINK = 450 * GIGA


@dataclass(frozen=True)
class Rates:
    """What one rank does in a second."""

    flops: float
    """Operations of its kernels, counting allowed pairs alone."""
    link: float
    """Bytes that it sends, and as many that it receives."""


@dataclass(frozen=True)
class RingCosts:
    """Of each rank (first axis) and step (second): counts, and what follows from them."""

    layout: str
    distances: list[int]
    """Of each step: the rows that a rank receives come from the rank so far before it."""
    shards: list[int]
    """The tokens of each rank."""
    received: NDArray[np.int64]
    """Rows of keys and values over batches and key/value heads; each is needed, and comes once."""
    pairs: NDArray[np.int64]
    """Allowed pairs of a query and a key, over batches and heads."""
    row_bytes: int
    pair_flops: int
    rates: Rates

    @property
    def size(self) -> int:
        return len(self.shards)

    @property
    def bytes(self) -> NDArray[np.float64]:
        """What each rank receives; the rank ``distance`` before it sends that over their link."""
        return np.multiply(self.received, float(self.row_bytes), dtype=np.float64)

    @property
    def sent(self) -> NDArray[np.float64]:
        """Bytes that each rank sends: what the rank ``distance`` after it receives."""
        targets = np.arange(self.size)[:, None] + np.array(self.distances)
        return np.take_along_axis(self.bytes, targets % self.size, axis=0)

    @property
    def transfer(self) -> NDArray[np.float64]:
        """Seconds in which the rows of a step arrive."""
        return self.bytes / self.rates.link

    @property
    def compute(self) -> NDArray[np.float64]:
        """Seconds in which the pairs of a step are computed."""
        seconds = self.pair_flops / self.rates.flops
        return np.multiply(self.pairs, seconds, dtype=np.float64)

    @property
    def work(self) -> NDArray[np.float64]:
        """The allowed pairs of each rank."""
        return self.pairs.sum(axis=1, dtype=np.float64)

    @property
    def imbalance(self) -> float:
        """The most work of a rank over the mean; 1 where there is none."""
        mean = self.work.mean()
        return float(self.work.max() / mean) if mean else 1.0

    def is_bound_by_transfer(self, step: int) -> bool:
        """Whether the rows take longer than the computation before, which hides them."""
        return step > 0 and bool(self.transfer[:, step].max() > self.compute[:, step - 1].max())


@dataclass(frozen=True)
class Timeline:
    """When each rank (first axis) moves and computes each step (second), in seconds."""

    arrives: NDArray[np.float64]
    """From when until when it receives: [rank, step, 2]."""
    computes: NDArray[np.float64]
    """From when until when it computes: [rank, step, 2]."""

    @property
    def end(self) -> float:
        return float(self.computes[:, -1, 1].max())


def timeline(costs: RingCosts) -> Timeline:
    """What follows from the rates alone, without latencies.

    A rank begins a step's transfers when it begins to compute the step before, and a transfer
    goes on once both of its ranks have. A step is computed when it has sent and received; where it
    moves nothing, it waits for nobody.
    """
    shape = (costs.size, len(costs.distances), 2)
    arrives, computes = np.zeros(shape), np.zeros(shape)
    computes[:, 0, 1] = costs.compute[:, 0]
    for step, distance in enumerate(costs.distances[1:], 1):
        posted = computes[:, step - 1, 0]
        begins = np.maximum(posted, np.roll(posted, distance))
        begins = np.where(costs.received[:, step] > 0, begins, 0.0)
        ends = begins + costs.transfer[:, step]
        arrives[:, step] = np.stack([begins, ends], axis=1)
        moved = np.maximum(ends, np.roll(ends, -distance))
        computes[:, step, 0] = np.maximum(computes[:, step - 1, 1], moved)
        computes[:, step, 1] = computes[:, step, 0] + costs.compute[:, step]
    return Timeline(arrives, computes)


def count(
    pattern: Pattern,
    ring: int,
    layout: str,
    *,
    batch: int,
    tokens: int,
    heads: int,
    kv_heads: int,
    head_dim: int,
    value_dim: int,
    dtype: Any,
    causal: bool,
    rate: float | None,
    link: float | None,
) -> RingCosts:
    """The costs on a ring of ``ring`` ranks. `Pattern.explain` says what the arguments are."""
    check_ring(ring)
    placed = None
    if layout != "auto":
        check_layout(layout)
        placed = layout
    sizes = {"batch": batch, "tokens": tokens, "heads": heads, "kv_heads": kv_heads}
    check_sizes(pattern, sizes | {"head_dim": head_dim, "value_dim": value_dim})
    element_bytes = 4 if _tensors.dtype_name(dtype) == "float32" else 2
    rates = _check_rates(rate, link, head_dim, element_bytes)
    text = native().explain_ring(pattern.to_json(), bool(causal), placed, ring, *sizes.values())
    counts = json.loads(text)
    return RingCosts(
        layout=counts["layout"],
        distances=counts["distances"],
        shards=counts["rows"],
        received=np.array(counts["received"], np.int64),
        pairs=np.array(counts["pairs"], np.int64),
        row_bytes=(head_dim + value_dim) * element_bytes,
        pair_flops=2 * (head_dim + value_dim),
        rates=rates,
    )


def check_ring(ring: object) -> None:
    """Raises unless ``ring`` is a number of ranks whose costs can be counted."""
    if check_count("ring", ring) > MOST_RANKS:
        raise ValueError(
            f"ring must be at most {MOST_RANKS}, not {ring}; rdattn-sim takes larger rings"
        )


def check_sizes(pattern: Pattern, sizes: dict[str, int]) -> None:
    """Raises where the sizes, by name, are none or do not fit each other or the pattern."""
    for name, size in sizes.items():
        check_count(name, size)
    pattern.check_covers(sizes["tokens"])
    if sizes["heads"] % sizes["kv_heads"]:
        raise ValueError(
            f"{sizes['heads']} heads are not a multiple of {sizes['kv_heads']} key/value heads"
        )


def _check_rates(
    rate: float | None, link: float | None, head_dim: int, element_bytes: int
) -> Rates:
    """The rates given, or those of an H200 and its NVLink."""
    if rate is None:
        if element_bytes > 2:
            raise ValueError(
                "rate is missing: the default is that of kernels in 16 bits, so a ring of "
                "float32 needs the TFLOP/s of its ranks"
            )
        rate = 590.0 if head_dim <= 64 else 750.0
    flops = _check_rate("rate", rate) * TERA
    return Rates(flops, _LINK if link is None else _check_rate("link", link) * GIGA)


def _check_rate(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float, np.number)):
        raise TypeError(f"{name} must be a number, not {value!r}")
    number = float(value)
    if not (number > 0 and isfinite(number)):
        raise ValueError(f"{name} must be a finite number above 0, not {value!r}")
    return number
