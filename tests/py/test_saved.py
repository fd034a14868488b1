"""save() and load(): a file that Wireshark opens decrypted, and the same trace again. tshark is the oracle."""

import os
import stat
import struct

import hsinspect
import pytest
import wireshark
from hsinspect import _core, envelope, lab, pcapng

REQUEST, RESPONSE = b"what the client says", b"what the server says" * 100
SERVER_HELLO = 2

RUNS = {
    "TLS 1.0": {"version": "TLSv1"},
    "TLS 1.0, RC4": {"version": "TLSv1", "kx": "RSA", "cipher": "ARCFOUR-128", "mac": "MD5"},
    "TLS 1.0, DHE-DSS": {"version": "TLSv1", "kx": "DHE-DSS"},
    "TLS 1.1": {"version": "TLSv1.1"},
    "TLS 1.1, RSA, 3DES": {"version": "TLSv1.1", "kx": "RSA", "cipher": "3DES-CBC"},
    "TLS 1.2": {"version": "TLSv1.2"},
    "TLS 1.2, RSA, MAC before encryption": {
        "version": "TLSv1.2", "kx": "RSA", "cipher": "AES-128-CBC", "mac": "SHA1", "encrypt_then_mac": False,
    },
    "TLS 1.2, RSA, AES-256": {"version": "TLSv1.2", "kx": "RSA", "cipher": "AES-256-CBC", "mac": "SHA256"},
    "TLS 1.2, no extended master secret": {"version": "TLSv1.2", "kx": "RSA", "extended_master_secret": False},
    "TLS 1.2, DHE": {"version": "TLSv1.2", "kx": "DHE-RSA"},
    "TLS 1.2, ECDSA, ChaCha20": {"version": "TLSv1.2", "kx": "ECDHE-ECDSA", "cipher": "CHACHA20-POLY1305"},
    "TLS 1.2, CCM-8": {"version": "TLSv1.2", "kx": "ECDHE-ECDSA", "cipher": "AES-128-CCM-8"},
    "TLS 1.2, PSK": {"version": "TLSv1.2", "kx": "PSK"},
    "TLS 1.2, ECDHE-PSK": {"version": "TLSv1.2", "kx": "ECDHE-PSK"},
    "TLS 1.2, RSA-PSK": {"version": "TLSv1.2", "kx": "RSA-PSK"},
    "TLS 1.2, anonymous": {"version": "TLSv1.2", "kx": "ANON-ECDH"},
    "TLS 1.2, TCP": {"version": "TLSv1.2", "transport": "tcp"},
    "TLS 1.3": {"version": "TLSv1.3"},
    "TLS 1.3, SHA-256": {"version": "TLSv1.3", "cipher": "AES-128-GCM"},
    "TLS 1.3, ChaCha20": {"version": "TLSv1.3", "cipher": "CHACHA20-POLY1305", "alpn": ["h2", "http/1.1"]},
    "TLS 1.3, CCM": {"version": "TLSv1.3", "cipher": "AES-128-CCM"},
    "TLS 1.3, PSK": {"priority": "NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+AES-128-GCM:-KX-ALL:+PSK"},
    "TLS 1.3, DHE-PSK": {"priority": "NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+AES-128-GCM:-KX-ALL:+DHE-PSK"},
    "TLS 1.0, resumed": {"version": "TLSv1", "resume": "session_id"},
    "TLS 1.0, renegotiated": {"version": "TLSv1", "renegotiate": True},
    "TLS 1.2, resumed by ID": {"version": "TLSv1.2", "resume": "session_id"},
    "TLS 1.2, resumed by ticket": {"version": "TLSv1.2", "resume": "ticket"},
    "TLS 1.2, renegotiated": {"version": "TLSv1.2", "kx": "RSA", "renegotiate": "client", "client_cert": True},
    "TLS 1.2, client certificate": {"version": "TLSv1.2", "client_cert": True},
    "TLS 1.2, SRP": {"version": "TLSv1.2", "kx": "SRP"},
    "TLS 1.3, resumed": {"version": "TLSv1.3", "resume": True},
    "TLS 1.3, early data": {"version": "TLSv1.3", "resume": True, "early_data": b"before the server speaks"},
    "TLS 1.3, keys updated": {"version": "TLSv1.3", "key_update": "both"},
    "TLS 1.3, an update asked for": {"version": "TLSv1.3", "key_update": "client", "update_requested": True},
    "TLS 1.3, hello retried": {"version": "TLSv1.3", "hello_retry": True},
    "TLS 1.3, client certificate": {"version": "TLSv1.3", "client_cert": True},
    "TLS 1.3, long chain, small records": {"version": "TLSv1.3", "chain_length": 12, "record_size_limit": 512},
    "TLS 1.3, OCSP": {"version": "TLSv1.3", "ocsp": True},
}  # fmt: skip


