"""What a ring costs on this machine: ranks that are threads against one device doing the same.

Every call of the ring computes the whole attention once, in as many parts as there are ranks, so
that its work is that of one call on one device; what the ring takes more is schedule, packing,
partial results and their merge, and smaller tiles.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich import box
from rich.console import Console
from rich.table import Table

# OpenMP's threads sleep while they wait, or their spinning would count as work.
os.environ.setdefault("KMP_BLOCKTIME", "0")

import measure
import rdattn
from cases import DTYPES, SEGMENTS
from rdattn import Branch, Pattern, Segment

sys.path.insert(0, str(Path(__file__).parents[1] / "test" / "python"))
from bounds import EPS, assert_within

LAYOUTS = ("contiguous", "zigzag", "striped")
ONE, ALONE = "one device", "ring of 1"


@dataclass(frozen=True)
class Case:
    """One line of the table."""

    name: str
    pattern: Pattern
    tokens: int
    causal: bool
    dtype: str
    heads: int
    head_dim: int

    def inputs(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """q, k and v, the same in every run."""
        rng = np.random.default_rng(0)
        shape = (1, self.tokens, self.heads, self.head_dim)
        q, k, v = (
            rng.standard_normal(shape, dtype=np.float32).astype(DTYPES[self.dtype])
            for _ in range(3)
        )
        return q, k, v

    def kernel(self, **options: Any) -> rdattn.Kernel:
        return rdattn.compile(
            self.pattern,
            dtype=self.dtype,
            head_dim=self.head_dim,
            causal=self.causal,
            **options,
        )


def cases(given: argparse.Namespace) -> Iterator[Case]:
    """All lines of the table, in its order."""
    seed = Branch([Segment(n, dilation=r) for n, r in SEGMENTS], repeat=True)
    patterns = {
        "dense": (Pattern([Segment(given.dense)]), given.dense),
        "seed": (Pattern(branches=[seed]), given.seed),
    }
    for name, (pattern, tokens) in patterns.items():
        for causal in (False, True):
            yield Case(name, pattern, tokens, causal, given.dtype, given.heads, given.head_dim)


class Ring:
    """A ring of threads that computes a case, each rank on its shard of it."""

    def __init__(self, case: Case, size: int, layout: str) -> None:
        self.layout = layout
        self.tokens = case.tokens
        self.groups = rdattn.ring.threads(size, timeout=60.0)
        self.kernel = case.kernel(ring=layout)
        self.pool = ThreadPoolExecutor(size)
        self.shards = [
            [rdattn.ring.shard(x, rank, size, layout) for x in case.inputs()]
            for rank in range(size)
        ]

    def __call__(self) -> list[np.ndarray]:
        """The shards of the result."""

        def run(group: rdattn.ring.Group) -> np.ndarray:
            shards = self.shards[group.rank]
            return self.kernel(*shards, ring=group, tokens=self.tokens)

        return list(self.pool.map(run, self.groups))

    def whole(self) -> np.ndarray:
        return rdattn.ring.unshard(self(), self.layout)

    def close(self) -> None:
        self.pool.shutdown()
        for group in self.groups:
            group.close()


# -- Results are checked before they are timed ------------------------------------------------


def check(case: Case, rings: dict[str, Ring]) -> None:
    """Asserts that one device is as close to the definition as promised, and rings to it (S10)."""
    q, k, v = case.inputs()
    o, lse = case.kernel(return_lse=True)(q, k, v)
    rows = np.sort(np.random.default_rng(1).choice(case.tokens, 32, replace=False))
    given = {"causal": case.causal, "rows": rows}
    reference = rdattn.reference(q, k, v, case.pattern, **given)
    for name, ring in {ONE: None, **rings}.items():
        result = o if ring is None else ring.whole()
        assert_within((result[:, rows], lse[:, :, rows]), q, k, v, case.pattern, reference, **given)
        distance = np.abs(result.astype(np.float32) - o.astype(np.float32)).max()
        bound = 4 * max(EPS[case.dtype], 2.0**-18)
        assert distance <= bound * max(1.0, float(np.abs(o).max())), (
            f"{name}: the result differs from one device's by {distance}"
        )


# -- Measuring --------------------------------------------------------------------------------


@dataclass
class Row:
    """What was measured of one case: seconds, by contender."""

    case: Case
    wall: dict[str, float]
    processor: dict[str, float]


def _nothing() -> None:
    """No bar of progress: each case says when it is done."""


def measured(case: Case, given: argparse.Namespace) -> Row:
    rings = {name: Ring(case, given.ranks, name) for name in LAYOUTS}
    rings[ALONE] = Ring(case, 1, "contiguous")
    check(case, rings)
    kernel, inputs = case.kernel(), case.inputs()
    calls: dict[str, Callable[[], Any]] = {ONE: lambda: kernel(*inputs), **rings}
    times = measure.interleaved(calls, rounds=given.rounds, pause=given.pause, step=_nothing)
    for ring in rings.values():
        ring.close()
    return Row(
        case,
        {name: each.median for name, each in times.items()},
        {name: each.median_processor for name, each in times.items()},
    )


# -- The table --------------------------------------------------------------------------------


def label(case: Case) -> str:
    return f"{case.name} S {case.tokens} {'causal' if case.causal else 'full'}"


def table(rows: list[Row], ranks: int) -> Table:
    title = f"{ranks} ranks in {ranks} threads; seconds of the processors, and over one device's"
    made = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD)
    made.add_column("case", no_wrap=True)
    for heading in (f"{ONE} s", ALONE, *LAYOUTS):
        made.add_column(heading, justify="right", no_wrap=True)
    for row in rows:
        cells = [f"{row.processor[ONE]:.3f} ({row.wall[ONE]:.3f})"]
        for name in (ALONE, *LAYOUTS):
            ratio = row.processor[name] / row.processor[ONE]
            cells.append(f"{ratio:.3f} ({row.wall[name] / row.wall[ONE]:.3f})")
        made.add_row(label(row.case), *cells)
    return made


LEGEND = """\
Medians of the rounds. The time of the processors is what all threads of the process ran, and in \
brackets is the time that passed, which other programs disturb more."""


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ranks", type=int, default=8, help="of the ring (default 8)")
    parser.add_argument("--rounds", type=int, default=9, help="samples of each (default 9)")
    parser.add_argument(
        "--pause", type=float, default=0.25, help="seconds before each sample (default 0.25)"
    )
    parser.add_argument("--dense", type=int, default=8192, help="S of dense (default 8192)")
    parser.add_argument("--seed", type=int, default=28672, help="S of the seed's (default 28672)")
    parser.add_argument("--heads", type=int, default=4)
    parser.add_argument("--head-dim", type=int, default=64)
    parser.add_argument("--dtype", choices=list(DTYPES), default="float32")
    parser.add_argument("--json", type=Path, help="write all figures to this file")
    return parser.parse_args()


def write(path: Path, given: argparse.Namespace, rows: list[Row]) -> None:
    """All figures, for other programs."""
    figures = [asdict(row) | {"case": label(row.case)} for row in rows]
    settings = {key: value for key, value in vars(given).items() if key != "json"}
    record = {"machine": measure.machine(), "settings": settings, "rows": figures}
    path.write_text(json.dumps(record, indent=1) + "\n")


def main() -> None:
    given = arguments()
    console = Console(width=None if sys.stdout.isatty() else 110)
    console.print(f"machine: {measure.machine()}")
    if warning := measure.busy():
        console.print(f"[yellow]warning: {warning}")
    rows = []
    for case in cases(given):
        rows.append(measured(case, given))
        console.print(f"{label(case)}: done", style="dim")
    console.print(table(rows, given.ranks))
    console.print(LEGEND, highlight=False)
    if given.json:
        write(given.json, given, rows)


if __name__ == "__main__":
    main()
