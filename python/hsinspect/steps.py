"""The twelve steps of a handshake with data and close, as one connection took them.

The account is TLS 1.2's with RSA key exchange; TLS 1.3 has most of them in another order, and the reasons for the rest.
RFC 5246 section 7.3, RFC 8446 section 2.

SPDX-License-Identifier: MIT
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hsinspect import _core
from hsinspect.views import catalogue

if TYPE_CHECKING:
    from hsinspect.trace import Trace


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One of the twelve steps, as this connection took it.

    number: 1 to 12. name: of the message or event. sender: who sends it, None: either.
    events: what happened in it, in wire order, () where it did not.
    explanation: one sentence. rfc: the sections.
    absent: why it is not there ("gone in TLS 1.3: …"), or None.
    """

    number: int
    name: str
    sender: str | None
    events: tuple[_core.Event, ...]
    explanation: str
    rfc: str
    absent: str | None


def _named(event: _core.Event) -> str:
    """What the table calls an event."""
    if isinstance(event, _core.Message):
        return "ClientHello" if event.name == "HelloRetryRequest" else event.name  # it asks for step 1 again
    if isinstance(event, _core.Alert):
        return event.description
    if isinstance(event, _core.Record):
        return _UNOPENED.get((event.content_type, event.state), "")
    return type(event).__name__


TWELVE: tuple[tuple[str, str | None], ...] = (
    ("ClientHello", "client"),
    ("ServerHello", "server"),
    ("Certificate", "server"),
    ("ServerHelloDone", "server"),
    ("ClientKeyExchange", "client"),
    ("ChangeCipherSpec", "client"),
    ("Finished", "client"),
    ("ChangeCipherSpec", "server"),
    ("Finished", "server"),
    ("ApplicationData", "client"),
    ("ApplicationData", "server"),
    ("close_notify", None),
)
_NUMBERS = {step: number for number, step in enumerate(TWELVE, 1)}
# Application data that arrived, but not as application data: its record is all there is of it.
_UNOPENED = {("application_data", state): "ApplicationData" for state in ("rejected", "unreadable", "elided")}
_KINDS = (_core.Record, _core.Message, _core.Alert, _core.ChangeCipherSpec, _core.ApplicationData)


def number_of(event: _core.Event) -> int | None:
    """The step that an event belongs to; None: it is outside the twelve."""
    if not isinstance(event, _KINDS):
        return None
    name = _named(event)
    sender = None if name == "close_notify" else "client" if name == "ClientHello" else event.sender
    return _NUMBERS.get((name, sender))


def narrowing(trace: Trace) -> tuple[str, ...]:
    """What tells this connection's texts from others': its version, its key exchange."""
    handshake = trace.handshake
    if handshake is None:
        return ()
    if handshake.version == "TLSv1.3":
        return ("1.3",)
    suite = None if handshake.cipher_suite is None else _core.suite(handshake.cipher_suite)
    return () if suite is None or suite[1] is None else (suite[1],)


def _ways_to_be_absent(trace: Trace) -> tuple[str, ...]:
    """The first that applies decides; a connection that ended early has no other reason."""
    handshake = trace.handshake
    if handshake is None or not handshake.complete:
        return ()
    ways: list[tuple[str, Callable[[_core.Handshake], bool]]] = [
        ("1.3", lambda h: h.version == "TLSv1.3"),
        ("resumed", lambda h: h.resumption),
        ("anonymous", lambda h: True),
    ]
    return tuple(word for word, applies in ways if applies(handshake))


def steps_of(trace: Trace) -> tuple[Step, ...]:
    """The twelve steps of a trace."""
    events: dict[int, list[_core.Event]] = {}
    for event in trace.events:
        number = number_of(event)
        if number is not None:
            events.setdefault(number, []).append(event)
    words, ways = narrowing(trace), _ways_to_be_absent(trace)
    return tuple(_step(number, tuple(events.get(number, ())), words, ways) for number in _NUMBERS.values())


def _step(number: int, events: tuple[_core.Event, ...], words: tuple[str, ...], ways: tuple[str, ...]) -> Step:
    name, sender = TWELVE[number - 1]
    text = catalogue.text_of(name, *words, *([sender] if sender else []))
    if text is None:
        raise LookupError(f"the catalogue has no text for {name}")
    absent = None
    if not events:
        absent = (catalogue.absence(name, *ways) if ways else None) or catalogue.ended()
    return Step(
        number=number, name=name, sender=sender, events=events, explanation=text.what, rfc=text.rfc, absent=absent
    )
