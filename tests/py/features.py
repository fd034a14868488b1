"""What the lab can show besides a suite: each feature with what it looks like on the wire, for test_features.py."""

from collections.abc import Callable
from dataclasses import dataclass

from hsinspect import _core

TLS10_TO_12 = ("TLSv1", "TLSv1.1", "TLSv1.2")
TLS13 = ("TLSv1.3",)
ALL = TLS10_TO_12 + TLS13
LONG = bytes(range(256)) * 8


def names(trace, sender=None):
    return [message.name for message in trace.messages if sender in (None, message.sender)]


def extensions(trace, name):
    """Of the first message of a name."""
    return next(message.extensions for message in trace.messages if message.name == name)


def answer(trace):
    """The extensions with which the server answers."""
    return extensions(trace, "EncryptedExtensions" if trace.version == "TLSv1.3" else "ServerHello")


def updates(trace):
    """(sender, update_requested?) of each KeyUpdate."""
    return [(m.sender, m["request_update"].value) for m in trace.messages if m.name == "KeyUpdate"]


def written_under(trace, sender):
    """The epochs of the application data of a side."""
    return {r.epoch for r in trace.records if r.sender == sender and r.content_type == "application_data"}


def data_epochs(trace):
    return written_under(trace, "client"), written_under(trace, "server")


def limit_of(trace):
    """RFC 8449 section 4: in TLS 1.3 the type inside counts too."""
    limit = int.from_bytes(answer(trace)["record_size_limit"].raw[4:])
    return limit - (trace.version == "TLSv1.3")


def longest(trace):
    """Bytes of content in the longest record."""
    return max(len(record.plaintext) for record in trace.records)


def is_resumed(trace):
    """The first handshake, that is: another may come behind it, and need not be."""
    before, after = trace.previous, trace
    assert not before.resumption and before.errors == {}
    first = names(after)[: names(after).index("Finished")]
    assert "Certificate" not in first and "ServerKeyExchange" not in first
    return after.handshakes[0].resumption


def is_resumed_by_id(trace):
    """RFC 5246 section 7.4.1.2: the server says the same session ID again, and there is no ticket."""
    first, hello = (t.messages[1]["legacy_session_id_echo"].value for t in (trace.previous, trace))
    offered = trace.messages[0]["legacy_session_id"].value
    assert "session_ticket" not in trace.messages[0].extensions and "NewSessionTicket" not in names(trace.previous)
    return is_resumed(trace) and first == hello == offered != b""


def is_resumed_by_ticket(trace):
    """RFC 5077 section 3.2, RFC 8446 section 4.2.11: the client sends what the server handed out."""
    handed = [m["ticket"].value for m in trace.previous.messages if m.name == "NewSessionTicket"]
    hello = trace.messages[0]
    if trace.version == "TLSv1.3":
        return is_resumed(trace) and hello["extensions.pre_shared_key.identities[0].identity"].value in handed
    return is_resumed(trace) and hello.extensions["session_ticket"].raw[4:] in handed


def client_is_certified(trace):
    return 0 < names(trace, "server").count("CertificateRequest") == names(trace, "client").count("CertificateVerify")


def is_certified_later(trace):
    """RFC 8446 section 4.6.2: everything after the client's first Finished."""
    sent = [(m.sender, m.name) for m in trace.messages]
    later = sent[sent.index(("client", "Finished")) + 1 :]
    late = [step for step in later if step[1] not in ("NewSessionTicket", "KeyUpdate")]
    assert "post_handshake_auth" in extensions(trace, "ClientHello")
    return late == [
        ("server", "CertificateRequest"),
        *(("client", name) for name in ("Certificate", "CertificateVerify", "Finished")),
    ]


def shares(hello):
    """The groups of a ClientHello's key shares, RFC 8446 section 4.2.8."""
    return [field.value for field in hello.fields.leaves() if field.path.endswith("].group")]


