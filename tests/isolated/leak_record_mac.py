"""MACs of records leave nothing behind."""

from growth import check
from touch import anew, example, touch

TRACE = example()

check(lambda: touch(anew(lambda: [record.mac for record in TRACE.records if record.mac is not None])), rounds=200)
