"""The lab: both ends of a handshake in one process, and one trace of the wire between them.

In: what to negotiate, what to say, what to alter on the way. Out: a Trace, however the handshake ends. lab_plan.py
says what that takes, in lab_wire.py the two ends meet.

SPDX-License-Identifier: MIT
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal

from hsinspect import _core
from hsinspect.lab_names import Names
from hsinspect.lab_plan import Plan, plan_of, plan_of_priority
from hsinspect.lab_wire import Ends, memory_wire, tcp_wire
from hsinspect.trace import Trace

if TYPE_CHECKING:
    Tamper = Callable[[_core.Side, int, bytes], bytes | list[bytes]]

CERTIFIED_NAMES = ("localhost", "lab", "127.0.0.1", "::1")  # of the lab's certificates
PSK_IDENTITY, PSK_KEY = b"lab", bytes(range(32))


def run(
    version: str | None = None,
    *,
    kx: str | None = None,
    cipher: str | None = None,
    mac: str | None = None,
    group: str | None = None,
    encrypt_then_mac: bool | None = None,
    extended_master_secret: bool | None = None,
    tickets: bool | None = None,
    alpn: Sequence[str] | None = None,
    server_name: str | None = "localhost",
    certificate: str | None = None,
    request: bytes | None = None,
    response: bytes | None = None,
    tamper: Tamper | None = None,
    transport: Literal["memory", "tcp"] = "memory",
    priority: str | None = None,
) -> Trace:
    """A handshake, `request` from the client, `response` from the server, and the close, client first.

    version: "TLSv1" to "TLSv1.3". kx, cipher, mac, group: GnuTLS's names: "ECDHE-RSA", "AES-128-GCM", "SHA1", "X25519".
    encrypt_then_mac, extended_master_secret, tickets: None: GnuTLS's default, which is on. certificate: the server's
    key: "RSA", "RSA-PSS", "ECDSA", "Ed25519", "Ed448", "DSA"; None: one that fits. priority: a GnuTLS priority string
    instead of these; the lab has certificates and a pre-shared key for whatever it asks for but SRP and GOST.
    tamper: called with (sender, index, record) for each record on its way; gives what arrives, or a list of it.
    transport: "tcp" sends the bytes over a loopback connection. How each side failed is in `trace.errors`.
    ValueError: unknown names, and combinations that TLS, GnuTLS or the system's policy do not have.
    """
    names = Names(
        version=version, kx=kx, cipher=cipher, mac=mac, group=group, certificate=certificate,
        encrypt_then_mac=encrypt_then_mac, extended_master_secret=extended_master_secret, tickets=tickets,
    )  # fmt: skip
    plan = plan_of(names) if priority is None else plan_of_priority(priority, names)
    if isinstance(alpn, str):
        raise TypeError("alpn= takes a list of protocols, not one of them")
    if tamper is not None and not callable(tamper):
        raise TypeError("tamper= takes a function of (sender, index, record)")
    if transport not in _WIRES:
        raise ValueError(f"transport {transport!r} is unknown; there are {', '.join(_WIRES)}")
    trace = Trace()
    with _WIRES[transport]() as wire:
        client, server = (
            _core.Session(
                _config(plan, server_side, alpn),
                trace,
                server_side,
                None if server_side else server_name,
                verify_name=not server_side and server_name in CERTIFIED_NAMES,
                two_sided=True,
                transport=transport,
                client_address=wire.addresses["client"],
                server_address=wire.addresses["server"],
                tamper=tamper,
            )
            for server_side in (False, True)
        )
        _tell_keys(trace, plan)
        Ends(trace, client, server, wire).play(request, response)
        client.close()
        server.close()
    trace.finish()
    return trace


_WIRES = {"memory": memory_wire, "tcp": tcp_wire}


def _tell_keys(trace: Trace, plan: Plan) -> None:
    """What somebody who looks has to know so that secrets can be computed from it."""
    if plan.rsa_key is not None:
        trace.append_private_key(plan.rsa_key)
    if plan.psk:
        trace.append_psk(PSK_IDENTITY, PSK_KEY)


def _config(plan: Plan, server_side: bool, alpn: Sequence[str] | None) -> _core.Config:
    config = _core.Config(server_side)
    config.set_priority(plan.priority)
    if alpn:
        config.set_alpn(list(alpn))
    if plan.psk:
        config.add_psk(PSK_IDENTITY, PSK_KEY)
    for chain, key, authority in plan.certificates:
        if server_side:
            config.add_certificate(chain, key)
        else:
            config.add_trust(authority)
    if not server_side:
        config.set_verify(ssl.CERT_REQUIRED if plan.verify else ssl.CERT_NONE)
    return config
