"""Published handshakes with a byte altered, or their end missing, at every place: the trace can be looked at from every
side, says that something is wrong, and offers nothing from a record whose MAC failed.
"""

import json

import hsinspect
import pytest
from test_vectors import DATA, ILLUSTRATED, RFC8448, TLS12_WIRE, TLS13_WIRE, pre_shared_key, published, shared_secret

HEADER = 5
LONG, STEP = 200, 7  # what is longer, a certificate, is much the same all along


def illustrated(version, names):
    return [(name[:6], (DATA / f"illustrated-tls{version}" / "caps" / name).read_bytes()) for name in names]


def from_rfc(name):
    vector = published(name)
    records = [("client" if r["dir"] == "c2s" else "server", bytes.fromhex(r["record"])) for r in vector["records"]]
    return {"shared secret": bytes.fromhex(shared_secret(vector)), "PSK": pre_shared_key(vector)}, records


CONNECTIONS = {name: from_rfc(name) for name in RFC8448} | {
    "illustrated-tls12": (
        {"premaster secret": bytes.fromhex(ILLUSTRATED["tls12"]["premaster"])},
        illustrated("12", TLS12_WIRE),
    ),
    "illustrated-tls13": (
        {"shared secret": bytes.fromhex(ILLUSTRATED["tls13"]["shared_secret"])},
        illustrated("13", TLS13_WIRE),
    ),
}


@pytest.fixture(autouse=True)
def every_trace_is_its_replay_and_its_pickle():
    """These tests make thousands of traces and compare each once, in `look`."""


def trace_of(secrets, records, end=None):
    journal = hsinspect.Journal()
    for label, value in secrets.items():
        if label == "PSK":
            journal.psk(None, value)
        else:
            journal.secret(label, value)
    for sender, data in records:
        journal.wire(sender, data)
    if end is not None:
        journal.end(end, "truncated")
    return journal.trace()


def verified(trace, rules=False):
    try:
        trace.verify(rules=rules)
    except hsinspect.VerificationError:
        return False
    return True


def look(trace, printed):
    """Everything there is to see; True: all that can be recomputed is right."""
    assert hsinspect.Trace(trace.dumps()).to_dict(secrets=True) == trace.to_dict(secrets=True)
    if printed:
        assert str(trace)
        json.dumps(trace.to_dict())
    for message in trace.messages:
        assert b"".join(field.raw for field in message.fields.leaves()) == message.raw
    rejected = {record.index for record in trace.records if record.ok is False}
    fed = {event.record.index for event in trace.events if getattr(event, "record", None) is not None}
    fed |= {record.index for message in trace.messages for record in message.records}
    assert not rejected & fed
    return verified(trace)


def offsets(record):
    return range(0, len(record), STEP if len(record) > LONG else 1)


@pytest.mark.parametrize("name", CONNECTIONS)
def test_every_beginning_of_a_capture_is_a_trace(name):
    secrets, records = CONNECTIONS[name]
    for index, (sender, record) in enumerate(records):
        for cut in offsets(record):
            trace = trace_of(secrets, [*records[:index], (sender, record[:cut])], end=sender)
            assert look(trace, printed=cut == 6)
            assert len(trace.records) == index + (cut > 0)
            if cut:
                assert (trace.records[-1].state, trace.records[-1].ok) == ("cut", None)
                assert trace.records[-1].reason
            assert trace.closes[-1].kind == "truncated"
            assert not trace.complete or index > 0


def data_of(trace, sender):
    return [e.data for e in trace.events if isinstance(e, hsinspect.ApplicationData) and e.sender == sender]


def is_part(some, all_of_them):
    """Are these some of them, in their order?"""
    rest = iter(all_of_them)
    return all(item in rest for item in some)


@pytest.mark.parametrize("name", CONNECTIONS)
def test_an_altered_byte_of_a_capture_is_seen_and_adds_no_data(name):
    secrets, records = CONNECTIONS[name]
    good = trace_of(secrets, records)
    assert verified(good, rules=True)
    agreed = next(m for m in good.messages if m.name == "ServerHello").records[-1].index
    for index, (sender, record) in enumerate(records):
        for offset in offsets(record):
            altered = record[:offset] + bytes([record[offset] ^ 0x01]) + record[offset + 1 :]
            trace = trace_of(secrets, [*records[:index], (sender, altered), *records[index + 1 :]])
            right = look(trace, printed=offset == 6) and verified(trace, rules=True)
            for side in ("client", "server"):
                assert is_part(data_of(trace, side), data_of(good, side)), (index, offset)
            # no version is agreed on up to the ServerHello: RFC 5246 appendix E.1, RFC 8446 section 5.1
            unseen = right and trace.complete >= good.complete and trace.records[-1].state != "cut"
            plain = good.records[index].mac is None  # early data is protected before that
            assert unseen == (index <= agreed and offset == 2 and plain), (index, offset)
