"""A server and a connection to it over loopback, with sockets, threads and traces, leave nothing behind."""

import tempfile
from pathlib import Path

import hsinspect
from growth import check
from hsinspect import _core

KEPT_BY_GNUTLS = 300  # bytes for each thread that asks it for random numbers, until the process ends
NAMES = ("chain.pem", "key.pem", "authority.pem")

with tempfile.TemporaryDirectory() as folder:
    chain, key, authority = (str(Path(folder) / name) for name in NAMES)
    for path, content in zip((chain, key, authority), _core.lab_certificate("ECDSA"), strict=True):
        Path(path).write_bytes(content)

    def connect() -> None:
        with (
            hsinspect.serve(chain, key, lambda conn: conn.sendall(conn.recv(100))) as server,
            hsinspect.connect("localhost", server.port, cafile=authority) as conn,
        ):
            conn.sendall(b"question")
            assert conn.recv(100) == b"question"

    check(connect, rounds=30, allowed=KEPT_BY_GNUTLS)
