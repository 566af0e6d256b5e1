"""FlashAttention-3, from the file of its torch extension, called as well as it can be."""

from __future__ import annotations

import atexit
import ctypes
import lzma
import shutil
import tempfile
from pathlib import Path
from typing import Any

import torch

from .cases import SEED, WINDOW, Case

_file: Path | None = None


def load(file: Path) -> None:
    """Loads the extension; ``file`` may be compressed with xz.

    Its CUDA runtime, libcudart.so.12, is taken from beside it where torch brings another.
    """
    global _file
    runtime = file.with_name("libcudart.so.12")
    if runtime.exists():
        ctypes.CDLL(str(runtime), mode=ctypes.RTLD_GLOBAL)
    if file.suffix == ".xz":
        file = _unpack(file)
    torch.ops.load_library(str(file))
    _file = file


def _unpack(file: Path) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="fa3-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with lzma.open(file) as packed, (folder / file.stem).open("wb") as unpacked:
        shutil.copyfileobj(packed, unpacked)
    return folder / file.stem


def available() -> bool:
    return _file is not None


def forward(q: Any, k: Any, v: Any, *, causal: bool, o: Any = None, **options: Any) -> Any:
    """(o, lse) of dense attention on [B,S,H,D], into ``o`` where it is given."""
    options = {"softmax_scale": q.shape[-1] ** -0.5, "num_splits": 1} | options
    return torch.ops.flash_attn_3.fwd(q, k, v, out=o, is_causal=causal, **options)[:2]


def dense(case: Case, q: Any, k: Any, v: Any) -> Any:
    o = torch.empty_like(q)

    def call() -> Any:
        forward(q, k, v, causal=case.causal, o=o)
        return o

    return call


def views(x: Any) -> list[Any]:
    """Each segment of [B,S,H,D] as [B, rows, classes * H, D]: nothing is copied."""
    parts, first = [], 0
    for length, r in SEED:
        part = x[:, first : first + length]
        parts.append(part.unflatten(1, (length // r, r)).flatten(2, 3))
        first += length
    return parts


def strided_views(case: Case, q: Any, k: Any, v: Any) -> Any:
    """The seed pattern: a call for each segment, straight into its place in o."""
    o = torch.empty_like(q)
    given = list(zip(*map(views, (q, k, v, o)), strict=True))

    def call() -> Any:
        for q_part, k_part, v_part, o_part in given:
            forward(q_part, k_part, v_part, causal=case.causal, o=o_part)
        return o

    return call


# -- Along a curve ----------------------------------------------------------------------------


def gathered(case: Case, rows: Any, q: Any, k: Any, v: Any) -> Any:
    """Copies q, k and v in the order of ``rows``, attends, and copies o back.

    All classes of the seed pattern have as many rows, so that one call takes them all. A windowed
    case is one class.
    """
    o = torch.empty_like(q)
    count = case.tokens if case.kind == "window" else SEED[0][0]
    near = {"window_size_left": WINDOW - 1, "window_size_right": WINDOW - 1}
    options = near if case.kind == "window" else {}

    def call() -> Any:
        parts = (x.index_select(1, rows).view(-1, count, *x.shape[2:]) for x in (q, k, v))
        result = forward(*parts, causal=case.causal, **options)[0]
        return o.index_copy_(1, rows, result.reshape(o.shape))

    return call


def paged(case: Case, rows: Any, q: Any, k: Any, v: Any) -> Any:
    """k and v as pages of one row, which FA3 gathers itself; q is gathered and o scattered."""
    o, count = torch.empty_like(q), SEED[0][0]
    first = torch.arange(case.batch, device=q.device)[:, None] * case.tokens
    table = (first + rows).view(-1, count).to(torch.int32)
    used = torch.full((len(table),), count, device=q.device, dtype=torch.int32)
    pages = [x.view(-1, 1, *x.shape[2:]) for x in (k, v)]

    def call() -> Any:
        part = q.index_select(1, rows).view(-1, count, *q.shape[2:])
        result = forward(part, *pages, causal=case.causal, seqused_k=used, page_table=table)[0]
        return o.index_copy_(1, rows, result.reshape(o.shape))

    return call


# -- LongNet ----------------------------------------------------------------------------------


class Branch:
    """One branch of LongNet: each head attends in one class of every segment.

    A class and its heads are a strided view, so that FA3 reads q, k and v and writes o in place:
    one call a class.
    """

    def __init__(self, case: Case, length: int, dilation: int, q: Any, k: Any, v: Any) -> None:
        self.causal = case.causal
        self.o = torch.zeros_like(q)
        self.lse = q.new_full(q.shape[:3], -torch.inf, dtype=torch.float32)
        self.parts = []
        heads = -(-case.heads // dilation)
        for c in range(dilation):
            taken = slice(c * heads, (c + 1) * heads)
            views = [
                x[0].unflatten(0, (-1, length // dilation, dilation))[:, :, c, taken]
                for x in (q, k, v, self.o, self.lse)
            ]
            self.parts.append(views)

    def __call__(self) -> None:
        for q, k, v, o, lse in self.parts:
            lse.copy_(forward(q, k, v, causal=self.causal, o=o)[1].transpose(1, 2))


def longnet(case: Case, q: Any, k: Any, v: Any) -> Any:
    """FA3 for each branch, then their mixture in torch. The batch size is 1."""
    branches = [Branch(case, length, r, q, k, v) for length, r in SEED]

    def call() -> Any:
        for branch in branches:
            branch()
        weights = torch.stack([branch.lse for branch in branches]).softmax(0).to(q.dtype)
        o = branches[0].o * weights[0, ..., None]
        for branch, weight in zip(branches[1:], weights[1:], strict=True):
            o.addcmul_(branch.o, weight[..., None])
        return o

    return call
