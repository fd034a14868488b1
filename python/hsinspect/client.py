"""connect: a TLS client's connection in one call.

SPDX-License-Identifier: MIT
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable

from hsinspect.context import Context, create_default_context
from hsinspect.socket import TLSSocket

StrPath = str | os.PathLike[str]


def connect(
    host: str,
    port: int,
    *,
    context: Context | None = None,
    cafile: StrPath | None = None,
    certfile: StrPath | None = None,
    keyfile: StrPath | None = None,
    server_hostname: str | None = None,
    alpn: Iterable[str] | None = None,
    priority: str | None = None,
    timeout: float | None = None,
) -> TLSSocket:
    """A connection to a server, its handshake done. close() sends close_notify.

    context: instead of cafile, certfile, keyfile, alpn and priority. cafile: whom to trust; None: the system's
    authorities. server_hostname: the name to ask for and to verify; None: host. timeout: seconds, for this and for
    every call later.
    """
    given = (cafile, certfile, keyfile, alpn, priority)
    if context is None:
        context = _context_of(*given)
    elif any(argument is not None for argument in given):
        raise ValueError("context= already says what cafile, certfile, keyfile, alpn and priority would say")
    elif not isinstance(context, Context):
        raise TypeError(f"context= takes an hsinspect.Context, not {type(context).__name__}")
    if not 0 < port < 65536:
        raise ValueError(f"a port is between 1 and 65535, not {port}")
    plain = socket.create_connection((host, port), timeout)
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # a flight waits for no acknowledgement
    try:
        conn = context.wrap_socket(
            plain, server_hostname=host if server_hostname is None else server_hostname, do_handshake_on_connect=False
        )
    except BaseException:
        plain.close()
        raise
    assert isinstance(conn, TLSSocket)
    conn.farewell()
    try:
        conn.do_handshake()
    except BaseException as error:
        conn.trace.errors["client"] = error
        conn.close()
        raise
    return conn


def _context_of(
    cafile: StrPath | None,
    certfile: StrPath | None,
    keyfile: StrPath | None,
    alpn: Iterable[str] | None,
    priority: str | None,
) -> Context:
    context = create_default_context(cafile=cafile, priority=priority)
    if certfile is not None:
        context.load_cert_chain(certfile, keyfile)
    if alpn is not None:
        context.set_alpn_protocols(alpn)
    return context
