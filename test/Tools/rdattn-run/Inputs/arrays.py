"""Makes q.npy, k.npy and v.npy of random numbers in a new folder."""

import argparse
import shutil
from pathlib import Path

import ml_dtypes
import numpy as np

parser = argparse.ArgumentParser()
parser.add_argument("folder", type=Path)
parser.add_argument("--dtype", default="float32")
parser.add_argument("--batch", type=int, default=1)
parser.add_argument("--tokens", type=int, default=96)
parser.add_argument("--heads", type=int, default=2)
parser.add_argument("--kv-heads", type=int, default=2)
parser.add_argument("--dim", type=int, default=16)
parser.add_argument("--value-dim", type=int, default=16)
options = parser.parse_args()

dtype = ml_dtypes.bfloat16 if options.dtype == "bfloat16" else np.dtype(options.dtype)
shutil.rmtree(options.folder, ignore_errors=True)
options.folder.mkdir()
random = np.random.default_rng(0)
sizes = {
    "q": (options.heads, options.dim),
    "k": (options.kv_heads, options.dim),
    "v": (options.kv_heads, options.value_dim),
}
for name, (heads, dim) in sizes.items():
    array = random.standard_normal((options.batch, options.tokens, heads, dim))
    np.save(options.folder / name, array.astype(dtype))