@pytest.fixture
def path(tmp_path):
    return tmp_path / "saved.pcapng"


@pytest.fixture
def trace():
    return lab.run("TLSv1.3", request=REQUEST, response=RESPONSE)


# ---- what Wireshark sees ----


@pytest.mark.parametrize("arguments", RUNS.values(), ids=RUNS)
def test_wireshark_opens_it_decrypted(arguments, path):
    trace = lab.run(**arguments, request=REQUEST, response=RESPONSE)
    trace.verify()
    trace.save(path)
    assert_wireshark_agrees(trace, path)
    assert hsinspect.load(path) == trace


def assert_wireshark_agrees(trace, path):
    names = ("tls.handshake.type", "tls.handshake.ciphersuite", "tls.alert_message.desc")
    packets = [[wireshark.numbers(column) for column in row] for row in wireshark.fields(path, *names)]
    assert [number for types, _, _ in packets for number in types] == [message.type for message in trace.messages]
    assert {suite for types, suites, _ in packets if SERVER_HELLO in types for suite in suites} == {trace.cipher_suite}
    assert [code for _, _, alerts in packets for code in alerts] == [alert.code for alert in trace.alerts]
    port = 443 if trace.server_address is None else trace.server_address[1]
    assert wireshark.application_data(path, port) == {
        sender: trace.application_data(sender) for sender in ("client", "server")
    }


def test_the_packets_are_whole(trace, path):
    trace.save(path)
    rows = wireshark.fields(
        path, "tcp.srcport", "tcp.flags", "tcp.checksum.status", "ip.checksum.status", "tcp.len", display="tcp"
    )
    ports = [("client", "49152"), ("server", "443")]
    assert [row[0] for row in rows[:3]] == ["49152", "443", "49152"]
    assert [int(row[1], 0) for row in rows[:3]] == [envelope.SYN, envelope.SYN | envelope.ACK, envelope.ACK]
    assert {tuple(row[2:4]) for row in rows} == {("1", "1")}  # good
    for sender, port in ports:
        sent = sum(len(record.header + record.fragment) for record in trace.records if record.sender == sender)
        assert sum(int(row[4]) for row in rows if row[0] == port) == sent
        assert int([row[1] for row in rows if row[0] == port][-1], 0) & envelope.FIN
    assert wireshark.fields(path, "tcp.analysis.flags", display="tcp.analysis.flags") == []


def test_times_and_addresses_are_those_of_the_trace(path):
    trace = lab.run("TLSv1.2", request=REQUEST, transport="tcp")
    trace.save(path)
    seen = wireshark.fields(path, "frame.time_epoch", "ip.src", "tcp.srcport", display="tls")
    times = {int(seconds) * 10**9 + int(rest) for seconds, rest in (row[0].split(".") for row in seen)}
    assert times == {record.time_ns for record in trace.records}
    addresses = {trace.client_address, trace.server_address}
    assert {(host, int(port)) for _, host, port in seen} == addresses


