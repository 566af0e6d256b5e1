"""Looks for wrong results and crashes with random patterns and damaged inputs: `make fuzz`."""

from __future__ import annotations

import argparse
import json
import os
import random
import shlex
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TimeElapsedColumn

import corpus
import damaged

WORKERS = 2
HERE = Path(__file__).parent
_SILENCE = 120.0  # seconds of one problem


@dataclass
class Findings:
    """What went wrong, kept as files."""

    folder: Path
    console: Console
    mismatches: int = 0
    crashes: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, name: str, why: str, files: dict[str, bytes], *, crash: bool) -> None:
        """Saves ``files`` and the reason in a folder of their own."""
        with self.lock:
            self.crashes += crash
            self.mismatches += not crash
        place = self.folder / name
        place.mkdir(parents=True, exist_ok=True)
        for file, data in files.items():
            (place / file).write_bytes(data)
        (place / "why.txt").write_text(why + "\n")
        kind = "crash" if crash else "mismatch"
        self.console.print(f"{kind}: {why.splitlines()[0]} ({place})", highlight=False)


# -- Patterns ---------------------------------------------------------------------------------


def _start(arguments: list[str], threads: int) -> subprocess.Popen[str]:
    # A number of threads for each worker, which sleep between calls.
    environment = os.environ | {"OMP_NUM_THREADS": str(threads), "KMP_BLOCKTIME": "0"}
    environment["RDATTN_CACHE"] = "off"  # each of many kernels is used once
    command = [sys.executable, str(HERE / "worker.py"), *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


def _lines(process: subprocess.Popen[str]) -> Iterator[dict[str, Any]]:
    """What a worker says; one that says nothing for too long is ended."""
    assert process.stdout
    while True:
        watchdog = threading.Timer(_SILENCE, process.kill)
        watchdog.start()
        line = process.stdout.readline()
        watchdog.cancel()
        if not line:
            return
        yield json.loads(line)


def _ended(status: int) -> str:
    if status == -9:
        return f"killed, or took longer than {_SILENCE:.0f} s"
    return f"the process ended with status {status}"


def _problem_files(problem: dict[str, Any]) -> dict[str, bytes]:
    return {"problem.json": json.dumps(problem, indent=2).encode()}


def _watch(process: subprocess.Popen[str], found: Findings, name: str, step: Any) -> int:
    """Follows one worker to its end; the number of problems that it began."""
    begun = ended = 0
    problem: dict[str, Any] = {}
    for line in _lines(process):
        if "begin" in line:
            problem, begun = line["begin"], begun + 1
            continue
        ended += 1
        if line["end"] is not None:
            label = f"{name}-{problem['data_seed']}"
            found.add(label, line["end"], _problem_files(problem), crash=False)
        step()
    status = process.wait()
    if begun > ended:
        label = f"{name}-{problem['data_seed']}"
        found.add(label, _ended(status), _problem_files(problem), crash=True)
        step()
    elif status:
        found.add(f"{name}-worker", _ended(status), {}, crash=True)
        return sys.maxsize
    return begun


def fuzz_patterns(
    seed: int, count: int, device: str, found: Findings, step: Callable[[], None]
) -> None:
    """Runs ``count`` problems in two processes; a crash costs one problem, not the rest."""

    def follow(worker: int) -> None:
        first = worker
        while first < count:
            words = [str(seed), str(first), str(WORKERS), str(count), device]
            process = _start(words, threads=worker + 1)
            first += WORKERS * _watch(process, found, f"problem-{seed}", step)

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(follow, range(WORKERS)))


# -- Damaged inputs ---------------------------------------------------------------------------


def fuzz_inputs(
    seed: int, count: int, tools: Path, found: Findings, step: Callable[[], None]
) -> None:
    """Runs ``count`` damaged inputs through the tools."""
    with tempfile.TemporaryDirectory() as folder:
        originals = corpus.load(tools, Path(folder))

    def one(index: int) -> None:
        kind, job = damaged.job(seed, index, originals)
        with tempfile.TemporaryDirectory() as folder:
            trouble = damaged.run(job, tools, Path(folder))
        if trouble:
            why = f"{shlex.join(job.command)}: {trouble}"
            found.add(f"{kind}-{seed}-{index}", why, job.files, crash=True)
        step()

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(one, range(count)))


# -- The command ------------------------------------------------------------------------------


def replay(file: Path, found: Findings) -> None:
    """Runs one problem that was saved."""
    _watch(_start([str(file)], threads=1), found, f"replay-{file.parent.name}", lambda: None)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, help="of everything random (default: a new one)")
    parser.add_argument("--patterns", type=int, default=10_000, help="default 10000")
    parser.add_argument("--inputs", type=int, default=3_000, help="damaged inputs (default 3000)")
    parser.add_argument(
        "--device", choices=("cpu", "cuda"), default="cpu", help="where patterns run (default cpu)"
    )
    parser.add_argument("--build", type=Path, default=HERE.parents[1] / "build")
    parser.add_argument("--replay", type=Path, metavar="problem.json", help="run this problem only")
    return parser.parse_args()


def hunt(given: argparse.Namespace, seed: int, found: Findings) -> None:
    columns = (*Progress.get_default_columns(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=found.console, transient=True) as progress:
        patterns = progress.add_task("patterns", total=given.patterns)
        inputs = progress.add_task("damaged inputs", total=given.inputs)
        fuzz_patterns(seed, given.patterns, given.device, found, lambda: progress.advance(patterns))
        tools = given.build.resolve() / "bin"
        fuzz_inputs(seed, given.inputs, tools, found, lambda: progress.advance(inputs))


def main() -> int:
    given = arguments()
    console = Console(soft_wrap=True)
    found = Findings(given.build / "fuzz", console)
    if given.replay:
        replay(given.replay, found)
    else:
        seed = random.SystemRandom().randrange(2**31) if given.seed is None else given.seed
        console.print(f"seed {seed}: {given.patterns} patterns, {given.inputs} damaged inputs")
        hunt(given, seed, found)
    console.print(f"{found.mismatches} mismatches, {found.crashes} crashes")
    return 1 if found.mismatches or found.crashes else 0


if __name__ == "__main__":
    sys.exit(main())
