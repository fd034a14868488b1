"""Openings and faults of a capture leave nothing behind."""

import sys
from io import BytesIO
from pathlib import Path

import hsinspect
from growth import check

sys.path.insert(0, str(Path(__file__).parents[1] / "py"))

import packets
from packets import CLIENT, SERVER, Segment

HELLO = bytes.fromhex("1603010200010001fc0303") + bytes(500)
ENDS = packets.ends(1)
SEGMENTS = (
    *packets.handshake(),
    Segment(SERVER, 0, b"+OK\r\n"),
    Segment(CLIENT, 0, b"STLS\r\n"),
    Segment(SERVER, 5, b"+OK\r\n"),
    Segment(CLIENT, 6, HELLO),
    Segment(CLIENT, 6 + len(HELLO) + 9, b"behind a hole"),
)
CAPTURE = packets.pcap(packets.timed(packets.ethernet(packets.ipv4(ENDS, s.sender, ENDS.tcp(s))) for s in SEGMENTS))
(TRACE,) = hsinspect.read_capture(BytesIO(CAPTURE))


def make() -> None:
    for _ in range(50):
        assert [fault.kind for fault in TRACE.capture_faults] == ["hole"]
        assert len(TRACE.opening) == 3


check(make)
