"""Run with the package of a build: PYTHONPATH=<build>/python python -m pytest test/python"""

import os
from collections.abc import Iterator

import ml_dtypes  # noqa: F401  (NumPy learns bfloat16)
import numpy as np
import pytest
from hypothesis import HealthCheck, settings

from rdattn import _tensors

# The same examples in every run; RDATTN_EXAMPLES=1000 tries other ones, and more.
EXAMPLES = os.environ.get("RDATTN_EXAMPLES")
settings.register_profile(
    "rdattn",
    deadline=None,
    derandomize=EXAMPLES is None,
    max_examples=int(EXAMPLES or 40),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.load_profile("rdattn")

GUARD = 64  # elements before and after each result


@pytest.fixture
def poisoned(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Results start as NaN, and lie between guards that must stay NaN."""
    bases = []

    def allocate(like, shape, *, float32=False):
        assert isinstance(like, np.ndarray)
        size = int(np.prod(shape))
        base = np.full(size + 2 * GUARD, np.nan, dtype=np.float32 if float32 else like.dtype)
        bases.append(base)
        return base[GUARD : GUARD + size].reshape(shape)

    monkeypatch.setattr(_tensors, "allocate", allocate)
    yield
    for base in bases:
        assert np.isnan(base[:GUARD]).all(), "wrote before the result"
        assert np.isnan(base[-GUARD:]).all(), "wrote past the result"
