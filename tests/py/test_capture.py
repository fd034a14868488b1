"""capture=: how much application data a trace keeps, and that all that follows it is still checked."""

import ssl
import threading

import hsinspect
import pytest
from conftest import Pair
from hsinspect import _core

CHUNK = bytes(range(256)) * 64
RECORDS = 160  # 2.5 MiB of application data in records of 16 KiB
ONLY = "NORMAL:-VERS-ALL:+VERS-TLS"
PRIORITIES = {
    "TLS 1.3": f"{ONLY}1.3",
    "TLS 1.2 AES-GCM": f"{ONLY}1.2:-CIPHER-ALL:+AES-128-GCM",
    "TLS 1.2 CBC": f"{ONLY}1.2:-CIPHER-ALL:+AES-128-CBC",
    "TLS 1.2 RC4": f"{ONLY}1.2:-CIPHER-ALL:+ARCFOUR-128",
    "TLS 1.2 NULL": f"{ONLY}1.2:-CIPHER-ALL:+NULL:-KX-ALL:+RSA",
    "TLS 1.0 CBC, encrypt-then-mac": f"{ONLY}1.0:-CIPHER-ALL:+AES-256-CBC",
    "TLS 1.0 CBC, mac-then-encrypt": f"{ONLY}1.0:-CIPHER-ALL:+AES-128-CBC:%NO_ETM",
    "TLS 1.0 3DES": f"{ONLY}1.0:-CIPHER-ALL:+3DES-CBC",
}
EVERY_PRIORITY = pytest.mark.parametrize("priority", PRIORITIES.values(), ids=PRIORITIES)


@pytest.fixture
def contexts(files):
    """Makes the contexts of both ends with the same options."""

    def make(**options):
        server = hsinspect.Context(ssl.PROTOCOL_TLS_SERVER, **options)
        server.load_cert_chain(files.chain, files.key)
        client = hsinspect.Context(**options)
        client.load_verify_locations(files.authority)
        return client, server

    return make


def receive(session, length):
    data = b""
    while len(data) < length:
        data += session.read()
    return data


def transfer(pair, records=RECORDS, chunk=CHUNK):
    """The server sends, the client answers with a few bytes at the end."""
    for _ in range(records):
        pair.server.write(chunk)
        pair.move()
        assert receive(pair.client, len(chunk)) == chunk
    pair.client.write(b"thanks")
    pair.move()
    assert pair.server.read() == b"thanks"


def traces(pair):
    return pair.client.trace, pair.server.trace


def elided(trace, sender):
    return [record for record in trace.records if record.elided and record.sender == sender]


def of_server(trace):
    return [r for r in trace.records if r.sender == "server" and r.content_type == "application_data"]


@EVERY_PRIORITY
@pytest.mark.parametrize("capture", [0, 100_000, 1 << 20])
def test_the_newest_application_data_is_kept_and_every_record_after_the_elided_ones_checks(contexts, priority, capture):
    pair = Pair(*contexts(priority=priority, capture=capture)).shake_hands()
    transfer(pair)
    for trace in traces(pair):
        trace.verify(rules=True)
        kept = trace.application_data("server")
        assert capture <= sum(5 + len(r.fragment) for r in of_server(trace)[1:] if not r.elided) or not capture
        assert len(kept) < capture + len(CHUNK)
        assert kept == (CHUNK * RECORDS)[len(CHUNK) * RECORDS - len(kept) :]
        (run,) = elided(trace, "server")
        assert run.elided + len(kept) // len(CHUNK) == RECORDS
        after = [r for r in of_server(trace) if r.index > run.index]
        assert all(record.ok for record in after)
        assert [record.sequence_number for record in after] == [
            run.sequence_number + run.elided + i for i in range(len(after))
        ]


