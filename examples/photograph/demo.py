"""Attends over the pixels of a photograph with rdattn's command-line tools: `make demo`.

Steps, each as a user would take it: write the attention as MLIR, lower it with rdattn-opt, run it
on .npy files with rdattn-run, which checks it against the definition and times it, and look at the
result.
"""

from __future__ import annotations

import argparse
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import figure
import numpy as np
import picture
from rich.console import Console

import rdattn
from rdattn import Segment

LOWERING = "--rdattn-lower-to=level=llvm"
TOOLS = Path(__file__).resolve().parents[2] / "build" / "bin"

# The three segments are the picture's first 16 rows, the next 32, and the last 64. Without an
# order, a class of dilation r holds every r-th pixel of a row: vertical stripes. Along a Hilbert
# curve over the segment's own pixels it holds every r-th step: a stipple in both directions.
LENGTHS = {2048: 1, 4096: 2, 8192: 4}
GRIDS = {length: (length // picture.COLS, picture.COLS) for length in LENGTHS}
PATTERNS = {
    "segments": rdattn.Pattern([Segment(n, dilation=r) for n, r in LENGTHS.items()]),
    "hilbert": rdattn.Pattern([Segment(n, dilation=r, order=GRIDS[n]) for n, r in LENGTHS.items()]),
}
TITLES = {"segments": "in raster order", "hilbert": "along Hilbert curves"}

MODULE = """\
// The pixels of a photograph attend to one another: {title}.
func.func @attention(%q: {tensor}, %k: {tensor}, %v: {tensor}) -> ({tensor}, {lse}) {{
  %o, %lse = rdattn.attention %q, %k, %v scale({scale:.1f})
      pattern [{pattern}]
      : {tensor}
  return %o, %lse : {tensor}, {lse}
}}
"""

console = Console(highlight=False)


def segment_text(segment: Segment) -> str:
    """As the language writes it: `4096 dilation 2 order hilbert<32x128>`."""
    text = str(segment.length)
    if segment.dilation != 1:
        text += f" dilation {segment.dilation}"
    if isinstance(segment.order, tuple):
        text += " order hilbert<{}x{}>".format(*segment.order)
    return text


def module_text(name: str) -> str:
    """The MLIR of one pattern."""
    tokens, heads, dim = picture.TOKENS, picture.HEADS, picture.HEAD_DIM
    return MODULE.format(
        title=TITLES[name],
        tensor=f"tensor<1x{tokens}x{heads}x{dim}xf32>",
        lse=f"tensor<1x{heads}x{tokens}xf32>",
        scale=picture.SCALE,
        pattern=", ".join(map(segment_text, PATTERNS[name].branches[0].segments)),
    )


def run(status: str, *command: str | Path) -> None:
    """Shows the command, its output as it comes, and what it is doing until it ends."""
    words = [str(word) for word in command]
    console.print(f"[bold]$ {shlex.join(words)}[/bold]", soft_wrap=True)
    tool = shutil.which(words[0], path=str(TOOLS)) or words[0]
    with (
        console.status(status),
        subprocess.Popen([tool, *words[1:]], stdout=subprocess.PIPE, text=True) as process,
    ):
        assert process.stdout
        for line in process.stdout:
            console.print(line.rstrip(), markup=False, soft_wrap=True)
    if process.returncode:
        sys.exit(f"demo: {words[0]} failed with exit code {process.returncode}")


def attend(name: str, folder: Path) -> picture.Floats:
    """Compiles one pattern and runs it on the arrays in ``folder``."""
    source, lowered = folder / f"{name}.mlir", folder / f"{name}.llvm.mlir"
    source.write_text(module_text(name))
    console.rule(f"{name}: {TITLES[name]}")
    console.print(source.read_text(), markup=False, soft_wrap=True)
    run("lowering", "rdattn-opt", source, LOWERING, "-o", lowered)
    arrays = [word for letter in "qkv" for word in (f"--{letter}", folder / f"{letter}.npy")]
    result = folder / f"o-{name}.npy"
    options = ["--o", result, "--check", "--time", "5", "--explain"]
    run("running", "rdattn-run", lowered, *arrays, *options)
    return np.load(result)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=Path("demo-output"), help="folder")
    parser.add_argument("--keep-arrays", action="store_true", help="keep the .npy files (220 MB)")
    options = parser.parse_args()
    folder: Path = options.output
    folder.mkdir(parents=True, exist_ok=True)
    image = picture.photograph()
    with console.status("making q, k and v"):
        for letter, array in zip("qkv", picture.inputs(image), strict=True):
            np.save(folder / letter, array)
    console.print(f"{picture.TOKENS} pixels, {picture.HEADS} heads of {picture.HEAD_DIM}, float32")
    results = {name: attend(name, folder) for name in PATTERNS}
    if not options.keep_arrays:
        for path in folder.glob("*.npy"):
            path.unlink()
    with console.status("drawing"):
        titled = {TITLES[name]: pattern for name, pattern in PATTERNS.items()}
        shown = {TITLES[name]: o for name, o in results.items()}
        figure.draw(image, titled, shown, folder / "demo.png")
    console.rule()
    console.print(f"The picture is in {folder / 'demo.png'}", soft_wrap=True)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("demo: interrupted")
