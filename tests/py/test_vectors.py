"""Handshakes that others published, with every value they printed: RFC 8448 and the Illustrated TLS Connection.

Fed with the shared (or premaster) secret alone: no key log leads back to it, so everything below it is computed here.
"""

import json
import re
from pathlib import Path

import hsinspect
import pytest

DATA = Path(__file__).parent.parent / "data"
RFC8448 = ("0rtt-resumed", "1rtt", "client-auth", "compat", "hrr")
ILLUSTRATED = json.loads((DATA / "illustrated-values.json").read_text())

TLS12_WIRE = (
    "clienthello serverhello servercert serverkeyexchange serverhellodone clientkeyexchange clientccs clientfinished "
    "serverccs serverfinished clientdata serverdata clientalert"
).split()
TLS13_WIRE = (
    "clienthello serverhello serverccs serverencextensions serverenccert serverenccertverify serverencfinished "
    "clientccs clientencfinished clientencdata serverencticket1 serverencticket2 serverencdata"
).split()

# What RFC 8448 calls a step -> our label.
SECRETS = {
    'extract secret "early"': "early secret",
    'extract secret "handshake"': "handshake secret",
    'extract secret "master"': "master secret",
    'derive secret "tls13 c hs traffic"': "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
    'derive secret "tls13 s hs traffic"': "SERVER_HANDSHAKE_TRAFFIC_SECRET",
    'derive secret "tls13 c ap traffic"': "CLIENT_TRAFFIC_SECRET_0",
    'derive secret "tls13 s ap traffic"': "SERVER_TRAFFIC_SECRET_0",
    'derive secret "tls13 exp master"': "EXPORTER_SECRET",
    'derive secret "tls13 res master"': "resumption master secret",
}
TRANSCRIPTS = {  # the message through which the hash of a step goes
    'derive secret "tls13 c hs traffic"': ("ServerHello", "server"),
    'derive secret "tls13 c ap traffic"': ("Finished", "server"),
    'derive secret "tls13 res master"': ("Finished", "client"),
}
EARLY = {  # with a pre-shared key
    'derive secret "tls13 c e traffic"': "CLIENT_EARLY_TRAFFIC_SECRET",
    'derive secret "tls13 e exp master"': "EARLY_EXPORTER_SECRET",
}
EPOCHS = {"early application data": 1, "handshake data": 2, "application data": 3}


def hexes(value):
    return bytes(value).hex()


def published(name):
    return json.loads((DATA / "rfc8448" / f"{name}.json").read_text())


def shared_secret(vector):
    return next(s["fields"]["IKM"] for s in vector["steps"] if s["op"].startswith('extract secret "handshake"'))


def pre_shared_key(vector):
    """The PSK of a resumption: what goes into the early secret where that is not zeros."""
    extracts = [s["fields"]["IKM"] for s in vector["steps"] if s["op"].startswith('extract secret "early"')]
    return bytes.fromhex(extracts[0])


def rfc8448_trace(vector):
    journal = hsinspect.Journal()
    journal.psk(None, pre_shared_key(vector))
    journal.secret("shared secret", bytes.fromhex(shared_secret(vector)))
    for record in vector["records"]:
        journal.wire("client" if record["dir"] == "c2s" else "server", bytes.fromhex(record["record"]))
    return journal.trace()


def illustrated_trace(version, names, **secret):
    journal = hsinspect.Journal()
    for label, value in secret.items():
        journal.secret(label.replace("_", " "), bytes.fromhex(value))
    for name in names:
        journal.wire(name[:6], (DATA / f"illustrated-tls{version}" / "caps" / name).read_bytes())
    return journal.trace()


@pytest.fixture(scope="module", params=RFC8448)
def rfc8448(request):
    vector = published(request.param)
    return vector, rfc8448_trace(vector)


@pytest.fixture(scope="module")
def tls12():
    return illustrated_trace("12", TLS12_WIRE, premaster_secret=ILLUSTRATED["tls12"]["premaster"])


@pytest.fixture(scope="module")
def tls13():
    return illustrated_trace("13", TLS13_WIRE, shared_secret=ILLUSTRATED["tls13"]["shared_secret"])


def step(vector, beginning, role=None):
    return next(s for s in vector["steps"] if s["op"].startswith(beginning) and role in (None, s["role"]))["fields"]


@pytest.mark.parametrize(("op", "label"), SECRETS.items())
def test_every_secret_of_rfc8448_is_reproduced_from_the_shared_secret(rfc8448, op, label):
    vector, trace = rfc8448
    fields = step(vector, op)
    assert hexes(trace.secret(label).value) == fields.get("secret", fields.get("expanded"))


