"""Facts: one or two lines about each message, read from its fields and from the checks that are about it.

A message's facts are a function in the table at the end. Absent fields leave a fact out: a peer may send anything.

SPDX-License-Identifier: MIT
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from hsinspect import _core
from hsinspect.fields import at, at_field, certificates_in, items_of
from hsinspect.views.headline import version_text
from hsinspect.views.show import counted, grouped_number, show_bytes

Checks = Mapping[str, _core.Check]
_NAMED_AT_MOST = 6  # extensions in a line
_COMMON_NAME = b"\x55\x04\x03"  # 2.5.4.3


def shown(field: _core.Field | None) -> str:
    """A field's meaning, else its value."""
    if field is None:
        return ""
    if field.meaning is not None:
        return show_bytes(field.meaning)
    return show_bytes(field.value) if isinstance(field.value, str | bytes) else str(field.value)


def verdict(check: _core.Check) -> str:
    """ok, failed or not checkable, with the reason."""
    word = {True: "ok", False: "failed", None: "not checkable"}[check.ok]
    return word if check.ok or not check.reason else f"{word}: {show_bytes(check.reason)}"


def check_of(checks: Checks, message: _core.Message, name: str) -> _core.Check | None:
    """The check of that name in the message's own handshake."""
    return checks.get(f"{name}[{message.handshake}]" if message.handshake else name)


def _checked(checks: Checks, message: _core.Message, name: str) -> Iterator[str]:
    check = check_of(checks, message, name)
    if check is not None:
        yield f"{show_bytes(check.formula)}  {verdict(check)}"


def _extensions(message: _core.Message, *but: str) -> str:
    names = [show_bytes(str(name)) for name in message.extensions if name not in but]
    more = len(names) - _NAMED_AT_MOST
    return ", ".join(names[:_NAMED_AT_MOST]) + (f", {more} more" if more > 0 else "")


def _items(field: _core.Field | None) -> list[str]:
    return [] if field is None else [shown(item) for item in items_of(field)]


def _client_hello(message: _core.Message, checks: Checks) -> Iterator[str]:
    versions = _items(at(message, "extensions.supported_versions.versions")) or [shown(at(message, "legacy_version"))]
    known = [version_text(version) for version in versions if version.startswith("TLS")]
    yield f"offers {' + '.join(known) or 'no known version'}, {counted(len(message.cipher_suites), 'suite')}"
    shares = items_of(at(message, "extensions.key_share.client_shares"))
    groups = [shown(at(message, f"{share.path}.group")) for share in shares]
    name = at(message, "extensions.server_name.server_name_list[0].name")
    protocols = _items(at(message, "extensions.application_layer_protocol_negotiation.protocol_name_list"))
    facts = [
        f"key_share {' + '.join(groups)}" if groups else "",
        f'server_name "{shown(name)}"' if name is not None else "",
        f"ALPN {', '.join(protocols)}" if protocols else "",
    ]
    if any(facts):
        yield "; ".join(fact for fact in facts if fact)
    shown_above = ("supported_versions", "key_share", "server_name", "application_layer_protocol_negotiation")
    others = _extensions(message, *shown_above)
    if others:
        yield f"also {others}"


def _server_hello(message: _core.Message, checks: Checks) -> Iterator[str]:
    group = at(message, "extensions.key_share.server_share.group")
    also = _extensions(message, "supported_versions", "key_share")
    facts = [
        f"picks {shown(at(message, 'cipher_suite'))}",
        f"key_share {shown(group)}" if group is not None else "",
        also,
    ]
    yield "; ".join(fact for fact in facts if fact)


def _hello_retry_request(message: _core.Message, checks: Checks) -> Iterator[str]:
    yield f"asks for a key_share of {shown(at(message, 'extensions.key_share.selected_group')) or 'no group'}"


def _encrypted_extensions(message: _core.Message, checks: Checks) -> Iterator[str]:
    protocol = at(message, "extensions.application_layer_protocol_negotiation.protocol_name_list[0]")
    facts = [f'ALPN "{shown(protocol)}"' if protocol is not None else "", _extensions(message)]
    yield "; ".join(fact for fact in facts if fact) or "no extension"


def _common_name(name: _core.Field | None) -> str:
    """The commonName of a Name, the last one there is; the whole of one that has none."""
    for relative in reversed(items_of(at_field(name, "rdnSequence"))):
        for attribute in items_of(relative):
            attribute_type = at_field(attribute, "type")
            if attribute_type is not None and attribute_type.value == _COMMON_NAME:
                return f"CN={shown(at_field(attribute, 'value'))}"
    return shown(name)


def _certificate(message: _core.Message, checks: Checks) -> Iterator[str]:
    chain = list(certificates_in(message))
    key = at(message, "ASN1_subjectPublicKeyInfo") or at(message, "certificate_list[0].ASN1_subjectPublicKeyInfo")
    if key is not None:
        yield f"a raw public key: {shown(at_field(key, 'SubjectPublicKeyInfo')) or 'unreadable'}"
    elif not chain:
        yield "no certificate"
    else:
        first = at(message, "certificate_list[0].cert_data.Certificate.tbsCertificate") or at(
            message, "certificate_list[0].Certificate.tbsCertificate"
        )
        subject, issuer = at_field(first, "subject"), at_field(first, "issuer")
        more = f"; {len(chain)} in the chain" if len(chain) > 1 else ""
        if subject is None or issuer is None:
            yield f"a certificate of {grouped_number(len(chain[0]))} bytes{more}"
        else:
            yield f"{_common_name(subject)}, issued by {_common_name(issuer)}{more}"
        yield from _stapled(at(message, "certificate_list[0].extensions.status_request.response"))


