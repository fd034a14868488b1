"""read_capture on handshakes of other people's programs over loopback, as tshark sees them: the same version, suites,
messages, extensions and decrypted bytes; and all that can be recomputed is right."""

import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import hsinspect
import peers
import pytest
import recorder
import seen
from packets import CLIENT, SERVER
from programs import ENVIRONMENT

SIDES = ("client", "server")
LINES = b"hello\nCLOSE\n"  # openssl s_server -rev sends each line back reversed, and closes at CLOSE
OLD = ("-cipher", "ALL:@SECLEVEL=0")
OLD_RSA = ("-cipher", "AES128-SHA:@SECLEVEL=0")


@dataclass(frozen=True)
class Made:
    """A capture of a relay, with the clients' key log."""

    path: Path
    keylog: Path
    passed: list[recorder.Recorded]

    def traces(self, keylog=...):
        return hsinspect.read_capture(self.path, keylog=self.keylog if keylog is ... else keylog)


Client = Callable[[int, Path, peers.Credentials, Path], None]


def s_client(*options: str, send: bytes = LINES) -> Client:
    """One run of openssl s_client."""

    def run(port: int, keylog: Path, credentials: peers.Credentials, folder: Path) -> None:
        arguments = [option.format(folder=folder, chain=credentials.chain, key=credentials.key) for option in options]
        command = ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-keylogfile", str(keylog), *arguments]
        subprocess.run([*command, "-quiet"], input=send, capture_output=True, timeout=30, check=False, env=ENVIRONMENT)

    return run


def with_keylog_variable(arguments: Callable[[int, peers.Credentials], list[str]], send: bytes = b"ping") -> Client:
    def run(port: int, keylog: Path, credentials: peers.Credentials, folder: Path) -> None:
        environment = {**ENVIRONMENT, "SSLKEYLOGFILE": str(keylog)}
        subprocess.run(
            arguments(port, credentials), input=send, capture_output=True, timeout=30, check=False, env=environment
        )

    return run


def s_server(*options: str, answers: tuple[str, ...] = ("-rev",)):
    def serve(credentials: peers.Credentials, folder: Path):
        port = peers.free_port()
        files = ["-cert", str(credentials.chain), "-cert_chain", str(credentials.chain), "-key", str(credentials.key)]
        command = ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", *answers, "-quiet", *files, *options]
        return peers.running(command, port)

    return serve


def way_server(server, way: peers.Way):
    return lambda credentials, folder: server(way, credentials, folder)


def curl(*options: str) -> Client:
    return with_keylog_variable(
        lambda port, credentials: [
            "curl", "--silent", "--cacert", str(credentials.authority), "--http1.1", *options,
            f"https://localhost:{port}/",
        ]
    )  # fmt: skip


def gnutls_cli(priority: str, *options: str, send: bytes = b"ping\n") -> Client:
    return with_keylog_variable(
        lambda port, credentials: [
            "gnutls-cli", "--port", str(port), "--x509cafile", str(credentials.authority), "--priority", priority,
            "--logfile", "/dev/null", *options, "localhost",
        ],
        send,
    )  # fmt: skip


def go_server(version: str):
    def serve(credentials: peers.Credentials, folder: Path):
        port = peers.free_port()
        return peers.running([peers.go_program(), "server", str(port), *peers.go_arguments(version, credentials)], port)

    return serve


def go_client(version: str, times: int = 1) -> Client:
    """Connects so many times; all but the first resume."""

    def run(port: int, keylog: Path, credentials: peers.Credentials, folder: Path) -> None:
        arguments = [*peers.go_arguments(version, credentials), str(keylog), str(times)]
        command = [peers.go_program(), "client", str(port), *arguments]
        subprocess.run(command, timeout=30, check=True, env=ENVIRONMENT)

    return run


