"""What goes wrong on a ring is an error on every rank, soon, and a new ring goes on."""

import gc
import queue
import re
import threading
import time
import types
import weakref

import numpy as np
import pytest

import rdattn
import rings
from devices import why_no_gpu
from rdattn import Pattern, Segment, ring
from strategies import inputs

PATTERN = Pattern([Segment(64)])
SHARD = inputs(tokens=16, heads=2, head_dim=16)
"""A rank's of 4, in every layout."""


def call(group, pattern=PATTERN, shard=SHARD, **options):
    return rdattn.attention(*shard, pattern, **{"ring": group, "layout": "contiguous"} | options)


@pytest.fixture(autouse=True)
def compiled():
    """So that no rank waits for the compiler. Afterwards a new ring must go on."""
    rings.run(4, call)
    yield
    before = set(threading.enumerate())
    for o in rings.run(4, call):
        assert o.shape == (1, 16, 2, 16)
    assert set(threading.enumerate()) == before


def errors(size, body, timeout=60.0):
    """The messages of all ranks, each of which must fail, and the seconds it took."""
    begin = time.monotonic()
    results = rings.outcomes(size, body, timeout)
    for rank, result in enumerate(results):
        assert isinstance(result, rdattn.Error), (rank, result)
    return [str(result) for result in results], time.monotonic() - begin


# -- Ranks that disagree ----------------------------------------------------------------------


@pytest.mark.parametrize("odd", range(3))
@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"pattern": Pattern([Segment(40), Segment(24)])}, r"branch 0 is \d groups? with hash"),
        ({"pattern": Pattern([Segment(64, dilation=2)])}, r"branch 0 is \d group with hash"),
        ({"causal": True}, r"causal is (true|false) on this rank but (true|false) on the other"),
        ({"layout": "zigzag"}, r"the layout is (zigzag|contiguous) on this rank but"),
        (
            {"shard": inputs(batch=2, tokens=16, heads=2, head_dim=16)},
            r"B is [12] on this rank but [12] on the other",
        ),
        (
            {"shard": inputs(tokens=16, heads=2, kv_heads=1, head_dim=16)},
            r"G is [12] on this rank but [12] on the other",
        ),
        (
            {"shard": inputs(tokens=16, heads=2, head_dim=16, dtype="float16")},
            r"is float(16|32) on this rank but float(16|32) on the other",
        ),
        (
            {"shard": inputs(tokens=16, heads=2, head_dim=8)},
            r"is (8|16) on this rank but (8|16) on the other",
        ),
    ],
)
def test_another_attention_on_one_rank(options, match, odd):
    def body(group):
        return call(group, tokens=48, **(options if group.rank == odd else {}))

    messages, seconds = errors(3, body)
    for rank, message in enumerate(messages):
        assert re.search(rf"rank {rank} of 3 and rank \d do not run the same attention", message)
        assert re.search(match, message)
    assert all(f"rank {odd}" in message for message in messages)
    assert seconds < 20


def test_another_length_on_one_rank():
    """Each rank's shard fits the length that it says."""

    def body(group):
        shard = [x[:, : 8 - group.rank] for x in SHARD]
        return call(group, shard=shard, tokens=16 - group.rank)

    messages, _ = errors(2, body)
    for message in messages:
        assert re.search(r"S is 1[56] on this rank but 1[56] on the other", message)


@pytest.mark.parametrize("tokens", [None, 48])
@pytest.mark.parametrize("odd", range(3))
def test_a_shard_of_the_wrong_length_on_two_ranks(odd, tokens):
    """The rank whose own shard fits does not wait in vain, and the ring can go on."""
    longer, shorter = (odd + 1) % 3, (odd + 2) % 3
    tall = inputs(tokens=17, heads=2, head_dim=16)
    shards = {odd: SHARD, longer: tall, shorter: [x[:, :15] for x in SHARD]}

    def body(group):
        with pytest.raises((ValueError, rdattn.Error)) as raised:
            call(group, shard=shards[group.rank], tokens=tokens)
        call(group)
        return raised.type, str(raised.value)

    begin = time.monotonic()
    results = rings.run(3, body)
    assert time.monotonic() - begin < 20
    for rank, rows in ((longer, 17), (shorter, 15)):
        assert results[rank][0] is ValueError
        sentence = f"rank {rank} of 3 holds 16 of S = 48 tokens in the contiguous layout, but its"
        assert f"{sentence} shard has {rows} rows" in results[rank][1]
    first = min(longer, shorter)
    because = f"rank {odd} of 3 cannot go on without rank {first}, whose call was refused: rank"
    assert results[odd][0] is rdattn.Error
    assert because in results[odd][1]


