"""Connections over loopback, with their sockets, threads and traces, leave nothing behind once their contexts forget them."""

import tempfile
from pathlib import Path

from growth import check

import hsinspect
from hsinspect import _core

CHAIN, KEY, AUTHORITY = _core.lab_certificate("ECDSA")
with tempfile.TemporaryDirectory() as folder:
    files = [Path(folder) / name for name in ("chain.pem", "key.pem", "authority.pem")]
    for path, content in zip(files, (CHAIN, KEY, AUTHORITY), strict=True):
        path.write_bytes(content)
    chain, key, authority = map(str, files)
    with hsinspect.serve(chain, key, lambda conn: conn.sendall(conn.recv(100))) as server:
        context = hsinspect.create_default_context(cafile=authority)

        def connect() -> None:
            with hsinspect.connect("localhost", server.port, context=context) as conn:
                conn.sendall(b"question")
                assert conn.recv(100) == b"question"

        check(connect)
