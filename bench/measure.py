"""Prints what watching costs: pairs per second of CPU time, bare and watched. Call: scripts/bench [ROUNDS [SCENARIO…]]

Reading captures is measured by reading.py.

Each way makes its pairs in processes of its own. A round starts fresh ones, since one process can be some percent off
for its whole life, and gives them batches in turn, so that a slow moment of the machine falls on all of them; a way's
figure in a round is the median of its batches, its ratio that to bare GnuTLS's in the same round. Medians over the
rounds are printed, and the spread: how far the middle half of the rounds lies apart. "bare, again" is bare GnuTLS in
another process: what its ratio is off 1, and how it spreads, is noise.
SPDX-License-Identifier: MIT
"""

import statistics
import sys
import tempfile
from pathlib import Path

from hsinspect import _core
from imports import print_imports
from reading import print_reading
from scenarios import BARE, SCENARIOS, WAYS, Scenario, Way
from workers import Worker, idle_bytes, workers, write_certificates

BATCH = 0.05  # seconds
TURNS = 3  # batches of a process
HELD = ("bare GnuTLS in C", "captured in C, a trace each", "captured and folded in C, a trace each")


def warm_up(found: list[Worker]) -> dict[Way, int]:
    """How many pairs each way makes in a batch; at least one. The first pairs of a process are not like the others."""
    counts = {}
    for worker in found:
        once = worker.seconds(1)
        if once < BATCH / 10:
            once = worker.seconds(round(BATCH / 2 / once))
        counts[worker.way] = max(1, round(BATCH / once))
    return counts


def measure_round(ways: list[Way], scenario: Scenario, folder: Path) -> dict[Way, float]:
    """Pairs per second of each way, by processes that live for a round."""
    with workers(ways, scenario, folder) as found:
        counts = warm_up(found)
        batches: dict[Way, list[float]] = {way: [] for way in ways}
        for turn in range(TURNS):
            for i in range(len(found)):
                worker = found[(turn + i) % len(found)]
                batches[worker.way].append(worker.seconds(counts[worker.way]))
    return {way: 1 / statistics.median(seconds) for way, seconds in batches.items()}


def spread(values: list[float]) -> float:
    """How far the middle half lies apart, of the median."""
    if len(values) < 2:
        return 0.0
    quarters = statistics.quantiles(values, n=4, method="inclusive")
    return (quarters[2] - quarters[0]) / statistics.median(values)


def row(way: Way, rounds: list[dict[Way, float]], target: float | None) -> str:
    rates = [each[way] for each in rounds]
    ratios = [each[way] / each[BARE] for each in rounds]
    ratio = statistics.median(ratios)
    verdict = "" if target is None else f"  {'>=' if ratio >= target else 'MISSED'} {target:.2f}"
    figures = f"{statistics.median(rates):9.0f} {spread(rates):7.1%} {ratio:9.3f} {spread(ratios):7.1%}"
    return f"  {way.name:40} {figures}{verdict}"


def measure(scenario: Scenario, count: int, folder: Path) -> None:
    ways = [way for way in WAYS if way.resumes or not scenario.resumed]
    count = count if scenario.writes == 0 else 1 + count // 3  # a transfer takes longer than a batch
    rounds = [measure_round(ways, scenario, folder) for _ in range(count)]
    print(f"\n{scenario.name:42} {'pairs/s':>9} {'spread':>7} {'of bare':>9} {'spread':>7}  target")
    for way in ways:
        print(row(way, rounds, scenario.targets.get(way.name)), flush=True)


def print_idle(folder: Path) -> None:
    """What an idle connection holds: GnuTLS alone, watched, and watched and folded."""
    print(f"\n{'an end after its handshake':64} {'bytes':>9}")
    for scenario in SCENARIOS[:3]:
        for way in (way for way in WAYS if way.name in HELD):
            print(f"  {scenario.name + ', ' + way.name:62} {idle_bytes(way, scenario, folder):9d}", flush=True)


def measure_live(count: int, wanted: list[str]) -> None:
    chosen = [each for each in SCENARIOS if not wanted or any(name in each.name for name in wanted)]
    print(f"GnuTLS {_core.gnutls_version()}, {count} rounds of {TURNS} batches of {BATCH * 1000:.0f} ms a way")
    with tempfile.TemporaryDirectory() as folder:
        write_certificates(Path(folder), {each.certificate for each in SCENARIOS})
        for scenario in chosen:
            measure(scenario, count, Path(folder))
        print_idle(Path(folder))
    print_imports(count)


def main(count: int, wanted: list[str]) -> None:
    if wanted != ["reading"]:
        measure_live(count, wanted)
    if not wanted or "reading" in wanted:
        print_reading(count)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
