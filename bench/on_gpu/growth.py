"""Growth to a million tokens: time and memory in proportion to S."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import torch

from rdattn import Branch, Pattern

from . import timing
from .cases import SEED_TOKENS, Case, seed_pattern

REPEATS = (4, 8, 16, 32, 70)
"""Times the seed pattern: up to 1,003,520 tokens."""


@dataclass(frozen=True)
class Size:
    """What one length took."""

    tokens: int
    seconds: float
    planning_seconds: float
    """What the first call takes more than the second, its kernel being compiled."""
    tensor_bytes: int
    extra_bytes: int
    """Of the device, beyond q, k, v and o."""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def _pattern() -> Pattern:
    """The seed pattern over and over."""
    return Pattern(branches=[Branch(seed_pattern("identity").branches[0].segments, repeat=True)])


def _taken() -> int:
    free, total = torch.cuda.mem_get_info()
    return total - free


def _waited(call: Callable[[], Any]) -> float:
    """Seconds until the work of a call is done."""
    torch.cuda.synchronize()
    begin = time.perf_counter()
    call()
    torch.cuda.synchronize()
    return time.perf_counter() - begin


def measure(tokens: int) -> Size:
    case = Case("seed", 1, tokens, 16, 128)
    kernel, tensors = case.kernel(_pattern()), case.inputs()
    kernel(*(x[:, :128] for x in tensors))  # compiles, where nothing has
    o = torch.empty_like(tensors[0])
    tensor_bytes = sum(x.nbytes for x in (*tensors, o))
    del o  # torch keeps its memory for the result
    before = _taken()
    first = _waited(lambda: kernel(*tensors))
    extra = _taken() - before
    second = min(_waited(lambda: kernel(*tensors)) for _ in range(3))
    samples = [timing.cool(lambda: kernel(*tensors), second, timing.Protocol()) for _ in range(3)]
    return Size(tokens, statistics.median(samples), first - second, tensor_bytes, extra)


def run(step: Callable[[str], None]) -> list[Size]:
    sizes = []
    for repeats in REPEATS:
        step(f"growth, S {repeats * SEED_TOKENS}")
        sizes.append(measure(repeats * SEED_TOKENS))
        gc.collect()
        torch.cuda.empty_cache()
    return sizes
