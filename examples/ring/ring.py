"""One sequence over a ring of ranks, each of which prints how its shard compares with one device.

python ring.py                         4 threads of this process, on the CPU
python ring.py --gpus                  4 threads, on the GPUs that there are
mpirun -n 4 python ring.py             4 processes, on the CPU
torchrun --nproc-per-node=2 ring.py    2 processes, each with a GPU of its own
"""

import os
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np

import rdattn

THREADS = 4
TOKENS, HEADS, HEAD_DIM = 14336, 4, 64
PATTERN = rdattn.Pattern(
    [
        rdattn.Segment(2048),
        rdattn.Segment(4096, dilation=2, order="hilbert"),
        rdattn.Segment(8192, dilation=4),
    ]
)


def groups() -> list[rdattn.ring.Group]:
    """The groups of the ranks that live in this process."""
    if "OMPI_COMM_WORLD_SIZE" in os.environ or "PMI_SIZE" in os.environ:
        return [rdattn.ring.mpi()]
    if "TORCHELASTIC_RUN_ID" in os.environ:
        import torch

        if not torch.cuda.is_available():
            sys.exit("torchrun needs a CUDA device for each process; on CPUs use mpirun")
        torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
        torch.distributed.init_process_group("nccl")
        return [rdattn.ring.nccl()]
    return rdattn.ring.threads(THREADS, devices="cuda" if "--gpus" in sys.argv else None)


def sequence(device: int | None):
    """q, k and v of the whole sequence: NumPy arrays, or bfloat16 tensors on a GPU."""
    arrays = np.random.default_rng(0).standard_normal(
        (3, 1, TOKENS, HEADS, HEAD_DIM), dtype=np.float32
    )
    if device is None:
        return arrays
    import torch

    return torch.from_numpy(arrays).to(f"cuda:{device}", torch.bfloat16)


def run(group: rdattn.ring.Group) -> None:
    """One rank. Real ranks load their shards alone; here all draw the same sequence."""
    with group:
        whole = sequence(group.device)
        layout = rdattn.ring.layout(PATTERN, TOKENS, group.size, causal=True)
        q, k, v = (rdattn.ring.shard(x, group.rank, group.size, layout) for x in whole)
        o = rdattn.attention(q, k, v, PATTERN, causal=True, ring=group)
        group.synchronize()  # on a GPU the call has only queued the work
        alone = rdattn.attention(*whole, PATTERN, causal=True)
        error = abs(o - rdattn.ring.shard(alone, group.rank, group.size, layout)).max()
        line = f"{group}: {o.shape[1]} of {TOKENS} tokens, {layout}; at most {error:.1e} apart\n"
        os.write(sys.stdout.fileno(), line.encode())  # in one piece, whoever else writes


def main() -> None:
    mine = groups()
    with ThreadPoolExecutor(len(mine)) as pool:
        list(pool.map(run, mine))
    if "TORCHELASTIC_RUN_ID" in os.environ:
        import torch

        torch.distributed.destroy_process_group()


if __name__ == "__main__":
    main()
