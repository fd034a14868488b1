"""Both ends of a connection over memory, for the scripts beside this file."""

import contextlib
import ssl
import tempfile
from pathlib import Path

import hsinspect
from hsinspect import _core


def contexts(priority: str | None = None, certificate: str = "RSA") -> tuple[hsinspect.Context, hsinspect.Context]:
    """Of a client and a server that it trusts."""
    chain, key, authority = _core.lab_certificate(certificate)
    client = hsinspect.create_default_context(cadata=authority.decode(), priority=priority)
    server = hsinspect.Context(ssl.PROTOCOL_TLS_SERVER, priority=priority)
    with tempfile.TemporaryDirectory() as folder:
        paths = Path(folder, "chain.pem"), Path(folder, "key.pem")
        for path, content in zip(paths, (chain, key), strict=True):
            path.write_bytes(content)
        server.load_cert_chain(*paths)
    return client, server


def shake_hands(client: hsinspect.Context, server: hsinspect.Context) -> tuple[hsinspect.Session, hsinspect.Session]:
    """A client and a server after their handshake."""
    ends = hsinspect.Session(client, server_hostname="localhost"), hsinspect.Session(server, server_side=True)
    while not all(end.established for end in ends):
        for end, peer in (ends, ends[::-1]):
            with contextlib.suppress(hsinspect.WantReadError):
                end.do_handshake()
            peer.feed(end.take())
    return ends
