"""The pattern language: segments, branches and patterns as immutable values."""

from __future__ import annotations

import json
import operator
from collections.abc import Iterable
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Order = str | tuple[int, int]
"""``"identity"``, ``"hilbert"`` or a Hilbert grid ``(rows, cols)``."""

Offsets = Literal["all", "per_head"]
Target = Literal["cpu", "cuda", "cuda-sm90a", "cuda-sm80"]

INT64_MAX = 2**63 - 1


def check_count(name: str, value: object) -> int:
    """Returns ``value`` as an int of at least 1 that fits 64 bits, or raises with ``name``."""
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise TypeError(f"{name} must be an int, not {value!r}")
    count = operator.index(value)
    if count < 1:
        raise ValueError(f"{name} must be at least 1, not {count}")
    if count > INT64_MAX:
        raise ValueError(f"{name} {count} does not fit 64 bits")
    return count


def check_target(value: object) -> None:
    """Raises ValueError unless ``value`` is a target."""
    if value not in get_args(Target):
        names = ", ".join(map(repr, get_args(Target)))
        raise ValueError(f"target must be one of {names}, not {value!r}")


def _check_flag(name: str, value: object) -> None:
    if not isinstance(value, bool):
        raise TypeError(f"{name} must be True or False, not {value!r}")


def _check_order(order: object, length: int) -> Order:
    if isinstance(order, str):
        if order not in ("identity", "hilbert"):
            raise ValueError(
                f"order must be 'identity', 'hilbert' or a grid (rows, cols), not {order!r}"
            )
        return order
    if not isinstance(order, (tuple, list)):
        raise TypeError(
            f"order must be 'identity', 'hilbert' or a grid (rows, cols), not {order!r}"
        )
    if len(order) != 2:
        raise ValueError(f"a grid is (rows, cols), not {order!r}")
    rows, cols = (
        check_count(name, n) for name, n in zip(("grid rows", "grid cols"), order, strict=True)
    )
    if rows * cols > INT64_MAX:
        raise ValueError(f"a grid of {rows} x {cols} cells does not fit 64 bits")
    if rows * cols < length:
        raise ValueError(
            f"a grid of {rows} x {cols} has {rows * cols} cells, "
            f"too few for a segment of {length} tokens"
        )
    return rows, cols


@dataclass(frozen=True)
class Segment:
    """``length`` consecutive tokens that attend to each other.

    Args:
        length: tokens in the segment, at least 1.
        dilation: the number of residue classes r of the positions; a token sees its class only.
        order: what a position is: the token itself (``"identity"``), or the step at which a
            Hilbert curve over a grid visits it (``"hilbert"`` or ``(rows, cols)``).
        window: w at least 1: a token sees itself and the w - 1 positions of its class before and
            after it. None: all of its class.

    Raises:
        TypeError: a length, dilation, window or grid that is not an int.
        ValueError: one below 1 or beyond 64 bits, an unknown order, a grid with too few cells.
    """

    length: int
    _: KW_ONLY
    dilation: int = 1
    order: Order = "identity"
    window: int | None = None

    def __post_init__(self) -> None:
        length = check_count("segment length", self.length)
        object.__setattr__(self, "length", length)
        object.__setattr__(self, "dilation", check_count("dilation", self.dilation))
        object.__setattr__(self, "order", _check_order(self.order, length))
        if self.window is not None:
            object.__setattr__(self, "window", check_count("window", self.window))


@dataclass(frozen=True)
class Branch:
    """Segments laid one after another from token 0.

    Args:
        segments: at least one.
        repeat: cycle the list of segments until every token is covered.
        offsets: ``"all"``: every head computes every class of a dilated segment.
            ``"per_head"``: head h of H computes class h // ceil(H / r) alone (LongNet).

    Raises:
        TypeError: something in ``segments`` is not a Segment, or ``repeat`` not a bool.
        ValueError: no segments, lengths whose sum does not fit 64 bits, unknown offsets.
    """

    segments: tuple[Segment, ...]
    _: KW_ONLY
    repeat: bool = False
    offsets: Offsets = "all"

    def __init__(
        self, segments: Iterable[Segment], *, repeat: bool = False, offsets: Offsets = "all"
    ) -> None:
        items = _check_items("segments", segments, Segment)
        _check_flag("repeat", repeat)
        if offsets not in ("all", "per_head"):
            raise ValueError(f"offsets must be 'all' or 'per_head', not {offsets!r}")
        object.__setattr__(self, "segments", items)
        object.__setattr__(self, "repeat", repeat)
        object.__setattr__(self, "offsets", offsets)
        if self.length > INT64_MAX:
            raise ValueError(f"the segments' lengths add up to {self.length}, beyond 64 bits")

    @property
    def length(self) -> int:
        """Tokens of all segments, each taken once."""
        return sum(segment.length for segment in self.segments)


