"""Other people's TLS programs on loopback, for test_peers.py: how each is started and asked for a handshake."""

import contextlib
import functools
import random
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import trustme
from programs import ENVIRONMENT, ROOT, build


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way to agree on keys, as each program spells it."""

    version: str
    certificate: str  # "rsa" or "ecdsa"
    gnutls: str
    openssl: tuple[str, ...]  # arguments of s_client and s_server
    curl: tuple[str, ...]
    nginx: str

    def __str__(self) -> str:
        return f"{self.version} {self.certificate} {self.gnutls.rpartition('+')[2]}"


def tls12(certificate: str, key_exchange: str, cipher: str) -> Way:
    return Way(
        version="TLSv1.2",
        certificate=certificate,
        gnutls=f"NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+{key_exchange}",
        openssl=("-tls1_2", "-cipher", cipher),
        curl=("--tls-max", "1.2", "--ciphers", cipher),
        nginx=f"ssl_protocols TLSv1.2; ssl_ciphers {cipher};",
    )


def tls13(certificate: str) -> Way:
    return Way(
        version="TLSv1.3",
        certificate=certificate,
        gnutls="NORMAL:-VERS-ALL:+VERS-TLS1.3",
        openssl=("-tls1_3",),
        curl=("--tlsv1.3",),
        nginx="ssl_protocols TLSv1.3;",
    )


WAYS = (
    tls12("rsa", "RSA", "AES128-SHA"),
    tls12("rsa", "ECDHE-RSA", "ECDHE-RSA-AES128-GCM-SHA256"),
    tls12("ecdsa", "ECDHE-ECDSA", "ECDHE-ECDSA-CHACHA20-POLY1305"),
    tls13("rsa"),
    tls13("ecdsa"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """Files of a certificate authority that is not ours, and of a server certificate for localhost."""

    authority: Path
    chain: Path
    key: Path

    @classmethod
    def make(cls, folder: Path, kind: str) -> "Credentials":
        authority = trustme.CA(key_type=trustme.KeyType.ECDSA)
        key_type = trustme.KeyType.RSA if kind == "rsa" else trustme.KeyType.ECDSA
        leaf = authority.issue_cert("localhost", "127.0.0.1", key_type=key_type)
        made = cls(authority=folder / f"{kind}-ca.pem", chain=folder / f"{kind}.pem", key=folder / f"{kind}.key")
        authority.cert_pem.write_to_path(str(made.authority))
        leaf.private_key_pem.write_to_path(str(made.key))
        for blob in leaf.cert_chain_pems:
            blob.write_to_path(str(made.chain), append=True)
        return made


def free_port() -> int:
    """For a program that takes none from the system: below those that the system gives, to nobody else meanwhile."""
    while True:
        port = random.SystemRandom().randrange(20000, 32000)
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


def wait_for(port: int, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args[0]} ended: {process.stderr.read().decode(errors='replace')}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
    raise RuntimeError(f"{process.args[0]} does not listen")


@contextlib.contextmanager
def running(arguments: list[str], port: int) -> Iterator[int]:
    process = subprocess.Popen(
        arguments, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=ENVIRONMENT
    )
    try:
        wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.communicate(timeout=20)


def openssl_server(way: Way, credentials: Credentials, folder: Path) -> contextlib.AbstractContextManager[int]:
    """Answers each line with the line reversed."""
    port = free_port()
    files = ["-cert", str(credentials.chain), "-cert_chain", str(credentials.chain), "-key", str(credentials.key)]
    return running(
        ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-rev", "-quiet", *files, *way.openssl], port
    )


def gnutls_server(way: Way, credentials: Credentials, folder: Path) -> contextlib.AbstractContextManager[int]:
    """Answers with what it got."""
    port = free_port()
    files = ["--x509certfile", str(credentials.chain), "--x509keyfile", str(credentials.key)]
    return running(["gnutls-serv", "--echo", "--port", str(port), "--priority", way.gnutls, "--quiet", *files], port)


NGINX = """
daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ }}
http {{
    access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port} ssl; ssl_certificate {chain}; ssl_certificate_key {key}; {tls}
        location / {{ return 200 "pong"; }}
    }}
}}
"""


def nginx_server(way: Way, credentials: Credentials, folder: Path) -> contextlib.AbstractContextManager[int]:
    """Answers each request with "pong"."""
    port = free_port()
    configuration = folder / "nginx.conf"
    configuration.write_text(
        NGINX.format(folder=folder, port=port, chain=credentials.chain, key=credentials.key, tls=way.nginx)
    )
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    return running([program, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(configuration)], port)


@functools.cache
def go_program() -> str:
    """peer.go, built."""
    made = "build/go-peer"
    build("go", "build", "-o", made, "tests/py/peer.go")
    return str(ROOT / made)


def go_arguments(version: str, credentials: Credentials) -> list[str]:
    files = (credentials.chain, credentials.key, credentials.authority)
    return [*map(str, files), version]


def run_client(arguments: list[str], send: bytes) -> bytes:
    done = subprocess.run(arguments, input=send, capture_output=True, timeout=30, check=False, env=ENVIRONMENT)
    return done.stdout


def openssl_client(way: Way, credentials: Credentials, port: int, send: bytes) -> bytes:
    trust = ["-CAfile", str(credentials.authority), "-verify_return_error", "-verify_hostname", "localhost"]
    return run_client(["openssl", "s_client", "-connect", f"localhost:{port}", "-quiet", *trust, *way.openssl], send)


def gnutls_client(way: Way, credentials: Credentials, port: int, send: bytes) -> bytes:
    trust = ["--x509cafile", str(credentials.authority), "--priority", way.gnutls]
    return run_client(["gnutls-cli", "--port", str(port), "--logfile", "/dev/null", *trust, "localhost"], send)


def curl_client(way: Way, credentials: Credentials, port: int, send: bytes) -> bytes:
    trust = ["--cacert", str(credentials.authority), "--http1.1", "--silent", "--show-error"]
    url = f"https://localhost:{port}/"
    return run_client(["curl", *trust, *way.curl, "--data-binary", "@-", url], send)
