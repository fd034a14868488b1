"""What people do by accident, and what must not come of it."""

import pickle
import signal
import socket
import subprocess
import sys

import hsinspect
import pytest
from hsinspect import _core, lab


@pytest.mark.parametrize("version", ["TLSv1.2", "TLSv1.3"])
@pytest.mark.parametrize("doubled", range(8))
def test_a_record_that_arrives_twice_can_be_printed(version, doubled):
    trace = lab.run(version, tamper=lambda sender, index, record: [record, record] if index == doubled else record)
    assert "more than this record arrived" in str(trace)


def test_an_end_that_goes_on_after_its_peer_has_closed_is_a_trace():
    def cut(sender, index, record):
        if sender == "server" and index == 7:
            return record[:-1] + bytes([record[-1] ^ 1])
        return record[:-20] if sender == "client" and index == 2 else record

    trace = lab.run("TLSv1.3", request=b"a" * 30, response=b"b" * 30, tamper=cut)
    assert trace.finished and trace.errors


def test_a_psk_handshake_of_tls10_verifies():
    trace = lab.run("TLSv1", kx="PSK")
    trace.verify()
    assert len(trace.secret("premaster secret").value) == 2 + 32 + 2 + 32  # RFC 4279 section 2


def test_the_ladder_says_that_nobody_verified_the_certificate(files):
    context = hsinspect.Context()
    context.check_hostname = False
    context.verify_mode = 0
    with (
        hsinspect.serve(files.chain, files.key) as server,
        hsinspect.connect("localhost", server.port, context=context) as conn,
    ):
        pass
    assert "nobody verified the certificate" in str(conn.trace)
    assert "nobody verified" not in str(server.traces[0])
    assert "nobody verified" not in str(lab.run("TLSv1.3"))


def test_a_pickled_timeout_has_no_secret_of_its_connection(files):
    with (
        hsinspect.serve(files.chain, files.key) as server,
        hsinspect.connect("localhost", server.port, cafile=files.authority, timeout=0.2) as conn,
    ):
        with pytest.raises(TimeoutError) as raised:
            conn.recv(1)
        pickled = pickle.dumps(raised.value)
    assert raised.value.trace is conn.trace
    assert isinstance(pickle.loads(pickled), TimeoutError)
    assert not [s.label for s in conn.trace.secrets if bytes(s.value) in pickled]


def test_a_handlers_own_error_comes_out_of_the_server_though_it_is_an_oserror(files):
    with (
        pytest.raises(FileNotFoundError),
        hsinspect.serve(files.chain, files.key, lambda conn: open("/nowhere")) as server,
        hsinspect.connect("localhost", server.port, cafile=files.authority) as conn,
    ):
        assert conn.recv(1) == b""


def test_a_connection_is_not_closed_under_the_call_that_drives_it(files, client_context):
    tried = []

    @client_context.on_message("ServerHello")
    def close(conn, message):
        with pytest.raises(hsinspect.BusyError):
            conn.close()
        tried.append(conn.fileno())

    with hsinspect.serve(files.chain, files.key) as server:
        conn = hsinspect.connect("localhost", server.port, context=client_context)
        assert tried == [conn.fileno()]
        conn.close()
    assert conn.trace.finished


def test_a_callback_that_writes_on_another_connection_holds_up_nothing(files):
    context = hsinspect.Context(priority="NORMAL:-VERS-ALL:+VERS-TLS1.2")
    context.load_verify_locations(files.authority)
    with (
        hsinspect.serve(files.chain, files.key) as server,
        hsinspect.connect("localhost", server.port, cafile=files.authority, timeout=5) as other,
    ):
        context.on_message("Finished")(lambda conn, message: other.sendall(b"x" * 50_000))
        with hsinspect.connect("localhost", server.port, context=context, timeout=5) as conn:
            assert conn.version() == "TLSv1.2"


def test_a_name_in_the_subject_counts_only_where_that_is_allowed(tmp_path):
    chain, key = tmp_path / "chain.pem", tmp_path / "key.pem"
    files = ["-keyout", str(key), "-out", str(chain)]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", *files]
    subprocess.run(command, check=True, capture_output=True)
    for allowed in (True, False):
        context = hsinspect.create_default_context(cafile=chain)
        context.hostname_checks_common_name = allowed
        with hsinspect.serve(chain, key) as server:
            if allowed:
                hsinspect.connect("localhost", server.port, context=context).close()
            else:
                with pytest.raises(hsinspect.CertificateError) as raised:
                    hsinspect.connect("localhost", server.port, context=context)
                assert raised.value.alert == ("client", "bad_certificate")


def test_an_interrupted_command_ends_without_a_traceback():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        command = [sys.executable, "-m", "hsinspect", "connect", "127.0.0.1", str(silent.getsockname()[1])]
        process = subprocess.Popen(
            command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background job ignores it
        )
        silent.settimeout(20)
        conn, _ = silent.accept()
        with conn:
            conn.recv(100)  # the ClientHello: it waits for an answer now
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=20)
    assert (process.returncode, errors) == (130, b"")


def test_the_system_is_what_ssl_cert_file_says(files, monkeypatch):
    from hsinspect import settings

    monkeypatch.setenv("SSL_CERT_FILE", files.authority)
    monkeypatch.setenv("SSL_CERT_DIR", "/nowhere")
    assert settings.add_system_trust(_core.Config(False)) == 1
