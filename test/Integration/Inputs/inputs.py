"""Writes random q, k and v: inputs.py PREFIX BxSxHxDxTYPE [--kv-heads G] [--value-dim Dv].

The arrays become PREFIX-q.npy, PREFIX-k.npy and PREFIX-v.npy, always the same for the same shape.
"""

import argparse

import ml_dtypes
import numpy as np

DTYPES = {"f32": np.float32, "f16": np.float16, "bf16": ml_dtypes.bfloat16}


def parse_shape(text: str) -> tuple[list[int], str]:
    *sizes, dtype = text.split("x")
    return [int(size) for size in sizes], dtype


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shape", metavar="BxSxHxDxTYPE")
    parser.add_argument("--kv-heads", type=int)
    parser.add_argument("--value-dim", type=int)


def write_inputs(prefix: str, arguments: argparse.Namespace) -> None:
    (batch, tokens, heads, dim), dtype = parse_shape(arguments.shape)
    kv_heads = heads if arguments.kv_heads is None else arguments.kv_heads
    random = np.random.default_rng(0)
    shapes = {
        "q": (batch, tokens, heads, dim),
        "k": (batch, tokens, kv_heads, dim),
        "v": (batch, tokens, kv_heads, arguments.value_dim or dim),
    }
    for name, shape in shapes.items():
        array = random.standard_normal(shape, dtype=np.float32)
        np.save(f"{prefix}-{name}.npy", array.astype(DTYPES[dtype]))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("prefix")
    add_arguments(parser)
    parsed = parser.parse_args()
    write_inputs(parsed.prefix, parsed)
