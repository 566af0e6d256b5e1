"""Runs a module's attention on a ring of threads and compares it with the definition.

usage: ranks.py LIBRARY MODULE PATTERN.json LAYOUT RANKS TOKENS [--causal] [--first MODULE]

Prints whether o and lse of all ranks are the definition's on the whole sequence.
"""

import argparse
import ctypes
import sys
import threading
from ctypes import POINTER, byref, c_double, c_float, c_int32, c_int64, c_void_p
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[4] / "python"))
from rdattn import Pattern, reference

BATCH, HEADS, KV_HEADS, DIM = 2, 4, 2, 8
TIMEOUT = 30.0


class Tensor(ctypes.Structure):
    """rdattn_tensor, of float32."""

    _fields_ = [
        ("data", c_void_p),
        ("dtype", c_int32),
        ("rank", c_int32),
        ("sizes", POINTER(c_int64)),
        ("strides", POINTER(c_int64)),
    ]

    def __init__(self, x: np.ndarray) -> None:
        sizes, strides = x.shape, [stride // x.itemsize for stride in x.strides]
        dimensions = c_int64 * x.ndim
        super().__init__(x.ctypes.data, 0, x.ndim, dimensions(*sizes), dimensions(*strides))
        self.x = x


class Arguments(ctypes.Structure):
    """rdattn_arguments."""

    _fields_ = [
        *((name, POINTER(Tensor)) for name in ("q", "k", "v", "o", "lse")),
        ("scale", POINTER(c_float)),
        ("plan", c_void_p),
        ("threads", c_int32),
        ("stop", c_void_p),
        ("device", c_int32),
        ("stream", c_void_p),
        ("report", c_void_p),
        ("ring", c_void_p),
        ("ring_tokens", c_int64),
    ]


def tokens_of(layout: str, tokens: int, ranks: int, rank: int) -> np.ndarray:
    """S8, anew."""
    if layout == "striped":
        return np.arange(rank, tokens, ranks)
    count = ranks if layout == "contiguous" else 2 * ranks
    parts = np.array_split(np.arange(tokens), count)
    if layout == "contiguous":
        return parts[rank]
    return np.concatenate([parts[rank], parts[count - 1 - rank]])


def open_function(library: ctypes.CDLL, path: str) -> c_void_p:
    """The only function of a module."""
    module, function = c_void_p(), c_void_p()
    if library.rdattn_module_open(path.encode(), byref(module)):
        sys.exit(library.rdattn_last_error().decode())
    library.rdattn_module_find(module, None, byref(function))
    return function


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("library")
    parser.add_argument("module")
    parser.add_argument("pattern", type=Path)
    parser.add_argument("layout")
    parser.add_argument("ranks", type=int)
    parser.add_argument("tokens", type=int)
    parser.add_argument("--causal", action="store_true")
    parser.add_argument("--first", metavar="MODULE", help="what rank 0 runs instead")
    given = parser.parse_args()
    library = ctypes.CDLL(given.library)
    library.rdattn_last_error.restype = ctypes.c_char_p
    function = open_function(library, given.module)
    first = open_function(library, given.first) if given.first else function

    random = np.random.default_rng(0)
    shape = BATCH, given.tokens
    q = random.standard_normal((*shape, HEADS, DIM), np.float32)
    k, v = (random.standard_normal((*shape, KV_HEADS, DIM), np.float32) for _ in range(2))
    o = np.full_like(q, np.nan)
    lse = np.full((BATCH, HEADS, given.tokens), np.nan, np.float32)
    rings = (c_void_p * given.ranks)()
    library.rdattn_ring_threads_create(given.ranks, c_double(TIMEOUT), rings)
    errors: list[str] = []

    def run(rank: int) -> None:
        here = tokens_of(given.layout, given.tokens, given.ranks, rank)
        mine = [np.ascontiguousarray(x[:, here]) for x in (q, k, v, o)]
        mine.append(np.ascontiguousarray(lse[:, :, here]))
        arguments = Arguments(*(ctypes.pointer(Tensor(x)) for x in mine))
        arguments.threads, arguments.ring = 1, rings[rank]
        arguments.ring_tokens = given.tokens
        if library.rdattn_run(function if rank else first, byref(arguments)):
            errors.append(library.rdattn_last_error().decode())
        o[:, here], lse[:, :, here] = mine[3], mine[4]

    threads = [threading.Thread(target=run, args=(rank,)) for rank in range(given.ranks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for ring in rings:
        library.rdattn_ring_destroy(c_void_p(ring))
    for error in errors:
        print("error:", error)
    pattern = Pattern.from_json(given.pattern.read_text())
    expected = reference(q, k, v, pattern, causal=given.causal)
    same = (np.allclose(x, y, rtol=0, atol=1e-5) for x, y in zip((o, lse), expected, strict=True))
    print("the definition's" if all(same) else "not the definition's")


if __name__ == "__main__":
    main()