def _stapled(response: _core.Field | None) -> Iterator[str]:
    """What an OCSP response says of the certificate."""
    one = at_field(
        response,
        "OCSPResponse.responseBytes.response.BasicOCSPResponse.tbsResponseData.responses[0]",
    )
    status = at_field(response, "OCSPResponse.responseStatus")
    if one is not None:
        until = at_field(one, "nextUpdate")
        said = f"OCSP: {shown(at_field(one, 'certStatus'))}, as of {shown(at_field(one, 'thisUpdate'))}"
        yield said + (f", until {shown(until)}" if until is not None else "")
    elif status is not None:
        yield f"OCSP: {shown(status)}"


def _certificate_status(message: _core.Message, checks: Checks) -> Iterator[str]:
    yield from _stapled(at(message, "response") or at(message, "ocsp_response_list[0]"))


def _server_key_exchange(message: _core.Message, checks: Checks) -> Iterator[str]:
    group = at(message, "params.curve_params.namedcurve")
    algorithm = at(message, "algorithm")
    facts = [shown(group), f"signed with {shown(algorithm)}" if algorithm is not None else ""]
    if any(facts):
        yield ", ".join(fact for fact in facts if fact)
    yield from _checked(checks, message, "signature.ServerKeyExchange")


def _client_key_exchange(message: _core.Message, checks: Checks) -> Iterator[str]:
    encrypted = at(message, "encrypted_pre_master_secret")
    if encrypted is not None:
        yield "RSA(server's public key, premaster secret)"
    for share in ("ecdh_Yc", "dh_Yc"):
        public = at(message, share)
        if public is not None:
            yield f"the client's public value, {len(public.raw)} bytes"


def _certificate_request(message: _core.Message, checks: Checks) -> Iterator[str]:
    schemes = at(message, "supported_signature_algorithms") or at(
        message, "extensions.signature_algorithms.supported_signature_algorithms"
    )
    authorities = at(message, "certificate_authorities") or at(
        message, "extensions.certificate_authorities.authorities"
    )
    count = 0 if authorities is None else len(list(items_of(authorities)))
    facts = [
        f"wants {', '.join(_items(at(message, 'certificate_types')))}" if at(message, "certificate_types") else "",
        f"signed with one of {counted(len(_items(schemes)), 'scheme')}" if schemes is not None else "",
        f"names {count} {'authority' if count == 1 else 'authorities'}" if count else "any authority",
    ]
    yield "; ".join(fact for fact in facts if fact)


def _compressed_certificate(message: _core.Message, checks: Checks) -> Iterator[str]:
    fields = [at(message, path) for path in ("compressed_certificate_message", "uncompressed_length")]
    compressed, length = (field and field.value for field in fields)
    if isinstance(compressed, bytes) and isinstance(length, int):
        algorithm = shown(at(message, "algorithm"))
        yield f"{algorithm}: {grouped_number(len(compressed))} bytes for {grouped_number(length)}"


def _next_protocol(message: _core.Message, checks: Checks) -> Iterator[str]:
    yield f'NPN "{shown(at(message, "selected_protocol"))}"'


def _certificate_verify(message: _core.Message, checks: Checks) -> Iterator[str]:
    algorithm = at(message, "algorithm")
    if algorithm is not None:
        yield shown(algorithm)
    yield from _checked(checks, message, f"certificate_verify.{message.sender}")


def _finished(message: _core.Message, checks: Checks) -> Iterator[str]:
    for line in _checked(checks, message, f"finished.{message.sender}"):
        yield f"verify_data = {line}"


def _new_session_ticket(message: _core.Message, checks: Checks) -> Iterator[str]:
    lifetime = at(message, "ticket_lifetime") or at(message, "ticket_lifetime_hint")
    ticket = at(message, "ticket")
    if lifetime is not None and ticket is not None:
        yield f"a ticket of {grouped_number(len(ticket.raw))} bytes, good for {shown(lifetime)} s"


def _key_update(message: _core.Message, checks: Checks) -> Iterator[str]:
    yield shown(at(message, "request_update"))


_FACTS: Mapping[str, Callable[[_core.Message, Checks], Iterator[str]]] = {
    "ClientHello": _client_hello,
    "ServerHello": _server_hello,
    "HelloRetryRequest": _hello_retry_request,
    "EncryptedExtensions": _encrypted_extensions,
    "Certificate": _certificate,
    "CertificateStatus": _certificate_status,
    "ServerKeyExchange": _server_key_exchange,
    "ClientKeyExchange": _client_key_exchange,
    "CertificateRequest": _certificate_request,
    "CompressedCertificate": _compressed_certificate,
    "NextProtocol": _next_protocol,
    "CertificateVerify": _certificate_verify,
    "Finished": _finished,
    "NewSessionTicket": _new_session_ticket,
    "KeyUpdate": _key_update,
}


def facts_of(message: _core.Message, checks: Checks) -> tuple[str, ...]:
    """A message's fact lines; () for one that has none."""
    facts = _FACTS.get(message.name)
    return () if facts is None else tuple(line for line in facts(message, checks) if line)
