"""Many threads, many sessions at once: nothing is lost, and nothing counts for a session that it does not belong to.

HSINSPECT_SOAK=1 makes each thread do ten times as much.
"""

import contextlib
import hashlib
import os
import ssl
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import hsinspect
import pytest
from conftest import Pair
from hsinspect import _core
from key_derivation import KeySchedule, bytes_of, p_hash

THREADS = 16
EACH = 1000 if os.environ.get("HSINSPECT_SOAK") else 100  # handshakes of a thread
MEBIBYTES = 8  # each way, at once
HANG = 300  # seconds, after which something waits for ever
ONLY = "NORMAL:-VERS-ALL:+VERS-TLS"
PRIORITIES = (
    f"{ONLY}1.2:-KX-ALL:+RSA",
    f"{ONLY}1.2:-KX-ALL:+ECDHE-RSA",
    f"{ONLY}1.2:-KX-ALL:+DHE-RSA:-GROUP-ALL:+GROUP-FFDHE2048",
    f"{ONLY}1.3:-GROUP-ALL:+GROUP-X25519",
    f"{ONLY}1.3:-CIPHER-ALL:+CHACHA20-POLY1305",
)
KINDS = ("phase", "message", "secret", "record", "alert", "event")


def contexts_of(files, priority, keylog=None):
    server = hsinspect.Context(ssl.PROTOCOL_TLS_SERVER, priority=priority)
    server.load_cert_chain(files.chain, files.key)
    client = hsinspect.Context(priority=priority)
    client.load_verify_locations(files.authority)
    if keylog is not None:
        client.keylog_filename = keylog
    return client, server


def in_threads(work, count=THREADS):
    """Runs work(i) in as many threads; what one raises comes out here."""
    with ThreadPoolExecutor(count) as pool:
        futures = [pool.submit(work, i) for i in range(count)]
        return [future.result(HANG) for future in futures]


# ---- whose secret is it? ----


def lines_of(keylog):
    """client_random -> label -> value, of a key-log file."""
    found = {}
    for line in keylog.read_text().splitlines():
        label, random, value = line.split()
        found.setdefault(random, {})[label] = bytes.fromhex(value)
    return found


def raw_until(trace, name, sender):
    """The messages up to one, that one too; tickets are outside the transcript of TLS 1.3."""
    end = next(m.index for m in trace.messages if (m.name, m.sender) == (name, sender))
    outside = "NewSessionTicket" if trace.version == "TLSv1.3" else None
    return b"".join(m.raw for m in trace.messages[: end + 1] if m.name != outside)


def hash_name(trace):
    return "sha384" if trace.cipher_suite.name.endswith("SHA384") else "sha256"


def master_of(trace):
    """From what the probe saw of this session. RFC 7627 section 4."""
    seen = hashlib.new(hash_name(trace), raw_until(trace, "ClientKeyExchange", "client")).digest()
    return p_hash(hash_name(trace), bytes_of(trace, "premaster secret"), b"extended master secret" + seen, 48)


def traffic_of(trace):
    """From what the probe saw of this session. RFC 8446 section 7.1."""
    k = KeySchedule(hash_name(trace))
    hello = k.hash(raw_until(trace, "ServerHello", "server"))
    finished = k.hash(raw_until(trace, "Finished", "server"))
    handshake, master = bytes_of(trace, "handshake secret"), bytes_of(trace, "master secret")
    return {
        "CLIENT_HANDSHAKE_TRAFFIC_SECRET": k.derive(handshake, b"c hs traffic", hello),
        "SERVER_HANDSHAKE_TRAFFIC_SECRET": k.derive(handshake, b"s hs traffic", hello),
        "CLIENT_TRAFFIC_SECRET_0": k.derive(master, b"c ap traffic", finished),
        "SERVER_TRAFFIC_SECRET_0": k.derive(master, b"s ap traffic", finished),
        "EXPORTER_SECRET": k.derive(master, b"exp master", finished),
    }


