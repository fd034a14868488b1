"""connect and serve: a client and a server over loopback TCP."""

import errno
import socket
import ssl
import struct
import threading

import hsinspect
import pytest


def echo(conn):
    while data := conn.recv(65536):
        conn.sendall(data)


def test_a_client_and_a_server_talk(files):
    with (
        hsinspect.serve(files.chain, files.key, echo) as server,
        hsinspect.connect("localhost", server.port, cafile=files.authority) as conn,
    ):
        conn.sendall(b"hello")
        assert conn.recv(100) == b"hello"
    for trace in (conn.trace, server.traces[0]):
        trace.verify()
        assert trace.errors == {} and trace.complete and trace.finished
        assert trace.application_data("client") == trace.application_data("server") == b"hello"


def test_both_traces_have_the_same_addresses(files):
    with (
        hsinspect.serve(files.chain, files.key) as server,
        hsinspect.connect("127.0.0.1", server.port, cafile=files.authority) as conn,
    ):
        here = conn.getsockname()
    assert conn.trace.transport == "tcp"
    assert (conn.trace.client_address, conn.trace.server_address) == (here, ("127.0.0.1", server.port))
    trace = server.traces[0]
    assert (trace.client_address, trace.server_address) == (here, ("127.0.0.1", server.port))


def test_closing_sends_close_notify_and_then_fin(files):
    def echo_until_the_end(conn):
        while data := conn.recv(4):
            conn.sendall(data)

    with (
        hsinspect.serve(files.chain, files.key, echo_until_the_end) as server,
        hsinspect.connect("localhost", server.port, cafile=files.authority) as conn,
    ):
        conn.sendall(b"ping")
        assert conn.recv(4) == b"ping"  # behind the tickets: one that came after close() would be answered with a reset
    trace = server.traces[0]
    assert [close.kind for close in trace.closes if close.sender == "client"] == ["close_notify", "fin"]
    assert [close.kind for close in trace.closes if close.sender == "server"] == ["close_notify", "fin"]
    assert trace.alert is None


def test_the_end_of_what_a_handler_does_reaches_the_client(files):
    with (
        hsinspect.serve(files.chain, files.key, lambda conn: conn.sendall(b"bye")) as server,
        hsinspect.connect("localhost", server.port, cafile=files.authority) as conn,
    ):
        assert conn.makefile("rb").read() == b"bye"


def test_a_large_answer_arrives_whole(files):
    data = bytes(range(256)) * 16384
    with (
        hsinspect.serve(files.chain, files.key, lambda conn: conn.sendall(data)) as server,
        hsinspect.connect("localhost", server.port, cafile=files.authority) as conn,
    ):
        assert conn.makefile("rb").read() == data
    conn.trace.verify()


def test_both_directions_at_once_do_not_block_each_other(files):
    data = bytes(range(256)) * 8192
    with (
        hsinspect.serve(files.chain, files.key, echo) as server,
        hsinspect.connect("localhost", server.port, cafile=files.authority) as conn,
    ):
        sender = threading.Thread(target=conn.sendall, args=(data,))
        sender.start()
        received = conn.makefile("rb").read(len(data))
        sender.join()
    assert received == data


def test_alpn_and_priority_are_passed_on(files):
    with (
        hsinspect.serve(files.chain, files.key, alpn=["h2"], priority="NORMAL:-VERS-ALL:+VERS-TLS1.2") as server,
        hsinspect.connect("localhost", server.port, cafile=files.authority, alpn=["http/1.1", "h2"]) as conn,
    ):
        assert (conn.version(), conn.selected_alpn_protocol()) == ("TLSv1.2", "h2")
    assert server.traces[0].alpn == "h2"


def test_a_client_certificate_is_asked_for_and_verified(files):
    context = hsinspect.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=files.authority)
    context.load_cert_chain(files.chain, files.key)
    context.verify_mode = ssl.CERT_REQUIRED
    with (
        hsinspect.serve(context=context) as server,
        hsinspect.connect(
            "localhost", server.port, cafile=files.authority, certfile=files.chain, keyfile=files.key
        ) as conn,
    ):
        conn.sendall(b"x")
    trace = server.traces[0]
    assert trace.errors == {}
    assert ("server", True) in [verdict[:2] for verdict in trace.verdicts]
    trace.verify()


