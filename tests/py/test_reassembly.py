"""TCP streams out of generated captures, in every disorder that loses nothing: they are what was sent.

tshark and libtins say the same."""

import random

import packets
import pytest
import streams
from packets import ACK, CLIENT, FIN, SYN, Conversation, Segment

SEEDS = range(4)
CONVERSATIONS = 80


# ---- disorders: from a conversation to its segments, as captured. All bytes are in them. ----


def plain(source, talk):
    return talk.segments()


def per_flight(change):
    """A disorder that changes each flight for itself; what acknowledges it stays behind."""

    def disorder(source, talk):
        flights = [packets.Flight(change(source, talk, list(flight.data)), flight.answer) for flight in talk.flights]
        return Conversation(talk.streams, flights).segments()

    disorder.__name__ = change.__name__
    return disorder


@per_flight
def reordered(source, talk, data):
    return source.sample(data, len(data))


@per_flight
def backwards(source, talk, data):
    return data[::-1]


@per_flight
def retransmitted(source, talk, data):
    for segment in source.choices(data, k=len(data)):
        data.insert(source.randint(data.index(segment), len(data)), segment)
    return data


@per_flight
def overlapping(source, talk, data):
    """Random runs of what is sent stand between the segments, and before them too."""
    first = data[0]
    start, end = first.offset, data[-1].offset + len(data[-1].data)
    for _ in range(len(data)):
        low = source.randint(start, end - 1)
        high = source.randint(low + 1, end)
        again = Segment(first.sender, low, talk.streams[first.sender][low:high], first.flags, first.ack)
        data.insert(source.randint(0, len(data)), again)
    return data


@per_flight
def sent_again_in_other_pieces(source, talk, data):
    first = data[0]
    end = data[-1].offset + len(data[-1].data)
    at, again = first.offset, []
    for piece in packets.cut(source, talk.streams[first.sender][at:end], 700):
        again.append(Segment(first.sender, at, piece, first.flags, first.ack))
        at += len(piece)
    both = data[::2] + again + data[1::2]
    return source.sample(both, len(both)) if source.random() < 0.5 else both


@per_flight
def with_window_probes(source, talk, data):
    """One byte goes ahead, and comes again with the rest: RFC 9293 section 3.8.6.1."""
    probed = []
    for segment in data:
        probed += [Segment(segment.sender, segment.offset, segment.data[:1], ACK, segment.ack), segment]
    return probed


def with_keep_alives(source, talk):
    """A byte of garbage before what was acknowledged, or none: RFC 9293 section 3.8.4."""
    kept = []
    for segment in talk.segments():
        kept.append(segment)
        if segment.offset > 0 and not segment.data and segment.flags == ACK:
            garbage = source.choice([b"", b"\0", b"?"])
            kept.append(Segment(segment.sender, segment.offset - 1, garbage, ACK, segment.ack))
    return kept


def without_acknowledgments(source, talk):
    return [segment for segment in talk.segments() if segment.data or segment.flags != ACK]


def with_its_syns_again(source, talk):
    segments = talk.segments()
    return [segments[0], segments[0], *segments[1:3], segments[1], *segments[3:6], segments[0], *segments[6:]]


def with_its_fins_early(source, talk):
    """The FINs overtake what is before them."""
    segments = talk.segments()
    for fin in [segment for segment in segments if segment.flags & FIN]:
        segments.remove(fin)
        last = max(i for i, segment in enumerate(segments) if segment.data and segment.sender == fin.sender)
        segments.insert(last, fin)
    return segments


def with_retransmissions_after_the_end(source, talk):
    segments = talk.segments()
    return segments + source.sample(segments, 5)


def without_a_syn_ack(source, talk):
    return [segment for segment in talk.segments() if segment.flags != SYN | ACK]


def without_a_syn(source, talk):
    return [segment for segment in talk.segments() if segment.flags != SYN]


def with_data_on_its_syn(source, talk):
    """TCP Fast Open, RFC 7413: the first segment stands in the SYN, and comes again."""
    first = talk.flights[0].data[0].data
    return [Segment(CLIENT, -1, first, SYN), *talk.segments()[1:]]


DISORDERS = [
    plain,
    reordered,
    backwards,
    retransmitted,
    overlapping,
    sent_again_in_other_pieces,
    with_window_probes,
    with_keep_alives,
    without_acknowledgments,
    with_its_syns_again,
    with_its_fins_early,
    with_retransmissions_after_the_end,
    without_a_syn_ack,
    without_a_syn,
    with_data_on_its_syn,
]
# What the oracles do not follow: tshark takes the garbage of a keep-alive for data; libtins wants a SYN from each side,
# no data on it, and the FIN last.
NOT_BY_TSHARK = {with_keep_alives}
NOT_BY_LIBTINS = {with_its_fins_early, without_a_syn_ack, without_a_syn, with_data_on_its_syn}


# ---- envelopes: from a TCP segment to the packets it is captured in ----


def in_ipv4(source, ends, sender, tcp):
    return [packets.ethernet(packets.ipv4(ends, sender, tcp))]


def in_ipv4_with_options(source, ends, sender, tcp):
    return [packets.ethernet(packets.ipv4(ends, sender, tcp, options=bytes([7, 7, 4, 0, 0, 0, 0, 1])))]


def in_padded_ethernet(source, ends, sender, tcp):
    packet = packets.ipv4(ends, sender, tcp)
    return [packets.ethernet(packet, padding=b"padding"[: max(0, 46 - len(packet))] or b"a frame check sequence"[:4])]


