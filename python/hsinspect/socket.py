"""TLSSocket: an `ssl.SSLSocket` with a trace. The standard library's class does the rest, over the seam.

SPDX-License-Identifier: MIT
"""

from __future__ import annotations

import contextlib
import socket
import ssl
from typing import TYPE_CHECKING

from hsinspect.errors import BusyError, ClosedError, Error, ForkedError

if TYPE_CHECKING:
    from hsinspect import _core
    from hsinspect.seam import SocketSeam
    from hsinspect.trace import Trace

FAREWELL_SECONDS = 1.0  # how long close() waits for the socket to take a close_notify
LINGER_SECONDS = 0.1  # and for the end of the stream of a peer that has sent its own
CHUNK = 16384
UNREAD_CHUNKS = 64  # at most: a peer may never stop


class TLSSocket(ssl.SSLSocket):
    """A socket whose handshake can be looked at: `.trace` grows while the connection lives.

    Made by `connect`, `serve` or `Context.wrap_socket`. close() of a socket from `connect` or `serve` sends
    close_notify; one from wrap_socket is as silent as `ssl`'s.
    """

    _trace: Trace | None = None
    _seam: SocketSeam | None = None
    _says_farewell = False
    _sent_end = False

    @property
    def trace(self) -> Trace:
        """What happened on this connection, also after it was closed."""
        if self._trace is None:
            from hsinspect.trace import Trace

            self._trace = Trace()
        return self._trace

    def attach(self, seam: SocketSeam) -> None:
        """Takes the seam that the context made: unwrap() and shutdown() drop the standard library's reference."""
        self._seam = seam

    def farewell(self) -> None:
        """From now on close() sends close_notify."""
        self._says_farewell = True

    def shutdown(self, how: int) -> None:
        """As in `ssl`; the end of what we send goes into the trace."""
        super().shutdown(how)
        if how != socket.SHUT_RD and self._seam is not None:
            self._end_sending(self._seam.core)

    def _real_close(self) -> None:  # what socket.close() calls when nobody uses the socket any more
        self._refuse_in_callback()
        seam, self._seam = self._seam, None
        try:
            if seam is not None:
                self._take_leave(seam)
        finally:
            super()._real_close()  # type: ignore[misc]

    def _refuse_in_callback(self) -> None:
        """A callback of this connection runs inside a call that still uses the descriptor."""
        try:
            if self._seam is not None:
                self._seam.core.take(0)
        except BusyError:
            self._closed = False  # close() had set it
            raise
        except (ForkedError, ValueError):
            pass  # another process may use it, through a descriptor of its own; or the session is closed

    def _take_leave(self, seam: SocketSeam) -> None:
        """What goes over the wire, or into the trace, before the descriptor is closed."""
        core = seam.core
        try:
            if core.established:
                farewell = self._says_farewell and not seam.unfinished  # close_notify says: that was all
                leave = self._exchange_farewells if farewell else self._read_the_rest
                leave(core)
        except (Error, OSError, ValueError):
            pass  # the peer is gone, or the connection had failed before: there is nobody to tell
        finally:
            try:
                self._end_sending(core)
            finally:
                core.close()

    def _exchange_farewells(self, core: _core.Session) -> None:
        """Sends close_notify. Where the peer has sent its own, its end of the stream is not far: it is waited for."""
        core.close_notify_on(self.fileno(), FAREWELL_SECONDS)
        try:
            self._read_the_rest(core)
        except ClosedError:
            if not self._peer_ended(core, 0):
                self._end_sending(core)  # it may be waiting for our end
                super().shutdown(socket.SHUT_WR)
                self._peer_ended(core, LINGER_SECONDS)

    def _read_the_rest(self, core: _core.Session) -> None:
        """What has arrived and nobody has read, a ticket say: a reset would follow it, and could cost what we sent."""
        for _ in range(UNREAD_CHUNKS):
            core.read_on(self.fileno(), 0, CHUNK)

    def _end_sending(self, core: _core.Session) -> None:
        if not self._sent_end:
            self._sent_end = True
            with contextlib.suppress(ForkedError):  # its parent goes on sending
                core.sent_end("fin")

    def _peer_ended(self, core: _core.Session, seconds: float) -> bool:
        self.settimeout(seconds)
        try:
            ended = socket.socket.recv(self, 1, socket.MSG_PEEK) == b""
        except OSError as error:
            if not isinstance(error, ConnectionResetError):
                return False  # it takes longer
            core.feed_end("rst")
            return True
        if ended:
            core.feed_end("fin")
        return ended
