"""Sizes, layouts and patterns that only a GPU computes in time, against the definition in torch."""

import os
import subprocess
import sys

import pytest

import rdattn
from devices import why_no_gpu
from rdattn import Branch, Pattern, Segment

if reason := why_no_gpu():
    pytest.skip(reason, allow_module_level=True)

import torch

import dense
import on_gpu

pytestmark = pytest.mark.usefixtures("poisoned")

both = pytest.mark.parametrize("causal", [False, True])
SEED = Pattern([Segment(2048), Segment(4096, dilation=2), Segment(8192, dilation=4)])
CURVED = Pattern(
    [
        Segment(length, dilation=r, order="hilbert")
        for length, r in ((2048, 1), (4096, 2), (8192, 4))
    ]
)
LONGNET = Pattern(
    branches=[
        Branch([Segment(2048 * r, dilation=r)], repeat=True, offsets="per_head") for r in (1, 2, 4)
    ]
)
MIXED = Pattern(
    [
        Segment(500),
        Segment(700, dilation=3),
        Segment(900, dilation=4, order="hilbert"),
        Segment(600, order="hilbert", window=40),
        Segment(1400, dilation=2, order=(35, 40), window=100),
    ]
)


# -- Patterns ---------------------------------------------------------------------------------


@both
@pytest.mark.parametrize("pattern", [SEED, CURVED, LONGNET], ids=["plain", "curved", "longnet"])
@pytest.mark.parametrize(("heads", "head_dim"), [(16, 128), (12, 64)])
def test_the_seed_pattern(heads, head_dim, pattern, causal):
    on_gpu.check(*on_gpu.inputs(1, 14336, heads, head_dim=head_dim), pattern, causal=causal)


@both
@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
@pytest.mark.parametrize("head_dim", [32, 64, 96, 128, 192, 256])
def test_dense(head_dim, dtype, causal):
    given = on_gpu.inputs(2, 1500, 3, head_dim=head_dim, dtype=getattr(torch, dtype))
    on_gpu.check(*given, Pattern([Segment(1500)]), causal=causal)


@both
@pytest.mark.parametrize("pattern", [SEED, CURVED, LONGNET], ids=["plain", "curved", "longnet"])
@pytest.mark.parametrize("head_dim", [64, 128])
@pytest.mark.parametrize(
    ("dtype", "target"), [("bfloat16", "cuda-sm80"), ("float16", "cuda-sm80"), ("float32", "cuda")]
)
def test_kernels_for_all_gpus(dtype, target, head_dim, pattern, causal):
    given = on_gpu.inputs(2, 14336, 4, 2, head_dim, dtype=getattr(torch, dtype))
    options = {"causal": causal, "return_lse": True, "target": target}
    kernel = rdattn.compile(pattern, dtype=dtype, head_dim=head_dim, **options)
    rows = torch.arange(0, 14336, 37)
    dense.assert_within(kernel(*given), *given, pattern, causal=causal, rows=rows)


ASKED = """
import rdattn, torch
q = torch.randn(1, 500, 2, 64, device="cuda", dtype=torch.bfloat16)
pattern = rdattn.Pattern([rdattn.Segment(500)])
o = rdattn.attention(q, q, q, pattern)
same = dict(dtype="bfloat16", head_dim=64)
for target in ("cuda", "cuda-sm80"):
    kernel = rdattn.compile(pattern, target=target, **same)
    assert "#rdattn.sm80<" in kernel.ir("launch")
    assert torch.equal(kernel(q, q, q), o)
"""


def test_the_environment_asks_for_the_kernels_of_all_gpus():
    environment = os.environ | {"RDATTN_CUDA_ARCHITECTURE": "sm_80"}
    subprocess.run([sys.executable, "-c", ASKED], env=environment, check=True, timeout=120)


@both
@pytest.mark.parametrize("dtype", ["float32", "float16"])
@pytest.mark.parametrize("target", ["cuda", "cuda-sm80"])
@pytest.mark.parametrize(("head_dim", "value_dim"), [(1, 1), (5, 5), (40, 96), (17, 256), (256, 3)])
@pytest.mark.parametrize("elements", [0, 1])
def test_head_sizes_and_bases_for_all_gpus(elements, head_dim, value_dim, target, dtype, causal):
    given = on_gpu.inputs(2, 3000, 4, 2, head_dim, value_dim, getattr(torch, dtype))
    given = [on_gpu.unaligned(x, elements) for x in given]
    options = {"causal": causal, "return_lse": True, "target": target, "value_dim": value_dim}
    kernel = rdattn.compile(MIXED, dtype=dtype, head_dim=head_dim, **options)
    dense.assert_within(kernel(*given), *given, MIXED, causal=causal)


