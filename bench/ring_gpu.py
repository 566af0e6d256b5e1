"""Times attention on a ring of GPUs beside torch's context_parallel: `python bench/ring_gpu.py`.

It starts a process for each GPU with torchrun. Contenders take turns in rounds of a new order, as
in gpu.py; a time is the slowest rank's. Everything is checked against one device first.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import random
import re
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import torch
import torch.distributed as distributed
from rich import box
from rich.console import Console
from rich.table import Table

import rdattn
from on_gpu.ring_cases import RingCase, cases
from on_gpu.ring_contenders import ALONE, ONE, OURS, Contender, Lane, contenders
from on_gpu.simulated import Link, find_simulator, measure_link, simulate
from on_gpu.timing import _CACHE_BYTES

sys.path.insert(0, str(Path(__file__).parents[1] / "test" / "python"))
from bounds import EPS

PAUSE, WARM_UP, SAMPLE, LEAST = 0.2, 10e-3, 50e-3, 3


class Processes:
    """What the processes tell each other, by way of the host: no GPU works for it."""

    def __init__(self) -> None:
        torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
        distributed.init_process_group("nccl")
        self.group = distributed.new_group(backend="gloo")
        self.rank, self.size = distributed.get_rank(), distributed.get_world_size()

    def meet(self) -> None:
        distributed.barrier(self.group)

    def most(self, value: float) -> float:
        shared = torch.tensor(value, dtype=torch.float64)
        distributed.all_reduce(shared, distributed.ReduceOp.MAX, self.group)
        return shared.item()


# -- Results are checked before they are timed ------------------------------------------------


def check(case: RingCase, name: str, contender: Contender, right: torch.Tensor) -> None:
    """Asserts that every shard is that of one device; ``right`` is its whole o."""
    size, layout = distributed.get_world_size(), case.layout(distributed.get_world_size())
    bound = 4 * EPS["bfloat16"] * max(1.0, right.abs().max().item())
    with contender.ready():
        shards = contender.each(lambda lane: lane.call())
        for lane, o in zip(contender.lanes, shards, strict=True):
            expected = right
            if contender.whole:
                o = contender.whole(o)
            else:
                expected = rdattn.ring.shard(right, lane.rank, size, layout)
            torch.cuda.synchronize(lane.device)
            pairs = zip(o.split(8192, dim=1), expected.split(8192, dim=1), strict=True)
            found = max((a.to(b.device) - b).abs().max().item() for a, b in pairs)
            assert found <= bound, f"{name}: rank {lane.rank} differs by {found}, not {bound}"


# -- Timing -----------------------------------------------------------------------------------


def timed(lane: Lane, warm: int, count: int) -> float:
    """Seconds of a lane's call: the median of some, each after L2 was filled with other data."""
    with torch.cuda.device(lane.device):
        cache = torch.empty(_CACHE_BYTES, dtype=torch.int8, device=lane.device)
        for _ in range(warm):
            lane.call()
        events = []
        for _ in range(count):
            cache.zero_()
            events.append([torch.cuda.Event(enable_timing=True) for _ in range(2)])
            events[-1][0].record()
            lane.call()
            events[-1][1].record()
        torch.cuda.synchronize()
        return statistics.median(begin.elapsed_time(end) for begin, end in events) / 1e3


def sample(contender: Contender, processes: Processes, warm: int, count: int) -> float:
    """The slowest rank's time."""
    with contender.ready():
        time.sleep(PAUSE)
        processes.meet()
        times = contender.each(lambda lane: timed(lane, warm, count))
        return processes.most(max(times, default=0.0))


def interleaved(
    everyone: dict[str, Contender], processes: Processes, rounds: int
) -> dict[str, list[float]]:
    one = {name: sample(each, processes, 1, LEAST) for name, each in everyone.items()}
    order, times = random.Random(0), {name: [] for name in everyone}  # the same in all processes
    for _ in range(rounds):
        for name in order.sample(list(everyone), len(everyone)):
            warm, count = (max(1, round(seconds / one[name])) for seconds in (WARM_UP, SAMPLE))
            times[name].append(sample(everyone[name], processes, warm, max(LEAST, count)))
    return times


def measured(
    case: RingCase, processes: Processes, link: Link, rounds: int, console: Console
) -> dict[str, Any]:
    right = case.kernel()(*case.inputs(f"cuda:{torch.cuda.current_device()}"))
    everyone: dict[str, Contender] = {}
    for name, make in contenders(case):
        error = None
        try:
            made = make()
            if name not in (ALONE, ONE):  # the one is no attention, the other is `right`
                check(case, name, made, right)
            everyone[name] = made
        except Exception as caught:
            if name in OURS:
                raise
            error = caught
        if processes.most(error is not None):
            everyone.pop(name, None)
            console.print(f"[yellow]{case.name}: {name} failed: {error}", highlight=False)
    del right
    gc.collect()
    torch.cuda.empty_cache()
    times = interleaved(everyone, processes, rounds)
    costs = case.costs(processes.size)
    flops = float(costs.work.sum()) * costs.pair_flops
    simulated, simulator = None, find_simulator()
    if simulator:
        rate = flops / statistics.median(times[ONE])
        simulated = simulate(simulator, case, processes.size, rate, link)
    return {
        "case": case.name,
        "layout": costs.layout,
        "flops": flops,
        "simulated": simulated,
        "received": costs.bytes.sum(axis=1).tolist(),
        "least": case.least_bytes(processes.size).tolist(),
        "seconds": times,
    }


