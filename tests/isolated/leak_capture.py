"""Captures leave nothing behind: read to the end, given up, and what is none."""

from contextlib import suppress
from pathlib import Path

import hsinspect
from growth import check
from hsinspect import _core

DATA = Path(__file__).parents[1] / "data"
CAPTURE = (DATA / "rfc8448" / "1rtt.pcap").read_bytes()
KEYLOG = (DATA / "rfc8448" / "1rtt.keys").read_bytes()
KEY = _core.lab_certificate("RSA")[1]


def make() -> None:
    capture = _core.Capture()
    capture.add_keylog(KEYLOG)
    capture.add_private_key(KEY)
    capture.add_psk(b"somebody", b"key")
    capture.add_psk(None, b"key")
    with suppress(ValueError):
        capture.add_private_key(b"no key")
    assert capture.feed(CAPTURE) == 1
    trace = hsinspect.Trace()
    assert capture.take_into(trace) and trace.messages
    assert capture.finish() == 0 and capture.counts["connections"] == 1
    given_up = _core.Capture()
    given_up.feed(CAPTURE[:-100])
    with suppress(ValueError):
        _core.Capture().feed(b"# no capture")


check(make)