def test_of_both_families_only_one_is_used(path):
    core = _core.Trace()
    core.append_start("tcp", ("10.0.0.1", 5), ("fe80::1%eth0", 443))
    core.append_wire("client", b"\x15\x03\x01\x00\x02\x01\x00", time_ns=2**40)
    hsinspect.Trace(core.dumps()).save(path)
    seen = wireshark.fields(path, "ipv6.src", "ipv6.dst", "tcp.checksum.status", display="tcp.len > 0")
    assert seen == [["::ffff:10.0.0.1", "fe80::1", "1"]]


def test_what_was_altered_is_saved_as_it_arrived(path):
    def flip(sender, index, record):
        return record[:-1] + bytes([record[-1] ^ 1]) if record[0] == 23 else record

    trace = lab.run("TLSv1.2", request=REQUEST, tamper=flip)
    trace.save(path)
    seen = [bytes.fromhex(value) for value in wireshark.column(path, "tls.app_data")]
    assert seen == [record.fragment for record in trace.records if record.outer_type == "application_data"]
    again = hsinspect.load(path)
    assert [record.sent for record in again.records] == [record.sent for record in trace.records]
    assert again.alert == ("server", "bad_record_mac")


def test_what_was_let_go_of_is_a_hole(path, files):
    context = hsinspect.create_default_context(cafile=files.authority)
    context.capture = 0
    with (
        hsinspect.serve(files.chain, files.key, lambda conn: conn.sendall(conn.recv(1 << 20))) as server,
        hsinspect.connect("localhost", server.port, context=context) as conn,
    ):
        conn.sendall(bytes(30000))
        while conn.recv(65536):
            pass
    trace = conn.trace
    trace.save(path)
    elided = [record for record in trace.records if record.elided]
    assert elided
    rows = wireshark.fields(path, "tcp.srcport", "tcp.nxtseq", display="tcp")
    for sender, address in (("client", trace.client_address), ("server", trace.server_address)):
        own = [record for record in trace.records if record.sender == sender]
        sent = sum(len(record.header + record.fragment) for record in own if not record.elided)
        missing = sum(record.elided_bytes + 5 * record.elided for record in own)
        last = max(int(row[1]) for row in rows if row[0] == str(address[1]))
        ended = any(close.kind == "fin" for close in trace.closes if close.sender == sender)
        assert last == 1 + sent + missing + ended  # SYN and FIN count
    assert hsinspect.load(path) == trace


def test_other_tools_take_it(trace, path, tmp_path):
    trace.save(path)
    told = dict(line.split(":", 1) for line in wireshark.run("capinfos", "-M", path).splitlines() if ":" in line)
    assert told["File encapsulation"].strip() == "rawip"
    assert told["Number of decryption secrets in file"].strip() == "1"
    copy = tmp_path / "copy.pcapng"
    wireshark.run("editcap", path, copy)
    assert wireshark.application_data(copy)["client"] == REQUEST
    with pytest.raises(ValueError, match="read_capture"):  # the journal is not to be copied
        hsinspect.load(copy)


# ---- what read_capture makes of it ----


@pytest.mark.parametrize("arguments", RUNS.values(), ids=RUNS)
def test_read_capture_agrees(arguments, path):
    """It passes over the journal, and has its keys from the Decryption Secrets Block."""
    trace = lab.run(**arguments, request=REQUEST, response=RESPONSE)
    trace.save(path)
    (read,) = hsinspect.read_capture(path)
    assert read != trace and read.phases == ()
    assert records_of(read) == records_of(trace)
    assert messages_of(read) == messages_of(trace)
    assert secrets_of(read).items() <= secrets_of(trace).items() and ("server write key" in str(secrets_of(read)))
    made = {check.name: check.ok for check in read.checks if check.ok is not None}
    assert made.items() <= {check.name: check.ok for check in trace.checks}.items()
    assert sum(name.startswith("mac.") for name in made) == sum(record.mac is not None for record in trace.records)
    assert read.capture_faults == () and read.transport == "tcp"


