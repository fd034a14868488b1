"""Names of the lab: versions, key exchanges, ciphers, MACs, groups and certificates, and which of them go together.

Out: ValueError says which names are known, or why these make no handshake. The suites are those that GnuTLS lists.

SPDX-License-Identifier: MIT
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hsinspect import _core

VERSIONS = {"TLSv1": "TLS1.0", "TLSv1.1": "TLS1.1", "TLSv1.2": "TLS1.2", "TLSv1.3": "TLS1.3"}
GROUPS = (
    "X25519 X448 SECP192R1 SECP224R1 SECP256R1 SECP384R1 SECP521R1 FFDHE2048 FFDHE3072 FFDHE4096 FFDHE6144 FFDHE8192"
).split()
CERTIFICATES = ("RSA", "RSA-PSS", "ECDSA", "Ed25519", "Ed448", "DSA", "GOST")
SINCE_TLS12 = ("RSA-PSS", "Ed25519", "Ed448", "GOST")  # certificates; RFC 8446 section 4.2.3, RFC 8422 section 5.10


@dataclass(frozen=True, slots=True)
class KeyExchange:
    """certificates: the kinds that fit, the usual one first. psk, srp: is there a pre-shared key, or a password?

    opens: with the RSA key? group: what kind of group it uses, None: none. needs: what GnuTLS leaves out unless asked.
    """

    certificates: tuple[str, ...] = ()
    group: str | None = None
    psk: bool = False
    srp: bool = False
    opens: bool = False
    needs: tuple[str, ...] = ()


DSA_SIGNATURES = ("SIGN-DSA-SHA1", "SIGN-DSA-SHA256")
GOST = ("GOST28147-TC26Z-CNT", "GOST28147-TC26Z-IMIT", "GROUP-GC256B", "SIGN-GOSTR341012-256")  # RFC 9189


KEY_EXCHANGES = {
    "RSA": KeyExchange(("RSA",), opens=True),
    "DHE-RSA": KeyExchange(("RSA", "RSA-PSS"), "FFDHE"),
    "ECDHE-RSA": KeyExchange(("RSA", "RSA-PSS"), "EC"),
    "ECDHE-ECDSA": KeyExchange(("ECDSA", "Ed25519", "Ed448"), "EC"),
    "DHE-DSS": KeyExchange(("DSA",), "FFDHE", needs=DSA_SIGNATURES),
    "ANON-DH": KeyExchange(group="FFDHE"),
    "ANON-ECDH": KeyExchange(group="EC"),
    "PSK": KeyExchange(psk=True),
    "DHE-PSK": KeyExchange(group="FFDHE", psk=True),
    "ECDHE-PSK": KeyExchange(group="EC", psk=True),
    "RSA-PSK": KeyExchange(("RSA",), psk=True, opens=True),
    "SRP": KeyExchange(srp=True),
    "SRP-RSA": KeyExchange(("RSA",), srp=True),
    "SRP-DSS": KeyExchange(("DSA",), srp=True, needs=DSA_SIGNATURES),
    "VKO-GOST-12": KeyExchange(("GOST",), needs=GOST),
}
# Where none is named: what GnuTLS allows by itself, and with these certificates TLS 1.3.
USUAL = ("ECDHE-ECDSA", "ECDHE-RSA", "RSA", "DHE-RSA")
USUAL_CERTIFICATES = ("RSA", "RSA-PSS", "ECDSA", "Ed25519", "Ed448")


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What was asked for; None: whatever GnuTLS does by itself, and a certificate that fits."""

    version: str | None
    kx: str | None
    cipher: str | None
    mac: str | None
    group: str | None
    certificate: str | None
    encrypt_then_mac: bool | None
    extended_master_secret: bool | None
    tickets: bool | None

    def given(self) -> list[str]:
        """The names of what was asked for."""
        return [name for name in self.__slots__ if getattr(self, name) is not None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """A cipher suite of this GnuTLS. kx: None in TLS 1.3. allowed: by the library and the system's policy."""

    name: str
    kx: str | None
    cipher: str
    mac: str
    versions: tuple[str, ...]
    allowed: bool


_NOT_IN_TLS13 = {
    "kx": "no key exchange to name: its suites have none, use group=",
    "encrypt_then_mac": "no encrypt_then_mac: all its ciphers are AEADs, RFC 8446 section 1.2",
    "extended_master_secret": "no extended_master_secret: all its secrets depend on the messages, RFC 8446 appendix D",
}


def suites() -> Iterator[Suite]:
    """Those of this GnuTLS for which the lab has keys."""
    for number, _, lowest, allowed in _core.gnutls_suites():
        found = _core.suite(number)
        if found is not None and lowest is not None and (found[1] is None or found[1] in KEY_EXCHANGES):
            name, kx, cipher, mac, _, tls13 = found
            versions = tuple(v for v in VERSIONS if v >= lowest and (v == "TLSv1.3") == tls13)
            yield Suite(name=name, kx=kx, cipher=cipher, mac=mac, versions=versions, allowed=allowed)


def known(what: str, name: str, names: Iterable[str]) -> str:
    """The name; ValueError: it is none of these."""
    names = list(names)
    if name not in names:
        raise ValueError(f"{what} {name!r} is unknown; there are {', '.join(names)}")
    return name


def fitting(names: Names) -> list[Suite]:
    """The suites that can come of the names, one at least; ValueError: unknown names, or such as do not go together."""
    every = list(suites())
    _require_known(names, every)
    _require_parts_that_fit(names)
    found = [suite for suite in every if _fits(suite, names)]
    words = ", ".join(getattr(names, what) for what in ("version", "kx", "cipher", "mac") if what in names.given())
    if not found:
        raise ValueError(f"GnuTLS {_core.gnutls_version()} has no cipher suite for {words or 'these names'}")
    if not any(suite.allowed for suite in found):
        forbidden = ", ".join(suite.name for suite in found)
        raise ValueError(f"the library or the system's policy forbids {forbidden}")
    return found


def _require_known(names: Names, every: list[Suite]) -> None:
    those: dict[str, Iterable[str]] = {
        "version": VERSIONS,
        "kx": KEY_EXCHANGES,
        "cipher": sorted({suite.cipher for suite in every}),
        "mac": sorted({suite.mac for suite in every}),
        "group": GROUPS,
        "certificate": CERTIFICATES,
    }
    for what in those:
        if getattr(names, what) is not None:
            known(what, getattr(names, what), those[what])


def _require_parts_that_fit(names: Names) -> None:
    """ValueError: the version, the certificate or the group is none for the key exchange."""
    for what in names.given():
        if names.version == "TLSv1.3" and what in _NOT_IN_TLS13:
            raise ValueError(f"TLS 1.3 has {_NOT_IN_TLS13[what]}")
    exchange = KEY_EXCHANGES.get(names.kx or "", KeyExchange(USUAL_CERTIFICATES))
    if names.certificate not in (None, *exchange.certificates):
        takes = " or ".join(exchange.certificates) or "none"
        raise ValueError(f"certificate {names.certificate}: {names.kx or 'without kx= the lab'} takes {takes}")
    if names.certificate in SINCE_TLS12 and names.version in ("TLSv1", "TLSv1.1"):
        raise ValueError(f"certificate {names.certificate}: only since TLS 1.2, not in {names.version}")
    if names.kx and names.group and exchange.group != _kind_of(names.group):
        raise ValueError(f"group {names.group}: {names.kx} takes {exchange.group or 'none'}")


def _kind_of(group: str) -> str:
    return "FFDHE" if group.startswith("FFDHE") else "EC"


def _fits(suite: Suite, names: Names) -> bool:
    if suite.kx is None:
        exchanged = not any(what in _NOT_IN_TLS13 for what in names.given())
    elif names.kx is None:
        kind = names.certificate or "RSA"
        exchange = KEY_EXCHANGES.get(suite.kx, KeyExchange())
        grouped = names.group is None or exchange.group == _kind_of(names.group)
        exchanged = suite.kx in USUAL and kind in exchange.certificates and grouped
    else:
        exchanged = suite.kx == names.kx
    return (
        exchanged
        and names.cipher in (None, suite.cipher)
        and names.mac in (None, suite.mac)
        and (names.version is None or names.version in suite.versions)
    )
