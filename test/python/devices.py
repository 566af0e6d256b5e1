"""Where the tests run: on the CPU with NumPy arrays, or on a GPU with torch's.

Tests make NumPy arrays and compare NumPy arrays; a device takes them where it computes.
"""

from __future__ import annotations

import functools
import sys
import warnings

import ml_dtypes
import numpy as np

import rdattn
from bounds import EPS
from rdattn import _tensors
from rdattn._library import native
from strategies import inputs

GUARD = 64
"""Elements before and after each poisoned result."""


class OnCPU:
    """NumPy arrays as they are."""

    name = "cpu"
    dtypes = ("float32", "float16", "bfloat16")

    @property
    def dtype(self) -> str:
        """What tests take that care about none: the most exact one of the main kernels."""
        return self.dtypes[0]

    @property
    def eps(self) -> float:
        return EPS[self.dtype]

    @property
    def atol(self) -> float:
        """For values about 1 that were rounded a few times."""
        return max(4 * self.eps, 1e-5)

    def inputs(self, **sizes):
        """Normally distributed q, k and v."""
        return inputs(**{"dtype": self.dtype} | sizes)

    def put(self, x: np.ndarray):
        """``x`` on the device, with the same strides."""
        return x

    def get(self, x) -> np.ndarray:
        return x

    def attention(self, q, k, v, pattern, **options):
        """`rdattn.attention` on the device."""
        result = rdattn.attention(*map(self.put, (q, k, v)), pattern, **options)
        return tuple(map(self.get, result)) if isinstance(result, tuple) else self.get(result)


class OnCUDA(OnCPU):
    """torch tensors on the first GPU."""

    name = "cuda"
    dtypes = ("float16", "bfloat16", "float32")

    def put(self, x: np.ndarray):
        return to_torch(x, "cuda")

    def get(self, x) -> np.ndarray:
        return to_numpy(x)


DEVICES = {"cpu": OnCPU(), "cuda": OnCUDA()}


@functools.cache
def why_no_gpu() -> str | None:
    """What keeps the GPU tests from running here, if anything does."""
    with warnings.catch_warnings(action="ignore"):
        try:
            import torch
        except ImportError:
            return "torch is not installed"
        if not torch.cuda.is_available():
            return "this machine has no CUDA device"
    if capability() < (8, 0):
        return "the GPU's compute capability is {}.{}, below 8.0".format(*capability())
    return None


def capability() -> tuple[int, int]:
    """The compute capability of the GPU that there is."""
    import torch

    return torch.cuda.get_device_capability()


# -- Copies that keep the layout --------------------------------------------------------------


def to_torch(x: np.ndarray, device: str):
    """A torch tensor with the values and strides of ``x``, as far from a 16-byte boundary.

    torch knows no negative strides: such an array is made contiguous.
    """
    import torch

    if any(stride < 0 for stride in x.strides):
        x = np.ascontiguousarray(x)
    strides = [stride // x.itemsize for stride in x.strides]
    span = 1 + sum((n - 1) * s for n, s in zip(x.shape, strides, strict=True)) if x.size else 0
    offset = x.__array_interface__["data"][0] % 16 // x.itemsize
    integers = np.dtype(f"i{x.itemsize}")
    memory = np.lib.stride_tricks.as_strided(x, (span,), (x.itemsize,)).view(integers)
    base = torch.zeros(offset + span, dtype=getattr(torch, f"int{8 * x.itemsize}"), device=device)
    base[offset:] = torch.from_numpy(memory.copy()).to(device)
    return base.view(getattr(torch, x.dtype.name))[offset:].as_strided(x.shape, strides, offset)


def to_numpy(x) -> np.ndarray:
    """A NumPy array with the values of a torch tensor."""
    import torch

    x = x.detach().cpu()
    if x.dtype == torch.bfloat16:
        return x.view(torch.int16).numpy().view(ml_dtypes.bfloat16)
    return x.numpy()


# -- Poisoned results -------------------------------------------------------------------------


def _is_captured(like):
    """Whether what is put on the device now runs later, when a graph is replayed."""
    if isinstance(like, np.ndarray) or not like.is_cuda:
        return False
    return sys.modules["torch"].cuda.is_current_stream_capturing()


class Poison:
    """Results that start as NaN and lie between guards, which must stay NaN."""

    def __init__(self):
        self.bases = []

    def allocator(self, like, shape, *, float32=False):
        """Takes the place of `_tensors.allocator`."""
        size = int(np.prod(shape))

        def allocate():
            base = self._nans(like, size + 2 * GUARD, float32)
            if not _is_captured(like):
                self.bases.append(base)
            return base[GUARD : GUARD + size].reshape(shape)

        return allocate

    @staticmethod
    def _nans(like, size, float32):
        if isinstance(like, np.ndarray):
            return np.full(size, np.nan, dtype=np.float32 if float32 else like.dtype)
        torch = sys.modules["torch"]
        return like.new_full((size,), np.nan, dtype=torch.float32 if float32 else like.dtype)

    def check(self):
        for base in self.bases:
            for guard in (base[:GUARD], base[-GUARD:]):
                assert (guard != guard).all(), "wrote outside the result"
        self.bases.clear()


def poisoned():
    """Poisons all results while it is iterated over once: a fixture's or a with's body."""
    poison, original = Poison(), _tensors.allocator
    native().forget()  # calls remember how their results are made
    _tensors.allocator = poison.allocator
    try:
        yield poison
    finally:
        _tensors.allocator = original
        native().forget()
    poison.check()
