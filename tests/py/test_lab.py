"""lab.run: both ends of a handshake in one process."""

import hsinspect
import pytest
from hsinspect import _core, lab

KEY_EXCHANGES = ["RSA", "DHE-RSA", "ECDHE-RSA", "ECDHE-ECDSA", "ANON-ECDH", "PSK", "ECDHE-PSK", "RSA-PSK", "DHE-DSS"]
VERSIONS = ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"]


def names(trace):
    return [(m.sender, m.name) for m in trace.messages]


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_can_be_asked_for(version):
    trace = lab.run(version, request=b"question", response=b"answer")
    assert trace.errors == {}
    assert trace.version == version and trace.complete
    assert (trace.application_data("client"), trace.application_data("server")) == (b"question", b"answer")
    trace.verify()


@pytest.mark.parametrize("kx", KEY_EXCHANGES)
def test_every_key_exchange_has_a_certificate_that_fits(kx):
    trace = lab.run("TLSv1.2", kx=kx, request=b"question")
    assert trace.errors == {}
    assert _core.suite(trace.cipher_suite)[1] == kx
    trace.verify()


def test_names_pick_the_suite():
    trace = lab.run("TLSv1.2", kx="RSA", cipher="AES-128-CBC", mac="SHA1")
    assert trace.cipher_suite is hsinspect.CipherSuite.TLS_RSA_WITH_AES_128_CBC_SHA


def test_a_priority_string_picks_the_suite():
    trace = lab.run(priority="NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+AES-128-CCM-8")
    assert trace.cipher_suite.name == "TLS_AES_128_CCM_8_SHA256"
    assert trace.errors == {}


@pytest.mark.parametrize("kx", ["RSA", "ECDHE-RSA", "ECDHE-ECDSA", "ANON-ECDH", "ECDHE-PSK"])
def test_the_lab_has_what_a_priority_string_asks_for(kx):
    trace = lab.run(priority=f"NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+{kx}", request=b"question")
    assert trace.errors == {}
    assert _core.suite(trace.cipher_suite)[1] == kx
    trace.verify()


