"""`import rdattn` brings NumPy alone."""

import subprocess
import sys

import pytest


def run(code: str) -> str:
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    return result.stdout.strip()


def test_import_loads_neither_torch_nor_extras_nor_the_compiler():
    loaded = run("import sys, rdattn; print(*sys.modules)").split()
    assert "numpy" in loaded
    for name in ("torch", "matplotlib", "ml_dtypes", "scipy", "rdattn._native", "rdattn.plot"):
        assert name not in loaded


def test_running_imports_nothing_else():
    code = """
import sys, numpy, rdattn
x = numpy.ones((1, 4, 1, 8), dtype=numpy.float32)
pattern = rdattn.Pattern([rdattn.Segment(4)])
rdattn.attention(x, x, x, pattern)
rdattn.reference(x, x, x, pattern)
print(*sys.modules)
"""
    loaded = run(code).split()
    assert "rdattn._native" in loaded
    for name in ("torch", "matplotlib", "ml_dtypes"):
        assert name not in loaded


@pytest.mark.parametrize(
    ("block", "use", "message"),
    [
        ("rdattn._native", "rdattn.compile_count()", "rdattn's compiled part cannot be loaded"),
        (
            "matplotlib",
            "rdattn.Pattern([rdattn.Segment(4)]).plot()",
            "plotting needs matplotlib: pip install 'rdattn[plot]'",
        ),
    ],
)
def test_what_is_missing_is_named(block, use, message):
    code = f"""
import sys, rdattn
sys.modules[{block!r}] = None
try:
    {use}
except (ImportError, rdattn.Error) as error:
    print(error)
"""
    assert message in run(code)
