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
class RingCase:
    """What is asked: an attention on a ring. `Pattern.explain` says what the fields are."""

    pattern: Pattern
    ring: int
    layout: str
    batch: int
    tokens: int
    heads: int
    kv_heads: int
    head_dim: int
    value_dim: int
    dtype: Any
    causal: bool
    rate: float | None
    link: float | None

    @property
    def sizes(self) -> dict[str, int]:
        """Those that decide what moves and is computed."""
        return {
            "batch": self.batch,
            "tokens": self.tokens,
            "heads": self.heads,
            "kv_heads": self.kv_heads,
        }

    @property
    def row_bytes(self) -> int:
        """Of k and v, of a key/value head."""
        element_bytes = 4 if _tensors.dtype_name(self.dtype) == "float32" else 2
        return (self.head_dim + self.value_dim) * element_bytes

    @property
    def pair_flops(self) -> int:
        return 2 * (self.head_dim + self.value_dim)

    @property
    def rates(self) -> Rates:
        """The rates given, or those of an H200 and its NVLink."""
        rate = self.rate
        if rate is None:
            if _tensors.dtype_name(self.dtype) == "float32":
                raise ValueError(
                    "rate is missing: the default is that of kernels in 16 bits, so a ring of "
                    "float32 needs the TFLOP/s of its ranks"
                )
            rate = 590.0 if self.head_dim <= 64 else 750.0
        flops = _check_rate("rate", rate) * TERA
        return Rates(flops, _LINK if self.link is None else _check_rate("link", self.link) * GIGA)


@dataclass(frozen=True)
class Timeline:
    """When each rank (first axis) moves and computes each step (second), in seconds.

    It follows from the rates alone, without latencies: see timesOf in lib/Planner/RingCosts.h.
    """

    arrives: NDArray[np.float64]
    """From when until when it receives: [rank, step, 2]."""
    computes: NDArray[np.float64]
    """From when until when it computes: [rank, step, 2]."""

    @property
    def end(self) -> float:
        return float(self.computes[:, -1, 1].max())


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
    timeline: Timeline
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


def count(case: RingCase) -> RingCosts:
    """What the planner says of ``case``."""
    check_ring(case.ring)
    if case.layout != "auto":
        check_layout(case.layout)
    dims = {"head_dim": case.head_dim, "value_dim": case.value_dim}
    check_sizes(case.pattern, case.sizes | dims)
    rates = case.rates
    text = native().explain_ring(
        pattern=case.pattern.to_json(),
        causal=bool(case.causal),
        layout=None if case.layout == "auto" else case.layout,
        ranks=case.ring,
        **case.sizes,
        row_seconds=case.row_bytes / rates.link,
        pair_seconds=case.pair_flops / rates.flops,
    )
    counts = json.loads(text)
    return RingCosts(
        layout=counts["layout"],
        distances=counts["distances"],
        shards=counts["rows"],
        received=np.array(counts["received"], np.int64),
        pairs=np.array(counts["pairs"], np.int64),
        timeline=Timeline(np.array(counts["arrives"]), np.array(counts["computes"])),
        row_bytes=case.row_bytes,
        pair_flops=case.pair_flops,
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


def _check_rate(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float, np.number)):
        raise TypeError(f"{name} must be a number, not {value!r}")
    number = float(value)
    if not (number > 0 and isfinite(number)):
        raise ValueError(f"{name} must be a finite number above 0, not {value!r}")
    return number