def early_client(port: int, keylog: Path, credentials: peers.Credentials, folder: Path) -> None:
    """A connection until its ticket has come, and one that resumes it, with early data."""
    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-keylogfile", str(keylog), "-tls1_3"]
    session, early = folder / "session", folder / "early"
    early.write_bytes(b"early")
    with subprocess.Popen(
        [*command, "-sess_out", str(session)], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, env=ENVIRONMENT,
    ) as first:  # fmt: skip
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and not (session.exists() and session.stat().st_size > 0):
            time.sleep(0.05)
        first.communicate(timeout=20)
    peers.run_client([*command, "-sess_in", str(session), "-early_data", str(early)], b"")


@dataclass(frozen=True)
class Case:
    """What is run, and what must come of it. clients run one after another."""

    server: Callable
    clients: tuple[Client, ...]
    version: str
    certificate: str = "rsa"
    resumed: tuple[bool, ...] = (False,)
    messages: tuple[str, ...] = ()  # that must be among those of the last connection
    tshark: bool = True  # does it open all of it?


SAVE, RESUME = ("-sess_out", "{folder}/session"), ("-sess_in", "{folder}/session")
CCM = ("-cipher", "DHE-RSA-AES128-CCM")

CASES = {
    "TLS 1.0 RSA CBC": Case(s_server("-tls1", *OLD), (s_client("-tls1", *OLD_RSA),), "TLSv1"),
    "TLS 1.1 ECDHE CBC": Case(s_server("-tls1_1", *OLD), (s_client("-tls1_1", *OLD),), "TLSv1.1"),
    "TLS 1.2 RSA CBC": Case(s_server("-tls1_2"), (s_client("-tls1_2", "-cipher", "AES256-SHA256"),), "TLSv1.2"),
    "TLS 1.2 ECDHE GCM": Case(s_server("-tls1_2"), (s_client("-tls1_2"),), "TLSv1.2"),
    "TLS 1.2 DHE CCM": Case(s_server("-tls1_2", *CCM), (s_client("-tls1_2", *CCM),), "TLSv1.2"),
    "TLS 1.2 ChaCha20": Case(
        s_server("-tls1_2"), (s_client("-tls1_2", "-cipher", "ECDHE-ECDSA-CHACHA20-POLY1305"),), "TLSv1.2", "ecdsa"
    ),
    "TLS 1.2 client certificate": Case(
        s_server("-tls1_2", "-Verify", "1"), (s_client("-tls1_2", "-cert", "{chain}", "-key", "{key}"),), "TLSv1.2",
        messages=("CertificateRequest", "CertificateVerify"),
    ),
    "TLS 1.2 resumed by ticket": Case(
        s_server("-tls1_2"), (s_client("-tls1_2", *SAVE), s_client("-tls1_2", *RESUME)), "TLSv1.2",
        resumed=(False, True),
    ),
    "TLS 1.2 resumed by session ID": Case(
        s_server("-tls1_2", "-no_ticket"), (s_client("-tls1_2", *SAVE), s_client("-tls1_2", *RESUME)), "TLSv1.2",
        resumed=(False, True),
    ),
    "TLS 1.3": Case(s_server("-tls1_3"), (s_client("-tls1_3"),), "TLSv1.3", "ecdsa"),
    "TLS 1.3 ChaCha20": Case(
        s_server("-tls1_3"), (s_client("-tls1_3", "-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256"),), "TLSv1.3"
    ),
    "TLS 1.3 HelloRetryRequest": Case(
        s_server("-tls1_3", "-groups", "P-384"), (s_client("-tls1_3", "-groups", "X25519:P-384"),), "TLSv1.3",
        messages=("HelloRetryRequest",),
    ),
    "TLS 1.3 client certificate": Case(
        s_server("-tls1_3", "-Verify", "1"), (s_client("-tls1_3", "-cert", "{chain}", "-key", "{key}"),), "TLSv1.3",
        messages=("CertificateRequest",),
    ),
    "TLS 1.3 resumed": Case(
        s_server("-tls1_3"), (s_client("-tls1_3", *SAVE), s_client("-tls1_3", *RESUME)), "TLSv1.3",
        resumed=(False, True),
    ),
    "TLS 1.3 KeyUpdate": Case(
        way_server(peers.gnutls_server, peers.WAYS[3]),
        (gnutls_cli(peers.WAYS[3].gnutls, "--inline-commands", send=b"one\n^rekey^\ntwo\n^rekey^\nthree\n"),),
        "TLSv1.3",
        messages=("KeyUpdate",),
    ),
    "TLS 1.3 early data": Case(
        s_server("-tls1_3", "-early_data", answers=()), (early_client,), "TLSv1.3", resumed=(False, True),
        messages=("EndOfEarlyData",),
    ),
    "Go, TLS 1.0": Case(go_server("TLSv1"), (go_client("TLSv1"),), "TLSv1"),
    "Go, TLS 1.2 resumed": Case(
        go_server("TLSv1.2"), (go_client("TLSv1.2", 2),), "TLSv1.2", "ecdsa", resumed=(False, True),
        tshark=False,  # Go logs no secret of a resumed session: that of the first is found by the ticket
    ),
    "Go, TLS 1.3 resumed": Case(
        go_server("TLSv1.3"), (go_client("TLSv1.3", 2),), "TLSv1.3", resumed=(False, True)
    ),
    "Go client, OpenSSL server that wants a certificate": Case(
        s_server("-tls1_3", "-Verify", "1"), (go_client("TLSv1.3"),), "TLSv1.3",
        messages=("CertificateRequest", "CertificateVerify"),
    ),
    "OpenSSL client, Go server": Case(go_server("TLSv1.3"), (s_client("-tls1_3"),), "TLSv1.3", "ecdsa"),
    "curl and nginx": Case(
        way_server(peers.nginx_server, peers.WAYS[1]), (curl("--tls-max", "1.2"),), "TLSv1.2"
    ),
    "curl and nginx, TLS 1.3": Case(way_server(peers.nginx_server, peers.WAYS[3]), (curl(),), "TLSv1.3"),
    "gnutls-cli and gnutls-serv": Case(
        way_server(peers.gnutls_server, peers.WAYS[0]), (gnutls_cli(peers.WAYS[0].gnutls),), "TLSv1.2"
    ),
    "gnutls-cli and gnutls-serv, TLS 1.3": Case(
        way_server(peers.gnutls_server, peers.WAYS[4]), (gnutls_cli(peers.WAYS[4].gnutls),), "TLSv1.3", "ecdsa"
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def credentials(tmp_path_factory):
    folder = tmp_path_factory.mktemp("peers")
    return {kind: peers.Credentials.make(folder, kind) for kind in ("rsa", "ecdsa")}


@pytest.fixture(scope="module")
def make(credentials, tmp_path_factory):
    """Runs a case, once for all tests of this file."""
    made = {}

    def run(name: str) -> Made:
        if name not in made:
            case = CASES[name]
            folder = tmp_path_factory.mktemp("case")
            keylog = folder / "keys.txt"
            with (
                case.server(credentials[case.certificate], folder) as port,
                recorder.recorded(port) as through,
            ):
                for client in case.clients:
                    client(through.port, keylog, credentials[case.certificate], folder)
            made[name] = Made(through.write(folder / "capture.pcap"), keylog, through.connections)
        return made[name]

    return run


every_case = pytest.mark.parametrize("name", CASES)


@every_case
def test_the_handshake_is_what_was_asked_for(make, name):
    traces = make(name).traces()
    case = CASES[name]
    assert [trace.version for trace in traces] == [case.version] * len(case.resumed)
    assert [trace.resumption for trace in traces] == list(case.resumed)
    assert {*case.messages} <= {message.name for message in traces[-1].messages}
    assert all(trace.handshake.complete for trace in traces)


@every_case
def test_every_record_opens_and_no_check_fails(make, name):
    for trace in make(name).traces():
        assert {record.state for record in trace.records} <= {"plain", "opened"}
        trace.verify(rules=True)
        assert {check.ok for check in trace.checks if check.name.startswith(("mac.", "finished."))} == {True}


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.tshark])
def test_tshark_sees_the_same(make, name):
    made = make(name)
    for number, trace in enumerate(made.traces()):
        other = seen.stream(made.path, made.keylog, number)
        assert [message.type for message in trace.messages] == other.messages
        numbers = [field["extension_type"].value for message in trace.messages for field in extension_fields(message)]
        assert numbers == other.extensions
        assert trace.cipher_suite == other.suites[-1]
        assert sorted(trace.application_data(side) for side in SIDES) == sorted(other.data)