def test_a_ring_goes_on_after_a_disagreement():
    def body(group):
        with pytest.raises(rdattn.Error, match="do not run the same attention"):
            call(group, causal=group.rank == 1)
        return call(group)

    expected = rings.run(4, call)
    np.testing.assert_array_equal(rings.run(4, body), expected)


# -- Ranks that fail --------------------------------------------------------------------------


@pytest.mark.parametrize("tokens", [None, 64])
@pytest.mark.parametrize("bad", range(4))
def test_a_rank_that_aborts(bad, tokens):
    def body(group):
        if group.rank == bad:
            group.abort("its disk is full")
        return call(group, tokens=tokens)

    messages, seconds = errors(4, body)
    assert all(re.search(rf"rank {bad} of 4 gave up.*: its disk is full$", m) for m in messages)
    assert seconds < 20


@pytest.mark.parametrize("tokens", [None, 64])
@pytest.mark.parametrize("bad", range(4))
def test_a_rank_that_stalls(bad, tokens):
    def body(group):
        if group.rank != bad:
            return call(group, tokens=tokens)
        time.sleep(1.5)
        raise rdattn.Error(f"rank {bad} itself, which did not come")

    messages, seconds = errors(4, body, timeout=0.5)
    for rank, message in enumerate(messages):
        assert re.search(rf"rank {bad}\b.*did not come", message)
        assert f"rank {rank}" in message
        if rank != bad:
            assert "the exchange of plans" in message
    assert seconds < 10


@pytest.mark.parametrize("bad", range(4))
def test_a_rank_that_comes_too_late_fails_as_well(bad):
    def body(group):
        if group.rank == bad:
            time.sleep(1.0)
        return call(group)

    messages, _ = errors(4, body, timeout=0.3)
    assert all(re.search(rf"rank {bad}, which did not come", m) for m in messages)


@pytest.mark.parametrize("bad", range(4))
def test_a_rank_that_raises_before_its_call(bad):
    def body(group):
        with group:
            if group.rank == bad:
                raise rdattn.Error("no such file")
            return call(group)

    messages, seconds = errors(4, body)
    for rank, message in enumerate(messages):
        assert "no such file" in message
        if rank != bad:
            because = rf"rank {bad} of 4 gave up.*: rank {bad} raised Error: no such file$"
            assert re.search(because, message)
    assert seconds < 20


@pytest.mark.parametrize("bad", range(4))
def test_a_rank_that_leaves(bad):
    def body(group):
        if group.rank == bad:
            group.close()
            raise rdattn.Error("left")
        return call(group)

    messages, seconds = errors(4, body)
    assert all("left" in message for message in messages)
    assert seconds < 20


def test_an_abort_while_all_ranks_compute():
    shard = inputs(tokens=4096, heads=4, head_dim=64)
    pattern = Pattern([Segment(1 << 14)])
    groups = []

    def body(group):
        groups.append(group)
        for _ in range(1000):
            call(group, pattern, shard, tokens=1 << 14)

    def abort():
        time.sleep(0.5)
        groups[0].abort("enough")

    other = threading.Thread(target=abort)
    other.start()
    messages, seconds = errors(4, body)
    other.join()
    assert all(re.search(r"gave up.*: enough$", message) for message in messages)
    assert seconds < 30


def test_a_failed_ring_stays_failed():
    def body(group):
        if group.rank == 1:
            group.abort("a reason")
        for _ in range(3):
            with pytest.raises(rdattn.Error, match=r"gave up [a-z0-9 ]*: a reason"):
                call(group)
        return "went on"

    assert rings.run(2, body) == ["went on", "went on"]


def test_a_body_that_raises_tells_the_others_why():
    def body(group):
        with group:
            if group.rank == 0:
                raise KeyError("x")
            return call(group)

    first, second = rings.outcomes(2, body)
    assert isinstance(first, KeyError)
    assert "rank 0 raised KeyError: 'x'" in str(second)


# -- Arguments --------------------------------------------------------------------------------


@pytest.fixture
def alone():
    (group,) = ring.threads(1)
    yield group
    group.close()


X = SHARD[0]


