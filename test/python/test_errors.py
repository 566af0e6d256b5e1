"""Every error says in one sentence what is wrong."""

import sys

import ml_dtypes
import numpy as np
import pytest

import rdattn
from devices import why_no_gpu
from rdattn import Branch, Pattern, Segment
from rdattn._library import native
from strategies import inputs

INT64_MAX = 2**63 - 1
PATTERN = Pattern([Segment(100)])


# -- Patterns ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "error", "match"),
    [
        (lambda: Segment(2.0), TypeError, r"segment length must be an int, not 2.0"),
        (lambda: Segment("2"), TypeError, r"segment length must be an int, not '2'"),
        (lambda: Segment(True), TypeError, r"segment length must be an int, not True"),
        (lambda: Segment(None), TypeError, r"segment length must be an int, not None"),
        (lambda: Segment(0), ValueError, r"segment length must be at least 1, not 0"),
        (lambda: Segment(-4), ValueError, r"segment length must be at least 1, not -4"),
        (lambda: Segment(2**63), ValueError, r"segment length 9223372036854775808 does not fit"),
        (lambda: Segment(4, dilation=0), ValueError, r"dilation must be at least 1, not 0"),
        (lambda: Segment(4, dilation=1.5), TypeError, r"dilation must be an int, not 1.5"),
        (lambda: Segment(4, dilation=2**64), ValueError, r"dilation \d+ does not fit 64 bits"),
        (lambda: Segment(4, window=0), ValueError, r"window must be at least 1, not 0"),
        (lambda: Segment(4, window=False), TypeError, r"window must be an int, not False"),
        (lambda: Segment(4, window=2**63), ValueError, r"window \d+ does not fit 64 bits"),
        (lambda: Segment(4, order="zigzag"), ValueError, r"order must be .* not 'zigzag'"),
        (lambda: Segment(4, order=4), TypeError, r"order must be .* not 4"),
        (lambda: Segment(4, order=(2, 2, 2)), ValueError, r"a grid is \(rows, cols\)"),
        (lambda: Segment(4, order=(2, 2.0)), TypeError, r"grid cols must be an int, not 2.0"),
        (lambda: Segment(4, order=(0, 4)), ValueError, r"grid rows must be at least 1, not 0"),
        (
            lambda: Segment(5, order=(2, 2)),
            ValueError,
            r"a grid of 2 x 2 has 4 cells, too few for a segment of 5 tokens",
        ),
        (lambda: Segment(4, order=(2**32, 2**32)), ValueError, r"cells does not fit 64 bits"),
        (lambda: Branch([]), ValueError, r"segments must not be empty"),
        (lambda: Branch(Segment(4)), TypeError, r"segments must be a list of Segment objects"),
        (lambda: Branch([4]), TypeError, r"segments must hold Segment objects, not 4"),
        (lambda: Branch(7), TypeError, r"segments must be a list of Segment objects, not 7"),
        (lambda: Branch([Segment(4)], repeat=1), TypeError, r"repeat must be True or False"),
        (
            lambda: Branch([Segment(4)], offsets="some"),
            ValueError,
            r"offsets must be 'all' or 'per_head', not 'some'",
        ),
        (
            lambda: Branch([Segment(INT64_MAX), Segment(1)]),
            ValueError,
            r"lengths add up to 9223372036854775808, beyond 64 bits",
        ),
        (lambda: Pattern(), TypeError, r"takes segments or branches, one of the two"),
        (
            lambda: Pattern([Segment(4)], branches=[Branch([Segment(4)])]),
            TypeError,
            r"takes segments or branches, one of the two",
        ),
        (lambda: Pattern(branches=[]), ValueError, r"branches must not be empty"),
        (lambda: Pattern(branches=[Segment(4)]), TypeError, r"branches must hold Branch objects"),
        (
            lambda: Pattern([Segment(4)], detach_mixing=None),
            TypeError,
            r"detach_mixing must be True or False, not None",
        ),
    ],
)
def test_patterns(make, error, match):
    with pytest.raises(error, match=match):
        make()


