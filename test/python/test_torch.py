"""torch tensors in, torch tensors out, on the same device."""

import numpy as np
import pytest

import rdattn
from bounds import assert_within
from devices import OnCPU, to_numpy, to_torch
from rdattn import Pattern, Segment
from strategies import inputs

torch = pytest.importorskip("torch", reason="torch is not installed")

PATTERN = Pattern([Segment(50, dilation=2), Segment(60)])


def tensors(device, dtype=None, **sizes):
    """The same values in torch and in NumPy."""
    sizes = {"tokens": 90, "heads": 2, "head_dim": 16} | sizes
    arrays = inputs(**sizes, dtype=dtype or device.dtype)
    return [to_torch(x, device.name) for x in arrays], arrays


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
def test_agrees_with_the_definition(device, dtype, causal):
    given, arrays = tensors(device, dtype)
    o, lse = rdattn.attention(*given, PATTERN, causal=causal, return_lse=True)
    assert (o.dtype, lse.dtype) == (getattr(torch, dtype), torch.float32)
    assert (o.shape, lse.shape) == ((1, 90, 2, 16), (1, 2, 90))
    assert o.device == lse.device == given[0].device
    reference = rdattn.reference(*given, PATTERN, causal=causal)
    actual = to_numpy(o), to_numpy(lse)
    assert_within(actual, *arrays, PATTERN, reference, causal=causal)


def test_the_same_bits_as_numpy():
    given, arrays = tensors(OnCPU())
    o = rdattn.attention(*given, PATTERN)
    np.testing.assert_array_equal(o.numpy(), rdattn.attention(*arrays, PATTERN))


def test_the_reference_takes_torch_tensors():
    for dtype in ("float32", "float16", "bfloat16"):
        given, arrays = tensors(OnCPU(), dtype)
        o, lse = rdattn.reference(*arrays, PATTERN)
        for same in (given, [x.double() for x in given]):
            o_torch, lse_torch = rdattn.reference(*same, PATTERN)
            np.testing.assert_array_equal(o_torch, o)
            np.testing.assert_array_equal(lse_torch, lse)


def test_strided_tensors_are_read_in_place(device):
    packed = torch.randn(1, 90, 3, 2, 16, dtype=torch.float16, device=device.name)
    q, k, v = packed.unbind(2)
    o = rdattn.attention(q, k, v, PATTERN)
    expected = rdattn.attention(*(x.contiguous() for x in (q, k, v)), PATTERN)
    assert torch.equal(o, expected)
    moved = [x.transpose(1, 2).contiguous().transpose(1, 2) for x in (q, k, v)]
    assert torch.equal(rdattn.attention(*moved, PATTERN), expected)


def test_kernel_and_empty_tensors(device):
    dtype = getattr(torch, device.dtype)
    kernel = rdattn.compile(PATTERN, dtype=dtype, head_dim=16, return_lse=True, target=device.name)
    (q, k, v), _ = tensors(device, tokens=0)
    o, lse = kernel(q, k, v)
    assert (o.shape, lse.shape) == ((1, 0, 2, 16), (1, 2, 0))
    assert (o.dtype, o.device) == (dtype, q.device)


def test_gradients(device):
    (q, k, v), _ = tensors(device)
    k.requires_grad_()
    with pytest.raises(ValueError, match=r"k requires gradients and rdattn is forward only"):
        rdattn.attention(q, k, v, PATTERN)
    with torch.no_grad():
        inside = rdattn.attention(q, k, v, PATTERN)
    assert not inside.requires_grad
    assert torch.equal(rdattn.attention(q, k.detach(), v, PATTERN), inside)
    rdattn.reference(q, k, v, PATTERN)
    with torch.inference_mode():
        assert torch.equal(rdattn.attention(q, torch.nn.Parameter(k), v, PATTERN), inside)


def test_errors(device):
    (q, k, v), (_, array, _) = tensors(device)
    with pytest.raises(TypeError, match=r"q is a torch tensor and k is a NumPy array"):
        rdattn.attention(q, array, v, PATTERN)
    with pytest.raises(TypeError, match=r"q is a NumPy array and v is a torch tensor"):
        rdattn.attention(array, array, v, PATTERN)
    with pytest.raises(TypeError, match=r"q must hold float32, float16 or bfloat16, not float64"):
        rdattn.attention(q.double(), k, v, PATTERN)
    with pytest.raises(TypeError, match=r"q is float\d+ and v is bfloat16"):
        rdattn.attention(q, k, v.bfloat16(), PATTERN)
    with pytest.raises(ValueError, match=r"k is on meta; rdattn runs on the CPU and on CUDA"):
        rdattn.attention(q, k.to("meta"), v, PATTERN)
    with pytest.raises(TypeError, match=r"v must be a dense tensor, not torch.sparse_coo"):
        rdattn.attention(q, k, v.to_sparse(), PATTERN)
    with pytest.raises(ValueError, match=r"q's last dimension must be contiguous"):
        rdattn.attention(q.transpose(2, 3), k, v, PATTERN)
    with pytest.raises(ValueError, match=r"lazily negated"):
        rdattn.attention(torch._neg_view(q), k, v, PATTERN)


def test_tensors_on_two_devices(gpu):
    (q, k, v), _ = tensors(gpu)
    with pytest.raises(ValueError, match=r"q is on cuda:0 and v is on the CPU; pass tensors of"):
        rdattn.attention(q, k, v.cpu(), PATTERN)
    with pytest.raises(ValueError, match=r"q is on the CPU and k is on cuda:0"):
        rdattn.attention(q.cpu(), k, v, PATTERN)
    kernel = rdattn.compile(PATTERN, dtype=q.dtype, head_dim=16)
    with pytest.raises(ValueError, match=r"compiled for target 'cpu', but .* are on cuda:0"):
        kernel(q, k, v)
