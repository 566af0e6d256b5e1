"""The best that a torch user can do on the CPU: three calls on strided views.

A class of a dilated segment is a view, so that q, k and v are read where they lie. torch's
scaled_dot_product_attention takes no output tensor: the result is either left in three pieces, or
copied to its place in one o. Both are measured.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from cases import SEGMENTS

if TYPE_CHECKING:
    import torch
else:
    try:
        import torch
    except ImportError:
        torch = None


def available() -> bool:
    return torch is not None


def version() -> str:
    return f"torch {torch.__version__}, {torch.get_num_threads()} threads"


def share(x: np.ndarray) -> torch.Tensor:
    """A tensor over the memory of ``x``."""
    if x.dtype.name == "bfloat16":
        return torch.from_numpy(x.view(np.int16)).view(torch.bfloat16)
    return torch.from_numpy(x)


def _pieces(x: torch.Tensor) -> list[torch.Tensor]:
    """Each segment of [1,S,H,D] as [1, classes * H, rows, D]: views, nothing is copied.

    Segments that start past the end are left out, the last may be cut to whole rows.
    """
    _, tokens, heads, head_dim = x.shape
    views, first = [], 0
    for length, dilation in SEGMENTS:
        rows = min(length, tokens - first) // dilation
        if rows > 0:
            part = x[:, first : first + rows * dilation]
            views.append(part.view(1, rows, dilation * heads, head_dim).transpose(1, 2))
        first += length
    return views


def attention(
    q: np.ndarray, k: np.ndarray, v: np.ndarray, *, causal: bool, o: np.ndarray | None = None
) -> Callable[[], Any]:
    """A call that computes every segment; into ``o`` where it is given."""
    inputs = list(zip(*(_pieces(share(x)) for x in (q, k, v)), strict=True))
    outputs = None if o is None else _pieces(share(o))
    attend = torch.nn.functional.scaled_dot_product_attention

    def call() -> None:
        with torch.inference_mode():
            for i, (qi, ki, vi) in enumerate(inputs):
                result = attend(qi, ki, vi, is_causal=causal)
                if outputs is not None:
                    outputs[i].copy_(result)

    return call
