"""What is measured on a ring of GPUs: patterns, sizes, work, and the least that must move."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

import rdattn
from rdattn import Branch, Pattern, Segment, _ring_costs

from .cases import SEED, SEED_TOKENS

ELEMENT_BYTES = 2
# Shards of the seed hold whole segments, and nothing moves. After 1,024 more tokens they cut some.
SEGMENTS = {"seed": SEED, "seed after 1024": ((1024, 1), *SEED)}


@dataclass(frozen=True)
class RingCase:
    """One row of the table, in bf16."""

    kind: str
    tokens: int
    causal: bool
    heads: int = 16
    head_dim: int = 128

    @property
    def name(self) -> str:
        return f"{self.kind}, S {self.tokens}, {'causal' if self.causal else 'full'}"

    @property
    def pattern(self) -> Pattern:
        if self.kind == "dense":
            return Pattern([Segment(self.tokens)])
        segments = [Segment(length, dilation=r) for length, r in SEGMENTS[self.kind]]
        return Pattern(branches=[Branch(segments, repeat=True)])

    def layout(self, size: int) -> Any:
        return rdattn.ring.layout(self.pattern, self.tokens, size, self.causal)

    def inputs(self, device: str) -> list[torch.Tensor]:
        """q, k and v of the whole sequence, the same in every run and on every GPU."""
        generator = torch.Generator(device).manual_seed(0)
        shape = 1, self.tokens, self.heads, self.head_dim
        return [
            torch.randn(shape, device=device, dtype=torch.bfloat16, generator=generator)
            for _ in range(3)
        ]

    def kernel(self, layout: Any = None) -> rdattn.Kernel:
        return rdattn.compile(
            self.pattern,
            dtype="bfloat16",
            head_dim=self.head_dim,
            causal=self.causal,
            target="cuda",
            ring=layout,
        )

    def costs(self, size: int) -> _ring_costs.RingCosts:
        """What the planner says of a ring of ``size`` ranks."""
        sizes = {"batch": 1, "tokens": self.tokens, "heads": self.heads, "kv_heads": self.heads}
        dims = {"head_dim": self.head_dim, "value_dim": self.head_dim, "dtype": "bfloat16"}
        given = {**sizes, **dims, "causal": self.causal, "rate": None, "link": None}
        case = _ring_costs.RingCase(self.pattern, size, self.layout(size), **given)
        return _ring_costs.count(case)

    def least_bytes(self, size: int) -> np.ndarray:
        """Of each rank: the rows held elsewhere that one of its queries may see (E6)."""
        owner = np.empty(self.tokens, np.int64)
        for rank in range(size):
            owner[rdattn.ring.positions(self.tokens, size, rank, self.layout(size))] = rank
        rows = np.zeros(size, np.int64)
        for members in self._classes():
            owners = owner[members]
            for rank in range(size):
                mine = np.flatnonzero(owners == rank)
                if len(mine):
                    seen = owners[: mine[-1] + 1] if self.causal else owners
                    rows[rank] += np.count_nonzero(seen != rank)
        return rows * self.heads * 2 * self.head_dim * ELEMENT_BYTES

    def _classes(self) -> Iterator[np.ndarray]:
        """The tokens that see each other."""
        if self.kind == "dense":
            yield np.arange(self.tokens)
            return
        begin = 0
        for length, r in itertools.cycle(SEGMENTS[self.kind]):
            end = min(begin + length, self.tokens)
            for c in range(r):
                yield np.arange(begin + c, end, r)
            if end == self.tokens:
                return
            begin = end


def cases() -> Iterator[RingCase]:
    """All rows of the table, in its order."""
    sizes = {"dense": (32768, 131072)} | dict.fromkeys(
        SEGMENTS, (2 * SEED_TOKENS, 70 * SEED_TOKENS)
    )
    for kind in sizes:
        for tokens in sizes[kind]:
            for causal in (False, True):
                yield RingCase(kind, tokens, causal)
