"""Modules compiled ahead of time: `rdattn.load` opens one and its functions are called."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

from . import _run, _tensors
from ._errors import Error
from ._library import native
from ._place import locate
from ._shapes import Sizes
from .pattern import Pattern
from .ring import Group


class Function:
    """One attention of a module. Sizes that the module leaves open are None."""

    def __init__(self, handle: Any) -> None:
        self._native = handle
        signature = handle.signature()
        self.name: str = signature["name"]
        self.dtype: str = _tensors.DTYPES[signature["dtype"]]
        self.sizes: dict[str, int | None] = {
            name: None if size < 0 else size for name, size in signature["sizes"].items()
        }
        self.return_lse: bool = signature["has_lse"]
        self.takes_scale: bool = signature["has_scale"]
        self.needs_plan: bool = signature["needs_plan"]
        self.takes_ring: bool = signature["has_ring"]
        self.target: str = signature["target"]
        definition = signature["definition"]
        self.definition: dict[str, Any] | None = (
            None if definition is None else json.loads(definition)
        )

    @property
    def pattern(self) -> Pattern | None:
        """The pattern it was compiled from, where the module still says it."""
        if self.definition is None:
            return None
        return Pattern.from_json(json.dumps(self.definition["pattern"]))

    def __call__(
        self,
        q: Any,
        k: Any,
        v: Any,
        *,
        scale: float | None = None,
        ring: Group | Any | None = None,
        tokens: int | None = None,
    ) -> Any:
        """o [B,S,H,Dv], or (o, lse [B,H,S]) where the function writes lse.

        A function that runs on a ring takes it, as `rdattn.attention` does. Raises what
        `rdattn.attention` raises, and ValueError for a size or scale that the function fixes.
        """
        self._check_options(scale, ring)
        called = self, False, self.return_lse, ring, None, tokens
        result = native().repeat(*called, q, k, v, scale)
        if isinstance(result, int):
            tokens = result
        elif result is not None:
            return result
        given = _run.inputs(q, k, v)
        given.check_target(f"function {self.name!r}", self.target)
        if given.dtype != self.dtype:
            raise TypeError(f"function {self.name!r} takes {self.dtype}, not {given.dtype}")
        self._check(given.sizes)
        place = locate(ring, tokens, given.sizes.tokens, given.device)
        return _run.run(self._native, given, called, scale=scale, place=place)

    def _check_options(self, scale: float | None, ring: object) -> None:
        if self.needs_plan:
            raise Error(f"function {self.name!r} takes a plan; use rdattn.compile for its pattern")
        if scale is not None and not self.takes_scale:
            raise ValueError(f"function {self.name!r} has its scale compiled in")
        if ring is not None and not self.takes_ring:
            raise ValueError(f"ring was given, but function {self.name!r} is for one device")
        if ring is None and self.takes_ring:
            raise ValueError(f"ring is missing: function {self.name!r} runs on one")

    def _check(self, sizes: Sizes) -> None:
        for name, size in self.sizes.items():
            if size is not None and getattr(sizes, name) != size:
                raise ValueError(
                    f"function {self.name!r} takes {name} = {size}, not {getattr(sizes, name)}"
                )

    def __repr__(self) -> str:
        return f"Function({self.name!r}, dtype={self.dtype!r}, sizes={self.sizes!r})"


class Module:
    """The functions of a module file, by name: ``module["attention"](q, k, v)``."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = os.fspath(path)
        handles = native().Module(self.path).functions()
        self._functions = {f.name: f for f in map(Function, handles)}

    def __getitem__(self, name: str) -> Function:
        try:
            return self._functions[name]
        except KeyError:
            raise KeyError(f"{self.path} has no function {name!r}, only {list(self)}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._functions)

    def __len__(self) -> int:
        return len(self._functions)

    def __call__(self, q: Any, k: Any, v: Any, **options: Any) -> Any:
        """Calls the only function of the module."""
        if len(self) != 1:
            raise Error(f"{self.path} has {len(self)} functions; name one of {list(self)}")
        return next(iter(self._functions.values()))(q, k, v, **options)

    def __repr__(self) -> str:
        return f"Module({self.path!r}, functions={list(self)})"


def load(path: str | os.PathLike[str]) -> Module:
    """Opens a module written by rdattn-translate.

    Raises Error where the file cannot be read, is no module or a damaged one, or was compiled for
    another version or for a CPU that has more features.
    """
    return Module(path)
