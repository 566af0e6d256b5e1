"""Compiled attention against the fp64 definition, within S10's bound."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rdattn
from bounds import assert_within
from devices import OnCPU
from rdattn import Branch, Pattern, Segment
from strategies import DTYPES, Problem, branches, patterns, problems, segments

pytestmark = pytest.mark.usefixtures("poisoned")

ONCE = Pattern([Segment(48), Segment(80, dilation=2), Segment(100, dilation=4)])
SEED = Pattern(
    [
        Segment(2048),
        Segment(4096, dilation=2, order="hilbert"),
        Segment(8192, dilation=4),
    ]
)

HEAD_SIZES = [
    (1, 1), (5, 3), (33, 64), (40, 40), (96, 96), (100, 60), (128, 128), (192, 128), (256, 256),
]  # fmt: skip
"""(head_dim, value_dim)"""


def check(device: OnCPU, problem: Problem):
    """Compares with and without lse: they are two kernels."""
    o, lse = device.attention(*problem.arguments, **problem.options, return_lse=True)
    assert o.dtype == problem.q.dtype
    assert lse.dtype == np.float32
    reference = rdattn.reference(*problem.arguments, **problem.options)
    assert_within((o, lse), *problem.arguments, reference, **problem.options)
    alone = device.attention(*problem.arguments, **problem.options)
    np.testing.assert_array_equal(alone, o)


def spread(x: np.ndarray, gap: int) -> np.ndarray:
    """The same values with NaN between them in every dimension; ``gap`` after each head."""
    batch, tokens, heads, dim = x.shape
    base = np.full((batch + 1, 2 * tokens, 3 * heads, dim + gap), np.nan, dtype=x.dtype)
    inner = base[1:, ::2, 1::3, gap // 2 : gap // 2 + dim]
    inner[...] = x
    return inner


# -- Patterns ---------------------------------------------------------------------------------


@given(st.data())
def test_random_patterns(device, data):
    check(device, data.draw(problems(dtypes=device.dtypes)))


@given(st.data())
def test_uneven_segments(device, data):
    uneven = st.lists(segments(), min_size=1, max_size=6).map(Pattern)
    check(device, data.draw(problems(uneven, dtypes=device.dtypes)))


@given(st.data())
def test_short_branches(device, data):
    short = st.lists(branches(40), min_size=2, max_size=3).map(lambda b: Pattern(branches=b))
    check(device, data.draw(problems(short, dtypes=device.dtypes)))


# A GPU copies rows by 16 bytes where all of them are aligned.
@pytest.mark.parametrize("gap", [5, 16])
@given(data=st.data())
@settings(max_examples=20)
def test_strided_inputs(device, gap, data):
    problem = data.draw(problems(patterns(), dtypes=[device.dtype]))
    problem.q, problem.k, problem.v = (spread(x, gap) for x in (problem.q, problem.k, problem.v))
    check(device, problem)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("tokens", [1, 47, 48, 49, 127, 128, 129, 227, 228])
def test_every_length_about_a_segment_end(device, dtype, causal, tokens):
    q, k, v = device.inputs(tokens=tokens, heads=2, head_dim=16, dtype=dtype)
    check(device, Problem(q, k, v, ONCE, causal))


@pytest.mark.parametrize(("head_dim", "value_dim"), HEAD_SIZES)
@pytest.mark.parametrize("dtype", DTYPES)
def test_head_sizes(device, dtype, head_dim, value_dim):
    q, k, v = device.inputs(tokens=70, heads=2, head_dim=head_dim, value_dim=value_dim, dtype=dtype)
    check(device, Problem(q, k, v, Pattern([Segment(70, dilation=2)]), causal=True))


@pytest.mark.parametrize(("heads", "kv_heads"), [(1, 1), (6, 2), (4, 1), (3, 3)])
@pytest.mark.parametrize("offsets", ["all", "per_head"])
def test_grouped_queries(device, heads, kv_heads, offsets):
    q, k, v = device.inputs(batch=2, tokens=90, heads=heads, kv_heads=kv_heads, head_dim=16)
    branch = Branch([Segment(40, dilation=3)], repeat=True, offsets=offsets)
    check(device, Problem(q, k, v, Pattern(branches=[branch]), causal=True))


def test_longnet(device):
    branches = [
        Branch([Segment(32 * r, dilation=r)], repeat=True, offsets="per_head") for r in (1, 2, 4)
    ]
    q, k, v = device.inputs(tokens=301, heads=4, head_dim=16)
    for causal in (False, True):
        check(device, Problem(q, k, v, Pattern(branches=branches), causal))


@pytest.mark.parametrize("value_dim", [1, 20, 36, 128, 255, 256])
def test_many_branches(device, value_dim):
    """More than a GPU merges at once; some rows are in few of them, and some in none."""
    branches = [
        Branch(
            [Segment(8 * r, dilation=r), Segment(8, dilation=8)], repeat=True, offsets="per_head"
        )
        for r in range(2, 8)
    ]
    q, k, v = device.inputs(batch=2, tokens=150, heads=8, head_dim=16, value_dim=value_dim)
    for pattern in (Pattern(branches=branches), Pattern(branches=branches[3:])):
        check(device, Problem(q, k, v, pattern, causal=True))


def test_a_thousand_segments(device):
    q, k, v = device.inputs(tokens=3000, head_dim=16)
    check(device, Problem(q, k, v, Pattern([Segment(1 + n % 5) for n in range(1000)]), causal=True))


@pytest.mark.parametrize("offsets", ["all", "per_head"])
@pytest.mark.parametrize("order", ["identity", "hilbert"])
@pytest.mark.parametrize("causal", [False, True])
def test_rows_that_a_cut_leaves_alone(device, causal, order, offsets):
    """S cuts a dilated segment down to classes of one row, and then some of two."""
    branch = Branch([Segment(16, dilation=4, order=order)], repeat=True, offsets=offsets)
    for tokens in (1, 2, 3, 4, 5, 16, 17, 19, 20, 21):
        q, k, v = device.inputs(batch=2, tokens=tokens, heads=4, kv_heads=2, head_dim=16)
        check(device, Problem(q, k, v, Pattern(branches=[branch]), causal))


@pytest.mark.parametrize("scale", [None, -0.5])
def test_segments_of_lone_rows(device, scale):
    """Shorter than their dilation, alone and beside larger classes."""
    q, k, v = device.inputs(tokens=300, heads=4, kv_heads=2, head_dim=16)
    short, long = Segment(3, dilation=4), Segment(150, dilation=2)
    for branch in (
        Branch([short], repeat=True),
        Branch([short], repeat=True, offsets="per_head"),
        Branch([long, short, short, long]),
        Branch([short, Segment(297, window=1)]),
    ):
        check(device, Problem(q, k, v, Pattern(branches=[branch]), scale=scale))
    both = [Branch([short], repeat=True), Branch([Segment(300, dilation=64)])]
    check(device, Problem(q, k, v, Pattern(branches=both), causal=True, scale=scale))


def test_ten_thousand_lone_rows(device):
    q, k, v = device.inputs(tokens=10_000, heads=2, kv_heads=1, head_dim=16)
    for segment in (Segment(30_000, dilation=10_000), Segment(10_000, dilation=10_000)):
        o, lse = device.attention(q, k, v, Pattern([segment]), return_lse=True)
        np.testing.assert_array_equal(o, np.repeat(v, 2, axis=2))
        scores = np.einsum("bshd,bsgd->bhs", *(x.astype(np.float64) for x in (q, k))) / 4
        np.testing.assert_allclose(lse, scores, rtol=1e-4, atol=1e-5)


def test_lengths_far_beyond_the_tokens(device):
    far = 2**62
    q, k, v = device.inputs(tokens=100, head_dim=16)
    check(device, Problem(q, k, v, Pattern([Segment(far, order="hilbert", dilation=3)])))
    check(device, Problem(q, k, v, Pattern([Segment(5), Segment(far, window=far)])))
    check(device, Problem(q, k, v, Pattern([Segment(far, dilation=far)])))


@pytest.mark.parametrize("causal", [False, True])
def test_the_seed_pattern_at_sampled_rows(device, causal):
    q, k, v = device.inputs(tokens=14336, heads=2, kv_heads=1, head_dim=64, dtype="bfloat16")
    o, lse = device.attention(q, k, v, SEED, causal=causal, return_lse=True)
    rows = np.unique(np.r_[0, 2047, 2048, 6143, 6144, 14335, np.arange(5, 14336, 401)])
    reference = rdattn.reference(q, k, v, SEED, causal=causal, rows=rows)
    assert_within((o[:, rows], lse[:, :, rows]), q, k, v, SEED, reference, causal=causal, rows=rows)


# -- Layouts ----------------------------------------------------------------------------------


def test_packed_qkv_is_read_in_place(device):
    packed = device.inputs(tokens=60, heads=6, head_dim=16)[0].reshape(1, 60, 3, 2, 16)
    q, k, v = (packed[:, :, n] for n in range(3))
    check(device, Problem(q, k, v, Pattern([Segment(60, dilation=2)])))


def test_heads_before_tokens_and_reversed_and_broadcast(device):
    q, k, v = device.inputs(batch=2, tokens=60, heads=2, head_dim=16)
    moved = np.ascontiguousarray(q.transpose(0, 2, 1, 3)).transpose(0, 2, 1, 3)
    shared = np.broadcast_to(v[:1], v.shape)
    check(device, Problem(moved, k[:, ::-1], shared, Pattern([Segment(60)]), causal=True))


def test_read_only_inputs(device):
    q, k, v = device.inputs(tokens=20, head_dim=16)
    for x in (q, k, v):
        x.setflags(write=False)
    check(device, Problem(q, k, v, Pattern([Segment(20)])))


def test_inputs_are_not_written(device):
    q, k, v = device.inputs(tokens=60, head_dim=16)
    given = [device.put(x.copy()) for x in (q, k, v)]
    rdattn.attention(*given, ONCE)
    for x, before in zip(given, (q, k, v), strict=True):
        np.testing.assert_array_equal(device.get(x), before)


def test_repeats_bit_by_bit(device):
    q, k, v = device.inputs(tokens=228, heads=3, head_dim=16)
    first = device.attention(q, k, v, ONCE, return_lse=True)
    for _ in range(3):
        for a, b in zip(first, device.attention(q, k, v, ONCE, return_lse=True), strict=True):
            np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("shape", [(0, 7, 2), (2, 0, 2), (2, 7, 0)])
def test_S2_empty_sizes_give_empty_results(device, shape):
    batch, tokens, heads = shape
    q, k, v = device.inputs(batch=batch, tokens=tokens, heads=heads, value_dim=3)
    o, lse = device.attention(q, k, v, ONCE, return_lse=True)
    assert o.shape == (batch, tokens, heads, 3)
    assert lse.shape == (batch, heads, tokens)
    assert o.dtype == q.dtype
    assert lse.dtype == np.float32


# -- Values -----------------------------------------------------------------------------------


@pytest.mark.parametrize("scale", [0.0, -1.0, 0.5, 3, np.float32(0.25)])
@pytest.mark.parametrize("dtype", DTYPES)
def test_scales(device, dtype, scale):
    q, k, v = device.inputs(tokens=100, heads=2, head_dim=16, dtype=dtype)
    check(device, Problem(q, k, v, ONCE, causal=True, scale=scale))


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("dtype", DTYPES)
def test_scores_of_ten_thousand(device, dtype, sign):
    q, k, v = device.inputs(tokens=100, heads=2, head_dim=16, dtype=dtype)
    q = (q / np.abs(q.astype(np.float32)).max() * 100).astype(q.dtype)
    k = (k / np.abs(k.astype(np.float32)).max() * 100).astype(k.dtype)
    check(device, Problem(q, k, v, ONCE, causal=True, scale=sign * 1.0))


@pytest.mark.parametrize("value", [1e4, -1e4])
@pytest.mark.parametrize("dtype", DTYPES)
def test_all_scores_equal_and_large(device, dtype, value):
    _, _, v = device.inputs(tokens=100, heads=2, head_dim=16, dtype=dtype)
    q = np.full_like(v, 25)
    k = np.full_like(v, value / (25 * 16))
    check(device, Problem(q, k, v, ONCE, scale=1.0))


def test_one_key_takes_all(device):
    q, k, v = device.inputs(tokens=64, head_dim=16)
    k[0, 40] = 100 * q[0, 50]
    check(device, Problem(q, k, v, Pattern([Segment(64)])))


def test_all_zero_inputs_average_the_values(device):
    _, _, v = device.inputs(tokens=30, head_dim=16)
    o = device.attention(np.zeros_like(v), np.zeros_like(v), v, Pattern([Segment(30)]))
    mean = np.tile(v[0, :, 0].astype(np.float32).mean(axis=0), (30, 1))
    np.testing.assert_allclose(o[0, :, 0], mean, atol=device.atol)


def test_S6_a_branch_twice_changes_nothing(device):
    branch = Branch([Segment(64)])
    q, k, v = device.inputs(batch=4, tokens=64, heads=4, head_dim=16)
    once = device.attention(10 * q, k, v, Pattern(branches=[branch]), scale=1.0)
    twice = device.attention(10 * q, k, v, Pattern(branches=[branch, branch]), scale=1.0)
    np.testing.assert_allclose(twice, once, rtol=0, atol=2 * device.eps * np.abs(v).max())


# -- S5: empty rows and values that are not finite ----------------------------------------------


@pytest.mark.parametrize("causal", [False, True])
def test_S5_rows_no_head_computes(device, causal):
    branch = Branch([Segment(64, dilation=4)], offsets="per_head")
    q, k, v = device.inputs(tokens=50, heads=3, head_dim=16)
    check(device, Problem(q, k, v, Pattern(branches=[branch]), causal))
    check(device, Problem(q, k, v, Pattern(branches=[branch, branch]), causal))


SPOILT = Pattern([Segment(40, dilation=2), Segment(50, window=4), Segment(30, order="hilbert")])


def spoil(device: OnCPU, name: str, value: float, token: int, causal: bool):
    """(o, lse) with one key head's token spoilt, the reference, and where that stays finite
    although the token is NaN: the rows [B,S,H] that do not see it."""
    tensors = dict(zip("qkv", device.inputs(tokens=120, heads=2, head_dim=16), strict=True))
    arguments = (*tensors.values(), SPOILT)
    tensors[name][0, token, 1, 3] = np.nan
    unseen = np.isfinite(rdattn.reference(*arguments, causal=causal)[0]).all(axis=-1)
    tensors[name][0, token, 1, 3] = value
    actual = device.attention(*arguments, causal=causal, return_lse=True)
    return actual, rdattn.reference(*arguments, causal=causal), unseen


def rows_that_may_differ(token: int) -> np.ndarray:
    """The tokens of ``token``'s segment."""
    edges = [0, 40, 90, 120]
    segment = np.searchsorted(edges, token, side="right") - 1
    return np.arange(edges[segment], edges[segment + 1])


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("token", [0, 13, 60, 119])
@pytest.mark.parametrize("name", ["q", "k"])
def test_S5_what_is_not_finite_in_q_or_k_reaches_only_rows_that_see_it(
    device, name, token, value, causal
):
    (o, lse), (o64, lse64), unseen = spoil(device, name, value, token, causal)
    assert not unseen.all()
    lse, lse64 = lse.transpose(0, 2, 1), lse64.transpose(0, 2, 1)
    np.testing.assert_allclose(o[unseen], o64[unseen], atol=device.atol)
    np.testing.assert_allclose(lse[unseen], lse64[unseen], atol=device.atol)
    if np.isnan(value):
        assert np.isnan(o[~unseen]).all()
        assert np.isnan(lse[~unseen]).all()


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("token", [0, 13, 60, 119])
def test_S5_what_is_not_finite_in_v_stays_in_its_segment(device, token, value, causal):
    (o, lse), (o64, lse64), unseen = spoil(device, "v", value, token, causal)
    assert not np.isfinite(o[~unseen]).all(axis=-1).any()
    np.testing.assert_allclose(lse, lse64, atol=device.atol)
    others = np.setdiff1d(np.arange(120), rows_that_may_differ(token))
    np.testing.assert_allclose(o[:, others], o64[:, others], atol=device.atol)
    np.testing.assert_allclose(o[:, :, 0], o64[:, :, 0], atol=device.atol)
