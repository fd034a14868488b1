"""Certificates, read and printed, and those that cannot be read, leave nothing behind."""

import contextlib

from growth import check
from hsinspect import Certificate, _core
from touch import anew, example, touch

CHAIN = example().verification.chain


def unreadable() -> None:
    for read in (Certificate.of, _core.certificate_text, _core.ocsp_response_text):
        with contextlib.suppress(ValueError):
            read(CHAIN[0][:-1])


def case() -> None:
    touch(anew(lambda: [Certificate.of(der) for der in CHAIN]))
    unreadable()


check(case)
