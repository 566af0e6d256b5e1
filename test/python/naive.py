"""The definition once more, as slowly as it reads: what the reference is held to.

Only for tiny inputs. Shares nothing with the package but the pattern's attributes.
"""

import math

import numpy as np


def hilbert(rows, cols):
    """Cells (row, column) in the order of the curve, word for word from S3."""
    cells = []

    def half(a):
        return (a[0] // 2, a[1] // 2)

    def sgn(a):
        return tuple((n > 0) - (n < 0) for n in a)

    def add(*vectors):
        return (sum(v[0] for v in vectors), sum(v[1] for v in vectors))

    def neg(a):
        return (-a[0], -a[1])

    def size(a):
        return abs(a[0]) + abs(a[1])

    def go(p, a, b):
        w, h = size(a), size(b)
        if h == 1 or w == 1:
            side, count = (a, w) if h == 1 else (b, h)
            for _ in range(count):
                cells.append((p[1], p[0]))
                p = add(p, sgn(side))
            return
        a2, b2 = half(a), half(b)
        if 2 * w > 3 * h:
            if size(a2) % 2 and w > 2:
                a2 = add(a2, sgn(a))
            go(p, a2, b)
            go(add(p, a2), add(a, neg(a2)), b)
        else:
            if size(b2) % 2 and h > 2:
                b2 = add(b2, sgn(b))
            go(p, b2, a2)
            go(add(p, b2), a, add(b, neg(b2)))
            corner = add(p, a, neg(sgn(a)), b2, neg(sgn(b)))
            go(corner, neg(b2), neg(add(a, neg(a2))))

    if cols >= rows:
        go((0, 0), (cols, 0), (0, rows))
    else:
        go((0, 0), (0, rows), (cols, 0))
    return cells


def grid_of(segment):
    if segment.order != "hilbert":
        return segment.order
    cols = next(2**n for n in range(64) if 2**n >= math.sqrt(segment.length))
    return math.ceil(segment.length / cols), cols


def rho(segment, count):
    if segment.order == "identity":
        return list(range(count))
    rows, cols = grid_of(segment)
    visited = [y * cols + x for y, x in hilbert(rows, cols)]
    kept = [token for token in visited if token < count]
    return [kept.index(token) for token in range(count)]


def places(branch, tokens):
    """(index of the segment, the segment, position) of each token."""
    found = []
    while len(found) < tokens:
        for segment in branch.segments:
            count = min(segment.length, tokens - len(found))
            number = found[-1][0] + 1 if found else 0
            found += [(number, segment, position) for position in rho(segment, count)]
        if not branch.repeat:
            break
    assert len(found) == tokens
    return found


def allowed(branch, tokens, causal, head, heads):
    """allowed[i][j] for one head, as a set of pairs."""
    where = places(branch, tokens)
    pairs = set()
    for i, (segment_i, segment, rho_i) in enumerate(where):
        r = segment.dilation
        for j, (segment_j, _, rho_j) in enumerate(where):
            seen = segment_i == segment_j and rho_i % r == rho_j % r
            if segment.window is not None:
                seen = seen and abs(rho_i - rho_j) < segment.window * r
            if causal:
                seen = seen and j <= i
            if branch.offsets == "per_head":
                seen = seen and rho_i % r == head // math.ceil(heads / r)
            if seen:
                pairs.add((i, j))
    return pairs


def attention(q, k, v, pattern, causal, scale):
    """o and lse by three loops; several branches are one softmax over all their keys (S6)."""
    batch, tokens, heads, _ = q.shape
    o = np.zeros((batch, tokens, heads, v.shape[3]))
    lse = np.full((batch, heads, tokens), -np.inf)
    for h in range(heads):
        pairs = [allowed(branch, tokens, causal, h, heads) for branch in pattern.branches]
        g = h // (heads // k.shape[2])
        for b in range(batch):
            for i in range(tokens):
                keys = [j for p in pairs for j in range(tokens) if (i, j) in p]
                if not keys:
                    continue
                scores = [scale * float(np.dot(q[b, i, h], k[b, j, g])) for j in keys]
                top = max(scores)
                total = sum(math.exp(s - top) for s in scores)
                lse[b, h, i] = top + math.log(total)
                for s, j in zip(scores, keys, strict=True):
                    o[b, i, h] += math.exp(s - top) / total * v[b, j, g]
    return o, lse
