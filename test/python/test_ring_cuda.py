"""Attention on rings of GPUs is that of one device, within S10's bound.

The ranks are threads, so that any number of them runs on the GPUs that there are.
"""

import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rdattn
import rings
from devices import why_no_gpu
from rdattn import Branch, Pattern, Segment, ring
from strategies import patterns

if reason := why_no_gpu():
    pytest.skip(reason, allow_module_level=True)

import torch

import on_gpu
import rings_on_gpu

pytestmark = pytest.mark.usefixtures("poisoned")

LAYOUTS = st.sampled_from(["auto", *rings.LAYOUTS])
MIXED = Pattern(
    branches=[
        Branch([Segment(340), Segment(570, dilation=3, order="hilbert")], repeat=True),
        Branch([Segment(850, window=120, order=(30, 29)), Segment(790, dilation=2, window=57)]),
        Branch([Segment(512, dilation=4)], repeat=True, offsets="per_head"),
    ]
)
SEED = Pattern(
    [
        Segment(2048),
        Segment(4096, dilation=2, order="hilbert"),
        Segment(8192, dilation=4),
    ]
)


@st.composite
def problems(draw, dtype, head_dim):
    """q, k and v on the first GPU, a pattern, and the options."""
    pattern = draw(patterns(max_length=700))
    ends = [b.length for b in pattern.branches if not b.repeat]
    kv_heads = draw(st.integers(1, 2))
    given = on_gpu.inputs(
        draw(st.integers(1, 2)),
        draw(st.integers(1, min([1500, *ends]))),
        kv_heads * draw(st.integers(1, 3)),
        kv_heads,
        head_dim,
        dtype=dtype,
        seed=draw(st.integers(0, 1000)),
    )
    scale = draw(st.sampled_from([None, 0.0, -0.3, 1.0]))
    return given, pattern, {"causal": draw(st.booleans()), "scale": scale}


# -- The same result --------------------------------------------------------------------------


