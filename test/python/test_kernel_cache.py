"""Kernels that an earlier process compiled are found on disk."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import sys
import numpy as np
import rdattn
pattern = rdattn.Pattern([rdattn.Segment(40, dilation=2), rdattn.Segment(50)])
q, k, v = np.random.default_rng(0).standard_normal((3, 1, 70, 2, 16), dtype=np.float32)
o = rdattn.attention(q, k, v, pattern, causal="causal" in sys.argv)
if "cuda" in sys.argv:
    rdattn.compile(pattern, dtype="bfloat16", head_dim=32, target="cuda")
print(rdattn.compile_count(), o.tobytes().hex())
"""


def start(cache, *arguments, **environment):
    environment = {**os.environ, "RDATTN_CACHE": str(cache), **environment}
    command = [sys.executable, "-c", PROGRAM, *arguments]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def finish(process):
    """How many kernels the process compiled, and what it computed."""
    output, _ = process.communicate()
    assert process.returncode == 0
    compiled, result = output.split()
    return int(compiled), result


def run(cache, *arguments, **environment):
    return finish(start(cache, *arguments, **environment))


def files(folder: Path):
    return sorted(path for path in folder.glob("*.o"))


@pytest.fixture
def filled(tmp_path):
    """A folder with one kernel, and what that computes."""
    compiled, result = run(tmp_path)
    assert compiled == 1
    assert len(files(tmp_path)) == 1
    return tmp_path, result


def test_another_process_compiles_nothing(filled):
    folder, result = filled
    assert run(folder) == (0, result)


def test_kernels_of_a_gpu_are_kept_too(filled):
    folder, result = filled
    assert run(folder, "cuda") == (1, result)
    assert run(folder, "cuda") == (0, result)


def test_another_kernel_has_another_file(filled):
    folder, _ = filled
    assert run(folder, "causal")[0] == 1
    assert len(files(folder)) == 2


@pytest.mark.parametrize("damage", [lambda x: x[:-1], lambda x: b"\0" + x[1:], lambda x: b""])
def test_a_damaged_file_is_made_again(filled, damage):
    folder, result = filled
    (path,) = files(folder)
    whole = path.read_bytes()
    path.write_bytes(damage(whole))
    assert run(folder) == (1, result)
    assert path.read_bytes() == whole
    assert run(folder) == (0, result)


def test_who_asks_for_the_ir_gets_it(filled, tmp_path_factory):
    folder, result = filled
    dump = tmp_path_factory.mktemp("dump")
    assert run(folder, RDATTN_DUMP_IR=str(dump)) == (1, result)
    assert list(dump.glob("*.llvm.mlir"))


def test_processes_at_once(tmp_path):
    processes = [start(tmp_path) for _ in range(4)]
    (result,) = {finish(process)[1] for process in processes}
    assert len(files(tmp_path)) == 1
    assert len(list(tmp_path.iterdir())) == 2  # and when files were last removed
    assert run(tmp_path) == (0, result)


def test_off(tmp_path):
    home = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    assert run("off", **home)[0] == 1
    assert run("off", **home)[0] == 1
    assert not list(tmp_path.iterdir())


def test_the_users_folder_where_none_is_named(tmp_path, monkeypatch):
    monkeypatch.delenv("RDATTN_CACHE", raising=False)
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    for _ in range(2):
        subprocess.run([sys.executable, "-c", PROGRAM], env=environment, check=True)
    assert len(files(tmp_path / "rdattn")) == 1
    assert (tmp_path / "rdattn").stat().st_mode & 0o077 == 0


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").touch()
    assert run(tmp_path / "file" / "folder")[0] == 1
