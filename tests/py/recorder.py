"""A TCP relay on loopback that writes what passes as a capture: nothing is lost, and no privilege is needed."""

import contextlib
import select
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import packets
from packets import CLIENT, SERVER

PIECE = 65536


@dataclass
class Recorded:
    """A connection: what was sent, (sender, data, time_ns), in the order in which it passed."""

    number: int
    pieces: list[tuple[int, bytes, int]] = field(default_factory=list)

    def stream(self, sender: int) -> bytes:
        return b"".join(data for who, data, _ in self.pieces if who == sender)

    def frames(self) -> list[packets.Frame]:
        """As Ethernet frames, from SYN to FIN."""
        ends = packets.ends(self.number)
        spoken = packets.spoken([(sender, data) for sender, data, _ in self.pieces])
        return [
            packets.Frame(
                packets.ethernet(packets.ipv4(ends, s.sender, ends.tcp(s), number=i & 0xFFFF)), self.pieces[turn][2]
            )
            for i, (s, turn) in enumerate(spoken)
        ]


class Recorder:
    """Listens on `port`, and passes each connection on to another port."""

    def __init__(self, to: int) -> None:
        self.to = to
        self.connections: list[Recorded] = []
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._start(self._accept)

    def _start(self, target, *arguments) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                recorded = Recorded(len(self.connections) + 1)
                self.connections.append(recorded)
                self._start(self._pass_on, client, recorded)

    def _pass_on(self, client: socket.socket, recorded: Recorded) -> None:
        with client, socket.create_connection(("127.0.0.1", self.to)) as server, contextlib.suppress(OSError):
            ends = [client, server]
            open_ends = [CLIENT, SERVER]
            while open_ends:
                readable, _, _ = select.select([ends[i] for i in open_ends], [], [])
                for sender in [i for i in open_ends if ends[i] in readable]:
                    data = ends[sender].recv(PIECE)
                    if data:
                        recorded.pieces.append((sender, data, time.time_ns()))
                        ends[1 - sender].sendall(data)
                    else:
                        open_ends.remove(sender)
                        ends[1 - sender].shutdown(socket.SHUT_WR)

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(20)

    def write(self, path: Path) -> Path:
        """All connections that carried anything, as one pcap, in the order of time."""
        frames = [frame for recorded in self.connections if recorded.pieces for frame in recorded.frames()]
        path.write_bytes(packets.pcap(sorted(frames, key=lambda frame: frame.time_ns), magic=0xA1B23C4D))
        return path


@contextlib.contextmanager
def recorded(to: int) -> Iterator[Recorder]:
    recorder = Recorder(to)
    try:
        yield recorder
    finally:
        recorder.close()
