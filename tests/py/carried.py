"""Captures of handshakes that the lab made, as TCP would have carried them; and what read_capture makes of them."""

import io
from pathlib import Path

import hsinspect
import packets
from packets import CLIENT, SERVER

DATA = Path(__file__).parent.parent / "data"
CAPTURE, KEYLOG = DATA / "rfc8448" / "1rtt.pcap", DATA / "rfc8448" / "1rtt.keys"


def turns_of(trace):
    """What went over the wire of a trace, in turns."""
    turns = []
    for record in trace.records:
        sender = CLIENT if record.sender == "client" else SERVER
        turns.append((sender, record.header + record.fragment))
    return turns


def segments_of(turns, largest=1400):
    """A whole connection that says these, from SYN to FIN."""
    return [segment for segment, _ in packets.spoken(turns, largest)]


def frames_of(segments, number=1, start_ns=1_700_000_000_000_000_000):
    ends = packets.ends(number)
    return packets.timed((packets.ethernet(packets.ipv4(ends, s.sender, ends.tcp(s))) for s in segments), start_ns)


def file_of(turns, number=1):
    return io.BytesIO(packets.pcap(frames_of(segments_of(turns), number)))


def lab(**named):
    return hsinspect.lab.run(**{"request": b"GET /", "response": b"hello", **named})


def rsa(version="TLSv1.2", **named):
    return lab(version=version, kx="RSA", cipher="AES-128-CBC", mac="SHA1", **named)


def read_one(turns, **keys):
    (trace,) = hsinspect.read_capture(file_of(turns), **keys)
    return trace


def read_segments(segments, keylog):
    (trace,) = hsinspect.read_capture(io.BytesIO(packets.pcap(frames_of(segments))), keylog=keylog)
    return trace