# -- The table --------------------------------------------------------------------------------


def table(rows: list[dict[str, Any]], size: int) -> Table:
    title = f"{size} GPUs, bf16, B 1, H 16, D 128, forward: TFLOP/s of each"
    made = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD)
    headings = [*OURS, ALONE, ONE, "torch", *(f"{name} / torch" for name in OURS)]
    headings += [*(f"{name} / {ALONE}" for name in OURS), "nccl / simulated"]
    headings += ["received", "of the least"]
    for heading in ("case", "layout", *headings):
        made.add_column(heading, justify="left" if heading in ("case", "layout") else "right")
    for row in rows:
        seconds = {name: statistics.median(each) for name, each in row["seconds"].items()}
        torchs = [each for name, each in seconds.items() if name.startswith("torch")]
        best = min(torchs, default=None)

        def speed(each: float | None, gpus: int = size, flops: float = row["flops"]) -> str:
            return f"{flops / each / gpus / 1e12:.0f}" if each else ""

        cells = [speed(seconds[name]) for name in (*OURS, ALONE)]
        cells += [speed(seconds[ONE], 1), speed(best)]
        cells += [f"{best / seconds[name]:.2f}" if best else "" for name in OURS]
        cells += [f"{seconds[ALONE] / seconds[name]:.3f}" for name in OURS]
        simulated = row["simulated"]
        cells += [f"{simulated / seconds['nccl']:.3f}" if simulated else ""]
        received, least = max(row["received"]), max(row["least"])
        cells += [f"{received / 1e6:.1f} MB", f"{received / least:.3f}" if least else "none needed"]
        made.add_row(row["case"], row["layout"], *cells)
    return made


LEGEND = f"""\
Medians of the rounds, of the slowest rank. "nccl": a process for each GPU. "copy engines": \
threads of one process. "{ALONE}": the same launches on the same tables, where nothing travels \
and no rank waits for another; its time over another's is the part that transfers leave. \
"{ONE}": the whole on one GPU. "torch": the better of context_parallel's two ways over cuDNN. \
"simulated": the speed that rdattn-sim foretells with the kernel's rate on one device and the \
link that is measured first. "received": by the rank that receives most, and over the rows held \
elsewhere that its queries may see."""


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gpus", type=int, default=2, help="ranks of the ring (default 2)")
    parser.add_argument("--cases", default=".", metavar="REGEX", help="only these")
    parser.add_argument("--rounds", type=int, default=5, help="samples of each (default 5)")
    parser.add_argument("--list", action="store_true", help="print the cases' names only")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all samples there")
    return parser.parse_args()


def work(given: argparse.Namespace) -> None:
    """One process of them."""
    processes = Processes()
    quiet = processes.rank != 0
    console = Console(width=None if sys.stdout.isatty() else 170, quiet=quiet)
    console.print(
        f"{torch.cuda.get_device_name()}, torch {torch.__version__}, rdattn {rdattn.__version__}"
    )
    link = measure_link(processes.meet)
    link = Link(1 / processes.most(1 / link.bytes_per_second), processes.most(link.latency))
    console.print(f"link: {link.bytes_per_second / 1e9:.0f} GB/s and {link.latency * 1e6:.0f} us")
    rows: list[dict[str, Any]] = []
    for case in cases():
        if re.search(given.cases, case.name):
            rows.append(measured(case, processes, link, given.rounds, console))
            console.print(f"{case.name}: done", style="dim")
            if given.json and not quiet:  # so that a run that is cut short has said something
                given.json.write_text(json.dumps(rows, indent=1) + "\n")
            gc.collect()
            torch.cuda.empty_cache()
    console.print(table(rows, processes.size))
    console.print(LEGEND, highlight=False)
    distributed.destroy_process_group()


def main() -> None:
    given = arguments()
    if given.list:
        print(*(case.name for case in cases()), sep="\n")
    elif "TORCHELASTIC_RUN_ID" in os.environ:
        work(given)
    elif torch.cuda.device_count() < given.gpus:
        sys.exit(f"{given.gpus} GPUs are needed, and there are {torch.cuda.device_count()}")
    else:
        launcher = ["-m", "torch.distributed.run", "--standalone"]
        launcher += ["--nproc-per-node", str(given.gpus)]
        os.execv(sys.executable, [sys.executable, *launcher, __file__, *sys.argv[1:]])


if __name__ == "__main__":
    main()