def extension_fields(message):
    """The extensions of hellos, in their order, as tshark lists them: those of tickets and certificates too."""
    return [field for field in walk(message.fields) if "extension_type" in {child.name for child in field.children}]


def walk(field):
    yield field
    for child in field.children:
        yield from walk(child)


@every_case
def test_without_keys_no_check_fails_and_nothing_is_read_of_what_is_protected(make, name):
    for trace in make(name).traces(keylog=None):
        trace.verify(rules=True)
        assert trace.application_data("client") == trace.application_data("server") == b""
        assert {record.state for record in trace.records} <= {"plain", "unreadable"}
        assert all(check.reason for check in trace.checks if check.ok is None)


@every_case
def test_the_bytes_of_the_records_are_those_that_passed(make, name):
    made = make(name)
    recorded = [connection for connection in made.passed if connection.pieces]
    for trace, passed in zip(made.traces(), recorded, strict=True):
        for sender, side in ((CLIENT, "client"), (SERVER, "server")):
            wire = b"".join(record.header + record.fragment for record in trace.records if record.sender == side)
            assert wire == passed.stream(sender)


@every_case
def test_keys_of_another_connection_open_nothing(make, name, tmp_path):
    other = tmp_path / "other.txt"
    lines = make(name).keylog.read_text().splitlines()
    wrong = [
        " ".join([label, random, "".join("0123456789abcdef"[15 - int(digit, 16)] for digit in value)])
        for label, random, value in (line.split() for line in lines if not line.startswith("#"))
    ]
    other.write_text("\n".join(wrong))
    for trace in make(name).traces(keylog=other):
        assert trace.application_data("client") == trace.application_data("server") == b""
        assert not any(record.state == "opened" for record in trace.records)


