"""What `Pattern.explain` and `Pattern.plot` say of rings, against counts by brute force."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import naive
import rings
from rdattn import Pattern, Segment, _ring_costs, ring
from rdattn._explain_ring import render
from strategies import patterns

SEED = Pattern([Segment(2048), Segment(4096, dilation=2), Segment(8192, dilation=4)])
RATES = {"rate": 100.0, "link": 10.0}


def count(pattern, size, layout="auto", **changed):
    sizes = {"batch": 1, "tokens": pattern.length, "heads": 1, "kv_heads": 1, "head_dim": 64}
    given = sizes | {"value_dim": 64, "dtype": "float16", "causal": False} | RATES | changed
    return _ring_costs.count(_ring_costs.RingCase(pattern, size, layout, **given))


def by_hand(pattern, size, layout, *, batch, tokens, heads, kv_heads, causal):
    """Received rows and pairs as {distance: [of each rank]}: E6 from its words."""
    places = rings.tokens_of(layout, tokens, size)
    rank_of = {token: rank for rank, held in enumerate(places) for token in held}
    needed, pairs = set(), {}
    for head in range(heads):
        for branch in pattern.branches:
            for i, j in naive.allowed(branch, tokens, causal, head, heads):
                rank, owner = rank_of[i], rank_of[j]
                steps = pairs.setdefault((rank - owner) % size, [0] * size)
                steps[rank] += batch
                if rank != owner:
                    needed.add((rank, owner, j, head // (heads // kv_heads)))
    received = {0: [0] * size}
    for rank, owner, _, _ in needed:
        received.setdefault((rank - owner) % size, [0] * size)[rank] += batch
    return received, {distance: pairs.get(distance, [0] * size) for distance in received}


# -- Counts -----------------------------------------------------------------------------------


@settings(max_examples=40)
@given(
    pattern=patterns(max_length=30),
    size=st.integers(1, 6),
    layout=st.sampled_from(rings.LAYOUTS),
    tokens=st.integers(1, 36),
    batch=st.integers(1, 2),
    heads=st.sampled_from([(1, 1), (4, 2), (3, 1)]),
    causal=st.booleans(),
)
def test_counts_of_random_patterns(pattern, size, layout, tokens, batch, heads, causal):
    tokens = min([tokens, *(b.length for b in pattern.branches if not b.repeat)])
    sizes = {"batch": batch, "tokens": tokens, "heads": heads[0], "kv_heads": heads[1]}
    costs = count(pattern, size, layout, **sizes, causal=causal)
    received, pairs = by_hand(pattern, size, layout, **sizes, causal=causal)
    assert costs.distances == sorted(received)
    assert costs.received.T.tolist() == [received[d] for d in costs.distances]
    assert costs.pairs.T.tolist() == [pairs[d] for d in costs.distances]
    assert costs.shards == [len(held) for held in rings.tokens_of(layout, tokens, size)]
    assert costs.sent.sum() == costs.bytes.sum()
    for rank in range(size):
        for step, distance in enumerate(costs.distances):
            assert costs.sent[rank, step] == costs.bytes[(rank + distance) % size, step]


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("size", [1, 3, 8])
def test_auto_is_the_chosen_layout(size, causal):
    chosen = ring.layout(SEED, SEED.length, size, causal)
    assert count(SEED, size, causal=causal).layout == chosen
    assert f"{size} ranks, {chosen}\n" in SEED.explain(ring=size, causal=causal)


def test_bytes_are_those_of_the_dtype_and_head_sizes():
    dense = Pattern([Segment(8)])
    for dtype, size in (("float32", 4), ("bfloat16", 2)):
        costs = count(dense, 2, dtype=dtype, head_dim=24, value_dim=8, heads=4, kv_heads=2)
        assert costs.bytes.tolist() == [[0, 4 * 2 * (24 + 8) * size]] * 2
        assert costs.compute[0, 1] == pytest.approx(4 * 4 * 4 * 2 * (24 + 8) / 100e12)


# -- Time -------------------------------------------------------------------------------------


def test_a_transfer_runs_while_the_step_before_is_computed():
    """Two ranks of 4 tokens each: both steps take as long, and the rows longer or shorter."""
    for link, slower in ((1.0, False), (0.001, True)):
        costs = count(Pattern([Segment(8)]), 2, rate=0.001, link=link)
        compute, transfer = 16 * 256 / 1e9, 4 * 256 / (link * 1e9)
        assert (transfer > compute) == slower
        times = costs.timeline
        begin = max(compute, transfer)
        for rank in range(2):
            assert times.arrives[rank, 1] == pytest.approx([0, transfer])
            assert times.computes[rank].ravel() == pytest.approx(
                [0, compute, begin, begin + compute]
            )
        assert costs.is_bound_by_transfer(1) == slower
        assert not costs.is_bound_by_transfer(0)


@pytest.mark.parametrize("layout", rings.LAYOUTS)
@pytest.mark.parametrize("causal", [False, True])
def test_nothing_happens_before_it_can(layout, causal):
    costs = count(SEED, 5, layout, causal=causal)
    times = costs.timeline
    for rank in range(5):
        for step, distance in list(enumerate(costs.distances))[1:]:
            begins, ends = times.computes[rank, step]
            assert begins >= times.computes[rank, step - 1, 1]
            assert begins >= times.arrives[rank, step, 1]
            assert begins >= times.arrives[(rank + distance) % 5, step, 1]
            assert ends - begins == pytest.approx(costs.compute[rank, step])
            if costs.received[rank, step]:
                posted = times.computes[[rank, rank - distance], step - 1, 0]
                assert times.arrives[rank, step, 0] == posted.max()
    slowest = costs.compute.sum(axis=1).max()
    assert slowest <= times.end <= slowest + costs.transfer.sum()


def test_a_rank_that_moves_nothing_waits_for_nobody():
    """Rank 0 holds a segment of its own; 1 and 2 share one, over a link that is slow."""
    costs = count(Pattern([Segment(4), Segment(8)]), 3, "contiguous", link=1e-6)
    assert costs.received.tolist() == [[0, 0, 0], [0, 0, 4], [0, 4, 0]]
    times = costs.timeline
    assert times.computes[0, -1, 1] == pytest.approx(costs.compute[0, 0])
    assert times.end > 1e-4


# -- Text -------------------------------------------------------------------------------------


def test_render():
    """Dense causal attention of 8 tokens on 2 ranks, the later of which needs the earlier."""
    costs = count(Pattern([Segment(8)]), 2, "contiguous", causal=True, rate=0.001, link=0.5)
    assert render(costs).splitlines() == [
        "ring           2 ranks, contiguous",
        "allowed pairs  36",
        "arithmetic     9.216 kFLOP",
        "moved          1.024 kB: each row once to each rank that needs it, "
        "the least in this layout",
        "work           1.444 times the mean on the rank that has most",
        "time           6.656 us, 6.656 us if nothing had to move, at 0.001 TFLOP/s and "
        "0.5 GB/s of each rank",
        "",
        "step  distance   rows      bytes a link     bytes   pairs  transfer   compute  bound by",
        "   0         0      0               0 B       0 B      10      0 us   2.56 us   compute",
        "   1         1  2 (4)  512 B (1.024 kB)  1.024 kB  8 (16)  2.048 us  4.096 us   compute",
        "",
        "rank  tokens  received      sent  pairs   work",
        "   0       4       0 B  1.024 kB     10  0.556",
        "   1       4  1.024 kB       0 B     26  1.444",
    ]


def test_explain_says_what_was_counted():
    text = SEED.explain(ring=4, heads=4, kv_heads=2, head_dim=128, causal=True, layout="zigzag")
    assert repr(text) == text
    costs = count(SEED, 4, "zigzag", heads=4, kv_heads=2, head_dim=128, value_dim=128, causal=True)
    pairs = 4 * 7 * 2048 * 2049 // 2
    assert f"allowed pairs  {pairs:,}\n" in text
    assert costs.pairs.sum() == pairs
    assert f"work           {costs.imbalance:.3f} times" in text
    for rank, work in enumerate(costs.pairs.sum(axis=1)):
        assert re.search(rf"^ *{rank}  .*  {work:,}  [\d.]+$", text, re.MULTILINE)
    assert "at 750 TFLOP/s and 450 GB/s" in text


def test_dense_causal_attention_is_balanced():
    for size in (2, 4, 8):
        assert count(Pattern([Segment(4096)]), size, causal=True).imbalance <= 1.05


def test_long_tables_are_cut():
    text = Pattern([Segment(400)]).explain(ring=100)
    assert text.count("\n... and 36 more") == 2
    assert len(text.splitlines()) < 150


# -- Picture ----------------------------------------------------------------------------------


def test_plot_has_a_bar_for_what_each_rank_does_in_each_step(pyplot, tmp_path):
    _, ax = pyplot.subplots()
    given = {"heads": 16, "causal": True, "layout": "contiguous"}
    assert SEED.plot(ax, ring=4, **given) is ax
    ax.figure.savefig(tmp_path / "ring.png")
    assert ax.get_title() == "14336 tokens on 4 ranks, contiguous, causal"
    costs = count(SEED, 4, "contiguous", heads=16, kv_heads=16, causal=True)
    spans = [bar.get_paths()[0].get_extents() for bar in ax.collections]
    assert len(spans) == (costs.pairs > 0).sum() + (costs.received > 0).sum()
    for rank in range(4):
        upper = [s for s in spans if rank - 0.5 < s.y0 and s.y1 <= rank + 1e-9]
        lower = [s for s in spans if rank - 1e-9 <= s.y0 and s.y1 < rank + 0.5]
        assert len(upper) == (costs.pairs[rank] > 0).sum()
        assert len(lower) == (costs.received[rank] > 0).sum()


def test_plot_makes_axes_and_takes_many_ranks(pyplot):
    ax = Pattern([Segment(4096)]).plot(ring=64, heads=2)
    assert ax.get_title() == "4096 tokens on 64 ranks, contiguous"
    assert len(ax.get_yticks()) <= 33


def test_plot_of_nothing_to_compute(pyplot):
    """Ranks without tokens have no bars."""
    ax = Pattern([Segment(1)]).plot(ring=3)
    assert len(ax.collections) == 1


# -- Errors -----------------------------------------------------------------------------------


@pytest.mark.parametrize("function", [Pattern.explain, Pattern.plot])
@pytest.mark.parametrize(
    ("changed", "error", "match"),
    [
        ({"ring": 0}, ValueError, r"ring must be at least 1, not 0"),
        ({"ring": 2.0}, TypeError, r"ring must be an int, not 2.0"),
        ({"ring": 1025}, ValueError, r"ring must be at most 1024, not 1025; rdattn-sim"),
        ({"ring": 2, "layout": "round"}, ValueError, r"layout must be 'contiguous', .* 'round'"),
        ({"ring": 2, "layout": None}, ValueError, r"layout must be 'contiguous', .* None"),
        ({"ring": 2, "tokens": 14337}, ValueError, r"14337 tokens are more than .* 14336"),
        ({"ring": 2, "batch": 0}, ValueError, r"batch must be at least 1, not 0"),
        ({"ring": 2, "heads": 3, "kv_heads": 2}, ValueError, r"3 heads are not a multiple of 2"),
        ({"ring": 2, "dtype": "int8"}, ValueError, r"dtype must be .* not int8"),
        ({"ring": 2, "dtype": "float32"}, ValueError, r"rate is missing: .* needs the TFLOP/s"),
        ({"ring": 2, "rate": 0}, ValueError, r"rate must be a finite number above 0, not 0"),
        ({"ring": 2, "rate": np.inf}, ValueError, r"rate must be a finite number above 0, not inf"),
        ({"ring": 2, "link": np.nan}, ValueError, r"link must be a finite number above 0, not nan"),
        ({"ring": 2, "link": "fast"}, TypeError, r"link must be a number, not 'fast'"),
        ({"layout": "zigzag"}, ValueError, r"layout was given without a ring"),
        ({"rate": 1.0}, ValueError, r"rate was given without a ring"),
        ({"link": 1.0}, ValueError, r"link was given without a ring"),
    ],
)
def test_errors(function, changed, error, match):
    with pytest.raises(error, match=match):
        function(SEED, **changed)


def test_explain_checks_its_target():
    with pytest.raises(ValueError, match=r"target must be one of .* not 'tpu'"):
        SEED.explain(ring=2, target="tpu")
