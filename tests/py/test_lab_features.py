"""lab.run's features: what does not go together, what comes of them where they fail, and the command line."""

import subprocess

import hsinspect
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.x509 import ocsp
from features import names
from hsinspect import _core, lab, lab_ocsp
from hsinspect.cli.main import main

# ---- what does not go together ----


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"version": "TLSv1.2", "early_data": b"x"}, "TLSv1.2 has no early_data: .* RFC 8446 section 2.3"),
        ({"version": "TLSv1.1", "hello_retry": True}, "TLSv1.1 has no hello_retry"),
        ({"version": "TLSv1.2", "key_update": "client"}, "RFC 8446 section 4.6.3"),
        ({"version": "TLSv1.2", "post_handshake_auth": True}, "RFC 8446 section 4.6.2"),
        ({"priority": "NORMAL:-VERS-TLS1.3", "key_update": "client"}, "TLSv1.2 has no key_update"),
        ({"priority": "NORMAL", "renegotiate": True}, "no renegotiation"),
        ({"version": "TLSv1.3", "renegotiate": True}, "RFC 8446 section 4.1.2"),
        ({"version": "TLSv1.3", "resume": "session_id"}, "by tickets only"),
        ({"early_data": b"x", "resume": "session_id"}, "early_data is TLS 1.3's alone"),
        ({"kx": "RSA", "hello_retry": True}, "no key exchange to name"),
        ({"early_data": b"x", "hello_retry": True}, "RFC 8446 section 4.2.10"),
        ({"early_data": b"x", "psk": True}, "with a ticket only"),
        ({"early_data": b""}, "no bytes"),
        ({"early_data": bytes(16385)}, "0 to 16384, not 16385"),
        ({"early_data_accepted": False}, "about early_data"),
        ({"resume": True, "tickets": False}, "needs tickets"),
        ({"resume": "id"}, "'session_id'"),
        ({"resume": 1}, "'session_id'"),
        ({"update_requested": True}, "about key_update"),
        ({"key_update": "both", "update_requested": True}, "answer to its own"),
        ({"key_update": "all"}, "'both'"),
        ({"renegotiate": "both"}, "'server'"),
        ({"max_fragment_length": 500}, "512, 1024, 2048, 4096"),
        ({"record_size_limit": 64}, "512 to 16384, not 64"),
        ({"max_fragment_length": 512, "record_size_limit": 512}, "RFC 8449 section 5"),
        ({"chain_length": 1}, "2 to 100, not 1"),
        ({"version": "TLSv1.2", "kx": "PSK", "chain_length": 3}, "about a certificate"),
        ({"version": "TLSv1.2", "kx": "ANON-DH", "ocsp": True}, "about a certificate"),
        ({"version": "TLSv1.3", "psk": True, "ocsp": True}, "about a certificate"),
        ({"ocsp": "expired"}, "'revoked'"),
        ({"psk": "both"}, "'dhe'"),
        ({"version": "TLSv1.2", "kx": "RSA", "psk": True}, "RSA has no pre-shared key; .* RSA-PSK"),
        ({"version": "TLSv1.3", "psk": True, "cipher": "AES-256-GCM"}, "SHA-256"),
        ({"version": "TLSv1.3", "psk": True, "certificate": "RSA"}, "RFC 8446 section 2.2"),
        ({"version": "TLSv1.3", "psk": "psk", "group": "X25519"}, "psk_ke"),
        ({"version": "TLSv1.3", "psk": "psk", "hello_retry": True}, "psk_ke"),
        ({"priority": "NORMAL", "psk": True}, "asks for no key exchange with a pre-shared key"),
        ({"version": "TLSv1.3", "psk": True, "client_cert": True}, "RFC 5246 section 7.4.4"),
        ({"version": "TLSv1.2", "kx": "RSA-PSK", "client_cert": True}, "RSA-PSK asks for none"),
        ({"version": "TLSv1.2", "kx": "SRP-RSA", "client_cert": "ECDSA"}, "SRP-RSA asks for none"),
        ({"version": "TLSv1.1", "client_cert": "Ed25519"}, "since TLS 1.2"),
        ({"version": "TLSv1.3", "client_cert": "DSA"}, "RFC 8446 section 4.2.3"),
        ({"client_cert": "paper"}, "Ed448"),
        ({"version": "TLSv1.2", "kx": "VKO-GOST-12", "group": "X25519"}, "VKO-GOST-12 takes none"),
    ],
)
def test_what_does_not_go_together_is_an_error_that_says_why(arguments, says):
    with pytest.raises(ValueError, match=says):
        lab.run(**arguments)


