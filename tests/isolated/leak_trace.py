"""Traces leave nothing behind: built by hand, of bytes, copied, in a cycle, or refused."""

from contextlib import suppress

from growth import check
from hsinspect import _core
from touch import OBJECTS, example

JOURNAL = example().dumps()


class Kept(_core.Trace):
    """A trace that can hold itself."""

    itself: object = None


def make() -> None:
    for _ in range(OBJECTS):
        trace = Kept(JOURNAL)
        trace.itself = trace
        copy = _core.Trace()
        trace.copy_into(copy)
        assert copy == trace
        by_hand = _core.Trace()
        by_hand.append_start("tcp", ("127.0.0.1", 4433), None)
        by_hand.append_wire("client", b"\x15\x03\x03\0\2\2\x28")
        assert by_hand.alerts
        with suppress(ValueError):
            _core.Trace(JOURNAL[:-1])


check(make)
