"""CuPy's, JAX's and Numba's arrays on a GPU, read where they lie."""

import os
import subprocess
import sys

import numpy as np
import pytest

import rdattn
from bounds import assert_within
from devices import why_no_gpu
from rdattn import Pattern, Segment
from rdattn._library import native
from strategies import inputs

if reason := why_no_gpu():
    pytest.skip(reason, allow_module_level=True)

pytestmark = pytest.mark.filterwarnings("ignore")  # of the other libraries

PATTERN = Pattern([Segment(300, dilation=2), Segment(400, order="hilbert", window=50)])


def problem(seed=0):
    return inputs(batch=2, tokens=600, heads=4, kv_heads=2, head_dim=64, dtype="float16", seed=seed)


def assert_right(o, lse, arrays):
    assert_within((o, lse), *arrays, PATTERN, rdattn.reference(*arrays, PATTERN))


# -- CuPy -------------------------------------------------------------------------------------


@pytest.fixture
def cupy():
    return pytest.importorskip("cupy", reason="CuPy is not installed", exc_type=ImportError)


def test_cupy_gets_cupy(cupy):
    arrays = problem()
    q, k, v = map(cupy.asarray, arrays)
    o, lse = rdattn.attention(q, k, v, PATTERN, return_lse=True)
    assert isinstance(o, cupy.ndarray)
    assert isinstance(lse, cupy.ndarray)
    assert (o.dtype, lse.dtype, o.device) == (np.float16, np.float32, q.device)
    assert_right(o.get(), lse.get(), arrays)


def test_cupy_strides(cupy):
    arrays = problem()
    q, k, v = map(cupy.asarray, arrays)
    expected = rdattn.attention(q, k, v, PATTERN)
    backwards = [cupy.ascontiguousarray(x[:, ::-1])[:, ::-1] for x in (q, k, v)]
    assert backwards[0].strides[1] < 0
    moved = [cupy.ascontiguousarray(x.transpose(0, 2, 1, 3)) for x in (q, k, v)]
    for given in (backwards, [x.transpose(0, 2, 1, 3) for x in moved]):
        o, lse = rdattn.attention(*given, PATTERN, return_lse=True)
        assert_right(o.get(), lse.get(), arrays)
    assert expected.flags.c_contiguous
    with pytest.raises(ValueError, match=r"q's last dimension must be contiguous, not strided by"):
        rdattn.attention(q[..., ::2], k[..., :32], v, PATTERN)
    with pytest.raises(TypeError, match=r"q is a CuPy array and v is a NumPy array"):
        rdattn.attention(q, k, arrays[2], PATTERN)
    with pytest.raises(TypeError, match=r"q must hold float32, float16 or bfloat16, not float64"):
        rdattn.attention(q.astype(np.float64), k, v, PATTERN)


def test_cupys_current_stream(cupy):
    q, k, v = map(cupy.asarray, problem())
    expected = rdattn.attention(q, k, v, PATTERN)
    wait = cupy.RawKernel(
        'extern "C" __global__ void wait() { long long begin = clock64();'
        " while (clock64() - begin < 200000000) {} }",
        "wait",
    )
    late, stream = cupy.zeros_like(q), cupy.cuda.Stream(non_blocking=True)
    wait.compile()
    cupy.cuda.Device().synchronize()
    with stream:
        wait((1,), (1,), ())
        late[...] = q
        o = rdattn.attention(late, k, v, PATTERN)
        assert not stream.done
    stream.synchronize()
    np.testing.assert_array_equal(o.get(), expected.get())


def test_cupy_needs_no_torch(cupy):
    code = """
import sys
sys.modules["torch"] = None
import cupy, rdattn
x = cupy.ones((1, 64, 2, 16), dtype=cupy.float16)
o = rdattn.attention(x, x, x, rdattn.Pattern([rdattn.Segment(64)]))
print(type(o).__module__.partition(".")[0], float(o.sum()))
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["cupy", "2048.0"]


# -- JAX and Numba: results are torch tensors -------------------------------------------------


@pytest.fixture
def jax():
    os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")
    jax = pytest.importorskip("jax", reason="JAX is not installed", exc_type=ImportError)
    if jax.default_backend() != "gpu":
        pytest.skip("JAX has no GPU")
    return jax


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_jax(jax, dtype):
    import torch

    for seed in range(3):
        arrays = [x.astype(jax.numpy.dtype(dtype)) for x in problem(seed)]
        given = [jax.numpy.asarray(x) * 1 for x in arrays]
        o, lse = rdattn.attention(*given, PATTERN, return_lse=True)
        del given
        assert (o.dtype, lse.dtype) == (getattr(torch, dtype), torch.float32)
        bits = o.cpu().view(torch.int16).numpy().view(arrays[0].dtype)
        assert_right(bits, lse.cpu().numpy(), arrays)


def test_jax_on_the_cpu(jax):
    x = jax.device_put(np.ones((1, 8, 1, 16), np.float16), jax.devices("cpu")[0])
    with pytest.raises(ValueError, match=r"q is an array of jax\w* that is not on a CUDA device"):
        rdattn.attention(x, x, x, PATTERN)


def test_numba():
    numba_cuda = pytest.importorskip("numba.cuda", reason="Numba has no CUDA", exc_type=ImportError)
    arrays = problem()
    stream = numba_cuda.stream()
    given = [numba_cuda.to_device(x, stream=stream) for x in arrays]
    for _ in range(2):
        o, lse = rdattn.attention(*given, PATTERN, return_lse=True)
        assert_right(o.cpu().numpy(), lse.cpu().numpy(), arrays)
    assert native().repeat(PATTERN, False, True, None, "auto", None, *given, None) is None


def test_a_torch_tensor_that_came_by_dlpack(cupy):
    import torch

    arrays = problem()
    given = [torch.from_dlpack(cupy.asarray(x)) for x in arrays]
    o, lse = rdattn.attention(*given, PATTERN, return_lse=True)
    assert_right(o.cpu().numpy(), lse.cpu().numpy(), arrays)