def records_of(trace):
    return [(r.sender, r.time_ns, r.header, r.fragment, r.state, r.plaintext, r.epoch) for r in trace.records]


def messages_of(trace):
    return [(m.sender, m.raw, m.transcript_hash) for m in trace.messages]


def secrets_of(trace):
    return {(secret.label, secret.sender, secret.epoch): bytes(secret.value) for secret in trace.secrets}


def test_what_a_capture_lacks_and_what_came_before_tls_is_saved_too(path):
    trace = lab.run("TLSv1.2", request=REQUEST, response=RESPONSE)
    opening = [("client", b"CONNECT lab:443 HTTP/1.1\r\n\r\n"), ("server", b"HTTP/1.1 200 OK\r\n\r\n")]
    pieces = [(sender, 0, data) for sender, data in opening]
    pieces += [(r.sender, r.time_ns, r.header + r.fragment) for r in trace.records]
    lost = next(i for i, piece in enumerate(pieces) if piece[2][:1] == b"\x17")
    pieces[lost] = (*pieces[lost][:2], len(pieces[lost][2]))
    content = [pcapng.section("test", ""), pcapng.interface(pcapng.LINKTYPE_RAW)]
    content += [pcapng.packet(*packet) for packet in envelope.packets_of(tuple(pieces), None, None)]
    path.write_bytes(b"".join(content))
    (captured,) = hsinspect.read_capture(path)
    assert captured.opening == tuple(opening) and [fault.kind for fault in captured.capture_faults] == ["hole"]
    captured.save(path)
    assert hsinspect.load(path) == captured
    (again,) = hsinspect.read_capture(path)
    assert again.opening == captured.opening
    assert [(f.kind, f.offset, f.length) for f in again.capture_faults] == [
        (f.kind, f.offset, f.length) for f in captured.capture_faults
    ]
    assert records_of(again) == records_of(captured)
    redacted = captured.redacted()
    assert redacted.opening == () and redacted.capture_faults == captured.capture_faults


# ---- the same trace again ----


def test_a_loaded_trace_is_the_saved_one(trace, path):
    trace.save(path)
    again = hsinspect.load(path)
    assert type(again) is hsinspect.Trace
    assert again == trace and again.errors == {}
    assert again.to_dict(secrets=True) == trace.to_dict(secrets=True)
    assert [phase.side for phase in again.phases] == [phase.side for phase in trace.phases]


def test_what_never_happened_can_be_saved(path):
    hsinspect.Trace().save(path)
    assert hsinspect.load(path) == hsinspect.Trace()
    assert wireshark.run("tshark", "-r", path, "-Y", "tcp") == ""


def test_a_trace_that_still_grows_is_saved_as_it_is(pair, path):
    pair.shake_hands()
    pair.client.trace.save(path)
    saved = hsinspect.load(path)
    assert not saved.finished and saved == pair.client.trace
    pair.client.write(b"more")
    assert saved != pair.client.trace
    pair.client.close()
    pair.server.close()


def test_a_large_journal_is_in_several_blocks(path):
    trace = lab.run("TLSv1.3", request=bytes(3 << 20))
    trace.save(path)
    sizes = [len(block.body) for block in pcapng.blocks(path.read_bytes()) if block.kind == pcapng.CUSTOM]
    assert len(sizes) == 4 and max(sizes) < 1 << 21
    assert hsinspect.load(path) == trace


