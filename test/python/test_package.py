"""Explanations, pictures, IR and the package itself."""

import re
from importlib import resources

import numpy as np
import pytest

import rdattn
from rdattn import Branch, Pattern, Segment
from rdattn.explain import render

SEED = Pattern(
    [Segment(2048), Segment(4096, dilation=2, order="hilbert"), Segment(8192, dilation=4)]
)


def test_version_and_names():
    assert re.fullmatch(r"\d+\.\d+\.\d+", rdattn.__version__)
    for name in rdattn.__all__:
        assert getattr(rdattn, name).__doc__
    assert (resources.files(rdattn) / "py.typed").is_file()
    with pytest.raises(AttributeError, match=r"has no attribute 'nothing'"):
        _ = rdattn.nothing


# -- explain ----------------------------------------------------------------------------------


def test_render():
    group = {"branch": 0, "first": 0, "length": 2048, "times": -1, "dilation": 1}
    group |= {"order": [32, 64], "window": None, "pairs": 1234567, "flops": 2e9, "items": 3}
    total = {"pairs": 1234567, "dense_pairs": 4938268, "flops": 12_345_678_900, "bytes": 456}
    assert render(total | {"items": 3, "groups": [group]}).splitlines() == [
        "allowed pairs  1,234,567 (25.00% of full attention's)",
        "arithmetic     12.35 GFLOP",
        "memory         456 B read and written once",
        "tiles          3",
        "",
        "branch  first token  length   times  dilation          order  window  allowed pairs"
        "  FLOP  tiles",
        "     0            0   2,048  repeat         1  hilbert 32x64       -      1,234,567"
        "   2 G      3",
    ]


def test_explain_counts_the_pairs():
    text = SEED.explain(batch=2, heads=4, kv_heads=2, head_dim=64)
    assert repr(text) == text
    pairs = 2 * 4 * (2048 * 2048 + 4096 * 2048 + 8192 * 2048)
    assert f"{pairs:,}" in text
    causal = 2 * 4 * (2048 * 2049 // 2 + 2 * 2048 * 2049 // 2 + 4 * 2048 * 2049 // 2)
    assert f"{causal:,}" in SEED.explain(batch=2, heads=4, kv_heads=2, head_dim=64, causal=True)


@pytest.mark.parametrize(("head_dim", "queries"), [(64, 192), (128, 128)])
def test_explain_counts_the_tiles_of_the_target(head_dim, queries):
    """7 classes of 2048 rows, in tiles of the default schedule."""
    text = SEED.explain(heads=4, head_dim=head_dim, target="cuda")
    tiles = re.search(r"^tiles +([\d,]+)$", text, re.MULTILINE)
    assert int(tiles[1].replace(",", "")) == 4 * 7 * -(-2048 // queries)


# -- plot -------------------------------------------------------------------------------------


def test_plot_writes_a_figure(pyplot, tmp_path):
    ax = SEED.plot(causal=True)
    ax.figure.savefig(tmp_path / "pattern.png")
    assert (tmp_path / "pattern.png").stat().st_size > 1000
    assert ax.get_title() == "14336 tokens, causal"


def test_plot_draws_on_given_axes(pyplot):
    _, ax = pyplot.subplots()
    assert Pattern([Segment(8)]).plot(ax, tokens=5) is ax
    assert len(ax.images) == 1


def test_image_shows_the_allowed_pairs():
    from rdattn.plot import image
    from rdattn.reference import allowed_pairs

    branch = Branch([Segment(20, dilation=3), Segment(30, window=2)], offsets="per_head")
    pattern = Pattern(branches=[branch])
    i = np.arange(45)
    for head in range(2):
        options = {"tokens": 45, "causal": True, "head": head, "heads": 2}
        coloured = (image(pattern, **options, max_size=64) < 1).any(axis=2)
        assert (coloured == allowed_pairs(branch, i[:, None], i, **options)).all()


def test_image_keeps_its_size_and_density():
    from rdattn.plot import image

    pixels = image(SEED, tokens=14336, causal=False, head=0, heads=1, max_size=128)
    assert pixels.shape == (128, 128, 3)
    coloured = (pixels < 1).any(axis=2).mean()
    density = (2048**2 + 4096**2 / 2 + 8192**2 / 4) / 14336**2
    assert coloured == pytest.approx(density, rel=0.2)


# -- Kernels ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "own"),
    [
        ("cpu", ["cpu"]),
        ("cuda", ["rdtile", "nvvm"]),
        ("cuda-sm90a", ["rdtile", "nvvm"]),
        ("cuda-sm80", ["rdtile", "nvvm"]),
    ],
)
def test_a_kernel_shows_itself_at_every_level(target, own):
    kernel = rdattn.compile(SEED, dtype="bfloat16", head_dim=64, causal=True, target=target)
    assert "causal=True" in repr(kernel)
    assert f"target={target!r}" in repr(kernel)
    levels = ("attention", "expanded", "launch", "bufferized", *own, "llvm")
    texts = [kernel.ir(level) for level in levels]
    assert len(set(texts)) == len(texts)
    # Nothing moves on one device.
    assert kernel.ir("scheduled") == kernel.ir("expanded")
    assert "rdattn." in texts[0]
    with pytest.raises(ValueError, match="level"):
        kernel.ir("rdtile" if target == "cpu" else "cpu")
