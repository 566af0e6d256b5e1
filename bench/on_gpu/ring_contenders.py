"""Who computes a case on a ring of GPUs: ours over each transport, and torch's context_parallel.

A contender runs in all processes, each with a GPU of its own; `lanes` are the ranks that this
process plays, of which threads plays all in the first process.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
import torch.distributed as distributed

import rdattn
from rdattn._library import native

from .ring_cases import RingCase


@dataclass(frozen=True)
class Lane:
    """One rank that this process plays: a call that gives its shard of o."""

    rank: int
    device: str
    call: Callable[[], torch.Tensor]


@dataclass(frozen=True)
class Contender:
    """Several lanes are called from a thread each."""

    lanes: list[Lane]
    ready: Callable[[], Any] = contextlib.nullcontext
    """What the calls need around them."""
    whole: Callable[[torch.Tensor], torch.Tensor] | None = None
    """Makes the whole o from a shard, where shards do not lie as ours do."""

    def each(self, body: Callable[[Lane], Any]) -> list[Any]:
        """``body`` of every lane, at the same time."""
        if len(self.lanes) <= 1:
            return [body(lane) for lane in self.lanes]
        results: list[Any] = [None] * len(self.lanes)

        def run(index: int) -> None:
            try:
                results[index] = body(self.lanes[index])
            except Exception as error:
                results[index] = error

        threads = [threading.Thread(target=run, args=(i,)) for i in range(len(self.lanes))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for result in results:
            if isinstance(result, Exception):
                raise result
        return results


def _lane(case: RingCase, group: rdattn.ring.Group) -> Lane:
    """A rank of ours, with its shard of the inputs."""
    device, layout = f"cuda:{group.device}", case.layout(group.size)
    kernel = case.kernel(layout)
    shard = [rdattn.ring.shard(x, group.rank, group.size, layout) for x in case.inputs(device)]
    torch.cuda.empty_cache()

    def call() -> torch.Tensor:
        return kernel(*shard, ring=group, tokens=case.tokens)

    return Lane(group.rank, device, call)


def over_nccl(case: RingCase) -> Contender:
    return Contender([_lane(case, rdattn.ring.nccl())])


def over_copy_engines(case: RingCase) -> Contender:
    """Threads of the first process; the others' GPUs are used from there."""
    size = distributed.get_world_size()
    if distributed.get_rank():
        return Contender([])
    groups = rdattn.ring.threads(size, devices=list(range(size)))
    return Contender([_lane(case, group) for group in groups])


def without_transfers(case: RingCase) -> Contender:
    """The same launches on the same tables, but nothing travels and nobody is waited for."""
    rank, size = distributed.get_rank(), distributed.get_world_size()
    handle = native().ring_loopback(size, rank, torch.cuda.current_device())
    return Contender([_lane(case, rdattn.ring.Group(handle))])


def one_device(case: RingCase) -> Contender:
    """The whole on the first GPU."""
    if distributed.get_rank():
        return Contender([])
    device = f"cuda:{torch.cuda.current_device()}"
    kernel, whole = case.kernel(), case.inputs(device)
    return Contender([Lane(0, device, lambda: kernel(*whole))])


def context_parallel(case: RingCase, rotation: str) -> Contender:
    """torch's ring over cuDNN, with its own balance of causal work."""
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.tensor import experimental
    from torch.distributed.tensor.experimental import _attention
    from torch.nn.attention import SDPBackend, sdpa_kernel

    mesh = init_device_mesh("cuda", (distributed.get_world_size(),))
    device = f"cuda:{torch.cuda.current_device()}"
    # torch shards these in place, and gives them back.
    buffers = [x.transpose(1, 2).contiguous() for x in case.inputs(device)]

    @contextlib.contextmanager
    def ready() -> Iterator[None]:
        _options(_attention).enable_load_balance = case.causal
        _attention.set_rotate_method(rotation)
        sharded = experimental.context_parallel(mesh, buffers=buffers, buffer_seq_dims=[2, 2, 2])
        with sharded, sdpa_kernel(SDPBackend.CUDNN_ATTENTION), torch.no_grad():
            yield

    def call() -> torch.Tensor:
        return torch.nn.functional.scaled_dot_product_attention(*buffers, is_causal=case.causal)

    def whole(o: torch.Tensor) -> torch.Tensor:
        (joined,) = _attention.context_parallel_unshard(mesh, [o], [2])
        return joined.transpose(1, 2)

    return Contender([Lane(distributed.get_rank(), device, call)], ready, whole)


def _options(attention: Any) -> Any:
    """Where the version of torch keeps them."""
    options = getattr(attention, "_cp_options", None)
    if options is None:
        from torch.distributed.tensor.experimental._context_parallel import (
            _attention as newer,  # type: ignore[import-not-found]
        )

        options = newer._cp_options
    return options


OURS = {"nccl": over_nccl, "copy engines": over_copy_engines}
ALONE, ONE = "no transfers", "one device"


def contenders(case: RingCase) -> Iterator[tuple[str, Callable[[], Contender]]]:
    """(name, maker) of each; a maker takes memory, and all processes call it together."""
    for name, make in (OURS | {ALONE: without_transfers, ONE: one_device}).items():
        yield name, lambda make=make: make(case)
    if case.kind == "dense":
        for rotation in ("allgather", "alltoall"):
            yield f"torch, {rotation}", lambda way=rotation: context_parallel(case, way)
