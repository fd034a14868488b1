"""What a message holds, against tshark: types of messages and extensions, suites, groups, versions, names."""

import re

import hsinspect
import pytest
import wireshark
from browser_hello import BROWSERS, chrome, firefox, quic
from test_vectors import ILLUSTRATED, TLS12_WIRE, TLS13_WIRE, illustrated_trace, published, rfc8448_trace

NUMBERS = {  # a field of tshark: the leaves that hold the same, by the end of their path
    "tls.handshake.type": ("msg_type",),
    "tls.handshake.extension.type": ("extension_type",),
    "tls.handshake.ciphersuite": ("cipher_suites[]", "cipher_suite"),
    "tls.handshake.extensions_supported_group": ("named_group_list[]",),
    "tls.handshake.extensions_key_share_group": ("client_shares[].group", "server_share.group"),
    "tls.handshake.extensions_key_share_selected_group": ("selected_group",),
    "tls.handshake.extensions.supported_version": ("versions[]", "selected_version"),
    "tls.handshake.server_named_curve": ("namedcurve",),
}
TEXTS = {
    "tls.handshake.extensions_alpn_str": ("application_layer_protocol_negotiation.protocol_name_list[]",),
    "tls.handshake.extensions_server_name": ("server_name_list[].name",),
}
COMPARED = NUMBERS | TEXTS


def seen_by_tshark(trace, path):
    """From what save() writes, keys included."""
    trace.save(path)
    seen = {field: [] for field in COMPARED}
    for row in wireshark.fields(path, *COMPARED):
        for field, cell in zip(COMPARED, row, strict=True):
            seen[field] += [int(value, 0) if field in NUMBERS else value for value in cell.split(",") if value]
    return seen


def seen_here(trace):
    seen = {field: [] for field in COMPARED}
    for message in trace.messages:
        for leaf in message.fields.leaves():
            path = "." + re.sub(r"\[\d+\]", "[]", leaf.path.removesuffix(".opaque"))
            for field, ends in COMPARED.items():
                if path.endswith(tuple(f".{end}" for end in ends)):
                    seen[field].append(leaf.value)
    return seen


def hello_trace(record):
    journal = hsinspect.Journal()
    journal.wire("client", record)
    return journal.trace()


TRACES = {
    **{name: lambda browser=browser: hello_trace(browser()) for name, browser in BROWSERS.items()},
    **{f"rfc8448 {name}": lambda name=name: rfc8448_trace(published(name)) for name in ("1rtt", "client-auth", "hrr")},
    "illustrated 1.2": lambda: illustrated_trace("12", TLS12_WIRE, premaster_secret=ILLUSTRATED["tls12"]["premaster"]),
    "illustrated 1.3": lambda: illustrated_trace("13", TLS13_WIRE, shared_secret=ILLUSTRATED["tls13"]["shared_secret"]),
    **{
        f"{version} {kx}": lambda version=version, kx=kx: hsinspect.lab.run(version, kx=kx)
        for version, kx in (
            ("TLSv1", "RSA"),
            ("TLSv1.1", "DHE-RSA"),
            ("TLSv1.2", "RSA"),
            ("TLSv1.2", "DHE-RSA"),
            ("TLSv1.2", "ECDHE-ECDSA"),
            ("TLSv1.2", "ANON-ECDH"),
            ("TLSv1.2", "DHE-PSK"),
        )
    },
    **{
        f"TLSv1.3 {group}": lambda group=group: hsinspect.lab.run("TLSv1.3", group=group)
        for group in ("X25519", "SECP384R1")
    },
}


@pytest.mark.parametrize("make", TRACES.values(), ids=TRACES)
def test_messages_and_extensions_hold_what_tshark_sees(make, tmp_path):
    trace = make()
    here = seen_here(trace)
    assert here["tls.handshake.type"]
    assert here["tls.handshake.ciphersuite"]
    assert here == seen_by_tshark(trace, tmp_path / "trace.pcapng")


# ---- what browsers send ----


@pytest.mark.parametrize("browser", BROWSERS.values(), ids=BROWSERS)
def test_the_hello_of_a_browser_is_read_to_its_end_and_keeps_all_rules(browser):
    trace = hello_trace(browser())
    assert {check.name for check in trace.checks if check.kind == "rule"} > {
        "rule.message.well_formed",
        "rule.message.lengths",
        "rule.message.unique_extensions",
        "rule.client_hello.key_shares",
        "rule.key_share.length",
    }
    assert [(check.name, check.reason) for check in trace.checks if check.ok is False] == []


def test_grease_is_marked_wherever_chrome_puts_it():
    message = hello_trace(chrome()).messages[0]
    assert [name for name in message.extensions if "GREASE" in name] == ["GREASE_0x4A4A", "GREASE_0x8A8A"]
    for path in (
        "cipher_suites[0]",
        "extensions.supported_groups.named_group_list[0]",
        "extensions.key_share.client_shares[0].group",
        "extensions.supported_versions.versions[0]",
    ):
        assert message[path].meaning == f"GREASE_0x{message[path].value:04X}"


def test_a_hybrid_share_shows_its_halves():
    share = hello_trace(chrome()).messages[0]["extensions.key_share.client_shares[1].key_exchange"]
    key, point = share.children[1:]
    assert (key.name, key.length, point.name, point.length) == ("encapsulation_key", 1184, "ephemeral_share", 32)
    assert share.value == key.raw + point.raw


def test_encrypted_client_hello_names_its_hpke_algorithms():
    outer = hello_trace(firefox()).messages[0]["extensions.encrypted_client_hello"]
    said = {leaf.path.removeprefix(f"{outer.path}."): leaf.meaning or leaf.length for leaf in outer.leaves()}
    assert said["type"] == "outer"
    assert said["cipher_suite.kdf_id"] == "HKDF-SHA256"
    assert said["cipher_suite.aead_id"] == "ChaCha20Poly1305"
    assert said["payload.opaque"] == 239


def test_quic_transport_parameters_have_names_and_numbers():
    parameters = hello_trace(quic()).messages[0]["extensions.quic_transport_parameters.parameters"].children
    said = [tuple(field.meaning or field.value for field in (p.children[0], p.children[2])) for p in parameters]
    assert said == [
        ("max_idle_timeout", 30000),
        ("initial_max_data", 15728640),
        ("initial_max_streams_bidi", 100),
        ("initial_source_connection_id", b"\xc1\xd2"),
        ("GREASE", b"\0"),
        ("max_datagram_frame_size", 65536),
    ]
