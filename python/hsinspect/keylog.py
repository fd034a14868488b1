"""A trace's secrets as a key log: one line for each secret that the format has a label for. RFC 9850 section 2.

SPDX-License-Identifier: MIT
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hsinspect import _core

if TYPE_CHECKING:
    from hsinspect.trace import Trace

# The format's own labels; the others are secrets of which it knows nothing.
_LABEL = re.compile(
    r"(CLIENT|SERVER)_HANDSHAKE_TRAFFIC_SECRET|(CLIENT|SERVER)_TRAFFIC_SECRET_\d+|CLIENT_EARLY_TRAFFIC_SECRET"
    r"|EARLY_EXPORTER_SECRET|EXPORTER_SECRET|ECH_SECRET|ECH_CONFIG"
)


def keylog_of(trace: Trace) -> str:
    """The lines, each ended by a newline; "" where nothing can be said: no ClientHello, or no secret."""
    newest: dict[tuple[str, str], bytes] = {}
    for label, client_random, value in [*_of_a_handshake(trace), *_of_no_handshake(trace)]:
        newest[label, client_random] = value
    return "".join(f"{label} {random} {value.hex()}\n" for (label, random), value in newest.items())


def _line(trace: Trace, secret: _core.Secret, client_random: str) -> Iterator[tuple[str, str, bytes]]:
    label = "CLIENT_RANDOM" if secret.label == "master secret" and trace.version != "TLSv1.3" else secret.label
    if label == "CLIENT_RANDOM" or _LABEL.fullmatch(label):
        yield label, client_random, bytes(secret.value)


def _of_a_handshake(trace: Trace) -> Iterator[tuple[str, str, bytes]]:
    """All that say which handshake is theirs; with one handshake there is no question. Derived ones count for less."""
    hellos = {m.handshake: m.random.hex() for m in trace.messages if m.name == "ClientHello"}
    only = next(iter(hellos)) if len(hellos) == 1 else None
    for secret in sorted(trace.secrets, key=lambda secret: secret.source != "derived"):
        handshake = only if secret.handshake is None else secret.handshake
        if handshake in hellos:
            yield from _line(trace, secret, hellos[handshake])


def _of_no_handshake(trace: Trace) -> Iterator[tuple[str, str, bytes]]:
    """Surfaced secrets are events: one that does not say whose it is belongs to the ClientHello before it."""
    client_random = ""
    for event in trace.events:
        if isinstance(event, _core.Message) and event.name == "ClientHello":
            client_random = event.random.hex()
        elif isinstance(event, _core.Secret) and event.handshake is None and client_random:
            yield from _line(trace, event, client_random)
