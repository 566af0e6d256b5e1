"""Attention on a ring of processes that mpirun starts."""

import atexit
import functools
import os
import pickle
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rdattn
import rings
from bounds import assert_within
from devices import why_no_gpu
from rdattn import Pattern, Segment, ring
from strategies import DTYPES, Problem, inputs, problems

HERE = Path(__file__).parent
EXAMPLE = HERE.parents[1] / "examples" / "ring" / "ring.py"
LAYOUTS = ("auto", *rings.LAYOUTS)


@functools.cache
def cache() -> str:
    """A folder of kernels for all processes."""
    folder = tempfile.TemporaryDirectory()
    atexit.register(folder.cleanup)
    return folder.name


def mpirun(processes: int, *arguments: str, script: Path = HERE / "mpi_rank.py") -> list[str]:
    """What the processes write, as sorted lines; a skip where there is no MPI."""
    command = shutil.which("mpirun")
    if command is None:
        pytest.skip("mpirun is not installed")
    environment = os.environ | {
        "OMPI_ALLOW_RUN_AS_ROOT": "1",
        "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
        "OMP_NUM_THREADS": "1",
        "RDATTN_CACHE": cache(),
    }
    result = subprocess.run(
        [command, "--oversubscribe", "-n", str(processes), sys.executable, script, *arguments],
        capture_output=True,
        text=True,
        env=environment,
        timeout=300,
    )
    if "there is no MPI plugin" in result.stderr:
        pytest.skip("rdattn was built without MPI")
    assert result.returncode == 0, result.stderr
    return sorted(result.stdout.splitlines())


@functools.cache
def cases() -> list[tuple[Problem, str]]:
    """Random problems, and some that random ones seldom are."""
    found = []

    @given(problem=problems(), layout=st.sampled_from(LAYOUTS))
    @settings(max_examples=15, database=None)
    def collect(problem, layout):
        found.append((problem, layout))

    collect()
    for number, tokens in enumerate((0, 1, 2, 7, 333)):
        for layout in LAYOUTS:
            q, k, v = inputs(
                tokens=tokens, heads=4, kv_heads=2, head_dim=16, dtype=list(DTYPES)[number % 3]
            )
            pattern = Pattern([Segment(150, dilation=2), Segment(200, window=30, order="hilbert")])
            found.append((Problem(q, k, v, pattern, causal=tokens % 2 == 1), layout))
    return found


@pytest.mark.parametrize("processes", [2, 3, 4])
def test_the_result_is_that_of_one_device(processes, tmp_path):
    path = tmp_path / "cases"
    path.write_bytes(pickle.dumps([(*p.arguments, layout, p.options) for p, layout in cases()]))
    lines = mpirun(processes, "compute", str(path))
    assert lines == [
        f"rank {rank} made 0 kernels and 0 plans in a repeated call" for rank in range(processes)
    ]
    ranks = [pickle.loads(Path(f"{path}.{rank}").read_bytes()) for rank in range(processes)]
    for (problem, layout), shards in zip(cases(), zip(*ranks, strict=True), strict=True):
        placed = layout
        if layout == "auto":
            tokens = problem.q.shape[1]
            placed = ring.layout(problem.pattern, tokens, processes, problem.causal)
        o, lse = zip(*shards, strict=True)
        whole = ring.unshard(o, placed), ring.unshard(lse, placed, dim=2)
        reference = rdattn.reference(*problem.arguments, **problem.options)
        assert_within(whole, *problem.arguments, reference, **problem.options)
        # Ranks that are threads run the same code.
        threads = rings.attention(
            processes, *problem.arguments, layout=layout, return_lse=True, **problem.options
        )
        for a, b in zip(whole, threads, strict=True):
            np.testing.assert_array_equal(a, b)


def test_another_attention_on_one_rank():
    lines = mpirun(3, "disagree")
    assert [line for line in lines if "goes on" in line] == [
        f"rank {rank} goes on: 16" for rank in range(3)
    ]
    errors = [line for line in lines if "goes on" not in line]
    for rank, line in enumerate(errors):
        other = 0 if rank == 1 else 1
        assert f"rank {rank} of 3 and rank {other} do not run the same attention: causal" in line


@pytest.mark.parametrize(
    ("how", "match", "seconds"),
    [
        ("abort", r"rank 1 of 3 gave up.*: its disk is full$", 20),
        ("raise", r"rank 1 of 3 gave up.*: rank 1 raised Error: no such file$|^no such file$", 20),
        ("stall", r"rank 1\b", 10),
    ],
)
def test_a_rank_that_fails(how, match, seconds):
    lines = mpirun(3, "fail", how)
    assert len(lines) == 3
    for rank, line in enumerate(lines):
        found = re.match(rf"rank {rank} after ([\d.]+) s: (.*)$", line)
        assert found, line
        assert float(found[1]) < seconds
        assert re.search(match, found[2])


def test_the_example():
    line = r"<rank {} of {} over {}>: \d+ of 14336 tokens, \w+; at most [\d.]+e-0[67] apart"
    threads = subprocess.run(
        [sys.executable, EXAMPLE], capture_output=True, text=True, check=True, timeout=300
    )
    for rank, said in enumerate(sorted(threads.stdout.splitlines())):
        assert re.fullmatch(line.format(rank, 4, "threads"), said)
    for rank, said in enumerate(mpirun(2, script=EXAMPLE)):
        assert re.fullmatch(line.format(rank, 2, "mpi"), said)


def test_the_example_under_torchrun_without_a_gpu():
    pytest.importorskip("torch", reason="torch is not installed")
    if not why_no_gpu():
        pytest.skip("there is a GPU")
    torchrun = subprocess.run(
        [sys.executable, EXAMPLE],
        capture_output=True,
        text=True,
        env=os.environ | {"TORCHELASTIC_RUN_ID": "1"},
        timeout=300,
    )
    assert torchrun.returncode == 1
    assert torchrun.stderr == "torchrun needs a CUDA device for each process; on CPUs use mpirun\n"
