"""Where the tokens of a sequence lie on a ring: the public part of it is in `rdattn.ring`."""

from __future__ import annotations

import operator
import sys
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Literal, TypeVar, get_args

import numpy as np

from . import _tensors
from ._library import native
from .pattern import INT64_MAX, Pattern, check_count

Tensor = TypeVar("Tensor")

Layout = Literal["contiguous", "zigzag", "striped"]
"""How S tokens lie on R ranks. The sequence is cut into n parts, of which the first S mod n have
one token more. "contiguous": n = R, and rank i holds part i. "zigzag": n = 2R, and rank i holds
part i and then part 2R-1-i. "striped": rank i holds the tokens t with t mod R = i."""

LAYOUTS: tuple[str, ...] = get_args(Layout)
"""In the order of the C API's rdattn_ring_layout."""

INT32_MAX = 2**31 - 1


def layout(pattern: Pattern, tokens: int, size: int, causal: bool = False) -> Layout:
    """The layout that spreads the work of a pattern evenly over ``size`` ranks and moves few rows.

    It follows from the arguments alone, so that all ranks, and whoever cuts the sequence, agree:
    `rdattn.attention` takes it where its ``layout`` is "auto".

    Args:
        pattern: which tokens see which.
        tokens: S of the whole sequence.
        size: R, the number of ranks.
        causal: no token sees a later one.

    Raises:
        TypeError, ValueError: an argument of another type or value, S past the end of a branch.
    """
    if not isinstance(pattern, Pattern):
        raise TypeError(f"pattern must be a Pattern, not {pattern!r}")
    tokens, size = check_index("tokens", tokens), _check_size(size)
    pattern.check_covers(tokens)
    return _choose(pattern, tokens, size, bool(causal))


@lru_cache(maxsize=256)
def _choose(pattern: Pattern, tokens: int, size: int, causal: bool) -> Any:
    return LAYOUTS[native().ring_choose_layout(pattern.to_json(), causal, tokens, size)]


def positions(tokens: int, size: int, rank: int, layout: Layout) -> np.ndarray:
    """The token that each local row of a rank is, of ``tokens`` on ``size`` ranks: int64 [s].

    Raises:
        TypeError, ValueError: an argument of another type or value.
    """
    index = check_layout(layout)
    tokens, size = check_index("tokens", tokens), _check_size(size)
    rank = check_index("rank", rank, size - 1)
    result = np.empty(native().ring_shard_length(index, tokens, size, rank), np.int64)
    native().ring_positions(index, tokens, size, rank, result.__array_interface__["data"][0])
    return result


def shard(x: Tensor, rank: int, size: int, layout: Layout, dim: int = 1) -> Tensor:
    """What ``rank`` of ``size`` holds of ``x``, whose dimension ``dim`` is the sequence: a copy.

    ``x`` is a NumPy array or a torch tensor, and so is the result. What `layout` gives is the
    ``layout`` that `rdattn.attention` takes for "auto".

    Raises:
        TypeError, ValueError: an argument of another type or value.
    """
    dim = _check_dim("x", x, dim)
    return _take(x, positions(x.shape[dim], size, rank, layout), dim)  # type: ignore[attr-defined]


def unshard(shards: Sequence[Tensor], layout: Layout, dim: int = 1) -> Tensor:
    """The whole of which ``shards`` are what ranks 0, 1, ... hold along ``dim``: `shard` undone.

    Raises:
        TypeError: the shards are no NumPy arrays or torch tensors, or of several kinds or dtypes.
        ValueError: no shards, other sizes than the layout gives them, an unknown layout.
    """
    check_layout(layout)
    shards = list(shards)
    if not shards:
        raise ValueError("shards must not be empty")
    dims = {_check_dim(f"shards[{rank}]", x, dim) for rank, x in enumerate(shards)}
    _check_alike(shards, dim)
    dim = dims.pop()
    tokens = sum(x.shape[dim] for x in shards)  # type: ignore[attr-defined]
    rows = [positions(tokens, len(shards), rank, layout) for rank in range(len(shards))]
    for rank, (x, mine) in enumerate(zip(shards, rows, strict=True)):
        if x.shape[dim] != len(mine):  # type: ignore[attr-defined]
            raise ValueError(
                f"shards[{rank}] has {x.shape[dim]} rows, but "  # type: ignore[attr-defined]
                f"rank {rank} of {len(shards)} holds {len(mine)} of {tokens} tokens in the "
                f"{layout} layout"
            )
    joined = np.concatenate(rows)
    order = np.empty_like(joined)
    order[joined] = np.arange(tokens)
    return _take(_join(shards, dim), order, dim)


