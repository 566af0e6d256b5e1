"""Ctrl-C ends a run soon, and leaves the program's own handling as it was."""

import subprocess
import sys
import time

import pytest

PRELUDE = """
import os, signal, sys, threading, time
import numpy as np
import rdattn

# A parent in the background hands down an ignored SIGINT.
signal.signal(signal.SIGINT, signal.default_int_handler)
pattern = rdattn.Pattern([rdattn.Segment(1 << 20)])
kernel = rdattn.compile(pattern, dtype="float32", head_dim=64)
small = np.ones((1, 64, 1, 64), dtype=np.float32)
kernel(small, small, small)
x = np.ones((1, 1 << 19, 1, 64), dtype=np.float32)  # minutes of work

def interrupt():
    time.sleep(0.2)
    os.kill(os.getpid(), signal.SIGINT)
"""


def run(code: str) -> tuple[str, float]:
    begin = time.monotonic()
    result = subprocess.run(
        [sys.executable, "-c", PRELUDE + code],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return result.stdout.strip(), time.monotonic() - begin


def test_ctrl_c_raises_keyboard_interrupt_and_the_next_run_works():
    output, seconds = run("""
before = signal.getsignal(signal.SIGINT)
threading.Thread(target=interrupt).start()
try:
    kernel(x, x, x)
except KeyboardInterrupt:
    print("interrupted")
assert signal.getsignal(signal.SIGINT) is before
print(float(kernel(small, small, small).sum()))
""")
    assert output.split() == ["interrupted", "4096.0"]
    assert seconds < 60


@pytest.mark.parametrize("tokens", [None, 64])
def test_a_rank_stops_waiting_for_others(tokens):
    output, seconds = run(f"""
first, second = rdattn.ring.threads(2, timeout=60.0)
for layout in ("contiguous", "zigzag", "striped"):
    rdattn.compile(pattern, dtype="float32", head_dim=64, ring=layout)
threading.Thread(target=interrupt).start()
small = small[:, :32]
try:
    rdattn.attention(small, small, small, pattern, ring=first, tokens={tokens})
except KeyboardInterrupt:
    print("interrupted")
try:
    rdattn.attention(small, small, small, pattern, ring=second, tokens={tokens})
except rdattn.Error as error:
    print(error)
""")
    first, second = output.splitlines()
    assert first == "interrupted"
    assert "rank 0 of 2 was interrupted" in second
    assert seconds < 60


def test_the_programs_own_handler_runs():
    output, seconds = run("""
def handler(*_):
    print("handled")
signal.signal(signal.SIGINT, handler)
threading.Thread(target=interrupt).start()
try:
    kernel(x, x, x)
except KeyboardInterrupt:
    print("stopped")
""")
    assert output.split() == ["handled", "stopped"]
    assert seconds < 60


def test_an_ignored_ctrl_c_stays_ignored():
    output, _ = run("""
signal.signal(signal.SIGINT, signal.SIG_IGN)
x = x[:, :12000]
threading.Thread(target=interrupt).start()
kernel(x, x, x)
time.sleep(0.5)
print("done")
""")
    assert output == "done"