@pytest.mark.parametrize(
    ("arguments", "version"),
    [({"renegotiate": True}, "TLSv1.2"), ({"resume": "session_id"}, "TLSv1.2"), ({"key_update": "client"}, "TLSv1.3")],
)
def test_a_feature_alone_chooses_a_version_that_has_it(arguments, version):
    trace = lab.run(**arguments)
    assert (trace.version, trace.errors) == (version, {})


@pytest.mark.parametrize("group", ["X25519", "SECP521R1", "FFDHE3072"])
def test_the_group_of_a_retry_is_the_one_that_was_asked_for(group):
    trace = lab.run(hello_retry=True, group=group)
    assert (trace.handshake.hello_retry, trace.group) == (True, group.lower())


@pytest.mark.parametrize("group", ["FFDHE2048", "FFDHE4096", "FFDHE8192"])
@pytest.mark.parametrize("kx", ["DHE-RSA", "DHE-DSS", "ANON-DH", "DHE-PSK"])
def test_a_finite_field_group_is_named_before_tls13_too(kx, group):
    trace = lab.run("TLSv1.2", kx=kx, group=group)
    assert (trace.errors, trace.group) == ({}, group.lower())


def test_gost_needs_no_more_than_its_key_exchange():
    trace = lab.run("TLSv1.2", kx="VKO-GOST-12", request=b"question")
    assert trace.errors == {}
    assert trace.cipher_suite.name == "TLS_GOSTR341112_256_WITH_28147_CNT_IMIT"


# ---- client certificates ----


@pytest.mark.parametrize("kind", ["RSA", "RSA-PSS", "ECDSA", "Ed25519", "Ed448"])
@pytest.mark.parametrize("version", ["TLSv1.2", "TLSv1.3"])
def test_the_client_has_the_certificate_that_was_asked_for(version, kind):
    trace = lab.run(version, client_cert=kind)
    assert trace.errors == {}
    trace.verify(rules=True)
    (sent,) = [m for m in trace.messages if (m.sender, m.name) == ("client", "Certificate")]
    first = "certificate_list[0].cert_data" if version == "TLSv1.3" else "certificate_list[0]"
    expected = x509.load_pem_x509_certificate(_core.lab_certificate(kind)[0])
    assert sent[first].value == expected.public_bytes(serialization.Encoding.DER)


@pytest.mark.parametrize("kx", ["DHE-DSS", "VKO-GOST-12"])
def test_a_client_may_have_a_certificate_of_its_servers_kind(kx):
    trace = lab.run("TLSv1.2", kx=kx, client_cert=True)
    assert trace.errors == {} and "CertificateVerify" in names(trace, "client")
    trace.verify(rules=True)
    (check,) = [check for check in trace.checks if check.name == "certificate_verify.client"]
    assert check.ok


# ---- OCSP ----


@pytest.mark.parametrize(("status", "alert"), [("revoked", "certificate_revoked"), ("unknown", None), ("good", None)])
@pytest.mark.parametrize("version", ["TLSv1", "TLSv1.2", "TLSv1.3"])
def test_a_client_believes_a_stapled_response(version, status, alert):
    trace = lab.run(version, ocsp=status, request=b"question")
    assert trace.alert == (None if alert is None else ("client", alert))
    assert (trace.application_data("client") == b"") == (alert is not None)


