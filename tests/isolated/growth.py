"""How much the heap grows while something is done again and again, for the scripts beside this file.

Each of them is a process of its own, so that nothing else allocates; PYTHONMALLOC=malloc, so that the C library counts
Python's memory too. Exit code 1: it grew.
"""

import ctypes
import gc
import os
import sys
from collections.abc import Callable

ROUNDS = 150
ALLOWED = 16  # bytes a round: what the C library keeps for reuse is no leak, and one object would be more


class Mallinfo2(ctypes.Structure):
    """glibc's struct mallinfo2: all its fields are sizes; these are the ones that we look at, by their place."""

    _fields_ = (("before", 4 * ctypes.c_size_t), ("hblkhd", ctypes.c_size_t), ("between", 2 * ctypes.c_size_t),
                ("uordblks", ctypes.c_size_t), ("after", 2 * ctypes.c_size_t))  # fmt: skip


def heap() -> int:
    """Bytes of the heap that are in use, of all arenas and of blocks that were mapped by themselves."""
    gc.collect()
    mallinfo2 = ctypes.CDLL(None).mallinfo2
    mallinfo2.restype = Mallinfo2
    info = mallinfo2()
    return int(info.uordblks + info.hblkhd)


def growth(case: Callable[[], object]) -> int:
    before = heap()
    for _ in range(ROUNDS):
        case()
    return heap() - before


def check(case: Callable[[], object]) -> None:
    """Ends the process: 0 where `case` can be done for ever, 1 where each time costs memory that never comes back."""
    if os.environ.get("PYTHONMALLOC") != "malloc":
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | {"PYTHONMALLOC": "malloc"})
    growth(case)  # caches fill
    a_round = min(growth(case), growth(case)) / ROUNDS  # what grew only once is no leak either
    print(f"{os.path.basename(sys.argv[0])}: {a_round:.1f} bytes a round")
    sys.exit(a_round > ALLOWED)