@pytest.mark.parametrize("head_dim", [64, 128, 40])
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float32], ids=str)
def test_random_patterns(dtype, head_dim):
    @given(problem=problems(dtype, head_dim), size=st.integers(1, 8), layout=LAYOUTS)
    @settings(max_examples=settings().max_examples // 2)
    def check(problem, size, layout):
        qkv, pattern, options = problem
        rings_on_gpu.check(size, *qkv, pattern, layout=layout, **options)

    check()


@pytest.mark.parametrize("size", range(1, 9))
def test_every_size_and_layout(size):
    qkv = on_gpu.inputs(2, 1637, 4, 2, 64)
    for layout in rings.LAYOUTS:
        rings_on_gpu.check(size, *qkv, MIXED, layout=layout, causal=size % 2 == 0)


@pytest.mark.parametrize("layout", ["auto", *rings.LAYOUTS])
def test_fewer_tokens_than_parts(layout):
    pattern = Pattern([Segment(64, dilation=2)])
    for tokens in (0, 1, 2, 7, 13):
        qkv = on_gpu.inputs(1, tokens, 2)
        o, lse = rings_on_gpu.attention(
            8, *qkv, pattern, layout=layout, causal=True, return_lse=True
        )
        if tokens:
            expected = rdattn.attention(*qkv, pattern, causal=True, return_lse=True)
            torch.testing.assert_close((o, lse), expected, atol=2e-2, rtol=2e-2)
        assert o.shape == qkv[0].shape


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("size", [2, 4, 8])
def test_the_seed_pattern(size, causal):
    rows = torch.arange(0, 14336, 37, device="cuda")
    qkv = on_gpu.inputs(1, 14336, 4, head_dim=128)
    for layout in ("auto", "contiguous"):
        rings_on_gpu.check(size, *qkv, SEED, layout=layout, causal=causal, rows=rows)


@pytest.mark.parametrize("layout", rings.LAYOUTS)
@pytest.mark.parametrize(("heads", "kv_heads"), [(8, 1), (6, 3)])
def test_grouped_queries(heads, kv_heads, layout):
    qkv = on_gpu.inputs(2, 900, heads, kv_heads, 128)
    branch = Branch([Segment(400, dilation=3)], repeat=True, offsets="per_head")
    for pattern in (Pattern([Segment(900)]), Pattern(branches=[branch])):
        rings_on_gpu.check(3, *qkv, pattern, layout=layout, causal=True)


def with_gaps(x):
    """The same values in rows that other memory follows."""
    base = torch.full((*x.shape[:3], x.shape[3] + 8), torch.nan, dtype=x.dtype, device=x.device)
    base[..., : x.shape[3]] = x
    return base[..., : x.shape[3]]


def unaligned(x):
    return on_gpu.unaligned(x, 1)


def heads_first(x):
    return x.transpose(1, 2).contiguous().transpose(1, 2)


@pytest.mark.parametrize("cut", [with_gaps, unaligned, heads_first])
def test_strided_shards(cut):
    qkv = on_gpu.inputs(2, 1637, 4, 2, 64)
    for pattern in (MIXED, Pattern([Segment(2000)])):
        for causal in (False, True):
            rings_on_gpu.check(3, *qkv, pattern, cut=cut, causal=causal)


def every_other_head(x):
    """A view of a tensor that has a head of something else behind each."""
    base = torch.full(
        (*x.shape[:2], 2 * x.shape[2], x.shape[3]), torch.nan, dtype=x.dtype, device=x.device
    )
    base[:, :, ::2] = x
    return base[:, :, ::2]


# Classes along a curve, of some heads each, are lists of short runs; stripes of dilated
# segments are progressions.
PACKED = {
    "hilbert": Branch([Segment(700, dilation=4, order="hilbert")], repeat=True, offsets="per_head"),
    "dilated": Branch([Segment(300, dilation=3), Segment(1500, dilation=5)]),
    "window": Branch([Segment(1800, dilation=2, window=150, order="hilbert")]),
}


@pytest.mark.parametrize("cut", [None, every_other_head, heads_first, unaligned])
@pytest.mark.parametrize("name", PACKED)
def test_rows_that_are_packed(name, cut):
    pattern = Pattern(branches=[PACKED[name]])
    for layout in rings.LAYOUTS:
        for heads, kv_heads in ((8, 4), (6, 1)):
            qkv = on_gpu.inputs(2, 1637, heads, kv_heads, 64)
            rings_on_gpu.check(4, *qkv, pattern, layout=layout, cut=cut)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float32], ids=str)
@pytest.mark.parametrize("columns", [(36, 64), (40, 72), (128, 128)], ids=str)
def test_packed_rows_of_any_width(columns, dtype):
    pattern = Pattern(branches=list(PACKED.values()))
    qkv = on_gpu.inputs(2, 1637, 8, 4, *columns, dtype=dtype)
    rings_on_gpu.check(3, *qkv, pattern, layout="striped", causal=True)


# -- Calls ------------------------------------------------------------------------------------


def test_results_repeat_bitwise():
    qkv = on_gpu.inputs(1, 1637, 4)
    results = [
        rings_on_gpu.attention(4, *qkv, MIXED, causal=True, return_lse=True) for _ in range(3)
    ]
    for o, lse in results[1:]:
        assert torch.equal(o, results[0][0])
        assert torch.equal(lse, results[0][1])


def test_calls_follow_each_other_on_any_streams():
    """No call waits for the device, inputs are freed at once, and streams alternate."""
    size, sizes = 4, [500, 1637, 900, 1200, 64, 1637]
    wholes = [on_gpu.inputs(1, tokens, 2, seed=seed) for seed, tokens in enumerate(sizes)]
    expected = [rings_on_gpu.attention(size, *whole, MIXED, layout="zigzag") for whole in wholes]
    given = [rings_on_gpu.shards(size, whole, "zigzag") for whole in wholes]

    def body(group):
        streams = [torch.cuda.Stream(group.device) for _ in range(2)]
        results = []
        with torch.cuda.device(group.device):
            torch.cuda.synchronize()
            for n, (tokens, parts) in enumerate(zip(sizes, given, strict=True)):
                with torch.cuda.stream(streams[n % 2]):
                    if group.rank == n % size:
                        torch.cuda._sleep(20_000_000)
                    copies = [part.clone() for part in parts[group.rank]]
                    results.append(
                        rdattn.attention(*copies, MIXED, ring=group, layout="zigzag", tokens=tokens)
                    )
                    for copy in copies:
                        copy.fill_(torch.nan)
                    del copies
        return results

    for n, parts in enumerate(zip(*rings_on_gpu.run(size, body), strict=True)):
        assert torch.equal(rings_on_gpu.joined(parts, "zigzag"), expected[n])


