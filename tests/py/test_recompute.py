"""Every secret again, from the RFCs, with hashlib and hmac alone: nothing here calls our own key schedule."""

import hashlib
import hmac

import pytest
from hsinspect import _core, lab
from key_derivation import KeySchedule, bytes_of, hellos, p_hash, prf_before_tls12

WITHOUT_PROBE = _core.probe_reason()


def before(trace, message):
    """The transcript up to a message. In TLS 1.3 tickets are no part of it; they may come before a Finished."""
    outside = "NewSessionTicket" if trace.version == "TLSv1.3" else None
    return b"".join(m.raw for m in trace.messages[: message.index] if m.name != outside)


# ---- TLS 1.0 to 1.2 ----

BEFORE_TLS13 = [
    ("TLSv1.2", {"kx": "RSA", "cipher": "AES-128-CBC", "mac": "SHA1", "encrypt_then_mac": False}),
    ("TLSv1.2", {"kx": "RSA", "cipher": "AES-128-CBC", "mac": "SHA1", "extended_master_secret": False}),
    ("TLSv1.2", {"kx": "RSA", "cipher": "AES-256-CBC", "mac": "SHA1"}),
    ("TLSv1.1", {"kx": "RSA", "cipher": "AES-128-CBC", "mac": "SHA1"}),
    ("TLSv1", {"kx": "RSA", "cipher": "AES-128-CBC", "mac": "SHA1", "encrypt_then_mac": False}),
]


@pytest.fixture(scope="module", params=BEFORE_TLS13, ids=lambda p: f"{p[0]} {p[1]}")
def older(request):
    version, names = request.param
    trace = lab.run(version, **names, request=b"GET / HTTP/1.0\r\n\r\n", response=b"hello")

    def prf(secret, label, seed, length):
        if version == "TLSv1.2":
            return p_hash("sha256", secret, label + seed, length)
        return prf_before_tls12(secret, label + seed, length)

    def transcript(data):
        return hashlib.sha256(data).digest() if version == "TLSv1.2" else (
            hashlib.md5(data).digest() + hashlib.sha1(data).digest()
        )  # fmt: skip

    return trace, prf, transcript


def test_the_master_secret_is_the_prf_of_the_premaster_secret(older):
    trace, prf, transcript = older
    premaster, randoms = bytes_of(trace, "premaster secret"), hellos(trace)
    if trace.handshake.extended_master_secret:  # RFC 7627 section 4
        exchange = next(m for m in trace.messages if m.name == "ClientKeyExchange")
        session_hash = transcript(before(trace, exchange) + exchange.raw)
        expected = prf(premaster, b"extended master secret", session_hash, 48)
    else:
        expected = prf(premaster, b"master secret", randoms["client"] + randoms["server"], 48)
    assert bytes_of(trace, "master secret") == expected


def key_block(trace, prf):
    """In its order, RFC 5246 section 6.3: MAC keys, keys, IVs, the client's before the server's."""
    randoms = hellos(trace)
    lengths = [len(bytes_of(trace, f"client write {kind}")) for kind in ("MAC key", "key", "IV")]
    seed = randoms["server"] + randoms["client"]
    block = prf(bytes_of(trace, "master secret"), b"key expansion", seed, 2 * sum(lengths))
    parts = {}
    for kind, length in zip(("MAC key", "key", "IV"), lengths, strict=True):
        for side in ("client", "server"):
            parts[side, kind], block = block[:length], block[length:]
    return parts


def test_the_key_block_is_the_prf_of_the_master_secret(older):
    trace, prf, _ = older
    for (side, kind), value in key_block(trace, prf).items():
        assert bytes_of(trace, f"{side} write {kind}") == value


def test_every_record_mac_is_an_hmac_over_number_header_and_content(older):
    trace, prf, _ = older
    keys = key_block(trace, prf)
    protected = [record for record in trace.records if record.mac is not None]
    assert len(protected) == 6  # two Finished, two of data, two close_notify
    for record in protected:
        content = record.plaintext
        if record.mac.order == "encrypt-then-mac":  # RFC 7366 section 3
            content = record.fragment[: -len(record.mac.received)]
        header = record.header[:3] + len(content).to_bytes(2, "big")
        data = record.sequence_number.to_bytes(8, "big") + header + content
        assert record.mac.input == data
        assert record.mac.received == hmac.digest(keys[record.sender, "MAC key"], data, "sha1")


def test_both_finished_are_the_prf_over_every_message_before_them(older):
    trace, prf, transcript = older
    finished = [m for m in trace.messages if m.name == "Finished"]
    assert [m.sender for m in finished] == ["client", "server"]
    for message in finished:
        label = f"{message.sender} finished".encode()
        seen = transcript(before(trace, message))
        assert message["verify_data"].raw == prf(bytes_of(trace, "master secret"), label, seen, 12)


