"""What the lab sets up: GnuTLS priority strings, and the certificates and keys that a handshake by them may need.

In: names, or any priority string, and features. Out: a Plan. Which names there are is in lab_names.py.

SPDX-License-Identifier: MIT
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from hsinspect import _core
from hsinspect.lab_features import CHAIN, Features, checked
from hsinspect.lab_names import (
    CERTIFICATES,
    KEY_EXCHANGES,
    SINCE_TLS12,
    VERSIONS,
    KeyExchange,
    Names,
    Suite,
    fitting,
    known,
)

_SWITCHES = {"encrypt_then_mac": "%NO_ETM", "extended_master_secret": "%NO_SESSION_HASH", "tickets": "%NO_TICKETS"}
_PSK_TLS13 = KeyExchange(psk=True)  # the suites of TLS 1.3 name no key exchange
_DSA_REQUESTED = ":+SIGN-DSA-SHA1:+SIGN-DSA-SHA256"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """certificates: (chain, key, authority) each, PEM. rsa_key: opens premaster secrets. verify: by the client.

    priorities: by side. kinds: of the certificates. client_certificate: as certificates; None: the client has none.
    tickets: does the server hand them out?
    """

    priorities: dict[_core.Side, str]
    kinds: tuple[str, ...]
    certificates: tuple[tuple[bytes, bytes, bytes], ...]
    client_certificate: tuple[bytes, bytes, bytes] | None
    rsa_key: bytes | None
    psk: bool
    srp: bool
    tickets: bool
    verify: bool


def plan_of_priority(priority: str, names: Names, features: Features) -> Plan:
    """For any priority string: all that it may need. GnuTLS picks."""
    given = [name for name in names.given() if name != "certificate"]
    if given:
        raise ValueError(f"priority= replaces {', '.join(given)}")
    asked = _core.Config(True)
    asked.set_priority(priority)
    exchanges = [KEY_EXCHANGES[name] for name in asked.key_exchanges() if name in KEY_EXCHANGES]
    versions = {gnutls: version for version, gnutls in VERSIONS.items()}
    highest = max((versions[name] for name in asked.versions() if name in versions), default=None)
    checked(features, highest, names.tickets)
    if features.psk and not any(exchange.psk for exchange in exchanges):
        raise ValueError("psk= with priority=: the priority string asks for no key exchange with a pre-shared key")
    if names.certificate is None:
        kinds = _kinds(exchanges, asked.signatures())
    else:
        kinds = [known("certificate", names.certificate, CERTIFICATES)]
    return _plan(priority, exchanges, kinds, replace(names, version=highest), features)


def plan_of(names: Names, features: Features) -> Plan:
    """For names."""
    names = _with_psk(replace(names, version=checked(features, names.version, names.tickets)), features)
    suites = fitting(names)
    exchange = KEY_EXCHANGES.get(names.kx or "", KeyExchange(("RSA",)))
    if features.psk and names.kx is None:
        exchange = _PSK_TLS13
        suites = _with_sha256(suites)
        if names.certificate is not None:
            raise ValueError("psk= in TLS 1.3: the pre-shared key takes the certificate's place, RFC 8446 section 2.2")
    kinds = exchange.certificates[:1] if names.certificate is None else (names.certificate,)
    priority = _priority(names, exchange, suites) + _psk_modes(names, features)
    try:
        _core.Config(True).set_priority(priority)
    except ValueError:
        several = ", ".join(suite.name for suite in suites)
        raise ValueError(f"name more of kx=, cipher= and mac=: GnuTLS takes by itself none of {several}") from None
    return _plan(priority, [exchange], kinds, names, features)


# ---- pre-shared keys ----


def _with_psk(names: Names, features: Features) -> Names:
    """Before TLS 1.3 a pre-shared key is part of the key exchange."""
    if not features.psk:
        return names
    if names.kx is None:
        if names.version in (None, "TLSv1.3"):
            return replace(names, version="TLSv1.3")
        return replace(names, kx="PSK" if features.psk == "psk" else "ECDHE-PSK")
    if names.kx in KEY_EXCHANGES and not KEY_EXCHANGES[names.kx].psk:
        raise ValueError(f"psk=: {names.kx} has no pre-shared key; those that have: {', '.join(_with_keys())}")
    return names


def _with_keys() -> list[str]:
    return [name for name, exchange in KEY_EXCHANGES.items() if exchange.psk]


def _with_sha256(suites: list[Suite]) -> list[Suite]:
    found = [suite for suite in suites if suite.name.endswith("_SHA256")]
    if not found:
        raise ValueError("a pre-shared key from outside goes with SHA-256, RFC 8446 section 4.2.11")
    return found


def _psk_modes(names: Names, features: Features) -> str:
    """TLS 1.3: the PskKeyExchangeMode that is offered, and the groups for it; RFC 8446 section 4.2.9."""
    if not features.psk or names.kx is not None:
        return ""
    if features.psk == "psk":
        if names.group is not None or features.hello_retry:
            raise ValueError("psk='psk' has no group: psk_ke, RFC 8446 section 4.2.9")
        return ":-KX-ALL:+PSK"
    return f":-KX-ALL:+{'DHE' if (names.group or '').startswith('FFDHE') else 'ECDHE'}-PSK"


# ---- all of it ----


def _plan(
    priority: str, exchanges: Iterable[KeyExchange], kinds: Iterable[str], names: Names, features: Features
) -> Plan:
    exchanges, kinds = tuple(exchanges), tuple(kinds)
    certificates = {kind: _core.lab_certificate(kind, features.chain_length or CHAIN) for kind in kinds}
    opens = "RSA" in certificates and any(exchange.opens for exchange in exchanges)
    if not kinds and (features.ocsp or features.chain_length):
        raise ValueError("ocsp= and chain_length= are about a certificate, and this key exchange has none")
    client_kind = _client_kind(kinds, names, features)
    if client_kind == "DSA":
        priority += _DSA_REQUESTED
    return Plan(
        priorities=_priorities(priority, names, features),
        kinds=kinds,
        certificates=tuple(certificates.values()),
        client_certificate=None if client_kind is None else _core.lab_certificate(client_kind),
        rsa_key=certificates["RSA"][1] if opens else None,
        psk=any(exchange.psk for exchange in exchanges),
        srp=any(exchange.srp for exchange in exchanges),
        tickets=names.tickets is not False and features.resumes != "session_id",
        # a client that verifies refuses an anonymous server
        verify=all(exchange.certificates or exchange.psk or exchange.srp for exchange in exchanges),
    )


def _client_kind(kinds: tuple[str, ...], names: Names, features: Features) -> str | None:
    """The client's certificate; True: of the server's kind."""
    if not features.client_cert and not features.post_handshake_auth:
        return None
    if isinstance(features.client_cert, str):
        kind = known("client_cert", features.client_cert, CERTIFICATES)
    else:
        kind = kinds[0] if kinds else "RSA"
    if not kinds and features.client_cert:
        raise ValueError("client_cert=: a server without a certificate asks for none, RFC 5246 section 7.4.4")
    if kind in SINCE_TLS12 and names.version in ("TLSv1", "TLSv1.1"):
        raise ValueError(f"client_cert {kind}: only since TLS 1.2, not in {names.version}")
    if kind in ("DSA", "GOST") and names.version == "TLSv1.3":
        raise ValueError(f"client_cert {kind}: TLS 1.3 has no signature by such a key, RFC 8446 section 4.2.3")
    if names.kx in ("PSK", "DHE-PSK", "ECDHE-PSK", "RSA-PSK", "SRP", "SRP-RSA", "SRP-DSS") and features.client_cert:
        raise ValueError(f"client_cert=: {names.kx} asks for none")
    return kind


def _priorities(priority: str, names: Names, features: Features) -> dict[_core.Side, str]:
    if features.resumes == "session_id":
        priority += ":%NO_TICKETS"
    if not features.hello_retry:
        return {"client": priority, "server": priority}
    group = names.group or "SECP384R1"
    other = "X25519" if group != "X25519" else "SECP256R1"
    return {
        "client": f"{priority}:-GROUP-ALL:+GROUP-{other}:+GROUP-{group}",
        "server": f"{priority}:-GROUP-ALL:+GROUP-{group}",
    }


def _kinds(exchanges: Iterable[KeyExchange], signatures: Iterable[str]) -> list[str]:
    """The certificates for a priority string.

    RSA-PSS where no other RSA signature is allowed: GnuTLS 3.7.9 picks such a certificate even where it does not fit,
    in TLS 1.0 and 1.1. DSA and GOST where they are asked for: nothing else uses them, and a DSA key takes long to make.
    """
    kinds = ["RSA", "ECDSA", "Ed25519", "Ed448"]
    by_rsa = [name for name in signatures if name.startswith("RSA-")]
    if by_rsa and all(name.startswith("RSA-PSS-SHA") for name in by_rsa):
        kinds.append("RSA-PSS")
    asked = {kind for exchange in exchanges for kind in exchange.certificates}
    return kinds + [kind for kind in ("DSA", "GOST") if kind in asked]


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
    parts += [f"+{name}" for name in exchange.needs]
    parts += [word for name, word in _SWITCHES.items() if getattr(names, name) is False]
    return ":".join(parts)