def is_retried(trace):
    first, retry, second = (m for m in trace.messages if m.name in ("ClientHello", "HelloRetryRequest"))
    chosen = retry["extensions.key_share.selected_group"].value
    assert len(shares(first)) == 1 and chosen not in shares(first)
    assert shares(second) == [chosen]
    return trace.handshake.hello_retry


def is_renegotiated(trace, *, by):
    """RFC 5746 section 3.5: the second ClientHello has the first one's verify_data in it."""
    first, second = trace.handshakes
    hello = [m for m in trace.messages if m.name == "ClientHello"][1]
    finished = next(m for m in trace.messages if m.name == "Finished" and m.sender == "client")
    assert hello.extensions["renegotiation_info"].raw[5:] == finished["verify_data"].value
    assert ("HelloRequest" in names(trace)) == (by == "server")
    return first.complete and second.complete and written_under(trace, "client") == {2}


def has_psk(trace, *, mode):
    """RFC 8446 section 4.2.9; before, by the suite."""
    assert "Certificate" not in names(trace, "server")
    if trace.version != "TLSv1.3":
        return _core.suite(trace.cipher_suite)[1] == {"dhe": "ECDHE-PSK", "psk": "PSK"}[mode]
    assert ("key_share" in extensions(trace, "ServerHello")) == (mode == "dhe")
    return "pre_shared_key" in extensions(trace, "ServerHello")


def is_stapled(trace):
    """RFC 6066 section 8, RFC 8446 section 4.4.2.1."""
    if trace.version == "TLSv1.3":
        (certificate,) = [m for m in trace.messages if (m.sender, m.name) == ("server", "Certificate")]
        return any(
            leaf.path.startswith("certificate_list[0].extensions.status_request.")
            for leaf in certificate.fields.leaves()
        )
    return names(trace).count("CertificateStatus") == 1


def has_chain(trace, *, length, records):
    certificate = next(m for m in trace.messages if m.name == "Certificate")
    assert len(certificate.records) >= records
    return len(certificate["certificate_list"].children) == 1 + length  # its own length comes first


def is_early(trace, *, accepted):
    assert "early_data" in trace.messages[0].extensions
    assert ("early_data" in extensions(trace, "EncryptedExtensions")) == accepted
    assert ("EndOfEarlyData" in names(trace)) == accepted
    early = [r for r in trace.records if r.epoch == 1 and r.content_type == "application_data"]
    assert [r.plaintext for r in early if r.ok] == [b"early"]
    assert (b"early" in trace.application_data("client")) == accepted
    return trace.early_data == accepted


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """keywords: of lab.run. happened: was it on the wire? versions: those that have it."""

    versions: tuple[str, ...]
    keywords: dict[str, object]
    happened: Callable


def feature(versions, happened, **keywords):
    return Feature(versions=versions, happened=happened, keywords=keywords)


