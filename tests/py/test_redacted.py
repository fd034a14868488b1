"""redacted(): a copy for bug reports. Nothing that only the two ends know is in it."""

import hsinspect
import pytest
from carried import read_segments, segments_of, turns_of
from hsinspect import lab
from packets import ACK, CLIENT, PSH, SERVER, Segment

REQUEST, RESPONSE = b"what only the client knows", b"what only the server knows"

RUNS = {
    "TLS 1.0": {"version": "TLSv1"},
    "TLS 1.1, RSA": {"version": "TLSv1.1", "kx": "RSA"},
    "TLS 1.2": {"version": "TLSv1.2"},
    "TLS 1.2, RSA": {"version": "TLSv1.2", "kx": "RSA", "cipher": "AES-128-CBC", "mac": "SHA1"},
    "TLS 1.2, PSK": {"version": "TLSv1.2", "kx": "PSK"},
    "TLS 1.2, DHE-PSK": {"version": "TLSv1.2", "kx": "DHE-PSK"},
    "TLS 1.2, TCP": {"version": "TLSv1.2", "transport": "tcp"},
    "TLS 1.3": {"version": "TLSv1.3", "alpn": ["picked/in/secret"]},
    "TLS 1.3, ECDSA": {"version": "TLSv1.3", "certificate": "ECDSA"},
    "TLS 1.2, client certificate": {"version": "TLSv1.2", "client_cert": True},
    "TLS 1.2, resumed": {"version": "TLSv1.2", "resume": "session_id"},
    "TLS 1.2, renegotiated": {"version": "TLSv1.2", "renegotiate": True},
    "TLS 1.2, SRP": {"version": "TLSv1.2", "kx": "SRP"},
    "TLS 1.3, client certificate": {"version": "TLSv1.3", "client_cert": True},
    "TLS 1.3, early data": {"version": "TLSv1.3", "resume": True, "early_data": b"said before the server speaks"},
    "TLS 1.3, keys updated": {"version": "TLSv1.3", "key_update": "both"},
    "TLS 1.3, PSK": {"priority": "NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+AES-128-GCM:-KX-ALL:+DHE-PSK"},
}
PUBLIC = {"early secret"}  # without a pre-shared key it is a constant, RFC 8446 section 7.1


@pytest.fixture(scope="module", params=RUNS.values(), ids=RUNS)
def trace(request):
    return lab.run(**request.param, request=REQUEST, response=RESPONSE)


def private(trace):
    """Everything in a trace that nobody on the wire could know."""
    yield from (bytes(s.value) for s in trace.secrets if s.label not in PUBLIC)
    yield from (REQUEST, RESPONSE)
    if lab.PSK_KEY in trace.dumps():
        yield lab.PSK_KEY
    plain = b"".join(record.fragment for record in trace.records if record.mac is None)
    for record in trace.records:
        if record.mac is not None and len(record.plaintext) > 8:
            yield bytes(record.mac.key.value)
            if record.plaintext not in plain:  # the same certificate as in a handshake before
                yield record.plaintext


def test_no_secret_and_no_plaintext_is_left(trace, tmp_path):
    redacted = trace.redacted()
    redacted.save(tmp_path / "file")
    places = (redacted.dumps(), (tmp_path / "file").read_bytes(), redacted.ladder(detail=2, reveal=True).encode())
    text = str(redacted.to_dict(secrets=True))
    for value in private(trace):
        assert value in trace.dumps() or value.hex() in str(trace.to_dict(secrets=True))
        assert not any(value in place for place in places)
        assert value.hex() not in text
    assert b"PRIVATE KEY" not in redacted.dumps()


def test_the_wire_is_the_same(trace):
    redacted = trace.redacted()
    assert [(r.header, r.fragment, r.time_ns) for r in redacted.records] == [
        (r.header, r.fragment, r.time_ns) for r in trace.records
    ]
    assert redacted.messages[0].raw == trace.messages[0].raw
    assert [(p.side, p.action, p.time_ns) for p in redacted.phases] == [
        (p.side, p.action, p.time_ns) for p in trace.phases
    ]
    assert (redacted.version, redacted.cipher_suite) == (trace.version, trace.cipher_suite)
    assert redacted.verdicts == trace.verdicts and redacted.finished
    assert redacted.keylog() == "" and redacted.application_data("client") == b""


