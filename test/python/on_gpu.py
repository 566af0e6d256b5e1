"""torch tensors for the tests that run on a GPU alone."""

import torch

import dense
import rdattn


def randn(shape, dtype=torch.bfloat16, seed=0):
    generator = torch.Generator("cuda").manual_seed(seed)
    return torch.randn(shape, dtype=dtype, device="cuda", generator=generator)


def inputs(
    batch=1, tokens=1, heads=1, kv_heads=None, head_dim=64, value_dim=None, dtype=torch.bfloat16,
    seed=0,
):  # fmt: skip
    """Normally distributed q, k and v."""
    kv_heads = heads if kv_heads is None else kv_heads
    value_dim = head_dim if value_dim is None else value_dim
    shapes = ((heads, head_dim), (kv_heads, head_dim), (kv_heads, value_dim))
    return [randn((batch, tokens, *shape), dtype, 3 * seed + n) for n, shape in enumerate(shapes)]


def check(q, k, v, pattern, *, rows=None, **options):
    """Asserts S10 with lse, and that o is the same without; gives (o, lse)."""
    o, lse = rdattn.attention(q, k, v, pattern, return_lse=True, **options)
    dense.assert_within((o, lse), q, k, v, pattern, rows=rows, **options)
    assert torch.equal(rdattn.attention(q, k, v, pattern, **options), o)
    return o, lse


def unaligned(x, elements):
    """The same values, that far from a 16-byte boundary."""
    base = x.new_empty(x.numel() + 8)
    base[elements : elements + x.numel()] = x.flatten()
    return base[elements : elements + x.numel()].view(x.shape)
