"""Who takes part in a case: ours, and everyone that computes the same."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import torch

from rdattn.reference import positions

from . import fa3, torch_peers
from .cases import Case, seed_pattern
from .contender import Contender, eager, graphed

OURS, EAGER, PLAIN = "rdattn", "rdattn, eager", "rdattn, no order"
AMPERE, FA2 = "rdattn, sm_80", "FA2"
OWN = (OURS, EAGER, PLAIN, AMPERE)


def curved_rows(case: Case, device: Any) -> torch.Tensor:
    """The tokens class by class, each in the order that FA3 must see."""
    rows, first = [], 0
    for segment in case.pattern.branches[0].segments:
        rho = positions(segment, segment.length)
        if segment.window is not None:
            rows.append(first + np.argsort(rho))
        else:
            tokens = np.arange(segment.length)
            rows += [first + tokens[rho % segment.dilation == c] for c in range(segment.dilation)]
        first += segment.length
    return torch.from_numpy(np.concatenate(rows)).to(device)


def contenders(case: Case, tensors: tuple[Any, ...], *, fa2: bool, flex: bool) -> Any:
    """(name, maker) of each: a maker takes memory and time."""
    kernel = case.kernel()
    yield OURS, lambda: graphed(partial(kernel, *tensors))
    yield EAGER, lambda: eager(partial(kernel, *tensors))
    if fa2:
        ampere = case.kernel(target="cuda-sm80")
        yield AMPERE, lambda: graphed(partial(ampere, *tensors))
    if case.kind == "hilbert":
        plain = case.kernel(seed_pattern("identity"))
        yield PLAIN, lambda: graphed(partial(plain, *tensors))
    if fa3.available():
        yield from _fa3(case, tensors)
    for backend in ("cuDNN", FA2) if fa2 else ("cuDNN",):
        ways = {"dense": torch_peers.dense, "seed": torch_peers.strided_views}
        if way := ways.get(case.kind):
            yield backend, partial(_graph, way, backend, case, *tensors)
    if flex and case.kind == "seed" and case.batch == 1 and case.head_dim == 128:
        yield "FlexAttention", lambda: eager(torch_peers.flex(case, *tensors))


def _fa3(case: Case, tensors: tuple[Any, ...]) -> Any:
    simple = {"dense": fa3.dense, "seed": fa3.strided_views, "longnet": fa3.longnet}
    if way := simple.get(case.kind):
        yield "FA3", partial(_graph, way, case, *tensors)
        return
    rows = curved_rows(case, tensors[0].device)
    yield "FA3, gather and scatter", partial(_graph, fa3.gathered, case, rows, *tensors)
    if case.kind == "hilbert":
        yield "FA3, pages of one row", partial(_graph, fa3.paged, case, rows, *tensors)


def _graph(way: Any, *arguments: Any) -> Contender:
    return graphed(way(*arguments))
