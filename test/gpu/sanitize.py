"""Runs small attentions of every kind under compute-sanitizer: memcheck and racecheck.

usage: PYTHONPATH=build/python python test/gpu/sanitize.py [--tool memcheck] [--case NAME]

RDATTN_CUDA_ARCHITECTURE=sm_80 takes the kernels for all GPUs since Ampere instead of Hopper's own.
Each tensor has an allocation of its own, so that memcheck sees every byte past an end. Results are
compared with the definition, too.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

import rdattn
from rdattn import Branch, Pattern, Segment

sys.path.insert(0, str(Path(__file__).parents[1] / "python"))

TOOLS = ("memcheck", "racecheck")


@dataclass(frozen=True)
class Case:
    """One attention, small enough for a tool that is a hundred times slower."""

    pattern: Pattern
    causal: bool = False
    offset: int = 0
    """Elements from an aligned base to each tensor."""
    sizes: dict[str, int] = field(default_factory=dict)
    dtype: str = "float16"


CURVED = Segment(200, dilation=2, order="hilbert")
CASES = {
    "dense": Case(Pattern([Segment(300)])),
    "dense, causal, D 128": Case(Pattern([Segment(300)]), True, sizes={"head_dim": 128}),
    "dense, D 256": Case(Pattern([Segment(150)]), True, sizes={"tokens": 150, "head_dim": 256}),
    "strided": Case(Pattern([Segment(150), Segment(150, dilation=4)]), True),
    "gathered": Case(Pattern([CURVED, Segment(100, order="hilbert", dilation=3)])),
    "gathered, causal, D 128": Case(Pattern([CURVED, CURVED]), True, sizes={"head_dim": 128}),
    "window": Case(Pattern([Segment(300, order=(15, 20), window=20, dilation=2)]), True),
    "elements": Case(Pattern([Segment(100), CURVED]), True, offset=1),
    "odd sizes": Case(Pattern([CURVED, CURVED]), sizes={"head_dim": 5, "value_dim": 3}),
    "padded": Case(Pattern([CURVED, Segment(100)]), sizes={"head_dim": 40, "value_dim": 96}),
    "grouped": Case(Pattern([Segment(300)]), True, sizes={"heads": 6, "kv_heads": 2}),
    "float32": Case(Pattern([CURVED, Segment(100)]), True, dtype="float32"),
    "float32, elements": Case(Pattern([CURVED, Segment(100)]), offset=1, dtype="float32"),
    "one token": Case(Pattern([Segment(1)]), sizes={"tokens": 1}),
    "per_head": Case(Pattern(branches=[Branch([Segment(300, dilation=4)], offsets="per_head")])),
    "branches": Case(
        Pattern(
            branches=[
                Branch([Segment(64)], repeat=True),
                Branch([CURVED], repeat=True, offsets="per_head"),
            ]
        ),
        True,
    ),
}


def run(name: str, case: Case) -> None:
    """Computes one case twice and compares it with the definition."""
    import torch

    from bounds import assert_within
    from devices import to_numpy, to_torch
    from strategies import inputs

    sizes = {"tokens": 300, "heads": 3, "head_dim": 64} | case.sizes
    arrays = inputs(**sizes, dtype=case.dtype)
    given = [shifted(to_torch(x, "cuda"), case.offset) for x in arrays]
    for _ in range(2):
        o, lse = rdattn.attention(*given, case.pattern, causal=case.causal, return_lse=True)
        rdattn.attention(*given, case.pattern, causal=case.causal)
    torch.cuda.synchronize()
    reference = rdattn.reference(*arrays, case.pattern, causal=case.causal)
    actual = to_numpy(o), to_numpy(lse)
    assert_within(actual, *arrays, case.pattern, reference, causal=case.causal)
    print(f"{name}: {np.prod(o.shape)} elements are right", flush=True)


def shifted(x, offset):
    """The same values, ``offset`` elements into their allocation and up to its end."""
    base = x.new_empty(x.numel() + offset)
    base[offset:] = x.flatten()
    return base[offset:].view(x.shape)


def sanitize(tool: str, words: list[str]) -> int:
    """The exit status of this script under ``tool``."""
    program = shutil.which("compute-sanitizer")
    if program is None:
        sys.exit("compute-sanitizer, which CUDA's toolkit brings, is not on the PATH")
    command = [program, "--tool", tool, "--error-exitcode", "1", sys.executable, __file__, "--run"]
    print(f"-- {tool}", flush=True)
    environment = os.environ | {"PYTORCH_NO_CUDA_MEMORY_CACHING": "1"}
    return subprocess.run([*command, *words], env=environment, check=False).returncode


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tool", choices=TOOLS, action="append", help="default: both")
    parser.add_argument("--case", choices=CASES, action="append", help="default: all")
    parser.add_argument("--run", action="store_true", help="run the cases here, under no tool")
    given = parser.parse_args()
    names = given.case or list(CASES)
    if given.run:
        for name in names:
            run(name, CASES[name])
        return
    words = [word for name in names for word in ("--case", name)]
    failed = [tool for tool in given.tool or TOOLS if sanitize(tool, words)]
    sys.exit(f"{' and '.join(failed)} found errors" if failed else None)


if __name__ == "__main__":
    main()
