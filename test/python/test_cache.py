"""What is compiled and planned again, and what is not."""

import threading

import numpy as np

import rdattn
from rdattn import Branch, Pattern, Segment
from strategies import inputs


class Counts:
    """Compilations and plans since it was made."""

    def __init__(self):
        self.before = rdattn.compile_count(), rdattn.plan_count()

    def __call__(self):
        return rdattn.compile_count() - self.before[0], rdattn.plan_count() - self.before[1]


def run(pattern, *, head_dim=16, **sizes):
    return rdattn.attention(*inputs(head_dim=head_dim, **sizes), pattern)


def test_the_same_call_again_does_nothing_again():
    pattern = Pattern([Segment(31), Segment(57)])
    first = run(pattern, tokens=80)
    counts = Counts()
    np.testing.assert_array_equal(run(pattern, tokens=80), first)
    assert counts() == (0, 0)


def test_another_shape_plans_and_compiles_nothing():
    pattern = Pattern([Segment(32), Segment(58)])
    run(pattern, tokens=80)
    counts = Counts()
    run(pattern, tokens=79)
    run(pattern, tokens=80, batch=2)
    run(pattern, tokens=80, heads=4, kv_heads=2)
    assert counts() == (0, 3)


def test_another_pattern_of_the_same_key_compiles_nothing():
    run(Pattern([Segment(33), Segment(59)]), tokens=80)
    counts = Counts()
    run(Pattern([Segment(90)]), tokens=80)
    run(Pattern([Segment(10)] * 9), tokens=80)
    assert counts()[0] == 0


def test_another_dilation_compiles_nothing():
    run(Pattern([Segment(100, dilation=3)]), tokens=80)
    counts = Counts()
    run(Pattern([Segment(100, dilation=5)]), tokens=80)
    assert counts()[0] == 0


def test_another_window_length_compiles_nothing():
    run(Pattern([Segment(100, window=7)]), tokens=80)
    counts = Counts()
    run(Pattern([Segment(100, window=9)]), tokens=80)
    assert counts()[0] == 0


def test_another_scale_compiles_nothing():
    pattern = Pattern([Segment(100)])
    q, k, v = inputs(tokens=80, head_dim=16)
    rdattn.attention(q, k, v, pattern)
    counts = Counts()
    rdattn.attention(q, k, v, pattern, scale=-2)
    assert counts() == (0, 0)


def test_other_branches_compile_nothing():
    def pattern(*lengths):
        return Pattern(branches=[Branch([Segment(n)], repeat=True) for n in lengths])

    run(pattern(16, 32), tokens=80)
    counts = Counts()
    run(pattern(17, 33), tokens=80)
    assert counts()[0] == 0


def test_compile_returns_the_kernel_made_earlier():
    pattern = Pattern([Segment(101)])
    kernel = rdattn.compile(pattern, dtype="float32", head_dim=16)
    equal = rdattn.compile(Pattern([Segment(101)]), dtype=np.float32, head_dim=16, value_dim=16)
    assert equal is kernel


def test_threads_share_a_kernel():
    pattern = Pattern([Segment(200, dilation=2)])
    given = [inputs(tokens=n, heads=2, head_dim=16, seed=n) for n in range(190, 200)]
    expected = [rdattn.attention(*x, pattern) for x in given]
    results = [None] * len(given)

    def work(n):
        results[n] = rdattn.attention(*given[n], pattern)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(len(given))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for a, b in zip(results, expected, strict=True):
        np.testing.assert_array_equal(a, b)
