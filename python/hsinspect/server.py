"""serve: a TLS server for tests and experiments: a thread for each connection, and a trace of it.

SPDX-License-Identifier: MIT
"""

from __future__ import annotations

import contextlib
import errno
import os
import select
import selectors
import socket
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from types import TracebackType

from hsinspect.context import Context
from hsinspect.socket import TLSSocket
from hsinspect.trace import Trace

Handler = Callable[[TLSSocket], object]
StrPath = str | os.PathLike[str]
TRACES_KEPT = 1000
PATIENCE_SECONDS = 10.0  # for all handlers, when the server ends
PAUSE_SECONDS = 0.05  # until accept() is tried again, or silent clients are looked for again
_PASSING = {errno.ECONNABORTED, errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.EPROTO}


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
    """A running server. address, host, port: where it listens. traces: of the last 1 000 connections, in order.

    How a connection failed is in its trace's `errors`. What else a handler raises comes out of the `with` statement.
    """

    def __init__(self, context: Context, handler: Handler, address: tuple[str, int], timeout: float | None) -> None:
        self.context = context
        self.traces: deque[Trace] = deque(maxlen=TRACES_KEPT)
        self._handler = handler
        self._timeout = timeout
        self._raised: list[BaseException] = []
        self._threads: set[threading.Thread] = set()
        self._process = os.getpid()
        self._open: set[TLSSocket] = set()
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._listener = socket.create_server(address, family=socket.AF_INET6 if ":" in address[0] else socket.AF_INET)
        self._listener.setblocking(False)
        self._wake, self._woken = socket.socketpair()
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
        """Serves those who have connected, and no more, and waits for the handlers. Those that do not end lose their
        connection, and so does at once a client that has said nothing. In a child of fork() it is the copy that ends.
        """
        self._closing.set()
        if os.getpid() == self._process and self._listener.fileno() >= 0:
            self._wake.send(b"x")
            self._acceptor.join()
            self._wait()
            self._cut(lambda conn: True)
        for end in (self._listener, self._wake, self._woken):
            end.close()

    def _wait(self) -> None:
        ends = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < ends:
            with self._lock:
                threads = list(self._threads)
            if not threads:
                return
            self._cut(_is_silent)
            threads[0].join(PAUSE_SECONDS)

    def _cut(self, whom: Callable[[TLSSocket], bool]) -> None:
        with self._lock:
            found = list(self._open)
        for conn in found:
            with contextlib.suppress(OSError, ValueError):  # its handler has closed it
                if whom(conn):
                    socket.socket.shutdown(conn, socket.SHUT_RDWR)

    def _accept(self) -> None:
        with selectors.DefaultSelector() as ready:
            ready.register(self._listener, selectors.EVENT_READ)
            ready.register(self._woken, selectors.EVENT_READ)
            ended = False
            while not ended:
                ready.select()
                ended = self._closing.is_set()
                self._accept_all()

    def _accept_all(self) -> None:
        """Those who have connected by now."""
        while True:
            try:
                plain, _ = self._listener.accept()
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno not in _PASSING:
                    self._raised.append(error)
                    self._closing.set()
                self._closing.wait(PAUSE_SECONDS)
                return
            self._start(plain)

    def _start(self, plain: socket.socket) -> None:
        thread = threading.Thread(target=self._run, args=(plain,), name="hsinspect connection", daemon=True)
        with self._lock:
            self._threads.add(thread)
        try:
            thread.start()
        except RuntimeError as error:  # the system has no more of them
            plain.close()
            self._raised.append(error)
            self._forget(thread)

    def _forget(self, thread: threading.Thread) -> None:
        with self._lock:
            self._threads.discard(thread)

    def _run(self, plain: socket.socket) -> None:
        try:
            self._serve(plain)
        finally:
            self._forget(threading.current_thread())

    def _serve(self, plain: socket.socket) -> None:
        try:
            plain.getpeername()  # ssl's sockets notice late that there is nobody, and are not closed then
            plain.settimeout(self._timeout)
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # a flight waits for no acknowledgement
            conn = self.context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
        except OSError as error:  # the client was gone before there was a connection
            plain.close()
            self._note_failure(error)
            return
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

    def _note_failure(self, error: OSError) -> None:
        """A trace in which nothing happened."""
        trace = Trace()
        trace.finish()
        trace.errors["server"] = error
        with self._lock:
            self.traces.append(trace)

    def _handle(self, conn: TLSSocket) -> None:
        conn.farewell()
        try:
            conn.do_handshake()
            self._handler(conn)
        except BaseException as error:
            conn.trace.errors["server"] = error
            if not (isinstance(error, OSError) and hasattr(error, "trace")):
                self._raised.append(error)  # the handler's own; a peer's fault, or the network's, is data


def _is_silent(conn: TLSSocket) -> bool:
    """Has its peer said nothing yet?"""
    if conn.trace.records:
        return False
    readable = select.poll()  # not recv(): with a timeout it waits
    readable.register(conn, select.POLLIN)
    return not readable.poll(0)
