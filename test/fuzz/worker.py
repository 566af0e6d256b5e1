"""Runs numbered problems and says what came of each, one JSON line at a time.

usage: worker.py SEED FIRST STEP LAST DEVICE, or worker.py FILE for one problem that was written
down

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

sys.path.insert(0, str(Path(__file__).parents[1] / "python"))
from devices import DEVICES, poisoned


def clean_rows(o: np.ndarray, lse: np.ndarray) -> np.ndarray:
    """The tokens whose rows are finite, or empty, in every batch and head."""
    bad = ~np.isfinite(o).all(axis=(0, 2, 3)) | np.isnan(lse).any(axis=(0, 1))
    return np.flatnonzero(~bad & ~np.isposinf(lse).any(axis=(0, 1)))


def rows_to_check(given: Problem, reference: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """The tokens whose rows the definition has as finite.

    float32 on a GPU is multiplied in parts, of which an infinite element makes NaN even where its
    weight would be 0: there the rows are left out that may see one (S5).
    """
    if given.poison is None or (given.kind.device, given.kind.dtype) != ("cuda", "float32"):
        return clean_rows(*reference)
    marked = [np.where(np.isinf(x), np.nan, x) for x in inputs(given)]
    options = {"causal": given.causal, "scale": given.scale}
    return clean_rows(*rdattn.reference(*marked, given.pattern, **options))


def check(given: Problem) -> None:
    """Asserts that the compiled result is within its bound of the definition (S10)."""
    q, k, v = inputs(given)
    device = DEVICES[given.kind.device]
    kernel = rdattn.compile(
        given.pattern,
        dtype=given.kind.dtype,
        head_dim=given.kind.head_dim,
        value_dim=given.kind.value_dim,
        causal=given.causal,
        return_lse=given.kind.lse,
        target=device.name,
    )
    with contextmanager(poisoned)():
        result = kernel(*map(device.put, (q, k, v)), scale=given.scale)
    reference = rdattn.reference(q, k, v, given.pattern, causal=given.causal, scale=given.scale)
    o, lse = map(device.get, result) if given.kind.lse else (device.get(result), reference[1])
    rows = rows_to_check(given, reference)
    if given.poison is None:
        assert len(rows) == given.tokens, "the definition is not finite"
    tolerance.check(given, (o, lse), reference, rows)


def numbered(seed: int, first: int, step: int, last: int, device: str) -> Iterator[Problem]:
    return (problem(seed, index, device) for index in range(first, last, step))


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
        run(numbered(*map(int, sys.argv[1:-1]), sys.argv[-1]))


if __name__ == "__main__":
    main()
