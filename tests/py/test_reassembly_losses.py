"""Captures that lost packets at random: what is there comes out in its place, and what is not is a hole.

tshark says the same.
"""

import random

import packets
import pytest
import streams
from packets import CLIENT
from test_reassembly import (
    Made,
    in_ipv4,
    in_ipv4_fragments,
    in_ipv6,
    in_ipv6_with_extensions,
    in_stacked_vlans,
    mixed,
    overlapping,
    plain,
    reordered,
    retransmitted,
    sent_again_in_other_pieces,
)

DISORDERS = (plain, reordered, retransmitted, overlapping, sent_again_in_other_pieces)
ENVELOPES = (in_ipv4, in_ipv4_fragments, in_ipv6, in_ipv6_with_extensions, in_stacked_vlans)
HEADERS_ONLY = 100  # bytes that no frame without data has
LOST = 0.1


class Lossy(Made):
    """A conversation of which a tenth of the packets with data were not captured."""

    def __init__(self, number, source, disorder, envelope):
        super().__init__(number, source, disorder, envelope)
        self.packets = [p for p in self.packets if len(p) < HEADERS_ONLY or source.random() > LOST]


@pytest.fixture(scope="module", params=range(3))
def made(request, tmp_path_factory):
    source = random.Random(100 + request.param)
    conversations = [
        Lossy(number, source, disorder, envelope)
        for number, (disorder, envelope) in enumerate((d, e) for d in DISORDERS for e in ENVELOPES)
    ]
    path = tmp_path_factory.mktemp("captures") / "lossy.pcap"
    path.write_bytes(packets.pcap(packets.timed(mixed(source, conversations))))
    return conversations, path, streams.read(path)


def in_place(parts, sent):
    """Whether each part is what was sent there, and all of them together are as long."""
    at = 0
    for part in parts:
        if isinstance(part, int):
            at += part
        else:
            if sent[at : at + len(part)] != part:
                return False
            at += len(part)
    return at == len(sent)


def test_what_was_captured_comes_out_in_its_place(made):
    conversations, _, capture = made
    flows = [(c, capture.by_port(c.number)) for c in conversations]
    wrong = [c for c, flow in flows if not all(map(in_place, flow.parts, c.talk.streams))]
    assert wrong == []
    assert sum(len(flow.faults[CLIENT]) for _, flow in flows) > 10
    assert {fault[0] for _, flow in flows for fault in flow.faults[0] + flow.faults[1]} == {"hole"}


def as_tshark_writes(parts):
    """tshark says nothing of what is missing behind the last byte."""
    shown = parts[:-1] if isinstance(parts[-1], int) else parts
    return b"".join(p if isinstance(p, bytes) else b"[%d bytes missing in capture file]\0" % p for p in shown)


def test_tshark_finds_the_same_holes(made):
    conversations, path, capture = made
    followed = streams.tshark(path, len(conversations))
    flows = {streams.port(c.number): capture.by_port(c.number) for c in conversations}
    assert {port: tuple(map(as_tshark_writes, flow.parts)) for port, flow in flows.items()} == followed
