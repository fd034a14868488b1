"""The processes that make pairs, and what they are called with.

SPDX-License-Identifier: MIT
"""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hsinspect import _core
from scenarios import Scenario, Way

HERE = Path(__file__).resolve().parent
PAIRS = HERE.parent / "build" / "bench" / "pairs"


def write_certificates(folder: Path, kinds: set[str]) -> None:
    """Writes KIND.pem and KIND.key, so that no process spends its time on making keys."""
    for kind in kinds:
        chain, key, _authority = _core.lab_certificate(kind)
        (folder / f"{kind}.pem").write_bytes(chain)
        (folder / f"{kind}.key").write_bytes(key)


def command(way: Way, scenario: Scenario, folder: Path) -> list[str]:
    certificate, key = (str(folder / f"{scenario.certificate}.{suffix}") for suffix in ("pem", "key"))
    pair = ["resumed" if scenario.resumed else "full", str(scenario.writes)]
    if way.program == "openssl.py":
        version = "TLSv1_3" if "TLS1.3" in scenario.priority else "TLSv1_2"
        ciphers = [] if scenario.ciphers is None else [scenario.ciphers]
        return [sys.executable, str(HERE / way.program), way.how, certificate, key, *pair, version, *ciphers]
    program = [str(PAIRS)] if way.program == "C" else [sys.executable, str(HERE / way.program)]
    return [*program, way.how, scenario.priority, certificate, key, *pair]


def idle_bytes(way: Way, scenario: Scenario, folder: Path) -> int:
    """Bytes of the heap that one end of an idle connection holds."""
    call = command(way, scenario, folder)
    call[call.index("full") :] = ["idle", "100"]
    return int(subprocess.run(call, check=True, text=True, capture_output=True).stdout)


@dataclass
class Worker:
    """A process that makes pairs in one way: with pipes on both ends."""

    way: Way
    process: subprocess.Popen[str]

    def seconds(self, pairs: int) -> float:
        """Has it make pairs; gives the CPU time of one."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{pairs}\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline()) / pairs


@contextlib.contextmanager
def workers(ways: list[Way], scenario: Scenario, folder: Path) -> Iterator[list[Worker]]:
    """A worker for each way; they end with the block."""
    with contextlib.ExitStack() as stack:
        found = []
        for way in ways:
            process = stack.enter_context(
                subprocess.Popen(
                    command(way, scenario, folder), text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
                )
            )
            found.append(Worker(way, process))
        yield found
