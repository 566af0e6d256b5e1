"""What torch brings: cuDNN, FlashAttention-2 and FlexAttention."""

from __future__ import annotations

from typing import Any

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.nn.functional import scaled_dot_product_attention

from .cases import SEED, Case
from .fa3 import views

BACKENDS = {"cuDNN": SDPBackend.CUDNN_ATTENTION, "FA2": SDPBackend.FLASH_ATTENTION}


def _attend(backend: str, causal: bool, *tensors: Any) -> Any:
    """o of [B,S,H,D]."""
    q, k, v = (x.transpose(1, 2) for x in tensors)
    with sdpa_kernel(BACKENDS[backend]):
        return scaled_dot_product_attention(q, k, v, is_causal=causal).transpose(1, 2)


def dense(backend: str, case: Case, q: Any, k: Any, v: Any) -> Any:
    return lambda: _attend(backend, case.causal, q, k, v)


def strided_views(backend: str, case: Case, q: Any, k: Any, v: Any) -> Any:
    """The seed pattern: a call for each segment, whose result is copied to its place in o."""
    o = torch.empty_like(q)
    given = list(zip(*map(views, (q, k, v, o)), strict=True))

    def call() -> Any:
        for *parts, o_part in given:
            o_part.copy_(_attend(backend, case.causal, *parts))
        return o

    return call


def flex(case: Case, q: Any, k: Any, v: Any) -> Any:
    """FlexAttention with the seed pattern as its mask. Building the mask takes minutes."""
    from torch.nn.attention.flex_attention import create_block_mask, flex_attention

    ends = torch.tensor([length for length, _ in SEED], device=q.device).cumsum(0)
    tokens = torch.arange(case.tokens, device=q.device)
    segment = torch.bucketize(tokens, ends, right=True)
    dilation = torch.tensor([r for _, r in SEED], device=q.device)[segment]

    def allowed(b: Any, h: Any, i: Any, j: Any) -> Any:
        seen = (segment[i] == segment[j]) & ((i - j) % dilation[i] == 0)
        return seen & (j <= i) if case.causal else seen

    mask = create_block_mask(allowed, None, None, case.tokens, case.tokens, device=q.device)
    attend = torch.compile(flex_attention)
    transposed = [x.transpose(1, 2) for x in (q, k, v)]
    return lambda: attend(*transposed, block_mask=mask).transpose(1, 2)