@both
@pytest.mark.parametrize("tokens", [1, 3, 500, 501, 2099, 2100, 2101, 3000, 4100])
def test_every_access_in_one_launch(tokens, causal):
    on_gpu.check(*on_gpu.inputs(2, tokens, 2, head_dim=128), MIXED, causal=causal)


@both
@pytest.mark.parametrize("dilation", [1, 3])
@pytest.mark.parametrize("window", [1, 2, 63, 64, 65, 200, 5000])
def test_windows_along_a_curve(window, dilation, causal):
    segment = Segment(4000, order="hilbert", window=window, dilation=dilation)
    pattern = Pattern(branches=[Branch([segment], repeat=True)])
    on_gpu.check(*on_gpu.inputs(1, 9000, 2), pattern, causal=causal)


@both
def test_windows_along_a_long_curve(causal):
    pattern = Pattern([Segment(65536, order="hilbert", window=512)])
    rows = torch.arange(0, 65536, 97)
    on_gpu.check(*on_gpu.inputs(1, 65536, 2, head_dim=128), pattern, causal=causal, rows=rows)


@both
@pytest.mark.parametrize("order", ["identity", "hilbert"])
def test_300_classes(order, causal):
    pattern = Pattern([Segment(10_000, dilation=300, order=order)])
    on_gpu.check(*on_gpu.inputs(1, 9_999, 2), pattern, causal=causal)


def test_100_000_classes():
    pattern = Pattern([Segment(100_000, dilation=100_000)])
    q, k, v = on_gpu.inputs(1, 100_000, 1)
    o, lse = rdattn.attention(q, k, v, pattern, return_lse=True)
    assert torch.equal(o, v)  # each token sees itself alone
    expected = (q.double() * k.double()).sum(dim=3).mT / 8
    assert (lse - expected).abs().max() < 1e-4


@both
def test_1000_unequal_segments(causal):
    pattern = Pattern([Segment(1 + n * n % 97, dilation=1 + n % 3) for n in range(1000)])
    on_gpu.check(*on_gpu.inputs(1, pattern.length, 2), pattern, causal=causal)


@both
def test_branches_of_several_kinds(causal):
    branches = [
        Branch([Segment(1000, dilation=4, order="hilbert")], repeat=True),
        Branch([Segment(3000, dilation=8)], offsets="per_head"),
        Branch([Segment(100), Segment(400, window=30)], repeat=True),
    ]
    on_gpu.check(*on_gpu.inputs(2, 2900, 4, 2, 96), Pattern(branches=branches), causal=causal)


# -- Sizes ------------------------------------------------------------------------------------


@pytest.mark.parametrize("pattern", [SEED, CURVED, LONGNET], ids=["plain", "curved", "longnet"])
@pytest.mark.parametrize("tokens", [1, 3, 17, 127, 128, 129, 2047, 2049])
def test_few_tokens(tokens, pattern):
    on_gpu.check(*on_gpu.inputs(3, tokens, 4, 2, 64), pattern, causal=True)


@both
@pytest.mark.parametrize(
    ("head_dim", "value_dim"),
    [(1, 1), (5, 5), (40, 40), (100, 100), (64, 128), (128, 64), (192, 128), (17, 256), (256, 3)],
)
@pytest.mark.parametrize("order", ["identity", "hilbert"])
def test_head_sizes(head_dim, value_dim, order, causal):
    given = on_gpu.inputs(1, 700, 3, head_dim=head_dim, value_dim=value_dim)
    on_gpu.check(*given, Pattern([Segment(700, dilation=2, order=order)]), causal=causal)


@pytest.mark.parametrize(("heads", "kv_heads"), [(8, 8), (8, 2), (8, 1), (5, 1), (6, 3)])
@pytest.mark.parametrize("pattern", [MIXED, LONGNET], ids=["mixed", "longnet"])
def test_grouped_queries(heads, kv_heads, pattern):
    on_gpu.check(*on_gpu.inputs(2, 3000, heads, kv_heads, 128), pattern, causal=True)


