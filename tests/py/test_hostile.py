"""A good handshake with a byte altered, or its end missing, at every place: nobody is fooled, and the trace says so.

The lab shakes hands anew each time, with a certificate and groups whose messages always have the same length, so that a
place is a sender and an offset in what it sends.
"""

from dataclasses import dataclass

import hsinspect
import pytest
from hsinspect import lab, lab_wire

SAID = {"client": b"question", "server": b"answer"}
HANDSHAKES = {version: {"cipher": "AES-128-GCM", "certificate": "Ed25519"} for version in ("TLSv1.2", "TLSv1.3")}
BOTH = [(version, sender) for version in HANDSHAKES for sender in SAID]
LONG = 200
HANDSHAKE, CHANGE_CIPHER_SPEC, APPLICATION_DATA = 22, 20, 23


@pytest.fixture(autouse=True)
def every_trace_is_its_replay_and_its_pickle():
    """These tests make thousands of traces and compare each once, in `play`."""


def outline(trace):
    """What happened and how it was judged."""
    events = [type(event).__name__ for event in trace.events]
    return events, [record.state for record in trace.records], [(check.name, check.ok) for check in trace.checks]


@pytest.fixture
def play(monkeypatch):
    """Plays a handshake and a talk; gives the trace and what each side's session then read."""
    read = {}

    def read_all(session):
        while True:
            read["server" if session.server_side else "client"] += session.read(100)

    monkeypatch.setattr(lab_wire, "read_all", read_all)

    def played(version, tamper):
        read.update(client=b"", server=b"")
        trace = lab.run(version, **HANDSHAKES[version], request=SAID["client"], response=SAID["server"], tamper=tamper)
        assert trace.finished
        replayed = hsinspect.Trace(trace.dumps())
        assert outline(replayed) == outline(trace)
        if len(trace.records) % 7 == 0:  # all there is to see costs more than the handshake
            assert replayed.to_dict(secrets=True) == trace.to_dict(secrets=True)
        assert SAID["server"].startswith(read["client"]) and SAID["client"].startswith(read["server"])
        return trace, dict(read)

    return played


def sent(play, version, sender):
    """The records that a side sends in a good handshake, and after it."""
    records = []

    def note(who, index, record):
        records.append(record) if who == sender else None
        return record

    trace, read = play(version, note)
    assert not trace.errors and read == {"client": SAID["server"], "server": SAID["client"]}
    return records


@dataclass(frozen=True, slots=True)
class Place:
    """A byte: in which of its sender's records it is, where in it (from its header on), and the bits that change."""

    version: str
    index: int
    type: int
    length: int
    offset: int
    mask: int


def offsets(record, step):
    """Each byte; of what is long, a certificate or a ticket, every `step`-th."""
    return range(0, len(record), step if len(record) > LONG else 1)


def places(version, records, mask, step):
    for index, record in enumerate(records):
        for offset in offsets(record, step):
            yield Place(version, index, record[0], len(record), offset, mask)


def altering(sender, place):
    """A tamper function that alters the byte of the place."""
    left = [place.index]

    def tamper(who, index, record):
        if who != sender:
            return record
        left[0] -= 1
        if left[0] != -1:
            return record
        assert len(record) == place.length
        return record[: place.offset] + bytes([record[place.offset] ^ place.mask]) + record[place.offset + 1 :]

    return tamper


# ---- what is not noticed, measured with GnuTLS 3.7.9, and what the trace has to say to it ----


def is_first_version(place):
    """The minor version of a first record is for nobody: RFC 5246 appendix E.1, RFC 8446 section 5.1."""
    return place.index == 0 and place.offset == 2


def is_change_cipher_spec(place):
    """Before TLS 1.3 GnuTLS takes any byte for the one of a ChangeCipherSpec."""
    return place.version == "TLSv1.2" and place.type == CHANGE_CIPHER_SPEC and place.offset == 5


def is_outer_type(place):
    """In TLS 1.3 GnuTLS authenticates a constant outer type instead of the record's, RFC 8446 section 5.2."""
    protected = place.version == "TLSv1.3" and place.type == APPLICATION_DATA and place.offset == 0
    return protected and APPLICATION_DATA ^ place.mask == HANDSHAKE


UNNOTICED = (is_first_version, is_change_cipher_spec, is_outer_type)


def failed_checks(trace):
    return [check.name for check in trace.checks if check.ok is False]


def judge_unnoticed(place, trace, read):
    """Nobody failed: then it is one of those places, all that was said arrived, and the trace is right about it."""
    assert [why for why in UNNOTICED if why(place)], f"nobody noticed {place}"
    assert read == {"client": SAID["server"], "server": SAID["client"]}
    if is_first_version(place):
        trace.verify(rules=True)
    elif is_change_cipher_spec(place):
        assert failed_checks(trace) == ["rule.record.change_cipher_spec"]
    else:
        (record,) = (record for record in trace.records if record.sent is not None)
        assert record.ok is False and f"mac.record[{record.index}]" in failed_checks(trace)


def judge_noticed(trace):
    """Somebody failed: it was that side's own decision, told by an alert or by the bytes that never came."""
    assert set(trace.errors) <= set(SAID)
    deciders = 0
    for side, error in trace.errors.items():
        assert isinstance(error, hsinspect.Error) and error.reason
        deciders += isinstance(error, hsinspect.UnexpectedEOFError) or error.alert[0] == side
    assert deciders


def judge_records(trace):
    """What is in a record whose MAC failed reached nothing, and data is what was said."""
    rejected = {record.index for record in trace.records if record.ok is False}
    fed = {event.record.index for event in trace.events if getattr(event, "record", None) is not None}
    fed |= {record.index for message in trace.messages for record in message.records}
    assert not rejected & fed
    for sender, said in SAID.items():
        assert said.startswith(trace.application_data(sender))


@pytest.mark.parametrize(("mask", "step"), [(0x01, 1), (0x80, 7)])
@pytest.mark.parametrize(("version", "sender"), BOTH)
def test_an_altered_byte_is_noticed_or_is_one_that_nobody_looks_at(play, version, sender, mask, step):
    unnoticed = 0
    for place in places(version, sent(play, version, sender), mask, step):
        trace, read = play(version, altering(sender, place))
        judge_records(trace)
        if trace.errors:
            judge_noticed(trace)
        else:
            judge_unnoticed(place, trace, read)
            unnoticed += 1
    assert unnoticed < 20


# ---- a handshake that ends too early ----


def cutting(sender, length):
    """A tamper function after which nothing of the sender's arrives but the first bytes."""
    left = [length]

    def tamper(who, index, record):
        if who != sender:
            return record
        arrives = record[: left[0]]
        left[0] -= len(arrives)
        return arrives

    return tamper


@pytest.mark.parametrize(("version", "sender"), BOTH)
def test_a_handshake_that_ends_anywhere_ends_there_in_the_trace(play, version, sender):
    records = sent(play, version, sender)
    starts = [sum(len(record) for record in records[:index]) for index in range(len(records))]
    for length in [start + cut for start, record in zip(starts, records, strict=True) for cut in offsets(record, 7)]:
        trace, _ = play(version, cutting(sender, length))
        judge_records(trace)
        arrived = b"".join(r.header + r.fragment for r in trace.records if r.sender == sender)
        assert len(arrived) == length
        assert [close.kind for close in trace.closes if close.sender == sender and close.record is None] == ["fin"]
        judge_noticed(trace)