def test_the_rsa_premaster_secret_begins_with_the_offered_version(older):
    trace, _, _ = older
    assert bytes_of(trace, "premaster secret")[:2] == trace.messages[0]["legacy_version"].raw


# ---- TLS 1.3 ----


@pytest.fixture(scope="module", params=["AES-128-GCM", "AES-256-GCM", "CHACHA20-POLY1305"])
def tls13(request):
    trace = lab.run("TLSv1.3", cipher=request.param, request=b"question", response=b"answer")
    return trace, KeySchedule("sha384" if "256-GCM" in request.param else "sha256")


def through(trace, name, sender):
    """All messages up to one, that one too."""
    message = next(m for m in trace.messages if m.name == name and m.sender == sender)
    return before(trace, message) + message.raw


def test_the_whole_chain_of_tls13_follows_from_the_shared_secret(tls13):
    trace, k = tls13
    if WITHOUT_PROBE is not None:  # then nobody tells the shared secret
        assert WITHOUT_PROBE in {reason for _, _, reason in trace.notes}
        assert {s.label for s in trace.secrets}.isdisjoint({"shared secret", "handshake secret", "master secret"})
        return
    zeros = bytes(k.length)
    early = k.extract(zeros, zeros)
    handshake = k.extract(k.derive(early, b"derived", k.nothing), bytes_of(trace, "shared secret"))
    master = k.extract(k.derive(handshake, b"derived", k.nothing), zeros)
    assert bytes_of(trace, "early secret") == early
    assert bytes_of(trace, "handshake secret") == handshake
    assert bytes_of(trace, "master secret") == master
    hello = k.hash(through(trace, "ServerHello", "server"))
    server, client = (k.hash(through(trace, "Finished", side)) for side in ("server", "client"))
    chain = {
        "CLIENT_HANDSHAKE_TRAFFIC_SECRET": (handshake, b"c hs traffic", hello),
        "SERVER_HANDSHAKE_TRAFFIC_SECRET": (handshake, b"s hs traffic", hello),
        "CLIENT_TRAFFIC_SECRET_0": (master, b"c ap traffic", server),
        "SERVER_TRAFFIC_SECRET_0": (master, b"s ap traffic", server),
        "EXPORTER_SECRET": (master, b"exp master", server),
        "resumption master secret": (master, b"res master", client),
    }
    for label, (parent, word, digest) in chain.items():
        assert bytes_of(trace, label) == k.derive(parent, word, digest), label


@pytest.mark.parametrize("epoch", [2, 3])
@pytest.mark.parametrize("side", ["client", "server"])
def test_record_keys_follow_from_the_traffic_secrets(tls13, side, epoch):
    trace, k = tls13
    label = f"{side.upper()}_HANDSHAKE_TRAFFIC_SECRET" if epoch == 2 else f"{side.upper()}_TRAFFIC_SECRET_0"
    secret = bytes_of(trace, label)
    key = bytes_of(trace, f"{side} write key", epoch=epoch)
    assert key == k.expand_label(secret, b"key", b"", len(key))
    assert bytes_of(trace, f"{side} write IV", epoch=epoch) == k.expand_label(secret, b"iv", b"", 12)


def test_both_finished_of_tls13_are_an_hmac_over_the_transcript(tls13):
    trace, k = tls13
    for message in (m for m in trace.messages if m.name == "Finished"):
        secret = bytes_of(trace, f"{message.sender.upper()}_HANDSHAKE_TRAFFIC_SECRET")
        key = k.expand_label(secret, b"finished", b"", k.length)
        assert bytes_of(trace, "finished key", sender=message.sender) == key
        assert message["verify_data"].raw == hmac.digest(key, k.hash(before(trace, message)), k.name)


def test_every_transcript_hash_of_tls13_is_over_the_messages_so_far(tls13):
    trace, k = tls13
    seen = b""
    hashed = [m for m in trace.messages if m.name != "NewSessionTicket"]
    assert len(hashed) == 7
    for message in hashed:
        seen += message.raw
        assert message.transcript_hash == k.hash(seen)


def test_nonces_and_additional_data_of_tls13_are_those_of_the_rfc(tls13):
    trace, _ = tls13
    protected = [record for record in trace.records if record.mac is not None]
    assert len(protected) > 8
    for record in protected:
        iv = bytes_of(trace, f"{record.sender} write IV", epoch=record.epoch)
        number = record.sequence_number.to_bytes(12, "big")
        assert record.mac.nonce == bytes(a ^ b for a, b in zip(iv, number, strict=True))  # RFC 8446 section 5.3
        assert record.mac.input == record.header  # section 5.2
