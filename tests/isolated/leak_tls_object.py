"""TLS over two memory buffers, as asyncio uses it, leaves nothing behind, done or broken off."""

import ssl
import tempfile
from contextlib import suppress

import hsinspect
from growth import check
from hsinspect import _core

CHAIN, KEY, AUTHORITY = _core.lab_certificate("ECDSA")


def contexts() -> tuple[hsinspect.Context, hsinspect.Context]:
    client = hsinspect.create_default_context(cadata=AUTHORITY.decode())
    server = hsinspect.Context(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile() as chain, tempfile.NamedTemporaryFile() as key:
        for file, content in ((chain, CHAIN), (key, KEY)):
            file.write(content)
            file.flush()
        server.load_cert_chain(chain.name, key.name)
    return client, server


CLIENT, SERVER = contexts()


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
