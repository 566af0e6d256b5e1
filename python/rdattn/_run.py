"""One call of a native function: check, allocate, run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from . import _tensors
from ._library import native
from ._place import Place
from ._shapes import Sizes, check_scale, check_shapes


@dataclass(frozen=True, slots=True)
class Inputs:
    """q, k and v, where they lie, and their common sizes."""

    tensors: tuple[Any, Any, Any]
    views: tuple[_tensors.View, _tensors.View, _tensors.View]
    sizes: Sizes
    adopted: bool
    """Whether the tensors stand for another library's arrays."""

    @property
    def dtype(self) -> str:
        return self.views[0].dtype

    @property
    def device(self) -> _tensors.Device:
        return self.views[0].device

    def check_target(self, what: str, target: str) -> None:
        """Raises ValueError where ``what`` was compiled for another kind of device."""
        if self.device.type != target.partition("-")[0]:
            raise ValueError(
                f"{what} was compiled for target {target!r}, but q, k and v are on {self.device}; "
                f"move them, or compile for target {self.device.type!r}"
            )


Called = tuple[Any, bool, bool, Any, str | None, int | None]
"""What the user called: (pattern or kernel, causal, return_lse, ring, layout, tokens).

The layout is None where it is the kernel's."""


def inputs(q: Any, k: Any, v: Any) -> Inputs:
    """Checks what can be checked without knowing the function that will run."""
    tensors = q, k, v
    kind = _tensors.check_kinds(*tensors)
    adopted = kind not in (_tensors.NUMPY, _tensors.TORCH, _tensors.CUPY)
    if adopted:
        from ._adopt import adopt

        tensors = adopt("q", kind, q), adopt("k", kind, k), adopt("v", kind, v)
    views = _tensors.views(*tensors)
    return Inputs(tensors, views, check_shapes(*(view.shape for view in views)), adopted)


def run(
    runnable: Any, given: Inputs, called: Called, *, scale: float | None, place: Place | None = None
) -> Any:
    """Runs the native ``runnable`` on the inputs and new outputs; o, or (o, lse).

    On one device an empty result needs no run; on a ring the other ranks wait for this one in any
    case. What ran on torch tensors is remembered under ``called``, for native().repeat to do it
    again without these checks.
    """
    sizes, like = given.sizes, given.tensors[0]
    factor = None if scale is None else check_scale(scale, sizes.head_dim)
    new_o = _tensors.allocator(like, sizes.out_shape)
    new_lse = None
    if called[2]:
        new_lse = _tensors.allocator(like, sizes.lse_shape, float32=True)
    o, lse = new_o(), new_lse and new_lse()
    ring = (None, 0) if place is None else place.arguments
    if place is not None or sizes.batch * sizes.tokens * sizes.heads:
        # Inputs are read on their library's current stream alone, as its own functions would
        # read them, so its allocator needs to be told nothing.
        runnable.run(
            *(view.memory for view in given.views),
            _tensors.view("o", o).memory,
            None if lse is None else _tensors.view("lse", lse).memory,
            factor,
            (given.device.ordinal, _tensors.stream(like, given.device)),
            *ring,
        )
        if given.adopted:
            from ._adopt import hold

            hold(given.tensors)
        else:
            native().remember(called, *given.tensors, runnable, new_o, new_lse, *ring)
    return (o, lse) if called[2] else o