@dataclass(frozen=True)
class Pattern:
    """Which tokens attend to which: one branch, or several merged by their softmax denominators.

    Args:
        segments: the segments of a pattern with one branch. Give these or ``branches``.
        branches: one or more branches.
        detach_mixing: keep gradients from flowing through the branches' mixing weights.

    Raises:
        TypeError: neither or both of ``segments`` and ``branches``, or items of another type.
        ValueError: an empty list.
    """

    branches: tuple[Branch, ...]
    detach_mixing: bool = False

    def __init__(
        self,
        segments: Iterable[Segment] | None = None,
        *,
        branches: Iterable[Branch] | None = None,
        detach_mixing: bool = False,
    ) -> None:
        if (segments is None) == (branches is None):
            raise TypeError("a pattern takes segments or branches, one of the two")
        _check_flag("detach_mixing", detach_mixing)
        if segments is not None:
            items: tuple[Branch, ...] = (Branch(segments),)
        else:
            items = _check_items("branches", branches, Branch)
        object.__setattr__(self, "branches", items)
        object.__setattr__(self, "detach_mixing", detach_mixing)

    @property
    def length(self) -> int:
        """The most tokens the pattern takes; one cycle of the longest branch where all repeat."""
        ends = [branch.length for branch in self.branches if not branch.repeat]
        return min(ends) if ends else max(branch.length for branch in self.branches)

    def check_covers(self, tokens: int) -> None:
        """Raises ValueError, naming both lengths, where ``tokens`` reach past a branch's end."""
        for branch in self.branches:
            if not branch.repeat and tokens > branch.length:
                raise ValueError(
                    f"{tokens} tokens are more than the pattern's {branch.length}: "
                    "lengthen the pattern or let the branch repeat"
                )

    def to_json(self) -> str:
        """The pattern as JSON text; what has its default value is left out."""
        value: dict[str, Any] = {"branches": [_branch_to_dict(b) for b in self.branches]}
        if self.detach_mixing:
            value["detach_mixing"] = True
        return json.dumps(value)

    @classmethod
    def from_json(cls, text: str) -> Pattern:
        """Reads what `to_json` writes.

        Raises:
            TypeError, ValueError: not JSON, unknown or missing keys, or values that a Segment,
                Branch or Pattern refuses.
        """
        try:
            value = json.loads(text)
        except json.JSONDecodeError as error:
            raise ValueError(f"the pattern is not JSON: {error}") from None
        fields = _check_keys("a pattern", value, required="branches", optional=("detach_mixing",))
        branches = [_branch_from_dict(b) for b in _check_list("branches", fields.pop("branches"))]
        return cls(branches=branches, **fields)

    def explain(
        self,
        *,
        batch: int = 1,
        tokens: int | None = None,
        heads: int = 1,
        kv_heads: int | None = None,
        head_dim: int = 64,
        value_dim: int | None = None,
        dtype: str = "bfloat16",
        causal: bool = False,
        target: str = "cpu",
        ring: int | None = None,
        layout: str = "auto",
        rate: float | None = None,
        link: float | None = None,
    ) -> str:
        """A table of what the pattern costs: FLOPs, bytes, allowed pairs, tiles, per segment.

        ``tokens`` defaults to the pattern's length, ``kv_heads`` to ``heads`` and ``value_dim``
        to ``head_dim``. The tiles are those of the default schedule of ``target``, "cpu" or
        "cuda". Print the text, or leave it to the interactive prompt.

        On a ring of ``ring`` ranks it says what each step moves and computes, and what each rank
        does. ``layout`` is "contiguous", "zigzag", "striped", or "auto" for
        what `rdattn.ring.layout` chooses. Times follow from ``rate``, the TFLOP/s of a rank, and
        ``link``, the GB/s that it sends and receives; they default to those of an H200 in 16
        bits, and leave latencies out. Tiles are not counted, and ``target`` does not matter.
        """
        sizes = self._sizes(batch, tokens, heads, kv_heads, head_dim, value_dim)
        given: dict[str, Any] = {**sizes, "dtype": dtype, "causal": causal}
        if ring is None:
            _check_without_ring(layout=None if layout == "auto" else layout, rate=rate, link=link)
            from .explain import explain

            return explain(self, **given, target=target)
        check_target(target)
        from ._explain_ring import explain as explain_ring
        from ._ring_costs import RingCase

        return explain_ring(RingCase(self, ring, layout, **given, rate=rate, link=link))

    def plot(
        self,
        ax: Axes | None = None,
        *,
        tokens: int | None = None,
        causal: bool = False,
        head: int = 0,
        heads: int = 1,
        max_size: int = 512,
        batch: int = 1,
        kv_heads: int | None = None,
        head_dim: int = 64,
        value_dim: int | None = None,
        dtype: str = "bfloat16",
        ring: int | None = None,
        layout: str = "auto",
        rate: float | None = None,
        link: float | None = None,
    ) -> Axes:
        """Draws which keys (columns) each query (row) sees, coloured by segment and class.

        ``tokens`` defaults to the pattern's length; more than ``max_size`` of them are sampled
        evenly. Returns the axes. Needs matplotlib (``pip install 'rdattn[plot]'``).

        On a ring of ``ring`` ranks it draws a timeline instead: for each rank what it computes,
        and below that what it receives, step by step. The arguments are then those of `explain`,
        and ``head`` and ``max_size`` do not matter; of them only ``tokens``, ``causal`` and
        ``heads`` do without a ring.
        """
        if ring is None:
            _check_without_ring(layout=None if layout == "auto" else layout, rate=rate, link=link)
            from .plot import plot

            tokens = self.length if tokens is None else tokens
            shown: dict[str, Any] = {
                "causal": causal,
                "head": head,
                "heads": heads,
                "max_size": max_size,
            }
            return plot(self, ax, tokens=tokens, **shown)
        from ._plot_ring import plot as plot_ring
        from ._ring_costs import RingCase

        sizes = self._sizes(batch, tokens, heads, kv_heads, head_dim, value_dim)
        given: dict[str, Any] = {**sizes, "dtype": dtype, "causal": causal}
        return plot_ring(ax, RingCase(self, ring, layout, **given, rate=rate, link=link))

    def _sizes(
        self,
        batch: int,
        tokens: int | None,
        heads: int,
        kv_heads: int | None,
        head_dim: int,
        value_dim: int | None,
    ) -> dict[str, int]:
        """The sizes by name, with what was left out."""
        return {
            "batch": batch,
            "tokens": self.length if tokens is None else tokens,
            "heads": heads,
            "kv_heads": heads if kv_heads is None else kv_heads,
            "head_dim": head_dim,
            "value_dim": head_dim if value_dim is None else value_dim,
        }


