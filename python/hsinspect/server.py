"""serve: a TLS server for tests and experiments: a thread for each connection, and a trace of it.

SPDX-License-Identifier: MIT
"""

from __future__ import annotations

import contextlib
import os
import socket
import ssl
import threading
from collections.abc import Callable, Iterable
from types import TracebackType

from hsinspect.context import Context
from hsinspect.socket import TLSSocket
from hsinspect.trace import Trace

Handler = Callable[[TLSSocket], object]
StrPath = str | os.PathLike[str]
PATIENCE_SECONDS = 10.0  # for handlers, when the server ends


def serve(
    certfile: StrPath | None = None,
    keyfile: StrPath | None = None,
    handler: Handler | None = None,
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    context: Context | None = None,
    alpn: Iterable[str] | None = None,
    priority: str | None = None,
    timeout: float | None = None,
) -> Server:
    """A server to be used in a `with` statement.

    handler: called with each connection, its handshake done, in a thread of its own; close_notify follows it. None:
    reads until the client closes. port: 0: any that is free. context: instead of certfile, keyfile, alpn and priority.
    timeout: seconds, for every call on a connection.
    """
    if context is None:
        if certfile is None:
            raise ValueError("a server needs a certfile or a context")
        context = Context(ssl.PROTOCOL_TLS_SERVER, priority=priority)
        context.load_cert_chain(certfile, keyfile)
        if alpn is not None:
            context.set_alpn_protocols(alpn)
    elif any(argument is not None for argument in (certfile, keyfile, alpn, priority)):
        raise ValueError("context= already says what certfile, keyfile, alpn and priority would say")
    return Server(context, read_to_the_end if handler is None else handler, (host, port), timeout)


def read_to_the_end(conn: TLSSocket) -> None:
    """The handler of a server that has none: takes what comes until the client closes."""
    while conn.recv(65536):
        pass


class Server:
    """A running server. address, host, port: where it listens. traces: one for each connection, in order of arrival.

    How a connection failed is in its trace's `errors`. What else a handler raises comes out of the `with` statement.
    """

    def __init__(self, context: Context, handler: Handler, address: tuple[str, int], timeout: float | None) -> None:
        self.context = context
        self.traces: list[Trace] = []
        self._handler = handler
        self._timeout = timeout
        self._raised: list[BaseException] = []
        self._threads: list[threading.Thread] = []
        self._open: set[TLSSocket] = set()
        self._lock = threading.Lock()
        self._listener = socket.create_server(address, family=socket.AF_INET6 if ":" in address[0] else socket.AF_INET)
        self.address: tuple[str, int] = self._listener.getsockname()[:2]
        self.host, self.port = self.address

    def __enter__(self) -> Server:
        self._acceptor = threading.Thread(target=self._accept, name="hsinspect server", daemon=True)
        self._acceptor.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        if kind is None and self._raised:
            raise self._raised[0]

    def close(self) -> None:
        """Accepts no more, and waits for the handlers; those that do not end lose their connection."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # close() alone does not wake accept()
        self._listener.close()
        self._acceptor.join()
        for thread in self._threads:
            thread.join(PATIENCE_SECONDS)
        with self._lock:
            left = list(self._open)
        for conn in left:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(conn, socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                plain, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._run, args=(plain,), name="hsinspect connection", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _run(self, plain: socket.socket) -> None:
        try:
            plain.settimeout(self._timeout)
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # a flight waits for no acknowledgement
            conn = self.context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
        except Exception as error:
            plain.close()
            self._raised.append(error)
            return
        assert isinstance(conn, TLSSocket)
        with self._lock:
            self._open.add(conn)
            self.traces.append(conn.trace)
        try:
            self._handle(conn)
        finally:
            with self._lock:
                self._open.discard(conn)
            conn.close()

    def _handle(self, conn: TLSSocket) -> None:
        conn.farewell()
        try:
            conn.do_handshake()
            self._handler(conn)
        except BaseException as error:
            conn.trace.errors["server"] = error
            if not (isinstance(error, OSError) and hasattr(error, "trace")):
                self._raised.append(error)  # the handler's own; a peer's fault, or the network's, is data
