"""Early data (0-RTT) between two ends of OpenSSL: accepted, rejected, and rejected by a HelloRetryRequest."""

import subprocess
import time
from dataclasses import dataclass

import hsinspect
import pytest
from peers import Credentials, free_port, running
from programs import ENVIRONMENT
from relay import relayed

EARLY = b"GET /early HTTP/1.0\r\n\r\n"
KINDS = ("accepted", "replayed", "retried")


@dataclass(frozen=True)
class Seen:
    wire: object
    keylog: str

    def without(self, label):
        return "".join(line + "\n" for line in self.keylog.splitlines() if not line.startswith(label))


def client(port, *arguments):
    return ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-tls1_3", *arguments]


def get_session(port, path):
    """A session: its ticket comes after the handshake, so the client's input stays open until it has."""
    path.unlink(missing_ok=True)
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(
        client(port, "-groups", "P-384", "-sess_out", str(path)), env=ENVIRONMENT, **pipes
    ) as process:
        deadline = time.monotonic() + 20
        while not (path.exists() and path.read_text().endswith("-----END SSL SESSION PARAMETERS-----\n")):
            assert time.monotonic() < deadline
        process.stdin.close()


def resume(port, folder):
    """Resumes the session with early data; the key log of it."""
    log = folder / "keys.txt"
    log.unlink(missing_ok=True)
    files = ["-sess_in", str(folder / "session.pem"), "-early_data", str(folder / "early.txt"), "-keylogfile", str(log)]
    command = client(port, "-groups", "X25519:P-384", *files)
    subprocess.run(command, input=b"late\n", capture_output=True, timeout=30, check=False, env=ENVIRONMENT)
    return log.read_text()


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    """The three kinds, by their names."""
    folder = tmp_path_factory.mktemp("early")
    credentials = Credentials.make(folder, "ecdsa")
    (folder / "early.txt").write_bytes(EARLY)
    found = {}
    port = free_port()
    files = ["-cert", str(credentials.chain), "-key", str(credentials.key)]
    server = ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-early_data", "-tls1_3", *files]
    for groups, kinds in (("X25519:P-384", ("accepted", "replayed")), ("P-384", ("retried",))):
        with running([*server, "-groups", groups], port):
            get_session(port, folder / "session.pem")
            for kind in kinds:
                with relayed(port) as wire:
                    keylog = resume(wire.port, folder)
                found[kind] = Seen(wire, keylog)
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_early_data_is_read_whether_or_not_the_server_takes_it(seen, kind):
    trace = seen[kind].wire.journal(seen[kind].keylog).trace()
    trace.verify()
    early = [r for r in trace.records if r.epoch == 1]
    assert early[0].plaintext == EARLY and early[0].content_type == "application_data"
    assert trace.early_data == (kind == "accepted")
    assert trace.handshake.hello_retry == (kind == "retried")
    assert {r.state for r in trace.records} <= {"plain", "opened"}
    assert trace.complete
    assert ("EndOfEarlyData" in [m.name for m in trace.messages]) == (kind == "accepted")


@pytest.mark.parametrize("kind", KINDS)
def test_the_secret_of_early_data_checks_where_the_pre_shared_key_is_known(seen, kind, request):
    trace = seen[kind].wire.journal(seen[kind].keylog).trace()
    checks = {c.name: c for c in trace.checks}
    assert checks["finished.client"].ok and checks["finished.server"].ok
    early = checks["secret.CLIENT_EARLY_TRAFFIC_SECRET"]
    assert early.ok is None
    assert early.reason


@pytest.mark.parametrize("kind", ["replayed", "retried"])
def test_rejected_early_data_without_its_secret_spoils_nothing_else(seen, kind):
    trace = seen[kind].wire.journal(seen[kind].without("CLIENT_EARLY")).trace()
    trace.verify()
    unread = [r for r in trace.records if r.state == "unreadable"]
    assert unread and all(r.reason for r in unread)
    assert next(c for c in trace.checks if c.name == "finished.client").ok
    assert trace.application_data("client") == b"late\n"


def test_accepted_early_data_without_its_secret_leaves_the_end_of_it_unread(seen):
    trace = seen["accepted"].wire.journal(seen["accepted"].without("CLIENT_EARLY")).trace()
    trace.verify()
    assert next(c for c in trace.checks if c.name == "finished.client").ok is None
    assert [r.state for r in trace.records if r.epoch == 1] == ["unreadable"] * 2  # EndOfEarlyData is one of them
    assert trace.application_data("client") == b"late\n"
    assert trace.messages[-1].name != "EndOfEarlyData" and trace.complete


def test_rejected_early_data_is_not_application_data_of_the_connection(seen):
    for kind in ("replayed", "retried"):
        trace = seen[kind].wire.journal(seen[kind].keylog).trace()
        assert trace.application_data("client") == b"late\n"


@pytest.mark.parametrize("kind", KINDS)
def test_the_order_of_wire_and_keys_makes_no_difference_to_what_is_read(seen, kind):
    late = seen[kind].wire.journal()
    late.keylog(seen[kind].keylog)
    first, second = seen[kind].wire.journal(seen[kind].keylog).trace(), late.trace()
    assert [(r.state, r.plaintext, r.epoch) for r in first.records] == [
        (r.state, r.plaintext, r.epoch) for r in second.records
    ]


def records_of(wire):
    """Record by record, as each side sent them."""
    for sender in ("client", "server"):
        data = b"".join(chunk for who, chunk in wire.passed if who == sender)
        while data:
            length = 5 + int.from_bytes(data[3:5])
            yield sender, data[:length]
            data = data[length:]


@pytest.mark.parametrize("known", [True, False])
def test_early_data_may_arrive_after_it_was_rejected(seen, known):
    sent = list(records_of(seen["replayed"].wire))
    client, server = ([record for who, record in sent if who == side] for side in ("client", "server"))
    journal = hsinspect.Journal()
    journal.keylog(seen["replayed"].keylog if known else seen["replayed"].without("CLIENT_EARLY"))
    journal.wire("client", client[0])
    for record in server:
        journal.wire("server", record)
    for record in client[1:]:
        journal.wire("client", record)
    trace = journal.trace()
    trace.verify()
    early = next(r for r in trace.records if r.sender == "client" and r.outer_type == "application_data")
    assert (early.epoch, early.sequence_number) == (1, 0)
    assert "rejected" in early.reason
    assert (early.state, early.plaintext) == (("opened", EARLY) if known else ("unreadable", b""))
    assert next(c for c in trace.checks if c.name == "finished.client").ok
    assert trace.application_data("client") == b"late\n"


def test_an_altered_record_after_rejected_early_data_is_still_shown_as_such(seen):
    journal = hsinspect.Journal()
    journal.keylog(seen["replayed"].keylog)
    last = [data for sender, data in seen["replayed"].wire.passed if sender == "client" and data][-1]
    for sender, data in seen["replayed"].wire.passed:
        journal.wire(sender, data if data is not last else data[:-1] + bytes([data[-1] ^ 1]))
    bad = [r for r in journal.trace().records if r.ok is False]
    assert [(r.sender, r.epoch) for r in bad] == [("client", 3)]
