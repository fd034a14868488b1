"""Reads a capture as a program would, and says what it saw. Call: read.py HOW CAPTURE [KEYS]

HOW: "records": every record, decrypted; "checks": every check; "messages": the handshakes only.
SPDX-License-Identifier: MIT
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterable

import hsinspect

WAYS: dict[str, Callable[[hsinspect.Trace], Iterable[object]]] = {
    "records": lambda trace: [record.state for record in trace.records],
    "checks": lambda trace: [check.ok for check in trace.checks],
    "messages": lambda trace: [message.name for message in trace.messages],
}


def main(how: str, capture: str, keys: str | None = None) -> None:
    seen: Counter[object] = Counter()
    for trace in hsinspect.iter_capture(capture, keylog=keys):
        seen["connections"] += 1
        seen.update(WAYS[how](trace))
    print(*(f"{name}={count}" for name, count in seen.items()))


if __name__ == "__main__":
    main(*sys.argv[1:])
