"""Modules compiled ahead of time, opened in Python."""

import functools
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

import rdattn
import rings
from devices import to_torch
from rdattn import Pattern, Segment, _run, ring
from strategies import inputs

PATTERN = Pattern([Segment(30), Segment(40, dilation=2)])
BESIDE_THE_BUILD = Path(rdattn.__path__[0]).parent.parent / "bin"
TRANSLATE = shutil.which("rdattn-translate", path=f"{BESIDE_THE_BUILD}:{os.environ['PATH']}")

pytestmark = pytest.mark.skipif(
    TRANSLATE is None, reason="rdattn-translate is neither in the build nor on the PATH"
)


def translate(text: str, path: Path, target: str = "cpu") -> Path:
    subprocess.run(
        [TRANSLATE, "--rdattn-to-shared-library", f"--target={target}", "-", "-o", path],
        input=text,
        text=True,
        check=True,
        timeout=120,
    )
    return path


def compile(target, **options):
    dtype = {"cpu": "float32", "cuda": "float16"}[target]
    return rdattn.compile(
        PATTERN, dtype=dtype, head_dim=16, causal=True, return_lse=True, target=target, **options
    )


@pytest.fixture(scope="module")
def load(tmp_path_factory):
    """Loads the module of a target's kernel."""

    @functools.cache
    def load(target):
        path = tmp_path_factory.mktemp("module") / "attention.so"
        return rdattn.load(translate(compile(target).ir("attention"), path, target))

    return load


@pytest.fixture
def module(load):
    return load("cpu")


def test_a_module_computes_what_its_kernel_computes(device, load):
    kernel, module = compile(device.name), load(device.name)
    given = device.inputs(tokens=60, heads=4, kv_heads=2, head_dim=16)
    given = [device.put(x) for x in given]
    for call in (module, module["attention"], module):
        for a, b in zip(call(*given, scale=0.3), kernel(*given, scale=0.3), strict=True):
            np.testing.assert_allclose(device.get(a), device.get(b), atol=device.atol)


def test_a_module_for_cuda_opens_without_a_gpu(load):
    module = load("cuda")
    assert module["attention"].target == "cuda"
    assert module["attention"].pattern == PATTERN
    with pytest.raises(ValueError, match=r"compiled for target 'cuda', but .* are on the CPU"):
        module(*inputs(tokens=60, heads=2, head_dim=16, dtype="float16"))


def test_a_module_says_what_it_holds(module):
    assert list(module) == ["attention"]
    assert len(module) == 1
    function = module["attention"]
    assert function.pattern == PATTERN
    assert (function.dtype, function.target) == ("float32", "cpu")
    assert function.return_lse
    assert function.sizes == {
        "batch": None, "tokens": None, "heads": None, "kv_heads": None,
        "head_dim": 16, "value_dim": 16,
    }  # fmt: skip
    assert "attention" in repr(module)
    assert "float32" in repr(function)


def test_errors(module, tmp_path):
    with pytest.raises(KeyError, match=r"has no function 'other', only \['attention'\]"):
        module["other"]
    with pytest.raises(TypeError, match=r"function 'attention' takes float32, not float16"):
        module(*inputs(tokens=6, head_dim=16, dtype="float16"))
    with pytest.raises(ValueError, match=r"function 'attention' takes head_dim = 16, not 8"):
        module(*inputs(tokens=6, head_dim=8))
    with pytest.raises(ValueError, match=r"71"):
        module(*inputs(tokens=71, head_dim=16))
    cut = tmp_path / "cut.so"
    cut.write_bytes(Path(module.path).read_bytes()[:-100])
    with pytest.raises(rdattn.Error, match=r"cut\.so"):
        rdattn.load(cut)


def test_sizes_that_the_module_fixes(tmp_path):
    kernel = compile("cpu")
    text = kernel.ir("attention").replace("?x?x?x16x", "1x60x2x16x").replace("?x?x?x", "1x2x60x")
    module = rdattn.load(translate(text, tmp_path / "fixed.so"))
    q, k, v = inputs(tokens=60, heads=2, head_dim=16)
    for a, b in zip(module(q, k, v), kernel(q, k, v), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)
    with pytest.raises(ValueError, match=r"takes tokens = 60, not 59"):
        module(*inputs(tokens=59, heads=2, head_dim=16))


