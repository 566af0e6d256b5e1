"""What a call costs beside its kernel, and what the first one costs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import Any

import torch

from .cases import Case
from .contender import graphed

_CALLS = 2000


def _seconds(call: Any) -> float:
    """Of each of many calls, from the first to the end of the last one's work."""
    call()
    best = float("inf")
    for _ in range(5):
        torch.cuda.synchronize()
        begin = time.perf_counter()
        for _ in range(_CALLS):
            call()
        torch.cuda.synchronize()
        best = min(best, (time.perf_counter() - begin) / _CALLS)
    return best


def call() -> dict[str, float]:
    """Microseconds of a call on few tokens: from Python, and as a node of a CUDA graph."""
    case = Case("dense", 1, 64, 1, 64)
    tensors = case.inputs()
    kernel = case.kernel()
    graph = torch.cuda.CUDAGraph()
    kernel(*tensors)
    torch.cuda.synchronize()
    with torch.cuda.graph(graph):
        for _ in range(100):
            kernel(*tensors)
    replayed = _seconds(graph.replay) / 100
    called = _seconds(lambda: kernel(*tensors))
    allocated = _seconds(lambda: torch.empty_like(tensors[0]))
    one = graphed(lambda: kernel(*tensors))
    return {
        "call from Python": called * 1e6,
        "kernel (a node of a graph)": replayed * 1e6,
        "a graph of one call": _seconds(one.call) * 1e6,
        "torch.empty_like": allocated * 1e6,
    }


_COLD = """
import json, time
import torch
q, k, v = (torch.randn(1, 14336, 16, 128, dtype=torch.bfloat16, device="cuda") for _ in range(3))
torch.cuda.synchronize()
begin = time.perf_counter()
import rdattn
imported = time.perf_counter()
segments = (2048, 1), (4096, 2), (8192, 4)
pattern = rdattn.Pattern([rdattn.Segment(n, dilation=r) for n, r in segments])
rdattn.attention(q, k, v, pattern, causal=True)
torch.cuda.synchronize()
first = time.perf_counter()
rdattn.attention(q, k, v, pattern, causal=True)
torch.cuda.synchronize()
second = time.perf_counter()
print(json.dumps({"import": imported - begin, "first": first - imported, "second": second - first}))
"""


def cold() -> dict[str, float]:
    """Seconds of the import, the first and the second call in a fresh process.

    Once nothing is on disk, neither our code nor the driver's, and once all is.
    """
    first = _fresh({"RDATTN_CACHE": "off", "CUDA_CACHE_DISABLE": "1"})
    _fresh({})
    return first | {f"{name}, kept on disk": seconds for name, seconds in _fresh({}).items()}


def _fresh(environment: dict[str, str]) -> dict[str, float]:
    run = subprocess.run(
        [sys.executable, "-c", _COLD],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(run.stdout.splitlines()[-1])
