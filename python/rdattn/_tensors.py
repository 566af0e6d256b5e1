"""Tensors as views of memory; none is copied.

NumPy, torch and CuPy arrays are known here; torch and CuPy are looked up among the modules the
user imported, and never imported here. Other arrays on CUDA devices become torch tensors first:
see `_adopt`.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import numpy as np

from ._shapes import Shape

DTYPES: tuple[str, ...] = ("float32", "float16", "bfloat16")
"""The element types, in the order of the C API's rdattn_dtype."""

NUMPY = "a NumPy array"
TORCH = "a torch tensor"
CUPY = "a CuPy array"


@dataclass(frozen=True, slots=True)
class Device:
    """Where memory lies: on the CPU, or on one of the CUDA devices."""

    type: Literal["cpu", "cuda"]
    ordinal: int = 0

    def __str__(self) -> str:
        return "the CPU" if self.type == "cpu" else f"{self.type}:{self.ordinal}"


CPU = Device("cpu")


@dataclass(frozen=True, slots=True)
class View:
    """Where a tensor lies: its address, its sizes and its strides in elements."""

    dtype: str
    shape: Shape
    address: int
    strides: Shape
    device: Device = CPU

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


# -- Views ------------------------------------------------------------------------------------


def kind(name: str, x: Any) -> str:
    """What ``x`` is, in the words of errors; TypeError where it is nothing that is taken."""
    if isinstance(x, np.ndarray):
        if not isinstance(x, np.ma.MaskedArray):
            return NUMPY
    elif _is_torch(x):
        return TORCH
    elif _is_cupy(x):
        return CUPY
    elif hasattr(x, "__dlpack_device__") or hasattr(x, "__cuda_array_interface__"):
        return f"an array of {type(x).__module__.partition('.')[0]}"
    raise TypeError(
        f"{name} must be a NumPy array, a torch tensor or an array on a CUDA device, "
        f"not {type(x).__name__}"
    )


def _is_torch(x: Any) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(x, torch.Tensor)


def _is_cupy(x: Any) -> bool:
    cupy = sys.modules.get("cupy")
    return cupy is not None and isinstance(x, cupy.ndarray)


def view(name: str, x: Any) -> View:
    """A view of a NumPy, torch or CuPy array, which errors call ``name``.

    Raises:
        TypeError: another element type.
        ValueError: another device, a last dimension that is not contiguous, a tensor that asks
            for gradients.
    """
    if isinstance(x, np.ndarray):
        return _numpy_view(name, x)
    if _is_torch(x):
        return _torch_view(name, x, sys.modules["torch"])
    return _cupy_view(name, x)


def _numpy_view(name: str, x: np.ndarray) -> View:
    dtype = _check_dtype(name, x.dtype.name if x.dtype.isnative else str(x.dtype))
    strides = _check_strides(name, x, aligned=x.flags.aligned)
    address = x.__array_interface__["data"][0]
    return View(dtype, x.shape, address, strides)


def _cupy_view(name: str, x: Any) -> View:
    dtype = _check_dtype(name, x.dtype.name)
    strides = _check_strides(name, x, aligned=x.data.ptr % x.itemsize == 0)
    return View(dtype, x.shape, x.data.ptr, strides, Device("cuda", x.device.id))


def _torch_view(name: str, x: Any, torch: Any) -> View:
    if x.device.type not in ("cpu", "cuda"):
        raise ValueError(
            f"{name} is on {x.device}; rdattn runs on the CPU and on CUDA devices: move it there"
        )
    if x.layout != torch.strided:
        raise TypeError(f"{name} must be a dense tensor, not {x.layout}")
    dtype = _check_dtype(name, str(x.dtype).removeprefix("torch."))
    if x.requires_grad and torch.is_grad_enabled():
        raise ValueError(
            f"{name} requires gradients and rdattn is forward only; "
            "use torch.no_grad() or .detach()"
        )
    if x.is_neg():
        raise ValueError(f"{name} is a lazily negated view; call .resolve_neg() first")
    shape = tuple(x.shape)
    strides = _check_last(name, shape, tuple(x.stride()))
    device = CPU if x.device.type == "cpu" else Device("cuda", x.device.index)
    return View(dtype, shape, x.data_ptr(), strides, device)


def _check_dtype(name: str, dtype: str) -> str:
    """``dtype`` where it is one of ours."""
    if dtype not in DTYPES:
        raise TypeError(f"{name} must hold float32, float16 or bfloat16, not {dtype}")
    return dtype


def _check_strides(name: str, x: Any, *, aligned: bool) -> Shape:
    """The strides of ``x``, which are in bytes, in elements."""
    if not aligned or any(stride % x.itemsize for stride in x.strides):
        raise ValueError(f"{name} is not aligned to its elements of {x.itemsize} bytes")
    return _check_last(name, x.shape, tuple(stride // x.itemsize for stride in x.strides))


def _check_last(name: str, shape: Shape, strides: Shape) -> Shape:
    """The strides, with 1 in the last place; a dimension of one element has any stride."""
    if not shape or (shape[-1] <= 1 or strides[-1] == 1 or 0 in shape):
        return (*strides[:-1], 1) if shape else strides
    raise ValueError(f"{name}'s last dimension must be contiguous, not strided by {strides[-1]}")


def check_kinds(q: Any, k: Any, v: Any) -> str:
    """The kind of the three inputs, which must be one."""
    q_kind = kind("q", q)
    for name, other in (("k", kind("k", k)), ("v", kind("v", v))):
        if other != q_kind:
            raise TypeError(f"q is {q_kind} and {name} is {other}; pass one kind")
    return q_kind


def views(q: Any, k: Any, v: Any) -> tuple[View, View, View]:
    """Views of three inputs of one kind, whose element type and device must be one, too."""
    q_view, k_view, v_view = view("q", q), view("k", k), view("v", v)
    for name, other in (("k", k_view), ("v", v_view)):
        if other.dtype != q_view.dtype:
            raise TypeError(f"q is {q_view.dtype} and {name} is {other.dtype}; pass one dtype")
        if other.device != q_view.device:
            raise ValueError(
                f"q is on {q_view.device} and {name} is on {other.device}; "
                "pass tensors of one device"
            )
    return q_view, k_view, v_view


# -- Results and streams ----------------------------------------------------------------------


def allocator(like: Any, shape: Shape, *, float32: bool = False) -> Callable[[], Any]:
    """Makes uninitialised contiguous tensors of one shape, where ``like`` lies and of its kind.

    Their element type is that of ``like``, or float32.
    """
    if isinstance(like, np.ndarray):
        return partial(np.empty, shape, np.float32 if float32 else like.dtype)
    if _is_torch(like):
        torch = sys.modules["torch"]
        # The fastest of torch's ways; the prototype holds one element.
        one = like.detach().new_empty((), dtype=torch.float32 if float32 else like.dtype)
        return partial(torch.empty_like, one.expand(shape), memory_format=torch.contiguous_format)
    cupy, device = sys.modules["cupy"], like.device

    def empty() -> Any:
        with device:
            return cupy.empty(shape, np.float32 if float32 else like.dtype)

    return empty


def stream(like: Any, device: Device) -> int:
    """The address of the stream on which ``like``'s library queues its work now."""
    if device.type == "cpu":
        return 0
    if _is_torch(like):
        return sys.modules["torch"].cuda.current_stream(device.ordinal).cuda_stream
    cupy = sys.modules["cupy"]
    with cupy.cuda.Device(device.ordinal):
        return cupy.cuda.get_current_stream().ptr