def test_a_repeated_call_makes_nothing():
    qkv = on_gpu.inputs(1, 1637, 4)
    mine = rings_on_gpu.shards(4, qkv, "striped")
    barrier = threading.Barrier(4)

    def body(group):
        counts = []
        for _ in range(4):
            rdattn.attention(*mine[group.rank], MIXED, ring=group, layout="striped")
            group.synchronize()
            barrier.wait()
            counts.append((rdattn.compile_count(), rdattn.plan_count(), rdattn.upload_count()))
            barrier.wait()
        return counts

    for counts in rings_on_gpu.run(4, body):
        assert counts[1] == counts[2] == counts[3]


def test_what_earlier_calls_left_is_not_seen():
    """Sums that steps write before they read them hold anything at first."""
    qkv = on_gpu.inputs(1, 1200, 4)
    sparse = Branch([Segment(1200, dilation=3)], offsets="per_head")
    dense = Branch([Segment(1200)])
    calls = [Pattern(branches=list(b)) for b in ([dense], [sparse], [dense, sparse], [dense])]
    expected = [rings_on_gpu.check(3, *qkv, pattern, layout="zigzag") for pattern in calls]
    mine = rings_on_gpu.shards(3, qkv, "zigzag")

    def body(group):
        given = {"ring": group, "layout": "zigzag", "return_lse": True}
        return [rdattn.attention(*mine[group.rank], pattern, **given) for pattern in calls * 2]

    for n, parts in enumerate(zip(*rings_on_gpu.run(3, body), strict=True)):
        o, lse = zip(*parts, strict=True)
        assert torch.equal(rings_on_gpu.joined(o, "zigzag"), expected[n % 4][0])
        assert torch.equal(rings_on_gpu.joined(lse, "zigzag", dim=2), expected[n % 4][1])


def test_a_kernel_for_a_ring():
    qkv = on_gpu.inputs(1, 90, 2)
    kernel = rdattn.compile(
        Pattern([Segment(90)]),
        dtype="bfloat16",
        head_dim=64,
        return_lse=True,
        target="cuda",
        ring="zigzag",
    )
    assert "rdattn.ring.post" in kernel.ir("scheduled")
    mine = rings_on_gpu.shards(3, qkv, "zigzag")

    def body(group):
        return [
            kernel(*mine[group.rank], scale=0.1, ring=group, tokens=tokens) for tokens in (None, 90)
        ]

    expected = rings_on_gpu.attention(
        3, *qkv, kernel.pattern, scale=0.1, layout="zigzag", return_lse=True
    )
    for results in zip(*rings_on_gpu.run(3, body), strict=True):
        o, lse = zip(*results, strict=True)
        assert torch.equal(rings_on_gpu.joined(o, "zigzag"), expected[0])
        assert torch.equal(rings_on_gpu.joined(lse, "zigzag", dim=2), expected[1])


def test_the_example():
    path = Path(__file__).parents[2] / "examples" / "ring" / "ring.py"
    ran = subprocess.run(
        [sys.executable, path, "--gpus"], capture_output=True, text=True, timeout=300
    )
    assert ran.returncode == 0, ran.stderr
    line = r"<rank {} of 4 over threads on cuda:\d>: 3584 of 14336 tokens, \w+; at most \S+ apart"
    for rank, said in enumerate(sorted(ran.stdout.splitlines())):
        assert re.fullmatch(line.format(rank), said)


# -- What goes wrong --------------------------------------------------------------------------

PATTERN = Pattern([Segment(64)])


def call(group, **options):
    shard = on_gpu.inputs(1, 16, 2)
    shard = [x.to(f"cuda:{group.device}") for x in shard]
    given = {"ring": group, "layout": "contiguous", "tokens": 16 * group.size}
    return rdattn.attention(*shard, PATTERN, **given | options)


