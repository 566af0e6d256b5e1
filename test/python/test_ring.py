"""Attention on a ring of threads is that of one device, within S10's bound."""

import functools

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import rdattn
import rings
from bounds import assert_within
from rdattn import Branch, Pattern, Segment, ring
from strategies import DTYPES, Problem, inputs, problems

pytestmark = pytest.mark.usefixtures("poisoned")

SIZES = st.integers(1, 8)
LAYOUTS = st.sampled_from(["auto", *rings.LAYOUTS])
MIXED = Pattern(
    branches=[
        Branch([Segment(40), Segment(70, dilation=3, order="hilbert")], repeat=True),
        Branch([Segment(150, window=20, order=(10, 16)), Segment(90, dilation=2, window=7)]),
        Branch([Segment(64, dilation=4)], repeat=True, offsets="per_head"),
    ]
)


def check(problem: Problem, size: int, layout: str = "auto") -> None:
    """Compares with and without lse: they are two kernels."""
    attention = functools.partial(
        rings.attention, size, *problem.arguments, layout=layout, **problem.options
    )
    o, lse = attention(return_lse=True)
    assert (o.dtype, lse.dtype) == (problem.q.dtype, np.float32)
    reference = rdattn.reference(*problem.arguments, **problem.options)
    assert_within((o, lse), *problem.arguments, reference, **problem.options)
    np.testing.assert_array_equal(attention(), o)


# -- The same result --------------------------------------------------------------------------


@given(problem=problems(), size=SIZES, layout=LAYOUTS)
def test_random_patterns(problem, size, layout):
    check(problem, size, layout)


@given(problem=problems(max_tokens=12), size=SIZES, layout=LAYOUTS)
def test_fewer_tokens_than_parts(problem, size, layout):
    check(problem, size, layout)


@pytest.mark.parametrize("layout", rings.LAYOUTS)
@pytest.mark.parametrize("size", range(1, 9))
@pytest.mark.parametrize("dtype", DTYPES)
def test_every_size_and_layout(dtype, size, layout):
    q, k, v = inputs(tokens=237, heads=4, kv_heads=2, head_dim=16, value_dim=8, dtype=dtype)
    check(Problem(q, k, v, MIXED, causal=size % 2 == 0, scale=-0.3 * (size % 3)), size, layout)


@pytest.mark.parametrize("layout", rings.LAYOUTS)
@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize(("heads", "kv_heads"), [(1, 1), (6, 2), (4, 1), (3, 3)])
@pytest.mark.parametrize("offsets", ["all", "per_head"])
def test_grouped_queries(heads, kv_heads, offsets, causal, layout):
    q, k, v = inputs(batch=2, tokens=90, heads=heads, kv_heads=kv_heads, head_dim=16)
    branch = Branch([Segment(40, dilation=3)], repeat=True, offsets=offsets)
    check(Problem(q, k, v, Pattern(branches=[branch]), causal), 3, layout)


@pytest.mark.parametrize("layout", rings.LAYOUTS)
@pytest.mark.parametrize("window", [1, 5, 64])
def test_windows_across_borders(layout, window):
    q, k, v = inputs(tokens=333, heads=2, head_dim=16)
    for order in ("identity", "hilbert"):
        pattern = Pattern([Segment(333, window=window, order=order)])
        for causal in (False, True):
            check(Problem(q, k, v, pattern, causal), 4, layout)


@pytest.mark.parametrize("layout", rings.LAYOUTS)
@pytest.mark.parametrize("tokens", [500, 512, 1029])
def test_shards_longer_than_a_tile(layout, tokens):
    q, k, v = inputs(tokens=tokens, heads=2, head_dim=64, dtype="bfloat16")
    pattern = Pattern(branches=[Branch([Segment(300), Segment(400, dilation=2)], repeat=True)])
    for causal in (False, True):
        check(Problem(q, k, v, pattern, causal), 2, layout)


@pytest.mark.parametrize("layout", ["auto", *rings.LAYOUTS])
@pytest.mark.parametrize(
    "sizes",
    [
        {"tokens": 0, "heads": 2},
        {"tokens": 3, "heads": 2},
        {"tokens": 5, "heads": 0},
        {"tokens": 5, "batch": 0},
        {"tokens": 1},
    ],
)
def test_next_to_nothing(sizes, layout):
    q, k, v = inputs(head_dim=8, **sizes)
    check(Problem(q, k, v, Pattern([Segment(64, dilation=2)]), causal=True), 4, layout)


