"""A picture of when the ranks of a ring move and compute, with the optional matplotlib."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._ring_costs import RingCase, RingCosts, Timeline, count
from .plot import new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COMPUTE = ("#1f77b4", "#9ecae1")
"""Steps take the two in turn."""
_TRANSFER = ("#d62728", "#f7b6a3")
_BAR = 0.4
"""Of the row of a rank: computing is its upper bar, receiving its lower one."""
_INCHES = 0.4
"""A rank is at least as high in a new figure, up to 64 of them."""
_LABELLED = 0.03
"""Bars at least as long, as a part of the time, say which step they are."""


def plot(ax: Axes | None, case: RingCase) -> Axes:
    """The picture behind `Pattern.plot(ring=...)`."""
    costs = count(case)
    axes: Any = ax
    if ax is None:
        axes = new_axes()
        axes.figure.set_figheight(max(4.8, 1.5 + _INCHES * min(costs.size, 64)))
    draw(axes, costs, costs.timeline)
    tokens = sum(costs.shards)
    axes.set_title(
        f"{tokens} tokens on {costs.size} ranks, {costs.layout}"
        + (", causal" if case.causal else "")
    )
    return axes


def draw(axes: Any, costs: RingCosts, times: Timeline) -> None:
    """Two bars for each rank and step, in microseconds, milliseconds or seconds."""
    unit, scale = _unit(times.end)
    for rank in range(costs.size):
        _draw_steps(axes, rank - _BAR, times.computes[rank] * scale, _COMPUTE, times.end * scale)
        _draw_steps(axes, rank, times.arrives[rank] * scale, _TRANSFER, times.end * scale)
    axes.set_xlabel(f"time, {unit}")
    axes.set_ylabel("rank")
    axes.set_ylim(costs.size - 0.5, -0.5)
    axes.set_yticks(range(0, costs.size, 1 + costs.size // 32))
    for colours, name in ((_COMPUTE, "computes"), (_TRANSFER, "receives")):
        axes.barh([0], [0], color=colours[0], label=name)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=2, frameon=False)


def _draw_steps(axes: Any, y: float, spans: Any, colours: tuple[str, str], end: float) -> None:
    """The bars of one rank, whose upper edge is at ``y``."""
    for step, (begin, stop) in enumerate(spans):
        if stop <= begin:
            continue
        axes.broken_barh([(begin, stop - begin)], (y, _BAR), facecolors=colours[step % 2])
        if stop - begin >= _LABELLED * end:
            middle = (begin + stop) / 2
            axes.text(middle, y + _BAR / 2, step, ha="center", va="center", fontsize="x-small")


def _unit(seconds: float) -> tuple[str, float]:
    for name, scale in (("s", 1.0), ("ms", 1e3)):
        if seconds * scale >= 1:
            return name, scale
    return "µs", 1e6
