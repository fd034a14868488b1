"""hsinspect._core.Session: two of them over memory, their listeners, and every way in which a call can end."""

import gc
import signal
import socket
import ssl
import threading
import time
import weakref

import hsinspect._core as core
import pytest
from hsinspect import errors

RSA12 = "NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+RSA:-CIPHER-ALL:+AES-128-CBC:-MAC-ALL:+SHA1"
TLS13 = "NORMAL:-VERS-ALL:+VERS-TLS1.3"


class Pair:
    """A client and a server over memory, with one trace of the wire between them."""

    def __init__(self, priority=TLS13, *, name="localhost", trusted=True, alpn=(), two_sided=True, tamper=None):
        chain, key, authority = core.lab_certificate("RSA")
        self.client_config, self.server_config = core.Config(False), core.Config(True)
        for config in (self.client_config, self.server_config):
            config.set_priority(priority)
            config.set_alpn(alpn)
        self.server_config.add_certificate(chain, key)
        self.client_config.set_verify(ssl.CERT_REQUIRED)
        if trusted:
            self.client_config.add_trust(authority)
        self.trace = core.Trace()
        self.client = core.Session(self.client_config, self.trace, False, name, True, two_sided, tamper=tamper)
        self.server = core.Session(
            self.server_config, self.trace if two_sided else core.Trace(), True, two_sided=two_sided
        )

    def step(self, session):
        """One session works as far as it can; what it has for the other arrives there."""
        peer = self.server if session is self.client else self.client
        try:
            session.do_handshake()
        except errors.WantReadError:
            pass
        finally:
            peer.feed(session.take())

    def shake(self):
        for _ in range(4):
            self.step(self.client)
            self.step(self.server)
        assert self.client.established
        assert self.server.established
        return self


# ---- a handshake and what is known of it


@pytest.mark.parametrize(("priority", "version", "suite"), [(RSA12, "TLSv1.2", 0x002F), (TLS13, "TLSv1.3", 0x1302)])
def test_two_sessions_over_memory_shake_hands_and_every_check_holds(priority, version, suite):
    pair = Pair(priority, alpn=["h2", b"http/1.1"]).shake()
    for session in (pair.client, pair.server):
        assert (session.version, session.cipher_suite, session.alpn) == (version, suite, "h2")
        assert session.server_name == "localhost"
        assert not session.resumed
    assert len(pair.client.peer_certificates) == 2
    assert pair.server.peer_certificates == ()
    assert pair.client.channel_binding("tls-server-end-point") == pair.server.channel_binding("tls-server-end-point")
    assert pair.client.channel_binding("tls-unknown") is None
    assert [check.name for check in pair.trace.checks if check.ok is False] == []
    assert pair.trace.complete


def test_data_goes_both_ways_and_close_notify_ends_it():
    pair = Pair().shake()
    assert pair.client.write(b"GET /") == 5
    pair.server.feed(pair.client.take())
    assert pair.server.read(3) == b"GET"
    assert pair.server.pending() == 2
    buffer = bytearray(5)
    assert pair.server.read_into(buffer) == 2
    assert buffer == b" /\0\0\0"
    pair.client.close_notify()
    pair.server.feed(pair.client.take(limit=3))
    pair.server.feed(pair.client.take())
    with pytest.raises(errors.ClosedError) as caught:
        pair.server.read(1)
    assert isinstance(caught.value, ssl.SSLZeroReturnError)
    assert caught.value.errno == ssl.SSL_ERROR_ZERO_RETURN
    assert pair.trace.application_data("client") == b"GET /"


def test_a_session_wants_what_it_has_not_got_and_says_so_as_ssl_does():
    pair = Pair()
    with pytest.raises(ssl.SSLWantReadError) as caught:
        pair.client.do_handshake()
    assert isinstance(caught.value, errors.WantReadError)
    assert caught.value.errno == ssl.SSL_ERROR_WANT_READ
    assert caught.value.alert is None
    assert caught.value.trace is pair.trace


def test_the_phases_of_both_sides_go_with_their_message():
    pair = Pair(RSA12).shake()
    finished = next(m for m in pair.trace.messages if m.name == "Finished" and m.sender == "server")
    assert [(phase.side, phase.action, phase.name) for phase in finished.phases] == [
        ("server", "enter", "Finished"),
        ("server", "leave", "Finished"),
        ("client", "enter", "Finished"),
        ("client", "leave", "Finished"),
    ]


# ---- failures


