"""A callback that raises, with the exception, its traceback and the sessions in them, leaves nothing behind."""

import contextlib

import hsinspect
from ends import contexts
from growth import check


class Enough(Exception):
    """What the callback raises."""


CLIENT, SERVER = contexts(certificate="ECDSA")


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
