"""Schedules set by hand: how a kernel cuts and orders its work."""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Mapping
from typing import Any

Schedule = Mapping[str, Any] | str

_COUNTS = ("queries", "keys", "stages", "consumers", "warpgroups", "lanes", "group")
_FIELDS = (*_COUNTS[:-1], "pingpong", "order", "group")
_ATTRIBUTE = re.compile(r"#rdattn\.sm(?:80|90)<(.*)>", re.DOTALL)


def normalise(schedule: Schedule) -> str:
    """The JSON object of a schedule, given as one of its forms; the compiler checks its limits.

    Raises:
        TypeError: neither a mapping nor text, or a value of another type.
        ValueError: an unknown field, or text that is not "field = value, ...".
    """
    if isinstance(schedule, str):
        schedule = _parse(schedule)
    if not isinstance(schedule, Mapping):
        raise TypeError(f"schedule must be a dict or a string, not {schedule!r}")
    fields = {name: _check(name, value) for name, value in schedule.items()}
    return json.dumps({name: fields[name] for name in _FIELDS if name in fields})


def _check(name: object, value: Any) -> Any:
    if name not in _FIELDS:
        raise ValueError(f"a schedule has no field {name!r}, only {', '.join(_FIELDS)}")
    if name == "pingpong":
        if not isinstance(value, bool):
            raise TypeError(f"schedule field 'pingpong' must be True or False, not {value!r}")
        return value
    if name == "order":
        if not isinstance(value, str):
            raise TypeError(f"schedule field 'order' must be a string, not {value!r}")
        return value
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise TypeError(f"schedule field {name!r} must be an int, not {value!r}")
    return operator.index(value)


def _parse(text: str) -> dict[str, Any]:
    """The fields of "keys = 112, pingpong = true", with or without the attribute around them."""
    wrapped = _ATTRIBUTE.fullmatch(text.strip())
    fields: dict[str, Any] = {}
    for field in (wrapped[1] if wrapped else text).split(","):
        name, equals, value = (part.strip() for part in field.partition("="))
        if not equals or not value or name in fields:
            raise ValueError(f"a schedule is 'field = value, ...', each field once, not {text!r}")
        fields[name] = _value(name, value)
    return fields


def _value(name: str, text: str) -> Any:
    if name in _COUNTS and text.isdecimal():
        return int(text)
    return {"true": True, "false": False}.get(text, text)
