"""Compares results: same.py A.npy B.npy [--but "0:4, 7" | --near].

Without an option every bit must agree. --near allows a rounding of the elements' type. --but names
tokens (axis 1) whose rows of A must be zero, as nobody wrote them, and whose rows of B must not.
"""

import argparse
import sys

import numpy as np


def tokens_of(text: str, count: int) -> np.ndarray:
    """`0:4, 7` as a mask."""
    mask = np.zeros(count, bool)
    for part in text.split(","):
        first, _, end = part.partition(":")
        mask[int(first) : int(end or int(first) + 1)] = True
    return mask


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("a")
    parser.add_argument("b")
    parser.add_argument("--but")
    parser.add_argument("--near", action="store_true")
    arguments = parser.parse_args()
    a, b = np.load(arguments.a), np.load(arguments.b)
    if a.shape != b.shape:
        return f"shapes differ: {a.shape} and {b.shape}"
    mask = tokens_of(arguments.but, a.shape[1]) if arguments.but else np.zeros(a.shape[1], bool)
    if a[:, mask].any():
        return "rows were written that nobody should write"
    if mask.any() and not b[:, mask].all():
        return "the second array has no such rows"
    a, b = a[:, ~mask], b[:, ~mask]
    if np.allclose(a, b, rtol=1e-5, atol=1e-6) if arguments.near else np.array_equal(a, b):
        return 0
    distance = np.abs(a - b).max(axis=(0, 2, 3))
    tokens = np.arange(mask.size)[~mask]
    return f"rows of these tokens differ, by {distance.max():.2g}: {tokens[distance > 0].tolist()}"


if __name__ == "__main__":
    sys.exit(main())
