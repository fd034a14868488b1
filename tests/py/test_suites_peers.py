"""Old and rare cipher suites against openssl, and those that it does not have against GnuTLS's own programs.

What test_peers.py does for the usual suites by the public interface; anonymous and PSK suites need the core's.
"""

import re
import socket
import ssl
import subprocess

import peers
import pytest
import suites
from hsinspect import _core
from hsinspect.trace import Trace
from programs import ENVIRONMENT

IDENTITY, KEY = b"lab", bytes(range(32))
USER, PASSWORD = "lab", "sesame"
TIMEOUT = 20
VERSION_OPTIONS = {"TLSv1": "-tls1", "TLSv1.1": "-tls1_1", "TLSv1.2": "-tls1_2", "TLSv1.3": "-tls1_3"}


def openssl_names():
    """OpenSSL's name of each suite that it has, by number; of TLS 1.3 those too that it leaves out unless asked."""
    everything = ["openssl", "ciphers", "-V", "-ciphersuites", "TLS_AES_128_CCM_SHA256:TLS_AES_128_CCM_8_SHA256"]
    listed = subprocess.run(
        [*everything, "ALL:COMPLEMENTOFALL:@SECLEVEL=0"], capture_output=True, text=True, check=True
    )
    rows = re.findall(r"0x(\w\w),0x(\w\w) - (\S+)", listed.stdout)
    return {int(high + low, 16): name for high, low, name in rows}


OPENSSL = openssl_names()


def enough(cases):
    """Of many cases those that bring a cipher and MAC in an order, or a key exchange and version, not there before."""
    seen = set()
    for case in cases:
        block = case.suite.cipher.endswith("-CBC")
        brings = {(case.suite.cipher, case.suite.mac, case.etm or not block), (case.version, case.kx, case.certificate)}
        if not brings <= seen:
            seen |= brings
            yield case


def is_shared(case):
    """Does OpenSSL speak it? Its s_client 3.0.22 crashes with SRP."""
    return case.suite.number in OPENSSL and "SRP" not in case.kx


SHARED = list(enough(case for case in suites.cases() if is_shared(case)))
GNUTLS = ("ECDHE-RSA", "SRP", "SRP-RSA", "SRP-DSS")
# Here both ends are one library, but not one process: what is left is that our side decrypts what was sent to it.
OTHERS = list(enough(case for case in suites.cases() if not is_shared(case) and case.kx in GNUTLS))


@pytest.fixture(scope="session")
def files(tmp_path_factory):
    """Paths of (chain, key, authority) by kind of certificate; "SRP": of (groups, verifiers)."""
    folder = tmp_path_factory.mktemp("suites")
    paths = {}
    for kind in sorted({case.certificate for case in SHARED + OTHERS if case.certificate}):
        paths[kind] = [str(folder / f"{kind}-{name}.pem") for name in ("chain", "key", "authority")]
        for path, content in zip(paths[kind], _core.lab_certificate(kind), strict=True):
            with open(path, "wb") as file:
                file.write(content)
    paths["SRP"] = [str(folder / name) for name in ("srp.conf", "srp")]
    subprocess.run(["srptool", "--create-conf", paths["SRP"][0]], check=True, capture_output=True)
    add = ["srptool", "--passwd-conf", paths["SRP"][0], "--passwd", paths["SRP"][1], "-u", USER]
    subprocess.run(add, check=True, capture_output=True, input=PASSWORD.encode() + b"\n")
    return paths


def session_for(case, *, server_side):
    config = _core.Config(server_side)
    config.set_priority(case.priority)
    if "PSK" in case.kx:
        config.add_psk(IDENTITY, KEY)
    if "SRP" in case.kx:
        config.set_srp(USER, PASSWORD)
    if case.certificate is not None:
        chain, key, authority = _core.lab_certificate(case.certificate)
        if server_side:
            config.add_certificate(chain, key)
        else:
            config.add_trust(authority)
            config.set_verify(ssl.CERT_REQUIRED)
    name = None if server_side else "localhost"
    return _core.Session(config, Trace(), server_side, name, verify_name=not server_side, transport="tcp")


def openssl_arguments(case):
    name = OPENSSL[case.suite.number]
    kind = "-ciphersuites" if case.version == "TLSv1.3" else "-cipher"
    psk = ["-psk", KEY.hex(), "-psk_identity", IDENTITY.decode(), "-allow_no_dhe_kex"] if "PSK" in case.kx else []
    return [VERSION_OPTIONS[case.version], kind, f"{name}:@SECLEVEL=0" if kind == "-cipher" else name, *psk]


