"""Threads: many handshakes at once, several connections in one thread, one connection in several.

Every handshake's secrets are compared with its own session's key log, recomputed with the standard library. The number of
handshakes a thread makes is small here; HSINSPECT_SOAK=1000 (scripts/soak) makes it that.
"""

import faulthandler
import hmac
import os
import socket
import threading
import time

import hsinspect
import hsinspect._core as core
import pytest
from core_pair import RSA12, TLS13, Pair
from test_recompute import KeySchedule, p_hash

THREADS = 16
HANDSHAKES = int(os.environ.get("HSINSPECT_SOAK") or 100)  # a thread
PATIENCE = 100  # seconds, a guard against hangs
ECDHE12 = "NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+ECDHE-RSA"
DHE12 = "NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+DHE-RSA"
MIXED = [TLS13, ECDHE12, RSA12, TLS13, ECDHE12, RSA12, TLS13, DHE12]
WITHOUT_PROBE = core.probe_reason()


@pytest.fixture(autouse=True)
def no_hang():
    """Says where every thread stands, and ends the process, where something waits for ever."""
    faulthandler.dump_traceback_later(PATIENCE * max(1, HANDSHAKES // 100), exit=True)
    yield
    faulthandler.cancel_dump_traceback_later()


def together(*works):
    """Runs each in a thread of its own; raises what the first of them raised."""
    raised = []

    def guarded(work):
        try:
            work()
        except BaseException as error:
            raised.append(error)

    threads = [threading.Thread(target=guarded, args=(work,), daemon=True) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if raised:
        raise raised[0]


# ---- whose secrets are they? ----


def surfaced(trace, label, source):
    """Of a label, what came from one source: each trace has one side's alone here."""
    return {bytes(event.value) for event in trace.events if is_secret(event, source) and event.label == label}


def is_secret(event, source):
    return isinstance(event, core.Secret) and event.source == source


def transcript(trace, name, sender):
    """All messages up to one, that one too."""
    last = next(m.index for m in trace.messages if (m.name, m.sender) == (name, sender))
    return b"".join(m.raw for m in trace.messages[: last + 1])


def check_tls12(trace):
    """PRF(probe's premaster secret) is the master secret of the session's own key log: RFC 7627 section 4."""
    (master,) = surfaced(trace, "master secret", "keylog")
    premasters = surfaced(trace, "premaster secret", "probe")
    assert len(premasters) == (0 if WITHOUT_PROBE else 1)
    name = "sha384" if trace.cipher_suite.name.endswith("SHA384") else "sha256"
    hashed = KeySchedule(name).hash(transcript(trace, "ClientKeyExchange", "client"))
    for premaster in premasters:
        assert p_hash(name, premaster, b"extended master secret" + hashed, 48) == master


def check_tls13(trace):
    """The probe's secrets give the traffic secrets of the session's own key log: RFC 8446 section 7.1."""
    if WITHOUT_PROBE:
        return
    k = KeySchedule("sha384" if trace.cipher_suite.name.endswith("SHA384") else "sha256")
    (handshake,), (master,) = (surfaced(trace, f"{word} secret", "probe") for word in ("handshake", "master"))
    (shared,) = surfaced(trace, "shared secret", "probe")
    early = hmac.digest(bytes(k.length), bytes(k.length), k.name)
    assert handshake == k.extract(k.derive(early, b"derived", k.nothing), shared)
    assert master == k.extract(k.derive(handshake, b"derived", k.nothing), bytes(k.length))
    hello = k.hash(transcript(trace, "ServerHello", "server"))
    finished = k.hash(transcript(trace, "Finished", "server"))
    for secret, word, digest, label in (
        (handshake, b"c hs traffic", hello, "CLIENT_HANDSHAKE_TRAFFIC_SECRET"),
        (handshake, b"s hs traffic", hello, "SERVER_HANDSHAKE_TRAFFIC_SECRET"),
        (master, b"c ap traffic", finished, "CLIENT_TRAFFIC_SECRET_0"),
        (master, b"s ap traffic", finished, "SERVER_TRAFFIC_SECRET_0"),
    ):
        assert surfaced(trace, label, "keylog") == {k.derive(secret, word, digest)}


def check(trace):
    trace.verify()
    assert trace.complete
    (check_tls13 if trace.version == "TLSv1.3" else check_tls12)(trace)


class Listened:
    """A pair with a trace for each end, both listened to or neither."""

    def __init__(self, priority, listened):
        self.pair = Pair(priority, two_sided=False)
        self.traces = (self.pair.trace, self.pair.server.trace)
        self.heard = ([], []) if listened else None
        if listened:
            for session, heard in zip((self.pair.client, self.pair.server), self.heard, strict=True):
                session.set_listener(heard.append)

    def check(self):
        for session in (self.pair.client, self.pair.server):
            session.close()
        for trace in self.traces:
            check(hsinspect.Trace(trace.dumps()))
        for heard, trace in zip(self.heard or (), self.traces, strict=False):
            assert tuple(heard) == trace.events  # nothing lost, nothing twice, in order
        return self.traces[0].messages[0].random


@pytest.mark.many_traces
@pytest.mark.timeout(PATIENCE * max(1, HANDSHAKES // 100))
def test_sixteen_threads_shake_hands_and_no_secret_is_attributed_to_another_session():
    randoms = [[] for _ in range(THREADS)]

    def shake(number):
        for i in range(HANDSHAKES):
            it = Listened(MIXED[(i + number) % len(MIXED)], listened=(i // 2 + number) % 2 == 0)
            it.pair.shake()
            randoms[number].append(it.check())

    started = time.monotonic()
    together(*(lambda number=number: shake(number) for number in range(THREADS)))
    total = THREADS * HANDSHAKES
    print(f"{total} handshakes in {THREADS} threads, each checked: {total / (time.monotonic() - started):.0f}/s")
    assert len({random for of_thread in randoms for random in of_thread}) == total


# ---- several connections in one thread ----


def test_connections_that_are_driven_in_turns_keep_their_secrets_apart():
    all_of_them = [Listened(priority, listened=i % 2 == 0) for i, priority in enumerate(MIXED * 3)]
    for _ in range(4):
        for end in ("client", "server"):
            for it in all_of_them:
                it.pair.step(getattr(it.pair, end))
    assert len({it.check() for it in all_of_them}) == len(all_of_them)


KINDS = [kind for kind in core.EVENT_KINDS if kind not in ("Alert", "ApplicationData", "Close", "ChangeCipherSpec")]


@pytest.mark.parametrize("outer", [RSA12, TLS13])
@pytest.mark.parametrize("kind", [*KINDS, "Alert", None])
def test_a_callback_may_open_another_connection(outer, kind):
    """A whole handshake within each event of another one, of the other version."""
    it, nested = Listened(outer, listened=True), []

    def listener(event):
        it.heard[0].append(event)
        if kind in (None, type(event).__name__) and len(nested) < 6:
            nested.append(Listened(TLS13 if outer == RSA12 else RSA12, listened=True))
            nested[-1].pair.shake()

    it.pair.client.set_listener(listener)
    it.pair.shake()
    it.pair.client.close_notify()
    assert nested
    assert len({other.check() for other in nested} | {it.check()}) == len(nested) + 1


@pytest.mark.parametrize("kind", ["on_message", "on_phase", "on_secret", "on_record", "on_alert", "on_event"])
def test_a_callback_may_connect_over_a_socket(files, client_context, kind):
    """To the server that the outer connection talks to."""
    inner = hsinspect.create_default_context(cafile=files.authority)
    traces = []

    @getattr(client_context, kind)
    def connect(conn, event):
        if len(traces) < 3:
            traces.append(None)
            with hsinspect.connect("localhost", server.port, context=inner, timeout=PATIENCE) as other:
                traces[-1] = other.trace

    with hsinspect.serve(files.chain, files.key) as server:
        with hsinspect.connect("localhost", server.port, context=client_context, timeout=PATIENCE) as conn:
            pass
    assert len(traces) >= 1
    for trace in (conn.trace, *traces, *server.traces):
        check(trace)
    assert len(server.traces) == len(traces) + 1


# ---- one connection in several threads ----


def pour(session, descriptor, length):
    data = bytes(range(256)) * 64
    for _ in range(length // len(data)):
        done = 0
        while done < len(data):
            done += session.write_on(descriptor, PATIENCE, data[done:])


def drain(session, descriptor, length):
    expected, room, position = bytes(range(256)) * 65, bytearray(16384), 0
    while position < length:
        count = session.read_into_on(descriptor, PATIENCE, room)
        assert room[:count] == expected[position % 256 :][:count]
        position += count
    return position


LENGTH = 4 << 20  # bytes, in each direction


@pytest.mark.parametrize("listened", [False, True])
@pytest.mark.parametrize("priority", [RSA12, ECDHE12, TLS13])
def test_a_session_is_read_in_one_thread_and_written_in_another(priority, listened):
    it = Listened(priority, listened=False)
    near, far = socket.socketpair()
    client, server = it.pair.client, it.pair.server
    near_to, far_to = near.fileno(), far.fileno()
    ended = threading.Event()
    counts = {"looks": 0, "events": 0}
    if listened:
        client.set_listener(lambda event: counts.__setitem__("events", counts["events"] + 1))

    def look():
        while not ended.is_set():
            counts["looks"] += 1 + 0 * len(it.traces[0].records) + 0 * client.pending()
            time.sleep(0.01)

    def ending(work):
        try:
            together(*work)
        finally:
            ended.set()

    together(lambda: client.do_handshake_on(near_to, PATIENCE), lambda: server.do_handshake_on(far_to, PATIENCE))
    transfers = [
        lambda: pour(client, near_to, LENGTH),
        lambda: drain(client, near_to, LENGTH),
        lambda: pour(server, far_to, LENGTH),
        lambda: drain(server, far_to, LENGTH),
    ]
    together(look, lambda: ending(transfers))
    assert counts["looks"] > 0 and (counts["events"] > 0) == listened
    near.close()
    far.close()
    it.check()


@pytest.mark.many_traces
def test_threads_that_look_at_a_growing_trace_disturb_nothing(files):
    ended, seen = threading.Event(), []

    def look(conn):
        while not ended.is_set():
            trace = conn.trace
            seen.append(len(trace.records))
            assert isinstance(trace.to_dict(), dict) and trace.checks is not None
            assert all(record.index == index for index, record in enumerate(trace.records))

    def talk(conn):
        try:
            for _ in range(150):
                conn.sendall(b"question" * 10)
                assert conn.recv(100)
        finally:
            ended.set()

    def echo(conn):
        while data := conn.recv(100):
            conn.sendall(data)

    context = hsinspect.create_default_context(cafile=files.authority)
    context.on_record(lambda conn, record: None)
    with (
        hsinspect.serve(files.chain, files.key, echo) as server,
        hsinspect.connect("localhost", server.port, context=context, timeout=PATIENCE) as conn,
    ):
        together(lambda: talk(conn), lambda: look(conn), lambda: look(conn))
    assert seen
    check(conn.trace)


@pytest.mark.many_traces
def test_slow_callbacks_hold_nobody_up(files, client_context):
    """The thread of each sleeps within the session's lock, while others use sessions, traces and the same context."""
    slept = []

    @client_context.on_event
    def sleep(conn, event):
        time.sleep(0.002)
        slept.append(conn)
        assert len(conn.trace.events) > 0

    def connect():
        for _ in range(3):
            with hsinspect.connect("localhost", server.port, context=client_context, timeout=PATIENCE) as conn:
                conn.sendall(b"x")
            check(conn.trace)

    def look():
        for _ in range(20):
            for trace in tuple(client_context.traces):
                assert trace.messages is not None and trace.version in (None, "TLSv1.3")
            for conn in slept[-2:]:
                conn.pending()

    with hsinspect.serve(files.chain, files.key) as server:
        together(*[connect] * 6, look, look)
    assert len({id(conn) for conn in slept}) >= 1 and len(server.traces) == 18


def test_a_context_keeps_the_last_64_traces(client_context, server_context, pair):
    for _ in range(70):
        hsinspect.Session(client_context, server_hostname="localhost").close()
    last = hsinspect.Session(client_context, server_hostname="localhost")
    assert len(client_context.traces) == 64
    assert client_context.traces[-1] is last.trace
    assert pair.client.trace not in tuple(client_context.traces)
