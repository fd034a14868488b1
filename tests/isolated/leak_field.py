"""Fields leave nothing behind."""

from growth import check
from touch import OBJECTS, example, touch

TRACE = example()

check(lambda: touch(TRACE.messages[0].fields.leaves()[:OBJECTS]), rounds=200)
