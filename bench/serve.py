"""What all processes have in common that make pairs: they make as many as they are asked to, and say what they took.

SPDX-License-Identifier: MIT
"""

import sys
import time
from collections.abc import Callable


def serve(make_pair: Callable[[], None]) -> None:
    """Makes as many pairs as each line of standard input says, and answers with the seconds of CPU time they took."""
    for line in sys.stdin:
        begun = time.process_time()
        for _ in range(int(line)):
            make_pair()
        print(f"{time.process_time() - begun:.9f}", flush=True)
