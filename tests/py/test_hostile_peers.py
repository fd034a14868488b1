"""Peers that do not speak TLS, or do harm with it: a clear error, the bytes in the trace, and nobody waits for ever."""

import contextlib
import random
import socket
import ssl
import threading

import hsinspect
import pytest
from hsinspect import lab

LONG = 20  # seconds until somebody who waits is taken for one who waits for ever

HANDSHAKE, ALERT, CHANGE_CIPHER_SPEC, APPLICATION_DATA, HEARTBEAT = 22, 21, 20, 23, 24


def record(content_type, fragment, version=0x0303):
    return bytes([content_type]) + version.to_bytes(2) + len(fragment).to_bytes(2) + fragment


def message(kind, body, length=None):
    return bytes([kind]) + (len(body) if length is None else length).to_bytes(3) + body


RANDOM = random.Random(4).randbytes(4096)
GARBAGE = {
    "http": b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n" * 40,
    "http answer": b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n",
    "ssh": b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n",
    "smtp": b"220 mail.example ESMTP\r\n",
    "zeros": bytes(4096),
    "ones": b"\xff" * 4096,
    "random": RANDOM,
    "too long": record(HANDSHAKE, b"")[:3] + (2**14 + 2049).to_bytes(2) + bytes(2**14 + 2049),
    "as long as can be": record(HANDSHAKE, bytes(0xFFFF)),
    "long message": record(HANDSHAKE, message(2, bytes(16000), 0x10001)) + record(HANDSHAKE, bytes(16384)) * 4,
    "longest message": record(HANDSHAKE, message(11, bytes(16000), 0xFFFFFF)) + record(HANDSHAKE, bytes(16384)) * 8,
    "empty messages": record(HANDSHAKE, message(0, b"") * 4000),
    "empty records then garbage": record(HANDSHAKE, b"") * 3 + RANDOM,
    "half an alert": record(ALERT, b"\x02"),
    "alerts in a row": record(ALERT, b"\x01\x5a" * 20),
    "unknown alert": record(ALERT, b"\x02\xee"),
    "unknown level": record(ALERT, b"\x07\x28"),
} | {
    f"empty record of type {kind}": record(kind, b"") * 3
    for kind in (CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE, APPLICATION_DATA)
} | {
    f"record of type {kind}": record(kind, b"\1\0\0\0") for kind in (0, 19, HEARTBEAT, 25, 128, 255)
} | {
    f"version {version:#06x}": record(HANDSHAKE, message(2, bytes(60)), version)
    for version in (0x0000, 0x0200, 0x0300, 0x03FF, 0x0400, 0x7F1C, 0xFEFD, 0xFFFF)
}  # fmt: skip


def arrived(trace, sender):
    return b"".join(r.header + r.fragment for r in trace.records if r.sender == sender)


# ---- sessions ----


def started(context, server_side):
    session = hsinspect.Session(context, server_side, None if server_side else "localhost")
    with pytest.raises(hsinspect.WantReadError):
        session.do_handshake()
    session.take()
    return session


def drive(session):
    session.do_handshake()
    session.read()


def fails(session):
    """The error in which a session ends, in its handshake or after it; it must not want more."""
    with pytest.raises(hsinspect.Error) as raised:
        drive(session)
    assert not isinstance(raised.value, hsinspect.WantReadError)
    return raised.value


@pytest.mark.parametrize("server_side", [True, False])
@pytest.mark.parametrize("garbage", GARBAGE)
def test_a_session_that_is_fed_garbage_fails_and_has_it_in_its_trace(
    client_context, server_context, garbage, server_side
):
    session = started(server_context if server_side else client_context, server_side)
    session.feed(GARBAGE[garbage])
    session.feed_end()
    error = fails(session)
    assert error.reason and (error.alert is None or error.alert[1])
    assert type(fails(session)) is type(error)
    session.close()
    peer = "client" if server_side else "server"
    assert arrived(session.trace, peer) == GARBAGE[garbage]
    assert session.trace.finished and not session.trace.complete
    assert str(session.trace)


