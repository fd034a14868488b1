"""What several test files need: the lab's certificates as files, and two sessions that talk over memory."""

import collections
import contextlib
import pickle
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path

import hsinspect
import pytest
from hsinspect import _core, capture
from suites_summary import pytest_terminal_summary  # noqa: F401  a hook


@dataclass(frozen=True)
class Files:
    """A certificate chain, its key and its authority, PEM."""

    chain: str
    key: str
    authority: str


@pytest.fixture(scope="session")
def files(tmp_path_factory):
    """The lab's RSA certificate for "localhost" in files."""
    folder: Path = tmp_path_factory.mktemp("certificate")
    paths = Files(*(str(folder / name) for name in ("chain.pem", "key.pem", "authority.pem")))
    for path, content in zip((paths.chain, paths.key, paths.authority), _core.lab_certificate("RSA"), strict=True):
        Path(path).write_bytes(content)
    return paths


def assert_leaves_tile(message):
    """Every byte of the message is in exactly one leaf of its fields, and no leaf is empty."""
    at = 0
    for leaf in message.fields.leaves():
        assert leaf.offset == at
        assert leaf.length == len(leaf.raw) > 0
        at += leaf.length
    assert at == len(message.raw)


@pytest.fixture(autouse=True)
def every_trace_is_its_replay_and_its_pickle(monkeypatch):
    """Whatever a test is about: of each trace it made, live or not, the leaves tile every message, and it equals the
    replay of its journal and its pickle."""
    made = collections.deque(maxlen=500)  # some tests make thousands
    initialise = hsinspect.Trace.__init__

    def remember(trace, *arguments, **named):
        initialise(trace, *arguments, **named)
        made.append(trace)

    monkeypatch.setattr(hsinspect.Trace, "__init__", remember)
    yield
    for live in tuple(made):
        for message in live.messages:
            assert_leaves_tile(message)
        seen = live.to_dict(secrets=True)
        for replayed in (hsinspect.Trace(live.dumps()), pickle.loads(pickle.dumps(live))):
            assert replayed.to_dict(secrets=True) == seen
            assert replayed == live


@pytest.fixture(autouse=True)
def captures_are_counted(monkeypatch, record_property):
    """For the summary: how many captures a test had read, and how many TLS connections were in them."""
    counts = []
    traces = capture._traces

    def counted(*arguments):
        if not counts:
            record_property("captures", counts)
        counts.append(0)
        number = len(counts) - 1
        for trace in traces(*arguments):
            counts[number] += 1
            yield trace

    monkeypatch.setattr(capture, "_traces", counted)


@pytest.fixture
def server_context(files):
    context = hsinspect.Context(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.chain, files.key)
    return context


@pytest.fixture
def client_context(files):
    return hsinspect.create_default_context(cafile=files.authority)


class Pair:
    """A client and a server session over memory."""

    def __init__(self, client_context, server_context, server_hostname="localhost"):
        self.client = hsinspect.Session(client_context, server_hostname=server_hostname)
        self.server = hsinspect.Session(server_context, server_side=True)

    def move(self):
        """Carries over what both have to say; False: nothing."""
        to_server, to_client = self.client.take(), self.server.take()
        if to_server:
            self.server.feed(to_server)
        if to_client:
            self.client.feed(to_client)
        return bool(to_server or to_client)

    def shake_hands(self):
        waiting = [self.client, self.server]
        while waiting:
            for session in tuple(waiting):
                try:
                    session.do_handshake()
                    waiting.remove(session)
                except hsinspect.WantReadError:
                    pass
            if not self.move() and waiting:
                raise AssertionError("both ends wait for each other")
        return self


@pytest.fixture
def pair(client_context, server_context):
    return Pair(client_context, server_context)


@contextlib.contextmanager
def connected():
    """Both ends of a loopback TCP connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = socket.create_connection(listener.getsockname())
        server, _ = listener.accept()
    with client, server:
        yield client, server


@pytest.fixture
def tcp_pair():
    """Makes a client and a server socket, in a `with` statement."""
    return connected
