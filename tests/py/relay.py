"""A relay on loopback that keeps what passes: two programs of others talk, and their wire becomes a journal."""

import contextlib
import select
import socket
import threading
from collections.abc import Iterator

import hsinspect


class Wire:
    """What passed through, in order: (sender, bytes)."""

    def __init__(self) -> None:
        self.port = 0
        self.passed: list[tuple[str, bytes]] = []

    def journal(self, keylog: str = "") -> hsinspect.Journal:
        """A journal of it, after the lines of a key log."""
        journal = hsinspect.Journal()
        journal.keylog(keylog)
        for sender, data in self.passed:
            journal.wire(sender, data)
        return journal


def _pass_on(wire: Wire, client: socket.socket, server: socket.socket) -> None:
    ways = {client: ("client", server), server: ("server", client)}
    while ways:
        for source in select.select(list(ways), [], [], 20)[0]:
            sender, target = ways[source]
            data = b""
            with contextlib.suppress(ConnectionResetError):
                data = source.recv(65536)
            wire.passed.append((sender, data))
            with contextlib.suppress(OSError):
                target.sendall(data) if data else target.shutdown(socket.SHUT_WR)
            if not data:
                del ways[source]


def _serve(wire: Wire, listener: socket.socket, port: int) -> None:
    client = listener.accept()[0]
    with client, socket.create_connection(("127.0.0.1", port), timeout=20) as server:
        _pass_on(wire, client, server)


@contextlib.contextmanager
def relayed(port: int) -> Iterator[Wire]:
    """Listens on wire.port for one connection and passes it on to `port`; all of it has passed when this is left."""
    wire = Wire()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(20)
        wire.port = listener.getsockname()[1]
        thread = threading.Thread(target=_serve, args=(wire, listener, port))
        thread.start()
        try:
            yield wire
        finally:
            thread.join(30)
            assert not thread.is_alive()
