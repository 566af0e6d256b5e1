"""One call of a native function: check, allocate, run."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import _tensors
from ._shapes import Sizes, check_scale, check_shapes


@dataclass(frozen=True, slots=True)
class Inputs:
    """q, k and v as given, where they lie, and their common sizes."""

    q: Any
    views: tuple[_tensors.View, _tensors.View, _tensors.View]
    sizes: Sizes

    @property
    def dtype(self) -> str:
        return self.views[0].dtype


def inputs(q: Any, k: Any, v: Any) -> Inputs:
    """Checks what can be checked without knowing the function that will run."""
    views = _tensors.views(q, k, v)
    return Inputs(q, views, check_shapes(*(view.shape for view in views)))


def run(call: Callable[..., None], given: Inputs, *, return_lse: bool, scale: float | None) -> Any:
    """Runs ``call`` on the inputs and new outputs; o, or (o, lse) with ``return_lse``.

    An empty result needs no run.
    """
    sizes = given.sizes
    factor = None if scale is None else check_scale(scale, sizes.head_dim)
    o = _tensors.allocate(given.q, sizes.out_shape)
    lse = _tensors.allocate(given.q, sizes.lse_shape, float32=True) if return_lse else None
    if sizes.batch * sizes.tokens * sizes.heads:
        call(
            *(view.memory for view in given.views),
            _tensors.view("o", o).memory,
            None if lse is None else _tensors.view("lse", lse).memory,
            factor,
            threading.current_thread() is threading.main_thread(),
        )
    return (o, lse) if return_lse else o