@pytest.mark.parametrize(
    ("use", "error", "match"),
    [
        (lambda g: ring.threads(0), ValueError, "n must be at least 1, not 0"),
        (lambda g: ring.threads(2.0), TypeError, "n must be an int, not 2.0"),
        (lambda g: ring.threads(1025), ValueError, "n must be at most 1024, not 1025"),
        (lambda g: ring.threads(2, 0), ValueError, "timeout must be above 0 and at most 1e9"),
        (lambda g: ring.threads(2, -1.0), ValueError, "timeout must be above 0 .* not -1.0"),
        (lambda g: ring.threads(2, float("nan")), ValueError, "timeout must be .* not nan"),
        (lambda g: ring.threads(2, 2e9), ValueError, "timeout must be .* not 2000000000.0"),
        (lambda g: ring.threads(2, "1"), TypeError, "timeout must be a number of seconds, not '1'"),
        (lambda g: ring.threads(2, True), TypeError, "timeout must be a number of seconds"),
        (lambda g: ring.mpi(timeout=None), TypeError, "timeout must be a number of seconds"),
        (lambda g: ring.nccl(timeout=0), ValueError, "timeout must be above 0"),
        (lambda g: g.abort(3), TypeError, "reason must be a string, not 3"),
        (lambda g: call(4), TypeError, "ring must be a group of rdattn.ring, not 4"),
        (lambda g: call([g]), TypeError, r"ring is a list of all ranks' groups; .* groups\[rank\]"),
        (lambda g: call(g, layout="ziggy"), ValueError, "layout must be .* not 'ziggy'"),
        (lambda g: call(g, layout=None), ValueError, "layout must be .* not None"),
        (lambda g: call(g, tokens=1.5), TypeError, "tokens must be an int, not 1.5"),
        (lambda g: call(g, tokens=-1), ValueError, "tokens must be at least 0, not -1"),
        (lambda g: call(g, tokens=2**63), ValueError, "tokens must be from 0 to"),
        (lambda g: call(g, tokens=99), ValueError, "99 tokens are more than the pattern's 64"),
        (
            lambda g: call(g, tokens=17),
            ValueError,
            "rank 0 of 1 holds 17 of S = 17 tokens in the contiguous layout, but its shard has 16",
        ),
        (lambda g: call(g, pattern="dense"), TypeError, "pattern must be a Pattern"),
        (lambda g: call(None), ValueError, "layout was given without a ring"),
        (
            lambda g: call(None, layout="auto", tokens=16),
            ValueError,
            "tokens was given without a ring",
        ),
        (lambda g: rdattn.compile(PATTERN, dtype="float32", head_dim=8, ring="auto"), ValueError,
         "ring 'auto' depends on the pattern"),
        (lambda g: rdattn.compile(PATTERN, dtype="float32", head_dim=8, ring=g), ValueError,
         "ring must be 'contiguous', 'zigzag' or 'striped'"),
        (lambda g: kernel()(*SHARD, ring=g), ValueError, "the kernel is for one device"),
        (lambda g: kernel()(*SHARD, tokens=16), ValueError, "tokens was given without a ring"),
        (lambda g: kernel(ring="zigzag")(*SHARD), ValueError,
         "ring is missing: the kernel is for one in the zigzag layout"),
        (lambda g: ring.positions(4, 0, 0, "zigzag"), ValueError, "size must be at least 1"),
        (lambda g: ring.positions(4, 2**31, 0, "zigzag"), ValueError, "size must be at most"),
        (lambda g: ring.positions(4, 2**30, 0, "zigzag"), ValueError, "must be at most 1048576"),
        (lambda g: ring.positions(4, 2, 2, "zigzag"), ValueError, "rank must be from 0 to 1, not"),
        (lambda g: ring.positions(4, 2, -1, "zigzag"), ValueError, "rank must be from 0 to 1"),
        (lambda g: ring.positions(-4, 2, 0, "zigzag"), ValueError, "tokens must be at least 0"),
        (lambda g: ring.positions(4, 2, 0, "auto"), ValueError, "layout 'auto' depends on the"),
        (lambda g: ring.shard([1], 0, 1, "zigzag"), TypeError, "x must be a NumPy array"),
        (lambda g: ring.shard(X, 0, 1, "zigzag", dim=4), ValueError, "dim 4 is no dimension of x"),
        (lambda g: ring.shard(X, 0, 1, "zigzag", dim=1.0), TypeError, "dim must be an int"),
        (lambda g: ring.shard(X, 0, 1, 1), ValueError, "layout must be .* not 1"),
        (lambda g: ring.unshard([], "zigzag"), ValueError, "shards must not be empty"),
        (lambda g: ring.unshard([3], "zigzag"), TypeError, r"shards\[0\] must be a NumPy array"),
        (lambda g: ring.unshard([X, X.astype("f8")], "zigzag"), TypeError, "pass one kind"),
        (lambda g: ring.unshard([X, X[:, :, :1]], "zigzag"), ValueError, "along dim 1 alone"),
        (lambda g: ring.unshard([X[:, :3], X[:, :5]], "zigzag"), ValueError,
         r"shards\[0\] has 3 rows, but rank 0 of 2 holds 4 of 8 tokens in the zigzag layout"),
        (lambda g: ring.layout("dense", 4, 2), TypeError, "pattern must be a Pattern"),
        (lambda g: ring.layout(PATTERN, 65, 2), ValueError, "65 tokens are more than the pattern"),
        (lambda g: ring.layout(PATTERN, 4, 0), ValueError, "size must be at least 1, not 0"),
        (lambda g: ring.layout(PATTERN, 4.0, 2), TypeError, "tokens must be an int, not 4.0"),
    ],
)  # fmt: skip
def test_wrong_arguments(alone, use, error, match):
    with pytest.raises(error, match=match):
        use(alone)