# ---- the file ----


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_only_the_owner_may_read_it(trace, path, umask):
    before = os.umask(umask)
    try:
        trace.save(path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_was_there_is_replaced_and_its_mode_too(trace, path):
    path.write_bytes(b"for everybody")
    path.chmod(0o666)
    with open(path, "rb") as reader:
        trace.save(path)
        assert reader.read() == b"for everybody"  # who had it open reads no secret
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert hsinspect.load(path) == trace


def test_it_was_never_readable_for_others(trace, path, monkeypatch):
    modes = []
    replace = os.replace

    def look(source, target):
        modes.append(stat.S_IMODE(os.stat(source).st_mode))
        assert os.path.dirname(source) == os.path.dirname(target)
        replace(source, target)

    monkeypatch.setattr(os, "replace", look)
    trace.save(path)
    assert modes == [0o600]


def test_a_save_that_fails_leaves_everything_as_it_was(trace, path, monkeypatch):
    path.write_bytes(b"before")

    def fail(*_):
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="no space left"):
        trace.save(path)
    assert path.read_bytes() == b"before"
    assert os.listdir(path.parent) == [path.name]


def test_a_symbolic_link_stays_one(trace, path, tmp_path):
    link = tmp_path / "link"
    link.symlink_to(path)
    trace.save(link)
    assert link.is_symlink() and hsinspect.load(path) == trace


def test_only_a_regular_file_is_replaced(trace, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for target in (pipe, tmp_path):
        with pytest.raises(ValueError, match="no regular file"):
            trace.save(target)
    assert os.listdir(tmp_path) == ["pipe"]
    with pytest.raises(FileNotFoundError):
        trace.save(tmp_path / "no such folder" / "file")


# ---- what cannot be loaded ----


def saved(trace, path):
    trace.save(path)
    return path.read_bytes()


def refused(path, content, why):
    path.write_bytes(content)
    with pytest.raises(ValueError, match=why) as raised:
        hsinspect.load(path)
    assert str(path) in str(raised.value)


@pytest.mark.parametrize("magic", ["a1b2c3d4", "d4c3b2a1", "a1b23c4d", "4d3cb2a1", "a1b2cd34", "34cdb2a1", "1f8b0800"])
def test_captures_of_others_are_for_read_capture(path, magic):
    refused(path, bytes.fromhex(magic) + bytes(20), r"read_capture\(\)")


def test_a_pcapng_of_others_is_for_read_capture(path):
    refused(
        path, pcapng.section("other", "") + pcapng.custom(32473, b"an example of somebody else"), r"read_capture\(\)"
    )
    big_endian = struct.pack(">IIIHHqI", pcapng.SECTION, 28, pcapng.BYTE_ORDER_MAGIC, 1, 0, -1, 28)
    refused(path, big_endian, r"read_capture\(\)")


@pytest.mark.parametrize("content", [b"", b"\n", b"no capture at all", bytes(100)])
def test_other_files_are_no_pcapng(path, content):
    refused(path, content, "no pcapng")


def test_a_cut_file_is_refused_wherever_it_was_cut(trace, path):
    whole = saved(trace, path)
    for end in {*range(4, len(whole), 997), len(whole) - 1}:
        refused(path, whole[:end], "cannot be loaded")


def test_a_bit_that_flipped_in_the_journal_is_found(trace, path):
    whole = saved(trace, path)
    at = whole.index(b"HSIJ")
    for where in (at, at + 5, at + 100, len(whole) - 40):
        refused(path, whole[:where] + bytes([whole[where] ^ 1]) + whole[where + 1 :], "damaged")


def test_several_traces_are_refused(trace, path):
    one, other = saved(trace, path), saved(lab.run("TLSv1.2"), path)
    refused(path, one + other, "several")
    refused(path, one + one, "several")


def test_a_newer_format_is_named(trace, path):
    whole = saved(trace, path)
    at = whole.index(b"hsinspect\0\x01\0") + 10
    refused(
        path, whole[:at] + b"\x02" + whole[at + 1 :], "newer hsinspect wrote it, in format 2; this one reads format 1"
    )


def test_a_file_that_is_not_there_is_an_error_of_its_own(tmp_path):
    with pytest.raises(FileNotFoundError):
        hsinspect.load(tmp_path / "nothing")
