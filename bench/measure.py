"""Timing of several contenders in one run, and what the machine is."""

from __future__ import annotations

import os
import platform
import random
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Times:
    """Seconds of one contender."""

    samples: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    """Of all threads of the process, in each sample."""

    @property
    def median(self) -> float:
        return statistics.median(self.samples)

    @property
    def median_processor(self) -> float:
        return statistics.median(self.processor)

    @property
    def best(self) -> float:
        return min(self.samples)


def interleaved(
    contenders: dict[str, Callable[[], Any]],
    *,
    rounds: int,
    pause: float,
    step: Callable[[], None],
) -> dict[str, Times]:
    """Measures every contender once a round, in a new order each time; calls ``step`` each time.

    The pause lets the threads of the previous call's library go to sleep.
    """
    rng = random.Random(0)
    times = {name: Times() for name in contenders}
    for call in contenders.values():
        call()
    for _ in range(rounds):
        for name in rng.sample(list(contenders), len(contenders)):
            time.sleep(pause)
            start, started = time.perf_counter(), time.process_time()
            contenders[name]()
            times[name].samples.append(time.perf_counter() - start)
            times[name].processor.append(time.process_time() - started)
            step()
    return times


def machine() -> str:
    """The processor and what this process may use of it."""
    names = [
        line.split(":", 1)[1].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    cores = len(os.sched_getaffinity(0))
    return (
        f"{names[0] if names else platform.processor()}, {cores} cores, "
        f"{platform.system()} {platform.release()}"
    )


def busy() -> str | None:
    """A warning where other programs keep the cores busy."""
    load, cores = os.getloadavg()[0], len(os.sched_getaffinity(0))
    if load < cores / 2:
        return None
    return f"other programs are running (load {load:.1f} on {cores} cores): times will be noisy"