STATUSES = {
    "good": ocsp.OCSPCertStatus.GOOD,
    "revoked": ocsp.OCSPCertStatus.REVOKED,
    "unknown": ocsp.OCSPCertStatus.UNKNOWN,
}


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("kind", ["RSA", "Ed25519"])
def test_others_read_the_response_too(kind, status):
    chain, _, authority = _core.lab_certificate(kind, 3)
    certificate, issuer, root = x509.load_pem_x509_certificates(chain)
    response = ocsp.load_der_ocsp_response(lab_ocsp.response(kind, chain, authority, status))
    assert response.certificate_status is STATUSES[status]
    assert response.serial_number == certificate.serial_number
    builder = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, hashes.SHA1()).build()
    assert (response.issuer_name_hash, response.issuer_key_hash) == (builder.issuer_name_hash, builder.issuer_key_hash)
    assert response.this_update_utc < response.next_update_utc
    arguments = (padding.PKCS1v15(), hashes.SHA256()) if kind == "RSA" else (ec.ECDSA(hashes.SHA256()),)
    root.public_key().verify(response.signature, response.tbs_response_bytes, *arguments)


def test_openssl_verifies_the_response(tmp_path):
    chain, _, authority = _core.lab_certificate("RSA")
    for name, content in (
        ("chain", chain),
        ("ca", authority),
        ("resp", lab_ocsp.response("RSA", chain, authority, "good")),
    ):
        (tmp_path / name).write_bytes(content)
    command = ["openssl", "ocsp", "-respin", "resp", "-issuer", "ca", "-cert", "chain", "-CAfile", "ca", "-no_nonce"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "Response verify OK" in result.stderr and "chain: good" in result.stdout


# ---- what was resumed ----


def test_the_trace_of_what_was_resumed_is_at_hand_and_no_part_of_the_journal():
    trace = lab.run("TLSv1.3", resume=True, request=b"question")
    assert trace.previous.complete and trace.previous.application_data("client") == b""
    assert trace.previous.previous is None
    assert hsinspect.Trace(trace.dumps()).previous is None


def test_where_the_first_handshake_fails_its_trace_is_all_there_is():
    trace = lab.run("TLSv1.3", resume=True, ocsp="revoked")
    assert trace.alert == ("client", "certificate_revoked") and trace.previous is None


def test_a_tamper_function_sees_the_second_handshake_only():
    seen = []
    trace = lab.run("TLSv1.2", resume=True, tamper=lambda sender, index, record: seen.append(record) or record)
    assert seen == [record.header + record.fragment for record in trace.records]


def test_over_tcp_each_handshake_has_a_connection_of_its_own():
    trace = lab.run("TLSv1.3", resume=True, request=b"question", transport="tcp")
    assert trace.errors == {} and trace.resumption
    assert trace.client_address != trace.previous.client_address


# ---- the command line ----


@pytest.mark.parametrize(
    ("options", "shows"),
    [
        (["TLSv1.2", "--resume"], "resumed"),
        (["TLSv1.2", "--resume", "session_id"], "resumed"),
        (["TLSv1.3", "--hello-retry"], "HelloRetryRequest"),
        (["TLSv1.3", "--client-cert", "ECDSA"], "CertificateRequest"),
        (["TLSv1.3", "--post-handshake-auth"], "CertificateRequest"),
        (["TLSv1.3", "--key-update", "client", "--update-requested"], "KeyUpdate"),
        (["TLSv1.2", "--renegotiate"], "HelloRequest"),
        (["TLSv1.2", "--psk"], "TLS_ECDHE_PSK"),
        (["TLSv1.2", "--ocsp"], "CertificateStatus"),
        (["TLSv1.3", "--chain-length", "40", "--heartbeat"], "40 in the chain"),
        (["TLSv1.3", "--max-fragment-length", "512"], "max_fragment_length"),
        (["TLSv1.3", "--record-size-limit", "600"], "record_size_limit"),
    ],
)
def test_the_command_line_has_them_too(options, shows, capsys):
    assert main(["lab", *options]) == 0
    shown = capsys.readouterr()
    assert shows in shown.out and "0 failed" in shown.out and shown.err == ""


def test_the_command_line_says_what_does_not_go_together(capsys):
    assert main(["lab", "TLSv1.3", "--renegotiate"]) == 2
    assert "no renegotiation" in capsys.readouterr().err