@pytest.mark.parametrize(
    ("text", "error", "match"),
    [
        ("{", ValueError, r"the pattern is not JSON"),
        ("[]", TypeError, r"a pattern is a JSON object, not \[\]"),
        ("{}", ValueError, r"a pattern needs the key 'branches'"),
        ('{"branches": 3}', TypeError, r"branches is a JSON array, not 3"),
        ('{"branches": [], "x": 1}', ValueError, r"a pattern has no key 'x'"),
        ('{"branches": [{}]}', ValueError, r"a branch needs the key 'segments'"),
        ('{"branches": [{"segments": [{}]}]}', ValueError, r"a segment needs the key 'length'"),
        (
            '{"branches": [{"segments": [{"length": 4, "stride": 2}]}]}',
            ValueError,
            r"a segment has no key 'stride'",
        ),
        (
            '{"branches": [{"segments": [{"length": 4.5}]}]}',
            TypeError,
            r"segment length must be an int, not 4.5",
        ),
        (
            '{"branches": [{"segments": [{"length": 4}], "repeat": "yes"}]}',
            TypeError,
            r"repeat must be True or False, not 'yes'",
        ),
    ],
)
def test_json(text, error, match):
    with pytest.raises(error, match=match):
        Pattern.from_json(text)


# -- Tensors ----------------------------------------------------------------------------------


def attend(q=None, k=None, v=None, pattern=PATTERN, **options):
    given = inputs(tokens=6, heads=2)
    q, k, v = (x if y is None else y for x, y in zip(given, (q, k, v), strict=True))
    return rdattn.attention(q, k, v, pattern, **options)


def like(*shape, dtype=np.float32):
    return np.zeros(shape, dtype=dtype)


@pytest.mark.parametrize(
    ("changed", "error", "match"),
    [
        (
            {"q": [[1.0]]},
            TypeError,
            r"q must be a NumPy array, a torch tensor or an array on a CUDA device, not list",
        ),
        ({"v": None, "k": 3}, TypeError, r"k must be a NumPy array, .* not int"),
        (
            {"q": np.ma.masked_array(like(1, 6, 2, 8))},
            TypeError,
            r"q must be a NumPy array, .* not MaskedArray",
        ),
        (
            {"q": like(1, 6, 2, 8, dtype=np.float64)},
            TypeError,
            r"q must hold float32, float16 or bfloat16, not float64",
        ),
        ({"k": like(1, 6, 2, 8, dtype=">f4")}, TypeError, r"k must hold float32, .* not >f4"),
        (
            {"k": like(1, 6, 2, 8, dtype=np.float16)},
            TypeError,
            r"q is float32 and k is float16; pass one dtype",
        ),
        (
            {"v": like(1, 6, 2, 8, dtype=ml_dtypes.bfloat16)},
            TypeError,
            r"q is float32 and v is bfloat16; pass one dtype",
        ),
        (
            {"q": like(6, 2, 8)},
            ValueError,
            r"q must be \[batch, tokens, heads, head_dim\], not \[6, 2, 8\]",
        ),
        ({"k": like(2, 6, 2, 8)}, ValueError, r"q, k and v differ in batch: 1, 2 and 1"),
        ({"v": like(1, 7, 2, 8)}, ValueError, r"q, k and v differ in tokens: 6, 6 and 7"),
        ({"k": like(1, 6, 2, 9)}, ValueError, r"q and k differ in head_dim: 8 and 9"),
        ({"v": like(1, 6, 1, 8)}, ValueError, r"k and v differ in heads: 2 and 1"),
        (
            {"q": like(1, 6, 3, 8)},
            ValueError,
            r"q's 3 heads are not a multiple of k's 2",
        ),
        (
            {"k": like(1, 6, 0, 8), "v": like(1, 6, 0, 8)},
            ValueError,
            r"q's 2 heads are not a multiple of k's 0",
        ),
        (
            {"q": like(1, 6, 2, 0), "k": like(1, 6, 2, 0)},
            ValueError,
            r"head_dim must be at least 1",
        ),
        ({"v": like(1, 6, 2, 0)}, ValueError, r"head_dim must be at least 1"),
        (
            {"k": like(1, 6, 2, 16)[..., ::2]},
            ValueError,
            r"k's last dimension must be contiguous, not strided by 2",
        ),
        (
            {"v": like(1, 6, 8, 2).transpose(0, 1, 3, 2)},
            ValueError,
            r"v's last dimension must be contiguous, not strided by 2",
        ),
        (
            {"q": np.zeros(4 * 96 + 1, dtype=np.uint8)[1:].view(np.float32).reshape(1, 6, 2, 8)},
            ValueError,
            r"q is not aligned to its elements of 4 bytes",
        ),
        ({"pattern": [2048]}, TypeError, r"pattern must be a Pattern, not \[2048\]"),
        (
            {"pattern": Pattern([Segment(5)])},
            ValueError,
            r"6 tokens are more than the pattern's 5: lengthen the pattern or let",
        ),
        ({"scale": "1"}, TypeError, r"scale must be a number, not '1'"),
        ({"scale": True}, TypeError, r"scale must be a number, not True"),
        ({"scale": np.nan}, ValueError, r"scale must be a finite 32-bit float, not nan"),
        ({"scale": -np.inf}, ValueError, r"scale must be a finite 32-bit float, not -inf"),
        ({"scale": 1e39}, ValueError, r"scale must be a finite 32-bit float, not 1e\+39"),
    ],
)
def test_attention(changed, error, match):
    with pytest.raises(error, match=match):
        attend(**changed)


