"""The native libraries, loaded at first use so that `import rdattn` stays quick."""

from __future__ import annotations

from functools import cache
from types import ModuleType

from ._errors import Error


@cache
def native() -> ModuleType:
    """The native shell; Error where this installation has none or it cannot be loaded."""
    try:
        from . import _native
    except ImportError as error:
        raise Error(f"rdattn's compiled part cannot be loaded: {error}") from error
    return _native


def compile_count() -> int:
    """How many kernels were compiled to machine code in this process, and not found on disk."""
    return native().compile_count()


def plan_count() -> int:
    """How many plans (one per pattern and shape) were made in this process."""
    return native().plan_count()


def upload_count() -> int:
    """How many plans were copied to a GPU in this process."""
    return native().upload_count()