def before_segmentation_in_ipv4(source, ends, sender, tcp):
    return [packets.ethernet(packets.ipv4(ends, sender, tcp, tso=True))]


def before_segmentation_in_ipv6(source, ends, sender, tcp):
    return [packets.ethernet(packets.ipv6(ends, sender, tcp, tso=True))]


def in_a_vlan(source, ends, sender, tcp):
    return [packets.ethernet(packets.ipv4(ends, sender, tcp), tags=[0x8100])]


def in_stacked_vlans(source, ends, sender, tcp):
    return [packets.ethernet(packets.ipv6(ends, sender, tcp), tags=[0x88A8, 0x8100, 0x8100])]


def in_ipv6(source, ends, sender, tcp):
    return [packets.ethernet(packets.ipv6(ends, sender, tcp))]


def in_ipv6_with_extensions(source, ends, sender, tcp):
    return [packets.ethernet(packets.ipv6(ends, sender, tcp, extensions=[0, 60, 43, 51, 60]))]


def in_ipv4_fragments(source, ends, sender, tcp):
    number = source.randint(1, 65535)
    made = packets.ipv4_fragments(ends, sender, tcp, number, 8 * source.randint(3, 20))
    return [packets.ethernet(packet) for packet in source.sample(made, len(made))]


def in_ipv6_fragments(source, ends, sender, tcp):
    number = source.getrandbits(32)
    made = packets.ipv6_fragments(ends, sender, tcp, number, 8 * source.randint(3, 20))
    return [packets.ethernet(packet) for packet in source.sample(made, len(made))]


ENVELOPES = {
    in_ipv4: 4,
    in_ipv4_with_options: 4,
    in_padded_ethernet: 4,
    before_segmentation_in_ipv4: 4,
    before_segmentation_in_ipv6: 6,
    in_a_vlan: 4,
    in_stacked_vlans: 6,
    in_ipv6: 6,
    in_ipv6_with_extensions: 6,
    in_ipv4_fragments: 4,
    in_ipv6_fragments: 6,
}
NOT_BY_TSHARK |= {before_segmentation_in_ipv6}  # it does so for IPv4
NOT_BY_LIBTINS |= {before_segmentation_in_ipv6, in_ipv6_with_extensions, in_ipv6_fragments}


# ---- captures: many conversations at the same time ----


class Made:
    """A conversation that is in a capture."""

    def __init__(self, number, source, disorder, envelope):
        self.number = number
        self.disorder = disorder
        self.envelope = envelope
        self.talk = packets.talk(source)
        initial = tuple(source.choice([source.getrandbits(32), 2**32 - source.randint(1, 4000)]) for _ in range(2))
        self.ends = packets.ends(number, ENVELOPES[envelope], initial)
        options = source.choice([b"", bytes.fromhex("0101080a0000000100000002")])
        self.packets = [
            packet
            for segment in disorder(source, self.talk)
            for packet in envelope(source, self.ends, segment.sender, self.ends.tcp(segment, options))
        ]

    def __repr__(self):
        return f"{self.number}: {self.disorder.__name__} {self.envelope.__name__}"


def mixed(source, made):
    """Their packets, in one order that is that of each."""
    left = {conversation.number: list(conversation.packets) for conversation in made}
    turns = [number for number, waiting in left.items() for _ in waiting]
    source.shuffle(turns)
    return [left[number].pop(0) for number in turns]


@pytest.fixture(scope="module", params=SEEDS)
def made(request, tmp_path_factory):
    """Conversations of one seed, and the capture of them."""
    source = random.Random(request.param)
    kinds = [(disorder, envelope) for disorder in DISORDERS for envelope in ENVELOPES]
    chosen = source.sample(kinds, CONVERSATIONS)
    conversations = [Made(number, source, *kind) for number, kind in enumerate(chosen)]
    path = tmp_path_factory.mktemp("captures") / "mixed.pcap"
    path.write_bytes(packets.pcap(packets.timed(mixed(source, conversations))))
    return conversations, path


@pytest.mark.parametrize("piece", [0, 1000])
def test_all_bytes_that_were_sent_come_out_in_order(made, piece):
    conversations, path = made
    capture = streams.read(path, piece)
    assert capture.status == "OK"
    assert len(capture.flows) == len(conversations) == capture.notes["flows"]
    assert [c for c in conversations if capture.by_port(c.number).both() != c.talk.streams] == []


def test_nothing_is_faulty_where_nothing_is_missing(made):
    conversations, path = made
    capture = streams.read(path)
    flows = [(conversation, capture.by_port(conversation.number)) for conversation in conversations]
    assert [(c, flow.faults) for c, flow in flows if flow.faults != ([], [])] == []
    assert [(c, flow.how) for c, flow in flows if flow.how != {0: "fin", 1: "fin"}] == []
    assert all(flow.closed and flow.ends[0].endswith(f":{streams.port(c.number)}") for c, flow in flows)
    counted = {name: count for name, count in capture.notes.items() if count}
    assert set(counted) <= {"packets", "bytes", "segments", "fragments", "strays", "flows"}


@pytest.mark.parametrize(
    ("follow", "unable"),
    [(streams.tshark, NOT_BY_TSHARK), (streams.libtins, NOT_BY_LIBTINS)],
    ids=["tshark", "libtins"],
)
def test_others_follow_the_same_streams(made, follow, unable):
    conversations, path = made
    capture = streams.read(path)
    followed = follow(path, len(conversations))
    asked = [c for c in conversations if not {c.disorder, c.envelope} & unable]
    assert len(asked) > CONVERSATIONS / 3
    assert [c for c in asked if followed[streams.port(c.number)] != capture.by_port(c.number).both()] == []
