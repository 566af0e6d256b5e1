"""Attention on rings whose ranks are threads of the test, on the GPUs that there are."""

from __future__ import annotations

import torch

import dense
import rdattn
import rings
from rdattn import ring


def device(rank):
    """Where the tensors of a rank lie."""
    return f"cuda:{rank % torch.cuda.device_count()}"


def run(size, body, timeout=120.0):
    """What ``body(group)`` gives on each rank, none of which may fail, once it is done."""

    def synchronised(group):
        result = body(group)
        group.synchronize()
        torch.cuda.synchronize(group.device)
        return result

    return rings.run(size, synchronised, timeout, devices="cuda")


def shards(size, whole, layout, cut=None):
    """The shards of each rank where it computes; ``cut`` gives them other strides."""
    found = []
    for rank in range(size):
        parts = [ring.shard(x, rank, size, layout).to(device(rank)) for x in whole]
        found.append([cut(part) for part in parts] if cut else parts)
    for index in range(torch.cuda.device_count()):
        torch.cuda.synchronize(index)  # ranks have streams of their own
    return found


def joined(parts, layout, dim=1):
    return ring.unshard([part.to("cuda:0") for part in parts], layout, dim=dim)


def attention(size, q, k, v, pattern, *, layout="auto", cut=None, **options):
    """`rdattn.attention` on a ring of GPUs, from the whole to the whole."""
    placed = layout
    if layout == "auto":
        placed = ring.layout(pattern, q.shape[1], size, options.get("causal", False))
    mine = shards(size, (q, k, v), placed, cut)

    def body(group):
        return rdattn.attention(
            *mine[group.rank], pattern, ring=group, layout=layout, tokens=q.shape[1], **options
        )

    results = run(size, body)
    if not options.get("return_lse"):
        return joined(results, placed)
    o, lse = zip(*results, strict=True)
    return joined(o, placed), joined(lse, placed, dim=2)


def check(size, q, k, v, pattern, *, layout="auto", cut=None, rows=None, **options):
    """Asserts S10 with lse, and that o is the same without; gives (o, lse)."""
    call = {"layout": layout, "cut": cut} | options
    o, lse = attention(size, q, k, v, pattern, return_lse=True, **call)
    dense.assert_within((o, lse), q, k, v, pattern, rows=rows, **options)
    assert torch.equal(attention(size, q, k, v, pattern, **call), o)
    return o, lse
