"""Phases leave nothing behind."""

from growth import check
from touch import anew, example, touch

TRACE = example()

check(lambda: touch(anew(lambda: TRACE.phases)), rounds=200)