def assert_its_secrets_are_its_own(trace, logged):
    """Each side's probe saw the secrets of the session whose key log has that client_random, and of no other."""
    own = logged[trace.messages[0].random.hex()]
    if trace.version == "TLSv1.3":
        expected = {label: own[label] for label in own if label != "CLIENT_RANDOM"}
        assert _core.probe_reason() or traffic_of(trace) == expected
    elif _core.probe_reason() is None or "DHE_RSA" not in trace.cipher_suite.name:
        assert own == {"CLIENT_RANDOM": master_of(trace)}
    known = {value for label, value in own.items()}
    assert {bytes(s.value) for s in trace.secrets if s.source == "keylog"} == known


@pytest.mark.timeout(2 * HANG)
def test_in_16_threads_every_secret_belongs_to_its_session_and_no_event_is_lost(files, tmp_path):
    def work(thread):
        priority = PRIORITIES[thread % len(PRIORITIES)]
        keylog = tmp_path / f"{thread}.txt"
        client, server = contexts_of(files, priority, keylog)
        heard = {}
        if thread % 2:
            for context in (client, server):
                context.on_event(lambda conn, event: heard.setdefault(id(conn.trace), []).append(event))
        for _ in range(EACH):
            heard.clear()
            pair = Pair(client, server).shake_hands()
            ends = (pair.client, pair.server)
            for end in ends:
                end.close()
            logged = lines_of(keylog)
            for end in ends:
                end.trace.verify()
                assert_its_secrets_are_its_own(end.trace, logged)
                assert not thread % 2 or heard[id(end.trace)] == list(end.trace.events)
            keylog.write_text("")
        return EACH

    assert sum(in_threads(work)) == THREADS * EACH


def test_sessions_that_take_turns_in_one_thread_do_not_mix(files, tmp_path):
    keylog = tmp_path / "keys.txt"
    pairs = [Pair(*contexts_of(files, PRIORITIES[i % len(PRIORITIES)], keylog)) for i in range(40)]
    waiting = [(pair, end) for pair in pairs for end in (pair.client, pair.server)]
    while waiting:
        for pair, end in tuple(waiting):
            with contextlib.suppress(hsinspect.WantReadError):
                end.do_handshake()
                waiting.remove((pair, end))
            pair.move()
    logged = lines_of(keylog)
    for pair in pairs:
        for end in (pair.client, pair.server):
            end.close()
            end.trace.verify()
            assert_its_secrets_are_its_own(end.trace, logged)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("outer", PRIORITIES[1:4:2], ids=["TLSv1.2", "TLSv1.3"])
def test_a_callback_that_opens_another_connection_keeps_both_apart(files, tmp_path, kind, outer):
    keylog = tmp_path / "keys.txt"
    inner = [contexts_of(files, priority, keylog) for priority in PRIORITIES]
    client, server = contexts_of(files, outer, keylog)
    opened = []

    @getattr(client, f"on_{kind}")
    def open_another(conn, event):
        pair = Pair(*inner[len(opened) % len(inner)]).shake_hands()
        for end in (pair.client, pair.server):
            end.close()
        opened.append(pair)

    pair = Pair(client, server).shake_hands()
    pair.server._core.close_notify()  # an alert
    pair.move()
    assert pair.client.read() == b""
    logged = lines_of(keylog)
    assert opened
    for each in (pair, *opened):
        for end in (each.client, each.server):
            end.close()
            end.trace.verify()
            assert_its_secrets_are_its_own(end.trace, logged)


# ---- one session, two threads ----


