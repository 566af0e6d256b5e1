"""Compiles one attention and compares every row of a run with the definition.

check.py PREFIX BxSxHxDxTYPE "causal pattern [16, 32 dilation 2]" [--dynamic] [--scale x]

Files are written beside PREFIX; the exit code is rdattn-run's. With --dynamic every size but D is
dynamic in the module; with --scale the module takes it at run time. An attention that starts with @
names the file that holds it.
"""

import argparse
import subprocess
import sys

from inputs import add_arguments, parse_shape, write_inputs


def tensor(sizes: list[int], dtype: str, dynamic: bool, fixed: int) -> str:
    """A tensor type; `dynamic` hides all sizes but the last `fixed`."""
    shown = ["?" if dynamic and i < len(sizes) - fixed else str(s) for i, s in enumerate(sizes)]
    return f"tensor<{'x'.join(shown)}x{dtype}>"


def module(arguments: argparse.Namespace) -> str:
    (batch, tokens, heads, dim), dtype = parse_shape(arguments.shape)
    kv_heads = heads if arguments.kv_heads is None else arguments.kv_heads
    value_dim = arguments.value_dim or dim
    dynamic = arguments.dynamic
    q = tensor([batch, tokens, heads, dim], dtype, dynamic, 1)
    k = tensor([batch, tokens, kv_heads, dim], dtype, dynamic, 1)
    v = tensor([batch, tokens, kv_heads, value_dim], dtype, dynamic, 1)
    o = tensor([batch, tokens, heads, value_dim], dtype, dynamic, 1)
    lse = tensor([batch, heads, tokens], "f32", dynamic, 0)
    scale = "" if arguments.scale is None else ", %scale: f32"
    attention = arguments.attention
    if scale:
        attention = attention.replace("pattern", "scale(%scale) pattern")
    return f"""
func.func @attention(%q: {q}, %k: {k}, %v: {v}{scale}) -> ({o}, {lse}) {{
  %o, %lse = rdattn.attention %q, %k, %v {attention} : {q}, {k}, {v}
  return %o, %lse : {o}, {lse}
}}
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("prefix")
    add_arguments(parser)
    parser.add_argument("attention")
    parser.add_argument("--dynamic", action="store_true")
    parser.add_argument("--scale")
    arguments = parser.parse_args()
    if arguments.attention.startswith("@"):
        with open(arguments.attention[1:]) as file:
            arguments.attention = file.read().strip()
    prefix = arguments.prefix
    write_inputs(prefix, arguments)
    with open(f"{prefix}.mlir", "w") as file:
        file.write(module(arguments))
    command = ["rdattn-run", f"{prefix}.mlir", "--check=1000000"]
    for name in "qkv":
        command += [f"--{name}", f"{prefix}-{name}.npy"]
    if arguments.scale is not None:
        command += [f"--scale={arguments.scale}"]
    print(arguments.shape, arguments.attention, flush=True)
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