@given(problem=problems(), size=st.integers(2, 4))
@settings(max_examples=10)
def test_strided_shards(problem, size):
    """Shards with a gap after each row, and one another in one array."""
    layout = ring.layout(problem.pattern, problem.q.shape[1], size, problem.causal)

    def body(group):
        shards = []
        for x in (problem.q, problem.k, problem.v):
            mine = ring.shard(x, group.rank, size, layout)
            base = np.full((*mine.shape[:3], 2 * mine.shape[3] + 1), np.nan, dtype=x.dtype)
            inner = base[..., 1 : 1 + mine.shape[3]]
            inner[...] = mine
            shards.append(inner)
        return rdattn.attention(*shards, problem.pattern, **problem.options, ring=group)

    o = ring.unshard(rings.run(size, body), layout)
    dense = rings.attention(size, *problem.arguments, **problem.options)
    np.testing.assert_array_equal(o, dense)


@pytest.mark.parametrize("dtype", DTYPES)
def test_torch_tensors(dtype):
    torch = pytest.importorskip("torch", reason="torch is not installed")
    from devices import to_numpy, to_torch

    arrays = inputs(tokens=210, heads=4, kv_heads=2, head_dim=16, dtype=dtype)
    tensors = [to_torch(x, "cpu") for x in arrays]
    for layout in rings.LAYOUTS:
        call = {"layout": layout, "causal": True, "return_lse": True}
        expected = rings.attention(3, *arrays, MIXED, **call)
        actual = rings.attention(3, *tensors, MIXED, **call)
        assert all(isinstance(x, torch.Tensor) for x in actual)
        for a, b in zip(actual, expected, strict=True):
            np.testing.assert_array_equal(to_numpy(a), b)


# -- Calls ------------------------------------------------------------------------------------


