"""NumPy arrays and CPU torch tensors as views of memory; neither is copied.

torch is looked up among the modules the user imported, and never imported here.
"""

from __future__ import annotations

import contextlib
import sys
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from ._shapes import Shape

Kind = Literal["a NumPy array", "a torch tensor"]
DType = Literal["float32", "float16", "bfloat16"]

DTYPES: tuple[str, ...] = ("float32", "float16", "bfloat16")
"""The element types, in the order of the C API's rdattn_dtype."""


@dataclass(frozen=True, slots=True)
class View:
    """Where a tensor lies: its address, its sizes and its strides in elements."""

    kind: Kind
    dtype: str
    shape: Shape
    address: int
    strides: Shape

    @property
    def memory(self) -> tuple[int, Shape, Shape]:
        """What the native shell takes: (address, sizes, strides)."""
        return self.address, self.shape, self.strides


def dtype_name(dtype: object) -> str:
    """The name of a dtype given as a name, a NumPy dtype or type, or a torch dtype."""
    name = str(dtype).removeprefix("torch.") if not isinstance(dtype, str) else dtype
    if name not in DTYPES:
        with contextlib.suppress(TypeError):
            name = np.dtype(dtype).name  # type: ignore[call-overload]
    if name not in DTYPES:
        raise ValueError(f"dtype must be float32, float16 or bfloat16, not {name}")
    return name


def view(name: str, x: Any) -> View:
    """A view of ``x``, which errors call ``name``.

    Raises:
        TypeError: neither a NumPy array nor a torch tensor, or of another element type.
        ValueError: another device, a last dimension that is not contiguous, a tensor that asks
            for gradients.
    """
    if isinstance(x, np.ndarray) and not isinstance(x, np.ma.MaskedArray):
        return _numpy_view(name, x)
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(x, torch.Tensor):
        return _torch_view(name, x, torch)
    raise TypeError(f"{name} must be a NumPy array or a torch tensor, not {type(x).__name__}")


def _numpy_view(name: str, x: np.ndarray) -> View:
    dtype = x.dtype.name
    if dtype not in DTYPES or not x.dtype.isnative:
        raise TypeError(f"{name} must hold float32, float16 or bfloat16, not {x.dtype}")
    if not x.flags.aligned or any(stride % x.itemsize for stride in x.strides):
        raise ValueError(f"{name} is not aligned to its elements of {x.itemsize} bytes")
    strides = tuple(stride // x.itemsize for stride in x.strides)
    address = x.__array_interface__["data"][0]
    return View("a NumPy array", dtype, x.shape, address, _check_last(name, x.shape, strides))


def _torch_view(name: str, x: Any, torch: Any) -> View:
    dtype = str(x.dtype).removeprefix("torch.")
    if x.device.type != "cpu":
        raise ValueError(f"{name} is on {x.device}; this build runs on the CPU: move it there")
    if x.layout != torch.strided:
        raise TypeError(f"{name} must be a dense tensor, not {x.layout}")
    if dtype not in DTYPES:
        raise TypeError(f"{name} must hold float32, float16 or bfloat16, not {dtype}")
    if x.requires_grad and torch.is_grad_enabled():
        raise ValueError(
            f"{name} requires gradients and rdattn is forward only; "
            "use torch.no_grad() or .detach()"
        )
    if x.is_neg():
        raise ValueError(f"{name} is a lazily negated view; call .resolve_neg() first")
    shape = tuple(x.shape)
    strides = _check_last(name, shape, tuple(x.stride()))
    return View("a torch tensor", dtype, shape, x.data_ptr(), strides)


def _check_last(name: str, shape: Shape, strides: Shape) -> Shape:
    """The strides, with 1 in the last place; a dimension of one element has any stride."""
    if not shape or (shape[-1] <= 1 or strides[-1] == 1 or 0 in shape):
        return (*strides[:-1], 1) if shape else strides
    raise ValueError(f"{name}'s last dimension must be contiguous, not strided by {strides[-1]}")


def views(q: Any, k: Any, v: Any) -> tuple[View, View, View]:
    """Views of the three inputs, which must be of one kind and one element type."""
    q_view, k_view, v_view = view("q", q), view("k", k), view("v", v)
    for name, other in (("k", k_view), ("v", v_view)):
        if other.kind != q_view.kind:
            raise TypeError(f"q is {q_view.kind} and {name} is {other.kind}; pass one kind")
        if other.dtype != q_view.dtype:
            raise TypeError(f"q is {q_view.dtype} and {name} is {other.dtype}; pass one dtype")
    return q_view, k_view, v_view


def allocate(like: Any, shape: Shape, *, float32: bool = False) -> Any:
    """An uninitialised tensor of the kind and element type of ``like``, or of float32."""
    if isinstance(like, np.ndarray):
        return np.empty(shape, dtype=np.float32 if float32 else like.dtype)
    torch = sys.modules["torch"]
    return like.detach().new_empty(shape, dtype=torch.float32 if float32 else like.dtype)
