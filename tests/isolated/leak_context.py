"""Contexts leave nothing behind: with callbacks, sessions and the traces they keep, in a cycle."""

from contextlib import suppress

import hsinspect
from growth import check
from hsinspect import _core

AUTHORITY = _core.lab_certificate("ECDSA")[2].decode()


def make() -> None:
    context = hsinspect.create_default_context(cadata=AUTHORITY)
    context.set_alpn_protocols(["h2", "http/1.1"])
    context.itself = context

    @context.on_message("ClientHello")
    def see(conn: object, message: object) -> object:
        return context

    for _ in range(3):
        session = hsinspect.Session(context, server_hostname="localhost")
        with suppress(hsinspect.WantReadError):
            session.do_handshake()
    context.off(see)
    assert len(context.traces) == 3


check(make)
