"""Checks leave nothing behind."""

from growth import check
from touch import OBJECTS, example, touch

TRACE = example()

check(lambda: touch(TRACE.checks[:OBJECTS]), rounds=200)