def test_a_missing_client_certificate_is_refused_with_its_alert(files):
    context = hsinspect.Context(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.chain, files.key)
    context.load_verify_locations(files.authority)
    context.verify_mode = ssl.CERT_REQUIRED
    with (
        hsinspect.serve(context=context) as server,
        hsinspect.connect("localhost", server.port, cafile=files.authority) as conn,
        pytest.raises(hsinspect.Error) as raised,
    ):
        conn.recv(1)
    assert raised.value.alert == server.traces[0].alert
    assert raised.value.alert[0] == "server"
    assert isinstance(server.traces[0].errors["server"], hsinspect.Error)


def test_a_failed_connect_leaves_its_trace_in_the_context(files, client_context):
    with hsinspect.serve(files.chain, files.key) as server:
        with pytest.raises(hsinspect.CertificateError) as raised:
            hsinspect.connect("localhost", server.port, context=hsinspect.create_default_context())
        with pytest.raises(hsinspect.CertificateError) as raised:
            hsinspect.connect("127.0.0.1", server.port, context=client_context, server_hostname="example.org")
    assert raised.value.trace is client_context.traces[-1]
    assert raised.value.trace.errors == {"client": raised.value}
    assert raised.value.trace.finished


def test_what_a_handler_raises_comes_out_of_the_with_statement(files):
    def fail(conn):
        raise ZeroDivisionError("mine")

    with (
        pytest.raises(ZeroDivisionError, match="mine"),
        hsinspect.serve(files.chain, files.key, fail) as server,
        hsinspect.connect("localhost", server.port, cafile=files.authority) as conn,
    ):
        conn.recv(1)
    assert isinstance(server.traces[0].errors["server"], ZeroDivisionError)


def test_a_peer_that_is_no_tls_client_does_not_end_the_server(files):
    with hsinspect.serve(files.chain, files.key, echo) as server:
        with socket.create_connection(server.address) as plain:
            plain.sendall(b"GET / HTTP/1.0\r\n\r\n")
            plain.makefile("rb").read()
        with hsinspect.connect("localhost", server.port, cafile=files.authority) as conn:
            conn.sendall(b"still there")
            assert conn.recv(100) == b"still there"
    assert isinstance(server.traces[0].errors["server"], hsinspect.Error)
    assert server.traces[1].errors == {}


def test_connections_are_served_side_by_side(files):
    barrier = threading.Barrier(3)

    def wait(conn):
        barrier.wait(timeout=20)
        conn.sendall(b"together")

    with hsinspect.serve(files.chain, files.key, wait) as server:
        conns = [hsinspect.connect("localhost", server.port, cafile=files.authority) for _ in range(3)]
        assert [conn.makefile("rb").read() for conn in conns] == [b"together"] * 3
        for conn in conns:
            conn.close()
    assert len(server.traces) == 3


def test_a_timeout_is_a_timeout_error(files):
    silent = threading.Event()
    with hsinspect.serve(files.chain, files.key, lambda conn: silent.wait(20)) as server:
        with (
            hsinspect.connect("localhost", server.port, cafile=files.authority, timeout=0.05) as conn,
            pytest.raises(TimeoutError),
        ):
            conn.recv(1)
        silent.set()


def test_a_server_that_never_answers_is_a_timeout_error_with_a_trace():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        context = hsinspect.create_default_context()
        with pytest.raises(TimeoutError):
            hsinspect.connect("localhost", listener.getsockname()[1], context=context, timeout=0.05)
    assert [m.name for m in context.traces[-1].messages] == ["ClientHello"]


def test_a_context_and_what_it_would_say_do_not_go_together(files, client_context, server_context):
    with pytest.raises(ValueError, match="context="):
        hsinspect.connect("localhost", 1, context=client_context, cafile=files.authority)
    with pytest.raises(ValueError, match="context="):
        hsinspect.serve(files.chain, context=server_context)
    with pytest.raises(ValueError, match="certfile"):
        hsinspect.serve()


