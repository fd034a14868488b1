"""SSL 3.0 (RFC 6101), which neither GnuTLS nor OpenSSL speaks any more: read, every value against ssl3_peers.py."""

import hsinspect
import packets
import pytest
import wireshark
from ssl3_peers import KEYS, PREMASTER, RANDOM, SUITES, VERSION, Connection

CLIENTS = ("anonymous", "certificate", "none")


def trace_of(connection, **keys):
    journal = hsinspect.Journal()
    for sender, record in connection.wire:
        journal.wire(sender, record)
    if "keylog" in keys:
        journal.keylog(keys["keylog"])
    if "private_key" in keys:
        journal.private_key(keys["private_key"])
    if "premaster" in keys:
        journal.secret("premaster secret", keys["premaster"])
    return journal.trace()


@pytest.fixture(scope="module", params=SUITES)
def connection(request):
    return Connection(SUITES[request.param])


def test_every_record_opens_to_what_was_sent(connection):
    trace = trace_of(connection, premaster=connection.premaster)
    trace.verify(rules=True)
    assert trace.version == "SSLv3" and trace.complete
    assert trace.cipher_suite == connection.suite.number
    assert [r.plaintext for r in trace.records] == connection.plaintexts
    assert {r.state for r in trace.records} == {"plain", "opened"}
    assert trace.application_data("server") == b"hello" * 100


def test_every_mac_is_the_one_of_the_other_implementation(connection):
    trace = trace_of(connection, premaster=connection.premaster)
    macs = [r.mac for r in trace.records if r.mac is not None]
    assert [m.computed for m in macs] == [m.received for m in macs] == connection.macs
    assert {(m.kind, m.order) for m in macs} == {("ssl3", "mac-then-encrypt")}
    assert {m.algorithm for m in macs} == {"MD5" if connection.suite.hash == "md5" else "SHA1"}
    assert macs[2].input[:11] == (1).to_bytes(8) + b"\x17" + (18).to_bytes(2)


def test_the_master_secret_is_the_one_of_the_other_implementation(connection):
    trace = trace_of(connection, premaster=connection.premaster)
    assert bytes(trace.secret("master secret").value) == connection.master
    derivation = next(d for d in trace.derivations if d.output.label == "master secret")
    assert [name for name, _ in derivation.inputs] == ["premaster secret", "client random", "server random"]
    assert derivation.rfc == "RFC 6101 section 6"


def test_a_key_log_line_opens_it(connection):
    keylog = f"CLIENT_RANDOM {RANDOM['client'].hex()} {connection.master.hex()}"
    trace = trace_of(connection, keylog=keylog)
    trace.verify()
    assert trace.application_data("client") == b"GET / HTTP/1.0\r\n\r\n"


def test_tshark_decrypts_the_same(connection, tmp_path):
    keylog = f"CLIENT_RANDOM {RANDOM['client'].hex()} {connection.master.hex()}\n"
    sent, segments = [0, 0], packets.handshake()
    for sender, record in connection.wire:
        side = ("client", "server").index(sender)
        segments.append(packets.Segment(side, sent[side], record, ack=sent[1 - side]))
        sent[side] += len(record)
    ends = packets.ends(1)
    frames = packets.timed(packets.ipv4(ends, segment.sender, ends.tcp(segment)) for segment in segments)
    (tmp_path / "wire.pcap").write_bytes(packets.pcap(frames, 101))
    (tmp_path / "keys.txt").write_text(keylog)
    options = ("-o", f"tls.keylog_file:{tmp_path / 'keys.txt'}", "-Y", "http.request", "-T", "fields")
    assert wireshark.run("tshark", "-r", tmp_path / "wire.pcap", *options, "-e", "http.request.method") == "GET\n"


@pytest.mark.parametrize("client", CLIENTS)
def test_the_private_key_opens_the_premaster_secret_that_has_no_length_before_it(client):
    connection = Connection(SUITES["RSA_AES_128_CBC_SHA"], client)
    trace = trace_of(connection, private_key=KEYS / "rsa-pkcs8.pem")
    trace.verify(rules=True)
    assert bytes(trace.secret("premaster secret").value) == PREMASTER
    checks = {c.name: c.ok for c in trace.checks}
    assert checks["finished.client"] and checks["finished.server"]
    assert checks.get("certificate_verify.client") == (True if client == "certificate" else None)
    assert ("no_certificate" in [a.description for a in trace.alerts]) == (client == "none")


def test_a_signed_server_key_exchange_checks():
    trace = trace_of(Connection(SUITES["DHE_RSA_AES_128_CBC_SHA"]))
    check = next(c for c in trace.checks if c.name == "signature.ServerKeyExchange")
    assert check.ok


def test_a_certificate_verify_of_another_transcript_does_not_fit():
    connection = Connection(SUITES["RSA_AES_128_CBC_SHA"], "certificate")
    position = next(i for i, (_, record) in enumerate(connection.wire) if record[0] == 22 and record[5] == 15)
    sender, record = connection.wire[position]
    connection.wire[position] = (sender, record[:-1] + bytes([record[-1] ^ 1]))
    trace = trace_of(connection, premaster=PREMASTER)
    failed = {c.name for c in trace.checks if c.ok is False}
    assert "certificate_verify.client" in failed


def test_a_padding_longer_than_a_block_is_rejected():
    connection = Connection(SUITES["RSA_AES_128_CBC_SHA"])
    last = len(connection.wire) - 1
    sender, record = connection.wire[last]
    connection.wire[last] = (sender, record[:-17] + bytes([record[-17] ^ 0x40]) + record[-16:])  # flips the length byte
    trace = trace_of(connection, premaster=PREMASTER)
    bad = trace.records[-1]
    assert bad.ok is False and not next(c for c in trace.checks if c.name == f"padding.record[{bad.index}]").ok


def test_a_client_hello_in_sslv2_format_is_part_of_the_transcript():
    connection = Connection(SUITES["RSA_3DES_EDE_CBC_SHA"], sslv2=True)
    trace = trace_of(connection, private_key=KEYS / "rsa-pkcs8.pem")
    trace.verify(rules=True)
    assert trace.messages[0].name == "ClientHello" and trace.records[0].version == 2
    assert next(c for c in trace.checks if c.name == "finished.client").ok
    assert trace.application_data("server") == b"hello" * 100


def test_a_premaster_secret_with_another_version_breaks_a_rule():
    connection = Connection(SUITES["RSA_AES_128_CBC_SHA"])
    rule = "rule.premaster_version"
    right = {c.name: c for c in trace_of(connection, private_key=KEYS / "rsa-pkcs8.pem").checks}[rule]
    assert (right.ok, right.expected, right.found) == (True, VERSION, VERSION)
    wrong = {c.name: c for c in trace_of(connection, premaster=b"\x03\x01" + PREMASTER[2:]).checks}[rule]
    assert (wrong.ok, wrong.found) == (False, b"\x03\x01")


def test_without_keys_each_check_says_why():
    trace = trace_of(Connection(SUITES["RSA_RC4_128_MD5"]))
    trace.verify()
    assert trace.version == "SSLv3" and trace.records[0].header[1:3] == VERSION
    unchecked = [c for c in trace.checks if c.ok is None]
    assert unchecked and all(c.reason for c in unchecked)
