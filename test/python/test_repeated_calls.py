"""Calls on torch tensors like an earlier one skip the checks that cannot fail again."""

import functools
import gc
import queue
import threading
import weakref

import numpy as np
import pytest

import rdattn
import rings
from devices import to_torch
from rdattn import Pattern, Segment, _run, ring
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


def repeated(
    q, k, v, *, causal=False, return_lse=False, scale=None, owner=PATTERN, ring=None, layout="auto",
    tokens=None,
):  # fmt: skip
    """What the quick way gives: None where it leaves the call to the slow one."""
    return native().repeat(owner, causal, return_lse, ring, layout, tokens, q, k, v, scale)


def remember(given, kernel, new_o, pattern=PATTERN):
    """Remembers a call of `pattern` that makes its result so."""
    called = pattern, False, False, None, "auto", None
    native().remember(called, *given, kernel._native, new_o, None, None, 0)


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
    assert torch.equal(repeated(*given, owner=kernel, layout=None), o)
    assert torch.equal(kernel(*given), o)


OTHER_INPUTS = pytest.mark.parametrize(
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


@OTHER_INPUTS
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
        {"layout": "zigzag"},
        {"tokens": 70},
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
        remember(given, kernel, lambda: torch.empty_like(given[0]), pattern)
    remembered = [repeated(*given, owner=pattern) is not None for pattern in patterns]
    assert remembered[-1]
    assert sum(remembered) <= 512


def test_errors_of_a_repeated_call_are_raised(device):
    given = tensors(device)
    kernel = rdattn.compile(PATTERN, dtype="float16", head_dim=16, target=device.name)

    def fail():
        raise RuntimeError("no memory")

    remember(given, kernel, fail)
    with pytest.raises(RuntimeError, match="no memory"):
        repeated(*given)
    remember(given, kernel, lambda: given[0][:, 1:])
    with pytest.raises(ValueError, match="69 tokens"):
        repeated(*given)
    with pytest.raises(TypeError, match="repeat takes 10 arguments"):
        native().repeat()


# -- On a ring --------------------------------------------------------------------------------


def devices_of(device, size=1):
    return None if device.name == "cpu" else [0] * size


@pytest.fixture
def group(device):
    (only,) = ring.threads(1, devices=devices_of(device))
    yield only
    only.close()


@pytest.fixture
def quickly(monkeypatch):
    """Makes a call that must not come to the checks of the slow way."""

    def inputs(*tensors):
        raise AssertionError("the call was checked again")

    def call(function, *arguments, **options):
        with monkeypatch.context() as patched:
            patched.setattr(_run, "inputs", inputs)
            return function(*arguments, **options)

    return call


@pytest.mark.parametrize("tokens", [None, 70])
@pytest.mark.parametrize("layout", ["auto", *rings.LAYOUTS])
def test_a_call_on_a_ring_is_repeated_with_other_tensors(device, group, quickly, layout, tokens):
    options = {"causal": True, "return_lse": True, "layout": layout, "tokens": tokens}
    call = functools.partial(rdattn.attention, pattern=PATTERN, ring=group, **options)
    for seed in range(3):
        given, other = tensors(device, seed), tensors(device, seed + 3)
        native().forget()
        with pytest.raises(AssertionError, match="checked again"):
            quickly(call, *other)
        expected = call(*given), call(*given, scale=-0.7)
        native().forget()
        call(*other)
        again = quickly(call, *given), quickly(call, *given, scale=-0.7)
        for a, b in zip(expected, again, strict=True):
            assert torch.equal(a[0], b[0])
            assert torch.equal(a[1], b[1])
        assert not torch.equal(expected[0][0], expected[1][0])


@pytest.mark.parametrize("tokens", [None, 70])
def test_a_kernel_for_a_ring_remembers_for_itself(device, group, quickly, tokens):
    kernel = rdattn.compile(
        PATTERN, dtype="float16", head_dim=16, target=device.name, ring="zigzag"
    )
    given = tensors(device)
    o = kernel(*given, ring=group, tokens=tokens)
    assert repeated(*given, ring=group, layout="zigzag", tokens=tokens) is None
    assert torch.equal(quickly(kernel, *given, ring=group, tokens=tokens), o)
    with pytest.raises(ValueError, match="ring is missing"):
        kernel(*given)


@OTHER_INPUTS
def test_what_differs_is_not_repeated_on_a_ring(device, group, change):
    given = tensors(device)
    rdattn.attention(*given, PATTERN, ring=group)
    assert repeated(*given, ring=group) is not None
    assert repeated(*change(*given), ring=group) is None
    assert repeated(*change(*given), ring=group, tokens=70) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"causal": True},
        {"return_lse": True},
        {"scale": 1},
        {"scale": float("nan")},
        {"layout": "contiguous"},
        {"layout": "zigzag"},
        {"layout": None},
        {"layout": "ziggy"},
        {"layout": 3},
        {"tokens": None},
        {"tokens": 69},
        {"tokens": 70.0},
        {"tokens": True},
        {"tokens": -1},
        {"tokens": 2**64 + 70},
        {"ring": None},
        {"ring": None, "tokens": None},
        {"ring": 3},
        {"owner": Pattern([Segment(40, dilation=2), Segment(50)])},
    ],
)
def test_options_that_differ_are_not_repeated_on_a_ring(device, group, changed):
    given = tensors(device)
    said = {"ring": group, "tokens": 70}
    rdattn.attention(*given, PATTERN, **said)
    assert repeated(*given, **said) is not None
    assert repeated(*given, **said | changed) is None
    native().forget()
    assert repeated(*given, **said) is None


