"""Rings: a sequence too long for one device, spread over several ranks.

Every rank holds a shard of q, k and v, and `rdattn.attention(..., ring=group)` gives it the same
shard of the result; keys and values travel between the ranks while others are computed. A rank
is a thread of this process or a process of its own:

    groups = rdattn.ring.threads(4)       # one group for each of 4 threads, on the CPU
    groups = rdattn.ring.threads(4, devices="cuda")    # or on the GPUs that there are
    group = rdattn.ring.mpi()             # in each process under mpirun
    group = rdattn.ring.nccl()            # in each process under torchrun, for its GPU

Under torchrun a process group of torch.distributed can be passed as ``ring`` itself.
"""

from __future__ import annotations

import atexit
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from threading import Lock
from typing import Any, Literal
from weakref import WeakKeyDictionary

import numpy as np

from ._errors import Error
from ._layouts import Layout, check_index, layout, positions, shard, unshard
from ._library import native
from .pattern import check_count

__all__ = [
    "Group",
    "Layout",
    "layout",
    "mpi",
    "nccl",
    "positions",
    "shard",
    "threads",
    "unshard",
]

MOST_THREADS = 1024
"""Ranks of a ring of threads."""

LONGEST_TIMEOUT = 1e9


class Group:
    """One rank's place in a ring, for one thread at a time. Made by `threads`, `mpi` or `nccl`.

    Where a rank fails, stalls or leaves, the calls of all others raise Error within the timeout,
    and so do later ones: close the groups and make new ones to go on. As a context manager a group
    is closed at the end, and an exception in its body makes the other ranks' calls fail at once.
    """

    def __init__(self, handle: Any) -> None:
        self._native = handle

    @property
    def rank(self) -> int:
        """This rank, from 0 on."""
        return self._native.rank

    @property
    def size(self) -> int:
        """How many ranks there are."""
        return self._native.size

    @property
    def device(self) -> int | None:
        """The CUDA device of this rank's tensors; None: the CPU."""
        device = self._native.device
        return None if device < 0 else device

    def synchronize(self) -> None:
        """Returns when the steps of all calls so far are done on the device, or raises Error.

        On a GPU work goes on after the call that queued it, so this is how a fault of the last
        call is learnt; its results are unspecified then. On the CPU there is nothing to wait for.
        """
        self._native.synchronize()

    def abort(self, reason: str) -> None:
        """Makes the calls of all ranks fail, for a reason that their errors give.

        May come from any thread, also while a call runs. A closed group does nothing.
        """
        if not isinstance(reason, str):
            raise TypeError(f"reason must be a string, not {reason!r}")
        self._native.abort(reason)

    def close(self) -> None:
        """Leaves the ring: ranks that still wait for this one fail. Closing again does nothing."""
        self._native.close()

    def __enter__(self) -> Group:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is not None:
            self.abort(f"rank {self.rank} raised {type(error).__name__}: {error}")
        self.close()

    def __repr__(self) -> str:
        closed = ", closed" if self._native.closed else ""
        place = "" if self.device is None else f" on cuda:{self.device}"
        return f"<rank {self.rank} of {self.size} over {self._native.transport}{place}{closed}>"


# -- Creation ---------------------------------------------------------------------------------


def threads(
    n: int, timeout: float = 600.0, devices: Literal["cuda"] | Sequence[int] | None = None
) -> list[Group]:
    """A ring of ``n`` threads of this process: the group of each rank.

    A call waits for the other ranks for at most ``timeout`` seconds. Tensors are on the CPU, or
    where ``devices`` says: those of rank i on CUDA device ``devices[i]``, or with "cuda" on all
    devices in turn. Ranks may share a device.

    Raises:
        TypeError, ValueError: ``n`` is no count up to 1024, ``timeout`` no number of seconds, or
            ``devices`` names no device for each rank.
        Error: there is no CUDA device.
    """
    n = check_count("n", n)
    if n > MOST_THREADS:
        raise ValueError(f"n must be at most {MOST_THREADS}, not {n}")
    timeout = _check_timeout(timeout)
    ordinals = None if devices is None else _check_devices(devices, n)
    return [Group(handle) for handle in native().ring_threads(n, timeout, ordinals)]


def mpi(timeout: float = 600.0) -> Group:
    """This process's place in a ring of all processes that ``mpirun`` started; all must call it.

    A call waits for the other ranks for at most ``timeout`` seconds. Tensors are on the CPU.

    Raises:
        TypeError, ValueError: ``timeout`` is no number of seconds.
        Error: rdattn was built without MPI, or not all processes came.
    """
    return Group(native().ring_mpi(_check_timeout(timeout)))


