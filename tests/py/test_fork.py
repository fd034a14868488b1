"""fork() with live connections: a child may drop its copies, look at traces and make connections of its own."""

import contextlib
import gc
import multiprocessing
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import traceback

import hsinspect
import pytest
from hsinspect import _core, lab

PATIENCE = 30  # seconds: a guard against hangs
# what Python 3.12 and later warn of is what is tested here
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")


def in_child(work):
    """Runs `work` in a child of fork(); fails with what it wrote where it raised, hung or crashed."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)  # pytest has one of its own
            signal.alarm(PATIENCE)
            work()
            code = 0
        except BaseException:
            os.write(writer, traceback.format_exc().encode())
        finally:
            os._exit(code)
    os.close(writer)
    with open(reader, "rb") as said:
        text = said.read().decode()
    _, status = os.waitpid(child, 0)
    assert status == 0, f"status {status:#x}: {text}"


@pytest.fixture
def echo(files):
    def handle(conn):
        while data := conn.recv(65536):
            conn.sendall(data.upper())

    with hsinspect.serve(files.chain, files.key, handle) as server:
        yield server


@pytest.fixture
def connection(files, echo):
    with hsinspect.connect("localhost", echo.port, cafile=files.authority, timeout=PATIENCE) as conn:
        yield conn


def says(conn, text):
    conn.sendall(text)
    heard = b""
    while len(heard) < len(text):
        heard += conn.recv(65536)
    return heard


def test_a_child_that_uses_a_connection_is_told_whose_it_is(connection):
    def use():
        for call in (
            lambda: connection.recv(1),
            lambda: connection.send(b"x"),
            lambda: connection.recv_into(bytearray(1)),
            connection.do_handshake,
            connection.unwrap,
        ):
            with pytest.raises(hsinspect.ForkedError, match="process that forked this one"):
                call()

    assert says(connection, b"before") == b"BEFORE"
    in_child(use)
    assert says(connection, b"after") == b"AFTER"
    connection.trace.verify()


def test_a_child_that_uses_a_session_over_memory_is_told_so_too(pair):
    def use():
        for session in (pair.client, pair.server):
            for call in (session.read, session.take, session.do_handshake, session.unwrap):
                with pytest.raises(hsinspect.ForkedError) as raised:
                    call()
                assert raised.value.trace is session.trace
                assert raised.value.alert is None
            for call in (session.feed, session.write):
                with pytest.raises(hsinspect.ForkedError):
                    call(b"x")
            assert (session.established, session.version) == (False, None)
            session.close()

    pair.shake_hands()
    in_child(use)
    pair.client.write(b"still here")
    pair.move()
    assert pair.server.read() == b"still here"


@pytest.mark.parametrize("how", ["close", "collect", "context manager"])
def test_dropping_a_copy_sends_nothing_and_its_parent_goes_on(files, echo, how):
    held = [hsinspect.connect("localhost", echo.port, cafile=files.authority, timeout=PATIENCE) for _ in range(3)]

    def drop():
        for conn in held:
            if how == "close":
                conn.close()
            elif how == "context manager":
                with conn:
                    pass
        held.clear()
        gc.collect()

    in_child(drop)
    for conn in held:
        assert says(conn, b"hello") == b"HELLO"
        with conn:
            pass
        conn.trace.verify()
        assert [close.kind for close in conn.trace.closes if close.sender == "client"] == ["close_notify", "fin"]
    for trace in echo.traces:
        assert trace.application_data("client") == b"hello"
        assert trace.alert is None


def test_a_child_can_look_at_every_trace(connection):
    says(connection, b"x")

    def look():
        seen = connection.trace
        seen.verify()
        assert len(seen.records) > 4
        assert hsinspect.Trace(seen.dumps()) == seen
        assert seen.to_dict(secrets=True)["version"]["name"] == seen.version

    in_child(look)


class Traffic:
    """Threads that never leave their connections alone: reading, writing, shaking hands, looking, comparing."""

    def __init__(self, files, server):
        self.files, self.server = files, server
        self.ended = threading.Event()
        self.conns, self.failures = [], []
        works = (self.talk, self.shake, self.look)
        self.threads = [threading.Thread(target=self.guard, args=(work,)) for work in works]

    def guard(self, work):
        try:
            while not self.ended.is_set():
                work()
        except Exception as error:
            self.failures.append(error)

    def connect(self):
        context = hsinspect.create_default_context(cafile=self.files.authority)
        context.on_record(lambda conn, record: None)  # each is folded at once, under the trace's lock, without the GIL
        conn = hsinspect.connect("localhost", self.server.port, context=context, timeout=PATIENCE)
        self.conns.append(conn)
        return conn

    def talk(self):
        with self.connect() as conn:
            for _ in range(5):
                assert says(conn, b"abc" * 50000) == b"ABC" * 50000

    def shake(self):
        lab.run("TLSv1.2", kx="RSA").verify()
        lab.run("TLSv1.3").verify()

    def look(self):
        for conn in self.conns[-3:]:
            assert conn.trace == conn.trace
            assert hsinspect.Trace(conn.trace.dumps()).records is not None
            conn.pending()

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *raised):
        self.ended.set()
        for thread in self.threads:
            thread.join(PATIENCE)
            assert not thread.is_alive()
        assert self.failures == []


def test_no_lock_of_a_thread_that_is_gone_stops_a_child(files, echo):
    def drop_and_work():
        for conn in traffic.conns[-3:]:
            len(conn.trace.records)
            assert conn.trace == conn.trace
            conn.close()
        traffic.conns.clear()
        gc.collect()
        lab.run("TLSv1.2", kx="RSA").verify()

    with Traffic(files, echo) as traffic:
        for _ in range(8):
            in_child(drop_and_work)
            time.sleep(0.002)  # at another point of what they do
    for trace in echo.traces:
        assert (trace.alert, trace.errors) == (None, {})
        trace.verify()


def test_a_child_made_in_a_callback_ends_its_copy_and_its_parent_goes_on(pair, client_context, server_context):
    forks = []

    @client_context.on_message("Certificate")
    def fork(conn, message):
        forks.append(os.fork())

    made = type(pair)(client_context, server_context)
    try:
        made.shake_hands()
    except hsinspect.ForkedError:
        os._exit(7 if forks == [0] else 1)
    except BaseException:
        os._exit(1)
    if forks == [0]:
        os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(forks[0], 0)[1]) == 7
    assert made.client.established and made.server.established


def test_new_connections_of_parent_and_child_share_no_random_number(files, tmp_path):
    """GnuTLS has used its generator before the fork; both go on from there."""
    keylog = tmp_path / "keys"
    context = hsinspect.create_default_context(cafile=files.authority)
    context.keylog_filename = str(keylog)
    server_context = hsinspect.Context(ssl.PROTOCOL_TLS_SERVER)
    server_context.load_cert_chain(files.chain, files.key)

    def connect():
        with (
            hsinspect.serve(context=server_context) as server,
            hsinspect.connect("localhost", server.port, context=context, timeout=PATIENCE) as conn,
        ):
            pass
        conn.trace.verify()
        if _core.probe_reason() is None:
            assert conn.trace.secret("shared secret")

    connect()
    in_child(connect)
    in_child(connect)
    connect()
    lines = keylog.read_text().splitlines()
    randoms = {line.split()[1] for line in lines}
    assert len(randoms) == 4
    assert len({line.split()[2] for line in lines}) == len(lines) == 4 * len({line.split()[0] for line in lines})


def test_a_child_leaves_the_server_of_its_parent_alone(files, echo):
    in_child(echo.close)
    with hsinspect.connect("localhost", echo.port, cafile=files.authority, timeout=PATIENCE) as conn:
        assert says(conn, b"hello") == b"HELLO"


def work_of_a_pool(port, authority):
    with hsinspect.connect("localhost", port, cafile=authority, timeout=PATIENCE) as conn:
        answer = says(conn, b"from a child")
    conn.trace.verify()
    return answer, conn.trace


def test_multiprocessing_with_fork_sends_traces_home(files, echo, connection):
    with multiprocessing.get_context("fork").Pool(2) as pool:
        found = pool.starmap(work_of_a_pool, [(echo.port, files.authority)] * 4)
    assert [answer for answer, _ in found] == [b"FROM A CHILD"] * 4
    assert len({trace.messages[0].random for _, trace in found}) == 4
    for _, trace in found:
        trace.verify()
    assert says(connection, b"here") == b"HERE"


def test_a_subprocess_is_started_while_threads_shake_hands(files, echo):
    with Traffic(files, echo):
        for _ in range(5):
            done = subprocess.run([sys.executable, "-c", "print(1)"], capture_output=True, preexec_fn=lambda: None)
            assert (done.returncode, done.stdout) == (0, b"1\n")


def test_a_session_in_the_hands_of_a_thread_at_the_fork_is_dropped_unharmed(pair, client_context, server_context):
    """A thread is inside GnuTLS, in a callback: its session's lock is held, and nobody in the child will release it."""
    inside, go_on = threading.Event(), threading.Event()

    @client_context.on_message("ServerHello")
    def wait(conn, message):
        inside.set()
        assert go_on.wait(PATIENCE)

    made = type(pair)(client_context, server_context)
    thread = threading.Thread(target=made.shake_hands)
    thread.start()
    assert inside.wait(PATIENCE)

    def drop():
        assert len(made.client.trace.messages) >= 2
        assert made.client.version is None
        with pytest.raises(hsinspect.ForkedError):
            made.client.read()
        made.client.close()
        made.client = None
        gc.collect()

    in_child(drop)
    go_on.set()
    thread.join(PATIENCE)
    assert not thread.is_alive()
    assert made.client.established
    made.client.trace.verify()


def test_the_bytes_of_the_wire_are_those_of_the_parent_alone(files, client_context, server_context):
    """What arrives is looked at itself: nothing of a child is between it."""
    client, far = socket.socketpair()
    server = hsinspect.Session(server_context, server_side=True)
    conn = client_context.wrap_socket(client, server_hostname="localhost", do_handshake_on_connect=False)
    conn.settimeout(0)
    for _ in range(4):
        with contextlib.suppress(hsinspect.WantReadError):
            conn.do_handshake()
        server.feed(far.recv(65536)) if conn.trace.records else None
        with contextlib.suppress(hsinspect.WantReadError):
            server.do_handshake()
        far.sendall(server.take())
        if server.established:
            break
    conn.do_handshake()

    def drop():
        conn.farewell()
        conn.close()

    in_child(drop)
    far.setblocking(False)
    with pytest.raises(BlockingIOError):
        far.recv(1)
    conn.close()
    far.close()
