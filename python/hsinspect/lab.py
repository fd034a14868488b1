"""The lab: both ends of a handshake in one process, and one trace of the wire between them.

In: what to negotiate, what to say, what to alter on the way. Out: a Trace, however the handshake ends. lab_plan.py
says what that takes, lab_setup.py makes it, in lab_wire.py the two ends meet.

SPDX-License-Identifier: MIT
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal

from hsinspect import _core
from hsinspect.lab_features import Features
from hsinspect.lab_names import Names
from hsinspect.lab_plan import plan_of, plan_of_priority
from hsinspect.lab_setup import CERTIFIED_NAMES, PSK_IDENTITY, PSK_KEY, Setup
from hsinspect.lab_wire import Ends, Script, memory_wire, tcp_wire
from hsinspect.trace import Trace

if TYPE_CHECKING:
    Tamper = Callable[[_core.Side, int, bytes], bytes | list[bytes]]

__all__ = ["CERTIFIED_NAMES", "PSK_IDENTITY", "PSK_KEY", "run"]


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
    chain_length: int | None = None,
    ocsp: Literal["good", "revoked", "unknown"] | bool = False,
    client_cert: bool | str = False,
    psk: Literal["dhe", "psk"] | bool = False,
    resume: Literal["ticket", "session_id"] | bool = False,
    early_data: bytes | None = None,
    early_data_accepted: bool = True,
    hello_retry: bool = False,
    post_handshake_auth: bool = False,
    renegotiate: Literal["client", "server"] | bool = False,
    key_update: Literal["client", "server", "both"] | None = None,
    update_requested: bool = False,
    max_fragment_length: int | None = None,
    record_size_limit: int | None = None,
    heartbeat: bool = False,
    request: bytes | None = None,
    response: bytes | None = None,
    tamper: Tamper | None = None,
    transport: Literal["memory", "tcp"] = "memory",
    priority: str | None = None,
) -> Trace:
    """A handshake, `request` from the client, `response` from the server, and the close, client first.

    version: "TLSv1" to "TLSv1.3". kx, cipher, mac, group: GnuTLS's names: "ECDHE-RSA", "AES-128-GCM", "SHA1", "X25519".
    encrypt_then_mac, extended_master_secret, tickets: None: GnuTLS's default, which is on. certificate: the server's
    key: "RSA", "RSA-PSS", "ECDSA", "Ed25519", "Ed448", "DSA", "GOST"; None: one that fits. priority: a GnuTLS priority
    string instead of these; the lab has certificates, a pre-shared key and a password for whatever it asks for.
    tamper: called with (sender, index, record) for each record on its way; gives what arrives, or a list of it.
    transport: "tcp" sends the bytes over a loopback connection. How each side failed is in `trace.errors`.

    chain_length: 2 to 100 certificates in the server's chain. ocsp: the status in a stapled response; True: "good".
    client_cert: the kind of the client's; True: the server's kind. psk: in TLS 1.3 with a key exchange ("dhe", True) or
    without ("psk"); before it kx= "ECDHE-PSK" or "PSK". resume: a first handshake is resumed by "ticket" (True) or
    "session_id"; the trace is the second's, `trace.previous` the first's. early_data: said with the resumption (0-RTT).
    hello_retry: the client's key share is for another group than the server's, which is group= or SECP384R1.
    post_handshake_auth, renegotiate (by "server" (True) or "client"), key_update (whose; update_requested: the other's
    too): before the data. max_fragment_length (512, 1024, 2048, 4096), record_size_limit (512 to 16384): of both sides;
    GnuTLS sends 32 records in a flight at most. heartbeat: the extension; nobody sends any.
    ValueError: unknown names, and combinations that TLS, GnuTLS or the system's policy do not have.
    """
    names = Names(
        version=version, kx=kx, cipher=cipher, mac=mac, group=group, certificate=certificate,
        encrypt_then_mac=encrypt_then_mac, extended_master_secret=extended_master_secret, tickets=tickets,
    )  # fmt: skip
    features = Features(
        chain_length=chain_length, ocsp=ocsp, client_cert=client_cert, psk=psk, resume=resume, early_data=early_data,
        early_data_accepted=early_data_accepted, hello_retry=hello_retry, post_handshake_auth=post_handshake_auth,
        renegotiate=renegotiate, key_update=key_update, update_requested=update_requested,
        max_fragment_length=max_fragment_length, record_size_limit=record_size_limit, heartbeat=heartbeat,
    )  # fmt: skip
    _require_usable(alpn, tamper, transport)
    plan = plan_of(names, features) if priority is None else plan_of_priority(priority, names, features)
    script = Script(request=request, response=response, early_data=early_data, steps=features.steps())
    setup = Setup(plan, features, alpn or (), server_name)
    if features.resumes is not None:
        return _resume(setup, transport, script, tamper)
    trace, _ = _connect(setup, transport, script, tamper)
    return trace


_WIRES = {"memory": memory_wire, "tcp": tcp_wire}


def _require_usable(alpn: Sequence[str] | None, tamper: Tamper | None, transport: str) -> None:
    if isinstance(alpn, str):
        raise TypeError("alpn= takes a list of protocols, not one of them")
    if tamper is not None and not callable(tamper):
        raise TypeError("tamper= takes a function of (sender, index, record)")
    if transport not in _WIRES:
        raise ValueError(f"transport {transport!r} is unknown; there are {', '.join(_WIRES)}")


def _resume(setup: Setup, transport: Literal["memory", "tcp"], script: Script, tamper: Tamper | None) -> Trace:
    """Two connections: the second resumes the first, whose trace is all there is where it failed."""
    previous, resumption = _connect(setup, transport, Script(keep=True), None)
    if resumption is None:
        return previous
    trace, _ = _connect(setup.resuming(resumption), transport, script, tamper)
    resumption[:] = bytes(len(resumption))  # it has secrets in it
    trace.previous = previous
    return trace


def _connect(
    setup: Setup, transport: Literal["memory", "tcp"], script: Script, tamper: Tamper | None
) -> tuple[Trace, bytearray | None]:
    """A connection, and what was kept to resume it."""
    trace = Trace()
    with _WIRES[transport]() as wire:
        client, server = (
            _core.Session(
                setup.configs[side],
                trace,
                side == "server",
                None if side == "server" else setup.server_name,
                verify_name=side == "client" and setup.server_name in CERTIFIED_NAMES,
                two_sided=True,
                transport=transport,
                client_address=wire.addresses["client"],
                server_address=wire.addresses["server"],
                tamper=tamper,
                resumption=setup.resumption if side == "client" else None,
            )
            for side in setup.configs
        )
        setup.tell_keys(trace)
        resumption = Ends(trace, client, server, wire).play(script)
        client.close()
        server.close()
    trace.finish()
    return trace, resumption