@pytest.mark.parametrize(
    ("names", "suite"),
    [
        ({"kx": "RSA"}, "TLS_RSA_WITH_AES_256_GCM_SHA384"),  # not TLS 1.3, which has no such key exchange
        ({"cipher": "AES-128-CBC"}, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"),
        ({"kx": "ECDHE-RSA", "cipher": "CAMELLIA-256-CBC"}, "TLS_ECDHE_RSA_WITH_CAMELLIA_256_CBC_SHA384"),
        ({"kx": "DHE-DSS", "encrypt_then_mac": False}, "TLS_DHE_DSS_WITH_AES_256_GCM_SHA384"),
    ],
)
def test_names_without_a_version_give_one_that_has_them(names, suite):
    trace = lab.run(**names)
    assert trace.errors == {} and trace.version == "TLSv1.2"
    assert trace.cipher_suite.name == suite


@pytest.mark.parametrize("kind", ["RSA", "RSA-PSS", "ECDSA", "Ed25519", "Ed448"])
def test_certificate_picks_the_key_for_names_and_for_a_priority_string(kind):
    signed = {
        lab.run("TLSv1.3", certificate=kind).signature_scheme,
        lab.run(priority="NORMAL:-VERS-ALL:+VERS-TLS1.3", certificate=kind).signature_scheme,
    }
    beginnings = {"RSA": "rsa_pss_rsae_", "RSA-PSS": "rsa_pss_pss_", "ECDSA": "ecdsa_"}
    (scheme,) = signed
    assert scheme.startswith(beginnings.get(kind, kind.lower()))


@pytest.mark.parametrize(
    ("group", "name"), [("X25519", "x25519"), ("SECP384R1", "secp384r1"), ("FFDHE2048", "ffdhe2048")]
)
def test_a_group_can_be_asked_for_in_tls13(group, name):
    assert lab.run("TLSv1.3", group=group).group == name


def test_the_first_twelve_steps_of_tls12_are_in_order():
    trace = lab.run("TLSv1.2", kx="RSA", cipher="AES-128-CBC", mac="SHA1", request=b"a", response=b"b")
    assert [m for m in names(trace) if m[1] != "NewSessionTicket"] == [
        ("client", "ClientHello"),
        ("server", "ServerHello"),
        ("server", "Certificate"),
        ("server", "ServerHelloDone"),
        ("client", "ClientKeyExchange"),
        ("client", "Finished"),
        ("server", "Finished"),
    ]


def test_encrypt_then_mac_is_on_unless_it_is_switched_off():
    orders = [
        {
            r.mac.order
            for r in lab.run("TLSv1.2", kx="RSA", cipher="AES-128-CBC", encrypt_then_mac=asked).records
            if r.mac
        }
        for asked in (None, False)
    ]
    assert orders == [{"encrypt-then-mac"}, {"mac-then-encrypt"}]


def test_extended_master_secret_is_on_unless_it_is_switched_off():
    traces = [lab.run("TLSv1.2", extended_master_secret=asked) for asked in (None, False)]
    assert [trace.handshake.extended_master_secret for trace in traces] == [True, False]
    for trace in traces:
        trace.verify()


def test_both_ends_tell_their_phases_and_secrets():
    trace = lab.run("TLSv1.3")
    assert {phase.side for phase in trace.phases} == {"client", "server"}
    assert {s.side for s in trace.secrets if s.source == "keylog"} == {"client", "server"}
    assert any(check.name.startswith("sides.") and check.ok for check in trace.checks)


def test_the_rsa_key_in_the_journal_opens_the_premaster_secret():
    trace = lab.run("TLSv1.2", kx="RSA")
    premaster = bytes(trace.secret("premaster secret").value)
    assert len(premaster) == 48 and premaster[:2] == b"\x03\x03"  # RFC 5246 section 7.4.7.1: the client's version


def test_alpn_is_agreed_on():
    assert lab.run("TLSv1.3", alpn=["h2", "http/1.1"]).alpn == "h2"


def test_the_server_name_is_the_one_asked_for():
    assert lab.run("TLSv1.3", server_name="example.org").server_name == "example.org"
    assert lab.run("TLSv1.3", server_name=None).server_name is None


def test_over_tcp_there_are_addresses_and_two_fins_after_both_close_notifies():
    trace = lab.run("TLSv1.2", request=b"a", response=b"b", transport="tcp")
    assert trace.transport == "tcp"
    assert trace.client_address[0] == trace.server_address[0] == "127.0.0.1"
    assert [(c.sender, c.kind) for c in trace.closes] == [
        ("client", "close_notify"),
        ("server", "close_notify"),
        ("client", "fin"),
        ("server", "fin"),
    ]


def test_over_memory_there_are_no_addresses():
    trace = lab.run("TLSv1.3")
    assert (trace.transport, trace.client_address, trace.server_address) == ("memory", None, None)


@pytest.mark.parametrize("transport", ["memory", "tcp"])
def test_a_megabyte_goes_over_in_both_directions(transport):
    data = bytes(range(256)) * 4096
    trace = lab.run("TLSv1.3", request=data, response=data, transport=transport)
    assert trace.errors == {}
    assert trace.application_data("client") == trace.application_data("server") == data


# ---- tampering ----


def flip_application_data(sender, index, record):
    if sender == "client" and record[0] == 23:
        return record[:-1] + bytes([record[-1] ^ 1])
    return record


def test_an_altered_record_is_answered_with_bad_record_mac():
    trace = lab.run(
        "TLSv1.2", kx="RSA", cipher="AES-128-CBC", mac="SHA1", encrypt_then_mac=True, request=b"hello",
        tamper=flip_application_data,
    )  # fmt: skip
    assert trace.alert == ("server", "bad_record_mac")
    (rejected,) = [r for r in trace.records if r.ok is False]
    assert rejected.mac.received != rejected.mac.computed
    assert rejected.sent == rejected.header + rejected.fragment[:-1] + bytes([rejected.fragment[-1] ^ 1])
    assert set(trace.errors) == {"client", "server"}
    assert [a.description for a in trace.alerts] == ["bad_record_mac"]
    assert trace.application_data("client") == b""


def test_the_tag_that_a_rejected_aead_record_should_have_had_is_shown():
    trace = lab.run("TLSv1.2", kx="ECDHE-RSA", cipher="AES-128-GCM", request=b"hello", tamper=flip_application_data)
    (rejected,) = [r for r in trace.records if r.ok is False]
    assert rejected.mac.computed == rejected.sent[-16:]  # only the tag was altered


def test_verify_raises_for_an_altered_record_with_both_values():
    trace = lab.run("TLSv1.2", kx="ECDHE-RSA", cipher="AES-128-GCM", request=b"hello", tamper=flip_application_data)
    (rejected,) = [r for r in trace.records if r.ok is False]
    with pytest.raises(hsinspect.VerificationError) as raised:
        trace.verify()
    assert raised.value.name == f"mac.record[{rejected.index}]"
    assert {raised.value.expected, raised.value.found} == {rejected.mac.computed.hex(), rejected.mac.received.hex()}


def test_the_index_counts_the_records_of_each_sender():
    seen = []
    trace = lab.run("TLSv1.3", tamper=lambda sender, index, record: seen.append((sender, index)) or record)
    for side in ("client", "server"):
        assert [i for s, i in seen if s == side] == list(range(sum(r.sender == side for r in trace.records)))


def test_a_record_may_become_several():
    trace = lab.run("TLSv1.3", tamper=lambda sender, index, record: [record] if sender == "client" else record)
    assert trace.errors == {} and trace.complete


def test_a_record_that_never_arrives_ends_the_handshake_for_both():
    trace = lab.run(
        "TLSv1.2", tamper=lambda sender, index, record: b"" if sender == "server" and index == 0 else record
    )
    assert set(trace.errors) == {"client", "server"}
    assert not trace.complete


def test_what_a_tamper_function_raises_is_what_became_of_that_side():
    def tamper(sender, index, record):
        if sender == "server":
            raise ZeroDivisionError("mine")
        return record

    trace = lab.run("TLSv1.3", tamper=tamper)
    assert isinstance(trace.errors["server"], ZeroDivisionError)
    assert trace.alert == ("server", "internal_error")


# ---- what there is not ----


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"version": "TLSv1.4"}, "TLSv1.3"),
        ({"version": "TLSv1.2", "kx": "rsa"}, "ECDHE-RSA"),
        ({"version": "TLSv1.2", "cipher": "AES"}, "AES-128-CBC"),
        ({"version": "TLSv1.2", "mac": "SHA2"}, "SHA256"),
        ({"version": "TLSv1.3", "group": "P-256"}, "SECP256R1"),
        ({"version": "TLSv1.3", "certificate": "rsa"}, "ECDSA"),
        ({"version": "TLSv1.3", "transport": "udp"}, "memory"),
    ],
)
def test_an_unknown_name_is_an_error_that_says_which_are_known(arguments, says):
    with pytest.raises(ValueError, match=says):
        lab.run(**arguments)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"version": "TLSv1.3", "kx": "ECDHE-RSA"}, "group="),
        ({"version": "TLSv1.3", "encrypt_then_mac": False}, "RFC 8446"),
        ({"version": "TLSv1.3", "cipher": "AES-128-CBC"}, "no cipher suite"),
        ({"version": "TLSv1.1", "cipher": "AES-128-GCM"}, "no cipher suite"),
        ({"version": "TLSv1.2", "kx": "ECDHE-ECDSA", "cipher": "ARCFOUR-128", "mac": "MD5"}, "no cipher suite"),
        ({"version": "TLSv1.2", "kx": "RSA", "certificate": "ECDSA"}, "RSA takes RSA"),
        ({"version": "TLSv1.2", "kx": "ANON-DH", "certificate": "RSA"}, "ANON-DH takes none"),
        ({"version": "TLSv1.3", "certificate": "DSA"}, "certificate DSA"),
        ({"version": "TLSv1.1", "certificate": "Ed25519"}, "since TLS 1.2"),
        ({"version": "TLSv1.2", "kx": "DHE-RSA", "group": "X25519"}, "DHE-RSA takes FFDHE"),
        ({"version": "TLSv1.2", "kx": "PSK", "group": "X25519"}, "PSK takes none"),
        (
            {"version": "TLSv1.2", "mac": "MD5"},
            "name more of .* none of TLS_RSA_WITH_NULL_MD5, TLS_RSA_WITH_RC4_128_MD5",
        ),
        ({"priority": "NORMAL", "certificate": "paper"}, "Ed448"),
        ({"priority": "NORMAL", "kx": "RSA"}, "replaces kx"),
        ({"priority": "NORMAL:+NOT-A-CIPHER"}, "priority"),
    ],
)
def test_what_does_not_go_together_is_an_error(arguments, says):
    with pytest.raises(ValueError, match=says):
        lab.run(**arguments)


def test_a_forbidden_suite_is_an_error_that_names_it(monkeypatch):
    suites = tuple((*suite[:3], suite[0] != 0x002F) for suite in _core.gnutls_suites())
    monkeypatch.setattr(_core, "gnutls_suites", lambda: suites)
    with pytest.raises(ValueError, match="forbids TLS_RSA_WITH_AES_128_CBC_SHA"):
        lab.run("TLSv1.2", kx="RSA", cipher="AES-128-CBC", mac="SHA1")


@pytest.mark.parametrize(("group", "kx"), [("FFDHE2048", "DHE-RSA"), ("SECP384R1", "ECDHE-RSA")])
def test_a_group_alone_chooses_a_key_exchange_that_has_it(group, kx):
    trace = hsinspect.lab.run("TLSv1.2", group=group)
    assert trace.complete
    assert f"_{kx.replace('-', '_')}_" in f"_{trace.cipher_suite.name.removeprefix('TLS_')}"
