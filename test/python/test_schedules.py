"""Schedules set by hand compute the same attention."""

import itertools

import pytest

import rdattn
from rdattn import Pattern, Segment
from rdattn._schedule import normalise

FORMS = [
    {"keys": 112, "stages": 3, "pingpong": True, "order": "plain"},
    {"order": "plain", "pingpong": True, "keys": 112, "stages": 3},
    "keys = 112, stages = 3, pingpong = true, order = plain",
    "#rdattn.sm90<keys=112,stages=3,pingpong=true,order=plain>",
]


FORMS_OF_SM80 = [
    {"keys": 32, "queries": 128, "warpgroups": 2},
    "queries = 128, warpgroups = 2, keys = 32",
    "#rdattn.sm80<queries = 128, keys = 32, warpgroups = 2>",
]


@pytest.mark.parametrize("form", FORMS)
def test_forms(form):
    expected = '{"keys": 112, "stages": 3, "pingpong": true, "order": "plain"}'
    assert normalise(form) == expected


@pytest.mark.parametrize("form", FORMS_OF_SM80)
def test_forms_of_sm80(form):
    assert normalise(form) == '{"queries": 128, "keys": 32, "warpgroups": 2}'


def compile(schedule, head_dim=64, *, dtype="bfloat16", target="cuda-sm90a", **options):
    pattern = Pattern([Segment(400), Segment(600, dilation=2, order="hilbert"), Segment(500)])
    return rdattn.compile(
        pattern, dtype=dtype, head_dim=head_dim, return_lse=True, target=target,
        schedule=schedule, **options,
    )  # fmt: skip


def test_what_is_set_is_in_the_ir():
    first, *others = map(compile, FORMS)
    assert all(other is first for other in others)
    launch = first.ir("launch")
    for field in ("keys = 112", "stages = 3", "pingpong = true", "plain"):
        assert field in launch
    assert compile(None).ir("launch") != launch


@pytest.mark.parametrize(
    ("dtype", "target"),
    [("bfloat16", "cuda-sm80"), ("float32", "cuda-sm80"), ("float32", "cuda-sm90a")],
)
def test_what_is_set_for_sm80_is_in_the_ir(dtype, target):
    kernels = [compile(form, dtype=dtype, target=target) for form in FORMS_OF_SM80]
    assert all(kernel is kernels[0] for kernel in kernels)
    launch = kernels[0].ir("launch")
    for field in ("#rdattn.sm80<", "queries = 128", "keys = 32", "warpgroups = 2"):
        assert field in launch


def test_each_target_has_its_kernels():
    hopper, others, exact = (
        compile(None, dtype=dtype, target=target).ir("rdtile")
        for dtype, target in (
            ("bfloat16", "cuda-sm90a"), ("bfloat16", "cuda-sm80"), ("float32", "cuda-sm90a"),
        )
    )  # fmt: skip
    assert '"sm_90a"' in hopper
    for text in (others, exact):
        assert '"sm_80"' in text
        assert "sm_90" not in text


SCHEDULES = [
    {"consumers": 1},
    *({"consumers": n, "pingpong": p} for n, p in itertools.product((2, 3), (False, True))),
    *({"keys": n} for n in (16, 48, 64)),
    *({"keys": n, "consumers": 2} for n in (176, 240)),
    *({"stages": n, "keys": 64} for n in (1, 3, 4)),
    *({"lanes": n} for n in (1, 2, 4, 8)),
    *({"order": "longest_first", "group": n} for n in (0, 1, 5, 32)),
    {"order": "plain"},
]


@pytest.mark.parametrize("schedule", SCHEDULES, ids=normalise)
@pytest.mark.parametrize("causal", [False, True])
def test_results(hopper, schedule, causal):
    import dense
    import on_gpu

    kernel = compile(schedule, causal=causal)
    given = on_gpu.inputs(2, 1400, 3)
    dense.assert_within(kernel(*given), *given, kernel.pattern, causal=causal)


@pytest.mark.parametrize("schedule", [{"keys": 48}, {"stages": 1, "keys": 64}, {"consumers": 1}])
@pytest.mark.parametrize("head_dim", [40, 128, 256])
def test_results_of_other_head_sizes(hopper, schedule, head_dim):
    import dense
    import on_gpu

    kernel = compile(schedule, head_dim, causal=True)
    given = on_gpu.inputs(2, 1400, 3, head_dim=head_dim)
    dense.assert_within(kernel(*given), *given, kernel.pattern, causal=True)


SCHEDULES_OF_SM80 = [
    None,
    *({"queries": 64 * n, "warpgroups": n, "keys": 64} for n in (1, 2, 4)),
    *({"queries": 128 * n, "warpgroups": n, "keys": 64} for n in (1, 2)),
    *({"keys": n} for n in (32, 64, 96)),
    *({"stages": n, "keys": 32} for n in (1, 3, 4)),
    *({"order": "longest_first", "group": n} for n in (0, 5)),
    {"order": "plain"},
]


@pytest.mark.parametrize("schedule", SCHEDULES_OF_SM80, ids=str)
@pytest.mark.parametrize("causal", [False, True])
def test_results_of_sm80(gpu, schedule, causal):
    import dense
    import on_gpu

    kernel = compile(schedule, target="cuda-sm80", causal=causal)
    given = on_gpu.inputs(2, 1400, 3)
    dense.assert_within(kernel(*given), *given, kernel.pattern, causal=causal)


@pytest.mark.parametrize("schedule", [None, {"stages": 1}, {"keys": 16, "warpgroups": 1}], ids=str)
@pytest.mark.parametrize("head_dim", [40, 128, 256])
@pytest.mark.parametrize("dtype", ["bfloat16", "float32"])
def test_results_of_sm80_and_other_head_sizes(gpu, schedule, head_dim, dtype):
    import torch

    import dense
    import on_gpu

    if schedule and "keys" in schedule:
        schedule = schedule | {"queries": 64}
    kernel = compile(schedule, head_dim, dtype=dtype, target="cuda-sm80", causal=True)
    given = on_gpu.inputs(2, 1400, 3, head_dim=head_dim, dtype=getattr(torch, dtype))
    dense.assert_within(kernel(*given), *given, kernel.pattern, causal=True)
