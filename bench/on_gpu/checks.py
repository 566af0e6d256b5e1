"""Nothing is timed that is not right."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import torch

from .cases import Case
from .contender import Contender
from .contenders import OURS, PLAIN

sys.path.insert(0, str(Path(__file__).parents[2] / "test" / "python"))
import dense
from bounds import EPS

_ROWS = 64


def check_definition(case: Case, tensors: tuple[Any, ...]) -> None:
    """Asserts that ours is as close to the definition as the language promises (S10)."""
    result = case.kernel(return_lse=True)(*tensors)
    rows = torch.randperm(case.tokens, generator=torch.Generator().manual_seed(1))[:_ROWS]
    dense.assert_within(result, *tensors, case.pattern, causal=case.causal, rows=rows)


def distance(contender: Contender, right: torch.Tensor) -> float:
    """The largest difference of a fresh result, part by part to spare memory."""
    contender.o.fill_(torch.nan)
    o = contender.call()
    o = contender.o if o is None else o  # a graph fills the same o again
    pairs = zip(o.split(8192, dim=1), right.split(8192, dim=1), strict=True)
    differences = [(a.float() - b.float()).abs().max().item() for a, b in pairs]
    return max(differences, key=lambda x: float("inf") if x != x else x)


def check_equal(everyone: dict[str, Contender]) -> None:
    """Asserts that all contenders computed the same attention, but for the one without an order."""
    right = everyone[OURS].o.clone()
    bound = 4 * EPS["bfloat16"] * max(1.0, right.abs().max().item())
    for name in everyone.keys() - {PLAIN}:
        found = distance(everyone[name], right)
        assert found <= bound, f"{name}'s result differs by {found}, more than {bound}"