def test_no_check_fails_and_each_that_cannot_be_made_says_why(trace):
    checks = trace.redacted().checks
    assert [check.name for check in checks if check.ok is False] == []
    reasons = [check.reason for check in checks if check.ok is None]
    assert reasons and all(reason.endswith("(secrets were removed from this copy)") for reason in reasons)
    assert any(check.name.startswith("mac.record") and check.ok is None for check in checks)


def test_the_trace_itself_has_all_that_it_had(trace):
    before = trace.dumps()
    trace.redacted()
    assert trace.dumps() == before
    trace.verify()


def test_redacting_twice_changes_nothing_more(trace):
    once = trace.redacted()
    assert once.redacted() == once != trace
    assert hsinspect.Trace(once.dumps()) == once
    assert once.notes[0] == (None, "secrets", "secrets were removed from this copy")


def test_addresses_stay_only_where_asked_for():
    trace = lab.run("TLSv1.3", transport="tcp", server_name="lab")
    assert trace.client_address is not None
    for addresses in (False, True):
        copy = trace.redacted(addresses=addresses)
        assert (copy.client_address, copy.server_address) == (
            (trace.client_address, trace.server_address) if addresses else (None, None)
        )
        assert copy.started == trace.started and copy.transport == "tcp"
        assert copy.server_name == "lab"  # in the ClientHello, for all to see


def test_what_the_lab_knows_of_altered_records_is_gone():
    def flip(sender, index, record):
        return record[:-1] + bytes([record[-1] ^ 1]) if record[0] == 23 else record

    trace = lab.run("TLSv1.2", request=REQUEST, tamper=flip)
    redacted = trace.redacted()
    assert any(record.sent is not None for record in trace.records)
    assert all(record.sent is None for record in redacted.records)
    assert [r.fragment for r in redacted.records] == [r.fragment for r in trace.records]


def test_a_trace_that_still_grows_can_be_redacted(pair):
    pair.shake_hands()
    redacted = pair.client.trace.redacted()
    assert not redacted.finished and {secret.label for secret in redacted.secrets} <= PUBLIC
    pair.client.close()
    pair.server.close()


SPOKEN = [(SERVER, b"220 mail\r\n"), (CLIENT, b"AUTH PLAIN AHVzZXIAc2VjcmV0\r\n"), (SERVER, b"235 welcome\r\n"),
          (CLIENT, b"STARTTLS\r\n"), (SERVER, b"220 go on\r\n")]  # fmt: skip


@pytest.mark.parametrize("missing", [0, 3, 4], ids=["whole", "no SYN", "no greeting"])
def test_what_was_said_before_tls_is_in_no_redacted_copy(missing):
    live = lab.run("TLSv1.2", request=REQUEST, response=RESPONSE)
    segments = segments_of([*SPOKEN, *turns_of(live)])[missing:]
    trace = read_segments(segments, live.keylog().encode())
    assert any(b"AUTH" in data for _, data in trace.opening)
    assert b"".join(record.fragment for record in trace.records) == b"".join(r.fragment for r in live.records)
    assert_nothing_said(trace.redacted())


def test_what_is_in_no_record_of_a_late_connection_is_in_no_redacted_copy():
    """The server's first packet is taken for a record, so that the client's plain text comes behind it."""
    segments = [Segment(SERVER, 100, b"\x17\x03\x03\x00\x01!", ACK | PSH, 100),
                Segment(CLIENT, 100, b"AUTH PLAIN AHVzZXIAc2VjcmV0\r\n", ACK | PSH, 106)]  # fmt: skip
    trace = read_segments(segments, None)
    assert any(b"AUTH" in record.fragment for record in trace.records)
    assert_nothing_said(trace.redacted())


def assert_nothing_said(redacted):
    for where in (redacted.dumps(), str(redacted.to_dict()).encode(), redacted.ladder(detail=2).encode()):
        for said in (b"AUTH", b"AHVzZXIAc2VjcmV0", b"AUTH".hex().encode()):
            assert said not in where
