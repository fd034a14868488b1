"""Events of every kind leave nothing behind."""

from growth import check
from touch import OBJECTS, example, touch

TRACE = example()
SMALL = ("Alert", "ApplicationData", "ChangeCipherSpec", "Close", "Phase")

check(lambda: touch([event for event in TRACE.events if type(event).__name__ in SMALL][:OBJECTS]), rounds=200)
