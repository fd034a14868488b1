"""Several handshakes on one connection: renegotiation between two ends of OpenSSL, TLS 1.0 to 1.2. RFC 5746."""

import subprocess
import time

import pytest
from hsinspect.trace import Trace
from peers import Credentials, free_port, running
from programs import ENVIRONMENT
from relay import relayed

WAYS = {"TLSv1.2": ("-tls1_2", "AES128-SHA"), "TLSv1.2 GCM": ("-tls1_2", "ECDHE-RSA-AES128-GCM-SHA256"),
        "TLSv1": ("-tls1", "AES128-SHA"), "TLSv1.1": ("-tls1_1", "AES256-SHA")}  # fmt: skip


def say(process, text):
    process.stdin.write(text)
    process.stdin.flush()


def wait_until(true):
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def run_client(wire, version, cipher, log):
    """A line, "R" for renegotiation, another line: each is read by itself, so that it counts as what it is."""

    def handshakes():
        return log.read_text().count("CLIENT_RANDOM") if log.exists() else 0

    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{wire.port}", version, "-cipher", cipher]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen([*command, "-keylogfile", str(log)], env=ENVIRONMENT, **pipes) as client:
        wait_until(lambda: handshakes() == 1 and len(wire.passed) >= 4)  # both flights of both ends
        passed = len(wire.passed)
        say(client, b"first\n")
        wait_until(lambda: len(wire.passed) > passed)
        say(client, b"R\n")
        wait_until(lambda: handshakes() == 2)
        say(client, b"second\n")
        client.stdin.close()


@pytest.fixture(scope="module", params=WAYS)
def renegotiated(request, tmp_path_factory):
    """The wire of two handshakes with a line before the second and one after it, and its key log."""
    folder = tmp_path_factory.mktemp("renegotiation")
    credentials = Credentials.make(folder, "rsa")
    version, cipher = WAYS[request.param]
    cipher = f"{cipher}:@SECLEVEL=0"
    port = free_port()
    files = ["-cert", str(credentials.chain), "-key", str(credentials.key), "-client_renegotiation"]
    server = ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", version, "-cipher", cipher, "-quiet", *files]
    with running(server, port), relayed(port) as wire:
        run_client(wire, version, cipher, folder / "keys.txt")
    wire.key = credentials.key
    return wire, (folder / "keys.txt").read_text()


def test_both_handshakes_and_all_records_are_read(renegotiated):
    wire, keylog = renegotiated
    trace = wire.journal(keylog).trace()
    trace.verify(rules=True)
    assert len(trace.handshakes) == 2 and all(h.complete for h in trace.handshakes)
    assert trace.handshake.extended_master_secret == trace.handshakes[1].extended_master_secret
    assert {r.epoch for r in trace.records} == {0, 1, 2}
    assert {r.state for r in trace.records} == {"plain", "opened"}
    assert trace.application_data("client") == b"first\nsecond\n"
    unchecked = {c.name for c in trace.checks if c.ok is None}
    assert unchecked <= {"secret.master secret", "secret.master secret[1]"}  # of ECDHE no log has the premaster secret


def test_renegotiation_info_is_checked_against_the_handshake_before(renegotiated):
    wire, keylog = renegotiated
    trace = wire.journal(keylog).trace()
    finished = [m["verify_data"].raw for m in trace.messages if m.name == "Finished" and m.handshake == 0]
    checks = {c.name: c for c in trace.checks if c.name.startswith("renegotiation_info")}
    assert list(checks) == ["renegotiation_info.client[1]", "renegotiation_info.server[1]"]
    assert checks["renegotiation_info.client[1]"].expected == finished[0]
    assert checks["renegotiation_info.server[1]"].expected == b"".join(finished)
    assert all(check.ok and check.found == check.expected for check in checks.values())


def test_each_secret_says_which_handshake_is_its_own(renegotiated):
    wire, keylog = renegotiated
    trace = wire.journal(keylog).trace()
    masters = [s for s in trace.secrets if s.label == "master secret"]
    assert [s.handshake for s in masters] == [0, 1]
    assert bytes(masters[0].value) != bytes(masters[1].value)


def test_the_private_key_opens_both_handshakes_and_their_key_log_has_both(renegotiated):
    wire, keylog = renegotiated
    journal = wire.journal()
    journal.private_key(wire.key)
    trace = journal.trace()
    trace.verify(rules=True)
    if trace.cipher_suite.name.startswith("TLS_RSA_"):
        assert trace.application_data("client") == b"first\nsecond\n"
        assert sorted(trace.keylog().splitlines()) == sorted(x for x in keylog.splitlines() if x.startswith("CLIENT_R"))
    else:
        assert trace.application_data("client") == b""


def test_a_second_handshake_that_goes_on_says_nothing_of_secrets_that_may_still_come(renegotiated):
    wire, keylog = renegotiated
    whole = wire.journal(keylog).trace()
    exchange = [m for m in whole.messages if m.name == "ClientKeyExchange"][1]
    first = whole.messages[0].random.hex()
    growing = Trace()
    growing.append_keylog("".join(line + "\n" for line in keylog.splitlines() if first in line).encode())
    for record in whole.records[: exchange.records[-1].index + 1]:
        growing.append_wire(record.sender, record.header + record.fragment)
    assert [m.name for m in growing.messages][-1] == "ClientKeyExchange"

    def said():
        return str(growing).rpartition("ClientKeyExchange")[2]

    assert "not surfaced" not in said()
    growing.finish()
    assert "not surfaced" in said()