def test_a_certificate_that_nobody_trusts_fails_with_reason_alert_and_trace():
    pair = Pair(trusted=False)
    pair.step(pair.client)
    pair.step(pair.server)
    with pytest.raises(ssl.SSLCertVerificationError) as caught:
        pair.step(pair.client)
    assert isinstance(caught.value, errors.CertificateError)
    assert caught.value.alert == ("client", "unknown_ca")
    assert caught.value.trace is pair.trace
    assert caught.value.verify_code != 0
    assert caught.value.verify_message == "The certificate is NOT trusted. The certificate issuer is unknown."
    with pytest.raises(errors.Error) as caught:
        pair.step(pair.server)
    assert caught.value.alert == ("client", "unknown_ca")
    assert [(alert.sender, alert.description) for alert in pair.trace.alerts] == [("client", "unknown_ca")]
    assert [(side, trusted) for side, trusted, _, _ in pair.trace.verdicts] == [("client", False)]
    assert not pair.trace.complete


def test_bytes_that_are_no_tls_fail_with_an_alert():
    pair = Pair()
    pair.server.feed(b"GET / HTTP/1.0\r\n\r\n")
    with pytest.raises(errors.Error) as caught:
        pair.server.do_handshake()
    assert caught.value.alert is not None
    assert caught.value.reason in str(caught.value)
    assert pair.trace.results[0][:2] == ("server", "gnutls_handshake")


@pytest.mark.parametrize(
    ("kind", "error"), [("fin", ssl.SSLEOFError), ("rst", ConnectionResetError), ("truncated", ssl.SSLEOFError)]
)
def test_an_end_in_the_middle_is_an_error_of_its_kind(kind, error):
    pair = Pair(two_sided=False)
    pair.step(pair.client)
    pair.client.feed_end(kind)
    with pytest.raises(error) as caught:
        pair.client.do_handshake()
    assert caught.value.trace is pair.trace
    assert [close.kind for close in pair.trace.closes] == [kind]


# ---- listeners


@pytest.mark.parametrize("priority", [RSA12, TLS13])
def test_a_listener_hears_every_event_once_and_in_the_order_of_the_trace(priority):
    pair, heard = Pair(priority, two_sided=False), []
    pair.client.set_listener(heard.append)
    pair.shake()
    pair.client.write(b"hello")
    pair.client.close_notify()
    pair.client.sent_end()
    pair.client.feed_end()
    pair.client.close()
    assert pair.trace.finished
    assert tuple(heard) == pair.trace.events
    assert [event.kind for event in heard if isinstance(event, core.Close)] == ["close_notify", "fin", "fin"]


def test_a_listener_hears_only_the_kinds_it_listens_to():
    pair, heard = Pair(two_sided=False), []
    bits = sum(1 << core.EVENT_KINDS.index(kind) for kind in ("Message", "Secret"))
    pair.client.set_listener(heard.append, bits)
    pair.shake()
    assert tuple(heard) == tuple(e for e in pair.trace.events if isinstance(e, core.Message | core.Secret))


def test_a_listener_that_comes_late_hears_what_comes_after():
    pair, heard = Pair(), []
    pair.step(pair.client)
    before = len(pair.trace.events)
    pair.client.set_listener(heard.append)
    pair.shake()
    pair.client.write(b"x")
    assert tuple(heard) == pair.trace.events[before:]
    pair.client.set_listener(None)
    pair.client.write(b"x")
    assert len(heard) < len(pair.trace.events) - before


@pytest.mark.parametrize("kind", core.EVENT_KINDS[:2] + core.EVENT_KINDS[6:])
def test_what_a_listener_raises_comes_out_once_and_the_peer_is_told(kind):
    pair, failure = Pair(RSA12), RuntimeError("mine")

    def listener(event):
        if type(event).__name__ == kind:
            raise failure

    pair.client.set_listener(listener)
    with pytest.raises(RuntimeError) as caught:
        pair.shake()
    assert caught.value is failure
    with pytest.raises(errors.Error, match="callback") as again:
        pair.client.do_handshake()
    assert again.value.trace is pair.trace
    pair.server.feed(pair.client.take())
    with pytest.raises(errors.Error) as told:
        pair.server.do_handshake()  # is done, where the client raised after its Finished
        pair.server.read(1)
    assert told.value.alert == ("client", "internal_error")
    assert [alert.description for alert in pair.trace.alerts] == ["internal_error"]
    pair.client.close()


def test_what_a_listener_raises_at_the_end_comes_out_of_close():
    pair = Pair(two_sided=False).shake()
    pair.client.set_listener(lambda event: 1 / 0, 1 << core.EVENT_KINDS.index("Close"))
    with pytest.raises(ZeroDivisionError):
        pair.client.sent_end()
    pair.client.close()


def test_a_callback_may_look_at_its_session_but_not_drive_it():
    pair, seen = Pair(), []

    def listener(event):
        seen.append((pair.client.established, pair.client.version, len(pair.trace.events) > 0))
        for call in (pair.client.do_handshake, pair.client.take, pair.client.close, lambda: pair.client.feed(b"x")):
            with pytest.raises(errors.BusyError) as caught:
                call()
            assert caught.value.trace is pair.trace

    pair.client.set_listener(listener)
    pair.shake()
    assert seen[0] == (False, None, True)