@pytest.mark.parametrize("garbage", GARBAGE)
def test_a_socket_that_brings_garbage_is_an_error_and_no_hang(files, client_context, server_context, tcp_pair, garbage):
    for context, server_side in ((client_context, False), (server_context, True)):
        with tcp_pair() as (ours, theirs):
            ours.settimeout(LONG)
            theirs.settimeout(LONG)
            theirs.sendall(GARBAGE[garbage])
            theirs.shutdown(socket.SHUT_WR)
            with pytest.raises((hsinspect.Error, ConnectionError)) as raised:
                context.wrap_socket(ours, server_side, server_hostname=None if server_side else "localhost")
            assert not isinstance(raised.value, hsinspect.WantReadError)
            trace = raised.value.trace
        assert arrived(trace, "client" if server_side else "server").startswith(GARBAGE[garbage][:5])


def flights(client_context, server_context):
    """A client that waits, what it said, and what a server answers."""
    client = hsinspect.Session(client_context, server_hostname="localhost")
    server = hsinspect.Session(server_context, server_side=True)
    with contextlib.suppress(hsinspect.WantReadError):
        client.do_handshake()
    hello = client.take()
    server.feed(hello)
    with contextlib.suppress(hsinspect.WantReadError):
        server.do_handshake()
    return client, hello, server.take()


def test_a_session_whose_peer_stops_anywhere_says_so(client_context, server_context):
    _, hello, answer = flights(client_context, server_context)
    for length in range(0, len(answer), 31):
        client, _, answer = flights(client_context, server_context)
        server = started(server_context, True)
        for session, peer, arriving in ((client, "server", answer[:length]), (server, "client", hello[:length])):
            if len(arriving) < length:
                continue
            session.feed(arriving)
            session.feed_end()
            assert isinstance(fails(session), hsinspect.UnexpectedEOFError)
            session.close()
            assert arrived(session.trace, peer) == arriving
            assert ("fin", peer) in [(close.kind, close.sender) for close in session.trace.closes]


FLOODS = {
    "empty handshake records": record(HANDSHAKE, b""),
    "empty alerts": record(ALERT, b""),
    "empty application data": record(APPLICATION_DATA, b""),
    "empty change_cipher_specs": record(CHANGE_CIPHER_SPEC, b""),
    "change_cipher_specs": record(CHANGE_CIPHER_SPEC, b"\1"),
    "warnings": record(ALERT, b"\1\x70"),
    "cancellations": record(ALERT, b"\1\x5a"),
    "requests for a hello": record(HANDSHAKE, message(0, b"")),
}


@pytest.mark.parametrize("server_side", [True, False])
@pytest.mark.parametrize("flood", FLOODS)
def test_a_flood_of_records_that_mean_nothing_ends_and_is_in_the_trace(
    client_context, server_context, flood, server_side
):
    session = started(server_context if server_side else client_context, server_side)
    records, error = 0, None
    while error is None and records < 2000:
        session.feed(FLOODS[flood])
        records += 1
        try:
            session.do_handshake()
        except hsinspect.WantReadError:
            continue
        except hsinspect.Error as raised:
            error = raised
    # Before a ClientHello GnuTLS drops any number of ChangeCipherSpecs, RFC 8446 section 5 has it drop them.
    assert (error is None) == (flood == "change_cipher_specs" and server_side)
    session.feed_end()
    fails(session)
    session.close()
    assert arrived(session.trace, "client" if server_side else "server") == FLOODS[flood] * records


# ---- cut and mixed in ways that TLS allows ----


def pieces(whole, length):
    """A record's fragment in records of at most so many bytes."""
    header, fragment = whole[:3], whole[5:]
    parts = [fragment[i : i + length] for i in range(0, len(fragment), length)]
    return [header + len(part).to_bytes(2) + part for part in parts]


