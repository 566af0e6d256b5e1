"""rdattn: attention over segments, dilations and Hilbert orders, compiled where it runs.

    pattern = rdattn.Pattern([rdattn.Segment(2048), rdattn.Segment(4096, dilation=2)])
    out = rdattn.attention(q, k, v, pattern, causal=True)

Tensors are [batch, tokens, heads, head_dim]: NumPy arrays, torch tensors on the CPU or on CUDA
devices, or other libraries' arrays on CUDA devices.
"""

from __future__ import annotations

from typing import Any

from . import ring
from ._errors import Error
from ._library import compile_count, native, plan_count, upload_count
from .api import Kernel, attention, compile
from .module import Function, Module, load
from .pattern import Branch, Pattern, Segment
from .reference import reference

__all__ = [
    "Branch",
    "Error",
    "Function",
    "Kernel",
    "Module",
    "Pattern",
    "Segment",
    "attention",
    "compile",
    "compile_count",
    "load",
    "plan_count",
    "reference",
    "ring",
    "upload_count",
]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return native().version
    raise AttributeError(f"module 'rdattn' has no attribute {name!r}")
