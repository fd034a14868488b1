"""A callback that raises, with the exception, its traceback and the sessions in them, leaves nothing behind."""

import contextlib
import ssl
import tempfile

import hsinspect
from growth import check
from hsinspect import _core

CHAIN, KEY, AUTHORITY = _core.lab_certificate("ECDSA")


class Enough(Exception):
    """What the callback raises."""


def contexts() -> tuple[hsinspect.Context, hsinspect.Context]:
    client, server = hsinspect.create_default_context(), hsinspect.Context(ssl.PROTOCOL_TLS_SERVER)
    client.load_verify_locations(cadata=AUTHORITY.decode())
    with tempfile.NamedTemporaryFile() as chain, tempfile.NamedTemporaryFile() as key:
        for file, content in ((chain, CHAIN), (key, KEY)):
            file.write(content)
            file.flush()
        server.load_cert_chain(chain.name, key.name)
    return client, server


CLIENT, SERVER = contexts()


@CLIENT.on_message("ServerHello")
def refuse(conn: object, message: object) -> None:
    raise Enough


def shake_hands() -> None:
    client = hsinspect.Session(CLIENT, server_hostname="localhost")
    server = hsinspect.Session(SERVER, server_side=True)
    for session, peer in ((client, server), (server, client)):
        with contextlib.suppress(hsinspect.WantReadError):
            session.do_handshake()
        peer.feed(session.take())
    try:
        client.do_handshake()
    except Enough:
        return
    raise AssertionError("the callback did not raise")


check(shake_hands)
