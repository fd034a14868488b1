"""hsinspect._core.Session on sockets: waiting, signals, and several threads in one session."""

import signal
import socket
import ssl
import threading
import time

import pytest
from core_pair import Pair
from hsinspect import errors


def over_sockets(**options):
    pair = Pair(two_sided=False, **options)
    return pair, *socket.socketpair()


def test_a_session_is_driven_on_a_socket_and_the_gil_is_free_meanwhile():
    pair, near, far = over_sockets()

    def serve():
        pair.server.do_handshake_on(far.fileno(), 10)
        data = pair.server.read_on(far.fileno(), 10, 100)
        pair.server.write_on(far.fileno(), None, data.upper())
        pair.server.close_notify_on(far.fileno(), 10)
        far.close()

    thread = threading.Thread(target=serve)
    thread.start()
    pair.client.do_handshake_on(near.fileno(), 10)
    assert pair.client.write_on(near.fileno(), 10, b"hello") == 5
    buffer = bytearray(9)
    assert pair.client.read_into_on(near.fileno(), 10, buffer) == 5
    assert buffer[:5] == b"HELLO"
    with pytest.raises(errors.ClosedError):
        pair.client.read_on(near.fileno(), 10, 1)
    thread.join()
    near.close()


def test_time_runs_out_as_a_socket_says():
    pair, near, far = over_sockets()
    with pytest.raises(ssl.SSLWantReadError):
        pair.client.do_handshake_on(near.fileno(), 0)
    started = time.monotonic()
    with pytest.raises(TimeoutError) as caught:
        pair.client.do_handshake_on(near.fileno(), 0.05)
    assert 0.04 < time.monotonic() - started < 5
    assert caught.value.trace is pair.trace
    for wrong in (-1, float("nan")):
        with pytest.raises(ValueError, match="timeout"):
            pair.client.do_handshake_on(near.fileno(), wrong)
    near.close()
    far.close()


class Alarmed(Exception):
    pass


@pytest.mark.parametrize("raises", [True, False])
def test_a_signal_handler_runs_while_a_session_waits(raises):
    pair, near, far = over_sockets()
    calls = []

    def handler(number, frame):
        calls.append(number)
        if raises:
            raise Alarmed

    before = signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    try:
        with pytest.raises(Alarmed if raises else TimeoutError):
            pair.client.do_handshake_on(near.fileno(), 0.3)
    finally:
        signal.signal(signal.SIGALRM, before)
        near.close()
        far.close()
    assert calls == [signal.SIGALRM]


def test_a_signal_handler_runs_though_another_thread_got_the_signal():
    """As where it arrives just before the wait begins: that ends no poll()."""
    pair, near, far = over_sockets()
    handled, in_time = threading.Event(), []

    def handler(number, frame):
        handled.set()
        raise Alarmed

    def interrupt():
        far.recv(1)  # the ClientHello: the other one waits for an answer now
        signal.pthread_kill(threading.get_ident(), signal.SIGUSR1)
        in_time.append(handled.wait(20))

    before = signal.signal(signal.SIGUSR1, handler)
    thread = threading.Thread(target=interrupt)
    thread.start()
    try:
        with pytest.raises(Alarmed):
            pair.client.do_handshake_on(near.fileno(), 40)
    finally:
        signal.signal(signal.SIGUSR1, before)
        thread.join()
        near.close()
        far.close()
    assert in_time == [True]


def test_a_listener_in_one_thread_and_a_look_in_another_do_not_wait_for_each_other():
    pair, near, far = over_sockets()
    looks, listening = [], threading.Event()

    def listener(event):
        listening.set()
        time.sleep(0.001)  # lets the other thread have the GIL, while this one has the session's lock

    def look():
        listening.wait(10)
        while not pair.client.established:
            looks.append(pair.client.pending())

    pair.client.set_listener(listener)
    threads = [
        threading.Thread(target=look),
        threading.Thread(target=pair.server.do_handshake_on, args=(far.fileno(), 10)),
    ]
    for thread in threads:
        thread.start()
    pair.client.do_handshake_on(near.fileno(), 10)
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()
    assert looks
    near.close()
    far.close()


def test_closing_while_another_thread_reads_waits_for_that_thread():
    pair, near, far = over_sockets()
    failures, started = [], threading.Event()

    def read():
        started.set()
        try:
            pair.client.do_handshake_on(near.fileno(), 10)
        except (errors.Error, OSError) as error:
            failures.append(error)

    thread = threading.Thread(target=read)
    thread.start()
    started.wait(10)
    while not far.recv(1):
        pass
    pair.client.close()
    with pytest.raises(ValueError, match="closed"):
        pair.client.read(1)
    far.close()
    thread.join(10)
    assert not thread.is_alive()
    assert len(failures) == 1
    assert pair.trace.finished
    near.close()
