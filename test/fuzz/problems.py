"""Random attentions: what to compute, as values that can be written down and read again.

Patterns, sizes and values are wide open, but head sizes and dtypes are a few for each seed: each
combination of them is a kernel to compile.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from typing import Any

import ml_dtypes
import numpy as np

from rdattn import Branch, Pattern, Segment

Rng = np.random.Generator

DTYPES = {
    "float32": np.dtype(np.float32),
    "float16": np.dtype(np.float16),
    "bfloat16": np.dtype(ml_dtypes.bfloat16),
}
HEAD_SIZES = ((16, 16), (8, 24), (1, 3), (20, 5), (33, 40), (64, 64), (5, 1), (24, 96), (128, 17))
"""(head_dim, value_dim), of which each seed takes two."""

LAYOUTS = ("dense", "packed", "heads first", "gaps")
HUGE = (2**20, 2**31, 2**32 + 1, 2**40, 2**62)


@dataclass(frozen=True)
class Kind:
    """What is compiled into a kernel."""

    dtype: str
    head_dim: int
    value_dim: int
    lse: bool
    device: str = "cpu"


@dataclass(frozen=True)
class Problem:
    """One attention: everything that decides its result."""

    pattern: Pattern
    kind: Kind
    causal: bool
    scale: float | None
    batch: int
    tokens: int
    kv_heads: int
    group: int
    """Query heads of each key/value head."""
    layout: str
    """How q, k and v lie in memory."""
    magnitude: float
    """The standard deviation of q, k and v."""
    poison: str | None
    """"q" or "k": a few of its elements are not finite."""
    data_seed: int

    @property
    def heads(self) -> int:
        return self.kv_heads * self.group

    def to_json(self) -> dict[str, Any]:
        value = asdict(self)
        value["pattern"] = json.loads(self.pattern.to_json())
        return value

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Problem:
        pattern = Pattern.from_json(json.dumps(value["pattern"]))
        return cls(**{**value, "pattern": pattern, "kind": Kind(**value["kind"])})


# -- Patterns ---------------------------------------------------------------------------------


def _chance(rng: Rng, probability: float) -> bool:
    return bool(rng.random() < probability)


def _upto(rng: Rng, low: int, high: int) -> int:
    return int(rng.integers(low, high + 1))


def _dilation(rng: Rng, length: int) -> int:
    if _chance(rng, 0.04):
        return int(rng.choice(HUGE))
    if _chance(rng, 0.06):
        return length + _upto(rng, -1, 1) or 1
    return _upto(rng, 1, 5) if _chance(rng, 0.7) else 1


def _order(rng: Rng, length: int) -> Any:
    chosen = rng.choice(["identity", "hilbert", "grid"], p=[0.5, 0.25, 0.25])
    if chosen != "grid":
        return str(chosen)
    rows = _upto(rng, 1, min(length, 64))
    cols = -(-length // rows) + _upto(rng, 0, 3)
    if rows * cols >= 2**63:
        return "hilbert"
    return (rows, cols) if _chance(rng, 0.5) or length > 2**20 else (cols, rows)


def _segment(rng: Rng, longest: int) -> Segment:
    # A huge segment is cut off by S and must cost no more than a short one.
    length = _upto(rng, 1, longest) if _chance(rng, 0.95) else int(rng.choice(HUGE[:4]))
    window = None
    if _chance(rng, 0.4):
        window = _upto(rng, 1, 40) if _chance(rng, 0.9) else int(rng.choice((*HUGE, 2**63 - 1)))
    return Segment(
        length, dilation=_dilation(rng, length), order=_order(rng, length), window=window
    )


def _branch(rng: Rng, longest: int) -> Branch:
    segments = [_segment(rng, longest) for _ in range(_upto(rng, 1, 3))]
    offsets = "per_head" if _chance(rng, 0.3) else "all"
    return Branch(segments, repeat=_chance(rng, 0.4), offsets=offsets)


def _pattern(rng: Rng, longest: int) -> Pattern:
    count = int(rng.choice([1, 2, 3], p=[0.6, 0.25, 0.15]))
    return Pattern(branches=[_branch(rng, longest) for _ in range(count)])


# -- Problems ---------------------------------------------------------------------------------


def kinds(seed: int, device: str) -> list[Kind]:
    """The kernels of one seed: all dtypes and two head sizes, and one without lse."""
    rng = np.random.default_rng([seed, 0])
    sizes = [HEAD_SIZES[i] for i in rng.choice(len(HEAD_SIZES), 2, replace=False)]
    chosen = [Kind(dtype, *size, lse=True, device=device) for dtype in DTYPES for size in sizes]
    return [*chosen, Kind(str(rng.choice(list(DTYPES))), *sizes[0], lse=False, device=device)]


def _tokens(rng: Rng, pattern: Pattern, most: int) -> int:
    ends = [branch.length for branch in pattern.branches if not branch.repeat]
    end = min([most, *ends])
    return end if _chance(rng, 0.2) else _upto(rng, 0 if _chance(rng, 0.05) else 1, end)


def problem(seed: int, index: int, device: str) -> Problem:
    """The problem number ``index`` of a seed, for "cpu" or "cuda"."""
    rng = np.random.default_rng([seed, 1, index])
    large = _chance(rng, 0.04)
    longest, most = (600, 1200) if large else (150, 250)
    pattern = _pattern(rng, longest)
    choices = kinds(seed, device)[index % 2 :: 2]  # so that two workers compile different kernels
    return Problem(
        pattern=pattern,
        kind=choices[_upto(rng, 0, len(choices) - 1)],
        causal=_chance(rng, 0.5),
        scale=[None, None, 0.0, -0.3, 1.0, math.pi][_upto(rng, 0, 5)],
        batch=1 if large else _upto(rng, 1, 2),
        tokens=_tokens(rng, pattern, most),
        kv_heads=1 if large else _upto(rng, 1, 2),
        group=_upto(rng, 1, 3),
        layout=LAYOUTS[_upto(rng, 0, len(LAYOUTS) - 1)],
        magnitude=float(rng.choice([1.0, 1e-3, 4.0], p=[0.8, 0.1, 0.1])),
        poison=str(rng.choice(["q", "k"])) if _chance(rng, 0.05) else None,
        data_seed=_upto(rng, 0, 2**31),
    )


# -- Inputs -----------------------------------------------------------------------------------


def _empty(shape: tuple[int, ...], dtype: np.dtype, layout: str) -> np.ndarray:
    """Memory for [B,S,H,D] in one of the layouts that users have."""
    b, s, h, d = shape
    if layout == "packed":
        return np.empty((b, s, 3, h, d), dtype)[:, :, 1]
    if layout == "heads first":
        return np.empty((b, h, s, d), dtype).transpose(0, 2, 1, 3)
    if layout == "gaps":
        return np.empty((b, s + 1, h, d + 3), dtype)[:, 1:, :, 1 : d + 1]
    return np.empty(shape, dtype)


def _poison(rng: Rng, x: np.ndarray) -> None:
    for _ in range(2):
        at = tuple(_upto(rng, 0, n - 1) for n in x.shape)
        x[at] = rng.choice([np.nan, np.inf, -np.inf])


def inputs(given: Problem) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """q, k and v of a problem."""
    rng = np.random.default_rng(given.data_seed)
    kind, result = given.kind, {}
    for name, heads, dim in (
        ("q", given.heads, kind.head_dim),
        ("k", given.kv_heads, kind.head_dim),
        ("v", given.kv_heads, kind.value_dim),
    ):
        x = _empty((given.batch, given.tokens, heads, dim), DTYPES[kind.dtype], given.layout)
        values = rng.standard_normal(x.shape, dtype=np.float32) * given.magnitude
        x[...] = values.astype(x.dtype)
        if given.poison == name and x.size:
            _poison(rng, x)
        result[name] = x
    return result["q"], result["k"], result["v"]