def stream(seed, length):
    """Bytes of which each 32 differ from all others."""
    blocks = (hashlib.sha256(seed + i.to_bytes(4, "big")).digest() for i in range(length // 32))
    return b"".join(blocks)


def receive_all(conn, length):
    received = bytearray()
    while len(received) < length:
        received += conn.recv(65536)
    return bytes(received)


@pytest.mark.timeout(HANG)
@pytest.mark.parametrize("priority", PRIORITIES[1:4:2], ids=["TLSv1.2", "TLSv1.3"])
@pytest.mark.parametrize("listening", [False, True])
def test_one_thread_reads_a_session_while_another_writes_it(files, tcp_pair, priority, listening):
    client, server = contexts_of(files, priority)
    heard = []
    if listening:
        client.on_record(lambda conn, record: heard.append(record.sender))
    sent = {name: stream(name.encode(), MEBIBYTES << 20) for name in ("client", "server")}
    with tcp_pair() as (near, far), ThreadPoolExecutor(4) as pool:
        accepted = pool.submit(server.wrap_socket, far, server_side=True)
        ends = {"client": client.wrap_socket(near, server_hostname="localhost"), "server": accepted.result(HANG)}
        writers = [pool.submit(ends[name].sendall, data) for name, data in sent.items()]
        readers = {name: pool.submit(receive_all, conn, MEBIBYTES << 20) for name, conn in ends.items()}
        assert readers["client"].result(HANG) == sent["server"]
        assert readers["server"].result(HANG) == sent["client"]
        for writer in writers:
            writer.result(HANG)
        for conn in ends.values():
            conn.close()
            conn.trace.verify()
            kept = {sender: conn.trace.application_data(sender) for sender in sent}
            assert sum(map(len, kept.values())) > (1 << 20) - 65536  # the newest mebibyte on the wire, of both
            assert all(sent[sender].endswith(data) for sender, data in kept.items())
    if listening:
        records = [r for r in ends["client"].trace.records if r.epoch]
        whole = sum(max(record.elided, 1) for record in ends["client"].trace.records)
        assert records
        assert len(heard) == whole


@pytest.mark.timeout(HANG)
def test_a_slow_callback_holds_up_no_other_thread(files):
    slow_client, slow_server = contexts_of(files, PRIORITIES[3])
    client, server = contexts_of(files, PRIORITIES[3])
    begun, done = threading.Event(), threading.Event()

    @slow_client.on_message("ServerHello")
    def wait(conn, message):
        begun.set()
        assert done.wait(HANG)

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(Pair(slow_client, slow_server).shake_hands)
        assert begun.wait(HANG)
        for _ in range(20):
            Pair(client, server).shake_hands().client.trace.verify()
        assert not slow.done()
        done.set()
        slow.result(HANG).client.trace.verify()


@pytest.mark.timeout(HANG)
def test_another_thread_may_look_at_a_trace_all_the_while(files):
    client, server = contexts_of(files, PRIORITIES[3])
    client.on_event(lambda conn, event: time.sleep(0.0001))
    growing, over = [], threading.Event()
    looks = []

    def look():
        while not over.is_set():
            for trace in tuple(growing[-2:]):
                before = len(trace.records)
                trace.to_dict(secrets=True)
                looks.append([check for check in trace.checks if check.ok is False])
                assert sum(max(r.elided, 1) for r in trace.records) >= before or trace.records

    with ThreadPoolExecutor(2) as pool:
        watching = pool.submit(look)
        try:
            for _ in range(20):
                pair = Pair(client, server)
                growing += [pair.client.trace, pair.server.trace]
                pair.shake_hands()
                for _ in range(40):
                    pair.server.write(bytes(16384))
                    pair.move()
                    assert pair.client.read()
        finally:
            over.set()
        watching.result(HANG)
    assert looks
    assert not any(looks)


@pytest.mark.timeout(HANG)
def test_a_look_is_never_empty_while_a_trace_lets_go_of_records(files):
    client, server = contexts_of(files, PRIORITIES[3])
    client.capture = "handshake"
    pair = Pair(client, server).shake_hands()
    looks, over = [0, 0], threading.Event()

    def look(number):
        while not over.is_set():
            assert pair.client.trace.checks
            assert pair.client.trace.secrets
            looks[number] += 1

    with ThreadPoolExecutor(2) as pool:
        watching = [pool.submit(look, number) for number in range(2)]
        try:
            written = 0
            while (written < 300 or min(looks) < 10) and not any(each.done() for each in watching):
                pair.server.write(bytes(4096))
                pair.move()
                assert pair.client.read()
                written += 1
        finally:
            over.set()
        for each in watching:
            each.result(HANG)


def test_a_context_remembers_the_last_64_traces(files):
    client, server = contexts_of(files, PRIORITIES[3])
    made = [Pair(client, server).client.trace for _ in range(70)]
    assert len(client.traces) == len(server.traces) == 64
    assert list(client.traces) == made[6:]
