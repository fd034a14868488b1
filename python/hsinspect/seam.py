"""The seam: what `ssl.SSLSocket` and `ssl.SSLObject` expect of their `_sslobj`, over a GnuTLS session.

SocketSeam drives the session on the socket's descriptor, MemorySeam over two `ssl.MemoryBIO`. Each holds its owner
weakly, as `_ssl` does. Errors come from the core with `.alert` and `.trace` set.

SPDX-License-Identifier: MIT
"""

from __future__ import annotations

import functools
import ssl
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

from hsinspect import _core
from hsinspect.errors import ClosedError, Error
from hsinspect.suites import CipherSuite

if TYPE_CHECKING:
    import socket

    from hsinspect.context import Context

Buffer = bytearray | memoryview
CHANNEL_BINDINGS = ("tls-unique", "tls-exporter", "tls-server-end-point")


@functools.cache
def _openssl_names() -> dict[int, tuple[str, str, int]]:
    """IANA number -> what `ssl` says of a suite: OpenSSL's name, the version that brought it, its strength."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_ciphers("ALL:COMPLEMENTOFALL:@SECLEVEL=0")
    return {c["id"] & 0xFFFF: (c["name"], c["protocol"], c["strength_bits"]) for c in context.get_ciphers()}


def listen(session: _core.Session, context: Context, owner: object) -> None:
    """Has a session tell the context's listeners, who get `owner` as the connection."""
    listeners = context.listeners
    mask = listeners.mask()
    if mask:
        conn = weakref.ref(owner)
        session.set_listener(lambda event: listeners.deliver(conn(), event), mask)


class Seam:
    """What both kinds have in common: everything that moves no bytes."""

    def __init__(self, session: _core.Session, context: Context, owner: object, server_hostname: str | None) -> None:
        self.core = session
        self.context = context
        self.server_hostname = server_hostname
        self._owner = weakref.ref(owner)

    @property
    def owner(self) -> object:
        """The SSLSocket or SSLObject."""
        return self._owner()

    @property
    def server_side(self) -> bool:
        return self.core.server_side

    @property
    def session_reused(self) -> bool:
        return self.core.resumed

    @property
    def session(self) -> None:
        """GnuTLS's sessions are not `ssl.SSLSession` objects."""
        return None

    @session.setter
    def session(self, value: object) -> None:
        if value is not None:
            not_here("session=", "an ssl.SSLSession is OpenSSL's")

    def pending(self) -> int:
        return self.core.pending()

    def version(self) -> str | None:
        return self.core.version

    def cipher(self) -> tuple[str, str, int] | None:
        number = self.core.cipher_suite
        if number is None:
            return None
        return _openssl_names().get(number) or (CipherSuite(number).name, self.core.version or "", 0)

    def compression(self) -> None:
        return None

    def selected_alpn_protocol(self) -> str | None:
        return self.core.alpn

    def selected_npn_protocol(self) -> None:
        return None

    def shared_ciphers(self) -> NoReturn:
        not_here("shared_ciphers()", "trace.messages[0].cipher_suites is what the client offered")

    def verify_client_post_handshake(self) -> NoReturn:
        not_here("verify_client_post_handshake()", "certificates are asked for in the handshake only")

    def get_verified_chain(self) -> NoReturn:
        not_here("get_verified_chain()", "trace.verification.chain is the chain as it came")

    get_unverified_chain = get_verified_chain

    def get_channel_binding(self, cb_type: str = "tls-unique") -> bytes | None:
        if cb_type not in CHANNEL_BINDINGS:
            raise ValueError(f"{cb_type} channel binding type not implemented")
        return self.core.channel_binding(cb_type)

    def getpeercert(self, binary_form: bool = False) -> dict[str, Any] | bytes | None:
        """The peer's certificate; as a dict it is {} where nobody verified it, as in `ssl`."""
        if not self.core.established:
            raise ValueError("handshake not done yet")
        chain = self.core.peer_certificates
        if not chain:
            return None
        if binary_form:
            return chain[0]
        from hsinspect.certificate import decode

        return decode(chain[0]) if self.context.verify_mode != ssl.CERT_NONE else {}


def not_here(what: str, why: str) -> NoReturn:
    """Refuses what GnuTLS or this version cannot do, rather than to ignore it."""
    raise NotImplementedError(f"hsinspect does not have {what}: {why}")


def ended(read: Callable[[], Any], nothing: Any) -> Any:
    """What `read` gives; `nothing` after close_notify, as in `ssl`."""
    try:
        return read()
    except ClosedError:
        return nothing


def expect_close(read: Callable[[], object]) -> None:
    """Reads until the peer's close_notify. Data that nobody has read is an error, as in `ssl`."""
    try:
        read()
    except ClosedError:
        return
    raise Error(ssl.SSL_ERROR_SSL, "application data after close_notify")


class SocketSeam(Seam):
    """A session on a connected socket. The socket's timeout is asked for at every call.

    unfinished: the last write failed, so that the peer does not have all that it was to have.
    """

    unfinished = False

    def _on(self, call: Callable[..., Any], *arguments: Any) -> Any:
        sock: socket.socket | None = self._owner()  # type: ignore[assignment]
        if sock is None:
            raise Error(ssl.SSL_ERROR_SSL, "the socket is gone")
        return call(sock.fileno(), sock.gettimeout(), *arguments)

    def do_handshake(self) -> None:
        self._on(self.core.do_handshake_on)

    def read(self, size: int = 1024, buffer: Buffer | None = None) -> bytes | int:
        if buffer is None:
            data: bytes = ended(lambda: self._on(self.core.read_on, size), b"")
            return data
        room = memoryview(buffer).cast("B")
        into = room[:size] if 0 < size < len(room) else room
        count: int = ended(lambda: self._on(self.core.read_into_on, into), 0)
        return count

    def write(self, data: _core.Buffer) -> int:
        self.unfinished = True
        written: int = self._on(self.core.write_on, data)
        self.unfinished = False
        return written

    def shutdown(self) -> object:
        self._on(self.core.close_notify_on)
        expect_close(lambda: self._on(self.core.read_on, 1))
        return self._owner()


class MemorySeam(Seam):
    """A session between two `ssl.MemoryBIO`: who owns them moves the bytes."""

    def __init__(
        self,
        session: _core.Session,
        context: Context,
        owner: object,
        server_hostname: str | None,
        bios: tuple[ssl.MemoryBIO, ssl.MemoryBIO],
    ) -> None:
        super().__init__(session, context, owner, server_hostname)
        self._incoming, self._outgoing = bios

    def _over(self, call: Callable[..., Any], *arguments: Any) -> Any:
        if self._incoming.pending:
            self.core.feed(self._incoming.read())
        if self._incoming.eof:
            self.core.feed_end()
        try:
            return call(*arguments)
        finally:
            outgoing = self.core.take()
            if outgoing:
                self._outgoing.write(outgoing)

    def do_handshake(self) -> None:
        self._over(self.core.do_handshake)

    def read(self, size: int = 1024, buffer: Buffer | None = None) -> bytes | int:
        if buffer is None:
            data: bytes = ended(lambda: self._over(self.core.read, size), b"")
            return data
        room = memoryview(buffer).cast("B")
        into = room[:size] if 0 < size < len(room) else room
        count: int = ended(lambda: self._over(self.core.read_into, into), 0)
        return count

    def write(self, data: _core.Buffer) -> int:
        written: int = self._over(self.core.write, data)
        return written

    def shutdown(self) -> None:
        self._over(self.core.close_notify)
        expect_close(lambda: self._over(self.core.read, 1))
