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


@pytest.mark.parametrize("form", FORMS)
def test_forms(form):
    expected = '{"keys": 112, "stages": 3, "pingpong": true, "order": "plain"}'
    assert normalise(form) == expected


def compile(schedule, head_dim=64, **options):
    pattern = Pattern([Segment(400), Segment(600, dilation=2, order="hilbert"), Segment(500)])
    return rdattn.compile(
        pattern, dtype="bfloat16", head_dim=head_dim, return_lse=True, target="cuda",
        schedule=schedule, **options,
    )  # fmt: skip


def test_what_is_set_is_in_the_ir():
    first, *others = map(compile, FORMS)
    assert all(other is first for other in others)
    launch = first.ir("launch")
    for field in ("keys = 112", "stages = 3", "pingpong = true", "plain"):
        assert field in launch
    assert compile(None).ir("launch") != launch


SCHEDULES = [
    *({"consumers": n, "pingpong": p} for n, p in itertools.product((1, 2, 3), (False, True))),
    *({"keys": n} for n in (16, 48, 64, 176, 256)),
    *({"stages": n, "keys": 64} for n in (1, 3, 4)),
    *({"lanes": n} for n in (1, 2, 4, 8)),
    *({"order": "longest_first", "group": n} for n in (0, 1, 5, 32)),
    {"order": "plain"},
]


@pytest.mark.parametrize("schedule", SCHEDULES, ids=normalise)
@pytest.mark.parametrize("causal", [False, True])
def test_results(gpu, schedule, causal):
    import dense
    import on_gpu

    kernel = compile(schedule, causal=causal)
    given = on_gpu.inputs(2, 1400, 3)
    dense.assert_within(kernel(*given), *given, kernel.pattern, causal=causal)


@pytest.mark.parametrize("schedule", [{"keys": 48}, {"stages": 1, "keys": 64}, {"consumers": 1}])
@pytest.mark.parametrize("head_dim", [40, 128, 256])
def test_results_of_other_head_sizes(gpu, schedule, head_dim):
    import dense
    import on_gpu

    kernel = compile(schedule, head_dim, causal=True)
    given = on_gpu.inputs(2, 1400, 3, head_dim=head_dim)
    dense.assert_within(kernel(*given), *given, kernel.pattern, causal=True)