@given(problem=problems(), size=SIZES, layout=LAYOUTS)
@settings(max_examples=10)
def test_results_repeat_bitwise(problem, size, layout):
    def results():
        return rings.attention(
            size, *problem.arguments, layout=layout, **problem.options, return_lse=True
        )

    first, second = results(), results()
    for a, b in zip(first, second, strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_repeated_call_compiles_and_plans_nothing():
    q, k, v = inputs(tokens=200, heads=2, head_dim=16)
    for layout in ("auto", *rings.LAYOUTS):
        for repetition in range(3):
            counts = rdattn.compile_count(), rdattn.plan_count()
            rings.attention(4, q, k, v, MIXED, layout=layout, causal=True)
            if repetition:
                assert (rdattn.compile_count(), rdattn.plan_count()) == counts


def test_one_kernel_serves_every_pattern_length_size_and_layout():
    pattern = Pattern([Segment(100, dilation=2)])
    q, k, v = inputs(tokens=100, heads=2, head_dim=16)
    rings.attention(2, q, k, v, pattern)
    compiled = rdattn.compile_count()
    for other in (pattern, Pattern([Segment(30, dilation=5), Segment(80, dilation=3)])):
        for size, tokens, layout in ((2, 80, "zigzag"), (5, 100, "striped"), (3, 7, "contiguous")):
            part = [x[:, :tokens] for x in (q, k, v)]
            rings.attention(size, *part, other, layout=layout)
    assert rdattn.compile_count() == compiled


@pytest.mark.parametrize("given_tokens", [None, 101])
def test_several_calls_on_one_ring(given_tokens):
    q, k, v = inputs(tokens=101, heads=2, head_dim=16)
    patterns = [Pattern([Segment(101)]), Pattern([Segment(60), Segment(90, dilation=2)])]

    def body(group):
        shards = [ring.shard(x, group.rank, group.size, "striped") for x in (q, k, v)]
        return [
            rdattn.attention(
                *shards, pattern, causal=causal, ring=group, layout="striped", tokens=given_tokens
            )
            for pattern in patterns
            for causal in (False, True)
        ]

    results = zip(*rings.run(4, body), strict=True)
    calls = ((pattern, causal) for pattern in patterns for causal in (False, True))
    for (pattern, causal), shards in zip(calls, results, strict=True):
        o_ref, _ = rdattn.reference(q, k, v, pattern, causal=causal)
        np.testing.assert_allclose(ring.unshard(shards, "striped"), o_ref, atol=1e-5)


def test_a_kernel_for_a_ring():
    q, k, v = inputs(tokens=90, heads=2, head_dim=16)
    kernel = rdattn.compile(
        Pattern([Segment(90)]), dtype="float32", head_dim=16, return_lse=True, ring="zigzag"
    )
    assert "ring='zigzag'" in repr(kernel)
    assert "on(%arg4 : !rdattn.ring<?, zigzag, tokens = ?>)" in kernel.ir("attention")
    assert "rdattn.ring.post" in kernel.ir("scheduled")

    def body(group):
        shards = [ring.shard(x, group.rank, group.size, "zigzag") for x in (q, k, v)]
        return [kernel(*shards, scale=0.1, ring=group, tokens=s) for s in (None, 90)]

    expected = rings.attention(
        3, q, k, v, kernel.pattern, scale=0.1, layout="zigzag", return_lse=True
    )
    for results in zip(*rings.run(3, body), strict=True):
        o, lse = zip(*results, strict=True)
        np.testing.assert_array_equal(ring.unshard(o, "zigzag"), expected[0])
        np.testing.assert_array_equal(ring.unshard(lse, "zigzag", dim=2), expected[1])


@pytest.mark.parametrize("target", ["cuda-sm90a", "cuda-sm80"])
def test_a_kernel_for_a_ring_of_gpus_compiles_without_one(target):
    kernel = rdattn.compile(
        Pattern([Segment(90)]), dtype="bfloat16", head_dim=64, target=target, ring="zigzag"
    )
    assert "rdattn.ring.post" in kernel.ir("scheduled")
    q, k, v = inputs(tokens=90, heads=2, head_dim=64, dtype="bfloat16")
    (group,) = ring.threads(1)
    with pytest.raises(ValueError, match=f"compiled for target '{target}', but q, k and v are on"):
        kernel(q, k, v, ring=group)


def test_a_rank_alone_needs_no_thread():
    (group,) = ring.threads(1)
    q, k, v = inputs(tokens=50, heads=2, head_dim=16)
    o = rdattn.attention(q, k, v, Pattern([Segment(50)]), ring=group)
    np.testing.assert_allclose(o, rdattn.reference(q, k, v, Pattern([Segment(50)]))[0], atol=1e-5)


def test_rings_do_not_disturb_each_other():
    q, k, v = inputs(tokens=64, heads=1, head_dim=16)
    pattern = Pattern([Segment(64)])
    first, second = ring.threads(2), ring.threads(2)

    def body(group):
        pair = first[group.rank], second[group.rank]
        shards = [ring.shard(x, group.rank, 2, "contiguous") for x in (q, k, v)]
        return [
            rdattn.attention(*shards, pattern, ring=other, layout="contiguous") for other in pair
        ]

    for results in rings.run(2, body):
        np.testing.assert_array_equal(*results)


# -- Layouts ----------------------------------------------------------------------------------


@given(tokens=st.integers(0, 100), size=st.integers(1, 12), layout=st.sampled_from(rings.LAYOUTS))
@example(tokens=0, size=1, layout="zigzag")
@settings(max_examples=200)
def test_positions_are_those_of_the_definition(tokens, size, layout):
    for rank, expected in enumerate(rings.tokens_of(layout, tokens, size)):
        actual = ring.positions(tokens, size, rank, layout)
        assert (actual.dtype, actual.tolist()) == (np.int64, expected)


@given(
    tokens=st.integers(0, 40),
    size=st.integers(1, 6),
    layout=st.sampled_from(rings.LAYOUTS),
    dim=st.integers(-3, 2),
)
def test_shards_are_cut_and_joined(tokens, size, layout, dim):
    shape = [2, 3, 4]
    shape[dim] = tokens
    x = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
    shards = [ring.shard(x, rank, size, layout, dim=dim) for rank in range(size)]
    for shard, rows in zip(shards, rings.tokens_of(layout, tokens, size), strict=True):
        np.testing.assert_array_equal(shard, np.take(x, np.array(rows, dtype=int), dim))
    np.testing.assert_array_equal(ring.unshard(shards, layout, dim=dim), x)


def test_torch_shards_are_cut_and_joined():
    torch = pytest.importorskip("torch", reason="torch is not installed")
    x = torch.arange(2 * 11 * 3).reshape(2, 11, 3)
    for layout in rings.LAYOUTS:
        shards = [ring.shard(x, rank, 4, layout) for rank in range(4)]
        for rank, shard in enumerate(shards):
            assert torch.equal(shard, x[:, ring.positions(11, 4, rank, layout)])
        assert torch.equal(ring.unshard(shards, layout), x)


def test_the_chosen_layout_balances():
    dense, blocks = Pattern([Segment(4096)]), Pattern(branches=[Branch([Segment(64)], repeat=True)])
    assert ring.layout(dense, 4096, 8) == "contiguous"
    assert ring.layout(dense, 4096, 8, causal=True) == "zigzag"
    assert ring.layout(blocks, 4096, 8, True) == "contiguous"
    assert ring.layout(dense, 0, 8, True) in rings.LAYOUTS


@given(problem=problems(), size=SIZES)
def test_auto_is_the_chosen_layout(problem, size):
    layout = ring.layout(problem.pattern, problem.q.shape[1], size, problem.causal)
    auto, chosen = (
        rings.attention(size, *problem.arguments, layout=name, **problem.options)
        for name in ("auto", layout)
    )
    np.testing.assert_array_equal(auto, chosen)
