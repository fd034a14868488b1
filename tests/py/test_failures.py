"""Every way in which a connection can go wrong: a clear error with its alert and trace, and the right alert, once."""

import socket
import ssl
import threading
import urllib.error
import urllib.request

import hsinspect
import pytest


def fail(context, server, **arguments):
    """The error of a client's handshake."""
    with pytest.raises(hsinspect.Error) as raised:
        hsinspect.connect("localhost", server.port, context=context, **arguments)
    return raised.value


def test_a_certificate_of_an_unknown_authority_is_refused_with_unknown_ca(files):
    with hsinspect.serve(files.chain, files.key) as server:
        error = fail(hsinspect.create_default_context(), server)
    assert isinstance(error, hsinspect.CertificateError) and isinstance(error, ssl.SSLCertVerificationError)
    assert error.alert == ("client", "unknown_ca") == error.trace.alert == server.traces[0].alert
    assert error.verify_code != 0 and error.verify_message
    assert error.trace.verification.trusted is False
    assert [a.description for a in server.traces[0].alerts] == ["unknown_ca"]


def test_a_certificate_for_another_name_is_refused(files, client_context):
    with hsinspect.serve(files.chain, files.key) as server:
        error = fail(client_context, server, server_hostname="example.org")
    assert isinstance(error, hsinspect.CertificateError)
    assert error.alert[0] == "client" and [a.description for a in server.traces[0].alerts] == [error.alert[1]]
    assert "name" in str(error)


def test_nobody_looks_where_nobody_is_asked_to(files):
    context = hsinspect.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with (
        hsinspect.serve(files.chain, files.key) as server,
        hsinspect.connect("localhost", server.port, context=context) as conn,
    ):
        assert conn.getpeercert() == {} and conn.trace.verification.trusted is None


def test_http_instead_of_a_client_hello_is_refused_once(server_context, tcp_pair):
    with tcp_pair() as (client, server):
        client.sendall(b"GET / HTTP/1.0\r\n\r\n")
        with pytest.raises(hsinspect.Error) as raised:
            server_context.wrap_socket(server, server_side=True)
        answer = client.makefile("rb").read()
    assert len(answer) == 7 and answer[0] == 21  # one alert record, RFC 8446 section 6
    assert raised.value.alert == ("server", raised.value.trace.alerts[0].description)
    assert len(raised.value.trace.alerts) == 1
    assert raised.value.trace.messages == ()


@pytest.mark.parametrize("cut", [0, 3, 5, 50])
def test_a_fin_in_the_middle_is_an_error_and_no_hang(client_context, cut):
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer():
            conn, _ = listener.accept()
            with conn:
                conn.recv(65536)
                conn.sendall((b"\x16\x03\x03\x00\x7a\x02" + bytes(200))[:cut])
                conn.shutdown(socket.SHUT_WR)
                conn.recv(65536)

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(hsinspect.UnexpectedEOFError) as raised:
            hsinspect.connect("localhost", listener.getsockname()[1], context=client_context)
        thread.join()
    assert isinstance(raised.value, ssl.SSLEOFError)
    assert raised.value.trace.messages[0].name == "ClientHello"
    assert "fin" in [close.kind for close in raised.value.trace.closes if close.sender == "server"]


def test_urllib_buries_our_error_with_its_trace(files, server_context):
    context = hsinspect.create_default_context()
    with (
        hsinspect.serve(files.chain, files.key) as server,
        pytest.raises(urllib.error.URLError) as raised,
    ):
        urllib.request.urlopen(f"https://localhost:{server.port}/", context=context)
    assert isinstance(raised.value.reason, hsinspect.CertificateError)
    assert raised.value.reason.trace is context.traces[-1]
