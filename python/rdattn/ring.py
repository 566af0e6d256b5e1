"""Rings: a sequence too long for one device, spread over several ranks.

Every rank holds a shard of q, k and v, and `rdattn.attention(..., ring=group)` gives it the same
shard of the result; keys and values travel between the ranks while others are computed. A rank
is a thread of this process or a process of its own:

    groups = rdattn.ring.threads(4)       # one group for each of 4 threads
    group = rdattn.ring.mpi()             # in each process under mpirun
    group = rdattn.ring.nccl()            # in each process under torchrun, for its GPU
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np

from ._errors import Error
from ._layouts import Layout, layout, positions, shard, unshard
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
        return f"<rank {self.rank} of {self.size} over {self._native.transport}{closed}>"


# -- Creation ---------------------------------------------------------------------------------


def threads(n: int, timeout: float = 600.0) -> list[Group]:
    """A ring of ``n`` threads of this process: the group of each rank.

    A call waits for the other ranks for at most ``timeout`` seconds. Tensors are on the CPU.

    Raises:
        TypeError, ValueError: ``n`` is no count up to 1024, or ``timeout`` no number of seconds.
    """
    n = check_count("n", n)
    if n > MOST_THREADS:
        raise ValueError(f"n must be at most {MOST_THREADS}, not {n}")
    return [Group(handle) for handle in native().ring_threads(n, _check_timeout(timeout))]


def mpi(timeout: float = 600.0) -> Group:
    """This process's place in a ring of all processes that ``mpirun`` started; all must call it.

    A call waits for the other ranks for at most ``timeout`` seconds. Tensors are on the CPU.

    Raises:
        TypeError, ValueError: ``timeout`` is no number of seconds.
        Error: rdattn was built without MPI, or not all processes came.
    """
    return Group(native().ring_mpi(_check_timeout(timeout)))


def nccl(process_group: Any = None, timeout: float = 600.0) -> Group:
    """This process's place in a ring of GPUs over NCCL; all ranks must call it.

    ``process_group`` is one of torch.distributed (None: the default one), which names the ranks
    and carries NCCL's id. Each rank's tensors are on its torch.cuda.current_device(). Attention
    on such a ring is still to come.

    Raises:
        TypeError, ValueError: ``process_group`` is none, or ``timeout`` no number of seconds.
        Error: there is no torch, no CUDA device or no NCCL, or not all ranks came.
    """
    timeout = _check_timeout(timeout)
    torch = _torch_of_gpus()
    distributed = torch.distributed
    if process_group is not None and not isinstance(process_group, distributed.ProcessGroup):
        raise TypeError(f"process_group must be one of torch.distributed, not {process_group!r}")
    if not distributed.is_initialized():
        raise ValueError(
            "process_group is none: call torch.distributed.init_process_group first, under torchrun"
        )
    rank, size = distributed.get_rank(process_group), distributed.get_world_size(process_group)
    identifier = _share_id(distributed, process_group, rank)
    device = torch.cuda.current_device()
    return Group(native().ring_nccl(identifier, size, rank, device, timeout))


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


def _check_timeout(timeout: object) -> float:
    if isinstance(timeout, (bool, np.bool_)) or not isinstance(timeout, (int, float, np.number)):
        raise TypeError(f"timeout must be a number of seconds, not {timeout!r}")
    if not 0 < timeout <= LONGEST_TIMEOUT:
        raise ValueError(f"timeout must be above 0 and at most 1e9 seconds, not {timeout!r}")
    return float(timeout)
