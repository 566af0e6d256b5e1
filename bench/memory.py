"""The peak of memory beyond q, k, v and o of one call, each in a process of its own."""

from __future__ import annotations

import argparse
import ctypes
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import peer_torch
from cases import Case

CONTENDERS = ("rdattn", "rdattn hilbert", "torch", "torch copy_")
_WARM_UP_TOKENS = 64


def peak(case: Case, contender: str) -> int | None:
    """Bytes that one call of ``contender`` takes at its peak; None where it could not run."""
    words = [case.dtype, str(case.heads), str(case.head_dim), str(int(case.causal)), contender]
    run = subprocess.run(
        [sys.executable, __file__, *words], capture_output=True, text=True, check=False
    )
    return int(run.stdout) if run.returncode == 0 else None


def _status(key: str) -> int:
    """A size of /proc/self/status in bytes."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(key + ":"):
            return int(line.split()[1]) * 1024
    raise KeyError(key)


def _caller(case: Case, contender: str, tokens: int | None) -> tuple[Callable[[], Any], int]:
    """A call on the first ``tokens``, and the bytes of o that it allocates itself."""
    q, k, v = (x[:, :tokens].copy() for x in case.inputs())
    if contender.startswith("rdattn"):
        kernel = case.kernel(hilbert="hilbert" in contender)
        return lambda: kernel(q, k, v), q.nbytes
    o = np.ones_like(q) if "copy_" in contender else None
    return peer_torch.attention(q, k, v, causal=case.causal, o=o), 0 if o is not None else q.nbytes


def _measure(case: Case, contender: str) -> int:
    """Libraries, code and thread pools are there already: a small call comes first."""
    _caller(case, contender, _WARM_UP_TOKENS)[0]()
    call, output = _caller(case, contender, None)
    ctypes.CDLL(None).malloc_trim(0)  # so that what was freed is not used again unseen
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts again from here
    before = _status("VmRSS")
    result = call()
    after = _status("VmHWM")
    del result
    return max(0, after - before - output)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dtype")
    parser.add_argument("heads", type=int)
    parser.add_argument("head_dim", type=int)
    parser.add_argument("causal", type=int)
    parser.add_argument("contender", choices=CONTENDERS)
    given = parser.parse_args()
    case = Case(given.dtype, given.heads, given.head_dim, bool(given.causal))
    print(_measure(case, given.contender))


if __name__ == "__main__":
    main()
