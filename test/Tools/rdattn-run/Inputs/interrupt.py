"""Runs a command, sends it Ctrl-C while it computes, and expects it to end at once with 130."""

import signal
import subprocess
import sys
import time
from pathlib import Path

folder, command = Path(sys.argv[1]), sys.argv[2:]
process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
# The temporary output is there once the inputs are read, just before the run.
while process.poll() is None and not any(folder.iterdir()):
    time.sleep(0.01)
time.sleep(0.2)
start = time.monotonic()
process.send_signal(signal.SIGINT)
_, message = process.communicate(timeout=60)
print(f"exit code {process.returncode}, {message.strip()}")
print("files:", sorted(path.name for path in folder.iterdir()))
print("at once" if time.monotonic() - start < 20 else "too late")
