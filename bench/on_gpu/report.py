"""The tables, and the same as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from rich import box
from rich.table import Table

from .cases import Case
from .contenders import AMPERE, EAGER, FA2, OURS, OWN, PLAIN
from .growth import Size
from .timing import Times

HOWS = "cool", "sustained"


@dataclass
class Row:
    """What was measured of one case."""

    case: Case
    times: dict[str, Times]

    def peer(self, how: str) -> str | None:
        """The best of the others."""
        peers = [name for name in self.times if name not in OWN]
        return min(peers, key=lambda name: self.times[name].median(how), default=None)

    def ratio(self, how: str) -> float | None:
        """The best peer's time over ours."""
        peer = self.peer(how)
        return self.over(peer, OURS, how) if peer else None

    def over(self, a: str, b: str, how: str) -> float:
        return self.times[a].median(how) / self.times[b].median(how)

    def to_json(self) -> dict[str, Any]:
        contenders = {name: asdict(times) for name, times in self.times.items()}
        ratios = {how: self.ratio(how) for how in HOWS}
        peers = {how: self.peer(how) for how in HOWS}
        return {
            "name": self.case.name, "case": asdict(self.case), "flops": self.case.flops,
            "seconds": contenders, "best_peer": peers, "ratio": ratios,
        }  # fmt: skip


def summary(row: Row) -> str:
    """One line, while others are still to come."""
    ratios = ", ".join(f"{how} {_ratio(row.ratio(how))}" for how in HOWS)
    return f"{row.case.name}: {_ms(row.times[OURS])} ms, {row.peer('cool')}: {ratios}"


def speed(rows: list[Row]) -> Table:
    """Ours and the best peer."""
    headings = ["ms", "TFLOP/s", "best peer", "ms", "ratio cool", "sustained", "eager", "spread"]
    table = _table("Forward, bf16, cool unless said", ["case", *headings])
    for row in rows:
        ours, peer = row.times[OURS], row.peer("cool")
        tflops = f"{row.case.flops / ours.median('cool') / 1e12:.0f}"
        cells = [_ms(ours), tflops, peer or "-", _ms(row.times[peer]) if peer else "-"]
        cells += [_ratio(row.ratio(how)) for how in HOWS]
        cells += [_ratio(row.over(EAGER, OURS, "cool")), f"{ours.spread('cool'):.1%}"]
        table.add_row(row.case.name, *cells)
    return table


def everyone(rows: list[Row]) -> Table:
    """Every contender of every case."""
    table = _table("All contenders", ["case", "", "ms cool", "ms sustained", "TFLOP/s", "spread"])
    for row in rows:
        for name, times in row.times.items():
            tflops = f"{row.case.flops / times.median('cool') / 1e12:.0f}"
            cells = [_ms(times), _ms(times, "sustained"), tflops, f"{times.spread('cool'):.1%}"]
            table.add_row(row.case.name, name, *cells)
    return table


def curves(rows: list[Row]) -> Table | None:
    """What a Hilbert order costs."""
    table = _table("Hilbert order over no order, ours", ["case", "cool", "sustained"])
    for row in rows:
        if PLAIN in row.times:
            table.add_row(row.case.name, *(_ratio(row.over(OURS, PLAIN, how)) for how in HOWS))
    return table if table.row_count else None


def ampere(rows: list[Row]) -> Table | None:
    """The code for all GPUs since Ampere beside FlashAttention-2, which is for the same."""
    headings = ["case", "ms", "FA2 ms", "ratio cool", "sustained"]
    table = _table("On this GPU by the code for Ampere", headings)
    for row in rows:
        if AMPERE in row.times and FA2 in row.times:
            cells = [_ms(row.times[AMPERE]), _ms(row.times[FA2])]
            cells += [_ratio(row.over(FA2, AMPERE, how)) for how in HOWS]
            table.add_row(row.case.name, *cells)
    return table if table.row_count else None


def growth(sizes: list[Size]) -> Table:
    headings = ["tokens", "ms", "ns a token", "to the first", "MB beyond", "part", "planning s"]
    table = _table("The seed pattern repeated, B 1 H 16 D 128, full", headings)
    first = sizes[0].seconds / sizes[0].tokens
    for size in sizes:
        each = size.seconds / size.tokens
        table.add_row(
            f"{size.tokens:,}", f"{size.seconds * 1e3:.3f}", f"{each * 1e9:.2f}",
            f"{each / first:.3f}", f"{size.extra_bytes / 1e6:.1f}",
            f"{size.extra_bytes / size.tensor_bytes:.2%}", f"{size.planning_seconds:.3f}",
        )  # fmt: skip
    return table


def numbers(title: str, values: dict[str, float], unit: str) -> Table:
    table = _table(title, ["", unit])
    for name, value in values.items():
        table.add_row(name, f"{value:.2f}")
    return table


def _ms(times: Times, how: str = "cool") -> str:
    return f"{times.median(how) * 1e3:.4f}"


def _ratio(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _table(title: str, headings: list[str]) -> Table:
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD)
    for n, heading in enumerate(headings):
        table.add_column(heading, justify="right" if n else "left", no_wrap=True)
    return table