def nccl(process_group: Any = None, timeout: float = 600.0, device: int | None = None) -> Group:
    """This process's place in a ring of GPUs over NCCL; all ranks must call it.

    ``process_group`` is one of torch.distributed (None: the default one), which names the ranks
    and carries NCCL's id. Each rank's tensors are on CUDA device ``device``; None: the one that
    the process group is bound to or that torch.cuda.set_device chose, or else that of torchrun's
    LOCAL_RANK.

    Raises:
        TypeError, ValueError: ``process_group`` is none, ``timeout`` no number of seconds, or
            ``device`` no device.
        Error: there is no torch, no CUDA device or no NCCL, or not all ranks came.
    """
    timeout = _check_timeout(timeout)
    torch = _torch_of_gpus()
    distributed = torch.distributed
    if process_group is not None and not is_process_group(process_group):
        raise TypeError(f"process_group must be one of torch.distributed, not {process_group!r}")
    if not distributed.is_initialized():
        raise ValueError(
            "process_group is none: call torch.distributed.init_process_group first, under torchrun"
        )
    if process_group is None:
        process_group = distributed.group.WORLD
    if device is None:
        device = _device_of(torch, process_group)
    else:
        (device,) = _check_devices([device], 1)
    rank, size = distributed.get_rank(process_group), distributed.get_world_size(process_group)
    if rank < 0:
        raise ValueError("process_group must have this process as a member")
    # Objects of process groups over NCCL travel by way of the current device.
    with torch.cuda.device(device):
        identifier = _share_id(distributed, process_group, rank)
        return Group(native().ring_nccl(identifier, size, rank, device, timeout))


def is_process_group(x: object) -> bool:
    """Whether ``x`` is a process group of torch.distributed, which is not imported for that."""
    distributed = sys.modules.get("torch.distributed")
    return isinstance(x, getattr(distributed, "ProcessGroup", ()))


_of_process_groups: WeakKeyDictionary[Any, Group] = WeakKeyDictionary()
_of_process_groups_lock = Lock()


def of_process_group(process_group: Any, device: int) -> Group:
    """The ring that stands for a process group: made by the first call, which all ranks make."""
    with _of_process_groups_lock:
        group = _of_process_groups.get(process_group)
        if group is None:
            group = _of_process_groups[process_group] = nccl(process_group, device=device)
        return group


@atexit.register
def _close_all() -> None:
    """Before torch and the driver go."""
    for group in list(_of_process_groups.values()):
        group.close()


def _device_of(torch: Any, process_group: Any) -> int:
    """The device that is meant by a process that names none."""
    bound = getattr(process_group, "bound_device_id", None)
    if bound is not None and bound.index is not None:
        return bound.index
    current, local = torch.cuda.current_device(), os.environ.get("LOCAL_RANK", "")
    if current == 0 and local.isdecimal() and int(local) < torch.cuda.device_count():
        return int(local)
    return current


def _torch_of_gpus() -> Any:
    try:
        torch = import_module("torch")
        distributed = import_module("torch.distributed")
    except ImportError:
        raise Error(
            "a ring over NCCL needs torch.distributed, but torch is not installed"
        ) from None
    if not distributed.is_available() or not torch.cuda.is_available():
        raise Error(
            "a ring over NCCL is one of CUDA devices, and torch finds none; rdattn.ring.mpi and "
            "rdattn.ring.threads make rings of CPUs"
        )
    return torch


def _share_id(distributed: Any, process_group: Any, rank: int) -> bytes:
    """NCCL's id, which rank 0 makes; where that fails all ranks learn it."""
    shared: list[Any] = [None]
    if rank == 0:
        try:
            shared[0] = native().ring_nccl_id()
        except Error as error:
            shared[0] = error
    distributed.broadcast_object_list(shared, group=process_group, group_src=0)
    if isinstance(shared[0], Error):
        raise shared[0]
    return shared[0]


def _check_devices(devices: object, n: int) -> list[int]:
    """The CUDA device of each of ``n`` ranks."""
    count = native().cuda_device_count()
    if count == 0:
        raise Error("devices are of CUDA, and there is no CUDA device; None means the CPU")
    if isinstance(devices, str) and devices == "cuda":
        return [rank % count for rank in range(n)]
    if isinstance(devices, str) or not isinstance(devices, Sequence):
        raise TypeError(f"devices must be 'cuda' or a list of device numbers, not {devices!r}")
    if len(devices) != n:
        raise ValueError(f"devices must name one device for each of {n} ranks, not {len(devices)}")
    return [check_index("device", device, count - 1) for device in devices]


def _check_timeout(timeout: object) -> float:
    if isinstance(timeout, (bool, np.bool_)) or not isinstance(timeout, (int, float, np.number)):
        raise TypeError(f"timeout must be a number of seconds, not {timeout!r}")
    if not 0 < timeout <= LONGEST_TIMEOUT:
        raise ValueError(f"timeout must be above 0 and at most 1e9 seconds, not {timeout!r}")
    return float(timeout)
