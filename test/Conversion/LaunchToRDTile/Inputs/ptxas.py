"""Compiles the kernels of a test's keys and compares ptxas's report with it.

usage: ptxas.py TEST TARGET

A line of the test says a key and what its kernels may cost, each kernel once:

    KEY: 64x64 bf16 causal gathered: rows 340 C7512, elements 260

With the word ring they are the kernels of a ring's steps, of what they send, and that of its
end.

The bytes are those of all spill instructions of ptxas 13.0; another version may make
half as many again. Which kernels spill is exact: one that is said to must, and no
other may. Warnings are ptxas's numbers; all others are errors. Kernels that maps serve
alone have none: nothing else serialises the main path.
"""

import re
import subprocess
import sys
from pathlib import Path

KEY = re.compile(r"^KEY: (\d+)x(\d+) (bf16|f16|f32) ([\w ]+): (.*)$", re.MULTILINE)
TARGET = sys.argv[2]
NVVM = [f"--rdattn-lower-to=level=nvvm target={TARGET}", "--rdattn-serialize-kernels=format=cubin"]
ROWS = 8192
RANKS = 4
RING = f"!rdattn.ring<{RANKS}, zigzag, tokens = {ROWS}>"
CLASSES = {
    "long": "[contiguous 0 to 8192]",
    "short": "[strided 0 to 8192 stride 4]",
    "gathered": "[contiguous 0 to 4096, gathered 4096 to 8192 stride 2 order hilbert<64x64>]",
    "windowed": "[contiguous 0 to 8192 window 512]",
    "curve": "[gathered 0 to 8192 order hilbert<64x128> window 512]",
}


def attention(head_dim, value_dim, dtype, words):
    """A function whose launch has that key, with the default schedule."""
    ring, placed = (f", %ring: {RING}", f"on(%ring : {RING})") if "ring" in words else ("", "")
    rows = ROWS // RANKS if ring else ROWS
    q = f"tensor<1x{rows}x2x{head_dim}x{dtype}>"
    v = f"tensor<1x{rows}x2x{value_dim}x{dtype}>"
    f32 = f"tensor<1x{rows}x2x{value_dim}xf32>"
    lse = f"tensor<1x2x{rows}xf32>"
    merged = "merge" in words
    flags = " ".join(word for word in ("causal", "partial") if word in words + ["partial"] * merged)
    listed = [CLASSES[word] for word in words if word in CLASSES]
    attends = "".join(
        f"%{i}:2 = rdattn.attend %q, %k, %v {flags} {placed} classes {classes} : {q}, {q}, {v}\n"
        for i, classes in enumerate(listed * (2 if merged else 1))
    )
    result = "%0"
    if merged:
        attends += f"%m:2 = rdattn.merge (%0#0, %0#1), (%1#0, %1#1) : {f32} to {v}\n"
        result = "%m"
    return (
        f"func.func @f(%q: {q}, %k: {q}, %v: {v}{ring}) -> ({v}, {lse}) {{\n{attends}"
        f"return {result}#0, {result}#1 : {v}, {lse}\n}}\n"
    )


def report(source):
    """The spilt bytes and the warnings of each kernel."""
    run = subprocess.run(["rdattn-opt", *NVVM], input=source.encode(), capture_output=True)
    errors = run.stderr.decode()
    if run.returncode:
        sys.exit(errors)
    kernels = {}
    for text in re.findall(rb"properties = \{(.*?)\}", run.stdout):
        figures = dict(re.findall(r'(\w+) = "?(\w+)', text.decode()))
        spilt = int(figures["spill_stores"]) + int(figures["spill_loads"])
        kernels[figures["kernel"].removeprefix("attention_")] = spilt, []
    for warning in re.findall(r"warning: (.*)", errors):
        code = re.search(r"\((C\d+)\)", warning)
        function = re.search(r"function '(?:attention_)?(\w+)'", warning)
        if not code or not function:
            sys.exit(warning)
        kernels[function[1]][1].append(code[1])
    return kernels


def problems(kernels, text):
    """What the report and the line of the test disagree about."""
    expected = {name: rest for name, *rest in map(str.split, text.split(", "))}
    if expected.keys() != kernels.keys():
        yield f"has kernels {', '.join(kernels)}"
    for name, (spilt, warnings) in kernels.items():
        known, *allowed = expected.get(name, ["0"])
        most = int(known) * 3 // 2
        if not min(most, 1) <= spilt <= most:
            yield f"{name} spills {spilt} bytes, not {min(most, 1)} to {most}"
        if sorted(set(warnings)) != sorted(allowed) or (name == "map" and warnings):
            yield f"{name} has warnings {warnings}"


failed = False
for match in KEY.finditer(Path(sys.argv[1]).read_text(encoding="utf-8")):
    head_dim, value_dim, dtype, words, text = match.groups()
    kernels = report(attention(head_dim, value_dim, dtype, words.split()))
    listed = ", ".join(
        " ".join([name, str(n), *sorted(set(w))]) for name, (n, w) in kernels.items()
    )
    print(f"KEY: {head_dim}x{value_dim} {dtype} {words}: {listed}", flush=True)
    for problem in problems(kernels, text):
        print("  ", problem)
        failed = True
sys.exit(failed)
