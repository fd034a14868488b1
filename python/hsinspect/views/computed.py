"""The `*` lines: secrets that both ends compute, each after the message that makes it possible.

A table says which, and after what. A secret that is not known is a line too, with the reason.

SPDX-License-Identifier: MIT
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hsinspect import _core
from hsinspect.views.model import Computed, Row, Verdict
from hsinspect.views.show import grouped_hex, show_bytes

if TYPE_CHECKING:
    from hsinspect.trace import Trace


@dataclass(frozen=True, slots=True)
class Place:
    """A secret, and the message after which it can be computed. optional: no line where it is not known."""

    label: str
    message: str
    sender: str
    optional: bool = False


_MADE_OF = {"premaster secret": "master secret", "shared secret": "handshake secret"}

_FULL = (
    Place("premaster secret", "ClientKeyExchange", "client"),
    Place("master secret", "ClientKeyExchange", "client"),
    Place("key block", "ClientKeyExchange", "client"),
)
_RESUMED = (Place("master secret", "ServerHello", "server"), Place("key block", "ServerHello", "server"))
_TLS13 = (
    Place("early secret", "ServerHello", "server", optional=True),
    Place("shared secret", "ServerHello", "server"),
    Place("handshake secret", "ServerHello", "server"),
    Place("CLIENT_HANDSHAKE_TRAFFIC_SECRET", "ServerHello", "server"),
    Place("SERVER_HANDSHAKE_TRAFFIC_SECRET", "ServerHello", "server"),
    Place("master secret", "Finished", "server"),
    Place("CLIENT_TRAFFIC_SECRET_0", "Finished", "server"),
    Place("SERVER_TRAFFIC_SECRET_0", "Finished", "server"),
    Place("resumption master secret", "Finished", "client", optional=True),
)


def _places(handshake: _core.Handshake) -> tuple[Place, ...]:
    if handshake.version == "TLSv1.3":
        return _TLS13
    return _RESUMED if handshake.resumption else _FULL


def weave(trace: Trace, rows: list[tuple[_core.Event, Row]], *, reveal: bool) -> tuple[Row | Computed, ...]:
    """The rows, with what is computed between them."""
    book = _Book(trace, reveal)
    woven: list[Row | Computed] = []
    for event, row in rows:
        woven.append(row)
        if isinstance(event, _core.Message):
            woven += book.after(event)
    return tuple(woven)


class _Book:
    """Everything that is known of a trace's secrets, by label."""

    def __init__(self, trace: Trace, reveal: bool) -> None:
        self.trace = trace
        self.reveal = reveal
        self.checks = {check.name: check for check in trace.checks}
        self.derivations = {d.output.label: d for d in trace.derivations}
        self.updates = {"client": 0, "server": 0}
        self.values: dict[str, dict[bytes, _core.Secret]] = {}  # both ends surface the same one
        for secret in trace.secrets:
            self.values.setdefault(secret.label, {}).setdefault(bytes(secret.value), secret)

    def after(self, message: _core.Message) -> Iterator[Computed]:
        """What can be computed after a message."""
        if message.name == "KeyUpdate":
            self.updates[message.sender] += 1
            label = f"{message.sender.upper()}_TRAFFIC_SECRET_{self.updates[message.sender]}"
            yield from self.line(Place(label, message.name, message.sender), message.handshake)
            return
        if message.handshake >= len(self.trace.handshakes):
            return
        for place in _places(self.trace.handshakes[message.handshake]):
            if (place.message, place.sender) == (message.name, message.sender):
                yield from self.line(place, message.handshake)

    def secret(self, label: str, handshake: int) -> _core.Secret | None:
        """The secret of a handshake, or one that does not say whose it is."""
        values = [s for s in self.values.get(label, {}).values() if s.handshake in (handshake, None)]
        return values[-1] if values else None

    def line(self, place: Place, handshake: int) -> Iterator[Computed]:
        secret = self.secret(place.label, handshake)
        if secret is None:
            if not place.optional and self.is_over(handshake):
                yield self.unknown(place.label)
            return
        verdict, reason = self.verdict(place.label, handshake)
        yield Computed(
            name=place.label,
            formula=show_bytes(self.formula(place.label)),
            length=len(secret),
            source=secret.source,
            verdict=verdict,
            reason=reason,
            value=grouped_hex(secret.value) if self.reveal else None,
        )

    def is_over(self, handshake: int) -> bool:
        """Can no secret of it come any more?"""
        return self.trace.finished or self.trace.handshakes[handshake].complete

    def unknown(self, label: str) -> Computed:
        notes = {name: reason for _, name, reason in self.trace.notes}
        reason = notes.get(label) or notes.get("probe") or "no key log, probe or private key gave it"
        return Computed(
            name=label, formula="", length=0, source="", verdict="not surfaced", reason=show_bytes(reason), value=None
        )

    def formula(self, label: str) -> str:
        derivation = self.derivations.get(label)
        formula = "" if derivation is None else derivation.formula
        return f"{formula}: {self.parts()}" if label == "key block" else formula

    def parts(self) -> str:
        """What a key block is cut into; each part twice, the client's and the server's."""
        kinds = ("MAC key", "key", "IV")
        lengths = {kind: next(iter(self.values.get(f"client write {kind}", ())), b"") for kind in kinds}
        return "2 x (" + " + ".join(f"{kind} {len(value)}" for kind, value in lengths.items() if value) + ")"

    def verdict(self, label: str, handshake: int) -> tuple[Verdict, str]:
        """Of the check of a secret; of a root that of the secret made from it; of a derived one its derivation's."""
        for name in (label, _MADE_OF.get(label)):
            check = self.checks.get(f"secret.{name}[{handshake}]" if handshake else f"secret.{name}")
            if check is not None:
                words: dict[bool | None, Verdict] = {True: "ok", False: "failed", None: "not checkable"}
                return words[check.ok], "" if check.ok else show_bytes(check.reason or "")
        derivation = self.derivations.get(label)
        if derivation is None:
            return "not checkable", "nothing was compared with it"
        return ("ok" if derivation.ok else "failed"), ""
