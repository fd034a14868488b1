"""A journal that is written, pickled and read again leaves nothing behind, and neither do bytes that are no journal."""

import contextlib
import pickle

import hsinspect
from growth import check
from hsinspect import lab

TRACE = lab.run("TLSv1.3", request=b"question")


def replay() -> None:
    dumped = TRACE.dumps()
    assert hsinspect.Trace(dumped) == pickle.loads(pickle.dumps(TRACE))
    with contextlib.suppress(ValueError):
        hsinspect.Trace(dumped[:-1])


check(replay)
