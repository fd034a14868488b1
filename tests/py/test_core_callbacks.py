"""Listener and tamper of hsinspect._core.Session: what they are told, what they may do, and what they raise."""

import hsinspect._core as core
import pytest
from core_pair import RSA12, TLS13, Pair
from hsinspect import errors


def drive_to_the_end(session):
    session.do_handshake()  # is done, where its peer failed after its Finished
    session.read(1)


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
        drive_to_the_end(pair.server)
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
