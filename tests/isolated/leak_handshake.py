"""What was negotiated leaves nothing behind."""

from growth import check
from touch import anew, example, touch

TRACE = example()

check(lambda: touch(anew(lambda: [*TRACE.handshakes, TRACE.handshake])), rounds=200)
