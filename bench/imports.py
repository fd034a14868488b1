"""What `import hsinspect` takes over `import ssl`, each in a fresh process: CPU time.

SPDX-License-Identifier: MIT
"""

import statistics
import subprocess
import sys

TARGET_MS = 30
TIMED = "import time; begun = time.process_time(); import {}; print(time.process_time() - begun)"
NAMES = ("ssl", "hsinspect")


def import_ms(name: str) -> float:
    run = subprocess.run([sys.executable, "-c", TIMED.format(name)], check=True, text=True, capture_output=True)
    return float(run.stdout) * 1000


def print_imports(rounds: int) -> None:
    """A line for each module, in turns, and one for the difference."""
    times = [{name: import_ms(name) for name in NAMES} for _ in range(rounds + 1)][1:]  # the first fills the caches
    print(f"\n{'import':42} {'ms':>9}")
    for name in NAMES:
        print(f"  {name:40} {statistics.median(each[name] for each in times):9.1f}")
    over = statistics.median(each["hsinspect"] - each["ssl"] for each in times)
    print(f"  {'hsinspect over ssl':40} {over:9.1f}  {'<=' if over <= TARGET_MS else 'MISSED'} {TARGET_MS}")