class Foreign:
    """What another library's array shows."""

    def __init__(self, device):
        self.device = device

    def __dlpack_device__(self):
        return self.device


def test_other_libraries_arrays():
    q, k, _ = inputs(tokens=6)
    foreign = Foreign((1, 0))
    with pytest.raises(TypeError, match=r"q is a NumPy array and v is an array of test_errors"):
        rdattn.attention(q, k, foreign, PATTERN)
    pytest.importorskip("torch", reason="torch is not installed")
    with pytest.raises(ValueError, match=r"q is an array of test_errors that is not on a CUDA"):
        rdattn.attention(foreign, foreign, foreign, PATTERN)


def test_other_libraries_arrays_need_torch(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    foreign = Foreign((2, 0))
    with pytest.raises(rdattn.Error, match=r"torch tensors, but torch is not installed"):
        rdattn.attention(foreign, foreign, foreign, PATTERN)


def test_a_last_dimension_of_one_has_any_stride():
    one = like(1, 6, 2, 4)[..., ::4]
    assert attend(q=one, k=one, v=one).shape == (1, 6, 2, 1)


@pytest.mark.parametrize(
    ("changed", "error", "match"),
    [
        ({"q": like(6, 2, 8)}, ValueError, r"q must be \[batch, tokens, heads, head_dim\]"),
        ({"pattern": None}, TypeError, r"pattern must be a Pattern, not None"),
        ({"scale": np.inf}, ValueError, r"scale must be a finite 32-bit float"),
        ({"rows": [0.5]}, TypeError, r"rows must be a list of ints"),
        ({"rows": [[0]]}, TypeError, r"rows must be a list of ints"),
        ({"rows": [6]}, ValueError, r"rows must lie in 0 .. 5"),
        ({"rows": [-1]}, ValueError, r"rows must lie in 0 .. 5"),
        ({"v": like(1, 6, 2, 8, dtype=complex)}, TypeError, r"v must hold real numbers"),
    ],
)
def test_reference(changed, error, match):
    q, k, v = inputs(tokens=6, heads=2)
    arguments = {"q": q, "k": k, "v": v, "pattern": PATTERN} | changed
    with pytest.raises(error, match=match):
        rdattn.reference(**arguments)


# -- Kernels ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "error", "match"),
    [
        ({"pattern": "x"}, TypeError, r"pattern must be a Pattern, not 'x'"),
        ({"dtype": "float64"}, ValueError, r"dtype must be float32, float16 or bfloat16"),
        ({"dtype": np.int32}, ValueError, r"dtype must be .* not int32"),
        ({"dtype": "half-baked"}, ValueError, r"dtype must be .* not half-baked"),
        ({"head_dim": 0}, ValueError, r"head_dim must be at least 1, not 0"),
        ({"head_dim": 8.0}, TypeError, r"head_dim must be an int, not 8.0"),
        ({"value_dim": -1}, ValueError, r"value_dim must be at least 1, not -1"),
        (
            {"target": "tpu"},
            ValueError,
            r"target must be one of 'cpu', 'cuda', 'cuda-sm90a', 'cuda-sm80', not 'tpu'",
        ),
        ({"schedule": {"keys": 64}}, ValueError, r"a schedule is for CUDA"),
        (
            {"target": "cuda", "schedule": 64},
            TypeError,
            r"schedule must be a dict or a string, not 64",
        ),
        (
            {"target": "cuda", "schedule": {"rows": 64}},
            ValueError,
            r"a schedule has no field 'rows', only queries, keys, stages, consumers, warpgroups",
        ),
        (
            {"target": "cuda", "schedule": {"keys": 64.0}},
            TypeError,
            r"schedule field 'keys' must be an int, not 64.0",
        ),
        (
            {"target": "cuda", "schedule": {"stages": True}},
            TypeError,
            r"schedule field 'stages' must be an int, not True",
        ),
        (
            {"target": "cuda", "schedule": "keys = many"},
            TypeError,
            r"schedule field 'keys' must be an int, not 'many'",
        ),
        (
            {"target": "cuda", "schedule": {"pingpong": 1}},
            TypeError,
            r"schedule field 'pingpong' must be True or False, not 1",
        ),
        (
            {"target": "cuda", "schedule": {"order": 1}},
            TypeError,
            r"schedule field 'order' must be a string, not 1",
        ),
        (
            {"target": "cuda", "schedule": "keys 64"},
            ValueError,
            r"a schedule is 'field = value, ...', each field once, not 'keys 64'",
        ),
        (
            {"target": "cuda", "schedule": "keys = 64, keys = 80"},
            ValueError,
            r"a schedule is 'field = value, ...', each field once",
        ),
    ],
)
def test_compile(changed, error, match):
    arguments = {"pattern": PATTERN, "dtype": "float32", "head_dim": 8} | changed
    with pytest.raises(error, match=match):
        rdattn.compile(**arguments)


