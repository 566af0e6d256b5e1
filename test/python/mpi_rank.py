"""What each process under mpirun does for test_ring_mpi.py: mpi_rank.py <what> [<file>]"""

import os
import pickle
import sys
import time
from pathlib import Path

import ml_dtypes  # noqa: F401  (NumPy learns bfloat16)

import rdattn
from rdattn import Pattern, Segment, ring
from strategies import inputs

PATTERN = Pattern([Segment(64)])
SHARD = inputs(tokens=16, heads=2, head_dim=16)


def say(text: str) -> None:
    """In one piece, whatever the other ranks write."""
    os.write(sys.stdout.fileno(), f"{text}\n".encode())


def call(group, **options):
    return rdattn.attention(*SHARD, PATTERN, ring=group, layout="contiguous", **options)


def compute(path: str) -> None:
    """Computes every case of the file, and leaves this rank's shards beside it."""
    group = ring.mpi(timeout=60.0)
    results = []
    for q, k, v, pattern, layout, options in pickle.loads(Path(path).read_bytes()):
        causal = options["causal"]
        placed = layout
        if layout == "auto":
            placed = ring.layout(pattern, q.shape[1], group.size, causal)
        shards = (ring.shard(x, group.rank, group.size, placed) for x in (q, k, v))
        results.append(
            rdattn.attention(
                *shards, pattern, ring=group, layout=layout, return_lse=True, **options
            )
        )
    call(group)
    counts = rdattn.compile_count(), rdattn.plan_count()
    call(group)
    made = (rdattn.compile_count() - counts[0], rdattn.plan_count() - counts[1])
    say(f"rank {group.rank} made {made[0]} kernels and {made[1]} plans in a repeated call")
    Path(f"{path}.{group.rank}").write_bytes(pickle.dumps(results))
    group.close()


def disagree() -> None:
    """Rank 1 says causal, and all go on afterwards."""
    group = ring.mpi(timeout=60.0)
    call(group)
    try:
        call(group, causal=group.rank == 1)
    except rdattn.Error as error:
        say(f"rank {group.rank}: {error}")
    say(f"rank {group.rank} goes on: {call(group).shape[1]}")


def fail(how: str) -> None:
    """Rank 1 fails in one way or the other; the others' calls, and when they end."""
    rdattn.compile(PATTERN, dtype="float32", head_dim=16, ring="contiguous")
    group = ring.mpi(timeout=1.0 if how == "stall" else 60.0)
    begin = time.monotonic()
    try:
        if group.rank == 1 and how == "abort":
            group.abort("its disk is full")
        if group.rank == 1 and how == "stall":
            time.sleep(3.0)
        with group:
            if group.rank == 1 and how == "raise":
                raise rdattn.Error("no such file")
            call(group)
    except rdattn.Error as error:
        say(f"rank {group.rank} after {time.monotonic() - begin:.1f} s: {error}")


if __name__ == "__main__":
    what, *rest = sys.argv[1:]
    {"compute": compute, "disagree": disagree, "fail": fail}[what](*rest)
