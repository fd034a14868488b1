"""A live trace equals the replay of its own journal: the fold knows nothing but the journal."""

import pickle

import hsinspect
import pytest
from hsinspect import lab

RUNS = [
    {"version": "TLSv1"},
    {"version": "TLSv1.1", "kx": "DHE-RSA"},
    {"version": "TLSv1.2", "kx": "RSA", "cipher": "AES-128-CBC", "mac": "SHA1", "encrypt_then_mac": False},
    {"version": "TLSv1.2", "kx": "ECDHE-ECDSA", "transport": "tcp"},
    {"version": "TLSv1.3"},
    {"version": "TLSv1.3", "cipher": "CHACHA20-POLY1305", "transport": "tcp"},
    {"version": "TLSv1.2", "tamper": lambda sender, index, record: record[:-1] + b"\0" if record[0] == 23 else record},
    {"version": "TLSv1.3", "tamper": lambda sender, index, record: b"" if sender == "server" and index else record},
]


def same(live, replayed):
    """Everything there is to see."""
    assert replayed.to_dict(secrets=True) == live.to_dict(secrets=True)
    assert replayed == live and replayed.dumps() == live.dumps()
    assert replayed.ladder(width=96) == live.ladder(width=96)


@pytest.mark.parametrize("arguments", RUNS)
def test_a_lab_trace_is_its_replay(arguments):
    live = lab.run(**arguments, request=b"question", response=b"answer")
    live.errors.clear()  # no part of the journal
    same(live, hsinspect.Trace(live.dumps()))


def test_a_lab_trace_is_its_pickle():
    live = lab.run("TLSv1.3", request=b"question")
    same(live, pickle.loads(pickle.dumps(live)))


def test_both_ends_of_a_real_connection_are_their_replays(files):
    with (
        hsinspect.serve(files.chain, files.key, lambda conn: conn.sendall(conn.recv(100))) as server,
        hsinspect.connect("localhost", server.port, cafile=files.authority) as conn,
    ):
        conn.sendall(b"question")
        assert conn.recv(100) == b"question"
    for live in (conn.trace, server.traces[0]):
        assert live.finished
        same(live, hsinspect.Trace(live.dumps()))


def test_a_trace_that_was_folded_step_by_step_is_its_replay(client_context, server_context, pair):
    seen = []
    client_context.on_event(lambda conn, event: seen.append(event))
    pair = type(pair)(client_context, server_context).shake_hands()
    pair.client.write(b"question")
    pair.move()
    pair.server.read()
    pair.client.close()
    pair.server.close()
    live = pair.client.trace
    replayed = hsinspect.Trace(live.dumps())
    assert [type(e) for e in seen] == [type(e) for e in replayed.events]
    assert seen == list(live.events)
    same(live, replayed)


def test_equality_is_of_journals():
    one, other = lab.run("TLSv1.3"), lab.run("TLSv1.3")
    assert one != other and one == hsinspect.Trace(one.dumps())
    assert one != "a trace"


@pytest.mark.parametrize("data", [b"", b"no journal", b"\0" * 100])
def test_bytes_that_are_no_journal_are_refused(data):
    with pytest.raises(ValueError, match="not a journal"):
        hsinspect.Trace(data)
