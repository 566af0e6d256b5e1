"""The time that rdattn-sim foretells, on a machine whose figures are measured here."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.distributed as distributed

import rdattn

from .ring_cases import RingCase

_BESIDE_THE_BUILD = Path(rdattn.__path__[0]).parent.parent / "bin"


@dataclass(frozen=True)
class Link:
    """Between two GPUs, both ways at once."""

    bytes_per_second: float
    latency: float  #: seconds


def find_simulator() -> str | None:
    return shutil.which("rdattn-sim", path=f"{_BESIDE_THE_BUILD}:{os.environ['PATH']}")


def simulate(simulator: str, case: RingCase, size: int, rate: float, link: Link) -> float:
    """Seconds of the case on ``size`` ranks whose kernels compute ``rate`` operations a second."""
    command = [
        *(simulator, "-", "--json", f"--tokens={case.tokens}", f"--ranks={size}"),
        *(f"--layout={case.layout(size)}", f"--heads={case.heads}", f"--head-dim={case.head_dim}"),
        *(f"--rate={rate / 1e12}", f"--link={link.bytes_per_second / 1e9}"),
        f"--link-latency={link.latency * 1e6}",
        *(["--causal"] if case.causal else []),
    ]
    text = case.pattern.to_json()
    found = subprocess.run(command, input=text, capture_output=True, text=True, check=True)
    return json.loads(found.stdout)["runs"][0]["seconds"]


def measure_link(meet: Callable[[], None]) -> Link:
    """What NCCL moves from each rank to the next: large messages, and what a small one takes."""
    small, large = _seconds_of_message(1, meet), _seconds_of_message(1 << 28, meet)
    return Link((1 << 28) / (large - small), small)


def _seconds_of_message(count: int, meet: Callable[[], None]) -> float:
    rank, size = distributed.get_rank(), distributed.get_world_size()
    sent, received = (torch.zeros(count, dtype=torch.int8, device="cuda") for _ in range(2))
    shift = [
        distributed.P2POp(distributed.isend, sent, (rank + 1) % size),
        distributed.P2POp(distributed.irecv, received, (rank - 1) % size),
    ]

    def move() -> None:
        for work in distributed.batch_isend_irecv(shift):
            work.wait()

    times = []
    for _ in range(5):
        move()  # connects, and warms up
        torch.cuda.synchronize()
        meet()
        begin = time.perf_counter()
        for _ in range(8):
            move()
        torch.cuda.synchronize()
        times.append((time.perf_counter() - begin) / 8)
    return min(times)
