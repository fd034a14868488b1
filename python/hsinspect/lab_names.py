"""Names of the lab: from version, key exchange, cipher, MAC and group to a GnuTLS priority string and what it needs.

Knows which combinations there are: ValueError says which names are known, or which suite is missing or forbidden.

SPDX-License-Identifier: MIT
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hsinspect import _core

VERSIONS = {"TLSv1": "TLS1.0", "TLSv1.1": "TLS1.1", "TLSv1.2": "TLS1.2", "TLSv1.3": "TLS1.3"}
GROUPS = (
    "X25519 X448 SECP192R1 SECP224R1 SECP256R1 SECP384R1 SECP521R1 FFDHE2048 FFDHE3072 FFDHE4096 FFDHE6144 FFDHE8192"
).split()
CERTIFICATES = ("RSA", "RSA-PSS", "ECDSA", "Ed25519", "DSA")
SINCE_TLS12 = ("AEAD", "SHA256", "SHA384")  # MACs; RFC 5246 appendix A.5
# Where the default certificates of "any priority string" come from: GnuTLS picks what fits.
ANY_CERTIFICATE = ("RSA", "ECDSA")


@dataclass(frozen=True, slots=True)
class KeyExchange:
    """certificate: the kind that fits it, None: none. psk: does it use a pre-shared key? opens: with the RSA key?"""

    certificate: str | None = None
    psk: bool = False
    opens: bool = False
    signatures: tuple[str, ...] = ()  # that GnuTLS leaves out unless asked


KEY_EXCHANGES = {
    "RSA": KeyExchange("RSA", opens=True),
    "DHE-RSA": KeyExchange("RSA"),
    "ECDHE-RSA": KeyExchange("RSA"),
    "ECDHE-ECDSA": KeyExchange("ECDSA"),
    "DHE-DSS": KeyExchange("DSA", signatures=("SIGN-DSA-SHA1", "SIGN-DSA-SHA256")),
    "ANON-DH": KeyExchange(),
    "ANON-ECDH": KeyExchange(),
    "PSK": KeyExchange(psk=True),
    "DHE-PSK": KeyExchange(psk=True),
    "ECDHE-PSK": KeyExchange(psk=True),
    "RSA-PSK": KeyExchange("RSA", psk=True, opens=True),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the lab sets up. certificates: (chain, key, authority) each, PEM. rsa_key: opens premaster secrets."""

    priority: str
    certificates: tuple[tuple[bytes, bytes, bytes], ...]
    rsa_key: bytes | None
    psk: bool
    verify: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What was asked for; None: whatever GnuTLS does by itself."""

    version: str | None
    kx: str | None
    cipher: str | None
    mac: str | None
    group: str | None
    encrypt_then_mac: bool | None
    extended_master_secret: bool | None
    tickets: bool | None

    def given(self) -> list[str]:
        """The names of what was asked for."""
        return [name for name in self.__slots__ if getattr(self, name) is not None]


_SWITCHES = {"encrypt_then_mac": "%NO_ETM", "extended_master_secret": "%NO_SESSION_HASH", "tickets": "%NO_TICKETS"}
_NOT_IN_TLS13 = {
    "kx": "no key exchange to name: its suites have none, use group=",
    "encrypt_then_mac": "no encrypt_then_mac: all its ciphers are AEADs, RFC 8446 section 1.2",
    "extended_master_secret": "no extended_master_secret: all its secrets depend on the messages, RFC 8446 appendix D",
}


def plan_of_priority(priority: str, names: Names, certificate: str | None) -> Plan:
    """For any priority string: both usual certificates, and a pre-shared key in case it is asked for."""
    if names.given():
        raise ValueError(f"priority= replaces {', '.join(names.given())}")
    _core.Config(True).set_priority(priority)
    kinds = ANY_CERTIFICATE if certificate is None else (_known("certificate", certificate, CERTIFICATES),)
    psk = "PSK" in priority
    return Plan(
        priority=priority,
        certificates=tuple(_core.lab_certificate(kind) for kind in kinds),
        rsa_key=_core.lab_certificate("RSA")[1] if "RSA" in kinds else None,
        psk=psk,
        verify="ANON" not in priority and not psk,
    )


def plan_of(names: Names, certificate: str | None) -> Plan:
    """For names."""
    _check(names)
    exchange = KEY_EXCHANGES.get(names.kx or "", KeyExchange("RSA"))
    kind = exchange.certificate if certificate is None else _known("certificate", certificate, CERTIFICATES)
    chosen = () if kind is None else (_core.lab_certificate(kind),)
    return Plan(
        priority=_priority(names, exchange),
        certificates=chosen,
        rsa_key=chosen[0][1] if exchange.opens and chosen else None,
        psk=exchange.psk,
        verify=bool(chosen),
    )


def _check(names: Names) -> None:
    """ValueError: a name is unknown, or they do not go together."""
    suites = _suites()
    known: dict[str, Iterable[str]] = {
        "version": VERSIONS,
        "kx": KEY_EXCHANGES,
        "cipher": sorted({suite[2] for suite, _ in suites}),
        "mac": sorted({suite[3] for suite, _ in suites}),
        "group": GROUPS,
    }
    for what, those in known.items():
        name = getattr(names, what)
        if name is not None:
            _known(what, name, those)
    if names.version == "TLSv1.3":
        for what in names.given():
            if what in _NOT_IN_TLS13:
                raise ValueError(f"TLS 1.3 has {_NOT_IN_TLS13[what]}")
    _require_suite(suites, names)


def _priority(names: Names, exchange: KeyExchange) -> str:
    parts = ["NORMAL"]
    kinds = (
        ("VERS", names.version and f"VERS-{VERSIONS[names.version]}"),
        ("KX", names.kx),
        ("CIPHER", names.cipher),
        ("MAC", names.mac),
        ("GROUP", names.group and f"GROUP-{names.group}"),
    )
    for kind, name in kinds:
        if name is not None:
            parts += [f"-{kind}-ALL", f"+{name}"]
    parts += [f"+{name}" for name in exchange.signatures]
    parts += [word for name, word in _SWITCHES.items() if getattr(names, name) is False]
    return ":".join(parts)


Suite = tuple[str, str | None, str, str, str, bool]


def _suites() -> list[tuple[Suite, bool]]:
    """The suites of this GnuTLS that mean something to us, and whether library and policy allow them."""
    found = ((_core.suite(number), allowed) for number, _, allowed in _core.gnutls_suites())
    return [(suite, allowed) for suite, allowed in found if suite is not None]


def _known(what: str, name: str, names: Iterable[str]) -> str:
    names = list(names)
    if name not in names:
        raise ValueError(f"{what} {name!r} is unknown; there are {', '.join(names)}")
    return name


def _require_suite(suites: list[tuple[Suite, bool]], names: Names) -> None:
    """ValueError: GnuTLS has no suite of these names in this version, or those that it has are forbidden."""
    asked = (names.kx, names.cipher, names.mac)
    fitting = [
        (suite, allowed)
        for suite, allowed in suites
        if all(name in (None, has) for name, has in zip(asked, suite[1:4], strict=True))
        and _in_version(suite, names.version)
    ]
    words = ", ".join(name for name in (names.version, *asked) if name is not None)
    if not fitting:
        raise ValueError(f"GnuTLS {_core.gnutls_version()} has no cipher suite for {words}")
    if not any(allowed for _, allowed in fitting):
        forbidden = ", ".join(suite[0] for suite, _ in fitting)
        raise ValueError(f"the library or the system's policy forbids {forbidden}")


def _in_version(suite: Suite, version: str | None) -> bool:
    tls13 = suite[5]
    if version is None:
        return True
    if tls13 or version == "TLSv1.3":
        return tls13 and version == "TLSv1.3"
    return version == "TLSv1.2" or suite[3] not in SINCE_TLS12