@pytest.mark.parametrize("length", [1, 3, 100])
@pytest.mark.parametrize("sender", ["client", "server"])
@pytest.mark.parametrize("version", ["TLSv1.2", "TLSv1.3"])
def test_messages_in_records_of_one_byte_are_the_same_messages(version, sender, length):
    changed = []

    def tamper(who, index, whole):
        changed.append(who) if whole[0] == CHANGE_CIPHER_SPEC else None
        return pieces(whole, length) if who == sender and whole[0] == HANDSHAKE and who not in changed else whole

    trace = lab.run(version, certificate="Ed25519", request=b"question", response=b"answer", tamper=tamper)
    plain = lab.run(version, certificate="Ed25519", request=b"question", response=b"answer")
    assert not trace.errors and trace.complete
    trace.verify(rules=True)
    assert [m.name for m in trace.messages] == [m.name for m in plain.messages]
    assert len(trace.records) > len(plain.records)
    assert (trace.application_data("client"), trace.application_data("server")) == (b"question", b"answer")


@pytest.mark.parametrize("inside", [False, True])
@pytest.mark.parametrize("level", [1, 2])
@pytest.mark.parametrize("version", ["TLSv1.2", "TLSv1.3"])
def test_an_alert_between_or_inside_messages_is_shown_where_it_was(version, level, inside):
    alert = record(ALERT, bytes([level, 112]))  # unrecognized_name, a warning in RFC 6066 section 3
    done = []

    def tamper(sender, index, whole):
        if sender != "server" or done:
            return whole
        done.append(index)
        first, *rest = pieces(whole, 30 if inside else 20000)
        return [first, alert, *rest] if inside else [alert, first, *rest]

    trace = lab.run(version, request=b"question", tamper=tamper)
    assert (trace.alerts[0].sender, trace.alerts[0].description) == ("server", "unrecognized_name")
    assert trace.alerts[0].record.index == 1 + inside
    if level == 1:
        assert not trace.errors and trace.complete and trace.application_data("client") == b"question"
    else:
        assert trace.errors["client"].alert == ("server", "unrecognized_name") and not trace.complete


@pytest.mark.parametrize("version", ["TLSv1_2", "TLSv1_3"])
def test_sessions_that_are_fed_a_byte_at_a_time_shake_hands(client_context, server_context, version):
    client_context.maximum_version = ssl.TLSVersion[version]
    client = hsinspect.Session(client_context, server_hostname="localhost")
    server = hsinspect.Session(server_context, server_side=True)
    said = True
    while said:
        said = False
        for session, peer in ((client, server), (server, client)):
            for byte in session_says(session):
                said = True
                peer.feed(bytes([byte]))
                with contextlib.suppress(hsinspect.WantReadError):
                    peer.do_handshake()
    assert client.established and server.established
    for session in (client, server):
        session.close()
        assert session.trace.complete
        session.trace.verify(rules=True)


def session_says(session):
    with contextlib.suppress(hsinspect.WantReadError):
        session.do_handshake()
    return session.take()


def relay(source, target):
    """Carries bytes over one at a time until the source ends."""
    with contextlib.suppress(OSError):
        while byte := source.recv(1):
            target.sendall(byte)
        target.shutdown(socket.SHUT_WR)


def test_a_connection_whose_bytes_come_one_at_a_time_is_like_any_other(files, tcp_pair):
    with (
        hsinspect.serve(files.chain, files.key, lambda conn: conn.sendall(conn.recv(100))) as server,
        socket.create_connection(("127.0.0.1", server.port), LONG) as outer,
        tcp_pair() as (ours, inner),
    ):
        for end in (ours, inner, outer):
            end.settimeout(LONG)
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threads = [threading.Thread(target=relay, args=ends) for ends in ((inner, outer), (outer, inner))]
        for thread in threads:
            thread.start()
        context = hsinspect.create_default_context(cafile=files.authority)
        with context.wrap_socket(ours, server_hostname="localhost") as conn:
            conn.sendall(b"question")
            assert conn.recv(100) == b"question"
        for thread in threads:
            thread.join(LONG)
            assert not thread.is_alive()
    conn.trace.verify(rules=True)
    server.traces[0].verify(rules=True)
    assert conn.trace.complete and conn.trace.application_data("server") == b"question"
