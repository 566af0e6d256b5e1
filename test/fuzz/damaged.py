"""Damaged inputs for the tools: each must be refused with an error, or work; none may crash."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import mutate
from corpus import LEVELS, Corpus

CPU_SECONDS = 20
MEMORY = 6 << 30
_WALL_SECONDS = 120
_STARTS_OF_TROUBLE = ("PLEASE submit a bug report", "AddressSanitizer", "runtime error:")


@dataclass(frozen=True)
class Job:
    """One run of one tool: its command, and the files that it reads."""

    command: list[str]
    files: dict[str, bytes]
    feed_back: bool = False
    """Whether what a successful run prints must be accepted again."""


Maker = Callable[[random.Random, Corpus], Job]


def _encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _lower(rng: random.Random, corpus: Corpus) -> Job:
    original = rng.choice(corpus.valid if rng.random() < 0.8 else corpus.texts)
    text = mutate.text(rng, original, corpus.texts)
    level = rng.choice(LEVELS)
    command = ["rdattn-opt", f"--rdattn-lower-to=level={level}", "input.mlir"]
    return Job(command, {"input.mlir": _encode(text)}, feed_back=True)


def _run_text(rng: random.Random, corpus: Corpus) -> Job:
    text = mutate.text(rng, rng.choice(corpus.runnable), corpus.runnable)
    files = {f"{name}.npy": data for name, data in corpus.arrays.items()}
    return Job(_run_command("input.mlir"), {"input.mlir": _encode(text), **files})


def _run_command(module: str) -> list[str]:
    arrays = [f"--{name}={name}.npy" for name in "qkv"]
    return ["rdattn-run", module, *arrays, "--o=o.npy", "--check=4"]


def _pattern(rng: random.Random, corpus: Corpus) -> Job:
    text = mutate.text(rng, rng.choice(corpus.patterns), corpus.patterns)
    command = ["rdattn-translate", "--rdattn-json-to-pattern", "input.json"]
    return Job(command, {"input.json": _encode(text)})


def _module(rng: random.Random, corpus: Corpus) -> Job:
    files = {f"{name}.npy": data for name, data in corpus.arrays.items()}
    files["input.so"] = mutate.binary(rng, corpus.module)
    return Job(_run_command("./input.so"), files)


def _arrays(rng: random.Random, corpus: Corpus) -> Job:
    files = {f"{name}.npy": data for name, data in corpus.arrays.items()}
    name = rng.choice("qkv")
    header, values = corpus.arrays[name][:128], corpus.arrays[name][128:]
    if rng.random() < 0.6:
        text = mutate.text(rng, header.decode("latin-1"), [header.decode("latin-1")])
        files[f"{name}.npy"] = text.encode("latin-1", "replace") + values
    else:
        files[f"{name}.npy"] = mutate.binary(rng, header + values)
    return Job(_run_command("./input.so"), {**files, "input.so": corpus.module})


KINDS: dict[str, tuple[Maker, float]] = {
    "text": (_lower, 0.5),
    "run": (_run_text, 0.15),
    "json": (_pattern, 0.15),
    "module": (_module, 0.1),
    "array": (_arrays, 0.1),
}
"""What is made, and its share of all inputs."""


def job(seed: int, index: int, corpus: Corpus) -> tuple[str, Job]:
    """The kind and the input number ``index`` of a seed."""
    rng = random.Random(f"{seed} {index}")
    kind = rng.choices(list(KINDS), [share for _, share in KINDS.values()])[0]
    return kind, KINDS[kind][0](rng, corpus)


def _call(command: list[str], tools: Path, folder: Path) -> subprocess.CompletedProcess[bytes]:
    # Not by preexec_fn, which may deadlock where there are threads.
    limits = f"ulimit -c 0 -t {CPU_SECONDS} && ulimit -v {MEMORY >> 10}"
    return subprocess.run(
        ["bash", "-c", limits + ' && exec "$0" "$@"', str(tools / command[0]), *command[1:]],
        cwd=folder,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=_WALL_SECONDS,
        check=False,
    )


def _crash(result: subprocess.CompletedProcess[bytes]) -> str | None:
    errors = result.stderr.decode(errors="replace")
    if result.returncode < 0 or any(start in errors for start in _STARTS_OF_TROUBLE):
        return f"ended with status {result.returncode}\n{errors[-4000:]}"
    if result.returncode and not errors.strip() and not result.stdout.strip():
        return f"failed with status {result.returncode} and said nothing"
    return None


def run(given: Job, tools: Path, folder: Path) -> str | None:
    """What is wrong with a run of the tool, or None. ``folder`` is empty and is filled."""
    for name, data in given.files.items():
        (folder / name).write_bytes(data)
    try:
        result = _call(given.command, tools, folder)
        trouble = _crash(result)
        if trouble or result.returncode or not given.feed_back:
            return trouble
        (folder / "output.mlir").write_bytes(result.stdout)
        again = _call([given.command[0], "output.mlir"], tools, folder)
    except subprocess.TimeoutExpired:
        return f"ran longer than {_WALL_SECONDS} s"
    if again.returncode:
        return f"its output is not accepted again\n{again.stderr.decode(errors='replace')[-4000:]}"
    return None
