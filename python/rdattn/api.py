"""Compiled attention: `attention` for one call, `compile` for a kernel to keep."""

from __future__ import annotations

from functools import cache, lru_cache, partial
from threading import Lock
from typing import Any, Literal, TypeVar, overload

from . import _run, _tensors
from ._layouts import Layout, check_layout
from ._layouts import layout as choose_layout
from ._library import native
from ._place import Place, locate
from ._schedule import Schedule, normalise
from ._shapes import Sizes
from .pattern import Pattern, Target, check_count, check_target
from .ring import Group

Tensor = TypeVar("Tensor")


class Kernel:
    """Compiled attention of one pattern, element type and head size, for any B, S, H and G.

    Made by `rdattn.compile`. May be called from several threads at once.
    """

    def __init__(
        self,
        pattern: Pattern,
        *,
        dtype: str,
        head_dim: int,
        value_dim: int,
        causal: bool,
        return_lse: bool,
        target: Target,
        schedule: str | None,
        ring: Layout | None,
    ) -> None:
        self.pattern = pattern
        self.dtype = dtype
        self.head_dim = head_dim
        self.value_dim = value_dim
        self.causal = causal
        self.return_lse = return_lse
        self.target = target
        self.ring = ring
        self._native = native().Kernel(
            pattern.to_json(),
            _tensors.DTYPES.index(dtype),
            head_dim,
            value_dim,
            causal,
            return_lse,
            target,
            schedule,
            ring,
        )

    def __call__(
        self,
        q: Any,
        k: Any,
        v: Any,
        *,
        scale: float | None = None,
        ring: Group | Any | None = None,
        tokens: int | None = None,
    ) -> Any:
        """o [B,S,H,Dv], or (o, lse [B,H,S] in float32) where compiled with return_lse.

        Args and errors are those of `rdattn.attention`; dtype, head sizes and device must be what
        the kernel was compiled for, and a kernel for a ring takes one.
        """
        called = self, self.causal, self.return_lse, ring, None, tokens
        result = native().repeat(*called, q, k, v, scale)
        if isinstance(result, int):
            tokens = result
        elif result is not None:
            return result
        given = _run.inputs(q, k, v)
        return self._run(given, called, scale, self._locate(given, ring, tokens))

    def _locate(
        self, given: _run.Inputs, ring: Group | Any | None, tokens: int | None
    ) -> Place | None:
        if ring is not None and self.ring is None:
            raise ValueError(
                "ring was given, but the kernel is for one device; compile it with ring='zigzag' "
                "or another layout"
            )
        if ring is None and self.ring is not None:
            raise ValueError(f"ring is missing: the kernel is for one in the {self.ring} layout")
        return locate(ring, tokens, given.sizes.tokens, given.device)

    def _run(
        self, given: _run.Inputs, called: _run.Called, scale: float | None, place: Place | None
    ) -> Any:
        """`__call__` on inputs already checked against each other."""
        given.check_target("the kernel", self.target)
        if given.dtype != self.dtype:
            raise TypeError(f"the kernel takes {self.dtype}, not {given.dtype}")
        self._check(given.sizes, given.sizes.tokens if place is None else place.tokens)
        return _run.run(self._native, given, called, scale=scale, place=place)

    def _check(self, sizes: Sizes, tokens: int) -> None:
        if sizes.head_dim != self.head_dim:
            raise ValueError(f"the kernel's head_dim is {self.head_dim}, not {sizes.head_dim}")
        if sizes.value_dim != self.value_dim:
            raise ValueError(f"the kernel's value_dim is {self.value_dim}, not {sizes.value_dim}")
        self.pattern.check_covers(tokens)

    def ir(self, level: str) -> str:
        """The kernel's MLIR text at ``level``.

        The levels, from what to how: "attention", "expanded", "scheduled", "launch" and
        "bufferized"; then "cpu" for that target, or "rdtile" and "nvvm" for CUDA; and "llvm".
        Raises ValueError for any other.
        """
        return self._native.ir(level)

    def __repr__(self) -> str:
        return (
            f"Kernel({self.pattern!r}, dtype={self.dtype!r}, head_dim={self.head_dim}, "
            f"value_dim={self.value_dim}, causal={self.causal}, return_lse={self.return_lse}, "
            f"target={self.target!r}, ring={self.ring!r})"
        )


