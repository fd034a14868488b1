"""Keys that are wrong, missing, or just enough: what a trace says of them; what is no plaintext it never shows."""

from pathlib import Path

import hsinspect
import pytest
from hsinspect import _core, lab

KEY_FILES = Path(__file__).parent.parent / "data" / "keys"
REQUEST = b"GET / HTTP/1.0\r\n\r\n"
WAYS = {
    "TLS 1.3": {"version": "TLSv1.3"},
    "CBC": {"version": "TLSv1.2", "kx": "RSA", "cipher": "AES-128-CBC", "mac": "SHA1"},
    "GCM": {"version": "TLSv1.2", "kx": "ECDHE-RSA", "cipher": "AES-128-GCM"},
    "RC4": {"version": "TLSv1", "kx": "RSA", "cipher": "ARCFOUR-128", "mac": "SHA1"},
}


def wire_of(trace):
    journal = hsinspect.Journal()
    for record in trace.records:
        journal.wire(record.sender, record.header + record.fragment, record.time_ns)
    return journal


def protected(trace):
    return [r for r in trace.records if r.epoch > 0]


@pytest.fixture(scope="module", params=WAYS)
def live(request):
    how = dict(WAYS[request.param])
    return lab.run(how.pop("version"), request=REQUEST, response=b"hello", **how)


def test_with_wrong_secrets_each_record_is_said_not_to_open_and_nothing_of_it_is_shown(live):
    journal = wire_of(live)
    lines = [line.split() for line in live.keylog().splitlines()]
    journal.keylog("".join(f"{label} {random} {'5a' * (len(value) // 2)}\n" for label, random, value in lines))
    trace = journal.trace()
    with pytest.raises(hsinspect.VerificationError):
        trace.verify()
    assert protected(trace)
    assert all(r.plaintext == b"" and r.padding == b"" and r.reason for r in protected(trace))
    assert {r.state for r in protected(trace)} <= {"rejected", "unreadable"}
    assert any("does not open" in r.reason for r in protected(trace))
    assert trace.application_data("client") == trace.application_data("server") == b""


def words(trace):
    return " ".join(str(trace).split())


def test_what_cannot_be_read_is_not_said_to_have_failed(live):
    for trace in (wire_of(live).trace(), live.redacted()):
        assert "handshake not readable to its end" in words(trace)
        assert "whether the handshake was completed cannot be seen" in words(trace)
        assert "not completed" not in words(trace) and "nobody verified" not in words(trace)


def altered(sender, index, record):
    return bytes([*record[:-1], record[-1] ^ 1]) if record[0] == 23 else record


def test_a_fatal_alert_and_rejected_early_data_are_said_at_the_end():
    refused = lab.run("TLSv1.3", cipher="AES-128-GCM", tamper=altered)
    assert "ends here: the handshake was not completed" in words(refused) and "bad_record_mac" in words(refused)
    asked = lab.run("TLSv1.3", tamper=lambda sender, index, record: [record, b"\x15\3\3\0\2\2\x28"][: 2 - (index > 0)])
    assert "not completed: the client sent the fatal alert handshake_failure" in words(asked)
    rejected = lab.run("TLSv1.3", resume=True, early_data=b"x", early_data_accepted=False)
    accepted = lab.run("TLSv1.3", resume=True, early_data=b"x")
    assert "the server rejected the early data" in words(rejected)
    assert "rejected" not in words(accepted)


def test_without_keys_every_check_that_needs_one_says_why(live):
    trace = wire_of(live).trace()
    trace.verify()
    unchecked = [c for c in trace.checks if c.ok is None]
    assert len(unchecked) >= len(protected(trace))
    assert all(c.reason for c in unchecked)
    assert all(r.state == "unreadable" and r.plaintext == b"" for r in protected(trace))


def test_a_record_altered_after_one_that_opened_is_shown_with_what_it_decrypts_to():
    live = lab.run("TLSv1.2", kx="RSA", cipher="AES-128-CBC", mac="SHA1", request=REQUEST)
    data = next(r for r in live.records if r.content_type == "application_data" and r.plaintext)
    journal = hsinspect.Journal()
    journal.keylog(live.keylog())
    for record in live.records:
        raw = record.header + record.fragment
        journal.wire(record.sender, raw[:-1] + bytes([raw[-1] ^ 1]) if record.index == data.index else raw)
    bad = next(r for r in journal.trace().records if r.ok is False)
    assert bad.index == data.index
    assert bad.plaintext and bad.mac.computed != bad.mac.received


