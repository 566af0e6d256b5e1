"""What a call of attention says of its ring."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

from . import _tensors
from ._layouts import check_index
from .ring import Group


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
    group = check_group(ring)
    if tokens is not None:
        tokens = check_index("tokens", tokens)
    if device.type != "cpu" or group._native.device >= 0:
        where = f"ring is of cuda:{group._native.device}"
        if device.type != "cpu":
            where = f"q, k and v are on {device}"
        raise ValueError(f"{where}, but attention on a ring runs on CPUs so far")
    return Place(group, group._native.sum(rows) if tokens is None else tokens)


def check_group(ring: object) -> Group:
    """``ring``, or TypeError with how to get a group."""
    if isinstance(ring, Group):
        return ring
    if isinstance(ring, (list, tuple)) and ring and all(isinstance(x, Group) for x in ring):
        raise TypeError(
            "ring is a list of all ranks' groups; each rank passes its own, groups[rank]"
        )
    distributed = sys.modules.get("torch.distributed")
    if isinstance(ring, getattr(distributed, "ProcessGroup", ())):
        raise TypeError(
            "ring is a process group of torch.distributed; pass rdattn.ring.nccl(process_group)"
        )
    raise TypeError(f"ring must be a group of rdattn.ring, not {ring!r}")