def compile(
    pattern: Pattern,
    *,
    dtype: Any,
    head_dim: int,
    value_dim: int | None = None,
    causal: bool = False,
    return_lse: bool = False,
    target: Target = "cpu",
    schedule: Schedule | None = None,
    ring: Layout | None = None,
) -> Kernel:
    """Compiles a kernel, or finds it among those compiled earlier.

    Args:
        pattern: which tokens see which.
        dtype: "float32", "float16" or "bfloat16", or a NumPy or torch dtype of that name.
        head_dim: D of q and k.
        value_dim: Dv of v and o; ``head_dim`` where None.
        causal: no token sees a later one.
        return_lse: return lse as well as o.
        target: "cpu", or for a kernel that takes tensors on CUDA devices "cuda-sm90a" (Hopper),
            "cuda-sm80" (Ampere and later) or "cuda", the one of them that suits the first
            device, and Hopper where there is none. Compiling needs no GPU.
        schedule: of a CUDA kernel, what to set by hand: a dict of some of the fields keys,
            stages, consumers, lanes, pingpong, order and group, or their text, such as
            "keys = 112, stages = 3". Kernels for "cuda-sm80", and all of float32, have the
            fields queries, keys, stages, warpgroups, order and group. None: the default for the
            element type and head sizes.
        ring: the layout of a ring to run on, "contiguous", "zigzag" or "striped"; None: one
            device.

    Raises:
        TypeError, ValueError: an argument of another type or value, a schedule that does not fit
            the hardware.
        Error: a failure to compile.
    """
    if not isinstance(pattern, Pattern):
        raise TypeError(f"pattern must be a Pattern, not {pattern!r}")
    check_target(target)
    if schedule is not None and target == "cpu":
        raise ValueError("a schedule is for CUDA; target 'cpu' takes none")
    if ring is not None:
        check_layout(ring, "ring")
    head_dim = check_count("head_dim", head_dim)
    value_dim = head_dim if value_dim is None else check_count("value_dim", value_dim)
    return _compile(
        pattern,
        dtype=_tensors.dtype_name(dtype),
        head_dim=head_dim,
        value_dim=value_dim,
        causal=bool(causal),
        return_lse=bool(return_lse),
        target=target,
        schedule=None if schedule is None else normalise(schedule),
        ring=ring,
    )


class _Slot:
    """Where a kernel is kept: threads that want one kernel get one, with one set of plans."""

    def __init__(self, pattern: Pattern, **options: Any) -> None:
        self._make = partial(Kernel, pattern, **options)
        self._lock = Lock()
        self._kernel: Kernel | None = None

    def kernel(self) -> Kernel:
        with self._lock:
            if self._kernel is None:
                self._kernel = self._make()
            return self._kernel


_slot = lru_cache(maxsize=256)(_Slot)
_slots_lock = Lock()


def _compile(pattern: Pattern, **options: Any) -> Kernel:
    with _slots_lock:
        slot = _slot(pattern, **options)
    return slot.kernel()


@cache
def _target(device: _tensors.Device) -> Target:
    """What to compile for so that kernels suit the device; Error where none does."""
    return "cpu" if device.type == "cpu" else native().cuda_target(device.ordinal)


def _layout_at(
    place: Place | None, layout: Layout | Literal["auto"], pattern: Pattern, causal: bool
) -> Layout | None:
    """How the shards of a call lie, of which ``layout`` is what the caller said."""
    if place is None:
        return None
    if layout == "auto":
        return choose_layout(pattern, place.tokens, place.group.size, causal)
    return layout


@overload
def attention(
    q: Tensor, k: Tensor, v: Tensor, pattern: Pattern, *, causal: bool = ...,
    scale: float | None = ..., return_lse: Literal[False] = ..., ring: Group | Any | None = ...,
    layout: Layout | Literal["auto"] = ..., tokens: int | None = ...,
) -> Tensor: ...  # fmt: skip


