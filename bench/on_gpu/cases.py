"""What is measured on a GPU: patterns, sizes, inputs and useful work."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import torch

import rdattn
from rdattn import Branch, Pattern, Segment

SEED = ((2048, 1), (4096, 2), (8192, 4))
"""(length, dilation) of the seed pattern's segments, and of LongNet's branches."""

SEED_TOKENS = sum(length for length, _ in SEED)
WINDOW = 512
DENSE_TOKENS = 32768
"""Tokens of all batches of a dense case."""


@dataclass(frozen=True)
class Case:
    """One row of the table: a kind of pattern and its sizes."""

    kind: str
    batch: int
    tokens: int
    heads: int
    head_dim: int
    causal: bool = False

    @property
    def name(self) -> str:
        mask = "causal" if self.causal else "full"
        tokens = f"{self.tokens // 1024}k" if self.tokens % 1024 == 0 else str(self.tokens)
        sizes = f"B {self.batch} S {tokens} H {self.heads} D {self.head_dim}"
        return f"{self.kind}, {sizes}, {mask}"

    @property
    def pattern(self) -> Pattern:
        if self.kind == "dense":
            return Pattern([Segment(self.tokens)])
        if self.kind == "longnet":
            return Pattern(branches=[_longnet_branch(*branch) for branch in SEED])
        if self.kind == "window":
            return Pattern([Segment(self.tokens, order="hilbert", window=WINDOW)])
        return seed_pattern("hilbert" if self.kind == "hilbert" else "identity")

    @property
    def flops(self) -> float:
        """Useful work: two products of 2 FLOP for each allowed pair and column."""
        return 4.0 * self.batch * self.head_dim * self._pairs()

    def _pairs(self) -> float:
        """Allowed pairs of all heads; a head of LongNet computes one class of each segment."""
        if self.kind == "window":
            return self.heads * (self.tokens * (2 * WINDOW - 1) - WINDOW * (WINDOW - 1))
        if self.kind == "dense":
            classes = [(self.tokens, self.heads)]
        elif self.kind == "longnet":
            classes = [(n // r, self.heads * self.tokens // n) for n, r in SEED]
        else:
            classes = [(n // r, self.heads * r) for n, r in SEED]
        return sum(times * self._pairs_of(rows) for rows, times in classes)

    def _pairs_of(self, rows: int) -> int:
        return rows * (rows + 1) // 2 if self.causal else rows * rows

    def inputs(self) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """q, k and v, the same in every run."""
        generator = torch.Generator("cuda").manual_seed(0)
        shape = self.batch, self.tokens, self.heads, self.head_dim
        q, k, v = (
            torch.randn(shape, device="cuda", dtype=torch.bfloat16, generator=generator)
            for _ in range(3)
        )
        return q, k, v

    def kernel(
        self,
        pattern: Pattern | None = None,
        *,
        return_lse: bool = False,
        target: Literal["cuda", "cuda-sm80"] = "cuda",
    ) -> rdattn.Kernel:
        """Compiled, and kept by the package for the next call of this."""
        return rdattn.compile(
            pattern or self.pattern,
            dtype="bfloat16",
            head_dim=self.head_dim,
            causal=self.causal,
            return_lse=return_lse,
            target=target,
        )


def seed_pattern(order: str) -> Pattern:
    return Pattern([Segment(length, dilation=r, order=order) for length, r in SEED])


def _longnet_branch(length: int, dilation: int) -> Branch:
    return Branch([Segment(length, dilation=dilation)], repeat=True, offsets="per_head")


def cases() -> Iterator[Case]:
    """All rows of the table, in its order."""
    both = False, True
    for head_dim in (128, 64, 256):
        for tokens in (8192, 16384):
            for causal in both:
                batch, heads = DENSE_TOKENS // tokens, 2048 // head_dim
                yield Case("dense", batch, tokens, heads, head_dim, causal)
    for kind in ("seed", "hilbert"):
        for heads, head_dim in ((16, 128), (12, 64)):
            for batch in (1, 4):
                for causal in both:
                    yield Case(kind, batch, SEED_TOKENS, heads, head_dim, causal)
    for tokens in (16384, 131072):
        for causal in both:
            yield Case("longnet", 1, tokens, 16, 128, causal)
    yield Case("window", 1, 65536, 16, 128)
