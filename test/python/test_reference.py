"""The reference against a slower one and against facts worked out by hand."""

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import naive
import rdattn
from rdattn import Branch, Pattern, Segment
from rdattn.reference import allowed_pairs, default_grid, hilbert_order, positions
from strategies import Problem, inputs, patterns, problems


def pairs(pattern, tokens, *, causal=False, head=0, heads=1, branch=0):
    """Who sees whom, as a set of (query, key)."""
    i = np.arange(tokens)
    seen = allowed_pairs(
        pattern.branches[branch],
        i[:, None],
        i,
        tokens=tokens,
        causal=causal,
        head=head,
        heads=heads,
    )
    return set(zip(*(x.tolist() for x in np.nonzero(seen)), strict=True))


def mean_of(values, keys):
    """What a row with equal scores over ``keys`` computes."""
    return values[list(keys)].mean(axis=0)


def check(problem: Problem):
    q, k, v, pattern = problem.arguments
    scale = q.shape[3] ** -0.5 if problem.scale is None else float(np.float32(problem.scale))
    o, lse = rdattn.reference(*problem.arguments, **problem.options)
    o_slow, lse_slow = naive.attention(
        *(x.astype(np.float64) for x in (q, k, v)), pattern, problem.causal, scale
    )
    np.testing.assert_allclose(o, o_slow, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(lse, lse_slow, rtol=1e-12, atol=1e-12)


@given(problems(patterns(max_length=8), max_tokens=13))
@settings(max_examples=60)
def test_against_three_loops(problem):
    check(problem)


@given(problems(patterns(max_length=40), max_tokens=60), st.data())
@settings(max_examples=20)
def test_rows_are_those_of_the_whole(problem, data):
    tokens = problem.q.shape[1]
    rows = data.draw(st.lists(st.integers(0, tokens - 1), max_size=5))
    o, lse = rdattn.reference(*problem.arguments, **problem.options)
    o_rows, lse_rows = rdattn.reference(*problem.arguments, **problem.options, rows=rows)
    np.testing.assert_allclose(o_rows, o[:, rows], rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(lse_rows, lse[:, :, rows], rtol=1e-12, atol=1e-12)


def test_blocks_of_rows_agree(monkeypatch):
    q, k, v = inputs(tokens=50, heads=2)
    pattern = Pattern([Segment(30, dilation=2), Segment(20, window=3)])
    whole = rdattn.reference(q, k, v, pattern, causal=True)
    # The module: the package's attribute of that name is the function.
    monkeypatch.setattr(sys.modules["rdattn.reference"], "_BLOCK", 64)
    blocks = rdattn.reference(q, k, v, pattern, causal=True)
    for a, b in zip(whole, blocks, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-13, atol=1e-13)


def test_dense_attention_by_the_textbook():
    q, k, v = inputs(tokens=5, head_dim=4)
    o, lse = rdattn.reference(q, k, v, Pattern([Segment(5)]))
    scores = q[0, :, 0].astype(np.float64) @ k[0, :, 0].T / 2
    weights = np.exp(scores)
    np.testing.assert_allclose(lse[0, 0], np.log(weights.sum(axis=1)), rtol=1e-12)
    expected = weights / weights.sum(axis=1, keepdims=True) @ v[0, :, 0]
    np.testing.assert_allclose(o[0, :, 0], expected, rtol=1e-12)


# -- S1: causal -------------------------------------------------------------------------------


def test_S1_causal_compares_tokens_whatever_the_order():
    pattern = Pattern([Segment(16, order="hilbert")])
    assert pairs(pattern, 16, causal=True) == {(i, j) for i in range(16) for j in range(i + 1)}


@given(patterns(max_length=30), st.integers(1, 40))
@settings(max_examples=30)
def test_S1_nothing_sees_a_later_token(pattern, tokens):
    tokens = tokens if all(b.repeat for b in pattern.branches) else min(tokens, pattern.length)
    for branch in range(len(pattern.branches)):
        causal = pairs(pattern, tokens, causal=True, branch=branch)
        full = pairs(pattern, tokens, branch=branch)
        assert causal == {(i, j) for i, j in full if j <= i}


# -- S2: coverage -----------------------------------------------------------------------------


def test_S2_short_input_truncates_and_drops():
    pattern = Pattern([Segment(3), Segment(4), Segment(5)])
    assert pairs(pattern, 5) == {(i, j) for i in range(3) for j in range(3)} | {
        (i, j) for i in (3, 4) for j in (3, 4)
    }


def test_S2_long_input_is_an_error_that_names_both_lengths():
    q, k, v = inputs(tokens=8)
    with pytest.raises(ValueError, match=r"8 tokens are more than the pattern's 7"):
        rdattn.reference(q, k, v, Pattern([Segment(3), Segment(4)]))
    longer = Pattern(branches=[Branch([Segment(8)]), Branch([Segment(7)])])
    with pytest.raises(ValueError, match=r"8 tokens are more than the pattern's 7"):
        rdattn.reference(q, k, v, longer)


def test_S2_repeat_cycles_and_truncates_the_last():
    branch = Branch([Segment(2), Segment(3)], repeat=True)
    assert pairs(Pattern(branches=[branch]), 9) == {
        (i, j)
        for first, end in ((0, 2), (2, 5), (5, 7), (7, 9))
        for i in range(first, end)
        for j in range(first, end)
    }


def test_S2_no_tokens_give_empty_results():
    q, k, v = inputs(tokens=0, heads=2)
    o, lse = rdattn.reference(q, k, v, Pattern([Segment(3)]))
    assert (o.shape, lse.shape) == ((1, 0, 2, 8), (1, 2, 0))


def test_S2_cost_follows_the_tokens_not_the_lengths():
    far = 2**62
    pattern = Pattern([Segment(far, order="hilbert", dilation=3, window=far)])
    q, k, v = inputs(tokens=40)
    o, _ = rdattn.reference(q, k, v, pattern, causal=True)
    assert np.isfinite(o).all()
    wide = Pattern([Segment(10, order=(2**31, 2**31))])
    q, k, v = inputs(tokens=10)
    rdattn.reference(q, k, v, wide)


# -- S3: the Hilbert curve --------------------------------------------------------------------


def test_S3_two_by_two():
    assert [divmod(t, 2) for t in hilbert_order(2, 2, 4)] == [(0, 0), (1, 0), (1, 1), (0, 1)]


def test_S3_two_by_three_by_hand():
    # cols 3 >= rows 2 and 2w = 6 is not > 3h = 6: down the first column, then the rest.
    assert [divmod(t, 3) for t in hilbert_order(2, 3, 6)] == [
        (0, 0), (1, 0), (1, 1), (1, 2), (0, 2), (0, 1),
    ]  # fmt: skip


def test_S3_lines():
    assert hilbert_order(1, 7, 7) == list(range(7))
    assert hilbert_order(7, 1, 7) == list(range(7))


def test_S3_power_of_two_squares_are_the_classical_curve():
    def classical(n, d):
        x = y = 0
        s = 1
        while s < n:
            rx, ry = 1 & (d // 2), 1 & (d ^ (d // 2))
            if ry == 0:
                x, y = (s - 1 - x, s - 1 - y) if rx else (x, y)
                x, y = y, x
            x, y, d, s = x + s * rx, y + s * ry, d // 4, s * 2
        return x, y

    for n in (2, 4, 8, 16):
        cells = [divmod(t, n) for t in hilbert_order(n, n, n * n)]
        curve = [classical(n, d) for d in range(n * n)]
        transposed = [(x, y) for y, x in curve]
        assert cells in (curve, transposed)


@pytest.mark.parametrize("rows", range(1, 20))
def test_S3_permutation_and_neighbours_up_to_19x19(rows):
    for cols in range(1, 20):
        order = hilbert_order(rows, cols, rows * cols)
        assert sorted(order) == list(range(rows * cols))
        assert [divmod(t, cols) for t in order] == naive.hilbert(rows, cols)
        y, x = np.divmod(order, cols)
        steps = list(zip(abs(np.diff(y)).tolist(), abs(np.diff(x)).tolist(), strict=True))
        jumps = [step for step in steps if sum(step) != 1]
        if max(rows, cols) % 2 == 1 and min(rows, cols) % 2 == 0:
            assert jumps in ([], [(1, 1)])
        else:
            assert not jumps


def test_S3_default_grid():
    grids = {1: (1, 1), 2: (1, 2), 3: (2, 2), 4: (2, 2), 5: (2, 4), 16: (4, 4), 17: (3, 8)}
    assert {n: default_grid(n) for n in grids} == grids
    assert default_grid(2**63 - 1) == (-(-(2**63 - 1) // 2**32), 2**32)


def test_S3_the_grid_is_that_of_the_full_length():
    # 16 tokens walk a 4x4 grid; 5 of them still lie on it, not on a grid of their own.
    expected = [t for t in hilbert_order(4, 4, 16) if t < 5]
    assert np.argsort(positions(Segment(16, order="hilbert"), 5)).tolist() == expected


@given(st.integers(1, 40), st.integers(1, 40), st.data())
@settings(max_examples=40)
def test_S3_skipped_cells_close_up(rows, cols, data):
    tokens = data.draw(st.integers(0, rows * cols))
    whole = hilbert_order(rows, cols, rows * cols)
    assert hilbert_order(rows, cols, tokens) == [t for t in whole if t < tokens]


def test_S3_an_order_matters_with_dilation():
    pattern = Pattern([Segment(4, order="hilbert", dilation=2)])
    # The curve visits tokens 0, 2, 3, 1: classes {0, 3} and {2, 1}.
    assert pairs(pattern, 4) == {(i, j) for c in ((0, 3), (1, 2)) for i in c for j in c}


# -- S4: per segment --------------------------------------------------------------------------


def test_S4_order_and_dilation_restart():
    pattern = Pattern([Segment(3, dilation=2), Segment(3, dilation=2)])
    # Tokens 3 and 5 are class 0 of the second segment although token 3 is odd.
    assert pairs(pattern, 6) == {(i, j) for c in ((0, 2), (1,), (3, 5), (4,)) for i in c for j in c}


# -- S5: empty rows ---------------------------------------------------------------------------


def test_S5_empty_rows():
    pattern = Pattern(branches=[Branch([Segment(4, dilation=2)], offsets="per_head")])
    q, k, v = inputs(tokens=4, heads=2)
    o, lse = rdattn.reference(q, k, v, pattern)
    for head, empty in ((0, [1, 3]), (1, [0, 2])):
        assert (o[0, empty, head] == 0).all()
        assert np.isneginf(lse[0, head, empty]).all()
        assert np.isfinite(np.delete(lse[0, head], empty)).all()


def test_S5_merging_an_empty_row_changes_nothing():
    empty_in_part = Branch([Segment(4, dilation=2)], offsets="per_head")
    q, k, v = inputs(tokens=4, heads=2)
    o, lse = rdattn.reference(q, k, v, Pattern([Segment(4)]))
    o2, lse2 = rdattn.reference(
        q, k, v, Pattern(branches=[empty_in_part, Branch([Segment(4)]), empty_in_part])
    )
    np.testing.assert_array_equal(o2[0, [1, 3], 0], o[0, [1, 3], 0])
    np.testing.assert_array_equal(lse2[0, 0, [1, 3]], lse[0, 0, [1, 3]])
    assert (lse2[0, 0, [0, 2]] > lse[0, 0, [0, 2]]).all()


def test_S5_not_a_number_reaches_the_rows_that_see_it():
    pattern = Pattern([Segment(6, dilation=2), Segment(2)])
    q, k, v = inputs(tokens=8)
    for x, reached in ((q, {2}), (k, {0, 2, 4}), (v, {0, 2, 4})):
        keep = x[0, 2].copy()
        x[0, 2] = np.nan
        o, _ = rdattn.reference(q, k, v, pattern)
        x[0, 2] = keep
        assert set(np.nonzero(np.isnan(o[0, :, 0]).any(axis=1))[0].tolist()) == reached


# -- S6: branches -----------------------------------------------------------------------------


def test_S6_branches_are_one_softmax_over_the_multiset_union():
    # Token 3 sees {0..3} and {2, 3}: with equal scores 2 and 3 count twice.
    pattern = Pattern(branches=[Branch([Segment(4)]), Branch([Segment(2)], repeat=True)])
    q, k, v = inputs(tokens=4)
    o, lse = rdattn.reference(q, k, v, pattern, scale=0.0)
    np.testing.assert_allclose(o[0, 3, 0], mean_of(v[0, :, 0], [0, 1, 2, 3, 2, 3]), rtol=1e-6)
    np.testing.assert_allclose(lse[0, 0], np.log(6))


def test_S6_mixing_weights_are_softmax_of_lse():
    branches = [Branch([Segment(4)]), Branch([Segment(2)], repeat=True)]
    q, k, v = inputs(tokens=4)
    o, lse = rdattn.reference(q, k, v, Pattern(branches=branches))
    parts = [rdattn.reference(q, k, v, Pattern(branches=[b])) for b in branches]
    alpha = np.exp(np.stack([part[1] for part in parts]) - lse)
    np.testing.assert_allclose(alpha.sum(axis=0), 1, rtol=1e-12)
    mixed = sum(a[0, 0, :, None] * part[0][0, :, 0] for a, part in zip(alpha, parts, strict=True))
    np.testing.assert_allclose(o[0, :, 0], mixed, rtol=1e-12)


# -- S7: per_head -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heads", "dilation", "classes"),
    [(4, 2, [0, 0, 1, 1]), (3, 2, [0, 0, 1]), (2, 4, [0, 1]), (5, 4, [0, 0, 1, 1, 2]), (1, 3, [0])],
)
def test_S7_per_head(heads, dilation, classes):
    branch = Branch([Segment(8, dilation=dilation)], offsets="per_head")
    for head, chosen in enumerate(classes):
        rows = range(chosen, 8, dilation)
        assert pairs(Pattern(branches=[branch]), 8, head=head, heads=heads) == {
            (i, j) for i in rows for j in rows
        }


def test_S7_query_heads_choose_the_class_not_key_heads():
    branch = Branch([Segment(4, dilation=2)], offsets="per_head")
    q, k, v = inputs(tokens=4, heads=2, kv_heads=1)
    _, lse = rdattn.reference(q, k, v, Pattern(branches=[branch]))
    assert np.isneginf(lse[0]).tolist() == [[False, True, False, True], [True, False, True, False]]


# -- S11: window ------------------------------------------------------------------------------


def test_S11_window_of_a_class():
    pattern = Pattern([Segment(12, dilation=3, window=2)])
    assert {j for i, j in pairs(pattern, 12) if i == 6} == {3, 6, 9}
    assert {j for i, j in pairs(pattern, 12, causal=True) if i == 6} == {3, 6}


def test_S11_window_of_one_sees_itself():
    pattern = Pattern([Segment(9, order="hilbert", window=1)])
    assert pairs(pattern, 9) == {(i, i) for i in range(9)}


def test_S11_window_follows_the_curve_and_stays_in_its_segment():
    pattern = Pattern([Segment(4, order="hilbert", window=2), Segment(4, window=2)])
    # The curve visits 0, 2, 3, 1; token 4 starts another segment.
    near = {(0, 2), (2, 3), (3, 1), (4, 5), (5, 6), (6, 7)}
    expected = near | {(j, i) for i, j in near} | {(i, i) for i in range(8)}
    assert pairs(pattern, 8) == expected


# -- Inputs -----------------------------------------------------------------------------------


def test_grouped_queries_share_key_heads():
    q, k, v = inputs(tokens=6, heads=4, kv_heads=2)
    pattern = Pattern([Segment(6)])
    grouped = rdattn.reference(q, k, v, pattern)
    repeated = rdattn.reference(q, *(x.repeat(2, axis=2) for x in (k, v)), pattern)
    for a, b in zip(grouped, repeated, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
def test_inputs_of_any_dtype_are_taken_exactly(dtype):
    q, k, v = inputs(tokens=6, dtype=dtype)
    pattern = Pattern([Segment(6)])
    exact = rdattn.reference(*(x.astype(np.float64) for x in (q, k, v)), pattern)
    for a, b in zip(rdattn.reference(q, k, v, pattern), exact, strict=True):
        assert a.dtype == np.float64
        np.testing.assert_array_equal(a, b)


def test_large_scores_do_not_overflow():
    q, k, v = inputs(tokens=6)
    o, lse = rdattn.reference(q * 1e4, k, v, Pattern([Segment(6)]), scale=1.0)
    assert np.isfinite(o).all()
    assert np.isfinite(lse).all()
