"""What an import of hsinspect takes over `import ssl`, each in a fresh process: CPU time.

SPDX-License-Identifier: MIT
"""

import statistics
import subprocess
import sys

TARGET_MS = 30
TIMED = "import time; begun = time.process_time(); {}; print(time.process_time() - begun)"
STATEMENTS = ("import ssl", "import hsinspect", "from hsinspect import iter_capture", "from hsinspect import connect")
WHOLE = STATEMENTS[-1]  # it needs ssl, and all that clients and servers need


def cpu_ms(statement: str) -> float:
    run = subprocess.run([sys.executable, "-c", TIMED.format(statement)], check=True, text=True, capture_output=True)
    return float(run.stdout) * 1000


def print_imports(rounds: int) -> None:
    """A line for each statement, in turns, and one for the difference."""
    times = [{each: cpu_ms(each) for each in STATEMENTS} for _ in range(rounds + 1)][1:]  # the first fills the caches
    print(f"\n{'import':42} {'ms':>9}")
    for each in STATEMENTS:
        print(f"  {each:40} {statistics.median(turn[each] for turn in times):9.1f}")
    over = statistics.median(turn[WHOLE] - turn["import ssl"] for turn in times)
    print(f"  {'connect over ssl':40} {over:9.1f}  {'<=' if over <= TARGET_MS else 'MISSED'} {TARGET_MS}")
