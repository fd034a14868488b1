"""Callbacks: what a context calls for each event, in which order, and what becomes of an exception raised in one."""

import hsinspect
import pytest
from hsinspect import _core

KINDS = ["on_message", "on_phase", "on_secret", "on_record", "on_alert", "on_event"]


def remade(pair, client_context, server_context):
    """A pair whose sessions know the listeners added since."""
    return type(pair)(client_context, server_context)


def test_messages_come_in_wire_order_to_both_ends(pair, client_context, server_context):
    seen = {client_context: [], server_context: []}
    for context in seen:
        context.on_message(lambda conn, message: seen[conn.context].append((message.sender, message.name)))
    remade(pair, client_context, server_context).shake_hands()
    assert seen[client_context][:3] == [
        ("client", "ClientHello"),
        ("server", "ServerHello"),
        ("server", "EncryptedExtensions"),
    ]
    handshakes = [[name for name in names if name[1] != "NewSessionTicket"] for names in seen.values()]
    assert handshakes[0] == handshakes[1]  # tickets are on their way to the client when its Finished is to the server


def test_the_connection_is_the_one_whose_event_it_is(pair, client_context, server_context):
    conns = set()
    client_context.on_event(lambda conn, event: conns.add(conn))
    made = remade(pair, client_context, server_context).shake_hands()
    assert conns == {made.client}


def test_every_event_of_the_trace_was_told_in_its_order(pair, client_context, server_context):
    seen = []
    server_context.on_event(lambda conn, event: seen.append(event))
    made = remade(pair, client_context, server_context).shake_hands()
    made.client.write(b"hello")
    made.move()
    made.server.read()
    assert seen == list(made.server.trace.events)
    assert {"Phase", "Secret", "Record", "Message"} <= {type(event).__name__ for event in seen}


def test_a_name_filters_messages(pair, client_context, server_context):
    seen = []

    @client_context.on_message("ServerHello", "Finished")
    def show(conn, message):
        seen.append((message.sender, message.name))

    remade(pair, client_context, server_context).shake_hands()
    assert seen == [("server", "ServerHello"), ("server", "Finished"), ("client", "Finished")]
    assert callable(show)


@pytest.mark.parametrize(
    ("decorator", "wanted", "attribute"),
    [
        ("on_phase", "Finished", "name"),
        ("on_secret", "CLIENT_TRAFFIC_SECRET_0", "label"),
        ("on_record", "handshake", "content_type"),
    ],
)
def test_the_other_kinds_are_filtered_by_their_names(
    pair, client_context, server_context, decorator, wanted, attribute
):
    seen = []
    getattr(client_context, decorator)(wanted)(lambda conn, event: seen.append(getattr(event, attribute)))
    remade(pair, client_context, server_context).shake_hands()
    assert seen
    assert set(seen) == {wanted}


def test_events_are_filtered_by_kind(pair, client_context, server_context):
    seen = []
    client_context.on_event("ChangeCipherSpec")(lambda conn, event: seen.append(type(event)))
    remade(pair, client_context, server_context).shake_hands()
    assert set(seen) == {_core.ChangeCipherSpec}


def test_an_unknown_kind_of_event_is_an_error(client_context):
    with pytest.raises(ValueError, match="ChangeCipherSpec"):
        client_context.on_event("Handshake")


@pytest.mark.parametrize("wrong", [3, None])
def test_a_filter_that_is_no_name_is_an_error(client_context, wrong):
    with pytest.raises(TypeError):
        client_context.on_message(wrong)


def test_alerts_are_told_before_the_call_fails(pair, client_context, server_context):
    seen = []
    server_context.on_alert(lambda conn, alert: seen.append((alert.sender, alert.description)))
    made = remade(pair, client_context, server_context)
    made.server.feed(b"GET / HTTP/1.0\r\n\r\n")
    with pytest.raises(hsinspect.Error):
        made.server.do_handshake()
    assert len(seen) == 1
    assert seen[0] == made.server.trace.alert


def test_off_ends_a_listener_at_once(pair, client_context, server_context):
    seen = []

    @client_context.on_message
    def once(conn, message):
        seen.append(message.name)
        client_context.off(once)

    remade(pair, client_context, server_context).shake_hands()
    assert seen == ["ClientHello"]
    with pytest.raises(ValueError, match="does not listen"):
        client_context.off(once)


def test_a_listener_can_look_at_the_growing_trace(pair, client_context, server_context):
    counts = []
    client_context.on_message(lambda conn, message: counts.append((message.index, len(conn.trace.messages))))
    remade(pair, client_context, server_context).shake_hands()
    assert counts
    assert all(length > index for index, length in counts)


def test_a_listener_that_uses_its_own_connection_is_told_that_it_is_busy(pair, client_context, server_context):
    raised = []

    def use(conn, message):
        with pytest.raises(hsinspect.BusyError) as error:
            conn.write(b"x")
        raised.append(error.value)

    client_context.on_message("ClientHello")(use)
    remade(pair, client_context, server_context).shake_hands()
    assert len(raised) == 1


@pytest.mark.parametrize("side", ["client", "server"])
@pytest.mark.parametrize("kind", KINDS)
def test_an_exception_comes_out_once_and_the_peer_is_told_internal_error(
    pair, client_context, server_context, side, kind
):
    error = ZeroDivisionError("mine")

    def fail(conn, event):
        raise error

    context = client_context if side == "client" else server_context
    getattr(context, kind)(fail)
    made = remade(pair, client_context, server_context)
    session, peer = (made.client, made.server) if side == "client" else (made.server, made.client)
    if kind == "on_alert":
        made.shake_hands()
        peer.trace.errors.clear()
        session.feed(alert_record(peer))
        with pytest.raises(ZeroDivisionError) as raised:
            session.read()
    else:
        with pytest.raises(ZeroDivisionError) as raised:
            made.shake_hands()
    assert raised.value is error
    with pytest.raises(hsinspect.Error) as after:
        session.do_handshake() if not session.established else session.read()
    assert not isinstance(after.value.__cause__, ZeroDivisionError)
    sent = [alert.description for alert in session.trace.alerts if alert.sender == side]
    assert sent == ["internal_error"]


def alert_record(session):
    """What a session says to close, which is an alert too."""
    with pytest.raises(hsinspect.WantReadError):
        session.unwrap()
    return session.take()


def test_the_first_of_two_listeners_that_raise_wins(pair, client_context, server_context):
    def fail(error):
        def listener(conn, message):
            raise error

        return listener

    client_context.on_message(fail(KeyError("first")))
    client_context.on_message(fail(IndexError("second")))
    with pytest.raises(KeyError, match="first"):
        remade(pair, client_context, server_context).shake_hands()


def test_listeners_that_were_there_stay_when_others_come_and_go(client_context):
    def first(conn, event): ...
    def second(conn, event): ...

    client_context.on_event(first)
    client_context.on_event(second)
    client_context.off(first)
    assert client_context.listeners.mask() == (1 << len(_core.EVENT_KINDS)) - 1
    client_context.off(second)
    assert client_context.listeners.mask() == 0


def test_the_mask_has_a_bit_for_each_kind_that_is_listened_to(client_context):
    client_context.on_alert(lambda conn, alert: None)
    assert client_context.listeners.mask() == 1 << _core.EVENT_KINDS.index("Alert")
