"""Certificates: what GnuTLS reads in them, and how `ssl` shows them.

What each byte of a certificate says is in the fields of its Certificate message: `message.fields`.

SPDX-License-Identifier: MIT
"""

from __future__ import annotations

import functools
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hsinspect import _core

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A certificate as GnuTLS reads it. RFC 5280.

    der: its bytes. subject, issuer: names as RFC 4514 writes them, "CN=localhost,O=lab". serial_number: as a number.
    not_before, not_after: in UTC. names: those of its subjectAltName, each with its kind: ("dNSName", "localhost"),
    ("iPAddress", "127.0.0.1"); of an otherName the DER in hex. key: the algorithm of its key, "RSA", and key_bits its
    size. signature_algorithm: "RSA-SHA256"; None: GnuTLS does not know it. self_signed: it names itself as its issuer.
    fingerprint: SHA256 of `der`, 32 bytes. key_id: SHA256 of its SubjectPublicKeyInfo, 32 bytes.

    >>> import hsinspect
    >>> certificate = hsinspect.lab.run("TLSv1.3").verification.certificates[0]
    >>> certificate.subject, certificate.names[0], certificate.key, certificate.key_bits
    ('CN=lab', ('dNSName', 'localhost'), 'RSA', 2048)
    """

    der: bytes
    subject: str
    issuer: str
    serial_number: int
    not_before: datetime
    not_after: datetime
    names: tuple[tuple[str, str], ...]
    key: str
    key_bits: int
    signature_algorithm: str | None
    self_signed: bool
    fingerprint: bytes
    key_id: bytes

    @classmethod
    def of(cls, der: bytes) -> Certificate:
        """Reads a certificate. ValueError: GnuTLS cannot."""
        from datetime import UTC, datetime  # slow to import

        facts = _core.certificate_facts(der)
        return cls(
            der=der,
            subject=facts["subject"],
            issuer=facts["issuer"],
            serial_number=int.from_bytes(facts["serial"], signed=True),
            not_before=datetime.fromtimestamp(facts["not_before"], UTC),
            not_after=datetime.fromtimestamp(facts["not_after"], UTC),
            names=tuple((kind, _name_text(kind, value)) for kind, value in facts["names"]),
            key=facts["key"],
            key_bits=facts["bits"],
            signature_algorithm=facts["signature"],
            self_signed=facts["self_signed"],
            fingerprint=facts["fingerprint"],
            key_id=facts["key_id"],
        )

    @property
    def text(self) -> str:
        """How GnuTLS prints it, in many lines: every extension too."""
        return _core.certificate_text(self.der)

    def __repr__(self) -> str:
        from hsinspect.views.show import show_bytes

        return f"<Certificate {show_bytes(self.subject)}, issued by {show_bytes(self.issuer)}>"


def _name_text(kind: str, value: bytes) -> str:
    if kind == "iPAddress":
        from ipaddress import ip_address  # slow to import

        return str(ip_address(value)) if len(value) in (4, 16) else value.hex()
    return value.hex() if kind == "otherName" else value.decode(errors="backslashreplace")


@functools.lru_cache(maxsize=64)
def decode(der: bytes) -> dict[str, Any]:
    """The certificate as the dict that `getpeercert()` gives; {} where OpenSSL cannot read it.

    The standard library has one decoder for a certificate that is not a connection's own, and it reads a file.
    """
    import tempfile  # slow to import

    with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
        file.write(ssl.DER_cert_to_PEM_cert(der))
        file.flush()
        try:
            decoded: dict[str, Any] = ssl._ssl._test_decode_cert(file.name)  # type: ignore[attr-defined]
        except (ssl.SSLError, ValueError):
            return {}
    return decoded
