"""Journal: a connection written down by hand."""

import hsinspect
import pytest
from hsinspect import _core, lab


@pytest.fixture(scope="module")
def rsa():
    return lab.run("TLSv1.2", kx="RSA", cipher="AES-128-CBC", mac="SHA1", request=b"question", response=b"answer")


def wire_of(trace):
    journal = hsinspect.Journal()
    for record in trace.records:
        journal.wire(record.sender, record.header + record.fragment, record.time_ns)
    return journal


def test_without_a_secret_protected_records_are_unreadable_and_say_why(rsa):
    trace = wire_of(rsa).trace()
    protected = [record for record in trace.records if record.epoch > 0]
    assert protected
    assert all(record.state == "unreadable" and record.reason for record in protected)
    assert {check.name for check in trace.checks if check.kind == "computed" and check.ok} == {
        f"certificate_signature[{i}].server" for i in range(2)
    }  # the certificates are plain
    trace.verify()  # not checkable is no failure


def test_the_private_key_opens_a_connection_with_rsa_key_exchange(rsa, tmp_path):
    key = _core.lab_certificate("RSA")[1]
    path = tmp_path / "server.key"
    path.write_bytes(key)
    for given in (str(path), path, key):
        journal = wire_of(rsa)
        journal.private_key(given)
        trace = journal.trace()
        trace.verify()
        assert trace.application_data("client") == b"question"
        assert trace.secret("premaster secret").source == "private key"


def test_a_given_secret_says_that_it_was_given(rsa):
    journal = wire_of(rsa)
    journal.secret("premaster secret", rsa.secret("premaster secret").value)
    trace = journal.trace()
    assert trace.secret("premaster secret").source == "given"
    assert trace.application_data("server") == b"answer"


def test_the_lines_of_a_key_log_are_counted_and_those_of_others_do_no_harm(rsa):
    journal = wire_of(rsa)
    other = f"CLIENT_RANDOM {'11' * 32} {'22' * 48}\n"
    assert journal.keylog(other + "# a comment\nnonsense\n" + rsa.keylog()) == 2
    assert journal.trace().application_data("client") == b"question"


def older_lines(trace):
    """The forms that key logs had before RFC 9850, of a connection with RSA key exchange."""
    hello, answer = (next(m for m in trace.messages if m.name == name) for name in ("ClientHello", "ServerHello"))
    exchange = next(m for m in trace.messages if m.name == "ClientKeyExchange")
    premaster, master = (bytes(trace.secret(f"{name} secret").value).hex() for name in ("premaster", "master"))
    encrypted = exchange["encrypted_pre_master_secret"].raw[-256:]
    return {
        "ciphertext": f"RSA {encrypted[:8].hex()} {premaster}",
        "session ID": f"RSA Session-ID:{answer['legacy_session_id_echo'].raw[1:].hex()} Master-Key:{master}",
        "client random": f"PMS_CLIENT_RANDOM {hello.random.hex().upper()} {premaster.upper()}",
    }


@pytest.mark.parametrize("form", ["ciphertext", "session ID", "client random"])
@pytest.mark.parametrize("early", [True, False])
def test_the_older_forms_of_a_key_log_open_a_connection_too(rsa, form, early):
    line = older_lines(rsa)[form]
    others = f"RSA 0102030405060708 {'11' * 48}\nRSA Session-ID:0102 Master-Key:{'22' * 48}\n"
    journal = hsinspect.Journal()
    if early:
        assert journal.keylog(others + line) == 3
    for record in rsa.records:
        journal.wire(record.sender, record.header + record.fragment)
    if not early:
        assert journal.keylog(others + line) == 3
    trace = journal.trace()
    trace.verify()
    assert trace.application_data("client") == b"question"
    label = "master secret" if form == "session ID" else "premaster secret"
    assert [(s.label, s.source) for s in trace.secrets if s.source == "keylog"] == [(label, "keylog")]
    assert f"CLIENT_RANDOM {rsa.messages[0].random.hex()}" in trace.keylog()


def test_a_key_log_may_come_after_the_wire_or_before_it(rsa):
    before, after = hsinspect.Journal(), wire_of(rsa)
    before.keylog(rsa.keylog())
    for record in rsa.records:
        before.wire(record.sender, record.header + record.fragment)
    after.keylog(rsa.keylog())
    opened = [[record.plaintext for record in journal.trace().records] for journal in (before, after)]
    assert opened[0] == opened[1] == [record.plaintext for record in rsa.records]


def test_where_the_bytes_are_cut_makes_no_difference(rsa):
    journal = hsinspect.Journal()
    for record in rsa.records:
        for byte in record.header + record.fragment:
            journal.wire(record.sender, bytes([byte]))
    journal.keylog(rsa.keylog())
    trace = journal.trace()
    assert [m.raw for m in trace.messages] == [m.raw for m in rsa.messages]
    trace.verify()


def test_a_pre_shared_key_opens_a_psk_connection():
    live = lab.run("TLSv1.2", kx="PSK", request=b"question")
    journal = wire_of(live)
    journal.psk(lab.PSK_IDENTITY, lab.PSK_KEY)
    trace = journal.trace()
    trace.verify()
    assert trace.application_data("client") == b"question"


def test_ends_are_closes(rsa):
    journal = wire_of(rsa)
    journal.end("client", "rst")
    assert [(close.sender, close.kind) for close in journal.trace().closes if close.kind != "close_notify"] == [
        ("client", "rst")
    ]


def test_a_trace_is_a_snapshot(rsa):
    journal = hsinspect.Journal()
    records = iter(rsa.records)
    first = next(records)
    journal.wire(first.sender, first.header + first.fragment)
    early = journal.trace()
    for record in records:
        journal.wire(record.sender, record.header + record.fragment)
    assert len(early.records) == 1
    assert len(journal.trace().records) == len(rsa.records)


@pytest.mark.parametrize("call", [("wire", "somebody", b""), ("end", "client", "gone"), ("wire", None, b"")])
def test_what_is_no_side_and_no_end_is_an_error(call):
    name, *arguments = call
    with pytest.raises((ValueError, TypeError)):
        getattr(hsinspect.Journal(), name)(*arguments)