def test_a_kernel_takes_what_it_was_compiled_for():
    kernel = rdattn.compile(PATTERN, dtype="float32", head_dim=8)
    with pytest.raises(TypeError, match=r"the kernel takes float32, not float16"):
        kernel(*inputs(tokens=6, dtype="float16"))
    with pytest.raises(ValueError, match=r"the kernel's head_dim is 8, not 16"):
        kernel(*inputs(tokens=6, head_dim=16))
    with pytest.raises(ValueError, match=r"the kernel's value_dim is 8, not 4"):
        kernel(*inputs(tokens=6, value_dim=4))
    with pytest.raises(ValueError, match=r"101 tokens are more than the pattern's 100"):
        kernel(*inputs(tokens=101))
    with pytest.raises(ValueError, match=r"level"):
        kernel.ir("assembly")


# -- What CUDA kernels do not take -------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "match"),
    [
        ({"head_dim": 257}, r"256"),
        ({"value_dim": 257}, r"256"),
        ({"schedule": {"keys": 100}}, r"keys"),
        ({"schedule": {"keys": 272}}, r"keys"),
        ({"schedule": {"stages": 0}}, r"stages"),
        ({"schedule": {"consumers": 4}}, r"consumers"),
        ({"schedule": {"lanes": 3}}, r"lanes"),
        ({"schedule": {"order": "shortest_first"}}, r"order"),
        ({"schedule": {"group": -1}}, r"group"),
        ({"schedule": {"keys": 256, "stages": 4}}, r"shared memory"),
        ({"schedule": {"warpgroups": 2}}, r"unknown schedule field 'warpgroups'; fields are keys"),
        ({"target": "cuda-sm80", "schedule": {"keys": 24}}, r"keys"),
        ({"target": "cuda-sm80", "schedule": {"warpgroups": 5}}, r"warpgroups"),
        ({"target": "cuda-sm80", "schedule": {"keys": 256, "stages": 4}}, r"shared memory"),
        (
            {"target": "cuda-sm80", "schedule": {"lanes": 8}},
            r"unknown schedule field 'lanes'; fields are queries, keys, stages, warpgroups",
        ),
        ({"dtype": "float32", "schedule": {"consumers": 2}}, r"unknown schedule field 'consumers'"),
    ],
)
def test_compile_for_cuda(changed, match):
    arguments = {"pattern": PATTERN, "dtype": "bfloat16", "head_dim": 128, "target": "cuda-sm90a"}
    with pytest.raises((ValueError, rdattn.Error), match=match):
        rdattn.compile(**arguments | changed)