@overload
def attention(
    q: Tensor, k: Tensor, v: Tensor, pattern: Pattern, *, causal: bool = ...,
    scale: float | None = ..., return_lse: Literal[True], ring: Group | Any | None = ...,
    layout: Layout | Literal["auto"] = ..., tokens: int | None = ...,
) -> tuple[Tensor, Tensor]: ...  # fmt: skip


def attention(
    q: Any,
    k: Any,
    v: Any,
    pattern: Pattern,
    *,
    causal: bool = False,
    scale: float | None = None,
    return_lse: bool = False,
    ring: Group | Any | None = None,
    layout: Layout | Literal["auto"] = "auto",
    tokens: int | None = None,
) -> Any:
    """Attention where each token sees those that ``pattern`` allows, compiled where it runs.

    Inputs are read where they lie, on the CPU or on a CUDA device: any strides with a contiguous
    last dimension. On a CUDA device the work is queued on the current stream of the inputs'
    library, and can be captured in a CUDA graph, though not on a ring.

    Args:
        q, k, v: [B,S,H,D], [B,S,G,D] and [B,S,G,Dv], H a multiple of G (query head h uses key
            head h // (H / G)). All NumPy arrays, all torch tensors on the CPU or on one CUDA
            device, or all arrays of one other library on a CUDA device that have ``__dlpack__``
            or ``__cuda_array_interface__``; of float32, float16 or bfloat16
            (ml_dtypes.bfloat16 for NumPy).
        pattern: which tokens see which.
        causal: no token sees a later one.
        scale: of the scores, any finite 32-bit float; 1/sqrt(D) where None.
        return_lse: return (o, lse) instead of o.
        ring: this rank's group of `rdattn.ring`: q, k, v and the results are then this rank's
            shards of a sequence, on the group's device, and all ranks make the call. On CPUs none
            returns before those that need its rows; on CUDA devices the work is queued, and of a
            fault that comes later the next call tells, or the group's ``synchronize``. A process
            group of torch.distributed stands for the ring that `rdattn.ring.nccl` makes of it,
            which is kept as long as the process group. None: one device.
        layout: how the shards lie on the ring: "contiguous", "zigzag", "striped", or "auto" for
            what `rdattn.ring.layout` chooses.
        tokens: S of the whole sequence; None: the sum of the shards' lengths, for which the ranks
            ask each other.

    Returns:
        o [B,S,H,Dv] of the inputs' kind and dtype; lse [B,H,S] in float32, the natural logarithm
        of the sum of exp of the scaled scores. A row without keys has o = 0 and lse = -inf. NumPy,
        torch and CuPy get their own kind back, and any other library torch tensors.

    Raises:
        TypeError: inputs of another kind or element type, or of several.
        ValueError: shapes that do not fit, S past the end of a branch, a last dimension that is
            not contiguous, several devices, a tensor that requires gradients, a bad scale, a shard
            whose length does not fit the layout.
        MemoryError: too little memory for the result or the run.
        Error: a failure to compile, a device that the kernel cannot run on; on a ring, ranks that
            do not run the same attention, or one that failed, left, or did not come in time.
        KeyboardInterrupt: interrupted while running.
    """
    result = native().repeat(pattern, causal, return_lse, ring, layout, tokens, q, k, v, scale)
    if isinstance(result, int):
        tokens = result
    elif result is not None:
        return result
    if not isinstance(pattern, Pattern):
        raise TypeError(f"pattern must be a Pattern, not {pattern!r}")
    if layout != "auto":
        check_layout(layout)
        if ring is None:
            raise ValueError("layout was given without a ring, whose shards it places")
    given = _run.inputs(q, k, v)
    place = locate(ring, tokens, given.sizes.tokens, given.device)
    kernel = compile(
        pattern,
        dtype=given.dtype,
        head_dim=given.sizes.head_dim,
        value_dim=given.sizes.value_dim,
        causal=causal,
        return_lse=return_lse,
        target=_target(given.device),
        ring=_layout_at(place, layout, pattern, causal),
    )
    called = pattern, kernel.causal, kernel.return_lse, ring, layout, tokens
    return kernel._run(given, called, scale, place)
