"""Random patterns and inputs."""

from dataclasses import dataclass

import ml_dtypes
import numpy as np
from hypothesis import strategies as st

import rdattn

DTYPES = {
    "float32": np.dtype(np.float32),
    "float16": np.dtype(np.float16),
    "bfloat16": np.dtype(ml_dtypes.bfloat16),
}


@st.composite
def segments(draw, max_length: int = 150) -> rdattn.Segment:
    length = draw(st.integers(1, max_length))
    order = draw(st.sampled_from(["identity", "hilbert", "grid"]))
    if order == "grid":
        rows = draw(st.integers(1, length))
        order = (rows, -(-length // rows) + draw(st.integers(0, 2)))
    return rdattn.Segment(
        length,
        dilation=draw(st.one_of(st.integers(1, 5), st.just(length + 1))),
        order=order,
        window=draw(st.one_of(st.none(), st.integers(1, 40))),
    )


@st.composite
def branches(draw, max_length: int = 150) -> rdattn.Branch:
    return rdattn.Branch(
        draw(st.lists(segments(max_length), min_size=1, max_size=3)),
        repeat=draw(st.booleans()),
        offsets=draw(st.sampled_from(["all", "per_head"])),
    )


@st.composite
def patterns(draw, max_length: int = 150) -> rdattn.Pattern:
    return rdattn.Pattern(
        branches=draw(st.lists(branches(max_length), min_size=1, max_size=3)),
        detach_mixing=draw(st.booleans()),
    )


@dataclass
class Problem:
    """An attention to compute."""

    q: np.ndarray
    k: np.ndarray
    v: np.ndarray
    pattern: rdattn.Pattern
    causal: bool = False
    scale: float | None = None

    @property
    def arguments(self) -> tuple:
        return self.q, self.k, self.v, self.pattern

    @property
    def options(self) -> dict:
        return {"causal": self.causal, "scale": self.scale}


def tensor(rng: np.random.Generator, shape: tuple[int, ...], dtype: str) -> np.ndarray:
    return rng.standard_normal(shape, dtype=np.float32).astype(DTYPES[dtype])


def inputs(
    *, batch=1, tokens, heads=1, kv_heads=None, head_dim=8, value_dim=None, dtype="float32", seed=0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Normally distributed q, k and v."""
    rng = np.random.default_rng(seed)
    kv_heads = heads if kv_heads is None else kv_heads
    value_dim = head_dim if value_dim is None else value_dim
    return (
        tensor(rng, (batch, tokens, heads, head_dim), dtype),
        tensor(rng, (batch, tokens, kv_heads, head_dim), dtype),
        tensor(rng, (batch, tokens, kv_heads, value_dim), dtype),
    )


@st.composite
def problems(draw, pattern=None, *, max_tokens=300, dtypes=tuple(DTYPES)) -> Problem:
    """S up to ``max_tokens`` within the pattern; few head sizes, since each is a kernel."""
    pattern = draw(patterns() if pattern is None else pattern)
    ends = [b.length for b in pattern.branches if not b.repeat]
    tokens = draw(st.integers(1, min([max_tokens, *ends])))
    kv_heads = draw(st.integers(1, 2))
    head_dim, value_dim = draw(st.sampled_from([(16, 16), (8, 24)]))
    q, k, v = inputs(
        batch=draw(st.integers(1, 2)),
        tokens=tokens,
        heads=kv_heads * draw(st.integers(1, 3)),
        kv_heads=kv_heads,
        head_dim=head_dim,
        value_dim=value_dim,
        dtype=draw(st.sampled_from(dtypes)),
        seed=draw(st.integers(0, 2**32 - 1)),
    )
    scale = draw(st.sampled_from([None, 0.0, -0.3, 1.0]))
    return Problem(q, k, v, pattern, draw(st.booleans()), scale)
