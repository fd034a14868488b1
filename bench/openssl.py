"""Makes pairs through CPython's ssl, on demand.

Call: openssl.py HOW CERTIFICATE KEY full|resumed WRITES VERSION [CIPHERS]

HOW: "plain", or "watched": with _msg_callback on both ends, which does nothing, and a key-log file.
SPDX-License-Identifier: MIT
"""

import contextlib
import ssl
import sys
import tempfile

from scenarios import WRITE
from serve import serve

CONTENT = bytes(WRITE)


def ignore(*_message: object) -> None:
    """The callback that does nothing."""


def context(side: int, version: str, ciphers: str | None) -> ssl.SSLContext:
    made = ssl.SSLContext(side)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    made.minimum_version = made.maximum_version = ssl.TLSVersion[version]
    if ciphers is not None:
        made.set_ciphers(ciphers)
    return made


class Pairs:
    """Makes pairs.

    client, server: the contexts. session: what the client resumes, or None.
    """

    def __init__(self, certificate: str, key: str, version: str, ciphers: str | None) -> None:
        self.client = context(ssl.PROTOCOL_TLS_CLIENT, version, ciphers)
        self.server = context(ssl.PROTOCOL_TLS_SERVER, version, ciphers)
        self.server.load_cert_chain(certificate, key)
        self.session: ssl.SSLSession | None = None

    def watch(self, keylog: str) -> None:
        for each in (self.client, self.server):
            each._msg_callback = ignore  # type: ignore[attr-defined]
            each.keylog_filename = keylog

    def connect(self) -> tuple[ssl.SSLObject, ssl.SSLObject]:
        to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
        client = self.client.wrap_bio(to_client, to_server, server_hostname="localhost", session=self.session)
        server = self.server.wrap_bio(to_server, to_client, server_side=True)
        waiting = [client, server]
        while waiting:
            with contextlib.suppress(ssl.SSLWantReadError):
                waiting[0].do_handshake()
                waiting.pop(0)
                continue
            waiting.reverse()
        return client, server

    def make(self, writes: int) -> None:
        client, server = self.connect()
        assert client.session_reused == (self.session is not None)
        for _ in range(writes):
            client.write(CONTENT)
            server.read(WRITE)

    def remember(self) -> None:
        """Makes a pair that all later ones resume. The tickets of TLS 1.3 come after the handshake."""
        client, _server = self.connect()
        with contextlib.suppress(ssl.SSLWantReadError):
            client.read(1)
        self.session = client.session


def main(how: str, certificate: str, key: str, resumed: str, writes: str, version: str, ciphers: str = "") -> None:
    pairs = Pairs(certificate, key, version, ciphers or None)
    with tempfile.NamedTemporaryFile() as keylog:
        if how == "watched":
            pairs.watch(keylog.name)
        if resumed == "resumed":
            pairs.remember()
        serve(lambda: pairs.make(int(writes)))


if __name__ == "__main__":
    main(*sys.argv[1:])
