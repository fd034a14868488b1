"""hsinspect against TLS stacks that are not its own, over real sockets on loopback, as client and as server."""

import subprocess

import hsinspect
import peers
import pytest
from programs import ENVIRONMENT

REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


@pytest.fixture(scope="session")
def credentials(tmp_path_factory):
    folder = tmp_path_factory.mktemp("credentials")
    return {kind: peers.Credentials.make(folder, kind) for kind in ("rsa", "ecdsa")}


def connect(way, credentials, port):
    return hsinspect.connect("localhost", port, cafile=str(credentials.authority), priority=way.gnutls, timeout=20)


def read_to_end(conn):
    parts = []
    while part := conn.recv(65536):
        parts.append(part)
    return b"".join(parts)


def assert_it_is_what_was_agreed(trace, way):
    trace.verify(rules=True)
    assert trace.version == way.version
    assert trace.complete
    assert all(check.ok is not False for check in trace.checks)
    assert sum(check.ok is True for check in trace.checks) > 15
    if way.gnutls.endswith("+RSA"):
        assert trace.cipher_suite.name.startswith("TLS_RSA_WITH_")


@pytest.mark.parametrize("way", peers.WAYS, ids=str)
@pytest.mark.parametrize(
    ("serve", "answer"),
    [(peers.openssl_server, b"gnip\n"), (peers.gnutls_server, b"ping\n")],
    ids=["openssl s_server", "gnutls-serv"],
)
def test_we_as_client_decrypt_what_the_server_and_we_sent(way, serve, answer, credentials, tmp_path):
    files = credentials[way.certificate]
    with serve(way, files, tmp_path) as port, connect(way, files, port) as conn:
        conn.sendall(b"ping\n")
        assert conn.recv(100) == answer
    assert_it_is_what_was_agreed(conn.trace, way)
    assert conn.trace.application_data("client") == b"ping\n"
    assert conn.trace.application_data("server") == answer


@pytest.mark.parametrize("way", peers.WAYS, ids=str)
def test_we_as_client_of_nginx(way, credentials, tmp_path):
    files = credentials[way.certificate]
    with peers.nginx_server(way, files, tmp_path) as port, connect(way, files, port) as conn:
        conn.sendall(REQUEST)
        answer = read_to_end(conn)
    assert_it_is_what_was_agreed(conn.trace, way)
    assert answer.endswith(b"pong")
    assert conn.trace.application_data("client") == REQUEST
    assert conn.trace.application_data("server") == answer


@pytest.mark.parametrize("way", peers.WAYS, ids=str)
@pytest.mark.parametrize("ask", [peers.openssl_client, peers.gnutls_client], ids=["openssl s_client", "gnutls-cli"])
def test_we_as_server_decrypt_what_the_client_and_we_sent(way, ask, credentials):
    files = credentials[way.certificate]

    def answer(conn):
        assert conn.recv(100) == b"ping\n"
        conn.sendall(b"pong\n")

    with hsinspect.serve(certfile=str(files.chain), keyfile=str(files.key), handler=answer) as server:
        printed = ask(way, files, server.port, b"ping\n")
    assert b"pong\n" in printed
    (trace,) = server.traces
    assert_it_is_what_was_agreed(trace, way)
    assert trace.application_data("client") == b"ping\n"
    assert trace.application_data("server") == b"pong\n"


@pytest.mark.parametrize("way", peers.WAYS, ids=str)
def test_we_as_server_of_curl(way, credentials):
    files = credentials[way.certificate]

    def answer(conn):
        request = b""
        while not request.endswith(b"ping"):
            request += conn.recv(65536)
        conn.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\npong")

    with hsinspect.serve(certfile=str(files.chain), keyfile=str(files.key), handler=answer) as server:
        printed = peers.curl_client(way, files, server.port, b"ping")
    assert printed == b"pong"
    (trace,) = server.traces
    assert_it_is_what_was_agreed(trace, way)
    assert trace.application_data("client").endswith(b"\r\n\r\nping")


def test_openssl_says_the_same_secrets_in_its_own_key_log(credentials, tmp_path):
    """What openssl writes as key log for the same handshake is, line by line, what our side surfaced."""
    files = credentials["ecdsa"]
    log = tmp_path / "openssl.keys"
    with hsinspect.serve(
        certfile=str(files.chain), keyfile=str(files.key), handler=lambda conn: conn.recv(1)
    ) as server:
        arguments = ["openssl", "s_client", "-connect", f"localhost:{server.port}", "-quiet", "-keylogfile", str(log)]
        subprocess.run(arguments, input=b"x", capture_output=True, timeout=30, check=False, env=ENVIRONMENT)
    (trace,) = server.traces
    theirs = {line for line in log.read_text().splitlines() if line and not line.startswith("#")}
    ours = set(trace.keylog().splitlines())
    assert theirs and theirs <= ours