def test_a_callback_may_drive_another_session():
    pair, other = Pair(), Pair()
    pair.client.set_listener(lambda event: other.shake())
    pair.shake()
    assert other.trace.complete


# ---- tampering


def test_tamper_sees_each_record_of_its_sender_and_may_leave_it_alone():
    seen = []
    pair = Pair(tamper=lambda sender, index, record: seen.append((sender, index, record)) or record).shake()
    sent = [record.header + record.fragment for record in pair.trace.records if record.sender == "client"]
    assert seen == [("client", index, record) for index, record in enumerate(sent)]
    assert [record.sent for record in pair.trace.records if record.sent is not None] == []


@pytest.mark.parametrize("wrap", [bytes, bytearray, lambda record: [record[:9], record[9:]]])
def test_what_tamper_returns_is_what_arrives(wrap):
    def flip_finished(sender, index, record):
        return wrap(record[:-1] + bytes([record[-1] ^ 1])) if index == 3 else record

    pair = Pair(RSA12, tamper=flip_finished)
    for session in (pair.client, pair.server, pair.client):
        pair.step(session)
    with pytest.raises(errors.Error) as caught:
        pair.step(pair.server)
    assert caught.value.alert == ("server", "bad_record_mac")
    (altered,) = [record for record in pair.trace.records if record.sent is not None]
    arrived = altered.header + altered.fragment
    assert (altered.sent[:-1], altered.sent[-1] ^ 1) == (arrived[:-1], arrived[-1])
    assert altered.mac.ok is False


@pytest.mark.parametrize(("answer", "error"), [(3, TypeError), (None, TypeError), ([b"x", 3], TypeError)])
def test_a_tamper_that_returns_something_else_is_a_type_error(answer, error):
    pair = Pair(tamper=lambda sender, index, record: answer)
    with pytest.raises(error):
        pair.step(pair.client)


# ---- sockets and threads


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


# ---- life


def test_a_closed_session_knows_nothing_and_does_nothing():
    pair = Pair().shake()
    pair.client.close()
    pair.client.close()
    assert (pair.client.established, pair.client.version, pair.client.cipher_suite) == (False, None, None)
    assert (pair.client.peer_certificates, pair.client.pending(), pair.client.alpn) == ((), 0, None)
    assert pair.client.trace is pair.trace
    for call in (pair.client.do_handshake, pair.client.take, lambda: pair.client.write(b"x")):
        with pytest.raises(ValueError, match="closed"):
            call()


def test_a_session_and_its_listener_are_collected_as_a_cycle():
    class Kept(core.Trace):
        pass

    config, trace = core.Config(False), Kept()
    trace.session = core.Session(config, trace, False)
    trace.session.set_listener(lambda event, trace=trace: trace)
    gone = weakref.ref(trace)
    del trace
    gc.collect()
    assert gone() is None


def test_a_config_that_a_session_uses_cannot_be_changed():
    pair = Pair()
    for call in (
        lambda: pair.client_config.set_priority(TLS13),
        lambda: pair.client_config.add_trust(b""),
        lambda: pair.client_config.set_alpn([]),
        pair.client_config.add_system_trust,
    ):
        with pytest.raises(ValueError, match="uses this config"):
            call()


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda c: c.set_priority("NORMAL:+NOTHING"), ValueError, "from position 7 on: '.?NOTHING'"),
        (lambda c: c.add_certificate(b"x", b"y"), errors.Error, "could not be used"),
        (lambda c: c.add_trust(b"x"), errors.Error, "could not be used"),
        (lambda c: c.set_verify(3), ValueError, "no mode"),
        (lambda c: c.set_alpn(["a"] * 9), ValueError, "at most 8"),
        (lambda c: c.set_alpn([""]), ValueError, "1 to 255"),
        (lambda c: c.set_alpn(["a"] * 99), ValueError, "more than"),
        (lambda c: c.set_alpn(3), TypeError, "iterable"),
        (lambda c: c.set_keylog("/nowhere/at/all"), FileNotFoundError, "No such file"),
    ],
)
def test_what_a_config_cannot_use_it_says(call, error, words):
    with pytest.raises(error, match=words):
        call(core.Config(True))


def test_a_session_needs_a_config_of_its_side_and_a_trace():
    with pytest.raises(ValueError, match="other side"):
        core.Session(core.Config(True), core.Trace(), False)
    for arguments in ((core.Config(True), 3, True), (3, core.Trace(), True), (core.Config(True), core.Trace())):
        with pytest.raises(TypeError):
            core.Session(*arguments)
    with pytest.raises(TypeError, match="called"):
        core.Session(core.Config(True), core.Trace(), True).set_listener(3)
