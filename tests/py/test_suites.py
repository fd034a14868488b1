"""Every cipher suite that GnuTLS lists, in every version that has it, in the lab, by a priority string alone.

That each trace equals its own replay is seen to by a fixture of conftest.py, as for all tests.
"""

import pytest
import suites
from cryptography import x509
from hsinspect import _core, lab
from hsinspect.cli.main import main

WITHOUT_PROBE = _core.probe_reason()
CASES = list(suites.cases())
KEYS = {  # the algorithm of the public key
    "RSA": "1.2.840.113549.1.1.1",  # RFC 3279 section 2.3.1
    "RSA-PSS": "1.2.840.113549.1.1.10",  # RFC 4055 section 1.2: for PSS signatures only
    "ECDSA": "1.2.840.10045.2.1",  # RFC 5480 section 2.1.1
    "Ed25519": "1.3.101.112",  # RFC 8410 section 3
    "Ed448": "1.3.101.113",
    "DSA": "1.2.840.10040.4.1",  # RFC 3279 section 2.3.2
    "GOST": "1.2.643.7.1.1.1.1",  # RFC 9215 section 2
}
WITHOUT_SIGNATURE = ("RSA", "RSA-PSK", "VKO-GOST-12")
SIGNED = {
    "RSA": ("rsa_pkcs1_", "rsa_pss_rsae_"),
    "RSA-PSS": ("rsa_pss_pss_",),
    "ECDSA": ("ecdsa_",),
    "Ed25519": ("ed25519",),
    "Ed448": ("ed448",),
    "DSA": ("dsa_",),
}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_suite_gives_a_trace_without_a_failed_check(case, record_property):
    trace = lab.run(priority=case.priority, request=b"what the client says", response=b"what the server says")
    assert trace.errors == {}
    trace.verify(rules=True)
    assert_it_is_what_was_asked_for(trace, case)
    assert_only_what_nobody_tells_is_not_checkable(trace, case)
    assert_the_extensions_are_as_switched(trace, case)
    assert_the_certificate_is_of_the_kind(trace, case)
    assert_every_record_has_the_mac_of_the_suite(trace, case)
    record_property("suite", [case.version, case.kx, case.suite.number])


def assert_it_is_what_was_asked_for(trace, case):
    assert (trace.version, trace.cipher_suite, trace.complete) == (case.version, case.suite.number, True)
    assert trace.application_data("client") == b"what the client says"
    assert trace.application_data("server") == b"what the server says"
    assert [(close.sender, close.kind) for close in trace.closes if close.kind == "close_notify"] == [
        ("client", "close_notify"),
        ("server", "close_notify"),
    ]


def assert_only_what_nobody_tells_is_not_checkable(trace, case):
    """Without the probe the secrets above the key log's are unknown, but for premaster secrets of up to 255 bytes."""
    unknown = [check for check in trace.checks if check.ok is None]
    reasons = {check.name: check.reason for check in unknown}
    if WITHOUT_PROBE is None:
        assert reasons == {}
    elif case.version == "TLSv1.3":
        assert case.kx == "PSK" or reasons
        assert all(name.startswith("secret.") for name in reasons)
        assert all(reason == f"the shared secret was not surfaced: {WITHOUT_PROBE}" for reason in reasons.values())
    elif reasons:
        assert case.kx in ("DHE-RSA", "DHE-DSS", "DHE-PSK", "ANON-DH", "SRP", "SRP-RSA", "SRP-DSS")
        (reason,) = (reasons.pop("secret.master secret"),)
        assert reasons == {} and "255 bytes" in reason


def is_block_cipher(suite):
    return suite.cipher.endswith("-CBC")


