"""Attention on rings whose ranks are threads of the test."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor

import rdattn
from rdattn import ring

LAYOUTS = ("contiguous", "zigzag", "striped")


def outcomes(size, body, timeout=60.0, devices=None):
    """What ``body(group)`` gives on each rank, or the exception that it raises."""
    groups = ring.threads(size, timeout, devices)
    with ThreadPoolExecutor(size) as pool:
        futures = [pool.submit(body, group) for group in groups]
        results = [future.exception() or future.result() for future in futures]
    for group in groups:
        group.close()
    return results


def run(size, body, timeout=60.0, devices=None):
    """What ``body(group)`` gives on each rank, none of which may fail."""
    results = outcomes(size, body, timeout, devices)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return results


def attention(size, q, k, v, pattern, *, layout="auto", **options):
    """`rdattn.attention` on a ring of threads, from the whole to the whole."""
    causal = options.get("causal", False)
    placed = ring.layout(pattern, q.shape[1], size, causal) if layout == "auto" else layout

    def body(group):
        shards = (ring.shard(x, group.rank, size, placed) for x in (q, k, v))
        return rdattn.attention(*shards, pattern, ring=group, layout=layout, **options)

    results = run(size, body)
    if not options.get("return_lse"):
        return ring.unshard(results, placed)
    o, lse = zip(*results, strict=True)
    return ring.unshard(o, placed), ring.unshard(lse, placed, dim=2)


def tokens_of(layout, tokens, size):
    """S8 from its words: the tokens of each rank, in the order of its rows."""
    if layout == "striped":
        return [list(range(rank, tokens, size)) for rank in range(size)]
    count = 2 * size if layout == "zigzag" else size
    lengths = [tokens // count + (part < tokens % count) for part in range(count)]
    ends = list(itertools.accumulate(lengths))
    parts = [list(range(end - n, end)) for n, end in zip(lengths, ends, strict=True)]
    if layout == "contiguous":
        return parts
    return [parts[rank] + parts[2 * size - 1 - rank] for rank in range(size)]
