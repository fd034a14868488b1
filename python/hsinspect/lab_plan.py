"""What the lab sets up: a GnuTLS priority string, and the certificates and keys that a handshake by it may need.

In: names, or any priority string. Out: a Plan. What names there are and what they need is in lab_names.py.

SPDX-License-Identifier: MIT
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hsinspect import _core
from hsinspect.lab_names import CERTIFICATES, KEY_EXCHANGES, VERSIONS, KeyExchange, Names, Suite, fitting, known

_SWITCHES = {"encrypt_then_mac": "%NO_ETM", "extended_master_secret": "%NO_SESSION_HASH", "tickets": "%NO_TICKETS"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """certificates: (chain, key, authority) each, PEM. rsa_key: opens premaster secrets. verify: by the client."""

    priority: str
    certificates: tuple[tuple[bytes, bytes, bytes], ...]
    rsa_key: bytes | None
    psk: bool
    verify: bool


def plan_of_priority(priority: str, names: Names) -> Plan:
    """For any priority string: all that it may need. GnuTLS picks."""
    given = [name for name in names.given() if name != "certificate"]
    if given:
        raise ValueError(f"priority= replaces {', '.join(given)}")
    asked = _core.Config(True)
    asked.set_priority(priority)
    exchanges = [KEY_EXCHANGES[name] for name in asked.key_exchanges() if name in KEY_EXCHANGES]
    if names.certificate is None:
        return _plan(priority, exchanges, _kinds(exchanges, asked.signatures()))
    return _plan(priority, exchanges, [known("certificate", names.certificate, CERTIFICATES)])


def plan_of(names: Names) -> Plan:
    """For names."""
    suites = fitting(names)
    exchange = KEY_EXCHANGES.get(names.kx or "", KeyExchange(("RSA",)))
    kinds = exchange.certificates[:1] if names.certificate is None else [names.certificate]
    priority = _priority(names, exchange, suites)
    try:
        _core.Config(True).set_priority(priority)
    except ValueError:
        several = ", ".join(suite.name for suite in suites)
        raise ValueError(f"name more of kx=, cipher= and mac=: GnuTLS takes by itself none of {several}") from None
    return _plan(priority, [exchange], kinds)


def _plan(priority: str, exchanges: Iterable[KeyExchange], kinds: Iterable[str]) -> Plan:
    certificates = {kind: _core.lab_certificate(kind) for kind in kinds}
    opens = "RSA" in certificates and any(exchange.opens for exchange in exchanges)
    return Plan(
        priority=priority,
        certificates=tuple(certificates.values()),
        rsa_key=certificates["RSA"][1] if opens else None,
        psk=any(exchange.psk for exchange in exchanges),
        # a client that verifies refuses an anonymous server
        verify=all(exchange.certificates or exchange.psk for exchange in exchanges),
    )


def _kinds(exchanges: Iterable[KeyExchange], signatures: Iterable[str]) -> list[str]:
    """The certificates for a priority string.

    RSA-PSS where no other RSA signature is allowed: GnuTLS 3.7.9 picks such a certificate even where it does not fit,
    in TLS 1.0 and 1.1. DSA where it is asked for: nothing else uses it, and its key takes long to make.
    """
    kinds = ["RSA", "ECDSA", "Ed25519", "Ed448"]
    by_rsa = [name for name in signatures if name.startswith("RSA-")]
    if by_rsa and all(name.startswith("RSA-PSS-SHA") for name in by_rsa):
        kinds.append("RSA-PSS")
    if any("DSA" in exchange.certificates for exchange in exchanges):
        kinds.append("DSA")
    return kinds


def _priority(names: Names, exchange: KeyExchange, suites: list[Suite]) -> str:
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
    exchanges = dict.fromkeys(suite.kx for suite in suites if suite.kx is not None)
    if names.group is not None and names.kx is None and exchanges:  # or one that has no group would be picked
        parts += ["-KX-ALL", *(f"+{kx}" for kx in exchanges)]
    if names.cipher is not None and names.mac is None:  # behind those that GnuTLS prefers
        parts += [f"+{mac}" for mac in dict.fromkeys(suite.mac for suite in suites)]
    if names.version is None and all(suite.kx is not None for suite in suites):  # or a server would still pick it
        parts.append("-VERS-TLS1.3")
    parts += [f"+{name}" for name in exchange.signatures]
    parts += [word for name, word in _SWITCHES.items() if getattr(names, name) is False]
    return ":".join(parts)
