"""One connection between two programs of others, through recorder.py: its wire becomes a journal."""

import contextlib
from collections.abc import Iterator

import hsinspect
from recorder import Recorder, recorded

SIDES = ("client", "server")


class Wire:
    """What passed through on the way to `port`, in order: (sender, bytes)."""

    def __init__(self, recorder: Recorder) -> None:
        self.port = recorder.port
        self._recorder = recorder

    @property
    def passed(self) -> list[tuple[str, bytes]]:
        pieces = [piece for connection in self._recorder.connections for piece in connection.pieces]
        return [(SIDES[sender], data) for sender, data, _ in pieces]

    def journal(self, keylog: str = "") -> hsinspect.Journal:
        """A journal of it, after the lines of a key log."""
        journal = hsinspect.Journal()
        journal.keylog(keylog)
        for sender, data in self.passed:
            journal.wire(sender, data)
        return journal


@contextlib.contextmanager
def relayed(port: int) -> Iterator[Wire]:
    """Listens on wire.port for one connection and passes it on to `port`; all of it has passed when this is left."""
    with recorded(port) as recorder:
        yield Wire(recorder)
        assert len(recorder.connections) == 1
