"""What is compiled and planned again, and what is not."""

import threading

import numpy as np

import rdattn
from rdattn import Branch, Pattern, Segment


class Counts:
    """Compilations and plans since it was made. A GPU gets a copy of each plan it uses."""

    def __init__(self, device):
        self.device = device
        self.before = self.now()

    @staticmethod
    def now():
        return rdattn.compile_count(), rdattn.plan_count(), rdattn.upload_count()

    def __call__(self):
        compiled, planned, uploaded = (
            now - before for now, before in zip(self.now(), self.before, strict=True)
        )
        assert uploaded == (planned if self.device.name == "cuda" else 0)
        return compiled, planned


def run(device, pattern, *, head_dim=16, **sizes):
    return device.attention(*device.inputs(head_dim=head_dim, **sizes), pattern)


def test_the_same_call_again_does_nothing_again(device):
    pattern = Pattern([Segment(31), Segment(57)])
    first = run(device, pattern, tokens=80)
    counts = Counts(device)
    np.testing.assert_array_equal(run(device, pattern, tokens=80), first)
    assert counts() == (0, 0)


def test_another_shape_plans_and_compiles_nothing(device):
    pattern = Pattern([Segment(32), Segment(58)])
    run(device, pattern, tokens=80)
    counts = Counts(device)
    run(device, pattern, tokens=79)
    run(device, pattern, tokens=80, batch=2)
    run(device, pattern, tokens=80, heads=4, kv_heads=2)
    assert counts() == (0, 3)


def test_another_pattern_of_the_same_key_compiles_nothing(device):
    run(device, Pattern([Segment(33), Segment(59)]), tokens=80)
    counts = Counts(device)
    run(device, Pattern([Segment(90)]), tokens=80)
    run(device, Pattern([Segment(10)] * 9), tokens=80)
    assert counts()[0] == 0


def test_another_dilation_compiles_nothing(device):
    run(device, Pattern([Segment(100, dilation=3)]), tokens=80)
    counts = Counts(device)
    run(device, Pattern([Segment(100, dilation=5)]), tokens=80)
    assert counts()[0] == 0


def test_another_window_length_compiles_nothing(device):
    run(device, Pattern([Segment(100, window=7)]), tokens=80)
    counts = Counts(device)
    run(device, Pattern([Segment(100, window=9)]), tokens=80)
    assert counts()[0] == 0


def test_another_scale_compiles_nothing(device):
    pattern = Pattern([Segment(100)])
    q, k, v = device.inputs(tokens=80, head_dim=16)
    device.attention(q, k, v, pattern)
    counts = Counts(device)
    device.attention(q, k, v, pattern, scale=-2)
    assert counts() == (0, 0)


def test_other_branches_compile_nothing(device):
    def pattern(*lengths):
        return Pattern(branches=[Branch([Segment(n)], repeat=True) for n in lengths])

    run(device, pattern(16, 32), tokens=80)
    counts = Counts(device)
    run(device, pattern(17, 33), tokens=80)
    assert counts()[0] == 0


def test_compile_returns_the_kernel_made_earlier(device):
    options = {"dtype": "float16", "head_dim": 16, "target": device.name}
    kernel = rdattn.compile(Pattern([Segment(101)]), **options)
    options |= {"dtype": np.float16, "value_dim": 16}
    assert rdattn.compile(Pattern([Segment(101)]), **options) is kernel


def test_threads_share_a_kernel(device):
    pattern = Pattern([Segment(200, dilation=2)])
    given = [device.inputs(tokens=n, heads=2, head_dim=16, seed=n) for n in range(190, 200)]
    expected = [device.attention(*x, pattern) for x in given]
    results = [None] * len(given)

    def work(n):
        results[n] = device.attention(*given[n], pattern)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(len(given))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for a, b in zip(results, expected, strict=True):
        np.testing.assert_array_equal(a, b)
