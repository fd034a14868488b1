"""TLSObject: an `ssl.SSLObject` with a trace: TLS over two memory buffers, as asyncio uses it.

SPDX-License-Identifier: MIT
"""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hsinspect.trace import Trace


class TLSObject(ssl.SSLObject):
    """TLS over memory whose handshake can be looked at: `.trace` grows while the connection lives."""

    _trace: Trace | None = None

    @property
    def trace(self) -> Trace:
        """What happened on this connection."""
        if self._trace is None:
            from hsinspect.trace import Trace

            self._trace = Trace()
        return self._trace
