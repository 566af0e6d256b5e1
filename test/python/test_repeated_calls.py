"""Calls on torch tensors like an earlier one skip the checks that cannot fail again."""

import functools

import numpy as np
import pytest

import rdattn
from devices import to_torch
from rdattn import Pattern, Segment
from rdattn._library import native
from strategies import inputs

torch = pytest.importorskip("torch", reason="torch is not installed")

PATTERN = Pattern([Segment(40, dilation=2), Segment(50)])


@pytest.fixture(autouse=True)
def nothing_remembered():
    native().forget()
    yield
    native().forget()


def tensors(device, seed=0, **sizes):
    arrays = inputs(
        **{"tokens": 70, "heads": 2, "head_dim": 16} | sizes, seed=seed, dtype="float16"
    )
    return [to_torch(x, device.name) for x in arrays]


def repeated(q, k, v, *, causal=False, return_lse=False, scale=None, owner=PATTERN):
    """What the quick way gives: None where it leaves the call to the slow one."""
    return native().repeat(owner, causal, return_lse, q, k, v, scale)


def test_a_call_is_repeated_with_other_tensors(device):
    for seed in range(3):
        given = tensors(device, seed)
        assert (repeated(*given) is None) == (seed == 0)
        o = rdattn.attention(*given, PATTERN)
        native().forget()
        assert torch.equal(o, rdattn.attention(*given, PATTERN))


def test_lse_and_scale(device):
    given = tensors(device)
    call = functools.partial(rdattn.attention, *given, PATTERN, causal=True, return_lse=True)
    first = [call(scale=scale) for scale in (None, 0.0, -0.7)]
    again = [
        repeated(*given, causal=True, return_lse=True, scale=scale) for scale in (None, 0.0, -0.7)
    ]
    for a, b in zip(first, again, strict=True):
        assert isinstance(b, tuple)
        assert torch.equal(a[0], b[0])
        assert torch.equal(a[1], b[1])
        assert (a[1].dtype, b[0].device) == (torch.float32, given[0].device)


def test_a_kernel_remembers_for_itself(device):
    kernel = rdattn.compile(PATTERN, dtype="float16", head_dim=16, target=device.name)
    given = tensors(device)
    o = kernel(*given)
    assert repeated(*given) is None
    assert torch.equal(repeated(*given, owner=kernel), o)
    assert torch.equal(kernel(*given), o)


@pytest.mark.parametrize(
    "change",
    [
        lambda q, k, v: (q[:, :69], k[:, :69], v[:, :69]),
        lambda q, k, v: (q.bfloat16(), k.bfloat16(), v.bfloat16()),
        lambda q, k, v: (q, k, v.bfloat16()),
        lambda q, k, v: (q.transpose(1, 2).contiguous().transpose(1, 2), k, v),
        lambda q, k, v: (q, k[:, :, :1], v[:, :, :1]),
        lambda q, k, v: (q.requires_grad_(), k, v),
        lambda q, k, v: (q, torch._neg_view(k), v),
        lambda q, k, v: (q, k, torch.nn.Parameter(v)),
        lambda q, k, v: (q, k, np.zeros((1, 70, 2, 16), dtype=np.float16)),
        lambda q, k, v: (q, None, v),
        lambda q, k, v: (q[0], k[0], v[0]),
    ],
)
def test_what_differs_is_not_repeated(device, change):
    given = tensors(device)
    rdattn.attention(*given, PATTERN)
    assert repeated(*given) is not None
    assert repeated(*change(*given)) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"causal": True},
        {"return_lse": True},
        {"causal": 0},
        {"scale": 1},
        {"scale": float("nan")},
        {"scale": 1e39},
        {"scale": np.float32(1)},
        {"owner": Pattern([Segment(40, dilation=2), Segment(50)])},
    ],
)
def test_options_that_differ_are_not_repeated(device, changed):
    given = tensors(device)
    rdattn.attention(*given, PATTERN)
    assert repeated(*given, **changed) is None


def test_empty_calls_are_not_remembered(device):
    given = tensors(device, tokens=0)
    rdattn.attention(*given, PATTERN)
    assert repeated(*given) is None


def test_an_owner_is_kept_while_it_is_remembered(device):
    """Another pattern at the same address would be taken for it."""
    given = tensors(device)
    for n in range(70, 80):
        rdattn.attention(*given, Pattern([Segment(n, dilation=n)]))
        reference = rdattn.attention(*given, Pattern([Segment(80)]))
    native().forget()
    assert torch.equal(rdattn.attention(*given, Pattern([Segment(80)])), reference)


def test_many_calls_are_forgotten(device):
    given = tensors(device)
    patterns = [Pattern([Segment(70 + n)]) for n in range(600)]
    kernel = rdattn.compile(PATTERN, dtype="float16", head_dim=16, target=device.name)
    for pattern in patterns:
        makers = (lambda: torch.empty_like(given[0])), None
        native().remember(pattern, False, False, *given, kernel._native, *makers)
    remembered = [repeated(*given, owner=pattern) is not None for pattern in patterns]
    assert remembered[-1]
    assert sum(remembered) <= 512


def test_errors_of_a_repeated_call_are_raised(device):
    given = tensors(device)
    kernel = rdattn.compile(PATTERN, dtype="float16", head_dim=16, target=device.name)

    def fail():
        raise RuntimeError("no memory")

    native().remember(PATTERN, False, False, *given, kernel._native, fail, None)
    with pytest.raises(RuntimeError, match="no memory"):
        repeated(*given)
    native().remember(PATTERN, False, False, *given, kernel._native, lambda: given[0][:, 1:], None)
    with pytest.raises(ValueError, match="69 tokens"):
        repeated(*given)
    with pytest.raises(TypeError, match="repeat takes 7 arguments"):
        native().repeat()
