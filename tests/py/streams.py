"""What tests/c/streams.c says about a capture, and what tshark and libtins say: the TCP streams in it."""

import functools
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import packets
import wireshark
from programs import ENVIRONMENT, ROOT, build


@dataclass
class Flow:
    """A TCP connection as it was read. streams, faults: of ends[0] and ends[1], in order.

    parts: the bytes of each, and between them how many are missing (holes and cuts).
    """

    ends: tuple[str, str]
    time_ns: int
    streams: tuple[bytearray, bytearray] = field(default_factory=lambda: (bytearray(), bytearray()))
    parts: tuple[list[bytes | int], list[bytes | int]] = field(default_factory=lambda: ([], []))
    times: tuple[list[int], list[int]] = field(default_factory=lambda: ([], []))
    faults: tuple[list, list] = field(default_factory=lambda: ([], []))
    how: dict[int, str] = field(default_factory=dict)
    closed: bool = False

    def both(self) -> tuple[bytes, bytes]:
        return bytes(self.streams[0]), bytes(self.streams[1])


@dataclass
class Capture:
    flows: list[Flow]
    notes: dict[str, int]
    secrets: list[int]
    status: str
    log: list[str]

    def by_port(self, number: int) -> Flow:
        """The one flow of a conversation of packets.ends(number)."""
        (flow,) = [flow for flow in self.flows if f":{20000 + number}" in "".join(flow.ends)]
        return flow


@functools.cache
def program(*, sanitized: bool = True) -> str:
    """tests/c/streams.c, built."""
    made = f"build/c-tests{'-sanitize' if sanitized else ''}/streams"
    build("make", "-s", "-f", "tests/c/Makefile", *(["SANITIZE=1"] if sanitized else []), made)
    return str(ROOT / made)


def run(command: list[str], check: bool = True) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=100, check=check, env=ENVIRONMENT)


def read(path: Path, piece: int = 0) -> Capture:
    """Reads a capture with csrc/capture, fed in pieces of so many bytes (0: at once)."""
    done = run([program(), str(path), str(piece)], check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    capture = Capture([], {}, [], "", done.stdout.splitlines())
    for line in capture.log:
        word, *rest = line.split(" ")
        HANDLERS[word](capture, rest)
    return capture


def on_open(capture, rest):
    capture.flows.append(Flow((rest[1], rest[2]), int(rest[3])))


def flow_of(capture, rest) -> Flow:
    flow = capture.flows[int(rest[0]) - 1]
    assert not flow.closed
    return flow


def on_bytes(capture, rest):
    flow, sender = flow_of(capture, rest), int(rest[1])
    assert sender not in flow.how
    assert rest[2]
    data = bytes.fromhex(rest[2])
    flow.streams[sender].extend(data)
    flow.parts[sender].append(data)
    flow.times[sender].append(int(rest[3]))


def on_fault(capture, rest):
    kind, offset, length, packet = rest[2], *map(int, rest[3:])
    flow, sender = flow_of(capture, rest), int(rest[1])
    flow.faults[sender].append((kind, offset, length, packet))
    if kind in ("hole", "cut"):
        flow.parts[sender].append(length)


def on_end(capture, rest):
    flow = flow_of(capture, rest)
    assert int(rest[1]) not in flow.how
    flow.how[int(rest[1])] = rest[2]


def on_close(capture, rest):
    flow_of(capture, rest).closed = True


def on_note(capture, rest):
    capture.notes[rest[0]] = int(rest[1])


HANDLERS = {
    "open": on_open,
    "bytes": on_bytes,
    "fault": on_fault,
    "end": on_end,
    "close": on_close,
    "note": on_note,
    "secrets": lambda capture, rest: capture.secrets.append(int(rest[0])),
    "status": lambda capture, rest: setattr(capture, "status", rest[0]),
}


def tshark(path: Path, count: int) -> dict[int, tuple[bytes, bytes]]:
    """The first `count` TCP streams as tshark follows them: client port -> what that port and the other sent."""
    followed = wireshark.follow(path, "tcp", range(count))
    return {max(ports): sent if ports[0] == max(ports) else sent[::-1] for ports, sent in followed}


@functools.cache
def libtins_program() -> str:
    made = "build/libtins_streams"
    build("g++", "-std=c++11", "-O1", "-o", made, "tests/py/libtins_streams.cpp", "-ltins")
    return str(ROOT / made)


def libtins(path: Path, count: int) -> dict[int, tuple[bytes, bytes]]:
    """The same by libtins, which finds the streams itself."""
    done = run([libtins_program(), str(path)])
    rows = [line.split(" ") for line in done.stdout.splitlines()]
    assert len(rows) <= count
    return {int(port): (bytes.fromhex(client), bytes.fromhex(server)) for port, client, server in rows}


def port(number: int) -> int:
    return packets.ends(number).ports[0]
