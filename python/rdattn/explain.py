"""The readable form of what a pattern costs."""

from __future__ import annotations

import json
from typing import Any

from . import _tensors
from ._library import native
from .pattern import Pattern, check_count


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
) -> Explanation:
    """The table behind `Pattern.explain`, which says what the arguments are."""
    sizes = {"batch": batch, "tokens": tokens, "heads": heads, "kv_heads": kv_heads}
    sizes |= {"head_dim": head_dim, "value_dim": value_dim}
    for name, size in sizes.items():
        check_count(name, size)
    pattern.check_covers(tokens)
    if heads % kv_heads:
        raise ValueError(f"{heads} heads are not a multiple of {kv_heads} key/value heads")
    name = _tensors.dtype_name(dtype)
    text = native().explain(
        pattern.to_json(), bool(causal), _tensors.DTYPES.index(name), *sizes.values()
    )
    return Explanation(render(json.loads(text)))


_UNITS = {"flops": "FLOP", "bytes": "B"}


def render(costs: dict[str, Any]) -> str:
    """Lines of ``name  value`` for the totals, then one table for each list of parts."""
    totals = {k: v for k, v in costs.items() if not isinstance(v, (list, dict))}
    width = max(map(len, totals), default=0)
    lines = [f"{_label(k):<{width}}  {_value(k, v)}" for k, v in totals.items()]
    for name, parts in costs.items():
        if isinstance(parts, list) and parts:
            lines += ["", f"{_label(name)}:", *_table(parts)]
    return "\n".join(lines)


def _label(name: str) -> str:
    return name.replace("_", " ")


def _value(name: str, value: Any) -> str:
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return str(value)
    if name == "density":
        return f"{value:.2%}"
    if name in _UNITS:
        return _scaled(value) + _UNITS[name]
    return f"{value:,}"


def _scaled(value: float) -> str:
    """With a unit prefix: 12.35 G."""
    for prefix in ("", "k", "M", "G", "T"):
        if abs(value) < 1000:
            return f"{value:.4g} {prefix}"
        value /= 1000
    return f"{value:.4g} P"


def _table(parts: list[Any]) -> list[str]:
    """Right-aligned columns, one for each key that any part has."""
    names = list(dict.fromkeys(key for part in parts for key in part))
    rows = [[_label(name) for name in names]]
    rows += [[_value(n, part[n]) if n in part else "" for n in names] for part in parts]
    widths = [max(len(row[c]) for row in rows) for c in range(len(names))]
    return ["  ".join(f"{cell:>{w}}" for cell, w in zip(row, widths, strict=True)) for row in rows]
