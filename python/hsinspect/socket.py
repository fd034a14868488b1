"""TLSSocket: an `ssl.SSLSocket` with a trace. The standard library's class does the rest, over the seam.

SPDX-License-Identifier: MIT
"""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING

from hsinspect.errors import Error

if TYPE_CHECKING:
    from hsinspect.seam import SocketSeam
    from hsinspect.trace import Trace

FAREWELL_SECONDS = 1.0  # how long close() waits for the socket to take a close_notify


class TLSSocket(ssl.SSLSocket):
    """A socket whose handshake can be looked at: `.trace` grows while the connection lives.

    Made by `connect`, `serve` or `Context.wrap_socket`. close() of a socket from `connect` or `serve` sends
    close_notify; one from wrap_socket is as silent as `ssl`'s.
    """

    _trace: Trace | None = None
    _seam: SocketSeam | None = None
    _says_farewell = False

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
            self._seam.core.sent_end("fin")

    def _real_close(self) -> None:  # what socket.close() calls when nobody uses the socket any more
        seam, self._seam = self._seam, None
        try:
            if seam is not None:
                self._take_leave(seam)
        finally:
            super()._real_close()  # type: ignore[misc]

    def _take_leave(self, seam: SocketSeam) -> None:
        core = seam.core
        try:
            if self._says_farewell and core.established:
                core.close_notify_on(self.fileno(), FAREWELL_SECONDS)
                while core.read_on(self.fileno(), 0, 16384):  # a reset would follow what nobody has read
                    pass
        except (Error, OSError, ValueError):
            pass  # the peer is gone, or the connection had failed before: there is nobody to tell
        finally:
            core.sent_end("fin")
            core.close()
