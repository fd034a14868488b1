"""Configs and sessions leave nothing behind: used, closed, dropped in a cycle with their listener, or refused."""

from contextlib import suppress

from growth import check
from hsinspect import _core, errors
from touch import OBJECTS

CHAIN, KEY, AUTHORITY = _core.lab_certificate("ECDSA")


def make() -> None:
    for _ in range(OBJECTS):
        config = _core.Config(False)
        config.add_trust(AUTHORITY)
        config.set_alpn(["h2", b"http/1.1"])
        session = _core.Session(config, _core.Trace(), False, "localhost", client_address=("::1", 1))
        session.set_listener(lambda event, session=session: session)
        with suppress(errors.WantReadError):
            session.do_handshake()
        session.take()
        session.feed_end()
        with suppress(errors.Error):
            session.do_handshake()
        server = _core.Config(True)
        server.add_certificate(CHAIN, KEY)
        with suppress(ValueError):
            _core.Session(server, _core.Trace(), False)
        with suppress(ValueError):
            server.set_priority("NOTHING")


check(make)
