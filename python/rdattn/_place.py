"""What a call of attention says of its ring."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from . import _tensors
from ._layouts import check_index
from .ring import Group, is_process_group, of_process_group


@dataclass(frozen=True, slots=True)
class Place:
    """What a call says of its ring: this rank's group, and S of the whole sequence."""

    group: Group
    tokens: int

    @property
    def arguments(self) -> tuple[Any, int]:
        """What the native shell takes."""
        return self.group._native, self.tokens


def locate(ring: object, tokens: int | None, rows: int, device: _tensors.Device) -> Place | None:
    """The place of a shard of ``rows`` rows, or None without a ring.

    Where ``tokens`` is None it is the sum of the ranks' rows, which all must ask for.
    """
    if ring is None:
        if tokens is not None:
            raise ValueError("tokens was given without a ring, of whose sequence it is the length")
        return None
    group = check_group(ring, device)
    if tokens is not None:
        tokens = check_index("tokens", tokens)
    return Place(group, group._native.sum(rows) if tokens is None else tokens)


def check_group(ring: object, device: _tensors.Device) -> Group:
    """This rank's group, for tensors on ``device``; TypeError with how to get one."""
    if is_process_group(ring):
        if device.type == "cpu":
            raise ValueError(
                "q, k and v are on the CPU, but ring is a process group of torch.distributed, "
                "which stands for a ring of CUDA devices; rdattn.ring.mpi() makes one of CPUs"
            )
        ring = of_process_group(ring, device.ordinal)
    if isinstance(ring, Group):
        _check_device(ring.device, device)
        return ring
    if isinstance(ring, (list, tuple)) and ring and all(isinstance(x, Group) for x in ring):
        raise TypeError(
            "ring is a list of all ranks' groups; each rank passes its own, groups[rank]"
        )
    raise TypeError(f"ring must be a group of rdattn.ring, not {ring!r}")


def _check_device(ring: int | None, device: _tensors.Device) -> None:
    """The tensors lie where the ring moves them."""
    if ring is None and device.type != "cpu":
        raise ValueError(
            f"q, k and v are on {device}, but ring is one of CPUs; rdattn.ring.nccl() and "
            "rdattn.ring.threads(n, devices='cuda') make rings of CUDA devices"
        )
    if ring is not None and (device.type, device.ordinal) != ("cuda", ring):
        raise ValueError(
            f"q, k and v are on {device}, but this rank of the ring is on cuda:{ring}; move them "
            "there"
        )