def assert_the_extensions_are_as_switched(trace, case):
    hellos = {m.name: m.extensions for m in trace.messages if m.name in ("ClientHello", "ServerHello")}
    for name, offered, meant in (  # TLS 1.3 has neither; GnuTLS offers both all the same
        ("extended_master_secret", case.ems, case.version != "TLSv1.3"),
        ("encrypt_then_mac", case.etm, is_block_cipher(case.suite)),  # RFC 7366 section 3
    ):
        accepted = offered and meant
        assert (name in hellos["ClientHello"]) == offered
        assert (name in hellos["ServerHello"]) == accepted
        assert getattr(trace.handshake, name) == accepted


def assert_the_certificate_is_of_the_kind(trace, case):
    chains = [m for m in trace.messages if m.name == "Certificate"]
    assert len(chains) == (case.certificate is not None)
    for message in chains:
        first = "certificate_list[0].cert_data" if case.version == "TLSv1.3" else "certificate_list[0]"
        certificate = x509.load_der_x509_certificate(message[first].value)
        assert certificate.public_key_algorithm_oid.dotted_string == KEYS[case.certificate]
    if case.version in ("TLSv1.2", "TLSv1.3") and case.kx not in WITHOUT_SIGNATURE and chains:
        assert trace.signature_scheme.startswith(SIGNED[case.certificate])


def assert_every_record_has_the_mac_of_the_suite(trace, case):
    suite = case.suite
    aead = suite.mac == "AEAD"
    if aead:
        expected = ("aead", suite.cipher, "aead")
    elif suite.mac.endswith("-IMIT"):
        expected = ("imit", suite.mac, "mac-then-encrypt")  # RFC 9189 section 4.2
    else:
        then = is_block_cipher(suite) and case.etm
        expected = ("hmac", suite.mac, "encrypt-then-mac" if then else "mac-then-encrypt")
    protected = [record for record in trace.records if record.mac is not None]
    assert [r.content_type for r in protected if r.sender == "client"][-2:] == ["application_data", "alert"]
    for side in ("client", "server"):  # Finished, data, close_notify
        assert sum(record.sender == side for record in protected) >= 3
    for record in protected:
        mac = record.mac
        assert (mac.kind, mac.algorithm, mac.order) == expected
        assert mac.ok and mac.padding_ok and mac.received == mac.computed


# ---- which they are ----


def test_every_listed_suite_is_run_or_left_out_by_name(record_property):
    left_out = {suite.number: f"{_core.suite(suite.number)[0]} ({why})" for suite, why in suites.listed() if why}
    run = {case.suite.number for case in CASES}
    assert run.isdisjoint(left_out)
    assert len(run) + len(left_out) == len(_core.gnutls_suites())
    assert left_out == {}
    record_property("suites left out", list(left_out.values()))


def test_among_them_are_those_that_nobody_uses_any_more():
    run = {(case.suite.kx, case.suite.cipher, case.suite.mac) for case in CASES}
    for cipher in ("ARCFOUR-128", "3DES-CBC", "CAMELLIA-128-CBC", "CAMELLIA-256-GCM", "AES-256-CCM-8", "NULL"):
        assert any(has == cipher for _, has, _ in run)
    for mac in ("MD5", "SHA256", "SHA384"):
        assert any(has == mac for _, _, has in run)
    exchanges = "RSA DHE-RSA DHE-DSS DHE-PSK ECDHE-RSA ECDHE-ECDSA ECDHE-PSK PSK RSA-PSK ANON-DH ANON-ECDH"
    assert {kx for kx, _, _ in run} == {*exchanges.split(), "SRP", "SRP-RSA", "SRP-DSS", "VKO-GOST-12", None}


# ---- the command line ----


ONE_OF_EACH = {(case.version, case.kx, case.certificate): case for case in CASES}


@pytest.mark.parametrize("case", ONE_OF_EACH.values(), ids=str)
def test_the_command_line_shows_it_and_succeeds(case, capsys):
    assert main(["lab", "--priority", case.priority]) == 0
    shown = capsys.readouterr()
    assert _core.suite(case.suite.number)[0] in shown.out
    assert "0 failed" in shown.out and shown.err == ""
