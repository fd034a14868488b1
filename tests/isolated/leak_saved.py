"""Traces that are saved, loaded and redacted leave nothing behind, nor do files that are refused."""

import os
import tempfile
from contextlib import suppress

import hsinspect
from growth import check
from hsinspect import lab

TRACE = lab.run("TLSv1.2", kx="RSA", request=b"question", response=b"answer")
FOLDER = tempfile.TemporaryDirectory()
PATH = os.path.join(FOLDER.name, "saved.pcapng")


def save() -> None:
    TRACE.save(PATH)
    assert hsinspect.load(PATH) == TRACE
    assert len(TRACE.redacted(addresses=True).wire) == len(TRACE.wire)
    with open(PATH, "r+b") as file:
        file.truncate(1000)
    with suppress(ValueError):
        hsinspect.load(PATH)


check(save)
FOLDER.cleanup()
