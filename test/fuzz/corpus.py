"""What is damaged: the tests' MLIR, patterns as JSON, module files and arrays."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[2]
LEVELS = ("attention", "expanded", "launch", "bufferized", "cpu", "llvm")
RUNNABLE_LEVELS = LEVELS[:3]
"""Levels whose verifiers alone keep a program inside its tensors."""

_PATTERNS = (
    "[16, 24 dilation 2]",
    "[40 order hilbert]",
    "[40 dilation 3 order hilbert<8x5> window 4]",
    "[16 dilation 2] repeat per_head + [24 dilation 3 window 2, 16 order hilbert]",
)
_JSON = (
    {"branches": [{"segments": [{"length": 2048}, {"length": 4096, "dilation": 2}]}]},
    {"branches": [{"segments": [{"length": 64, "order": "hilbert", "window": 9}], "repeat": True}]},
    {
        "branches": [
            {"segments": [{"length": 60, "order": [6, 10], "dilation": 3}]},
            {"segments": [{"length": 80}], "offsets": "per_head", "repeat": True},
        ],
        "detach_mixing": True,
    },
)


@dataclass(frozen=True)
class Corpus:
    """Undamaged inputs of each kind."""

    texts: list[str]
    """MLIR of any level, some of it wrong."""
    valid: list[str]
    """What of it `rdattn-opt` accepts."""
    runnable: list[str]
    """MLIR that computes with the arrays."""
    patterns: list[str]
    module: bytes
    arrays: dict[str, bytes]
    """q, k and v as .npy files."""


def _function(pattern: str) -> str:
    tensor, lse = "tensor<1x40x2x8xf32>", "tensor<1x2x40xf32>"
    return (
        f"func.func @attention(%q: {tensor}, %k: {tensor}, %v: {tensor}) -> ({tensor}, {lse}) {{\n"
        f"  %o, %lse = rdattn.attention %q, %k, %v causal pattern {pattern} : {tensor}\n"
        f"  return %o, %lse : {tensor}, {lse}\n}}\n"
    )


def _lower(text: str, level: str, tools: Path) -> str:
    decimal = "--mlir-print-elementsattrs-with-hex-if-larger=-1"
    command = [tools / "rdattn-opt", f"--rdattn-lower-to=level={level}", decimal]
    return subprocess.run(command, input=text, text=True, capture_output=True, check=True).stdout


def _chunks() -> list[str]:
    """The tests' and examples' MLIR, one text for each part of a split file."""
    files = [*(ROOT / "test").rglob("*.mlir"), *(ROOT / "examples").rglob("*.mlir")]
    parts = (part for file in sorted(files) for part in file.read_text().split("// -----"))
    texts = [re.sub(r"(?m)^\s*//.*\n", "", part) for part in parts]
    return [text for text in texts if text.strip()]


def _is_valid(text: str, tools: Path) -> bool:
    run = subprocess.run([tools / "rdattn-opt"], input=text.encode(), capture_output=True)
    return run.returncode == 0


def _npy(seed: int, folder: Path) -> bytes:
    path = folder / "array.npy"
    np.save(path, np.random.default_rng(seed).standard_normal((1, 40, 2, 8), dtype=np.float32))
    return path.read_bytes()


def _module(text: str, tools: Path, folder: Path) -> bytes:
    path = folder / "module.so"
    command = [tools / "rdattn-translate", "--rdattn-to-shared-library", "-", "-o", path]
    subprocess.run(command, input=text, text=True, check=True)
    return path.read_bytes()


def load(tools: Path, folder: Path) -> Corpus:
    """Everything, with what has to be compiled made now, in ``folder``."""
    functions = [_function(pattern) for pattern in _PATTERNS]
    runnable = [_lower(text, level, tools) for text in functions for level in RUNNABLE_LEVELS]
    bufferized = [_lower(text, "bufferized", tools) for text in functions]
    texts = _chunks() + runnable + bufferized
    return Corpus(
        texts=texts,
        valid=[text for text in texts if _is_valid(text, tools)],
        runnable=runnable,
        patterns=[json.dumps(pattern) for pattern in _JSON],
        module=_module(functions[0], tools, folder),
        arrays={name: _npy(seed, folder) for seed, name in enumerate("qkv")},
    )