@EVERY_PRIORITY
def test_with_handshake_no_application_data_is_kept_and_the_close_still_checks(contexts, priority):
    pair = Pair(*contexts(priority=priority, capture="handshake")).shake_hands()
    transfer(pair, records=3)
    for end, peer in ((pair.server, pair.client), (pair.client, pair.server)):
        end._core.close_notify()
        pair.move()
        assert peer.read() == b""
    for trace in traces(pair):
        trace.verify(rules=True)
        assert trace.application_data("server") == trace.application_data("client") == b""
        assert [alert.description for alert in trace.alerts] == ["close_notify", "close_notify"]
        assert all(alert.record.ok for alert in trace.alerts)


def test_with_all_everything_is_kept(contexts):
    pair = Pair(*contexts(capture="all")).shake_hands()
    transfer(pair)
    for trace in traces(pair):
        assert trace.application_data("server") == CHUNK * RECORDS
        assert not any(record.elided for record in trace.records)


def test_a_mebibyte_is_kept_unless_said_otherwise(contexts):
    client, server = contexts()
    assert client.capture == 1 << 20
    pair = Pair(client, server).shake_hands()
    transfer(pair)
    for trace in traces(pair):
        assert len(trace.application_data("server")) == 1 << 20


def test_a_run_says_what_was_elided_by_its_records_on_the_wire(contexts):
    pair = Pair(*contexts(priority=PRIORITIES["TLS 1.3"], capture="handshake")).shake_hands()
    wire = []
    for _ in range(10):
        pair.server.write(CHUNK)
        wire.append(pair.server.take())
        pair.client.feed(wire[-1])
        receive(pair.client, len(CHUNK))
    (run,) = elided(pair.client.trace, "server")
    assert (run.elided, run.elided_bytes) == (10, sum(len(record) - 5 for record in wire))
    assert (run.state, run.ok, run.mac, run.fragment, run.plaintext) == ("elided", None, None, b"", b"")
    assert run.header == wire[0][:5]
    assert f"{run.elided_bytes} bytes elided" in repr(run)
    check = next(c for c in pair.client.trace.checks if c.name == f"mac.record[{run.index}]")
    assert (check.ok, check.reason) == (None, run.reason)


def test_the_ladder_says_how_many_records_were_not_kept_and_counts_them(contexts):
    pair = Pair(*contexts(capture="handshake")).shake_hands()
    transfer(pair, records=5)
    ladder = pair.client.trace.ladder()
    assert "5 records, not kept" in ladder
    kept = [r for r in pair.client.trace.records if not r.elided]
    assert f"{len(kept) + 5 + 1} records" in ladder


@EVERY_PRIORITY
def test_a_listener_hears_every_record_and_none_twice_though_the_trace_keeps_few(contexts, priority):
    client, server = contexts(priority=priority, capture=50_000)
    heard = []
    client.on_event(lambda _, event: heard.append(event))
    pair = Pair(client, server).shake_hands()
    transfer(pair)
    data = [event for event in heard if isinstance(event, hsinspect.ApplicationData) and event.sender == "server"]
    assert b"".join(event.data for event in data) == CHUNK * RECORDS
    assert [event.record.sequence_number for event in data] == list(
        range(data[0].record.sequence_number, data[0].record.sequence_number + RECORDS)
    )
    assert all(event.record.ok for event in data)
    pair.client.trace.verify()


def test_events_that_somebody_holds_stay_as_they_were(contexts):
    client, server = contexts(capture="handshake")
    pair = Pair(client, server).shake_hands()
    trace = pair.client.trace
    hello, first = trace.messages[0], trace.records[0]
    seen = hello.raw, hello.transcript_hash, hello.fields.raw, first.fragment, [r.index for r in hello.records]
    for _ in range(3):  # each look lets go of what came since the last
        transfer(pair, records=40)
        assert trace.application_data("server") == b""
    assert (hello.raw, hello.transcript_hash, hello.fields.raw, first.fragment) == seen[:4]
    assert [r.index for r in hello.records] == seen[4]


