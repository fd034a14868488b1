"""Journal: what happened to a connection, written down by hand: bytes and secrets that came from elsewhere.

SPDX-License-Identifier: MIT
"""

from __future__ import annotations

import os

from hsinspect import _core
from hsinspect.files import read_file
from hsinspect.trace import Trace


class Journal:
    """Entries in the order in which they happened; `trace()` folds them."""

    def __init__(self) -> None:
        self._trace = _core.Trace()

    def wire(self, sender: _core.Side, data: _core.Buffer, time_ns: int | None = None) -> None:
        """Bytes on the wire, cut anywhere. time_ns: since 1970; None: now."""
        self._trace.append_wire(sender, data, time_ns)

    def end(self, sender: _core.Side, kind: str, time_ns: int | None = None) -> None:
        """The sender's stream ended. kind: "fin", "rst" or "truncated"."""
        self._trace.append_end(sender, kind, time_ns)

    def keylog(self, text: str | bytes) -> int:
        """The lines of a key log, in any form; how many were taken. Those of other connections do no harm."""
        return self._trace.append_keylog(text.encode() if isinstance(text, str) else text)

    def secret(
        self,
        label: str,
        value: _core.Buffer,
        sender: _core.Side | None = None,
        client_random: _core.Buffer = b"",
        time_ns: int | None = None,
    ) -> None:
        """A secret under its label: "shared secret". client_random: whose it is; empty: this connection's."""
        self._trace.append_secret(label, value, sender, client_random, time_ns)

    def private_key(self, key: str | os.PathLike[str] | _core.Buffer, password: str | None = None) -> None:
        """The server's private key: a path, or its bytes; PEM, DER or PKCS #12."""
        encoded = read_file(key) if isinstance(key, str | os.PathLike) else key
        self._trace.append_private_key(encoded, password)

    def psk(self, identity: bytes | None, key: _core.Buffer) -> None:
        """A pre-shared key and its identity; None: for any."""
        self._trace.append_psk(identity, key)

    def trace(self) -> Trace:
        """A trace of what was written so far. It grows no more."""
        snapshot = Trace()
        self._trace.copy_into(snapshot)
        return snapshot
