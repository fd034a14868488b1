"""OCSP responses of the lab, for stapling: one certificate's status, signed by its authority. GnuTLS reads them only.

In: a chain of the lab. Out: DER. RFC 6960 section 4.2.1, RFC 5280 section 4.1 (what is taken from the certificates).

SPDX-License-Identifier: MIT
"""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from hsinspect import _core

# tags, X.690 section 8: universal, and those that RFC 6960 numbers itself
SEQUENCE, BIT_STRING, OCTET_STRING, NULL, OID, ENUMERATED, TIME = 0x30, 3, 4, 5, 6, 10, 0x18
BASIC = bytes.fromhex("2b0601050507300101")  # id-pkix-ocsp-basic
SHA1 = bytes.fromhex("2b0e03021a")  # id-sha1
BEGIN = b"-----BEGIN CERTIFICATE-----"


def der(tag: int, *contents: bytes) -> bytes:
    """A value in DER."""
    content = b"".join(contents)
    if len(content) < 0x80:
        return bytes([tag, len(content)]) + content
    length = len(content).to_bytes((len(content).bit_length() + 7) // 8)
    return bytes([tag, 0x80 | len(length)]) + length + content


def values(content: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """The values in a constructed one: (tag, contents, all of it)."""
    while content:
        length, start = content[1], 2
        if length & 0x80:
            start += length & 0x7F
            length = int.from_bytes(content[2:start])
        yield content[0], content[start : start + length], content[: start + length]
        content = content[start + length :]


def response(kind: str, chain: bytes, authority: bytes, status: str) -> bytes:
    """What the authority says of the first certificate of a chain: "good", "revoked" or "unknown"."""
    _, certificate, *_ = chain.split(BEGIN)
    serial, issuer, _ = _parts_of(BEGIN + certificate)
    _, _, key = _parts_of(authority)
    now = datetime.now(UTC)
    key_hash = der(OCTET_STRING, hashlib.sha1(key).digest())
    name_hash = der(OCTET_STRING, hashlib.sha1(issuer).digest())
    certificate_id = der(SEQUENCE, der(SEQUENCE, der(OID, SHA1), der(NULL)), name_hash, key_hash, serial)
    statuses = {"good": der(0x80), "revoked": der(0xA1, _time(now - timedelta(hours=1))), "unknown": der(0x82)}
    single = der(SEQUENCE, certificate_id, statuses[status], _time(now), der(0xA0, _time(now + timedelta(days=1))))
    data = der(SEQUENCE, der(0xA2, key_hash), _time(now), der(SEQUENCE, single))
    signature = der(BIT_STRING, b"\0", _core.lab_sign(kind, data))
    basic = der(SEQUENCE, data, _algorithm_of(authority), signature)
    return der(SEQUENCE, der(ENUMERATED, b"\0"), der(0xA0, der(SEQUENCE, der(OID, BASIC), der(OCTET_STRING, basic))))


def _time(moment: datetime) -> bytes:
    return der(TIME, moment.strftime("%Y%m%d%H%M%SZ").encode())


def _certificate_of(pem: bytes) -> list[tuple[int, bytes, bytes]]:
    """Its three values: what is signed, the algorithm, the signature."""
    ((_, content, _),) = values(ssl.PEM_cert_to_DER_cert(pem.decode()))
    return list(values(content))


def _algorithm_of(authority: bytes) -> bytes:
    """With which an authority signs: it has signed its own certificate."""
    return _certificate_of(authority)[1][2]


def _parts_of(pem: bytes) -> tuple[bytes, bytes, bytes]:
    """The serial number and the issuer's name, both whole, and the bits of the public key."""
    _, serial, _, issuer, _, _, key, *_ = values(_certificate_of(pem)[0][1])
    _, (_, bits, _) = values(key[1])
    return serial[2], issuer[2], bits[1:]
