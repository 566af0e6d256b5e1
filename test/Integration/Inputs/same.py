"""Compares results: same.py A.npy B.npy [--but 17:48:2 | --empty 4:8 | --only 0:8] [--near].

Every bit must agree; with --near only what f32 can promise. --but names tokens (axis 1) whose rows
of A must be NaN, as nobody wrote them, and whose rows of B must not; --empty such that must be 0.
--only compares those alone.
"""

import argparse
import sys

import numpy as np


def tokens_of(text: str | None, count: int) -> np.ndarray:
    """`first:end:step` as a mask."""
    mask = np.zeros(count, bool)
    if text:
        mask[slice(*map(int, text.split(":")))] = True
    return mask


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("a")
    parser.add_argument("b")
    parser.add_argument("--but")
    parser.add_argument("--empty")
    parser.add_argument("--only")
    parser.add_argument("--near", action="store_true")
    arguments = parser.parse_args()
    a, b = np.load(arguments.a), np.load(arguments.b)
    if a.shape != b.shape:
        return f"shapes differ: {a.shape} and {b.shape}"
    unwritten, empty = (tokens_of(text, a.shape[1]) for text in (arguments.but, arguments.empty))
    if not np.isnan(a[:, unwritten]).all():
        return "rows were written that nobody should write"
    if a[:, empty].any():
        return "rows are not empty that should be"
    if np.isnan(b).any():
        return "the second array has rows that nobody wrote"
    kept = tokens_of(arguments.only, a.shape[1]) if arguments.only else ~(unwritten | empty)
    a, b = a[:, kept], b[:, kept]
    if np.allclose(a, b, rtol=1e-5, atol=1e-6) if arguments.near else np.array_equal(a, b):
        return 0
    differs = (a != b).any(axis=(0, 2, 3))
    return f"rows of these tokens differ: {np.flatnonzero(kept)[differs].tolist()}"


if __name__ == "__main__":
    sys.exit(main())
