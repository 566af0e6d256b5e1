"""Run with the package of a build: PYTHONPATH=<build>/python python -m pytest test/python

Tests with the fixture `device` run on the CPU and, where there is one, on a GPU: -k cuda. On a
Hopper GPU, RDATTN_CUDA_ARCHITECTURE=sm_80 runs the kernels for all other GPUs instead of its own.
"""

import os
from collections.abc import Iterator

import ml_dtypes  # noqa: F401  (NumPy learns bfloat16)
import pytest
from hypothesis import HealthCheck, settings

import devices

# Tests count what is compiled.
os.environ["RDATTN_CACHE"] = "off"

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


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests of a `device` run on every kind that is here."""
    if "device" in metafunc.fixturenames:
        here = ["cpu"] if devices.why_no_gpu() else list(devices.DEVICES)
        metafunc.parametrize("device", here, indirect=True)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if reason := devices.why_no_gpu():
        terminalreporter.write_line(f"nothing ran on a GPU: {reason}")


@pytest.fixture
def device(request: pytest.FixtureRequest) -> devices.OnCPU:
    """Where the test runs."""
    chosen = devices.DEVICES[request.param]
    dtype = request.node.callspec.params.get("dtype")
    if dtype not in (None, *chosen.dtypes):
        pytest.skip(f"{chosen.name} kernels take no {dtype}")
    return chosen


@pytest.fixture
def gpu() -> devices.OnCUDA:
    """The GPU alone."""
    if reason := devices.why_no_gpu():
        pytest.skip(reason)
    return devices.DEVICES["cuda"]


@pytest.fixture
def hopper(gpu: devices.OnCUDA) -> devices.OnCUDA:
    """A GPU that runs the kernels for Hopper."""
    if devices.capability() != (9, 0):
        pytest.skip("the GPU is no Hopper GPU")
    return gpu


@pytest.fixture
def poisoned() -> Iterator[None]:
    """Results start as NaN, and lie between guards that must stay NaN."""
    yield from devices.poisoned()


@pytest.fixture
def pyplot():
    matplotlib = pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    yield plt
    plt.close("all")
