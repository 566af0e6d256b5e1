"""Timing on a card that is bound by its power, where what ran before decides how fast this runs.

Contenders are compared in one run alone, in rounds of a new order each:

- cool: a pause, then the median of a few launches with a cold L2 cache;
- sustained: launches back to back.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch

Call = Callable[[], Any]
_CACHE_BYTES = 256 << 20  # more than any L2


@dataclass(frozen=True)
class Protocol:
    """How often and how long."""

    rounds: int = 5
    sustained_rounds: int = 3
    pause: float = 0.2
    warm_up: float = 3e-3
    cool: float = 15e-3
    sustained: float = 0.5


QUICK = Protocol(rounds=3, sustained_rounds=1, sustained=0.25)


@dataclass
class Times:
    """Seconds of one contender: one value a round."""

    cool: list[float] = field(default_factory=list)
    sustained: list[float] = field(default_factory=list)

    def median(self, how: str) -> float:
        return statistics.median(getattr(self, how))

    def spread(self, how: str) -> float:
        """The distance of the extremes, as a part of the median."""
        values = getattr(self, how)
        return (max(values) - min(values)) / self.median(how)


def back_to_back(call: Call, count: int) -> float:
    """Of each of ``count`` calls back to back."""
    begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    begin.record()
    for _ in range(count):
        call()
    end.record()
    end.synchronize()
    return begin.elapsed_time(end) / 1e3 / count


def _count(seconds: float, one: float) -> int:
    return max(1, round(seconds / max(one, 1e-6)))


def cool(call: Call, one: float, protocol: Protocol) -> float:
    """The median of some calls, each after L2 was filled with something else."""
    cache = torch.empty(_CACHE_BYTES, dtype=torch.int8, device="cuda")
    time.sleep(protocol.pause)
    for _ in range(_count(protocol.warm_up, one)):
        call()
    events = []
    for _ in range(_count(protocol.cool, one)):
        cache.zero_()
        events.append([torch.cuda.Event(enable_timing=True) for _ in range(2)])
        events[-1][0].record()
        call()
        events[-1][1].record()
    torch.cuda.synchronize()
    return statistics.median(begin.elapsed_time(end) for begin, end in events) / 1e3


def interleaved(
    contenders: dict[str, Call], protocol: Protocol, step: Callable[[], None]
) -> dict[str, Times]:
    """Measures every contender once a round, in a new order each time; calls ``step`` each time."""
    rng = random.Random(0)
    times = {name: Times() for name in contenders}
    one = {name: back_to_back(call, 3) for name, call in contenders.items()}
    names = list(contenders)
    for _ in range(protocol.rounds):
        for name in rng.sample(names, len(names)):
            times[name].cool.append(cool(contenders[name], one[name], protocol))
            step()
    for _ in range(protocol.sustained_rounds):
        for name in rng.sample(names, len(names)):
            count = _count(protocol.sustained, one[name])
            times[name].sustained.append(back_to_back(contenders[name], count))
            step()
    return times
