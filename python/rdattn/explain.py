"""The readable form of what a pattern costs."""

from __future__ import annotations

import json
from typing import Any

from . import _tensors
from ._library import native
from ._ring_costs import check_sizes
from .pattern import Pattern, check_target


class Explanation(str):
    """Text that an interactive prompt shows as it is."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def explain(
    pattern: Pattern,
    *,
    batch: int,
    tokens: int,
    heads: int,
    kv_heads: int,
    head_dim: int,
    value_dim: int,
    dtype: Any,
    causal: bool,
    target: str,
) -> Explanation:
    """The table behind `Pattern.explain`, which says what the arguments are."""
    sizes = {"batch": batch, "tokens": tokens, "heads": heads, "kv_heads": kv_heads}
    sizes |= {"head_dim": head_dim, "value_dim": value_dim}
    check_sizes(pattern, sizes)
    index = _tensors.DTYPES.index(_tensors.dtype_name(dtype))
    check_target(target)
    text = native().explain(pattern.to_json(), bool(causal), index, target, *sizes.values())
    return Explanation(render(json.loads(text)))


_COLUMNS = {
    "branch": "branch",
    "first": "first token",
    "length": "length",
    "times": "times",
    "dilation": "dilation",
    "order": "order",
    "window": "window",
    "pairs": "allowed pairs",
    "flops": "FLOP",
    "items": "tiles",
}


def render(costs: dict[str, Any]) -> str:
    """The totals, then a table with one line for each group of equal segments."""
    density = costs["pairs"] / max(costs["dense_pairs"], 1)
    totals = {
        "allowed pairs": f"{costs['pairs']:,} ({density:.2%} of full attention's)",
        "arithmetic": f"{scaled(costs['flops'])}FLOP",
        "memory": f"{scaled(costs['bytes'])}B read and written once",
        "tiles": f"{costs['items']:,}",
    }
    rows = [list(_COLUMNS.values())]
    rows += [[_cell(key, group.get(key)) for key in _COLUMNS] for group in costs["groups"]]
    return "\n".join([f"{name:<15}{text}" for name, text in totals.items()] + ["", *align(rows)])


def _cell(key: str, value: Any) -> str:
    if value is None:
        return "-"
    if key == "flops":
        return scaled(value).strip()
    if key == "times" and value < 0:
        return "repeat"
    if isinstance(value, list):
        return "hilbert " + "x".join(map(str, value))
    return f"{value:,}" if isinstance(value, int) else str(value)


def scaled(value: float) -> str:
    """With a unit prefix: "12.35 G"."""
    for prefix in ("", "k", "M", "G", "T"):
        if abs(value) < 1000:
            return f"{value:.4g} {prefix}"
        value /= 1000
    return f"{value:.4g} P"


def align(rows: list[list[str]]) -> list[str]:
    """Columns as wide as their widest cell, to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(f"{cell:>{w}}" for cell, w in zip(row, widths, strict=True)) for row in rows]
