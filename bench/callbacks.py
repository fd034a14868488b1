"""Prints what watching costs: handshake pairs per second of CPU time, bare and watched. Call: scripts/bench [ROUNDS]

Five ways to make the same pair of a client and a server over memory, each in a process of its own, which makes a batch
when it is asked to: bare GnuTLS (twice: what differs between those two is noise), captured in C without a listener, the
same driven from Python, and from Python with a callback on every event that does nothing. The batches take turns, so
that a slow moment of the machine falls on all of them; a ratio is the median of the ratios within each turn.
SPDX-License-Identifier: MIT
"""

import contextlib
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from hsinspect import _core
from hsinspect.errors import WantReadError

PAIRS = str(Path(__file__).resolve().parent.parent / "build" / "bench" / "pairs")
BATCH = 200
ONLY = "NORMAL:-VERS-ALL:+VERS-TLS"
SCENARIOS = (  # what it is, GnuTLS's priority string, the server's certificate
    ("TLS 1.2, RSA", f"{ONLY}1.2:-KX-ALL:+RSA", "RSA"),
    ("TLS 1.2, ECDHE-RSA", f"{ONLY}1.2:-KX-ALL:+ECDHE-RSA:-GROUP-ALL:+GROUP-X25519", "RSA"),
    ("TLS 1.3, X25519, ECDSA", f"{ONLY}1.3:-GROUP-ALL:+GROUP-X25519", "ECDSA"),
)
WAYS = (  # what it is, the command in front of priority string and certificate
    ("bare GnuTLS in C", [PAIRS, "bare"]),
    ("bare GnuTLS in C, again", [PAIRS, "bare"]),
    ("captured, in C", [PAIRS, "captured"]),
    ("captured, from Python", [sys.executable, __file__, "quiet"]),
    ("no-op callback on every event", [sys.executable, __file__, "listening"]),
)

# ---- a process that makes pairs ----


def ignore(event: object) -> None:
    """The callback that does nothing."""


def configs(priority: str, certificate: str) -> tuple[_core.Config, _core.Config]:
    """What all clients and all servers of a scenario have in common."""
    chain, key, _ = _core.lab_certificate(certificate)
    client, server = _core.Config(server_side=False), _core.Config(server_side=True)
    for config in (client, server):
        config.set_priority(priority)
    server.add_certificate(chain, key)
    return client, server


def advance(session: _core.Session, peer: _core.Session) -> bool:
    """Lets one end go on, and carries what it says; says whether it is done."""
    with contextlib.suppress(WantReadError):
        session.do_handshake()
    peer.feed(session.take())
    return session.established


def make_pair(client_config: _core.Config, server_config: _core.Config, listening: bool) -> None:
    trace = _core.Trace()
    client = _core.Session(client_config, trace, False, server_hostname="localhost", two_sided=True)
    server = _core.Session(server_config, trace, True, two_sided=True)
    if listening:
        client.set_listener(ignore)
        server.set_listener(ignore)
    done = [False, False]
    while not all(done):
        done[0] = done[0] or advance(client, server)
        done[1] = done[1] or advance(server, client)
    client.close()
    server.close()


def serve(how: str, priority: str, certificate: str) -> None:
    """Makes as many pairs as each line of standard input says, and answers with the seconds of CPU time they took."""
    client, server = configs(priority, certificate)
    for line in sys.stdin:
        begun = time.process_time()
        for _ in range(int(line)):
            make_pair(client, server, how == "listening")
        print(f"{time.process_time() - begun:.9f}", flush=True)


# ---- the one that asks ----


@dataclass
class Worker:
    """A process that makes pairs in one way.

    name: of the way. process: with pipes on both ends. rates: pairs per second of CPU time, one a turn.
    """

    name: str
    process: subprocess.Popen[str]
    rates: list[float] = field(default_factory=list)

    def batch(self, pairs: int) -> float:
        """Has it make pairs; gives how many it makes in a second."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{pairs}\n")
        self.process.stdin.flush()
        return pairs / float(self.process.stdout.readline())


@contextlib.contextmanager
def workers(priority: str, certificate: str) -> Iterator[list[Worker]]:
    """A worker for each way, warmed up; they end with the block."""
    with contextlib.ExitStack() as stack:
        found = []
        for name, command in WAYS:
            call = [*command, priority, certificate]
            process = stack.enter_context(
                subprocess.Popen(call, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            )
            found.append(Worker(name, process))
            found[-1].batch(5)
        yield found


def measure(rounds: int, priority: str, certificate: str) -> list[Worker]:
    with workers(priority, certificate) as found:
        for turn in range(rounds):
            for i in range(len(found)):
                worker = found[(turn + i) % len(found)]
                worker.rates.append(worker.batch(BATCH))
        return found


def row(worker: Worker, bare: Worker) -> str:
    """A line of the table: the median, how far the middle half spreads, the share of bare GnuTLS's rate."""
    median = statistics.median(worker.rates)
    quarters = statistics.quantiles(worker.rates, n=4)
    ratio = statistics.median(own / other for own, other in zip(worker.rates, bare.rates, strict=True))
    spread = (quarters[2] - quarters[0]) / median
    return f"  {worker.name:32} {median:10.0f} {spread:9.1%} {ratio:9.3f}"


def main(rounds: int) -> None:
    print(f"GnuTLS {_core.gnutls_version()}, {rounds} rounds of {BATCH} pairs a way")
    for name, priority, certificate in SCENARIOS:
        print(f"\n{name:34} {'pairs/s':>10} {'spread':>9} {'of bare':>9}")
        found = measure(rounds, priority, certificate)
        for worker in found:
            print(row(worker, found[0]), flush=True)


if __name__ == "__main__":
    if len(sys.argv) == 4:
        serve(*sys.argv[1:])
    else:
        main(int(sys.argv[1]))