@pytest.mark.parametrize(("op", "message"), TRANSCRIPTS.items())
def test_the_transcript_hashes_are_those_of_rfc8448(rfc8448, op, message):
    vector, trace = rfc8448
    name, sender = message
    found = next(m for m in trace.messages if m.name == name and m.sender == sender)
    assert found.transcript_hash.hex() == step(vector, op)["hash"]


def test_the_record_keys_are_those_of_rfc8448(rfc8448):
    vector, trace = rfc8448
    seen = set()
    for published_step in vector["steps"]:
        match = re.match(r"derive (read|write) traffic keys for ([a-z ]+)", published_step["op"])
        if match is None:
            continue
        own = published_step["role"] == "client"
        sender = "client" if own == (match[1] == "write") else "server"
        epoch = EPOCHS[match[2].removesuffix(" (same as client").strip()]
        assert hexes(trace.secret(f"{sender} write key", epoch=epoch).value) == published_step["fields"]["key expanded"]
        assert hexes(trace.secret(f"{sender} write IV", epoch=epoch).value) == published_step["fields"]["iv expanded"]
        seen.add((sender, epoch))
    assert {("client", 2), ("server", 2), ("client", 3), ("server", 3)} <= seen
    assert (("client", 1) in seen) == (vector["section"] == "4")


def test_every_message_of_rfc8448_is_the_published_one(rfc8448):
    vector, trace = rfc8448
    constructed = [s for s in vector["steps"] if s["op"].startswith("construct a")]
    names = [re.match(r"construct an? (\w+)", s["op"])[1] for s in constructed]
    found = [(m.sender, m.name.replace("HelloRetryRequest", "ServerHello"), m.raw.hex()) for m in trace.messages]
    assert len(names) > 4
    for name, published_step in zip(names, constructed, strict=True):
        raw = published_step["fields"][name]  # a ClientHello that offers a PSK is constructed without its binders
        assert any(m[:2] == (published_step["role"], name) and m[2].startswith(raw) for m in found)


@pytest.fixture(scope="module")
def resumed():
    vector = published("0rtt-resumed")
    return vector, rfc8448_trace(vector)


@pytest.mark.parametrize(("op", "label"), EARLY.items())
def test_the_secrets_of_early_data_are_those_of_rfc8448(resumed, op, label):
    vector, trace = resumed
    fields = step(vector, op)
    derivation = next(d for d in trace.derivations if d.output.label == label)
    assert hexes(trace.secret(label).value) == fields["expanded"]
    assert dict(derivation.inputs)["transcript hash"].hex() == fields["hash"]


def test_the_binder_is_that_of_rfc8448(resumed):
    vector, trace = resumed
    fields = step(vector, "calculate PSK binder")
    check = next(c for c in trace.checks if c.name == "psk_binder[0]")
    assert check.ok
    assert check.expected.hex() == check.found.hex() == fields["finished"]


def test_early_data_is_read_in_its_own_epoch(resumed):
    _, trace = resumed
    early = [r for r in trace.records if r.epoch == 1]
    assert [(r.sender, r.content_type, r.sequence_number, r.plaintext) for r in early] == [
        ("client", "application_data", 0, b"ABCDEF"),
        ("client", "handshake", 1, bytes.fromhex("05000000")),
    ]
    assert trace.early_data and trace.resumption
    assert [m.name for m in trace.messages if m.sender == "client"] == ["ClientHello", "EndOfEarlyData", "Finished"]
    assert trace.application_data("client") == b"ABCDEF" + bytes(range(50))


@pytest.mark.parametrize("first", [True, False])
def test_early_data_opens_with_its_secret_alone_and_before_any_answer(resumed, first):
    vector, _ = resumed
    label = "CLIENT_EARLY_TRAFFIC_SECRET"
    line = f"{label} {vector['client_random']} {vector['keylog'][label]}"
    journal = hsinspect.Journal()
    if first:
        journal.keylog(line)
    for record in vector["records"][:2]:
        journal.wire("client", bytes.fromhex(record["record"]))
    if not first:
        journal.keylog(line)
    trace = journal.trace()
    assert trace.records[1].plaintext == b"ABCDEF"
    assert trace.version is None


@pytest.mark.parametrize("role", ["server", "client"])
def test_finished_keys_and_verify_data_are_those_of_rfc8448(rfc8448, role):
    vector, trace = rfc8448
    fields = step(vector, 'calculate finished "tls13 finished"', role=role)
    message = next(m for m in trace.messages if m.name == "Finished" and m.sender == role)
    check = next(c for c in trace.checks if c.name == f"finished.{role}")
    assert hexes(trace.secret("finished key", sender=role).value) == fields["expanded"]
    assert message["verify_data"].raw.hex() == check.expected.hex() == fields["finished"]


def test_every_record_of_rfc8448_opens_to_the_published_plaintext(rfc8448):
    vector, trace = rfc8448
    assert [r.plaintext.hex() for r in trace.records] == [r["plaintext"] for r in vector["records"]]


