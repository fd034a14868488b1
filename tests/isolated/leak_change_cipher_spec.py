"""ChangeCipherSpecs leave nothing behind."""

from growth import check
from hsinspect import ChangeCipherSpec
from touch import anew, example, touch

TRACE = example()

check(lambda: touch(anew(lambda: [event for event in TRACE.events if isinstance(event, ChangeCipherSpec)])), rounds=200)
