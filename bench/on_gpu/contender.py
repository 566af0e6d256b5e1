"""What is timed: a call that always fills the same result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch


@dataclass(frozen=True)
class Contender:
    """A call, which gives a new o, or fills this one and gives None."""

    call: Callable[[], Any]
    o: torch.Tensor
    keeps: Any = None  # a graph does not keep what it reads


def graphed(function: Callable[[], torch.Tensor]) -> Contender:
    """``function``, which gives o, as a CUDA graph."""
    for _ in range(3):
        function()
    torch.cuda.synchronize()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        o = function()
    graph.replay()
    return Contender(graph.replay, o, keeps=function)


def eager(function: Callable[[], torch.Tensor]) -> Contender:
    """``function`` called from Python each time."""
    return Contender(function, function())
