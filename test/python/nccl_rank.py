"""What each process with a GPU does for test_ring_nccl.py: nccl_rank.py <what> [<file>]"""

import os
import pickle
import runpy
import signal
import sys
import threading
import time
from pathlib import Path

import ml_dtypes  # noqa: F401  (NumPy learns bfloat16)
import torch
import torch.distributed as distributed

import rdattn
from devices import to_numpy, to_torch
from rdattn import Pattern, Segment, ring
from strategies import inputs

PATTERN = Pattern([Segment(8192)])
SHARD = inputs(tokens=4096, heads=4, head_dim=64, dtype="bfloat16")


def say(text: str) -> None:
    """In one piece, whatever the other ranks write."""
    os.write(sys.stdout.fileno(), f"{text}\n".encode())


def call(group) -> torch.Tensor:
    shard = [to_torch(x, f"cuda:{group.device}") for x in SHARD]
    return rdattn.attention(*shard, PATTERN, ring=group, layout="contiguous", causal=True)


def compute(path: str) -> None:
    """Computes every case of the file under torchrun, and leaves this rank's shards beside it.

    On the ring that rdattn.ring.nccl makes, and on the one that stands for the process group.
    """
    distributed.init_process_group("nccl")  # LOCAL_RANK alone says which device
    group, world = ring.nccl(timeout=60.0), distributed.group.WORLD
    assert group.device == int(os.environ["LOCAL_RANK"])
    results = []
    for q, k, v, pattern, layout, options in pickle.loads(Path(path).read_bytes()):
        placed = layout
        if layout == "auto":
            placed = ring.layout(pattern, q.shape[1], group.size, options["causal"])
        shard = [
            to_torch(ring.shard(x, group.rank, group.size, placed), f"cuda:{group.device}")
            for x in (q, k, v)
        ]
        options = {"layout": layout, "return_lse": True} | options
        pairs = [rdattn.attention(*shard, pattern, ring=each, **options) for each in (group, world)]
        group.synchronize()
        torch.cuda.synchronize(group.device)
        for a, b in zip(*pairs, strict=True):
            assert torch.equal(a, b)
        results.append([to_numpy(x) for x in pairs[0]])
    Path(f"{path}.{group.rank}").write_bytes(pickle.dumps(results))
    group.close()
    distributed.destroy_process_group()
    say(f"rank {group.rank} is done")


def fail(how: str) -> None:
    """Rank 1 is killed, or stalls, while both call again and again; rank 0 goes on afterwards."""
    distributed.init_process_group("gloo")
    rank = distributed.get_rank()
    torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
    group = ring.nccl(timeout=5.0)
    call(group)
    group.synchronize()
    distributed.barrier()
    if rank == 1 and how == "kill":
        threading.Timer(1.0, os.kill, (os.getpid(), signal.SIGKILL)).start()
    begin = last = time.monotonic()
    try:
        while True:
            if rank == 1 and how == "stall" and last - begin > 1.0:
                time.sleep(8.0)
                raise rdattn.Error("rank 1 itself stalled")
            call(group)
            group.synchronize()
            last = time.monotonic()
    except rdattn.Error as error:
        say(f"rank {rank} after {time.monotonic() - last:.1f} s: {error}")
    group.close()
    if how == "kill":
        distributed.destroy_process_group()
        distributed.init_process_group("gloo", store=distributed.HashStore(), rank=0, world_size=1)
    with ring.nccl(timeout=60.0) as group:
        o = call(group)
        group.synchronize()
        say(f"rank {rank} goes on: {bool(torch.isfinite(o).all())}")


def example(path: str) -> None:
    """Runs the script as torchrun would."""
    sys.argv = [path]
    runpy.run_path(path, run_name="__main__")


def share_gpus() -> None:
    """NCCL refuses two ranks on a host's GPU: here each claims a host of its own."""
    rank, gpus = int(os.environ["RANK"]), torch.cuda.device_count()
    if int(os.environ["WORLD_SIZE"]) > gpus:
        os.environ["NCCL_HOSTID"] = f"host of rank {rank}"
        os.environ["LOCAL_RANK"] = str(rank % gpus)


if __name__ == "__main__":
    share_gpus()
    what, *rest = sys.argv[1:]
    {"compute": compute, "fail": fail, "example": example}[what](*rest)
