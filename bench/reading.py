"""What reading a capture takes, beside tshark in the same run: wall-clock time and peak memory, in fresh processes.

Call: scripts/bench [ROUNDS] reading
SPDX-License-Identifier: MIT
"""

import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from captures import PER_MEGABYTE, capture

READ = Path(__file__).resolve().parent / "read.py"
MEGABYTES = (1, 10, 100)
PEAK = 300e6  # bytes that hsinspect may have


@dataclass(frozen=True)
class Reader:
    """how: of read.py; None: tshark. target: how many times tshark's speed it shall reach."""

    name: str
    how: str | None
    keyed: bool = True
    target: float | None = None

    def command(self, path: Path, keys: Path) -> list[str]:
        if self.how is None:
            fields = ["-Y", "tls", "-T", "fields", "-e", "tls.handshake.type"]
            return ["tshark", "-r", str(path), "-o", f"tls.keylog_file:{keys}", *fields]
        return [sys.executable, str(READ), self.how, str(path), *([str(keys)] if self.keyed else [])]


TSHARK = Reader("tshark", None)
CHECKED = Reader("every check", "checks", target=4)
READERS = (
    TSHARK,
    Reader("every record decrypted", "records", target=10),
    CHECKED,
    Reader("handshakes only, without keys", "messages", keyed=False),
)


@dataclass(frozen=True)
class Reading:
    """seconds: from start to end of its process; cpu: that it computed. peak: bytes. seen: what it printed last."""

    seconds: float
    cpu: float
    peak: int
    seen: str


def read(reader: Reader, megabytes: int) -> Reading:
    command = reader.command(*capture(megabytes))
    begun = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        printed = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed")
    seconds, cpu = time.perf_counter() - begun, usage.ru_utime + usage.ru_stime
    return Reading(seconds, cpu, usage.ru_maxrss * 1024, printed.strip().rpartition("\n")[2])


def verdict(holds: bool, target: str) -> str:
    return target if holds else f"MISSED {target}"


def row(reader: Reader, readings: list[Reading], beside: list[Reading], size: int) -> str:
    seconds = statistics.median(reading.seconds for reading in readings)
    times = statistics.median(b.seconds / a.seconds for a, b in zip(readings, beside, strict=True))
    cpu = statistics.median(reading.cpu for reading in readings)
    peak = max(reading.peak for reading in readings)
    figures = f"{seconds:9.2f} {cpu:7.2f} {size / seconds / 1e6:9.0f} {times:10.1f} {peak / 1e6:9.0f}"
    targets = [] if reader.target is None else [verdict(times >= reader.target, f">= {reader.target}")]
    targets += [] if reader is TSHARK else [verdict(peak < PEAK, f"< {PEAK / 1e6:.0f} MB")]
    return f"  {reader.name:40} {figures}  {', '.join(targets)}"


def print_largest(rounds: int) -> None:
    """All readers in turns, on the largest capture."""
    path, _ = capture(MEGABYTES[-1])
    turns = [{reader: read(reader, MEGABYTES[-1]) for reader in READERS} for _ in range(rounds)]
    size = path.stat().st_size
    title = f"reading {size / 1e6:.0f} MB, {MEGABYTES[-1] * PER_MEGABYTE} connections"
    print(f"\n{title:42} {'s':>9} {'CPU s':>7} {'MB/s':>9} {'x tshark':>10} {'peak MB':>9}  target")
    for reader in READERS:
        print(row(reader, [turn[reader] for turn in turns], [turn[TSHARK] for turn in turns], size), flush=True)
    for reader in READERS[1:]:
        print(f"  {reader.name}: {turns[-1][reader].seen}")


def print_growth(rounds: int) -> None:
    """Every check, on each size: no step is quadratic."""
    print(f"\n{'every check, by size':42} {'s':>9} {'us each':>9} {'':10} {'peak MB':>9}")
    for megabytes in MEGABYTES:
        readings = [read(CHECKED, megabytes) for _ in range(rounds)]
        seconds = statistics.median(reading.seconds for reading in readings)
        connections = megabytes * PER_MEGABYTE
        each = f"{seconds:9.2f} {seconds / connections * 1e6:9.0f} {'':10} {max(r.peak for r in readings) / 1e6:9.0f}"
        print(f"  {f'{megabytes} MB, {connections} connections':40} {each}", flush=True)


def print_reading(rounds: int) -> None:
    """The section of scripts/bench."""
    print_largest(min(rounds, 5))
    print_growth(min(rounds, 5))
