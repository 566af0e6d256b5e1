"""Patterns as values and as JSON."""

import dataclasses
import json
import pickle

import numpy as np
import pytest
from hypothesis import given

from rdattn import Branch, Pattern, Segment
from rdattn._library import native
from strategies import patterns


def test_values_are_equal_hashable_and_frozen():
    a = Pattern([Segment(4, dilation=2, order=(2, 2))])
    b = Pattern(branches=(Branch([Segment(4, dilation=2, order=[2, 2])]),))
    assert a == b
    assert hash(a) == hash(b)
    assert a != Pattern([Segment(4)])
    assert a != Pattern(branches=a.branches, detach_mixing=True)
    for value, field in ((a, "branches"), (a.branches[0], "segments"), (Segment(3), "length")):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(value, field, None)


def test_repr_and_replace_and_pickle_make_the_same():
    pattern = Pattern(
        branches=[Branch([Segment(4, window=2)], repeat=True, offsets="per_head")],
        detach_mixing=True,
    )
    assert eval(repr(pattern)) == pattern
    assert pickle.loads(pickle.dumps(pattern)) == pattern
    assert not dataclasses.replace(pattern, detach_mixing=False).detach_mixing


def test_numpy_ints_are_ints():
    segment = Segment(np.int64(4), dilation=np.int32(2), window=np.uint8(3))
    assert segment == Segment(4, dilation=2, window=3)
    assert type(segment.length) is int


def test_length():
    once, twice = Branch([Segment(3), Segment(4)]), Branch([Segment(9)], repeat=True)
    assert Pattern(branches=[once]).length == 7
    assert Pattern(branches=[once, twice]).length == 7
    assert Pattern(branches=[twice, Branch([Segment(2)], repeat=True)]).length == 9


def test_defaults_are_left_out_of_json():
    pattern = Pattern([Segment(2048), Segment(4096, dilation=2, order="hilbert", window=64)])
    assert json.loads(pattern.to_json()) == {
        "branches": [
            {
                "segments": [
                    {"length": 2048},
                    {"length": 4096, "dilation": 2, "order": "hilbert", "window": 64},
                ]
            }
        ]
    }


def test_json_with_everything():
    text = """{"branches": [{"segments": [{"length": 6, "dilation": 1, "order": [2, 3]},
                                          {"length": 5, "order": "identity", "window": null}],
                             "repeat": true, "offsets": "per_head"}],
               "detach_mixing": false}"""
    branch = Branch([Segment(6, order=(2, 3)), Segment(5)], repeat=True, offsets="per_head")
    assert Pattern.from_json(text) == Pattern(branches=[branch])


@given(patterns())
def test_json_round_trip(pattern):
    assert Pattern.from_json(pattern.to_json()) == pattern


@given(patterns())
def test_the_compiler_reads_the_same_pattern(pattern):
    assert Pattern.from_json(native().pattern_check(pattern.to_json())) == pattern