@pytest.fixture
def goes_on():
    """No rank waits for the compiler, and afterwards a new ring goes on."""
    rings_on_gpu.run(4, call)
    yield
    for o in rings_on_gpu.run(4, call):
        assert torch.isfinite(o).all()


def test_devices_of_ranks():
    count = torch.cuda.device_count()
    groups = ring.threads(3, devices="cuda")
    assert [group.device for group in groups] == [rank % count for rank in range(3)]
    assert repr(groups[0]) == "<rank 0 of 3 over threads on cuda:0>"
    assert [group.device for group in ring.threads(2, devices=[0, 0])] == [0, 0]
    assert ring.threads(1)[0].device is None
    with pytest.raises(ValueError, match="devices must name one device for each of 2 ranks, not 1"):
        ring.threads(2, devices=[0])
    with pytest.raises(ValueError, match=f"device must be from 0 to {count - 1}, not {count}"):
        ring.threads(1, devices=[count])
    for devices in (0, "cpu", {0}):
        with pytest.raises(TypeError, match="devices must be 'cuda' or a list of device numbers"):
            ring.threads(1, devices=devices)


def test_tensors_elsewhere():
    qkv = on_gpu.inputs(1, 16, 2)
    (on_cpu,), (there,) = ring.threads(1), ring.threads(1, devices=[0])
    with pytest.raises(ValueError, match="are on cuda:0, but ring is one of CPUs; "):
        rdattn.attention(*qkv, PATTERN, ring=on_cpu)
    with pytest.raises(ValueError, match="are on the CPU, but this rank of the ring is on cuda:0"):
        rdattn.attention(*(x.cpu() for x in qkv), PATTERN, ring=there)
    if torch.cuda.device_count() > 1:
        elsewhere = [x.to("cuda:1") for x in qkv]
        with pytest.raises(ValueError, match="are on cuda:1, but this rank of the ring is on cuda"):
            rdattn.attention(*elsewhere, PATTERN, ring=there)
    assert torch.isfinite(rdattn.attention(*qkv, PATTERN, ring=there)).all()


@pytest.mark.usefixtures("goes_on")
def test_another_attention_on_one_rank():
    def body(group):
        with pytest.raises(rdattn.Error, match="do not run the same attention: causal is"):
            call(group, causal=group.rank == 1)
        return call(group)

    for o in rings_on_gpu.run(3, body):
        assert torch.isfinite(o).all()


@pytest.mark.usefixtures("goes_on")
@pytest.mark.parametrize("how", ["abort", "stall", "leave"])
def test_a_rank_that_fails(how):
    def body(group):
        call(group)
        if group.rank == 2 and how == "abort":
            group.abort("its disk is full")
        if group.rank == 2 and how == "leave":
            group.close()
        if group.rank == 2 and how != "abort":
            time.sleep(3.0)
            raise rdattn.Error("rank 2 itself, which did not come, or has left")
        call(group)
        group.synchronize()

    begin = time.monotonic()
    results = rings.outcomes(4, body, 1.0, devices="cuda")
    assert time.monotonic() - begin < 20
    for rank, result in enumerate(results):
        assert isinstance(result, rdattn.Error), (rank, result)
        assert f"rank {rank}" in str(result)
        assert "rank 2" in str(result)


def test_a_capture_is_refused():
    qkv = on_gpu.inputs(1, 16, 2)
    (alone,) = ring.threads(1, devices=[0])
    call(alone)  # what a first call makes is there then
    groups = ring.threads(2, 20.0, devices=[0, 0])
    raised = []

    def other():
        with pytest.raises(rdattn.Error) as error:
            rdattn.attention(*qkv, PATTERN, ring=groups[1], layout="contiguous", tokens=32)
        raised.append(error)

    thread = threading.Thread(target=other)
    torch.cuda.synchronize()
    with torch.cuda.stream(torch.cuda.Stream()):
        graph = torch.cuda.CUDAGraph()
        graph.capture_begin(capture_error_mode="thread_local")
        thread.start()
        with pytest.raises((ValueError, rdattn.Error), match="graph"):
            rdattn.attention(*qkv, PATTERN, ring=groups[0], layout="contiguous", tokens=32)
        thread.join()
        graph.capture_end()
    assert raised
