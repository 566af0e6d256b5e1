"""The definition in torch against the package's reference: the two share nothing."""

import numpy as np
import pytest
from hypothesis import given

import rdattn
from bounds import EPS
from devices import to_torch
from rdattn import Branch, Pattern, Segment
from strategies import inputs, problems

torch = pytest.importorskip("torch", reason="torch is not installed")

import dense  # noqa: E402  (it needs torch)


def as_torch(problem):
    return [to_torch(x, "cpu") for x in (problem.q, problem.k, problem.v)]


@given(problems(max_tokens=120))
def test_the_reference_is_within_the_bound(problem):
    o, lse = rdattn.reference(*problem.arguments, **problem.options)
    result = torch.from_numpy(o), torch.from_numpy(lse)
    dense.assert_within(result, *as_torch(problem), problem.pattern, **problem.options)


@pytest.mark.parametrize("which", ["o", "lse"])
def test_what_is_wrong_is_not_within_the_bound(which):
    q, k, v = inputs(tokens=50, heads=2, dtype="bfloat16")
    pattern = Pattern(branches=[Branch([Segment(20, dilation=2, order="hilbert")], repeat=True)])
    o, lse = (torch.from_numpy(x) for x in rdattn.reference(q, k, v, pattern))
    wrong = {"o": o, "lse": lse}[which]
    wrong.view(-1)[7] += 20 * EPS["bfloat16"]
    given = [to_torch(x, "cpu") for x in (q, k, v)]
    with pytest.raises(AssertionError, match=f"{which} is .* off"):
        dense.assert_within((o, lse), *given, pattern)
    rows = np.arange(10, 50)
    if which == "o":
        dense.assert_within((o, lse), *given, pattern, rows=rows)


def test_empty_rows():
    q, k, v = inputs(tokens=30, heads=2)
    pattern = Pattern(branches=[Branch([Segment(30, dilation=2)], offsets="per_head")])
    o, lse = (torch.from_numpy(x) for x in rdattn.reference(q, k, v, pattern))
    given = [to_torch(x, "cpu") for x in (q, k, v)]
    dense.assert_within((o, lse), *given, pattern)
    o[0, 1, 0] = 1e-3
    with pytest.raises(AssertionError, match="an empty row's o is not 0"):
        dense.assert_within((o, lse), *given, pattern)