def test_tokens_that_were_asked_for_may_be_said(device, group):
    given = tensors(device)
    rdattn.attention(*given, PATTERN, ring=group)
    assert repeated(*given, ring=group, tokens=70) is not None
    assert repeated(*given, ring=group, tokens=69) is None


def test_an_empty_shard_takes_part_again(device, group):
    """The other ranks wait for it."""
    given = tensors(device, tokens=0)
    rdattn.attention(*given, PATTERN, ring=group)
    assert repeated(*given, ring=group).shape == (1, 0, 2, 16)


@pytest.mark.parametrize("tokens", [None, 70])
def test_a_ring_that_cannot_be_used_is_noticed(device, group, quickly, tokens):
    given = tensors(device)
    (other,) = ring.threads(1, devices=devices_of(device))
    calls = {
        g: functools.partial(rdattn.attention, *given, PATTERN, ring=g, tokens=tokens)
        for g in (group, other)
    }
    for call in calls.values():
        call()
    other.abort("a reason")
    group.close()
    with pytest.raises(rdattn.Error, match=r"gave up .*: a reason"):
        quickly(calls[other])
    with pytest.raises(ValueError, match="the ring is closed"):
        quickly(calls[group])
    other.close()


def test_a_group_serves_one_thread_at_a_time(device, quickly):
    first, second = ring.threads(2, timeout=20.0, devices=devices_of(device, 2))
    call = functools.partial(
        rdattn.attention, *tensors(device), Pattern([Segment(140)]), layout="contiguous", tokens=140
    )
    together([lambda: call(ring=first), lambda: call(ring=second)])
    raised = queue.SimpleQueue()

    def attempt():
        try:
            call(ring=first)
        except Exception as error:
            raised.put(str(error))
        if raised.qsize() == 1:  # the other one waits
            second.abort("that was all")

    quickly(together, [attempt, attempt])
    assert "rank 0 of the ring is in use by another thread" in raised.get_nowait()
    assert raised.get_nowait().endswith(": that was all")


def together(functions):
    """Calls each in a thread of its own."""
    threads = [threading.Thread(target=function) for function in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_groups_live_no_longer_for_being_remembered(device):
    """Else the other ranks would not learn that one has left; and one may come where it was."""
    given = tensors(device)
    expected = rdattn.attention(*given, PATTERN)
    for _ in range(20):
        (made,) = ring.threads(1, devices=devices_of(device))
        assert repeated(*given, ring=made) is None
        assert torch.equal(rdattn.attention(*given, PATTERN, ring=made), expected)
        assert repeated(*given, ring=made) is not None
        gone = weakref.ref(made)
        del made
        gc.collect()
        assert gone() is None


def test_what_stands_for_a_group_is_remembered(device, group):
    """As a process group of torch.distributed does."""

    class ProcessGroup:
        pass

    kernel = rdattn.compile(
        PATTERN, dtype="float16", head_dim=16, target=device.name, ring="zigzag"
    )
    given, named = tensors(device), ProcessGroup()
    expected = kernel(*given, ring=group)
    called = PATTERN, False, False, named, "zigzag", 70
    new_o = functools.partial(torch.empty_like, given[0])
    native().remember(called, *given, kernel._native, new_o, None, group._native, 70)
    call = functools.partial(repeated, *given, layout="zigzag", tokens=70)
    assert torch.equal(call(ring=named), expected)
    assert call(ring=group) is None
    assert call(ring=ProcessGroup()) is None
    gone, address = weakref.ref(named), id(named)
    del named, called
    assert gone() is None
    others = [ProcessGroup() for _ in range(100)]
    assert address in map(id, others)
    assert all(call(ring=other) is None for other in others)


@pytest.mark.parametrize("layout", rings.LAYOUTS)
def test_another_rank_may_change_its_length(device, layout, monkeypatch):
    """Where S is not said the ranks tell each other their lengths in repeated calls, too."""
    whole = tensors(device)
    lengths = (70, 70, 69, 69, 70, 69)  # of which rank 0 always holds 35
    expected = {n: rdattn.attention(*(x[:, :n] for x in whole), PATTERN) for n in lengths}
    checked, check = [], _run.inputs
    monkeypatch.setattr(_run, "inputs", lambda *x: checked.append(None) or check(*x))

    def body(group):
        results = []
        for n in lengths:
            mine = [ring.shard(x[:, :n], group.rank, 2, layout) for x in whole]
            assert mine[0].shape[1] == (35 if group.rank == 0 else n - 35)
            results.append(rdattn.attention(*mine, PATTERN, ring=group, layout=layout))
        group.synchronize()
        return results

    results = rings.run(2, body, devices=devices_of(device, 2))
    for n, *shards in zip(lengths, *results, strict=True):
        o = ring.unshard(shards, layout)
        torch.testing.assert_close(o, expected[n], atol=2e-3, rtol=0)
    assert len(checked) == 4  # each length once on each rank


@pytest.mark.parametrize("tokens", [None, 70])
def test_another_rank_may_be_wrong_in_a_repeated_call(device, tokens):
    whole = tensors(device)

    def body(group):
        mine = [x[:, :35] for x in whole]
        call = functools.partial(
            rdattn.attention, pattern=PATTERN, ring=group, layout="contiguous", tokens=tokens
        )
        call(*mine)
        call(*mine)
        wrong = [x[:, : 35 - 2 * group.rank] for x in whole]
        with pytest.raises((ValueError, rdattn.Error), match=r"rank 1 .*shard has 33 rows|S = 68"):
            call(*wrong)
        return call(*mine)

    first, second = rings.run(2, body, devices=devices_of(device, 2))
    assert first.shape == second.shape == (1, 35, 2, 16)
