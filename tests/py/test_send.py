"""Sending on sockets that are full: what send() reported has gone out, what it did not report can be sent again.

The same tests run between two sockets of `ssl`, as the measure of them, and with `ssl` at the other end of ours.
"""

import contextlib
import hashlib
import selectors
import signal
import socket
import ssl
import threading

import hsinspect
import pytest

CHUNK = 100_000  # more than is encrypted at once
WANTS = (ssl.SSLWantReadError, ssl.SSLWantWriteError)


def numbered(length, seed=b""):
    """Bytes that are nowhere the same: what is missing, twice there or moved shows."""
    blocks = (hashlib.sha256(seed + i.to_bytes(4, "big")).digest() for i in range(length // 32 + 1))
    return b"".join(blocks)[:length]


OURS = ["ours-ours", "ours-ssl"]


@pytest.fixture(params=[*OURS, "ssl-ssl"])
def ends(request, files):
    """Makes (sender, receiver): connected sockets whose kernel buffers are small, their handshake done."""
    kinds = [ssl.SSLContext if kind == "ssl" else hsinspect.Context for kind in request.param.split("-")]
    with contextlib.ExitStack() as stack:

        def connect(**sender_options):
            client = kinds[0](ssl.PROTOCOL_TLS_CLIENT, **sender_options)
            client.load_verify_locations(files.authority)
            server = kinds[1](ssl.PROTOCOL_TLS_SERVER)
            server.load_cert_chain(files.chain, files.key)
            pair = socket.socketpair()
            for end in pair:
                end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 20_000)
            wrapped = []
            thread = threading.Thread(target=lambda: wrapped.append(server.wrap_socket(pair[1], server_side=True)))
            thread.start()
            sender = stack.enter_context(client.wrap_socket(pair[0], server_hostname="localhost"))
            thread.join(10)
            return sender, stack.enter_context(wrapped[0])

        yield connect


def read_at_least(conn, length):
    received = b""
    while len(received) < length:
        data = conn.recv(65536)
        assert data, "the stream ended early"
        received += data
    return received


def read_until_the_end(conn):
    received = bytearray()
    with contextlib.suppress(ssl.SSLEOFError):
        while data := conn.recv(65536):
            received += data
    return bytes(received)


def send_until_full(conn, data, size):
    """Sends without waiting until the socket takes no more; how much was reported."""
    conn.setblocking(False)
    sent = 0
    with contextlib.suppress(*WANTS):
        while sent < len(data):
            sent += conn.send(data[sent : sent + size])
    return sent


class Later:
    """A function that runs in another thread."""

    def __init__(self, function, *arguments):
        self._results = []
        self._thread = threading.Thread(target=lambda: self._results.append(function(*arguments)), daemon=True)
        self._thread.start()

    def result(self):
        self._thread.join(60)
        assert not self._thread.is_alive()
        return self._results[0]


def test_what_a_send_that_does_not_wait_reported_arrives_without_another_call(ends):
    sender, receiver = ends()
    data = numbered(1_000_000)
    sent = send_until_full(sender, data, 1000)
    assert 0 < sent < len(data)
    receiver.settimeout(10)
    received = read_at_least(receiver, sent)
    assert data.startswith(received)


@pytest.mark.parametrize("size", [1000, CHUNK])
def test_a_sender_that_waits_with_a_selector_sends_each_byte_once(ends, size):
    sender, receiver = ends()
    data = numbered(1_000_000)
    sender.setblocking(False)
    reader = None
    sent = refused = 0
    with selectors.DefaultSelector() as selector:
        selector.register(sender, selectors.EVENT_WRITE)
        while sent < len(data):
            try:
                sent += sender.send(data[sent : sent + size])
            except ssl.SSLWantWriteError:
                refused += 1
                reader = reader or Later(read_until_the_end, receiver)  # who reads late
                selector.select(10)
    assert refused
    sender.shutdown(socket.SHUT_WR)
    assert reader.result() == data


def test_a_send_that_ran_out_of_time_goes_on_when_it_is_called_again(ends):
    sender, receiver = ends()
    data = numbered(1_000_000)
    sender.settimeout(0.05)
    reader = None
    sent = late = 0
    while sent < len(data):
        try:
            sent += sender.send(data[sent:])
        except TimeoutError:
            late += 1
            reader = reader or Later(read_until_the_end, receiver)
    assert late
    sender.shutdown(socket.SHUT_WR)
    assert reader.result() == data


def test_of_a_sendall_that_ran_out_of_time_a_beginning_arrives(ends):
    sender, receiver = ends()
    data = numbered(1_000_000)
    sender.settimeout(0.05)
    with pytest.raises(TimeoutError):
        sender.sendall(data)
    reader = Later(read_until_the_end, receiver)
    sender.shutdown(socket.SHUT_WR)
    received = reader.result()
    assert 0 < len(received) < len(data)
    assert data.startswith(received)


class Alarmed(Exception):
    pass


@contextlib.contextmanager
def alarm(handler, seconds=0.1):
    before = signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


class Sending:
    """Sends all and knows how far it is."""

    def __init__(self, conn, data):
        self.conn, self.data, self.sent = conn, data, 0

    def go_on(self):
        while self.sent < len(self.data):
            self.sent += self.conn.send(self.data[self.sent : self.sent + CHUNK])


def test_a_send_that_a_signal_handler_ended_goes_on_when_it_is_called_again(ends):
    sender, receiver = ends()
    sending = Sending(sender, numbered(1_000_000))

    def handler(number, frame):
        raise Alarmed

    with alarm(handler), pytest.raises(Alarmed):
        sending.go_on()
    reader = Later(read_until_the_end, receiver)
    sending.go_on()
    sender.shutdown(socket.SHUT_WR)
    assert reader.result() == sending.data


def test_a_send_during_which_a_signal_was_handled_returns_when_all_it_reports_has_gone_out(ends):
    sender, receiver = ends()
    data = numbered(1_000_000)
    sent = 0
    readers = []

    def handler(number, frame):
        readers.append(Later(read_at_least, receiver, 60_000))

    with alarm(handler):
        while not readers:
            sent += sender.send(data[sent : sent + 60_000])
    received = readers[0].result()
    receiver.settimeout(10)
    received += read_at_least(receiver, sent - len(received))
    assert received == data[:sent]


def test_both_ends_send_eight_mebibytes_while_both_read(ends):
    both = ends()
    data = [numbered(8 * 1024 * 1024, seed) for seed in (b"a", b"b")]
    writers = [Later(end.sendall, part) for end, part in zip(both, data, strict=True)]
    readers = [Later(read_at_least, end, len(part)) for end, part in zip(both, reversed(data), strict=True)]
    for writer in writers:
        writer.result()
    assert [reader.result() for reader in reversed(readers)] == data


def test_two_ends_in_one_thread_that_never_wait_exchange_all(ends):
    both = ends()
    data = [numbered(1_000_000, seed) for seed in (b"a", b"b")]
    sent, received = [0, 0], [bytearray(), bytearray()]
    for end in both:
        end.setblocking(False)
    while len(received[0]) < len(data[1]) or len(received[1]) < len(data[0]):
        for me in (0, 1):
            if sent[me] < len(data[me]):
                sent[me] += send_until_full(both[me], data[me][sent[me] :], CHUNK)
            with contextlib.suppress(*WANTS):
                received[me] += both[me].recv(65536)
    assert received == [bytearray(data[1]), bytearray(data[0])]


@pytest.mark.parametrize("ends", OURS, indirect=True)  # `ssl` takes it for a bad retry of the send
def test_an_unwrap_that_does_not_wait_says_so_until_close_notify_has_gone_out(ends):
    sender, receiver = ends()
    data = numbered(1_000_000)
    sent = send_until_full(sender, data, 1000)
    with pytest.raises(ssl.SSLWantWriteError):
        sender.unwrap()
    reader = Later(read_until_the_end, receiver)
    with selectors.DefaultSelector() as selector:
        selector.register(sender, selectors.EVENT_WRITE)
        while True:
            selector.select(10)
            try:
                sender.unwrap()
            except ssl.SSLWantWriteError:
                continue
            except ssl.SSLWantReadError:
                break
    received = reader.result()
    assert len(received) >= sent
    assert data.startswith(received)


@pytest.mark.parametrize("ends", OURS, indirect=True)  # `ssl` refuses it as a bad retry
def test_after_a_send_that_was_not_reported_a_shorter_one_repeats_no_byte(ends):
    sender, receiver = ends()
    data = numbered(1_000_000)
    sent = send_until_full(sender, data, CHUNK)
    reader = Later(read_until_the_end, receiver)
    sender.setblocking(True)
    while sent < len(data):
        sent += sender.send(data[sent : sent + 777])
    sender.shutdown(socket.SHUT_WR)
    assert reader.result() == data


@pytest.mark.parametrize("ends", OURS, indirect=True)  # `ssl` promises nothing of two threads that write
def test_two_threads_that_send_at_once_lose_nothing(ends):
    sender, receiver = ends()
    writers = [Later(sender.sendall, letter * 500_000) for letter in (b"a", b"b")]
    reader = Later(read_at_least, receiver, 1_000_000)
    for writer in writers:
        writer.result()
    received = reader.result()
    assert (received.count(b"a"), received.count(b"b"), len(received)) == (500_000, 500_000, 1_000_000)


def test_who_waits_with_a_selector_sees_each_record(ends):
    sender, receiver = ends()
    for part in (b"one", b"two", b"three"):
        sender.sendall(part)
    receiver.setblocking(False)
    received = []
    with selectors.DefaultSelector() as selector:
        selector.register(receiver, selectors.EVENT_READ)
        while b"".join(received) != b"onetwothree":
            assert selector.select(10), f"nothing to read after {received}"
            with contextlib.suppress(ssl.SSLWantReadError):  # a ticket
                received.append(receiver.recv(100))
    assert received == [b"one", b"two", b"three"]


@pytest.mark.parametrize("ends", ["ours-ssl", "ssl-ssl"], indirect=True)
def test_plaintext_right_behind_a_close_notify_is_for_the_socket(ends):
    ours, theirs = ends()
    theirs.setblocking(False)
    with pytest.raises(ssl.SSLWantReadError):
        theirs.unwrap()
    socket.socket.send(theirs, b"in the clear")
    plain = ours.unwrap()
    plain.settimeout(10)
    assert plain.recv(100) == b"in the clear"
