"""Records and their MACs leave nothing behind."""

from growth import check
from touch import OBJECTS, example, touch

TRACE = example()

check(lambda: touch([thing for record in TRACE.records[: OBJECTS // 2] for thing in (record, record.mac)]), rounds=200)