def openssl_server(case, files, port):
    mine = (
        ["-nocert"]
        if case.certificate is None
        else ["-cert", files[case.certificate][0], "-key", files[case.certificate][1]]
    )
    arguments = ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-rev", "-quiet", *mine]
    return [*arguments, *openssl_arguments(case)]


def gnutls_server(case, files, port):
    mine = [] if case.certificate is None else ["--x509certfile", files[case.certificate][0]]
    mine += [] if case.certificate is None else ["--x509keyfile", files[case.certificate][1]]
    mine += ["--srppasswdconf", files["SRP"][0], "--srppasswd", files["SRP"][1]] if "SRP" in case.kx else []
    return ["gnutls-serv", "--echo", "--port", str(port), "--priority", case.priority, "--quiet", *mine]


def openssl_client(case, files, port):
    trust = [] if case.certificate is None else ["-CAfile", files[case.certificate][2], "-verify_return_error"]
    return ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-quiet", *trust, *openssl_arguments(case)]


def gnutls_client(case, files, port):
    trust = [] if case.certificate is None else ["--x509cafile", files[case.certificate][2]]
    trust += ["--srpusername", USER, "--srppasswd", PASSWORD] if "SRP" in case.kx else []
    options = ["--priority", case.priority, "--logfile", "/dev/null"]
    return ["gnutls-cli", "--port", str(port), *options, *trust, "localhost"]


def assert_it_is_what_was_agreed(trace, case, *, client, server):
    trace.verify(rules=True)
    assert trace.complete
    assert (trace.version, trace.cipher_suite) == (case.version, case.suite.number)
    assert (trace.application_data("client"), trace.application_data("server")) == (client, server)
    protected = [record.mac for record in trace.records if record.mac is not None]
    assert len(protected) >= 4 and all(mac.ok for mac in protected)
    if case.suite.cipher.endswith("-CBC"):
        assert {mac.order for mac in protected} == {"encrypt-then-mac" if case.etm else "mac-then-encrypt"}


def we_as_client(case, files, serve, answer):
    port = peers.free_port()
    session = session_for(case, server_side=False)
    with (
        peers.running(serve(case, files, port), port),
        socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT) as sock,
    ):
        session.do_handshake_on(sock.fileno(), TIMEOUT)
        session.write_on(sock.fileno(), TIMEOUT, b"ping\n")
        assert session.read_on(sock.fileno(), TIMEOUT, 100) == answer
        session.close_notify_on(sock.fileno(), TIMEOUT)
    session.close()
    assert_it_is_what_was_agreed(session.trace, case, client=b"ping\n", server=answer)


def we_as_server(case, files, client):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(TIMEOUT)
        arguments = client(case, files, listener.getsockname()[1])
        with subprocess.Popen(
            arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=ENVIRONMENT
        ) as process:
            try:
                process.stdin.write(b"ping\n")
                process.stdin.flush()
                trace = answer_one(case, listener)
                printed, _ = process.communicate(timeout=TIMEOUT)
            finally:
                process.kill()
    assert b"pong\n" in printed
    assert_it_is_what_was_agreed(trace, case, client=b"ping\n", server=b"pong\n")


def answer_one(case, listener):
    session = session_for(case, server_side=True)
    with listener.accept()[0] as sock:
        session.do_handshake_on(sock.fileno(), TIMEOUT)
        assert session.read_on(sock.fileno(), TIMEOUT, 100) == b"ping\n"
        session.write_on(sock.fileno(), TIMEOUT, b"pong\n")
        session.close_notify_on(sock.fileno(), TIMEOUT)
    session.close()
    return session.trace


@pytest.mark.parametrize("case", SHARED, ids=str)
def test_we_as_client_of_openssl(case, files):
    we_as_client(case, files, openssl_server, b"gnip\n")


@pytest.mark.parametrize("case", SHARED, ids=str)
def test_we_as_server_of_openssl(case, files):
    we_as_server(case, files, openssl_client)


@pytest.mark.parametrize("case", OTHERS, ids=str)
def test_we_as_client_of_gnutls_serv(case, files):
    we_as_client(case, files, gnutls_server, b"ping\n")


@pytest.mark.parametrize("case", OTHERS, ids=str)
def test_we_as_server_of_gnutls_cli(case, files):
    we_as_server(case, files, gnutls_client)
