"""Compares rdattn with torch on this machine's CPU: `make bench`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich import box
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

import measure
import memory
import peer_torch
import rdattn
from cases import DTYPES, TOKENS, Case, cases, pattern

sys.path.insert(0, str(Path(__file__).parents[1] / "test" / "python"))
from bounds import EPS, assert_within

OURS, HILBERT, TORCH, TORCH_COPY = memory.CONTENDERS


@dataclass
class Row:
    """What was measured of one case."""

    case: Case
    times: dict[str, measure.Times]
    peaks: dict[str, int | None]

    @property
    def peer(self) -> str | None:
        """torch's faster way."""
        ways = [name for name in (TORCH, TORCH_COPY) if name in self.times]
        return min(ways, key=lambda name: self.times[name].median, default=None)


# -- Results are checked before they are timed ------------------------------------------------


def check_definition(case: Case, *, hilbert: bool) -> None:
    """Asserts that ours is as close to the definition as the language promises (S10)."""
    q, k, v = case.inputs()
    kernel = rdattn.compile(
        pattern(hilbert=hilbert),
        dtype=case.dtype,
        head_dim=case.head_dim,
        causal=case.causal,
        return_lse=True,
    )
    rows = np.sort(np.random.default_rng(1).choice(TOKENS, 32, replace=False))
    o, lse = kernel(q, k, v)
    given = {"causal": case.causal, "rows": rows}
    reference = rdattn.reference(q, k, v, kernel.pattern, **given)
    assert_within((o[:, rows], lse[:, :, rows]), q, k, v, kernel.pattern, reference, **given)


def check_torch(case: Case) -> None:
    """Asserts that torch computes the same attention as ours."""
    q, k, v = case.inputs()
    ours = case.kernel()(q, k, v).astype(np.float32)
    theirs = np.empty_like(q)
    peer_torch.attention(q, k, v, causal=case.causal, o=theirs)()
    distance = np.abs(ours - theirs.astype(np.float32)).max()
    bound = 4 * max(EPS[case.dtype], 2.0**-18) * max(1.0, float(np.abs(ours).max()))
    assert distance <= bound, f"torch's result differs from ours by {distance}"


# -- Measuring --------------------------------------------------------------------------------


def contenders(case: Case) -> dict[str, Callable[[], Any]]:
    """What is timed, by name."""
    q, k, v = case.inputs()
    plain, curved = case.kernel(), case.kernel(hilbert=True)
    calls: dict[str, Callable[[], Any]] = {
        OURS: lambda: plain(q, k, v),
        HILBERT: lambda: curved(q, k, v),
    }
    if peer_torch.available():
        calls[TORCH] = peer_torch.attention(q, k, v, causal=case.causal)
        o = np.zeros_like(q)
        calls[TORCH_COPY] = peer_torch.attention(q, k, v, causal=case.causal, o=o)
    return calls


def run(case: Case, given: argparse.Namespace, step: Callable[[str], None]) -> Row:
    """One row of the table."""
    name = label(case)
    step(f"{name}: checking")
    check_definition(case, hilbert=False)
    check_definition(case, hilbert=True)
    if peer_torch.available():
        check_torch(case)
    step(f"{name}: memory")
    calls = contenders(case)
    peaks = {contender: memory.peak(case, contender) for contender in calls}
    times = measure.interleaved(
        calls, rounds=given.rounds, pause=given.pause, step=lambda: step(f"{name}: timing")
    )
    return Row(case, times, peaks)


# -- The table --------------------------------------------------------------------------------


SHORT = {"float32": "f32", "bfloat16": "bf16"}


def label(case: Case) -> str:
    mask = "causal" if case.causal else "full"
    return f"{SHORT[case.dtype]:<4} H {case.heads} D {case.head_dim:<3} {mask}"


def milliseconds(times: measure.Times) -> str:
    return f"{times.median * 1e3:.0f} ({times.best * 1e3:.0f})"


def megabytes(size: int | None) -> str:
    return "-" if size is None else f"{size / 1e6:.1f}"


def ratio(a: measure.Times, b: measure.Times) -> str:
    return f"{a.median / b.median:.2f} ({a.best / b.best:.2f})"


def speed(rows: list[Row]) -> Table:
    """Times and ratios."""
    table = new_table(f"[2048, 4096 dilation 2, 8192 dilation 4], S {TOKENS}, B 1")
    add_columns(table, "rdattn ms", "GFLOP/s", "Hilbert ms", "ratio")
    if peer_torch.available():
        add_columns(table, "torch ms", "torch/rdattn")
    for row in rows:
        ours, hilbert = row.times[OURS], row.times[HILBERT]
        gflops = f"{row.case.flops / ours.best / 1e9:.0f}"
        cells = [milliseconds(ours), gflops, milliseconds(hilbert), ratio(hilbert, ours)]
        if row.peer:
            mark = "*" if row.peer == TORCH_COPY else ""
            peer = row.times[row.peer]
            cells += [milliseconds(peer) + mark, ratio(peer, ours)]
        table.add_row(label(row.case), *cells)
    return table


def memory_table(rows: list[Row]) -> Table:
    """Peaks of memory."""
    table = new_table("Peak memory beyond q, k, v and o, MB")
    add_columns(table, *rows[0].peaks)
    for row in rows:
        table.add_row(label(row.case), *map(megabytes, row.peaks.values()))
    return table


def new_table(title: str) -> Table:
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD)
    table.add_column("case", no_wrap=True)
    return table


def add_columns(table: Table, *headings: str) -> None:
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)


LEGEND = """\
Times are the median of all rounds and, in brackets, the best; ratios likewise. GFLOP/s counts \
allowed pairs, at the best time. Hilbert: the same segments along curves over 16x128, 32x128 and \
64x128 cells, and their ratio to no order."""

TORCH_LEGEND = """\
torch: scaled_dot_product_attention on strided views, the faster of leaving its three results and \
(*) copying them into one o."""


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9, help="samples of each (default 9)")
    parser.add_argument(
        "--pause", type=float, default=0.25, help="seconds before each sample (default 0.25)"
    )
    parser.add_argument("--dtype", choices=list(DTYPES), action="append", help="only this one")
    return parser.parse_args()


def introduce(console: Console) -> None:
    """Says what runs, and on what."""
    console.print(f"machine: {measure.machine()}")
    if warning := measure.busy():
        console.print(f"[yellow]warning: {warning}")
    console.print(f"rdattn {rdattn.__version__}, NumPy {np.__version__}, Python {sys.version}")
    if peer_torch.available():
        console.print(peer_torch.version())
    else:
        console.print(
            "torch is not installed, so rdattn runs alone; to compare: "
            f"{sys.executable} -m pip install torch --index-url "
            "https://download.pytorch.org/whl/cpu",
            soft_wrap=True,
        )


def main() -> None:
    given = arguments()
    console = Console(width=None if sys.stdout.isatty() else 110)
    introduce(console)
    chosen = list(cases(given.dtype or list(DTYPES)))
    steps = len(chosen) * (2 + given.rounds * (4 if peer_torch.available() else 2))
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task("", total=steps)

        def step(what: str) -> None:
            progress.update(task, advance=1, description=what)

        rows = [run(case, given, step) for case in chosen]
    console.print(speed(rows))
    console.print(memory_table(rows))
    console.print(LEGEND, highlight=False)
    if peer_torch.available():
        console.print(TORCH_LEGEND, highlight=False)


if __name__ == "__main__":
    main()