def check_layout(layout: object, name: str = "layout") -> int:
    """The C API's number of a layout, which errors call ``name``; ValueError where it is none."""
    if isinstance(layout, str) and layout == "auto":
        raise ValueError(
            f"{name} 'auto' depends on the pattern: rdattn.ring.layout(pattern, tokens, size, "
            "causal) names the one it stands for"
        )
    if not isinstance(layout, str) or layout not in LAYOUTS:
        raise ValueError(f"{name} must be 'contiguous', 'zigzag' or 'striped', not {layout!r}")
    return LAYOUTS.index(layout)


def check_index(name: str, value: object, most: int = INT64_MAX) -> int:
    """``value`` as an int from 0 to ``most``."""
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise TypeError(f"{name} must be an int, not {value!r}")
    index = operator.index(value)
    if not 0 <= index <= most:
        limit = "at least 0" if most == INT64_MAX and index < 0 else f"from 0 to {most}"
        raise ValueError(f"{name} must be {limit}, not {index}")
    return index


def _check_size(size: object) -> int:
    count = check_count("size", size)
    if count > INT32_MAX:
        raise ValueError(f"size must be at most {INT32_MAX}, not {count}")
    return count


def _check_dim(name: str, x: Any, dim: object) -> int:
    """``dim`` as a dimension of ``x``, counted from its first."""
    if _tensors.kind(name, x) not in (_tensors.NUMPY, _tensors.TORCH):
        raise TypeError(f"{name} must be a NumPy array or a torch tensor, not {type(x).__name__}")
    if isinstance(dim, bool) or not hasattr(dim, "__index__"):
        raise TypeError(f"dim must be an int, not {dim!r}")
    index = operator.index(dim)
    if not -x.ndim <= index < x.ndim:
        raise ValueError(f"dim {index} is no dimension of {name}, which has {x.ndim}")
    return index % x.ndim


def _check_alike(shards: Sequence[Any], dim: int) -> None:
    """The shards differ in nothing but their length."""

    def describe(x: Any) -> tuple[str, str, list[int], str]:
        sizes = list(x.shape)
        sizes[dim] = -1
        return _tensors.kind("shards", x), str(x.dtype), sizes, str(getattr(x, "device", "cpu"))

    first = describe(shards[0])
    for rank, x in enumerate(shards):
        kind, dtype, sizes, device = describe(x)
        if (kind, dtype) != first[:2]:
            raise TypeError(
                f"shards[0] is {first[0]} of {first[1]} and shards[{rank}] is {kind} of {dtype}; "
                "pass one kind"
            )
        if (sizes, device) != first[2:]:
            raise ValueError(
                f"shards[0] is {list(shards[0].shape)} on {first[3]} and shards[{rank}] is "
                f"{list(x.shape)} on {device}; they may differ along dim {dim} alone"
            )


def _take(x: Any, rows: np.ndarray, dim: int) -> Any:
    if isinstance(x, np.ndarray):
        return x.take(rows, dim)
    torch = sys.modules["torch"]
    return x.index_select(dim, torch.from_numpy(rows).to(x.device))


def _join(shards: Sequence[Any], dim: int) -> Any:
    if isinstance(shards[0], np.ndarray):
        return np.concatenate(shards, dim)
    return sys.modules["torch"].cat(shards, dim)
