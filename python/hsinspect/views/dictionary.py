"""A trace as a dict of what JSON can hold. Bytes are hex.

Without `secrets` it says of every secret and key, of every value made of them, and of application data how long it is.

SPDX-License-Identifier: MIT
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from hsinspect import _core

if TYPE_CHECKING:
    from hsinspect.trace import Trace

Hide = Callable[[bytes | memoryview], Any]


def dictionary_of(trace: Trace, *, secrets: bool) -> dict[str, Any]:
    """The whole trace."""
    hide: Hide = (lambda value: bytes(value).hex()) if secrets else (lambda value: {"length": len(value)})
    started = trace.started
    return {
        "version": trace.version,
        "cipher_suite": None if trace.cipher_suite is None else trace.cipher_suite.name,
        **{name: getattr(trace, name) for name in _PLAIN},
        "started": None if started is None else started.isoformat(),
        "alert": trace.alert,
        "records": [_record(record, hide) for record in trace.records],
        "messages": [_message(message) for message in trace.messages],
        "events": [_event(event, hide) for event in trace.events],
        "secrets": [_secret(secret, hide) for secret in trace.secrets],
        "derivations": [_derivation(derivation, hide) for derivation in trace.derivations],
        "checks": [_check(check, hide) for check in trace.checks],
        "handshakes": [_plain(handshake, _HANDSHAKE) for handshake in trace.handshakes],
    }


_PLAIN = (
    "group signature_scheme alpn server_name resumption early_data transport client_address server_address complete"
).split()
_HANDSHAKE = (
    "version cipher_suite group signature_scheme alpn server_name resumption early_data extended_master_secret "
    "encrypt_then_mac hello_retry complete"
).split()
_RECORD = (
    "index sender time_ns content_type outer_type version epoch sequence_number state reason unread elided elided_bytes"
).split()
_MAC = "kind algorithm order ok padding_ok".split()
_SECRET = "label side sender epoch time_ns source".split()
_EVENTS: dict[type, tuple[str, ...]] = {
    _core.Alert: ("sender", "time_ns", "level", "description", "code"),
    _core.ChangeCipherSpec: ("sender", "time_ns"),
    _core.ApplicationData: ("sender", "time_ns"),
    _core.Close: ("sender", "time_ns", "kind"),
    _core.Phase: ("sender", "time_ns", "side", "action", "name"),
    _core.Record: ("index",),
    _core.Message: ("index",),
    _core.Secret: ("label", "side", "sender", "epoch", "time_ns", "source"),
}


def _plain(item: object, names: list[str] | tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(item, name) for name in names}


def _record(record: _core.Record, hide: Hide) -> dict[str, Any]:
    secret = record.mac is not None and record.content_type == "application_data"
    mac = record.mac
    return {
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
        **_plain(mac, _MAC),
        "key": hide(mac.key.value),
        "nonce": hide(mac.nonce),  # in TLS 1.3 the first one is the IV
        "input": hide(mac.input),
        "received": mac.received.hex(),
        "computed": mac.computed.hex(),
    }


def _message(message: _core.Message) -> dict[str, Any]:
    hashed = message.transcript_hash
    return {
        **_plain(message, ("index", "name", "type", "sender", "time_ns", "handshake", "error")),
        "raw": message.raw.hex(),
        "records": [record.index for record in message.records],
        "transcript_hash": None if hashed is None else hashed.hex(),
        "fields": [_field(leaf) for leaf in message.fields.leaves()],
    }


def _field(leaf: _core.Field) -> dict[str, Any]:
    return {
        **_plain(leaf, ("path", "offset", "length", "meaning", "rfc")),
        "raw": leaf.raw.hex(),
    }


def _event(event: _core.Event, hide: Hide) -> dict[str, Any]:
    entry = {"kind": type(event).__name__, **_plain(event, _EVENTS[type(event)])}
    if isinstance(event, _core.ApplicationData):
        entry["data"] = hide(event.data)
    return entry


def _secret(secret: _core.Secret, hide: Hide) -> dict[str, Any]:
    return {**_plain(secret, _SECRET), "value": hide(secret.value)}


def _derivation(derivation: _core.Derivation, hide: Hide) -> dict[str, Any]:
    return {
        **_plain(derivation, ("function", "formula", "rfc", "ok")),
        "output": _secret(derivation.output, hide),
        "inputs": [
            [name, hide(value.value) if isinstance(value, _core.Secret) else value.hex()]
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
    }