def shards(group, q, k, v):
    return (ring.shard(x, group.rank, group.size, "zigzag") for x in (q, k, v))


def on_a_ring(kernel, path, size, tokens, shape="?x?x?"):
    """The kernel's module for a ring of that size, with shards of that shape."""
    text = kernel.ir("attention")
    assert "!rdattn.ring<?, zigzag, tokens = ?>" in text
    text = text.replace("<?, zigzag, tokens = ?>", f"<{size}, zigzag, tokens = {tokens}>")
    batch, rows, heads = shape.split("x")
    text = text.replace("?x?x?x16x", f"{shape}x16x")
    text = text.replace("?x?x?xf32", f"{batch}x{heads}x{rows}xf32")
    function = rdattn.load(translate(text, path, kernel.target))["attention"]
    assert function.takes_ring
    return function


# With all of them known, the tables of all steps are in the module.
@pytest.mark.parametrize(
    ("size", "tokens", "shape"),
    [("?", "?", "?x?x?"), ("3", "?", "?x?x?"), ("?", "64", "?x?x?"), ("3", "64", "2x?x4")],
)
def test_a_ring_computes_what_its_kernel_computes(device, tmp_path, size, tokens, shape):
    kernel = compile(device.name, ring="zigzag")
    function = on_a_ring(kernel, tmp_path / "ring.so", size, tokens, shape)
    whole = device.inputs(batch=2, tokens=64, heads=4, head_dim=16)
    where = [0, 0, 0] if device.name == "cuda" else None

    def body(group):
        mine = [device.put(x) for x in shards(group, *whole)]
        results = [
            call(*mine, scale=0.3, ring=group, tokens=length)
            for call in (function, kernel)
            for length in (None, 64)
        ]
        group.synchronize()
        return [[device.get(x) for x in result] for result in results]

    for results in rings.run(3, body, devices=where):
        for result in results[1:]:
            for a, b in zip(result, results[0], strict=True):
                np.testing.assert_allclose(a, b, atol=device.atol)


@pytest.mark.parametrize("size", ["?", "3"])
@pytest.mark.parametrize("tokens", ["?", "64"])
def test_errors_of_a_module_for_a_ring(tmp_path, size, tokens):
    kernel = compile("cpu", ring="zigzag")
    function = on_a_ring(kernel, tmp_path / "ring.so", size, tokens)
    q, k, v = inputs(tokens=64, heads=4, kv_heads=2, head_dim=16)
    with pytest.raises(ValueError, match="ring is missing: function 'attention' runs on one"):
        function(q, k, v)
    with pytest.raises(ValueError, match="'attention' runs on one"):
        function(q, k, v, tokens=64)
    if size == "3":
        for error in rings.outcomes(2, lambda group: function(*shards(group, q, k, v), ring=group)):
            assert isinstance(error, (ValueError, rdattn.Error))
            assert "3" in str(error)


@pytest.mark.parametrize("length", [None, 64])
def test_a_module_for_a_ring_repeats_its_calls(device, tmp_path, monkeypatch, length):
    torch = pytest.importorskip("torch", reason="torch is not installed")
    function = on_a_ring(compile(device.name, ring="zigzag"), tmp_path / "ring.so", "?", "?")
    given = [to_torch(x, device.name) for x in device.inputs(tokens=64, heads=4, head_dim=16)]
    (group,) = ring.threads(1, devices=[0] if device.name == "cuda" else None)
    first = function(*given, ring=group, tokens=length)
    monkeypatch.setattr(_run, "inputs", None)
    for a, b in zip(function(*given, ring=group, tokens=length), first, strict=True):
        assert torch.equal(a, b)
    with pytest.raises(ValueError, match="ring is missing"):
        function(*given, tokens=length)
    group.close()
    with pytest.raises(ValueError, match="the ring is closed"):
        function(*given, ring=group, tokens=length)


def test_a_module_for_one_device_takes_no_ring(module):
    (group,) = ring.threads(1)
    q, k, v = inputs(tokens=60, heads=4, kv_heads=2, head_dim=16)
    with pytest.raises(ValueError, match="ring was given, but function 'attention' is for one"):
        module(q, k, v, ring=group)
    with pytest.raises(ValueError, match="tokens was given without a ring"):
        module(q, k, v, tokens=60)
