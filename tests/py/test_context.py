"""Context: the seam to the standard library's ssl: its sockets, its objects, and those who use them."""

import asyncio
import contextlib
import http.server
import socket
import ssl
import threading
import urllib.error
import urllib.request

import hsinspect
import pytest


class Hello(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *arguments):
        pass


@contextlib.contextmanager
def https(context):
    """A server of the standard library, on a context of either kind."""
    server = http.server.HTTPServer(("127.0.0.1", 0), Hello)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"https://localhost:{server.server_address[1]}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def openssl_context(files):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.chain, files.key)
    return context


def test_urllib_uses_our_context_on_both_ends(client_context, server_context):
    with https(server_context) as url, urllib.request.urlopen(url, context=client_context) as response:
        assert response.read() == b"hello"
    for context in (client_context, server_context):
        trace = context.traces[-1]
        trace.verify()
        assert trace.application_data("client").startswith(b"GET / HTTP/1.1\r\n")
        assert trace.application_data("server").endswith(b"hello")


def test_urllib_reads_a_server_on_openssl(client_context, openssl_context):
    with https(openssl_context) as url, urllib.request.urlopen(url, context=client_context) as response:
        assert response.read() == b"hello"
    client_context.traces[-1].verify()


def test_asyncio_uses_our_context_on_both_ends(client_context, server_context):
    async def answer(reader, writer):
        writer.write(await reader.readexactly(8))
        await writer.drain()
        writer.close()

    async def talk():
        server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=server_context)
        port = server.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("localhost", port, ssl=client_context)
        writer.write(b"question")
        received = await reader.read()
        conn = writer.get_extra_info("ssl_object")
        certificate = writer.get_extra_info("peercert")
        writer.close()
        await writer.wait_closed()
        server.close()
        await server.wait_closed()
        return received, conn, certificate

    received, conn, certificate = asyncio.run(talk())
    assert received == b"question"
    assert isinstance(conn, hsinspect.TLSObject)
    assert ("DNS", "localhost") in certificate["subjectAltName"]
    conn.trace.verify()
    assert conn.trace.application_data("server") == b"question"
    assert server_context.traces[-1].application_data("client") == b"question"


def test_sockets_and_objects_are_those_of_ssl(client_context):
    assert isinstance(client_context, ssl.SSLContext)
    assert issubclass(client_context.sslsocket_class, ssl.SSLSocket)
    assert issubclass(client_context.sslobject_class, ssl.SSLObject)


def test_a_socket_says_what_ssls_would_say(files, client_context):
    with (
        hsinspect.serve(files.chain, files.key) as server,
        hsinspect.connect("localhost", server.port, context=client_context) as conn,
    ):
        name, protocol, bits = conn.cipher()
        assert (name, protocol, bits) == (conn.trace.cipher_suite.name, "TLSv1.3", bits) and bits in (128, 256)
        assert conn.version() == "TLSv1.3" and conn.compression() is None
        assert conn.getpeercert()["issuer"] == ((("commonName", "lab RSA authority"),),)
        assert conn.getpeercert(binary_form=True) == conn.trace.verification.chain[0]
        assert conn.pending() == 0 and not conn.session_reused and conn.session is None
        assert conn.context is client_context and conn.server_hostname == "localhost"


def test_a_suite_before_tls13_has_its_openssl_name(files):
    with (
        hsinspect.serve(files.chain, files.key, priority="NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+RSA") as server,
        hsinspect.connect("localhost", server.port, cafile=files.authority) as conn,
    ):
        assert conn.cipher()[0] in {c["name"] for c in ssl.create_default_context().get_ciphers()} | {
            "AES256-GCM-SHA384"
        }
        assert "RSA" not in conn.cipher()[0]


def test_wrap_socket_is_as_silent_at_the_end_as_ssl_is(files, client_context):
    with hsinspect.serve(files.chain, files.key) as server:
        plain = socket.create_connection(server.address)
        client_context.wrap_socket(plain, server_hostname="localhost").close()
    trace = server.traces[0]
    assert [close.kind for close in trace.closes if close.sender == "client"] == ["fin"]


def test_unwrap_exchanges_close_notify_and_gives_the_socket_back(client_context, server_context, tcp_pair):
    with tcp_pair() as (client, server):
        ends = []
        thread = threading.Thread(target=lambda: ends.append(server_context.wrap_socket(server, server_side=True)))
        thread.start()
        conn = client_context.wrap_socket(client, server_hostname="localhost")
        thread.join()
        peer = ends[0]
        thread = threading.Thread(target=peer.unwrap)
        thread.start()
        plain = conn.unwrap()
        thread.join()
        plain.sendall(b"no longer TLS")
        assert peer.recv(100) == b"no longer TLS"
        conn.close()
        peer.close()
    for trace in (conn.trace, peer.trace):
        assert [c.kind for c in trace.closes][:2] == ["close_notify"] * 2


def test_a_non_blocking_socket_wants_what_ssls_would_want(client_context, server_context, tcp_pair):
    with tcp_pair() as (client, server):
        client.setblocking(False)
        server.setblocking(False)
        ends = [
            client_context.wrap_socket(client, server_hostname="localhost", do_handshake_on_connect=False),
            server_context.wrap_socket(server, server_side=True, do_handshake_on_connect=False),
        ]
        with pytest.raises(ssl.SSLWantReadError):
            ends[1].do_handshake()
        waiting = list(ends)
        while waiting:
            for end in tuple(waiting):
                with contextlib.suppress(ssl.SSLWantReadError):
                    end.do_handshake()
                    waiting.remove(end)
        with pytest.raises(ssl.SSLWantReadError):
            ends[1].recv(1)
        for end in ends:
            end.close()


def test_a_socket_pair_has_no_addresses_and_is_no_tcp(client_context, server_context):
    client, server = socket.socketpair()
    ends = []
    thread = threading.Thread(target=lambda: ends.append(server_context.wrap_socket(server, server_side=True)))
    thread.start()
    conn = client_context.wrap_socket(client, server_hostname="localhost")
    thread.join()
    assert (conn.trace.transport, conn.trace.client_address) == ("socket", None)
    conn.close()
    ends[0].close()


def test_the_last_64_traces_are_kept(client_context):
    for _ in range(70):
        hsinspect.Session(client_context, server_hostname="localhost")
    assert len(client_context.traces) == 64
