"""What is wrong with a call is said at once, and nothing that was asked for is quietly left out."""

import ssl

import hsinspect
import pytest
from hsinspect import lab


def test_a_server_context_makes_no_client_that_would_verify_nobody(files):
    context = hsinspect.create_default_context(ssl.Purpose.CLIENT_AUTH)
    with (
        hsinspect.serve(files.chain, files.key) as server,
        pytest.raises(ssl.SSLError, match="client socket with a PROTOCOL_TLS_SERVER"),
    ):
        hsinspect.connect("localhost", server.port, context=context)


def test_a_client_context_makes_no_server(client_context):
    with pytest.raises(ssl.SSLError, match="server socket with a PROTOCOL_TLS_CLIENT"):
        hsinspect.Session(client_context, server_side=True)


def test_a_session_that_is_to_check_a_name_needs_one(client_context):
    with pytest.raises(ValueError, match="check_hostname requires server_hostname"):
        hsinspect.Session(client_context)


def test_connect_takes_no_context_of_openssl():
    with pytest.raises(TypeError, match=r"hsinspect\.Context, not SSLContext"):
        hsinspect.connect("localhost", 4433, context=ssl.create_default_context())


@pytest.mark.parametrize("port", [-1, 0, 65536, 65536 + 443])
def test_connect_takes_no_port_that_there_is_not(port):
    with pytest.raises(ValueError, match="between 1 and 65535"):
        hsinspect.connect("localhost", port)


def test_one_protocol_is_no_list_of_protocols(client_context):
    with pytest.raises(TypeError, match="list of protocols"):
        client_context.set_alpn_protocols("h2")
    with pytest.raises(TypeError, match="list of protocols"):
        lab.run(alpn="h2")


def test_a_tamper_that_is_no_function_is_refused():
    with pytest.raises(TypeError, match="takes a function"):
        lab.run(tamper=b"")


def test_versions_that_are_set_bound_a_priority_string(files, server_context):
    context = hsinspect.Context(priority="NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2")
    context.load_verify_locations(files.authority)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with (
        hsinspect.serve(context=server_context) as server,
        hsinspect.connect("localhost", server.port, context=context) as conn,
    ):
        assert conn.version() == "TLSv1.2"


def test_a_priority_string_alone_is_taken_as_it_is(files):
    context = hsinspect.Context(priority="NORMAL:-VERS-ALL:+VERS-TLS1.0")
    client = hsinspect.Session(context, server_hostname="localhost")
    with pytest.raises(hsinspect.WantReadError):
        client.do_handshake()
    assert client.trace.messages[0]["legacy_version"].meaning == "TLSv1"


def test_ciphers_beside_a_priority_string_are_refused():
    with pytest.raises(NotImplementedError, match="the priority string has chosen"):
        hsinspect.Context(priority="NORMAL").set_ciphers("ECDHE+AESGCM")


def test_a_password_that_is_no_text_is_not_shown(files):
    with pytest.raises(ValueError, match="UTF-8") as raised:
        hsinspect.Context(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(files.chain, files.key, b"\xffsecret")
    assert "secret" not in repr(raised.value) and raised.value.__suppress_context__


def test_a_channel_binding_that_there_is_not_is_a_value_error(pair):
    with (
        pytest.raises(ValueError, match="channel binding"),
        hsinspect.serve(context=pair.server.context) as server,
        hsinspect.connect("localhost", server.port, context=pair.client.context) as conn,
    ):
        conn.get_channel_binding("tls-nothing")