def test_small_records_are_bounded_too(contexts):
    pair = Pair(*contexts(capture=4096)).shake_hands()
    transfer(pair, records=2000, chunk=b"x")
    trace = pair.client.trace
    assert len([r for r in trace.records if r.content_type == "application_data" and r.ok]) == 4096 // 256
    trace.verify()


def test_handshake_messages_after_the_handshake_are_kept_among_the_data(contexts):
    """In TLS 1.3 tickets and key updates look like application data on the wire."""
    pair = Pair(*contexts(priority=PRIORITIES["TLS 1.3"], capture="handshake")).shake_hands()
    transfer(pair, records=20)
    trace = pair.client.trace
    tickets = [m for m in trace.messages if m.name == "NewSessionTicket"]
    assert tickets
    assert all(m.records[0].ok for m in tickets)
    assert len(elided(trace, "server")) == 1


def test_a_trace_that_a_run_was_cut_out_of_is_its_replay_while_it_grows(contexts):
    pair = Pair(*contexts(capture=30_000)).shake_hands()
    for _ in range(5):
        transfer(pair, records=7)
        for trace in traces(pair):
            replayed = hsinspect.Trace(trace.dumps())
            assert replayed == trace
            assert replayed.to_dict(secrets=True) == trace.to_dict(secrets=True)


def test_over_a_socket_a_record_that_arrives_in_pieces_is_elided_whole(contexts, tcp_pair):
    client, server = contexts(capture="handshake")
    with tcp_pair() as (near, far):

        def serve():
            with server.wrap_socket(far, server_side=True) as conn:
                for _ in range(100):
                    conn.sendall(CHUNK)
                conn.recv(1)

        thread = threading.Thread(target=serve)
        thread.start()
        with client.wrap_socket(near, server_hostname="localhost") as conn:
            got = 0
            while got < 100 * len(CHUNK):
                got += len(conn.recv(1000))
            conn.sendall(b"x")
            trace = conn.trace
        thread.join(30)
    assert elided(trace, "server")[0].elided == 100
    assert trace.application_data("server") == b""
    trace.verify(rules=True)


@pytest.mark.parametrize(
    ("value", "error"),
    [
        ("none", ValueError),
        (-1, ValueError),
        (10**30, ValueError),
        (1.5, TypeError),
        (True, TypeError),
        (None, TypeError),
    ],
)
def test_what_capture_does_not_know_is_refused(value, error):
    with pytest.raises(error):
        hsinspect.Context(capture=value)
    context = hsinspect.Context()
    with pytest.raises(error):
        context.capture = value
    assert context.capture == 1 << 20


def test_capture_may_be_changed_for_later_connections(contexts):
    client, server = contexts()
    client.capture = "handshake"
    pair = Pair(client, server).shake_hands()
    transfer(pair, records=2)
    assert pair.client.trace.application_data("server") == b""
    assert pair.server.trace.application_data("server") == CHUNK * 2


def test_the_lab_keeps_all():
    trace = hsinspect.lab.run("TLSv1.3", response=CHUNK * 100)
    assert trace.application_data("server") == CHUNK * 100


def test_a_journal_that_claims_impossible_runs_is_read_without_harm():
    """An ELIDED entry: kind, side, sender, code, number, time, data, name, aux, each with its length."""
    head = hsinspect.Journal().trace().dumps()[:7]

    def entry(number, header, tail, total):
        columns = b"".join(len(column).to_bytes(4, "big") + column for column in (header, tail, total))
        return bytes((12, 2, 1, 0)) + number.to_bytes(8, "big") + bytes(8) + columns

    for number, header, tail, total in (
        (2**64 - 1, b"\x17\x03\x03\xff\xff", b"", b"\xff" * 8),
        (0, b"", b"t" * 5000, b""),
        (1, b"\x17", b"", b"\x01"),
    ):
        trace = _core.Trace(head + entry(number, header, tail, total))
        (record,) = trace.records
        assert (record.state, record.elided, record.header) == ("elided", number, header)
        assert hsinspect.Trace(trace.dumps()).ladder()
