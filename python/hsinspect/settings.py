"""Settings: what was set on an `ssl.SSLContext`, translated for GnuTLS.

OpenSSL's context underneath stays the store of what can be read back; what cannot is recorded here. In: the two. Out: a
`_core.Config`, and a priority string. What has no counterpart raises; nothing is dropped silently.

SPDX-License-Identifier: MIT
"""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hsinspect import _core
from hsinspect.files import read_file

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

# Highest first: OpenSSL's number, its "no" option, GnuTLS's name. SSL 3.0 is not compiled into either.
_VERSIONS = (
    (ssl.TLSVersion.TLSv1_3, ssl.OP_NO_TLSv1_3, "VERS-TLS1.3"),
    (ssl.TLSVersion.TLSv1_2, ssl.OP_NO_TLSv1_2, "VERS-TLS1.2"),
    (ssl.TLSVersion.TLSv1_1, ssl.OP_NO_TLSv1_1, "VERS-TLS1.1"),
    (ssl.TLSVersion.TLSv1, ssl.OP_NO_TLSv1, "VERS-TLS1.0"),
)
_HASHED_NAME = re.compile(r"[0-9a-f]{8}\.\d+")  # as openssl rehash names the files of a capath
_BUNDLES = (  # where GnuTLS has no trust store of its own compiled in, or it is missing
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
)


class Recorded:
    """What OpenSSL's context does not give back.

    priority: a GnuTLS priority string, which replaces versions and suites. bounded: were versions set too?
    certificates: (chain, key, password).
    trust: PEM or DER each. system_trust: the system's store too. alpn: preferred first. ciphers: were they chosen?
    keylog: a path. changes: how often any of it was set, so that a config that was made before is known to be old.
    """

    __slots__ = ("alpn", "bounded", "certificates", "changes", "ciphers", "keylog", "priority", "system_trust", "trust")

    def __init__(self, priority: str | None) -> None:
        self.priority = priority
        self.bounded = False
        self.certificates: list[tuple[bytes, bytes, str | None]] = []
        self.trust: list[bytes] = []
        self.system_trust = False
        self.alpn: tuple[str, ...] = ()
        self.ciphers = False
        self.keylog: str | None = None
        self.changes = 0


def config_of(context: ssl.SSLContext, recorded: Recorded, server_side: bool) -> _core.Config:
    """A GnuTLS config that does what the context says."""
    config = _core.Config(server_side)
    config.set_priority(priority_of(context, recorded))
    for chain, key, password in recorded.certificates:
        config.add_certificate(chain, key, password)
    config.set_verify(int(context.verify_mode))
    if context.verify_mode != ssl.CERT_NONE:
        for certificates in recorded.trust:
            config.add_trust(certificates)
        if recorded.system_trust:
            add_system_trust(config)
    if recorded.alpn:
        config.set_alpn(recorded.alpn)
    if server_side:
        config.set_tickets(not context.options & ssl.OP_NO_TICKET and context.num_tickets > 0)
    if recorded.keylog is not None:
        config.set_keylog(recorded.keylog)
    return config


# ---- trust ----


def add_system_trust(config: _core.Config) -> int:
    """Trusts the system's authorities, wherever they are; how many there are. GnuTLS is silent where it finds none.

    SSL_CERT_FILE and SSL_CERT_DIR stand for them where they are set, as in `ssl`.
    """
    paths = ssl.get_default_verify_paths()
    if paths.openssl_cafile_env in os.environ or paths.openssl_capath_env in os.environ:
        files = [read_file(paths.cafile)] if paths.cafile is not None else []
        return sum(map(config.add_trust, (*files, *(trust_in_folder(paths.capath) if paths.capath else ()))))
    count = config.add_system_trust()
    if count == 0:
        for path in (paths.cafile, *_BUNDLES):
            if path is not None and os.path.isfile(path):
                return config.add_trust(read_file(path))
    return count


