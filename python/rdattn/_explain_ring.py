"""The readable form of what a pattern costs on a ring."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ._ring_costs import GIGA, TERA, RingCase, RingCosts, count
from .explain import Explanation, align, scaled

_MOST_LINES = 64
"""Of each table; the rest is left out."""


def explain(case: RingCase) -> Explanation:
    """The tables behind `Pattern.explain(ring=...)`."""
    return Explanation(render(count(case)))


def render(costs: RingCosts) -> str:
    """The totals, then a line for each step, then one for each rank."""
    totals = [f"{name:<15}{text}" for name, text in _totals(costs).items()]
    return "\n".join([*totals, "", *_table(_steps(costs)), "", *_table(_ranks(costs))])


def _totals(costs: RingCosts) -> dict[str, str]:
    rates, pairs = costs.rates, sum(map(int, costs.pairs.flat))
    alone = float(costs.compute.sum(axis=1).max())
    return {
        "ring": f"{costs.size} ranks, {costs.layout}",
        "allowed pairs": f"{pairs:,}",
        "arithmetic": f"{scaled(float(pairs) * costs.pair_flops)}FLOP",
        "moved": f"{scaled(costs.bytes.sum())}B: each row once to each rank that needs it, "
        "the least in this layout",
        "work": f"{costs.imbalance:.3f} times the mean on the rank that has most",
        "time": f"{_seconds(costs.timeline.end)}, {_seconds(alone)} if nothing had to move, at "
        f"{rates.flops / TERA:g} TFLOP/s and {rates.link / GIGA:g} GB/s of each rank",
    }


def _steps(costs: RingCosts) -> Iterable[list[str]]:
    """Over the ranks: the mean, and in brackets the most where it differs; of times the most."""
    yield ["step", "distance", "rows", "bytes a link", "bytes", "pairs", "transfer", "compute",
           "bound by"]  # fmt: skip
    for step, distance in enumerate(costs.distances):
        received, moved = costs.received[:, step], costs.bytes[:, step]
        yield [
            str(step),
            str(distance),
            _mean_and_most(received, "{:,.0f}".format),
            _mean_and_most(moved, lambda n: scaled(n) + "B"),
            scaled(moved.sum()) + "B",
            _mean_and_most(costs.pairs[:, step], "{:,.0f}".format),
            _seconds(costs.transfer[:, step].max()),
            _seconds(costs.compute[:, step].max()),
            "transfer" if costs.is_bound_by_transfer(step) else "compute",
        ]


def _ranks(costs: RingCosts) -> Iterable[list[str]]:
    yield ["rank", "tokens", "received", "sent", "pairs", "work"]
    mean = max(costs.work.mean(), 1.0)
    for rank, tokens in enumerate(costs.shards):
        yield [
            str(rank),
            f"{tokens:,}",
            scaled(costs.bytes[rank].sum()) + "B",
            scaled(costs.sent[rank].sum()) + "B",
            f"{sum(map(int, costs.pairs[rank])):,}",
            f"{costs.work[rank] / mean:.3f}",
        ]


def _seconds(value: float) -> str:
    for unit, size in (("s", 1), ("ms", 1e-3)):
        if value >= size:
            return f"{value / size:.4g} {unit}"
    return f"{value * 1e6:.4g} us"


def _mean_and_most(values: Any, form: Any) -> str:
    mean, most = form(values.mean()), form(values.max())
    return mean if mean == most else f"{mean} ({most})"


def _table(rows: Iterable[list[str]]) -> list[str]:
    lines = align(list(rows))
    left_out = len(lines) - 1 - _MOST_LINES
    if left_out <= 0:
        return lines
    return [*lines[: 1 + _MOST_LINES], f"... and {left_out} more"]
