"""Compares rdattn with its peers on a Hopper GPU: `python bench/gpu.py --fa3 FILE`.

Peers run in the same process on the same tensors, and their results are compared with ours first.
"""

from __future__ import annotations

import argparse
import gc
import json
import re
import sys
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TimeElapsedColumn

import rdattn
from on_gpu import checks, fa3, growth, overhead, report, timing
from on_gpu.cases import Case, cases
from on_gpu.contender import Contender
from on_gpu.contenders import contenders

EXTRAS = "growth", "overhead"


class Bench:
    """One run of the command."""

    def __init__(self, given: argparse.Namespace, console: Console) -> None:
        self.given, self.console = given, console
        self.protocol = timing.QUICK if given.quick else timing.Protocol()
        self.rows: list[report.Row] = []
        self.results: dict[str, Any] = {}

    def case(self, case: Case, step: Any) -> None:
        """Checks and times one case; a contender that fails is left out and named."""
        step(f"{case.name}: checking")
        tensors = case.inputs()
        checks.check_definition(case, tensors)
        everyone: dict[str, Contender] = {}
        makers = contenders(case, tensors, fa2=self.given.fa2, flex=self.given.flex)
        for name, make in makers:
            try:
                everyone[name] = make()
            except Exception as error:
                if name.startswith("rdattn"):
                    raise
                self.console.print(f"[yellow]{case.name}: {name} failed: {error}", highlight=False)
        checks.check_equal(everyone)
        calls = {name: contender.call for name, contender in everyone.items()}
        times = timing.interleaved(calls, self.protocol, lambda: step(case.name))
        self.rows.append(report.Row(case, times))
        self.console.print(report.summary(self.rows[-1]), highlight=False)
        self.save()
        del tensors, everyone, calls
        gc.collect()
        torch.cuda.empty_cache()

    def save(self) -> None:
        """Writes what there is, so that a run that is cut short has said something."""
        if self.given.json:
            self.given.json.write_text(json.dumps(self.to_json(), indent=1))

    def extras(self, wanted: list[str], step: Any) -> None:
        if "growth" in wanted:
            self.results["growth"] = growth.run(step)
        if "overhead" in wanted:
            step("overhead")
            self.results["call"] = overhead.call()
            self.results["cold"] = overhead.cold()

    def print(self) -> None:
        tables = []
        if self.rows:
            makers = report.speed, report.curves, report.ampere
            tables += [make(self.rows) for make in makers]
        if self.rows and self.given.all:
            tables.append(report.everyone(self.rows))
        if sizes := self.results.get("growth"):
            tables.append(report.growth(sizes))
        if call := self.results.get("call"):
            tables.append(report.numbers("A call on 64 tokens", call, "us"))
            tables.append(report.numbers("A fresh process", self.results["cold"], "s"))
        for table in filter(None, tables):
            self.console.print(table)

    def to_json(self) -> dict[str, Any]:
        sizes = [size.to_json() for size in self.results.get("growth", [])]
        cases = [row.to_json() for row in self.rows]
        return {"machine": machine(), "cases": cases, **self.results, "growth": sizes}


def machine() -> str:
    return (
        f"{torch.cuda.get_device_name()}, torch {torch.__version__}, cuDNN "
        f"{torch.backends.cudnn.version()}, rdattn {rdattn.__version__}"
    )


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fa3", type=Path, metavar="FILE", help="FlashAttention-3's extension")
    parser.add_argument(
        "--cases", default=".", metavar="REGEX", help=f"only these, of {', '.join(EXTRAS)} too"
    )
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    parser.add_argument("--all", action="store_true", help="print every contender")
    parser.add_argument("--list", action="store_true", help="print the cases' names only")
    parser.add_argument(
        "--fa2", action="store_true", help="add torch's FlashAttention-2 and our sm_80"
    )
    parser.add_argument("--flex", action="store_true", help="add FlexAttention; takes minutes")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all samples there")
    return parser.parse_args()


def main() -> None:
    given = arguments()
    wanted = re.compile(given.cases)
    chosen = [case for case in cases() if wanted.search(case.name)]
    extras = [name for name in EXTRAS if wanted.search(name)]
    if given.list:
        print(*(case.name for case in cases()), *EXTRAS, sep="\n")
        return
    if not torch.cuda.is_available():
        sys.exit("this machine has no CUDA device")
    if given.fa3:
        fa3.load(given.fa3)
    console = Console(width=None if sys.stdout.isatty() else 150)
    console.print(machine(), highlight=False)
    bench = Bench(given, console)
    columns = (*Progress.get_default_columns(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=len(chosen) + len(extras))
        for case in chosen:
            bench.case(case, lambda what: progress.update(task, description=what))
            progress.advance(task)
        bench.extras(extras, lambda what: progress.update(task, description=what))
    bench.print()
    bench.save()


if __name__ == "__main__":
    main()