KEYS = {  # what is given -> what is said of the premaster secret
    "another server's": ("other", "no private key that was given is that of the server's certificate"),
    "no key at all": (b"nonsense", "the private key that was given cannot be read"),
    "of another kind": ("ecdsa", "the private key that was given is none of RSA"),
}


@pytest.mark.parametrize("kind", KEYS)
def test_a_private_key_that_does_not_fit_is_said_so(kind):
    live = lab.run("TLSv1.2", kx="RSA", request=REQUEST)
    key, expected = KEYS[kind]
    if key == "other":
        key = (KEY_FILES / "rsa-pkcs8.pem").read_bytes()
    elif key == "ecdsa":
        key = _core.lab_certificate("ECDSA")[1]
    journal = wire_of(live)
    journal.private_key(key)
    trace = journal.trace()
    assert all(r.reason == expected for r in protected(trace))
    assert trace.application_data("client") == b""


def test_a_private_key_with_another_password_is_said_so():
    live = lab.run("TLSv1.2", kx="RSA", request=REQUEST)
    journal = wire_of(live)
    journal.private_key(KEY_FILES / "rsa-encrypted-pkcs8.pem", "open")
    assert all(r.reason == "the private key that was given needs another password" for r in protected(journal.trace()))


def test_rsa_psk_opens_with_the_private_key_and_the_pre_shared_key():
    live = lab.run("TLSv1.2", kx="RSA-PSK", request=REQUEST)
    for give in ("key", "psk", "both"):
        journal = wire_of(live)
        if give != "psk":
            journal.private_key(_core.lab_certificate("RSA")[1])
        if give != "key":
            journal.psk(lab.PSK_IDENTITY, lab.PSK_KEY)
        trace = journal.trace()
        trace.verify()
        assert trace.application_data("client") == (REQUEST if give == "both" else b"")
    assert (
        bytes(trace.secret("premaster secret").value)
        == bytes([0, 48])
        + bytes(trace.secret("premaster secret").value)[2:50]
        + len(lab.PSK_KEY).to_bytes(2)
        + lab.PSK_KEY
    )


@pytest.mark.parametrize("identity", ["its own", None, b"somebody else"])
def test_psk_ke_opens_with_the_pre_shared_key_alone(identity):
    live = lab.run("TLSv1.3", psk="psk", request=REQUEST)
    journal = wire_of(live)
    journal.psk(lab.PSK_IDENTITY if identity == "its own" else identity, lab.PSK_KEY)
    trace = journal.trace()
    trace.verify()
    fits = identity != b"somebody else"
    assert trace.application_data("client") == (REQUEST if fits else b"")
    checks = {c.name: c for c in trace.checks}
    assert checks["psk_binder[0]"].ok is (True if fits else None)
    assert fits or checks["psk_binder[0]"].reason == "the pre-shared key is not known"


def test_psk_dhe_ke_takes_the_shared_secret_too():
    live = lab.run("TLSv1.3", psk="dhe", request=REQUEST)
    journal = wire_of(live)
    journal.psk(lab.PSK_IDENTITY, lab.PSK_KEY)
    alone = journal.trace()
    assert next(c for c in alone.checks if c.name == "psk_binder[0]").ok
    assert bytes(alone.secret("early secret").value)
    assert alone.application_data("client") == b""
    assert all("shared secret" in r.reason for r in protected(alone))


def test_a_wrong_pre_shared_key_fails_the_binder_and_opens_nothing():
    live = lab.run("TLSv1.3", psk="psk", request=REQUEST)
    journal = wire_of(live)
    journal.psk(None, b"wrong")
    trace = journal.trace()
    assert next(c for c in trace.checks if c.name == "psk_binder[0]").ok is False
    assert all(r.plaintext == b"" for r in protected(trace))


def test_of_dhe_psk_the_wire_does_not_give_the_premaster_secret():
    journal = wire_of(lab.run("TLSv1.2", kx="DHE-PSK", request=REQUEST))
    journal.psk(lab.PSK_IDENTITY, lab.PSK_KEY)
    trace = journal.trace()
    assert all("what is on the wire does not give it" in r.reason for r in protected(trace))
