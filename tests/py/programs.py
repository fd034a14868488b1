"""Other people's programs and those that tests build: how they are built, and the environment that they run in."""

import fcntl
import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# A sanitizer that is preloaded into this process is not meant for theirs.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}


def build(*command: str) -> None:
    """Runs a compiler or make in the root; one at a time, since the tests run in several processes."""
    folder = ROOT / "build"
    folder.mkdir(exist_ok=True)
    with (folder / "programs.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        subprocess.run(command, cwd=ROOT, check=True, timeout=600, env=ENVIRONMENT)
