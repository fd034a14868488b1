"""Makes pairs through hsinspect._core, on demand. Call: watched.py HOW PRIORITY CERTIFICATE KEY full WRITES

HOW: "quiet": nobody listens; "listening": a callback on every event that does nothing; "keeping": one that keeps every
event as long as the pair lives. Both ends in one trace, as the lab has them, with one listener; with "-apart" a trace
and a listener each, as sockets have; with "-both" one trace, and a listener at each end, which all hear every event.
SPDX-License-Identifier: MIT
"""

import sys
from collections.abc import Callable
from pathlib import Path

from hsinspect import _core
from hsinspect.errors import WantReadError
from scenarios import WRITE
from serve import serve

CONTENT = bytes(WRITE)
CAPTURE = 1 << 20  # the default of capture=

Listener = Callable[[object], object]


def ignore(event: object) -> None:
    """The callback that does nothing."""


LISTENERS: dict[str, Callable[[list[object]], Listener | None]] = {
    "quiet": lambda kept: None,
    "listening": lambda kept: ignore,
    "keeping": lambda kept: kept.append,
}


def configs(priority: str, certificate: str, key: str) -> tuple[_core.Config, _core.Config]:
    """What all clients and all servers of a scenario have in common."""
    client, server = _core.Config(server_side=False), _core.Config(server_side=True)
    for config in (client, server):
        config.set_priority(priority)
    server.add_certificate(Path(certificate).read_bytes(), Path(key).read_bytes())
    return client, server


def advance(session: _core.Session, peer: _core.Session) -> bool:
    """Lets one end go on, and carries what it says; says whether it is done."""
    try:
        session.do_handshake()
        done = True
    except WantReadError:
        done = False
    peer.feed(session.take())
    return done


def make_pair(client_config: _core.Config, server_config: _core.Config, how: str, writes: int) -> None:
    manner, _, variant = how.partition("-")
    apart = variant == "apart"
    listener = LISTENERS[manner]([])
    trace = _core.Trace()
    other = _core.Trace() if apart else trace
    client = _core.Session(
        client_config, trace, False, server_hostname="localhost", two_sided=not apart, capture=CAPTURE
    )
    server = _core.Session(server_config, other, True, two_sided=not apart, capture=CAPTURE)
    for session in (client, server) if variant else (client,):
        session.set_listener(listener)
    done = [False, False]
    while not all(done):
        done[0] = done[0] or advance(client, server)
        done[1] = done[1] or advance(server, client)
    for _ in range(writes):
        client.write(CONTENT)
        server.feed(client.take())
        server.read(WRITE)
    client.close()
    server.close()


def main(how: str, priority: str, certificate: str, key: str, _resumed: str, writes: str) -> None:
    client, server = configs(priority, certificate, key)
    serve(lambda: make_pair(client, server, how, int(writes)))


if __name__ == "__main__":
    main(*sys.argv[1:])
