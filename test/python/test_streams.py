"""Streams, threads, CUDA graphs, and what a repeated call must not do."""

import gc
import threading

import pytest

import rdattn
from devices import why_no_gpu
from rdattn import Branch, Pattern, Segment

if reason := why_no_gpu():
    pytest.skip(reason, allow_module_level=True)

import torch

import on_gpu

STORED = Pattern([Segment(1000), Segment(2000, dilation=2, order="hilbert")])
MERGED = Pattern(
    branches=[Branch([Segment(500)], repeat=True), Branch([Segment(2000, dilation=4)], repeat=True)]
)
each = pytest.mark.parametrize("pattern", [STORED, MERGED], ids=["stored", "merged"])
SECOND = 1 << 30  # cycles of a GPU, about


def results(problems, pattern, **options):
    return [rdattn.attention(*given, pattern, **options) for given in problems]


def assert_equal(actual, expected):
    for a, b in zip(actual, expected, strict=True):
        assert torch.equal(a, b)


# -- Streams ----------------------------------------------------------------------------------


@each
def test_work_is_queued_on_the_current_stream(pattern):
    q, k, v = on_gpu.inputs(1, 2500, 4)
    expected = rdattn.attention(q, k, v, pattern)
    late, stream = torch.zeros_like(q), torch.cuda.Stream()
    torch.cuda.synchronize()
    with torch.cuda.stream(stream):
        torch.cuda._sleep(SECOND // 4)
        late.copy_(q)
        o = rdattn.attention(late, k, v, pattern)
        assert not stream.query(), "the call waited for the stream"
    assert torch.cuda.current_stream().query(), "something was queued on another stream"
    stream.synchronize()
    assert torch.equal(o, expected)


@each
def test_two_streams_at_once(pattern):
    problems = [on_gpu.inputs(1, 2500, 4, seed=seed) for seed in range(2)]
    expected = results(problems, pattern, causal=True)
    streams = [torch.cuda.Stream() for _ in problems]
    actual = [[] for _ in problems]
    torch.cuda.synchronize()
    for _ in range(100):
        for given, stream, found in zip(problems, streams, actual, strict=True):
            with torch.cuda.stream(stream):
                found.append(rdattn.attention(*given, pattern, causal=True))
    torch.cuda.synchronize()
    for found, right in zip(actual, expected, strict=True):
        assert_equal(found, [right] * 100)


@each
def test_two_host_threads(pattern):
    problems = [on_gpu.inputs(1, 2000 + 100 * seed, 4, seed=seed) for seed in range(2)]
    expected = results(problems, pattern)
    actual = [[] for _ in problems]
    begin = threading.Barrier(len(problems))

    def work(n):
        with torch.cuda.stream(torch.cuda.Stream()):
            begin.wait()
            for _ in range(100):
                actual[n].append(rdattn.attention(*problems[n], pattern))
            torch.cuda.current_stream().synchronize()

    torch.cuda.synchronize()
    threads = [threading.Thread(target=work, args=(n,)) for n in range(len(problems))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for found, right in zip(actual, expected, strict=True):
        assert_equal(found, [right] * 100)


def test_a_thread_that_never_used_the_device():
    given = on_gpu.inputs(1, 500, 2)
    expected, actual = rdattn.attention(*given, MERGED), []
    thread = threading.Thread(target=lambda: actual.append(rdattn.attention(*given, MERGED)))
    thread.start()
    thread.join()
    assert_equal(actual, [expected])


def test_the_second_device():
    if torch.cuda.device_count() < 2:
        pytest.skip("there is one GPU")
    given = on_gpu.inputs(1, 2500, 4)
    expected = rdattn.attention(*given, STORED)
    there = [x.to("cuda:1") for x in given]
    o = rdattn.attention(*there, STORED)
    assert o.device == there[0].device
    assert torch.equal(o.cpu(), expected.cpu())
    assert torch.cuda.current_device() == 0
    with pytest.raises(ValueError, match=r"q is on cuda:0 and k is on cuda:1"):
        rdattn.attention(given[0], *there[1:], STORED)


# -- Pointers and memory ----------------------------------------------------------------------


@each
def test_fresh_tensors_at_each_call(pattern):
    problems = [on_gpu.inputs(2, 2500, 4, seed=seed) for seed in range(10)]
    expected = results(problems, pattern)
    for given, right in zip(problems, expected, strict=True):
        moved = [x.clone() for x in given]
        assert torch.equal(rdattn.attention(*moved, pattern), right)


@each
def test_inputs_may_be_freed_before_they_are_read(pattern):
    given = on_gpu.inputs(1, 2500, 4)
    expected = rdattn.attention(*given, pattern)
    torch.cuda._sleep(SECOND // 8)
    copies = [x.clone() for x in given]
    o = rdattn.attention(*copies, pattern)
    del copies
    for _ in range(3):
        torch.full_like(given[0], torch.nan)  # takes the freed memory, later on the stream
    assert torch.equal(o, expected)


@each
def test_a_repeated_call_allocates_its_results_alone(pattern):
    problems = [on_gpu.inputs(1, 2500, 4, seed=seed) for seed in range(3)]
    results(problems, pattern, return_lse=True)
    torch.cuda.synchronize()
    gc.collect()

    def now():
        blocks = torch.cuda.memory_stats()["allocation.all.allocated"]
        free = torch.cuda.mem_get_info()[0]
        return blocks, (free, rdattn.compile_count(), rdattn.plan_count(), rdattn.upload_count())

    blocks, rest = now()
    for _ in range(20):
        results(problems, pattern, return_lse=True)
    torch.cuda.synchronize()
    assert now() == (blocks + 20 * len(problems) * 2, rest)


def test_another_shape_or_pattern_compiles_nothing():
    rdattn.attention(*on_gpu.inputs(1, 2500, 4), STORED)
    rdattn.attention(*on_gpu.inputs(1, 2500, 4), MERGED)
    compiled = rdattn.compile_count()
    for sizes in ((1, 2499, 4), (3, 700, 4), (1, 1, 1), (2, 1500, 6, 3)):
        rdattn.attention(*on_gpu.inputs(*sizes), STORED)
        rdattn.attention(*on_gpu.inputs(*sizes), MERGED)
    other = [Segment(70, dilation=3), Segment(5000, dilation=2, order=(100, 50))]
    rdattn.attention(*on_gpu.inputs(1, 3000, 4), Pattern(other))
    assert rdattn.compile_count() == compiled


# -- Graphs -----------------------------------------------------------------------------------


def capture(given, pattern, **options):
    """A graph of one call, and its result."""
    graph = torch.cuda.CUDAGraph()
    rdattn.attention(*given, pattern, **options)
    torch.cuda.synchronize()
    with torch.cuda.graph(graph):
        o = rdattn.attention(*given, pattern, **options)
    return graph, o


@each
def test_a_graph_reads_its_inputs_anew(pattern):
    given = on_gpu.inputs(1, 2500, 4)
    graph, o = capture(given, pattern, causal=True)
    for seed in range(1, 4):
        new = on_gpu.inputs(1, 2500, 4, seed=seed)
        for x, y in zip(given, new, strict=True):
            x.copy_(y)
        o.fill_(torch.nan)
        graph.replay()
        assert torch.equal(o, rdattn.attention(*new, pattern, causal=True))


@each
def test_a_graph_beside_eager_calls(pattern):
    captured, eager = (on_gpu.inputs(1, 2500, 4, seed=seed) for seed in range(2))
    expected = results([captured, eager], pattern)
    graph, o = capture(captured, pattern)
    o.fill_(torch.nan)
    stream, found = torch.cuda.Stream(), []
    torch.cuda.synchronize()
    for _ in range(100):
        graph.replay()
        with torch.cuda.stream(stream):
            found.append(rdattn.attention(*eager, pattern))
    torch.cuda.synchronize()
    assert torch.equal(o, expected[0])
    assert_equal(found, [expected[1]] * 100)


@each
def test_one_graph_with_many_calls(pattern):
    given = on_gpu.inputs(1, 2500, 4)
    expected = rdattn.attention(*given, pattern)
    graph, found = torch.cuda.CUDAGraph(), []
    torch.cuda.synchronize()
    with torch.cuda.graph(graph):
        for _ in range(20):
            found.append(rdattn.attention(*given, pattern))
    for _ in range(3):
        for o in found:
            o.fill_(torch.nan)
        graph.replay()
        assert_equal(found, [expected] * 20)


@each
def test_a_graph_keeps_its_plan(pattern):
    """Plans that are pushed out of the cache stay with the graphs that use them."""
    given = on_gpu.inputs(1, 2500, 4)
    expected = rdattn.attention(*given, pattern)
    graph, o = capture(given, pattern)
    for tokens in range(100, 2000, 50):
        rdattn.attention(*on_gpu.inputs(1, tokens, 4), pattern)
    gc.collect()
    for _ in range(2):
        o.fill_(torch.nan)
        graph.replay()
        assert torch.equal(o, expected)
    graph.reset()
    assert torch.equal(rdattn.attention(*given, pattern), expected)