def test_a_capture_of_dumpcap_is_read_as_that_of_the_relay(credentials, tmp_path):
    """The kernel's own packets on lo: large segments, checksums of nobody, both directions twice."""
    if os.geteuid() != 0:
        pytest.fail("this test captures on lo: run it as root")
    capture, keylog = tmp_path / "lo.pcapng", tmp_path / "keys.txt"
    with s_server("-tls1_3")(credentials["rsa"], tmp_path) as port:
        command = ["dumpcap", "-q", "-i", "lo", "-f", f"tcp port {port}", "-w", str(capture), "-a", "duration:20"]
        with subprocess.Popen(command, stderr=subprocess.PIPE, env=ENVIRONMENT) as dumpcap:
            for line in dumpcap.stderr:
                if line.startswith(b"File:"):
                    break
            s_client("-tls1_3")(port, keylog, credentials["rsa"], tmp_path)
            wait_for_end(capture)
            dumpcap.terminate()
    (trace,) = hsinspect.read_capture(capture, keylog=keylog)
    assert trace.application_data("client") == LINES and trace.application_data("server") == b"olleh\n"
    assert trace.capture_faults == () and trace.complete
    trace.verify(rules=True)


def wait_for_end(capture: Path) -> None:
    """Until the file has the last packets: dumpcap writes them when they come."""
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        ended = [port for (port,) in seen.rows(capture, "tcp.flags.fin == 1", "tcp.srcport")]
        if len(set(ended)) == 2:
            return
        time.sleep(0.1)
    raise AssertionError("dumpcap wrote no FIN")
