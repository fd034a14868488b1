"""Messages leave nothing behind."""

from growth import check
from touch import OBJECTS, example, touch

TRACE = example()

check(lambda: touch([message for _ in range(3) for message in TRACE.messages][:OBJECTS]), rounds=200)
