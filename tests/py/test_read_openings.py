"""read_capture on connections that change to TLS from another protocol."""

import socket
import ssl
import subprocess
import threading

import hsinspect
import pytest
import recorder
from carried import lab, read_one, turns_of
from packets import CLIENT, SERVER
from programs import ENVIRONMENT


def test_the_opening_is_kept_in_turns():
    live = lab()
    opening = [
        (SERVER, b"220 mail.example ESMTP\r\n"),
        (CLIENT, b"EHLO me\r\n"),
        (SERVER, b"250-mail.example\r\n250 STARTTLS\r\n"),
        (CLIENT, b"STARTTLS\r\n"),
        (SERVER, b"220 go\r\n"),
    ]
    trace = read_one(opening + turns_of(live), keylog=live.keylog().encode())
    assert trace.opening == tuple((("client", "server")[sender], data) for sender, data in opening)
    assert trace.application_data("client") == b"GET /"
    assert "before TLS: 83 plain bytes in 5 turns" in str(trace)
    trace.verify(rules=True)


STARTTLS = {  # what s_client -starttls expects of a server: what it says, and after which request
    "smtp": [(b"", b"220 x ESMTP\r\n"), (b"EHLO", b"250-x\r\n250 STARTTLS\r\n"), (b"STARTTLS", b"220 go\r\n")],
    "imap": [
        (b"", b"* OK x\r\n"),
        (b"CAPABILITY", b"* CAPABILITY STARTTLS\r\n. OK done\r\n"),
        (b"STARTTLS", b". OK go\r\n"),
    ],
    "pop3": [(b"", b"+OK x\r\n"), (b"STLS", b"+OK go\r\n")],
    "ftp": [(b"", b"220 x\r\n"), (b"AUTH TLS", b"234 go\r\n")],
    "nntp": [(b"", b"200 x\r\n"), (b"CAPABILITIES", b"101 c\r\nSTARTTLS\r\n.\r\n"), (b"STARTTLS", b"382 go\r\n")],
    "sieve": [(b"", b'"STARTTLS"\r\nOK\r\n'), (b"STARTTLS", b"OK go\r\n")],
    "xmpp": [
        (b"stream", b"<?xml version='1.0'?><stream:stream id='1'><stream:features><starttls xmlns="
         b"'urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>"),
        (b"starttls", b"<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"),
    ],
    "postgres": [(b"\x04\xd2\x16\x2f", b"S")],
    "ldap": [(b"1.3.6.1.4.1.1466.20037", bytes.fromhex("300c02010178070a010004000400"))],
}  # fmt: skip


def serve_opening(listener, script, context):
    """One connection: the script, then TLS, one line back."""
    conn, _ = listener.accept()
    for request, answer in script:
        heard = b""
        while request not in heard:
            more = conn.recv(4096)
            if not more:
                return  # the client went: the test will say what it did not find
            heard += more
        conn.sendall(answer)
    with context.wrap_socket(conn, server_side=True) as secured:
        secured.sendall(secured.recv(100)[::-1])


@pytest.mark.parametrize("protocol", STARTTLS)
def test_openssl_starttls_is_read(protocol, files, tmp_path):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.chain, files.key)
    keylog = tmp_path / "keys"
    with socket.create_server(("127.0.0.1", 0)) as listener, recorder.recorded(listener.getsockname()[1]) as through:
        server = threading.Thread(target=serve_opening, args=(listener, STARTTLS[protocol], context))
        server.start()
        command = ["openssl", "s_client", "-connect", f"127.0.0.1:{through.port}", "-starttls", protocol]
        subprocess.run(
            [*command, "-quiet", "-keylogfile", str(keylog)],
            input=b"abc", capture_output=True, timeout=30, check=False, env=ENVIRONMENT,
        )  # fmt: skip
        server.join()
    (trace,) = hsinspect.read_capture(through.write(tmp_path / "capture.pcap"), keylog=keylog)
    said = b"".join(data for sender, data in trace.opening if sender == "server")
    assert said == b"".join(answer for _, answer in STARTTLS[protocol])
    assert trace.application_data("server") == b"cba"
    trace.verify(rules=True)


def test_what_was_read_can_be_saved_opening_included(tmp_path):
    live = lab()
    opening = [(SERVER, b"+OK x\r\n"), (CLIENT, b"STLS\r\n"), (SERVER, b"+OK\r\n")]
    trace = read_one(opening + turns_of(live), keylog=live.keylog().encode())
    path = tmp_path / "saved.pcapng"
    trace.save(path)
    assert hsinspect.load(path) == trace
    (again,) = hsinspect.read_capture(path)  # by its packets, and the secrets beside them
    assert again.opening == trace.opening and again.application_data("client") == b"GET /"
    assert [message.raw for message in again.messages] == [message.raw for message in trace.messages]
    assert trace.redacted().opening == () and b"STLS" not in trace.redacted().dumps()
