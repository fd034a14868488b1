"""TLS over two memory buffers, as asyncio uses it, leaves nothing behind, done or broken off."""

import ssl
from contextlib import suppress

from ends import contexts
from growth import check

CLIENT, SERVER = contexts(certificate="ECDSA")


def talk() -> None:
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = CLIENT.wrap_bio(to_client, to_server, server_hostname="localhost")
    server = SERVER.wrap_bio(to_server, to_client, server_side=True)
    for end in (client, server, client, server):
        with suppress(ssl.SSLWantReadError):
            end.do_handshake()
    client.write(b"question")
    assert server.read(100) == b"question" and server.trace.complete
    broken = CLIENT.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="localhost")
    with suppress(ssl.SSLWantReadError):
        broken.do_handshake()


check(talk, rounds=50)