FEATURES = {
    "resume by ticket": feature(ALL, is_resumed_by_ticket, resume=True),
    "resume by session ID": feature(TLS10_TO_12, is_resumed_by_id, resume="session_id"),
    "client certificate": feature(ALL, client_is_certified, client_cert=True),
    "client certificate of another kind": feature(ALL, client_is_certified, client_cert="ECDSA"),
    "certificate after the handshake": feature(TLS13, is_certified_later, post_handshake_auth=True),
    "HelloRetryRequest": feature(TLS13, is_retried, hello_retry=True),
    "renegotiation by the server": feature(TLS10_TO_12, lambda t: is_renegotiated(t, by="server"), renegotiate=True),
    "renegotiation by the client": feature(
        TLS10_TO_12, lambda t: is_renegotiated(t, by="client"), renegotiate="client"
    ),
    "pre-shared key": feature(ALL, lambda t: has_psk(t, mode="dhe"), psk=True),
    "pre-shared key alone": feature(ALL, lambda t: has_psk(t, mode="psk"), psk="psk"),
    "KeyUpdate by the client": feature(
        TLS13,
        lambda t: updates(t) == [("client", 0)] and data_epochs(t) == ({4}, {3}),
        key_update="client",
    ),
    "KeyUpdate by the server": feature(
        TLS13,
        lambda t: updates(t) == [("server", 0)] and data_epochs(t) == ({3}, {4}),
        key_update="server",
    ),
    "KeyUpdate by both": feature(
        TLS13,
        lambda t: updates(t) == [("client", 0), ("server", 0)] and written_under(t, "server") == {4},
        key_update="both",
    ),
    "KeyUpdate requested by the client": feature(
        TLS13,
        lambda t: updates(t) == [("client", 1), ("server", 0)] and written_under(t, "server") == {4},
        key_update="client", update_requested=True,
    ),
    "KeyUpdate requested by the server": feature(
        TLS13,
        lambda t: updates(t) == [("server", 1), ("client", 0)] and written_under(t, "client") == {4},
        key_update="server", update_requested=True,
    ),
    "early data": feature(TLS13, lambda t: is_early(t, accepted=True), early_data=b"early"),
    "early data that is rejected": feature(
        TLS13, lambda t: is_early(t, accepted=False), early_data=b"early", early_data_accepted=False
    ),
    "max_fragment_length": feature(
        ALL,
        lambda t: "max_fragment_length" in answer(t) and longest(t) == 512,
        max_fragment_length=512, request=LONG, response=LONG,
    ),
    "record_size_limit": feature(
        ALL,
        lambda t: limit_of(t) == 600 and longest(t) == 600,
        record_size_limit=600, request=LONG, response=LONG,
    ),
    "stapled OCSP response": feature(ALL, is_stapled, ocsp=True),
    "chain of 40 certificates": feature(ALL, lambda t: has_chain(t, length=40, records=2), chain_length=40),
    "chain of 12 certificates": feature(ALL, lambda t: has_chain(t, length=12, records=1), chain_length=12),
    "heartbeat": feature(ALL, lambda t: "heartbeat" in answer(t), heartbeat=True),
    "ALPN": feature(ALL, lambda t: t.alpn == "h2", alpn=["h2", "http/1.1"]),
    "no tickets": feature(ALL, lambda t: "NewSessionTicket" not in names(t), tickets=False),
    "no extended_master_secret": feature(
        TLS10_TO_12, lambda t: not t.handshake.extended_master_secret, extended_master_secret=False
    ),
    "no encrypt_then_mac": feature(
        TLS10_TO_12,
        lambda t: {r.mac.order for r in t.records if r.mac} == {"mac-then-encrypt"},
        encrypt_then_mac=False, kx="RSA", cipher="AES-128-CBC",
    ),
}  # fmt: skip

# Several at once, each of which must be seen.
TOGETHER = [
    ("resume by ticket", "client certificate of another kind"),
    ("resume by ticket", "renegotiation by the server"),
    ("resume by session ID", "renegotiation by the client"),
    ("client certificate", "renegotiation by the client"),
    ("resume by session ID", "ALPN", "no extended_master_secret"),
    ("resume by ticket", "HelloRetryRequest"),
    ("resume by ticket", "HelloRetryRequest", "KeyUpdate requested by the client"),
    ("client certificate", "HelloRetryRequest", "certificate after the handshake"),
    ("resume by ticket", "certificate after the handshake", "KeyUpdate by both"),
    ("early data", "KeyUpdate requested by the client"),
    ("early data", "client certificate of another kind", "certificate after the handshake"),
    ("early data that is rejected", "KeyUpdate by both", "ALPN"),
    ("pre-shared key", "HelloRetryRequest"),
    ("pre-shared key", "certificate after the handshake"),
    ("stapled OCSP response", "chain of 12 certificates", "client certificate", "record_size_limit"),
    ("chain of 40 certificates", "client certificate", "heartbeat"),
    ("record_size_limit", "KeyUpdate by the client", "ALPN"),
]
