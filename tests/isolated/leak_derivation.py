"""Derivations with their inputs leave nothing behind."""

from growth import check
from touch import OBJECTS, example, touch

TRACE = example()

check(lambda: touch([step for _ in range(3) for step in TRACE.derivations][:OBJECTS]), rounds=200)
