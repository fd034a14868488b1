"""Session: TLS without I/O. Bytes from the peer are fed, bytes for the peer are taken.

SPDX-License-Identifier: MIT
"""

from __future__ import annotations

from hsinspect import _core
from hsinspect.context import Context
from hsinspect.seam import ended, expect_close, listen
from hsinspect.suites import CipherSuite
from hsinspect.trace import Trace


class Session:
    """One end of a TLS connection over memory.

    WantReadError means: feed what the peer sent and call again. After every call there may be something to take.
    """

    def __init__(self, ctx: Context, server_side: bool = False, server_hostname: str | None = None) -> None:
        if ctx.check_hostname and not server_side and not server_hostname:
            raise ValueError("check_hostname requires server_hostname")
        self.context = ctx
        self.trace = Trace()
        self._core = ctx.new_session(self.trace, server_side, server_hostname)
        listen(self._core, ctx, self)

    def feed(self, data: _core.Buffer) -> None:
        """Gives the session bytes from its peer."""
        self._core.feed(data)

    def feed_end(self) -> None:
        """Says that no bytes follow."""
        self._core.feed_end()

    def take(self, limit: int = -1) -> bytes:
        """Takes the bytes that are for the peer, at most `limit`."""
        return self._core.take(limit)

    def do_handshake(self) -> None:
        """Goes on with the handshake."""
        self._core.do_handshake()

    def read(self, size: int = 16384) -> bytes:
        """At least one byte of application data; b"" after close_notify."""
        data: bytes = ended(lambda: self._core.read(size), b"")
        return data

    def write(self, data: _core.Buffer) -> int:
        """Encrypts application data for the peer; all of it."""
        return self._core.write(data)

    def unwrap(self) -> None:
        """Sends close_notify, and waits for the peer's."""
        self._core.close_notify()
        expect_close(lambda: self._core.read(1))

    def close(self) -> None:
        """Ends the session; the trace is finished, and stays."""
        self._core.close()

    @property
    def established(self) -> bool:
        """Is the handshake done?"""
        return self._core.established

    @property
    def version(self) -> str | None:
        """As `ssl` spells it: "TLSv1.3"."""
        return self._core.version

    @property
    def cipher_suite(self) -> CipherSuite | None:
        """The suite that was picked."""
        number = self._core.cipher_suite
        return None if number is None else CipherSuite(number)

    @property
    def alpn(self) -> str | None:
        """The application protocol that was picked."""
        return self._core.alpn

    @property
    def peer_certificates(self) -> tuple[bytes, ...]:
        """The peer's chain, DER."""
        return self._core.peer_certificates

    def __repr__(self) -> str:
        side = "server" if self._core.server_side else "client"
        return f"<Session {side} {self.version or 'before its handshake'}>"
