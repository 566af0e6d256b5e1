"""The Python of README.md and of docs/ runs: each file's blocks, one after another."""

import re
from pathlib import Path

import ml_dtypes
import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
PAGES = [
    page
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    if page.exists() and BLOCK.search(page.read_text(encoding="utf-8"))
]


def given() -> dict[str, object]:
    """What a block may use without making it: small q, k and v, and their o."""
    q, k, v = np.random.default_rng(0).standard_normal((3, 1, 64, 2, 16), dtype=np.float32)
    np.save("o.npy", np.zeros_like(q).astype(ml_dtypes.bfloat16))
    return {"__name__": "__main__", "q": q, "k": k, "v": v}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_blocks_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = page.read_text(encoding="utf-8")
    names = given()
    for block in BLOCK.finditer(text):
        line = text.count("\n", 0, block.start(1))
        # Compiled as lines of the page, so that a traceback leads there.
        exec(compile("\n" * line + block[1], str(page), "exec"), names)
