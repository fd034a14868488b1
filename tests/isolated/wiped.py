"""Looks for secrets in the memory of a process, while it holds a connection and when it has let go of it.

Call: wiped.py. For each way to connect: how many secrets there were, how many were found while they were held (so that
the search is known to find them), and which of them are left. Exit code 1: some are, or the search found none before.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from forgetful import WAYS

HERE = Path(__file__).resolve().parent
SHORTEST = 12  # bytes, of an IV: what is shorter could be there by chance


def secrets_of(told: IO[bytes]) -> dict[bytes, str]:
    """Value -> label, as a forgetful process tells them."""
    found = {}
    while (line := told.readline()) != b"held\n":
        label, length = line.decode().rstrip("\n").split("\t")
        value = told.read(int(length))
        if len(value) >= SHORTEST:
            found[value] = label
    return found


def memory_of(pid: int) -> Iterator[bytes]:
    """All that a process can write to, piece by piece."""
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            place, permissions, *_ = line.split()
            if permissions.startswith("rw"):
                start, end = (int(part, 16) for part in place.split("-"))
                memory.seek(start)
                yield memory.read(end - start)


def found_in(pid: int, secrets: dict[bytes, str]) -> set[str]:
    pieces = list(memory_of(pid))
    return {label for value, label in secrets.items() if any(value in piece for piece in pieces)}


def all_is_well(way: str) -> bool:
    command = [sys.executable, str(HERE / "forgetful.py"), way]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        secrets = secrets_of(process.stdout)
        held = found_in(process.pid, secrets)
        process.stdin.write(b"\n")
        process.stdin.flush()
        assert process.stdout.readline() == b"forgotten\n"
        left = found_in(process.pid, secrets)
    print(
        f"{way}: {len(secrets)} secrets, {len(held)} kinds found while held, left: {', '.join(sorted(left)) or 'none'}"
    )
    return held == set(secrets.values()) and not left


if __name__ == "__main__":
    results = [all_is_well(way) for way in WAYS]
    sys.exit(not all(results))