@pytest.mark.skipif(why_no_gpu() is None, reason="this machine has a GPU")
def test_no_target_suits_a_device_that_is_not_there():
    with pytest.raises((rdattn.Error, ValueError), match=r"CUDA driver|device|compute capability"):
        native().cuda_target(99)


def test_a_cuda_kernel_takes_tensors_on_the_gpu():
    kernel = rdattn.compile(PATTERN, dtype="float16", head_dim=8, target="cuda")
    with pytest.raises(ValueError, match=r"compiled for target 'cuda', but .* are on the CPU"):
        kernel(*inputs(tokens=6, dtype="float16"))


# -- Costs, pictures and modules --------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "error", "match"),
    [
        ({"tokens": 101}, ValueError, r"101 tokens are more than the pattern's 100"),
        ({"batch": 0}, ValueError, r"batch must be at least 1, not 0"),
        ({"heads": 1.0}, TypeError, r"heads must be an int, not 1.0"),
        ({"heads": 3, "kv_heads": 2}, ValueError, r"3 heads are not a multiple of 2"),
        ({"dtype": "int8"}, ValueError, r"dtype must be .* not int8"),
        ({"target": "tpu"}, ValueError, r"target must be one of 'cpu', 'cuda', .*, not 'tpu'"),
        ({"target": "cuda", "head_dim": 257}, rdattn.Error, r"D = 257 exceeds the limit of CUDA"),
    ],
)
def test_explain(changed, error, match):
    with pytest.raises(error, match=match):
        PATTERN.explain(**changed)


@pytest.mark.parametrize(
    ("changed", "error", "match"),
    [
        ({"tokens": 0}, ValueError, r"tokens must be at least 1, not 0"),
        ({"tokens": 101}, ValueError, r"101 tokens are more than the pattern's 100"),
        ({"head": 1}, ValueError, r"head must lie in 0 .. 0, not 1"),
        ({"max_size": 0}, ValueError, r"max_size must be at least 1, not 0"),
    ],
)
def test_plot(changed, error, match):
    with pytest.raises(error, match=match):
        PATTERN.plot(**changed)


def test_load(tmp_path):
    missing = tmp_path / "missing.so"
    with pytest.raises(rdattn.Error, match=r"missing\.so"):
        rdattn.load(missing)
    garbage = tmp_path / "garbage.so"
    garbage.write_bytes(b"\x7fELF" + bytes(1000))
    with pytest.raises(rdattn.Error, match=r"garbage\.so"):
        rdattn.load(garbage)
    with pytest.raises(TypeError):
        rdattn.load(7)
