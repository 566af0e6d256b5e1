"""Attention on a ring of processes over NCCL, with a GPU each where there are two."""

import contextlib
import functools
import os
import pickle
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rdattn
import rings
from devices import why_no_gpu
from rdattn import Branch, Pattern, Segment, ring
from rdattn._library import native
from strategies import DTYPES, Problem, inputs, problems

if reason := why_no_gpu():
    pytest.skip(reason, allow_module_level=True)

import torch

import dense
from devices import to_torch

try:
    native().ring_nccl_id()
except rdattn.Error as error:
    pytest.skip(str(error), allow_module_level=True)

HERE = Path(__file__).parent
EXAMPLE = HERE.parents[1] / "examples" / "ring" / "ring.py"


def torchrun(size: int, *arguments: object) -> list[str]:
    """What the processes say, as sorted lines."""
    launcher = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    result = subprocess.run(
        [*launcher, "--nproc-per-node", str(size), *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert result.returncode == 0, result.stderr
    return said(result.stdout)


def said(written: str) -> list[str]:
    """The ranks' own lines, sorted; libraries write others."""
    return sorted(line for line in written.splitlines() if re.match(r"<?rank \d", line))


@functools.cache
def cases() -> list[tuple[Problem, str]]:
    """Random problems, and some that random ones seldom are."""
    found = []

    @given(problem=problems(), layout=st.sampled_from(["auto", *rings.LAYOUTS]))
    @settings(max_examples=10, database=None)
    def collect(problem, layout):
        found.append((problem, layout))

    collect()
    pattern = Pattern(
        branches=[
            Branch([Segment(900, dilation=2), Segment(1200, window=130, order="hilbert")]),
            Branch([Segment(512, dilation=4)], repeat=True, offsets="per_head"),
        ]
    )
    for number, tokens in enumerate((0, 1, 3, 1037, 2048)):
        for layout in rings.LAYOUTS:
            qkv = inputs(
                tokens=tokens, heads=4, kv_heads=2, head_dim=64, dtype=list(DTYPES)[number % 3]
            )
            found.append((Problem(*qkv, pattern, causal=tokens % 2 == 1), layout))
    return found


@pytest.mark.parametrize("size", [2, 3])
def test_the_result_is_that_of_one_device(tmp_path, size):
    path = tmp_path / "cases"
    path.write_bytes(pickle.dumps([(*p.arguments, layout, p.options) for p, layout in cases()]))
    lines = torchrun(size, HERE / "nccl_rank.py", "compute", path)
    assert lines == [f"rank {rank} is done" for rank in range(size)]
    ranks = [pickle.loads(Path(f"{path}.{rank}").read_bytes()) for rank in range(size)]
    for (problem, layout), shards in zip(cases(), zip(*ranks, strict=True), strict=True):
        placed, tokens = layout, problem.q.shape[1]
        if layout == "auto":
            placed = ring.layout(problem.pattern, tokens, size, problem.causal)
        o, lse = zip(*shards, strict=True)
        whole = ring.unshard(o, placed), ring.unshard(lse, placed, dim=2)
        if tokens:
            dense.assert_within(
                tuple(to_torch(x, "cuda") for x in whole),
                *(to_torch(x, "cuda") for x in problem.arguments[:3]),
                problem.pattern,
                **problem.options,
            )


def two_processes(*arguments: str) -> list[str]:
    """The same without torchrun, which ends all processes where one dies."""
    with contextlib.closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    processes = []
    for rank in range(2):
        environment = os.environ | {
            "RANK": str(rank),
            "LOCAL_RANK": str(rank),
            "WORLD_SIZE": "2",
            "MASTER_ADDR": "127.0.0.1",
            "MASTER_PORT": str(port),
        }
        command = [sys.executable, str(HERE / "nccl_rank.py"), *arguments]
        processes.append(
            subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        )
    try:
        written = [process.communicate(timeout=120)[0] for process in processes]
    finally:
        for process in processes:
            process.kill()
    return said("".join(written))


def assert_late(line: str) -> None:
    """Rank 0 named itself, the step and the peer, within the timeout of 5 s."""
    found = re.match(r"rank 0 after ([\d.]+) s: (.*)$", line)
    assert found, line
    assert float(found[1]) < 15
    assert re.search(r"^rank 0 of 2 .*(step \d|exchange of plans).* rank 1\b", found[2])


def test_a_rank_that_is_killed():
    late, onwards = two_processes("fail", "kill")
    assert_late(late)
    assert onwards == "rank 0 goes on: True"


def test_a_rank_that_stalls():
    late, first, _, second = two_processes("fail", "stall")
    assert_late(late)
    assert (first, second) == ("rank 0 goes on: True", "rank 1 goes on: True")


def test_the_example():
    gpus = torch.cuda.device_count()
    line = r"<rank {} of 2 over nccl on cuda:{}>: 7168 of 14336 tokens, \w+; at most [\d.e-]+ apart"
    lines = torchrun(2, HERE / "nccl_rank.py", "example", EXAMPLE)
    assert len(lines) == 2
    for rank, found in enumerate(lines):
        assert re.fullmatch(line.format(rank, rank % gpus), found)
