"""A long transfer under the default capture=: the memory of the process stays flat, and the trace checks to its end.

Call: flat_transfer.py MEBIBYTES. In TLS 1.3 and TLS 1.2 CBC, with nobody listening and with a listener. Prints the
process's memory as it went. Exit code 1: it grew.
"""

import hashlib
import resource
import sys
from pathlib import Path

import hsinspect
from ends import contexts, shake_hands

CHUNK = bytes(range(256)) * 64  # a record
PER_MEBIBYTE = (1 << 20) // len(CHUNK)
WARMING_UP = 16  # mebibytes, until as much is kept as ever will be
ALLOWED = 2 << 20  # bytes of growth after that, however long the transfer
ONLY = "NORMAL:-VERS-ALL:+VERS-TLS"
PRIORITIES = {"TLS 1.3": f"{ONLY}1.3", "TLS 1.2 CBC": f"{ONLY}1.2:-CIPHER-ALL:+AES-128-CBC"}


def resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


def send(sender: hsinspect.Session, receiver: hsinspect.Session, mebibytes: int) -> None:
    for _ in range(mebibytes * PER_MEBIBYTE):
        sender.write(CHUNK)
        receiver.feed(sender.take())
        received = b""
        while len(received) < len(CHUNK):
            received += receiver.read()
        assert received == CHUNK


def checks(trace: hsinspect.Trace, mebibytes: int) -> None:
    """The newest mebibyte is there and right, and every record that is there checks."""
    trace.verify(rules=True)
    kept = trace.application_data("server")
    assert len(kept) == 1 << 20, len(kept)
    assert hashlib.sha256(kept).digest() == hashlib.sha256(CHUNK * PER_MEBIBYTE).digest()
    records = sum(record.elided for record in trace.records if record.sender == "server")
    assert records == (mebibytes - 1) * PER_MEBIBYTE, records


def grew(name: str, priority: str, listening: bool, mebibytes: int) -> bool:
    both = contexts(priority)
    for context in both if listening else ():
        context.on_event(lambda conn, event: None)
    client, server = shake_hands(*both)
    send(server, client, WARMING_UP)
    before = resident()
    send(server, client, mebibytes - WARMING_UP)
    after = resident()
    for end in (client, server):
        end.close()
        checks(end.trace, mebibytes)
    who = "a listener" if listening else "nobody listening"
    resident_then = f"{before / 1e6:.1f} MB resident after {WARMING_UP} MiB, {after / 1e6:.1f} at the end"
    print(f"{name}, {who}: {mebibytes} MiB, {resident_then}")
    return after - before > ALLOWED


if __name__ == "__main__":
    size = int(sys.argv[1])
    results = [
        grew(name, priority, listens, size) for name, priority in PRIORITIES.items() for listens in (False, True)
    ]
    sys.exit(any(results))
