"""A trace as a dict of what JSON can hold: docs/json.md describes it, trace.schema.json says it for machines.

Bytes are hex. What has a number and a name is {"value", "name", "hex"}. Without `secrets` it says of every secret and
key, of every value made of them, and of application data how long it is.

SPDX-License-Identifier: MIT
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from hsinspect import _core
from hsinspect.suites import CipherSuite

if TYPE_CHECKING:
    from hsinspect.trace import Trace

Hide = Callable[[bytes | memoryview], Any]

FORMAT = 1
ONE, TWO = 2, 4  # hex digits of a number of one byte, of two
# As `ssl` spells them; RFC 8446 section 4.1.2 and before.
VERSIONS = {0x0002: "SSLv2", 0x0300: "SSLv3", 0x0301: "TLSv1", 0x0302: "TLSv1.1", 0x0303: "TLSv1.2", 0x0304: "TLSv1.3"}


def dictionary_of(trace: Trace, *, secrets: bool) -> dict[str, Any]:
    """The whole trace."""
    if not trace.finished:
        trace = _as_it_is_now(trace)
    hide: Hide = (lambda value: bytes(value).hex()) if secrets else (lambda value: {"length": len(value)})
    return {
        "format": FORMAT,
        **_connection(trace, hide),
        "handshakes": [_handshake(handshake) for handshake in trace.handshakes],
        "messages": [_message(message) for message in trace.messages],
        "records": [_record(record, hide) for record in trace.records],
        "events": [_event(event, hide) for event in trace.events],
        "secrets": [_secret(secret, hide) for secret in trace.secrets],
        "derivations": [_derivation(derivation, hide) for derivation in trace.derivations],
        "checks": [_check(check, hide) for check in trace.checks],
    }


def _as_it_is_now(trace: Trace) -> Trace:
    """A copy that does not grow, so that all of the dict is of one moment."""
    from hsinspect.trace import Trace

    copy = Trace()
    trace.copy_into(copy, finished=False)
    return copy


# ---- numbers with names ----


def _named(value: int | None, name: str | None, digits: int) -> dict[str, Any] | None:
    return None if value is None else {"value": value, "name": name, "hex": f"0x{value:0{digits}x}"}


def _version(value: int) -> dict[str, Any] | None:
    return _named(value, VERSIONS.get(value, f"0x{value:04x}"), TWO)


def _description(alert: _core.Alert) -> dict[str, Any] | None:
    return _named(alert.code, alert.description, ONE)


# ---- the connection ----

_NEGOTIATED = "alpn server_name resumption early_data".split()
_FAULT = "kind sender offset length packet time_ns".split()


def _connection(trace: Trace, hide: Hide) -> dict[str, Any]:
    from hsinspect.trace import first_fatal

    last, started, fatal = trace.handshake, trace.started, first_fatal(trace)
    nothing = dict.fromkeys(("version", "cipher_suite", "group", "signature_scheme"))
    return {
        "transport": trace.transport,
        "client_address": _address(trace.client_address),
        "server_address": _address(trace.server_address),
        "started": None if started is None else started.isoformat(),
        "finished": trace.finished,
        "complete": trace.complete,
        **(nothing if last is None else _suite(last)),
        **_plain(trace, _NEGOTIATED),
        "alert": None if fatal is None else {"sender": fatal.sender, "description": _description(fatal)},
        "verdicts": _rows(trace.verdicts, "side trusted status text"),
        "results": _rows(trace.results, "side function code text"),
        "notes": _rows(trace.notes, "side about text"),
        "opening": [{"sender": sender, "data": hide(data)} for sender, data in trace.opening],
        "capture_faults": [_plain(fault, _FAULT) for fault in trace.capture_faults],
    }


def _address(address: tuple[str, int] | None) -> dict[str, Any] | None:
    return None if address is None else {"host": address[0], "port": address[1]}


def _rows(rows: tuple[tuple[Any, ...], ...], names: str) -> list[dict[str, Any]]:
    return [dict(zip(names.split(), row, strict=True)) for row in rows]


def _suite(handshake: _core.Handshake) -> dict[str, Any]:
    number = handshake.cipher_suite
    return {
        "version": _named(handshake.version_code, handshake.version, TWO),
        "cipher_suite": None if number is None else _named(number, CipherSuite(number).name, TWO),
        "group": _named(handshake.group_code, handshake.group, TWO),
        "signature_scheme": _named(handshake.signature_scheme_code, handshake.signature_scheme, TWO),
    }


_HANDSHAKE = [*_NEGOTIATED, *"extended_master_secret encrypt_then_mac hello_retry complete".split()]


def _handshake(handshake: _core.Handshake) -> dict[str, Any]:
    return {**_suite(handshake), **_plain(handshake, _HANDSHAKE)}


def _plain(item: object, names: list[str] | tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(item, name) for name in names}


# ---- records ----

_RECORD = "epoch sequence_number state reason unread elided elided_bytes".split()


def _record(record: _core.Record, hide: Hide) -> dict[str, Any]:
    mac = record.mac
    secret = mac is not None and (record.content_type == "application_data" or not record.ok)
    return {
        **_plain(record, ("index", "sender", "time_ns")),
        "content_type": _named(record.content_type_code, record.content_type, ONE),
        "outer_type": _named(record.outer_type_code, record.outer_type, ONE),
        "version": _version(record.version),
        **_plain(record, _RECORD),
        "header": record.header.hex(),
        "fragment": record.fragment.hex(),
        "plaintext": hide(record.plaintext) if secret else record.plaintext.hex(),
        "padding": record.padding.hex(),
        "sent": None if record.sent is None else record.sent.hex(),
        "mac": None if mac is None else _mac(mac, hide),
    }


def _mac(mac: _core.RecordMAC, hide: Hide) -> dict[str, Any]:
    return {
        **_plain(mac, "kind algorithm order ok padding_ok".split()),
        "key": hide(mac.key.value),
        "nonce": hide(mac.nonce),  # in TLS 1.3 the first one is the IV
        "input": hide(mac.input),
        "received": mac.received.hex(),
        "computed": mac.computed.hex(),
    }


# ---- messages ----


def _message(message: _core.Message) -> dict[str, Any]:
    hashed, error = message.transcript_hash, message.error
    return {
        **_plain(message, ("index", "name", "sender", "time_ns")),
        "type": _named(message.type, message.name, ONE),
        "handshake": message.handshake,
        "records": [record.index for record in message.records],
        "raw": message.raw.hex(),
        "transcript_hash": None if hashed is None else hashed.hex(),
        "ja3": getattr(message, "ja3", None),
        "ja4": getattr(message, "ja4", None),
        "error": None if error is None else {"offset": error[0], "reason": error[1]},
        "fields": [_field(leaf) for leaf in message.fields.leaves()],
    }


def _field(leaf: _core.Field) -> dict[str, Any]:
    value, meaning = leaf.value, leaf.meaning
    shown: Any = None if isinstance(value, bytes) else value  # `raw` says it
    if isinstance(value, int) and meaning is not None:
        shown, meaning = _named(value, meaning, 2 * leaf.length), None
    return {
        **_plain(leaf, ("path", "offset", "length", "rfc")),
        "raw": leaf.raw.hex(),
        "value": shown,
        "meaning": meaning,
    }


# ---- events ----

_EVENTS: dict[type, tuple[str, ...]] = {
    _core.Record: ("index",),
    _core.Message: ("index",),
    _core.Alert: ("sender", "time_ns"),
    _core.ChangeCipherSpec: ("sender", "time_ns"),
    _core.ApplicationData: ("sender", "time_ns"),
    _core.Close: ("sender", "time_ns", "kind"),
    _core.Phase: ("sender", "time_ns", "side", "action", "name"),
    _core.Secret: ("label", "side", "sender", "epoch", "time_ns", "source"),
}


def _event(event: _core.Event, hide: Hide) -> dict[str, Any]:
    entry = {"event": type(event).__name__, **_plain(event, _EVENTS[type(event)])}
    if isinstance(event, _core.Alert | _core.ChangeCipherSpec | _core.ApplicationData):
        entry["record"] = event.record.index
    if isinstance(event, _core.Alert):
        entry["level"] = _named(event.level_code, event.level, ONE)
        entry["description"] = _description(event)
    if isinstance(event, _core.ApplicationData):
        entry["data"] = hide(event.data)
    return entry


# ---- secrets and checks ----


def _secret(secret: _core.Secret, hide: Hide) -> dict[str, Any]:
    return {**_plain(secret, _EVENTS[_core.Secret]), "handshake": secret.handshake, "value": hide(secret.value)}


def _derivation(derivation: _core.Derivation, hide: Hide) -> dict[str, Any]:
    return {
        **_plain(derivation, ("function", "formula", "rfc", "ok")),
        "output": _secret(derivation.output, hide),
        "inputs": [
            {"name": name, "value": hide(value.value) if isinstance(value, _core.Secret) else value.hex()}
            for name, value in derivation.inputs
        ],
    }


def _check(check: _core.Check, hide: Hide) -> dict[str, Any]:
    from hsinspect.trace import is_public

    show: Hide = (lambda value: bytes(value).hex()) if is_public(check) else hide
    return {
        **_plain(check, ("name", "kind", "ok", "reason", "formula", "rfc")),
        "expected": show(check.expected),
        "found": show(check.found),
        "evidence": [
            {"event": type(event).__name__, "index": getattr(event, "index", None)} for event in check.evidence
        ],
    }
