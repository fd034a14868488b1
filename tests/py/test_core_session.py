"""hsinspect._core.Session: two of them over memory, how a handshake can end, and what a session and a config refuse."""

import gc
import ssl
import subprocess
import weakref

import hsinspect._core as core
import pytest
from core_pair import RSA12, TLS13, Pair
from hsinspect import errors

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


def test_a_name_in_the_subject_counts_unless_a_session_is_told_otherwise(tmp_path):
    chain, key = tmp_path / "chain.pem", tmp_path / "key.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-days", "1"]
    subprocess.run([*made, "-keyout", key, "-out", chain], check=True, capture_output=True)
    for options, trusted in (({}, True), ({"common_name": False}, False)):
        pair = Pair()
        server, client = core.Config(True), core.Config(False)
        server.add_certificate(chain.read_bytes(), key.read_bytes())
        client.add_trust(chain.read_bytes())
        client.set_verify(ssl.CERT_REQUIRED)
        pair.server = core.Session(server, pair.trace, True, two_sided=True)
        pair.client = core.Session(client, pair.trace, False, "localhost", True, True, **options)
        if trusted:
            pair.shake()
        else:
            with pytest.raises(ssl.SSLCertVerificationError, match="name"):
                pair.shake()


def test_a_config_says_what_its_priority_string_allows():
    config = core.Config(False)
    assert (config.key_exchanges(), config.signatures()) == ((), ())  # none was set
    config.set_priority("NORMAL:-KX-ALL:+DHE-PSK:+RSA:-SIGN-ALL:+SIGN-RSA-SHA256")
    assert (config.key_exchanges(), config.signatures()) == (("DHE-PSK", "RSA"), ("RSA-SHA256",))