def test_every_tag_of_rfc8448_is_the_computed_one(rfc8448):
    _, trace = rfc8448
    macs = [r.mac for r in trace.records if r.mac is not None]
    assert macs and all(mac.received == mac.computed and len(mac.computed) == 16 for mac in macs)


def test_rfc8448_verifies(rfc8448):
    _, trace = rfc8448
    trace.verify()
    assert trace.complete and trace.version == "TLSv1.3"


def test_the_retried_hello_of_rfc8448_counts_as_its_message_hash():
    trace = rfc8448_trace(published("hrr"))
    assert [m.name for m in trace.messages][:4] == ["ClientHello", "HelloRetryRequest", "ClientHello", "ServerHello"]
    assert trace.group == "secp256r1"


def test_the_illustrated_tls12_key_block_is_the_published_one(tls12):
    expected = ILLUSTRATED["tls12"]
    assert hexes(tls12.secret("master secret").value) == expected["master"]
    for label, name in (("write MAC key", "mac_key"), ("write key", "write_key"), ("write IV", "write_iv")):
        for sender in ("client", "server"):
            assert hexes(tls12.secret(f"{sender} {label}").value) == expected[f"{sender}_{name}"]


def test_the_illustrated_tls12_record_macs_are_the_published_ones(tls12):
    protected = [r for r in tls12.records if r.mac is not None]
    expected = ILLUSTRATED["tls12"]["records"]
    assert len(protected) == len(expected) == 5
    for record, values in zip(protected, expected, strict=True):
        assert record.sender[0].upper() == values["dir"] and record.sequence_number == values["seq"]
        assert record.mac.computed.hex() == record.mac.received.hex() == values["mac"]
        assert record.plaintext.hex() == values["plain"]
        if "iv" in values:
            assert record.mac.nonce.hex() == values["iv"]


def test_the_illustrated_tls12_finished_are_the_published_ones(tls12):
    expected = ILLUSTRATED["tls12"]
    finished = [m for m in tls12.messages if m.name == "Finished"]
    assert [m["verify_data"].raw.hex() for m in finished] == [r["verify_data"] for r in expected["records"][:2]]
    before = {m.sender: tls12.messages[m.index - 1].transcript_hash.hex() for m in finished}
    assert before["client"] == expected["transcript_hash_client_finished"]
    assert before["server"] == expected["transcript_hash_server_finished"]


def test_the_illustrated_tls13_secrets_and_keys_are_the_published_ones(tls13):
    expected = ILLUSTRATED["tls13"]
    assert hexes(tls13.secret("handshake secret").value) == expected["handshake_secret"]
    for name, epoch in (("hs", 2), ("ap", 3)):
        for sender in ("client", "server"):
            keys = expected["published_keys"]
            assert hexes(tls13.secret(f"{sender} write key", epoch=epoch).value) == keys[f"{sender[0]}_{name}_key"]
            assert hexes(tls13.secret(f"{sender} write IV", epoch=epoch).value) == keys[f"{sender[0]}_{name}_iv"]


def test_the_illustrated_tls13_hashes_and_verify_data_are_the_published_ones(tls13):
    expected = ILLUSTRATED["tls13"]
    messages = {(m.name, m.sender): m for m in tls13.messages}
    assert messages["ServerHello", "server"].transcript_hash.hex() == expected["hello_hash"]
    assert messages["Finished", "server"].transcript_hash.hex() == expected["handshake_hash"]
    for sender in ("client", "server"):
        assert messages["Finished", sender]["verify_data"].raw.hex() == expected[f"{sender}_verify_data"]


def test_the_illustrated_tls13_tags_are_the_published_ones(tls13):
    for name, record in zip(TLS13_WIRE, tls13.records, strict=True):
        if name in ILLUSTRATED["tls13"]["aead_tags"]:
            assert record.mac.computed.hex() == record.mac.received.hex() == ILLUSTRATED["tls13"]["aead_tags"][name]
    assert sum(r.mac is not None for r in tls13.records) == len(ILLUSTRATED["tls13"]["aead_tags"])


@pytest.mark.parametrize(("version", "names"), [("12", TLS12_WIRE), ("13", TLS13_WIRE)])
def test_the_illustrated_key_logs_open_the_same_records(version, names):
    journal = hsinspect.Journal()
    journal.keylog((DATA / f"illustrated-tls{version}" / "keylog.txt").read_text())
    for name in names:
        journal.wire(name[:6], (DATA / f"illustrated-tls{version}" / "caps" / name).read_bytes())
    trace = journal.trace()
    trace.verify()
    assert trace.application_data("client") == b"ping" and trace.application_data("server") == b"pong"


def test_both_illustrated_handshakes_verify(tls12, tls13):
    tls12.verify()
    tls13.verify()
    assert (tls12.version, tls13.version) == ("TLSv1.2", "TLSv1.3")