@both
@pytest.mark.parametrize(("batch", "heads"), [(65536, 1), (1, 65536), (256, 256)])
def test_65536_heads(batch, heads, causal):
    q, k, v = on_gpu.inputs(batch, 5, heads, head_dim=16)
    o, lse = rdattn.attention(
        q, k, v, Pattern([Segment(8)]), causal=causal, return_lse=True, scale=1.0
    )
    q, k, v = (x.double().transpose(1, 2) for x in (q, k, v))
    scores = q @ k.mT
    if causal:
        scores.masked_fill_(torch.ones(5, 5, device=q.device).triu(1).bool(), -torch.inf)
    assert (lse - scores.logsumexp(dim=-1)).abs().max() < 1e-3
    assert (o.transpose(1, 2) - scores.softmax(dim=-1) @ v).abs().max() < 0.05


def test_more_elements_than_32_bits_count():
    if torch.cuda.mem_get_info()[0] < 50 << 30:
        pytest.skip("needs 50 GiB of GPU memory")
    q, k, v = on_gpu.inputs(1, 140_000, 128, head_dim=128)
    assert q.numel() > 1 << 31
    pattern = Pattern(branches=[Branch([Segment(1000, dilation=2)], repeat=True)])
    o = rdattn.attention(q, k, v, pattern)
    last = slice(139_000, 140_000)
    assert torch.equal(o[:, last], rdattn.attention(q[:, last], k[:, last], v[:, last], pattern))


# -- Layouts ----------------------------------------------------------------------------------


@both
@pytest.mark.parametrize("elements", [0, 1, 2, 4])
@pytest.mark.parametrize("which", ["q", "k", "v", "all"])
def test_bases_that_are_not_aligned(which, elements, causal):
    given = dict(zip("qkv", on_gpu.inputs(2, 3000, 2, head_dim=64), strict=True))
    moved = {
        n: on_gpu.unaligned(x, elements) if which in (n, "all") else x for n, x in given.items()
    }
    on_gpu.check(*moved.values(), MIXED, causal=causal)


@both
@pytest.mark.parametrize("head_dim", [20, 64, 128])
@pytest.mark.parametrize("pad", [0, 1, 4, 8])
def test_packed_and_padded(pad, head_dim, causal):
    packed = on_gpu.randn((2, 3000, 3, 2, head_dim + pad))[..., :head_dim]
    on_gpu.check(*packed.unbind(2), MIXED, causal=causal)


@both
def test_heads_before_tokens_and_broadcast(causal):
    q, k, v = on_gpu.inputs(2, 3000, 2)
    q = q.transpose(1, 2).contiguous().transpose(1, 2)
    k = k[:, :, :1].expand(-1, -1, 2, -1)
    on_gpu.check(q, k, v[:1].expand(2, -1, -1, -1), MIXED, causal=causal)


def test_every_second_token_and_overlapping_windows_of_memory():
    q, k, v = on_gpu.inputs(1, 2 * MIXED.length, 2)
    tape = on_gpu.randn((MIXED.length + 64,))
    sliding = tape.unfold(0, 64, 1)[: MIXED.length].view(1, MIXED.length, 1, 64)
    on_gpu.check(q[:, ::2], k[:, 1::2], v[:, ::2], MIXED)
    on_gpu.check(q[:, ::2, :1], sliding, v[:, ::2, :1], MIXED, causal=True)


# -- Values -----------------------------------------------------------------------------------


@pytest.mark.parametrize("scale", [0.0, -0.125, 1.0, 30.0, -30.0, 1e-30])
@pytest.mark.parametrize("pattern", [MIXED, LONGNET], ids=["mixed", "longnet"])
def test_scales(scale, pattern):
    on_gpu.check(*on_gpu.inputs(1, 3000, 2), pattern, scale=scale, causal=True)


@pytest.mark.parametrize("value", [1e8, -1e8])
def test_scores_far_beyond_the_16_bit_types(value):
    q, k, v = on_gpu.inputs(1, 300, 1, head_dim=16)
    q.zero_()
    q[..., 0], k[..., 0] = 1e4, value / 1e4
    o, lse = rdattn.attention(q, k, v, Pattern([Segment(300)]), scale=1.0, return_lse=True)
    assert o.isfinite().all()
    assert lse.isfinite().all()


@pytest.mark.parametrize("pattern", [MIXED, LONGNET, CURVED], ids=["mixed", "longnet", "curved"])
def test_repeats_bit_by_bit(pattern):
    given = on_gpu.inputs(2, min(pattern.length, 14000), 8, 4, 128)
    o, lse = rdattn.attention(*given, pattern, causal=True, return_lse=True)
    for _ in range(10):
        again = rdattn.attention(*(x.clone() for x in given), pattern, causal=True, return_lse=True)
        assert torch.equal(again[0], o)
        assert torch.equal(again[1], lse)
