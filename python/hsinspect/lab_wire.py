"""The wire of the lab: two sessions that talk until both have nothing more to say, over memory or over loopback TCP.

The sending session enters what it sends into the trace; here its bytes are only carried. Nothing waits: what is sent
over the loopback is received at once.

SPDX-License-Identifier: MIT
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hsinspect import _core
from hsinspect.errors import ClosedError, WantReadError
from hsinspect.trace import Trace

if TYPE_CHECKING:
    Side = _core.Side
    Step = Callable[[_core.Session], object]

CHUNK = 16384  # less than any loopback's buffer


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """addresses: of both ends, None over memory. carry(sender, bytes): what arrives. end(sender): it sends no more."""

    addresses: dict[str, tuple[str, int] | None]
    carry: Callable[[Side, bytes], bytes]
    end: Callable[[Side], None]


@contextlib.contextmanager
def memory_wire() -> Iterator[Wire]:
    """Bytes go over as they are."""
    yield Wire(addresses={"client": None, "server": None}, carry=lambda _, data: data, end=lambda _: None)


@contextlib.contextmanager
def tcp_wire() -> Iterator[Wire]:
    """Bytes go through a TCP connection of this host with itself."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = socket.create_connection(listener.getsockname())
        server, _ = listener.accept()
    with client, server:
        ends = {"client": client, "server": server}
        for end in ends.values():
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # or each answer waits 40 ms for an ACK

        def carry(sender: Side, data: bytes) -> bytes:
            peer = ends["server" if sender == "client" else "client"]
            ends[sender].sendall(data)
            return _receive(peer, len(data))

        addresses: dict[str, tuple[str, int] | None] = {
            "client": client.getsockname()[:2],
            "server": server.getsockname()[:2],
        }
        yield Wire(addresses=addresses, carry=carry, end=lambda sender: ends[sender].shutdown(socket.SHUT_WR))


def _receive(sock: socket.socket, length: int) -> bytes:
    parts = []
    while length > 0:
        part = sock.recv(length)
        if not part:
            raise ConnectionError("the loopback connection ended")
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What the ends do. early_data: the client's, with its hello. steps: between the handshake and the data.

    keep: the client keeps what is needed to resume the session.
    """

    request: bytes | None = None
    response: bytes | None = None
    early_data: bytes | None = None
    steps: list[tuple[Side, Step]] = field(default_factory=list)
    keep: bool = False


PEERS: dict[Side, Side] = {"client": "server", "server": "client"}


def read_all(session: _core.Session) -> None:
    """Reads what there is; ends in WantReadError, or ClosedError after close_notify."""
    while True:
        session.read(CHUNK)


def read_early(session: _core.Session) -> None:
    """Reads the early data that there is; ends in WantReadError."""
    while True:
        session.read_early(CHUNK)


class Ends:
    """Both ends. One that has failed does nothing more; one whose peer has closed reads nothing more."""

    def __init__(self, trace: Trace, client: _core.Session, server: _core.Session, wire: Wire) -> None:
        self._errors = trace.errors
        self._wire = wire
        self._sessions: dict[Side, _core.Session] = {"client": client, "server": server}
        self._closed: set[Side] = set()
        self._deaf: set[Side] = set()  # ends that were told that nothing follows

    def play(self, script: Script) -> bytearray | None:
        """The whole connection, the client first in everything but an end that the server alone is to blame for.

        Gives what was kept to resume it, None where that cannot be.
        """
        kept: list[bytearray] = []
        if script.early_data is not None:
            early = script.early_data
            self._do("client", lambda session: session.write_early(early))
        self._shake_hands()
        if self._are_well():
            self._do("server", read_early)
            for side, step in script.steps:
                self._do(side, step)
                self._settle()
            self._say("client", script.request)
            self._say("server", script.response)
            if script.keep:
                self._do("client", lambda session: kept.append(session.resumption()))
            for side in PEERS:
                self._do(side, lambda session: session.close_notify())
                self._listen(PEERS[side])
        for side in sorted(PEERS, key=lambda side: (side not in self._errors, side)):
            self._end(side)
        return kept[0] if kept else None

    def _are_well(self) -> bool:
        return not self._errors and all(session.established for session in self._sessions.values())

    def _settle(self) -> None:
        """By turns, until neither has anything to say to what the other said."""
        while self._listen("server") | self._listen("client"):
            pass

    def _shake_hands(self) -> None:
        """By turns, until both are done, or neither has anything to say."""
        waiting = list(PEERS)
        moved = True
        while waiting and moved:
            moved = False
            for side in tuple(waiting):
                done, said = self._do(side, lambda session: session.do_handshake())
                moved = moved or said
                if done:
                    waiting.remove(side)
        for side in PEERS:
            if PEERS[side] in self._errors and self._sessions[side].established:
                self._listen(side)  # it is done, and yet to be told that the other is not

    def _say(self, side: Side, data: bytes | None) -> None:
        outgoing = memoryview(data or b"")
        while outgoing and side not in self._errors:  # over TCP a session takes a part at a time
            outgoing = self._write(side, outgoing)
            self._listen(PEERS[side])
        self._listen(PEERS[side])
        self._listen(side)

    def _write(self, side: Side, data: memoryview) -> memoryview:
        """Has an end send data; gives what is left."""
        written: list[int] = []
        self._do(side, lambda session: written.append(session.write(data)))
        return data[sum(written) :]

    def _listen(self, side: Side) -> bool:
        """Has an end read what there is; true: it said something then."""
        return side not in self._closed and self._do(side, read_all)[1]

    def _end(self, side: Side) -> None:
        """An end closes its half of the connection; its peer sees that."""
        self._sessions[side].sent_end("fin")
        self._wire.end(side)
        self._sessions[PEERS[side]].feed_end("fin")
        self._deaf.add(PEERS[side])
        if self._sessions[PEERS[side]].established:
            self._listen(PEERS[side])
        else:
            self._do(PEERS[side], lambda session: session.do_handshake())

    def _do(self, side: Side, step: Step) -> tuple[bool, bool]:
        """Has an end do something, and carries over what it then says: (done or failed?, said anything?)."""
        session, done = self._sessions[side], True
        if side not in self._errors:
            try:
                step(session)
            except WantReadError:
                done = False
            except ClosedError as error:
                self._closed.add(side)
                if not session.established:
                    self._errors[side] = error
            except Exception as error:  # a tamper function's own too: it is what became of this end
                self._errors[side] = error
        said = False
        while data := session.take(CHUNK):
            said = True
            carried = self._wire.carry(side, data)
            if PEERS[side] not in self._deaf:  # it has been told that nothing follows
                self._sessions[PEERS[side]].feed(carried)
        return done, said