def kernel(**options):
    return rdattn.compile(PATTERN, dtype="float32", head_dim=16, **options)


def test_a_group_shows_itself(alone):
    assert repr(alone) == "<rank 0 of 1 over threads>"
    assert (alone.rank, alone.size) == (0, 1)
    alone.close()
    alone.close()
    alone.abort("nobody hears it")
    assert repr(alone) == "<rank 0 of 1 over threads, closed>"
    with pytest.raises(ValueError, match="the ring is closed"):
        call(alone)


def test_a_group_serves_one_thread_at_a_time():
    first, second = ring.threads(2, timeout=20.0)
    raised = queue.SimpleQueue()

    def attempt():
        try:
            call(first)
        except Exception as error:
            raised.put(error)

    both = [threading.Thread(target=attempt) for _ in range(2)]
    for thread in both:
        thread.start()
    refused = raised.get(timeout=10.0)
    assert isinstance(refused, ValueError)
    assert "rank 0 of the ring is in use by another thread" in str(refused)
    second.abort("that was all")
    assert str(raised.get(timeout=10.0)).endswith(": that was all")
    for thread in both:
        thread.join()


def test_torch_process_groups_stand_for_rings_of_gpus():
    distributed = pytest.importorskip("torch.distributed", reason="torch is not installed")
    import torch

    with pytest.raises((rdattn.Error, ValueError), match=r"torch finds none|is none: call"):
        ring.nccl()
    store = distributed.HashStore()
    distributed.init_process_group("gloo", store=store, rank=0, world_size=1)
    try:
        group = distributed.group.WORLD
        with pytest.raises(ValueError, match="on the CPU, but ring is a process group of torch"):
            call(group)
        if not torch.cuda.is_available():
            with pytest.raises(rdattn.Error, match=r"rdattn\.ring\.mpi and"):
                ring.nccl(group)
    finally:
        distributed.destroy_process_group()


def test_a_process_group_has_one_ring_while_it_lives(monkeypatch):
    distributed = pytest.importorskip("torch.distributed", reason="torch is not installed")
    made = []

    def make(process_group, *, device):
        made.append((process_group.name(), device))
        return ring.threads(1)[0]

    monkeypatch.setattr(ring, "nccl", make)
    distributed.init_process_group("gloo", store=distributed.HashStore(), rank=0, world_size=1)
    try:
        first = ring.of_process_group(distributed.group.WORLD, 3)
        other = ring.of_process_group(distributed.new_group([0]), 3)
        assert first is ring.of_process_group(distributed.group.WORLD, 3)
        assert first is not other
        assert len(made) == 2
        assert made[0][1] == 3
    finally:
        distributed.destroy_process_group()
    gone = weakref.ref(first)
    del first
    gc.collect()
    assert gone() is None


class Process:
    """As much of torch, and of a process group, as a device is chosen by."""

    def __init__(self, current, count=8, bound=None):
        self.cuda = self
        self.current_device, self.device_count = (lambda: current), (lambda: count)
        self.bound_device_id = None if bound is None else types.SimpleNamespace(index=bound)


@pytest.mark.parametrize(
    ("process", "local", "chosen"),
    [
        (Process(0), None, 0),
        (Process(0), "3", 3),
        (Process(5), "3", 5),  # the program has chosen
        (Process(0, count=1), "3", 0),  # its only one, whatever its number elsewhere
        (Process(0, bound=2), "3", 2),
        (Process(5, bound=0), "3", 0),
        (Process(0), "three", 0),
    ],
)
def test_the_device_of_a_process(monkeypatch, process, local, chosen):
    monkeypatch.delenv("LOCAL_RANK", raising=False)
    if local is not None:
        monkeypatch.setenv("LOCAL_RANK", local)
    assert ring._device_of(process, process) == chosen


def test_devices_are_refused_where_there_is_none():
    if not why_no_gpu():
        pytest.skip("there is a GPU")
    for devices in ("cuda", [0], 3):
        with pytest.raises(rdattn.Error, match="there is no CUDA device; None means the CPU"):
            ring.threads(1, devices=devices)
