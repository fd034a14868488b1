"""Secrets and the views of their bytes leave nothing behind."""

from growth import check
from touch import OBJECTS, example, touch

TRACE = example()

check(lambda: touch([secret for _ in range(2) for secret in TRACE.secrets][:OBJECTS]), rounds=200)
