"""Connections one after another: once warm, the memory of the process stays flat.

Call: flat_handshakes.py NUMBER, of connections over memory with nobody listening; a fifth as many with a listener and
all checks, in the lab, and through sockets on loopback. Prints the rate and the memory as it went. Exit code 1: it
grew.
"""

import os
import sys
import time
from collections.abc import Callable

import hsinspect
from ends import contexts, shake_hands
from flat_transfer import PRIORITIES, resident

WARMING_UP = 2000  # connections: the traces that are kept have come, and free lists are full
OF_A_THREAD = 300  # bytes: GnuTLS 3.7.9 keeps 226 for each thread that it had random numbers for, till the process ends
ONE_ARENA = {"GLIBC_TUNABLES": "glibc.malloc.arena_max=1"}  # with one for each thread some are new for a long time
ALLOWED = 1 << 20  # bytes, however many connections: a leak of 11 bytes each is seen in 100 000


def quiet() -> Callable[[], object]:
    client, server = contexts(PRIORITIES["TLS 1.3"])

    def connection() -> None:
        for end in shake_hands(client, server):
            end.close()

    return connection


def watched() -> Callable[[], object]:
    client, server = contexts(PRIORITIES["TLS 1.2 CBC"])
    for context in (client, server):
        context.on_event(lambda conn, event: None)

    def connection() -> None:
        for end in shake_hands(client, server):
            end.close()
            end.trace.verify()

    return connection


def lab() -> Callable[[], object]:
    return lambda: hsinspect.lab.run("TLSv1.3", request=b"ping", response=b"pong").verify()


def over_sockets(number: int) -> tuple[int, int]:
    """Memory after the warming up, and at the end."""
    client, server_context = contexts(PRIORITIES["TLS 1.3"])

    def handle(conn: hsinspect.TLSSocket) -> None:
        conn.sendall(conn.recv(10))

    def connection(port: int) -> None:
        with hsinspect.connect("localhost", port, context=client) as conn:
            conn.sendall(b"ping")
            assert conn.recv(10) == b"ping"

    with hsinspect.serve(context=server_context, handler=handle) as server:
        return weigh(lambda: connection(server.port), number)


def weigh(connection: Callable[[], object], number: int) -> tuple[int, int]:
    """Makes the connections; memory after the first ones, and at the end."""
    for _ in range(WARMING_UP):
        connection()
    before = resident()
    for _ in range(number - WARMING_UP):
        connection()
    return before, resident()


def grew(name: str, number: int, run: Callable[[int], tuple[int, int]], each: int = 0) -> bool:
    """each: bytes that every connection may leave."""
    begun = time.monotonic()
    before, after = run(number)
    rate = number / (time.monotonic() - begun)
    resident_then = f"{before / 1e6:.1f} MB resident after {WARMING_UP}, {after / 1e6:.1f} at the end"
    print(f"{name}: {number} connections, {rate:.0f} a second, {resident_then}")
    return after - before > ALLOWED + each * (number - WARMING_UP)


if __name__ == "__main__":
    if not os.environ.items() >= ONE_ARENA.items():
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | ONE_ARENA)
    count = int(sys.argv[1])
    fewer = max(count // 5, 2 * WARMING_UP)
    results = [
        grew("sessions", count, lambda n: weigh(quiet(), n)),
        grew("sessions, watched and verified", fewer, lambda n: weigh(watched(), n)),
        grew("lab, verified", fewer, lambda n: weigh(lab(), n)),
        grew("sockets", fewer, over_sockets, each=OF_A_THREAD),
    ]
    sys.exit(any(results))