def trust_in_folder(path: str) -> Iterator[bytes]:
    """The certificates of a capath. OpenSSL looks for them one by one when it needs them; GnuTLS wants them all."""
    for name in sorted(os.listdir(path)):
        if _HASHED_NAME.fullmatch(name):
            yield read_file(os.path.join(path, name))


def trust_in_data(data: str | Buffer) -> Iterator[bytes]:
    """The certificates of a cadata: PEM text, or DER, one after another."""
    if isinstance(data, str):
        yield data.encode("ascii")
        return
    rest = bytes(data)
    while rest:
        length = _der_length(rest)
        yield rest[:length]
        rest = rest[length:]


def _der_length(data: bytes) -> int:
    """The length of the DER value at the beginning, header included. OpenSSL has read it before us."""
    if data[1] < 0x80:
        return 2 + data[1]
    size = data[1] & 0x7F
    return 2 + size + int.from_bytes(data[2 : 2 + size], "big")


# ---- versions and suites ----


def priority_of(context: ssl.SSLContext, recorded: Recorded) -> str:
    """The GnuTLS priority string for a context's versions and, where they were chosen, suites."""
    if recorded.priority is not None:
        return ":".join([recorded.priority, *(_excluded(context) if recorded.bounded else ())])
    versions = [
        name for version, excluded, name in _VERSIONS if _within(context, version) and not context.options & excluded
    ]
    if not versions:
        raise ValueError("no TLS version is left between minimum_version and maximum_version")
    parts = ["NORMAL", "-VERS-ALL", *(f"+{name}" for name in versions)]
    if recorded.ciphers:
        parts += _chosen_suites(context, tls13="VERS-TLS1.3" in versions, before="VERS-TLS1.3" not in versions[-1:])
    return ":".join(parts)


def _excluded(context: ssl.SSLContext) -> Iterator[str]:
    """What takes the versions outside the bounds out of a priority string."""
    for version, _, name in _VERSIONS:
        if not _within(context, version):
            yield f"-{name}"


def _within(context: ssl.SSLContext, version: ssl.TLSVersion) -> bool:
    lowest, highest = context.minimum_version, context.maximum_version
    return (lowest == ssl.TLSVersion.MINIMUM_SUPPORTED or version >= lowest) and (
        highest == ssl.TLSVersion.MAXIMUM_SUPPORTED or version <= highest
    )


def _chosen_suites(context: ssl.SSLContext, *, tls13: bool, before: bool) -> list[str]:
    """GnuTLS is told of key exchanges, ciphers and MACs one by one, and takes every suite that they make."""
    asked = {cipher["id"] & 0xFFFF for cipher in context.get_ciphers()}
    known = {
        number: suite for number, *_, allowed in _core.gnutls_suites() if allowed and (suite := _core.suite(number))
    }
    usable = {number: suite for number, suite in known.items() if number in asked and (tls13 if suite[5] else before)}
    exchanges = {suite[1] for suite in usable.values()}
    ciphers = {suite[2] for suite in usable.values()}
    macs = {suite[3] for suite in usable.values()}
    more = [
        suite[0]
        for number, suite in known.items()
        if suite[1] in exchanges and suite[2] in ciphers and suite[3] in macs and number not in usable
        and (tls13 if suite[5] else before)
    ]  # fmt: skip
    if more:
        raise NotImplementedError(
            f"set_ciphers: GnuTLS cannot take these suites without {', '.join(sorted(more))}; "
            "say what you want as Context(priority=…)"
        )
    if not usable:
        raise ValueError("set_ciphers: GnuTLS has none of these suites")
    kinds = (("KX", exchanges - {None}), ("CIPHER", ciphers), ("MAC", macs))
    parts = []
    for kind, names in kinds:
        if names:
            parts += [f"-{kind}-ALL", *sorted(f"+{name}" for name in names)]
    return parts
