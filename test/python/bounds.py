"""How far a result may lie from the fp64 definition (S10)."""

import numpy as np

from rdattn.reference import allowed_pairs

EPS = {"float32": 2.0**-23, "float16": 2.0**-10, "bfloat16": 2.0**-7}


def rounded(x: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """float32 values rounded to ``dtype``, as float32."""
    return x.astype(dtype).astype(np.float32)


def product(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """a @ b in float32, one term after the other, whatever the BLAS."""
    total = np.zeros((a.shape[0], b.shape[1]), dtype=np.float32)
    for column, row in zip(a.T, b, strict=True):
        total += column[:, None] * row
    return total


def plain(q, k, v, pattern, *, causal=False, scale=None, rows=None):
    """Attention as it is written plainly in the inputs' dtype: o and lse in float64.

    Scores are accumulated in float32 and rounded to the dtype, softmax is taken in float32 and
    rounded, its product with v is accumulated in float32 and rounded; lse takes the unrounded
    scores. Several branches are one softmax over the multiset union of their keys.
    """
    batch, tokens, heads, head_dim = q.shape
    group = heads // k.shape[2] if heads else 1
    i = np.arange(tokens) if rows is None else np.asarray(rows)
    j = np.arange(tokens)
    scale = np.float32(1 / np.sqrt(head_dim) if scale is None else scale)
    o = np.zeros((batch, len(i), heads, v.shape[3]), dtype=np.float32)
    lse = np.full((batch, heads, len(i)), -np.inf, dtype=np.float32)
    for h in range(heads):
        copies = sum(
            allowed_pairs(
                branch, i[:, None], j, tokens=tokens, causal=causal, head=h, heads=heads
            ).astype(np.float32)
            for branch in pattern.branches
        )
        some = copies.any(axis=1)
        for b in range(batch):
            q32, k32, v32 = (
                x.astype(np.float32) for x in (q[b, i, h], k[b, :, h // group], v[b, :, h // group])
            )
            scores = np.where(copies > 0, product(q32, k32.T) * scale, np.float32(-np.inf))
            largest = np.where(some, scores.max(axis=1, initial=-np.inf), 0)[:, None]
            total = (copies * np.exp(scores - largest)).sum(axis=1)
            lse[b, h, some] = (largest[:, 0] + np.log(total, where=some, out=total))[some]

            scores = rounded(scores, q.dtype)
            largest = np.where(some, scores.max(axis=1, initial=-np.inf), 0)[:, None]
            weights = np.exp(scores - largest)
            total = np.where(some, (copies * weights).sum(axis=1), 1)[:, None]
            weights = copies * rounded(weights / total, q.dtype)
            o[b, :, h] = rounded(product(weights, v32), q.dtype)
    return o.astype(np.float64), lse.astype(np.float64)


def _largest(x: np.ndarray) -> float:
    return float(np.abs(x).max(initial=0))


def assert_within(actual, q, k, v, pattern, reference, *, causal=False, scale=None, rows=None):
    """Asserts S10 for ``actual`` = (o, lse) against ``reference`` = (o, lse) in fp64."""
    o, lse = (np.asarray(x, dtype=np.float64) for x in actual)
    o64, lse64 = reference
    o_plain, lse_plain = plain(q, k, v, pattern, causal=causal, scale=scale, rows=rows)

    empty = np.isneginf(lse64)
    assert (np.isneginf(lse) == empty).all(), "lse = -inf in other rows than the empty ones"
    assert (o[empty.transpose(0, 2, 1)] == 0).all(), "an empty row's o is not 0"
    assert np.isfinite(o).all(), "o is not finite"
    assert np.isfinite(lse[~empty]).all(), "lse is not finite"

    eps = EPS[q.dtype.name]
    bound = 2 * _largest(o_plain - o64) + 2 * eps * max(1, _largest(o64))
    assert _largest(o - o64) <= bound, "o is too far from the definition"
    some = lse64[~empty]
    bound = 2 * _largest(lse_plain[~empty] - some) + 1e-5 * max(1, _largest(some))
    assert _largest(lse[~empty] - some) <= bound, "lse is too far from the definition"
