"""Runs numbered problems and says what came of each, one JSON line at a time.

usage: worker.py SEED FIRST STEP LAST, or worker.py FILE for one problem that was written down

A line {"begin": problem} precedes each problem, so that its caller knows which one ended the
process; {"end": null} or {"end": "what is wrong"} follows.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

import rdattn
import tolerance
from problems import Problem, inputs, problem
from rdattn import _tensors

GUARD = 64


@contextmanager
def guarded() -> Iterator[None]:
    """Results start as NaN, and lie between guards that must stay NaN."""
    bases: list[np.ndarray] = []
    original = _tensors.allocate

    def allocate(like: Any, shape: tuple[int, ...], *, float32: bool = False) -> np.ndarray:
        size = int(np.prod(shape))
        dtype = np.dtype(np.float32) if float32 else like.dtype
        bases.append(np.full(size + 2 * GUARD, np.nan, dtype=dtype))
        return bases[-1][GUARD : GUARD + size].reshape(shape)

    _tensors.allocate = allocate
    try:
        yield
    finally:
        _tensors.allocate = original
    for base in bases:
        assert np.isnan(base[:GUARD]).all(), "wrote before the result"
        assert np.isnan(base[-GUARD:]).all(), "wrote past the result"


def clean_rows(o: np.ndarray, lse: np.ndarray) -> np.ndarray:
    """The tokens whose rows are finite, or empty, in every batch and head."""
    bad = ~np.isfinite(o).all(axis=(0, 2, 3)) | np.isnan(lse).any(axis=(0, 1))
    return np.flatnonzero(~bad & ~np.isposinf(lse).any(axis=(0, 1)))


def check(given: Problem) -> None:
    """Asserts that the compiled result is within its bound of the definition (S10)."""
    q, k, v = inputs(given)
    kernel = rdattn.compile(
        given.pattern,
        dtype=given.kind.dtype,
        head_dim=given.kind.head_dim,
        value_dim=given.kind.value_dim,
        causal=given.causal,
        return_lse=given.kind.lse,
    )
    with guarded():
        result = kernel(q, k, v, scale=given.scale)
    reference = rdattn.reference(q, k, v, given.pattern, causal=given.causal, scale=given.scale)
    o, lse = result if given.kind.lse else (result, reference[1])
    rows = clean_rows(*reference)
    if given.poison is None:
        assert len(rows) == given.tokens, "the definition is not finite"
    tolerance.check(given, (o, lse), reference, rows)


def numbered(seed: int, first: int, step: int, last: int) -> Iterator[Problem]:
    return (problem(seed, index) for index in range(first, last, step))


def say(value: dict[str, Any]) -> None:
    print(json.dumps(value), flush=True)


def run(problems: Iterable[Problem]) -> None:
    for given in problems:
        say({"begin": given.to_json()})
        try:
            check(given)
        except Exception as error:
            say({"end": f"{type(error).__name__}: {error}"})
        else:
            say({"end": None})


def main() -> None:
    if len(sys.argv) == 2:
        run([Problem.from_json(json.loads(Path(sys.argv[1]).read_text()))])
    else:
        run(numbered(*map(int, sys.argv[1:])))


if __name__ == "__main__":
    main()
