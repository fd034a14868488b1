"""Certificates as `ssl` shows them: from DER to the dict that `getpeercert()` gives.

The standard library has one decoder for a certificate that is not a connection's own, and it reads a file.

SPDX-License-Identifier: MIT
"""

from __future__ import annotations

import functools
import ssl
from typing import Any


@functools.lru_cache(maxsize=64)
def decode(der: bytes) -> dict[str, Any]:
    """The certificate as a dict; {} where OpenSSL cannot read it."""
    import tempfile  # slow to import

    with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
        file.write(ssl.DER_cert_to_PEM_cert(der))
        file.flush()
        try:
            decoded: dict[str, Any] = ssl._ssl._test_decode_cert(file.name)  # type: ignore[attr-defined]
        except (ssl.SSLError, ValueError):
            return {}
    return decoded


def common_name(names: tuple[tuple[tuple[str, str], ...], ...]) -> str | None:
    """The commonName of a decoded subject or issuer, or what it has instead."""
    pairs = [pair for relative in names for pair in relative]
    for kind in ("commonName", "organizationName"):
        for name, value in pairs:
            if name == kind:
                return value
    return pairs[0][1] if pairs else None
