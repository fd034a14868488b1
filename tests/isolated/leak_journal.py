"""Journals written by hand, and their traces, leave nothing behind."""

from contextlib import suppress

import hsinspect
from growth import check
from touch import OBJECTS, example

TRACE = example()
WIRE = [(record.sender, record.header + record.fragment) for record in TRACE.records]
KEYLOG = TRACE.keylog()
KEY = hsinspect._core.lab_certificate("RSA")[1]


def make() -> None:
    for _ in range(OBJECTS // 4):
        journal = hsinspect.Journal()
        for sender, data in WIRE:
            journal.wire(sender, data)
        assert journal.keylog(KEYLOG) == 1
        journal.secret("shared secret", bytes(32))
        journal.private_key(KEY)
        journal.psk(None, b"key")
        journal.end("client", "fin")
        assert journal.trace().application_data("client") == b"question"
        with suppress(ValueError):
            journal.private_key(b"no key")


check(make)