def _check_without_ring(**given: object) -> None:
    for name, value in given.items():
        if value is not None:
            raise ValueError(f"{name} was given without a ring, whose ranks it is about")


def _check_items(name: str, items: Any, kind: type) -> Any:
    """The items as a tuple of at least one ``kind``."""
    if isinstance(items, (Segment, Branch, str)) or not isinstance(items, Iterable):
        raise TypeError(f"{name} must be a list of {kind.__name__} objects, not {items!r}")
    result = tuple(items)
    for item in result:
        if not isinstance(item, kind):
            raise TypeError(f"{name} must hold {kind.__name__} objects, not {item!r}")
    if not result:
        raise ValueError(f"{name} must not be empty")
    return result


def _segment_to_dict(segment: Segment) -> dict[str, Any]:
    value: dict[str, Any] = {"length": segment.length}
    if segment.dilation != 1:
        value["dilation"] = segment.dilation
    if segment.order != "identity":
        order = segment.order
        value["order"] = order if isinstance(order, str) else list(order)
    if segment.window is not None:
        value["window"] = segment.window
    return value


def _branch_to_dict(branch: Branch) -> dict[str, Any]:
    value: dict[str, Any] = {"segments": [_segment_to_dict(s) for s in branch.segments]}
    if branch.repeat:
        value["repeat"] = True
    if branch.offsets != "all":
        value["offsets"] = branch.offsets
    return value


def _check_keys(
    what: str, value: Any, *, required: str, optional: tuple[str, ...]
) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError(f"{what} is a JSON object, not {value!r}")
    if required not in value:
        raise ValueError(f"{what} needs the key {required!r}")
    for key in value:
        if key != required and key not in optional:
            raise ValueError(f"{what} has no key {key!r}")
    return dict(value)


def _check_list(name: str, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(f"{name} is a JSON array, not {value!r}")
    return value


def _branch_from_dict(value: Any) -> Branch:
    fields = _check_keys("a branch", value, required="segments", optional=("repeat", "offsets"))
    segments = [
        Segment(
            **_check_keys(
                "a segment", s, required="length", optional=("dilation", "order", "window")
            )
        )
        for s in _check_list("segments", fields.pop("segments"))
    ]
    return Branch(segments, **fields)
