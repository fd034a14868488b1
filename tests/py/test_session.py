"""Session: TLS without I/O."""

import contextlib

import hsinspect
import pytest


def test_two_sessions_talk_over_memory(pair):
    pair.shake_hands()
    assert pair.client.established and pair.server.established
    assert pair.client.version == pair.server.version == "TLSv1.3"
    assert pair.client.write(b"question") == 8
    pair.move()
    assert pair.server.read() == b"question"


def test_each_end_has_a_trace_of_its_own_side(pair):
    pair.shake_hands()
    assert {phase.side for phase in pair.client.trace.phases} == {"client"}
    assert {phase.side for phase in pair.server.trace.phases} == {"server"}
    pair.client.trace.verify()
    pair.server.trace.verify()


def test_nothing_to_read_wants_bytes(pair):
    with pytest.raises(hsinspect.WantReadError):
        pair.client.do_handshake()
    pair.shake_hands()
    with pytest.raises(hsinspect.WantReadError):
        pair.server.read()


def test_bytes_may_come_and_go_one_by_one(pair):
    for _ in range(3):
        for session, peer in ((pair.client, pair.server), (pair.server, pair.client)):
            with contextlib.suppress(hsinspect.WantReadError):
                session.do_handshake()
            while byte := session.take(1):
                peer.feed(byte)
    assert pair.client.established and pair.server.established
    pair.client.trace.verify()


def test_unwrap_sends_close_notify_and_waits_for_the_peers(pair):
    pair.shake_hands()
    pair.move()
    with pytest.raises(hsinspect.WantReadError):
        pair.client.unwrap()
    pair.move()
    assert pair.server.read() == b""
    pair.server.unwrap()
    pair.move()
    pair.client.unwrap()
    closes = [(close.sender, close.kind) for close in pair.client.trace.closes]
    assert closes == [("client", "close_notify"), ("server", "close_notify")]


def test_data_that_nobody_read_is_an_error_when_unwrapping(pair):
    pair.shake_hands()
    pair.client.write(b"unread")
    pair.move()
    with pytest.raises(hsinspect.Error, match="application data after close_notify"):
        pair.server.unwrap()


def test_an_end_without_close_notify_is_an_error(pair):
    pair.shake_hands()
    pair.server.feed_end()
    with pytest.raises(hsinspect.UnexpectedEOFError) as raised:
        pair.server.read()
    assert raised.value.trace is pair.server.trace
    assert [close.kind for close in pair.server.trace.closes] == ["fin"]


def test_a_closed_session_is_of_no_more_use_but_its_trace_stays(pair):
    pair.shake_hands()
    pair.client.close()
    with pytest.raises(ValueError, match="closed"):
        pair.client.write(b"x")
    assert pair.client.trace.finished and pair.client.trace.version == "TLSv1.3"


def test_a_repr_says_which_end_it_is(pair):
    assert repr(pair.client) == "<Session client before its handshake>"
    pair.shake_hands()
    assert repr(pair.server) == "<Session server TLSv1.3>"


def test_the_server_sees_what_the_client_sees(pair):
    pair.shake_hands()
    assert pair.client.cipher_suite is pair.server.cipher_suite
    assert len(pair.client.peer_certificates) == 2 and pair.server.peer_certificates == ()
