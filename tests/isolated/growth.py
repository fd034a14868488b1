"""How much the heap grows while something is done again and again, for the scripts beside this file.

Each of them is a process of its own, so that nothing else allocates, and starts itself again with the C library as the
one allocator (Python's memory counts too) and without its caches (what they hold counts as in use). Exit code 1: it
grew.
"""

import ctypes
import gc
import os
import sys
from collections.abc import Callable

WARMING_UP = 3  # batches, while caches and free lists fill
BATCHES = 4  # what grew in some of them only is no leak
ALLOWED = 80  # bytes a round: some free lists fill slowly; a round leaks more than one object, if it leaks
ALLOCATOR = {
    "PYTHONMALLOC": "malloc",
    "GLIBC_TUNABLES": "glibc.malloc.tcache_count=0:glibc.malloc.mxfast=0:glibc.malloc.arena_max=1",
}


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


def growth(case: Callable[[], object], rounds: int) -> int:
    before = heap()
    for _ in range(rounds):
        case()
    return heap() - before


def check(case: Callable[[], object], rounds: int = 100, allowed: int = ALLOWED) -> None:
    """Ends the process: 0 where `case` can be done for ever, 1 where each time costs memory that never comes back."""
    if not os.environ.items() >= ALLOCATOR.items():
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | ALLOCATOR)
    for _ in range(WARMING_UP):
        growth(case, rounds)
    a_round = min(growth(case, rounds) for _ in range(BATCHES)) / rounds
    print(f"{os.path.basename(sys.argv[0])}: {a_round:.1f} bytes a round")
    sys.exit(a_round > allowed)
