"""Features of the lab: what a handshake may show besides its suite, in which versions, and what goes together.

In: the keywords of lab.run. Out: Features; ValueError says why some do not go together. RFC 8446, RFC 5246.

SPDX-License-Identifier: MIT
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from hsinspect import _core

Sides = Literal["client", "server", "both"]
EARLY_DATA_MOST = 16384  # bytes that a ticket of GnuTLS allows
CHAIN = 2  # the certificate and its authority's
CHAIN_MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """The keywords of lab.run of the same names; each that is off changes nothing."""

    client_cert: bool | str = False
    psk: Literal["dhe", "psk"] | bool = False
    resume: Literal["ticket", "session_id"] | bool = False
    early_data: bytes | None = None
    early_data_accepted: bool = True
    hello_retry: bool = False
    key_update: Sides | None = None
    update_requested: bool = False
    renegotiate: Literal["client", "server"] | bool = False
    post_handshake_auth: bool = False
    max_fragment_length: int | None = None
    record_size_limit: int | None = None
    ocsp: Literal["good", "revoked", "unknown"] | bool = False
    heartbeat: bool = False
    chain_length: int | None = None

    @property
    def resumes(self) -> Literal["ticket", "session_id"] | None:
        """How an earlier session is resumed; None: there is none."""
        if self.resume in ("ticket", "session_id"):
            return self.resume
        return "ticket" if self.resume or self.early_data is not None else None

    def steps(self) -> list[tuple[_core.Side, Callable[[_core.Session], object]]]:
        """What the ends do between the handshake and the data, in this order."""
        found: list[tuple[_core.Side, Callable[[_core.Session], object]]] = []
        if self.post_handshake_auth:
            found.append(("server", lambda session: session.reauth()))
        if self.renegotiate:
            found.append(
                ("client" if self.renegotiate == "client" else "server", lambda session: session.rehandshake())
            )
        for side in _SIDES[self.key_update]:
            found.append((side, lambda session: session.key_update(self.update_requested)))
        return found


_SIDES: dict[Sides | None, tuple[_core.Side, ...]] = {
    None: (),
    "client": ("client",),
    "server": ("server",),
    "both": ("client", "server"),
}
_VALUES: dict[str, tuple[object, ...]] = {
    "psk": (False, True, "dhe", "psk"),
    "resume": (False, True, "ticket", "session_id"),
    "key_update": (None, "client", "server", "both"),
    "renegotiate": (False, True, "client", "server"),
    "max_fragment_length": (None, 512, 1024, 2048, 4096),
    "ocsp": (False, True, "good", "revoked", "unknown"),
}
_ONLY_TLS13 = {
    "early_data": "RFC 8446 section 2.3",
    "hello_retry": "RFC 8446 section 4.1.4",
    "key_update": "RFC 8446 section 4.6.3",
    "post_handshake_auth": "RFC 8446 section 4.6.2",
}
_BEFORE_TLS13 = {
    "renegotiate": "TLS 1.3 has no renegotiation (RFC 8446 section 4.1.2) but key_update= and post_handshake_auth=",
    "resume": "TLS 1.3 resumes by tickets only, RFC 8446 section 2.2",
}


# What cannot be together, and why.
_APART: tuple[tuple[Callable[[Features], bool], str], ...] = (
    (
        lambda of: of.early_data is not None and of.hello_retry,
        "early_data with hello_retry: who retries has to reject it (RFC 8446 section 4.2.10), and GnuTLS does not",
    ),
    (lambda of: of.early_data == b"", "early_data has no bytes"),
    (lambda of: of.early_data is None and not of.early_data_accepted, "early_data_accepted is about early_data="),
    (lambda of: of.early_data is not None and bool(of.psk), "early_data with psk: GnuTLS sends it with a ticket only"),
    (lambda of: of.update_requested and of.key_update is None, "update_requested is about key_update="),
    (
        lambda of: of.update_requested and of.key_update == "both",
        "key_update='both' with update_requested: GnuTLS refuses a request while it waits for an answer to its own",
    ),
    (
        lambda of: of.max_fragment_length is not None and of.record_size_limit is not None,
        "record_size_limit takes the place of max_fragment_length, RFC 8449 section 5",
    ),
)


def checked(features: Features, version: str | None, tickets: bool | None) -> str | None:
    """The version that the features need, or the one that was asked for; ValueError: they do not go together."""
    _require_known(features)
    late = [name for name in _ONLY_TLS13 if getattr(features, name) not in (None, False)]
    early = [name for name in _BEFORE_TLS13 if _is_old(features, name)]
    if late and early:
        raise ValueError(f"{late[0]} is TLS 1.3's alone; {_BEFORE_TLS13[early[0]]}")
    if late and version not in (None, "TLSv1.3"):
        raise ValueError(f"{version} has no {late[0]}: that is TLS 1.3's, {_ONLY_TLS13[late[0]]}")
    if early and version == "TLSv1.3":
        raise ValueError(_BEFORE_TLS13[early[0]])
    if features.resumes == "ticket" and tickets is False:
        raise ValueError("resume by ticket needs tickets")
    for are_together, reason in _APART:
        if are_together(features):
            raise ValueError(reason)
    if version is None and (late or early):
        return "TLSv1.3" if late else "TLSv1.2"
    return version


def _is_old(features: Features, name: str) -> bool:
    return features.resumes == "session_id" if name == "resume" else bool(getattr(features, name))


def _require_known(features: Features) -> None:
    for name, values in _VALUES.items():
        value = getattr(features, name)
        if not any(type(value) is type(known) and value == known for known in values):
            raise ValueError(f"{name} {value!r} is unknown; there are {', '.join(map(repr, values))}")
    early = None if features.early_data is None else len(features.early_data)
    for name, value, (least, most) in (
        ("record_size_limit", features.record_size_limit, (512, 16384)),
        ("chain_length", features.chain_length, (CHAIN, CHAIN_MOST)),
        ("early_data, in bytes,", early, (0, EARLY_DATA_MOST)),
    ):
        if value is not None and not least <= value <= most:
            raise ValueError(f"{name} is {least} to {most}, not {value}")