def test_the_key_log_file_holds_what_the_trace_holds_and_only_its_owner_reads_it(files, tmp_path, monkeypatch):
    path = tmp_path / "keys.txt"
    monkeypatch.setenv("SSLKEYLOGFILE", str(path))
    with hsinspect.serve(files.chain, files.key) as server:
        hsinspect.connect("localhost", server.port, cafile=files.authority).close()
    trace = server.traces[0]
    assert set(path.read_text().splitlines()) == set(trace.keylog().splitlines())
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_client_that_has_said_nothing_is_not_waited_for(files, monkeypatch):
    monkeypatch.setattr("hsinspect.server.PATIENCE_SECONDS", 1000)
    server = hsinspect.serve(files.chain, files.key, timeout=1000)
    with server, socket.create_connection(server.address) as silent:
        server.close()
        assert silent.recv(1) == b""
    assert isinstance(server.traces[0].errors["server"], hsinspect.Error)


def test_those_who_have_connected_are_served_though_the_server_ends(files):
    with hsinspect.serve(files.chain, files.key) as server:
        clients = [socket.create_connection(server.address) for _ in range(20)]
        for client in clients:
            client.sendall(b"no TLS")
    assert len(server.traces) == 20
    for client in clients:
        client.close()


def test_a_server_forgets_threads_that_have_ended(files):
    with hsinspect.serve(files.chain, files.key) as server:
        for _ in range(10):
            hsinspect.connect("localhost", server.port, cafile=files.authority, timeout=30).close()
        for thread in tuple(server._threads):
            thread.join(30)
        assert server._threads == set()
    assert len(server.traces) == 10


def test_a_server_goes_on_when_the_system_has_no_descriptor_for_a_connection(files, monkeypatch):
    accept, refusals = socket.socket.accept, iter(range(3))

    def refuse(listener):
        if next(refusals, None) is not None:
            raise OSError(errno.EMFILE, "Too many open files")
        return accept(listener)

    with hsinspect.serve(files.chain, files.key) as server:
        monkeypatch.setattr(socket.socket, "accept", refuse)
        hsinspect.connect("localhost", server.port, cafile=files.authority, timeout=30).close()
        assert next(refusals, None) is None
    server.traces[0].verify()


def test_why_a_server_cannot_accept_any_more_comes_out_of_the_with_statement(files, monkeypatch):
    def fail(listener):
        raise OSError(errno.EIO, "mine")

    server = hsinspect.serve(files.chain, files.key).__enter__()
    monkeypatch.setattr(socket.socket, "accept", fail)
    with socket.create_connection(server.address):
        server._acceptor.join(30)
        assert not server._acceptor.is_alive()
    with pytest.raises(OSError, match="mine"):
        server.__exit__(None, None, None)


def test_a_client_that_resets_before_its_handshake_is_a_trace_and_no_error_of_the_server(files):
    with hsinspect.serve(files.chain, files.key) as server:
        for said in (b"", b"\x16\x03\x01\x02\x00\x01\x00"):
            with socket.create_connection(server.address) as client:
                client.sendall(said)
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        hsinspect.connect("localhost", server.port, cafile=files.authority, timeout=30).close()
    assert len(server.traces) == 3
    assert sum(isinstance(trace.errors.get("server"), OSError) for trace in server.traces) == 2


def test_a_peer_that_was_not_sent_all_is_not_told_that_this_was_all(files):
    over = threading.Event()
    received = []

    def handle(conn):
        over.wait(30)
        while data := conn.recv(65536):
            received.append(data)

    with hsinspect.serve(files.chain, files.key, handle) as server:
        conn = hsinspect.connect("localhost", server.port, cafile=files.authority, timeout=0.1)
        with conn, pytest.raises(TimeoutError):
            conn.sendall(bytes(50_000_000))
        over.set()
    (trace,) = server.traces
    assert [close.kind for close in trace.closes if close.sender == "client"] == ["fin"]
    assert sum(map(len, received)) < 50_000_000
