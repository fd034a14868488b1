"""What a capture lacks, or has twice and otherwise, is told where it is, and the rest is given by csrc/capture."""

import random

import packets
import pytest
import streams
from packets import ACK, CLIENT, FIN, RST, SERVER, SYN, Segment

SENT = random.Random(5).randbytes(40_000)
SIZE = 1000


def request(start=0, end=10 * SIZE):
    """The client's segments of these bytes."""
    return [Segment(CLIENT, at, SENT[at : min(end, at + SIZE)], ack=0) for at in range(start, end, SIZE)]


def acknowledged(upto):
    return Segment(SERVER, 0, ack=upto)


def in_ipv4(segments, number=1, initial=(1000, 2000)):
    ends = packets.ends(number, 4, initial)
    return [packets.ethernet(packets.ipv4(ends, segment.sender, ends.tcp(segment))) for segment in segments]


@pytest.fixture
def read(tmp_path):
    """Reads segments, or frames, as a capture of them."""

    def read_them(segments=(), frames=None, piece=0):
        path = tmp_path / "capture.pcap"
        path.write_bytes(packets.pcap(packets.timed(in_ipv4(segments)) if frames is None else frames))
        capture = streams.read(path, piece)
        assert capture.status == "OK"
        assert all(flow.closed for flow in capture.flows)
        return capture

    return read_them


def client(capture):
    """(bytes, faults) of what the client sent, in the only flow."""
    (flow,) = capture.flows
    return bytes(flow.streams[CLIENT]), flow.faults[CLIENT]


# ---- holes ----


def test_a_hole_is_final_when_the_other_side_acknowledged_what_is_behind_it(read):
    segments = [*packets.handshake(), *request()]
    del segments[5]
    found, faults = client(read([*segments, acknowledged(10 * SIZE), *request(20 * SIZE, 21 * SIZE)]))
    assert found == SENT[: 2 * SIZE] + SENT[3 * SIZE : 10 * SIZE] + SENT[20 * SIZE : 21 * SIZE]
    assert faults == [
        ("hole", 2 * SIZE, SIZE, 13),
        ("hole", 10 * SIZE, 10 * SIZE, 14),
    ]  # the second with the file's end


def test_what_comes_before_the_acknowledgment_is_no_hole(read):
    late = request(2 * SIZE, 3 * SIZE)
    segments = [*packets.handshake(), *request(0, 2 * SIZE), *request(3 * SIZE), acknowledged(2 * SIZE), *late]
    assert client(read([*segments, acknowledged(10 * SIZE)])) == (SENT[: 10 * SIZE], [])


def test_an_acknowledgment_that_overtook_the_data_makes_no_hole(read):
    segments = [*packets.handshake(), acknowledged(10 * SIZE), *request()]
    assert client(read(segments)) == (SENT[: 10 * SIZE], [])


def test_several_holes_come_in_order_with_the_bytes_between_them(read):
    segments = [*packets.handshake(), *request(SIZE, 2 * SIZE), *request(4 * SIZE, 6 * SIZE), acknowledged(6 * SIZE)]
    capture = read(segments)
    assert client(capture)[1] == [("hole", 0, SIZE, 7), ("hole", 2 * SIZE, 2 * SIZE, 7)]
    told = [line.split()[0] for line in capture.log if line.split()[0] in ("bytes", "fault")]
    assert told == ["fault", "bytes", "fault", "bytes", "bytes"]  # a piece for each page that held them


def test_bytes_at_the_end_that_were_acknowledged_are_a_hole(read):
    assert client(read([*packets.handshake(), *request(), acknowledged(12 * SIZE)])) == (
        SENT[: 10 * SIZE],
        [("hole", 10 * SIZE, 2 * SIZE, 14)],
    )


def test_an_acknowledged_fin_that_was_not_captured_is_none(read):
    assert client(read([*packets.handshake(), *request(), acknowledged(10 * SIZE + 1)])) == (SENT[: 10 * SIZE], [])


def test_a_hole_before_a_fin_is_final_when_the_fin_is_acknowledged(read):
    fin = Segment(CLIENT, 12 * SIZE, flags=FIN | ACK)
    capture = read([*packets.handshake(), *request(), fin, acknowledged(12 * SIZE + 1)])
    assert client(capture) == (SENT[: 10 * SIZE], [("hole", 10 * SIZE, 2 * SIZE, 15)])
    assert capture.flows[0].how == {CLIENT: "fin"}


def test_without_the_other_direction_holes_are_final_at_the_end(read):
    segments = [Segment(CLIENT, -1, flags=SYN), *request(0, 2 * SIZE), *request(5 * SIZE, 6 * SIZE)]
    assert client(read(segments)) == (
        SENT[: 2 * SIZE] + SENT[5 * SIZE : 6 * SIZE],
        [("hole", 2 * SIZE, 3 * SIZE, 4)],
    )


def test_a_hole_is_final_when_more_waits_than_may(read):
    """limits.h: 8 MiB for a direction. In one direction only, so that nothing is acknowledged."""
    size = 60_000
    data = random.Random(1).randbytes(size)
    segments = [Segment(CLIENT, 10 + size * i, data) for i in range(200)]
    capture = read([Segment(CLIENT, -1, flags=SYN), *segments])
    found, faults = client(capture)
    assert found == 200 * data
    assert faults == [("hole", 0, 10, 2 + (8 << 20) // size)]


def test_a_hole_larger_than_what_may_wait_is_believed_from_its_second_segment_on(read):
    far = [Segment(CLIENT, (100 << 20) + SIZE * i, SENT[SIZE * i : SIZE * (i + 1)]) for i in range(3)]
    found, faults = client(read([Segment(CLIENT, -1, flags=SYN), *request(), *far]))
    assert found == SENT[: 10 * SIZE] + SENT[SIZE : 3 * SIZE]
    assert faults == [("hole", 10 * SIZE, (100 << 20) + SIZE - 10 * SIZE, 13)]


def test_one_segment_with_a_wrong_sequence_number_changes_nothing(read):
    wrong = Segment(CLIENT, 500 << 20, b"of another connection", FIN | ACK)
    segments = [*packets.handshake(), *request(0, SIZE), wrong, *request(SIZE)]
    assert client(read(segments)) == (SENT[: 10 * SIZE], [])


# ---- a start that is missing ----


def test_a_flow_whose_syn_is_missing_says_so_in_both_directions(read):
    answer = Segment(SERVER, 500, b"answer", ack=3 * SIZE)
    (flow,) = read([*request(2 * SIZE, 3 * SIZE), answer]).flows
    assert flow.both() == (SENT[2 * SIZE : 3 * SIZE], b"answer")
    assert flow.faults == ([("start", 0, 0, 1)], [("start", 0, 0, 2)])


def test_what_was_sent_before_the_first_segment_that_was_captured_is_left_out(read):
    found, faults = client(read([*request(2 * SIZE, 3 * SIZE), *request(0, 4 * SIZE)]))
    assert found == SENT[2 * SIZE : 4 * SIZE]
    assert faults == [("start", 0, 0, 1)]


def test_ends_are_those_of_the_syn_even_where_only_its_answer_was_captured(read):
    (flow,) = read(packets.handshake()[1:]).flows
    assert flow.ends == ("0a000001:20001", "c0000201:443")


def test_segments_without_data_open_no_flow(read):
    capture = read(
        [Segment(CLIENT, 0), acknowledged(5), Segment(CLIENT, 0, flags=FIN | ACK), Segment(SERVER, 0, flags=RST)]
    )
    assert (capture.flows, capture.notes["segments"], capture.notes["strays"]) == ([], 4, 0)


def test_a_keep_alive_is_not_taken_for_the_first_byte(read):
    keep_alive = Segment(CLIENT, 2 * SIZE - 1, b"\0")
    assert client(read([keep_alive, acknowledged(2 * SIZE), *request(2 * SIZE, 3 * SIZE)])) == (
        SENT[2 * SIZE : 3 * SIZE],
        [("start", 0, 0, 3)],
    )


# ---- conflicts: the bytes that came first stay ----


def changed(data, *places):
    altered = bytearray(data)
    for place in places:
        altered[place] ^= 1
    return bytes(altered)


def test_other_bytes_for_what_waits_are_a_conflict(read):
    again = Segment(CLIENT, 2 * SIZE, changed(SENT[2 * SIZE : 4 * SIZE], 300, 1500))
    segments = [*packets.handshake(), *request(SIZE, 4 * SIZE), again, *request(0, SIZE)]
    assert client(read(segments)) == (SENT[: 4 * SIZE], [("conflict", 2 * SIZE + 300, 1201, 7)])


def test_other_bytes_for_what_was_given_are_a_conflict(read):
    again = Segment(CLIENT, 2 * SIZE, changed(SENT[2 * SIZE : 5 * SIZE], 7))
    segments = [*packets.handshake(), *request(0, 4 * SIZE), again, *request(5 * SIZE)]
    assert client(read(segments)) == (SENT[: 10 * SIZE], [("conflict", 2 * SIZE + 7, 1, 8)])


def test_retransmissions_are_compared_with_the_last_8192_bytes(read):
    def with_change_at(offset):
        again = Segment(CLIENT, offset, changed(SENT[offset : offset + 10], 0))
        return client(read([*packets.handshake(), *request(0, 20 * SIZE), again]))[1]

    assert with_change_at(20 * SIZE - 8192) == [("conflict", 20 * SIZE - 8192, 1, 24)]
    assert with_change_at(20 * SIZE - 8193) == []


# ---- packets that were cut when they were captured ----


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("snaplen", [54 + 20, 200, 900])
def test_the_rest_of_a_cut_packet_is_told_with_its_length(read, snaplen, version):
    ends = packets.ends(1, version)
    envelope = packets.ipv4 if version == 4 else packets.ipv6
    made = [packets.ethernet(envelope(ends, s.sender, ends.tcp(s))) for s in [*packets.handshake(), *request()]]
    frames = [packets.snapped(frame, snaplen) for frame in packets.timed(made)]
    found, faults = client(read(frames=frames))
    kept = max(0, snaplen - (54 if version == 4 else 74))
    assert found == b"".join(SENT[at : at + kept] for at in range(0, 10 * SIZE, SIZE))
    assert faults == [("cut", at * SIZE + kept, SIZE - kept, 4 + at) for at in range(10)]


def test_cut_packets_may_come_out_of_order(read):
    made = in_ipv4([*packets.handshake(), *request(SIZE, 4 * SIZE), *request(0, SIZE)])
    frames = [packets.snapped(frame, 54 + 600) for frame in packets.timed(made)]
    found, faults = client(read(frames=frames))
    assert found == b"".join(SENT[at : at + 600] for at in range(0, 4 * SIZE, SIZE))
    assert faults == [("cut", at * SIZE + 600, 400, 7) for at in range(4)]


# ---- how flows end, and begin again ----


def test_nothing_follows_a_fin(read):
    segments = [
        *packets.handshake(),
        *request(),
        Segment(CLIENT, 10 * SIZE, flags=FIN | ACK),
        *request(10 * SIZE, 12 * SIZE),
    ]
    capture = read(segments)
    assert client(capture) == (SENT[: 10 * SIZE], [])
    assert capture.flows[0].how == {CLIENT: "fin"}


def test_a_fin_may_stand_on_data(read):
    last = Segment(CLIENT, 9 * SIZE, SENT[9 * SIZE : 10 * SIZE], FIN | ACK)
    capture = read([*packets.handshake(), *request(0, 9 * SIZE), last])
    assert client(capture) == (SENT[: 10 * SIZE], [])
    assert capture.flows[0].how == {CLIENT: "fin"}


def test_after_a_reset_what_the_other_side_had_on_its_way_is_given(read):
    reset = Segment(CLIENT, SIZE, flags=RST)
    segments = [
        *packets.handshake(),
        *request(0, SIZE),
        reset,
        *request(SIZE),
        Segment(SERVER, 0, b"on its way", ack=SIZE),
    ]
    (flow,) = read(segments).flows
    assert flow.both() == (SENT[:SIZE], b"on its way")
    assert flow.how == {CLIENT: "rst"}


def test_a_reset_far_from_the_stream_is_of_no_flow(read):
    segments = [*packets.handshake(), *request(0, SIZE), Segment(CLIENT, 99 << 20, flags=RST), *request(SIZE)]
    assert client(read(segments)) == (SENT[: 10 * SIZE], [])


def test_a_refused_connection_ends_with_its_reset(read):
    (flow,) = read([Segment(CLIENT, -1, flags=SYN), Segment(SERVER, -1, flags=RST | ACK)]).flows
    assert flow.how == {SERVER: "rst"}
    assert flow.both() == (b"", b"")


def test_a_reset_flow_is_closed_when_two_seconds_have_passed(read):
    first = [*packets.handshake(), Segment(CLIENT, 0, flags=RST)]
    frames = packets.timed(in_ipv4(first, 1)) + packets.timed(
        in_ipv4(packets.handshake(), 2), 1_700_000_002_100_000_000
    )
    log = [line.split()[:2] for line in read(frames=frames).log if line.startswith(("open", "close"))]
    assert log == [["open", "1"], ["open", "2"], ["close", "1"], ["close", "2"]]


def test_ports_that_are_used_again_begin_another_flow(read):
    first = [*packets.handshake(), *request(0, SIZE), *packets.goodbye([SIZE, 0])]
    again = [*packets.handshake(), *request(SIZE, 2 * SIZE)]
    frames = packets.timed(in_ipv4(first) + in_ipv4(again, initial=(77777, 88888)))
    one, other = read(frames=frames).flows
    assert (bytes(one.streams[CLIENT]), bytes(other.streams[CLIENT])) == (SENT[:SIZE], SENT[SIZE : 2 * SIZE])
    assert one.how == {CLIENT: "fin", SERVER: "fin"}


def test_another_syn_closes_a_flow_that_never_ended(read):
    made = in_ipv4([*packets.handshake(), *request(0, SIZE)]) + in_ipv4(packets.handshake(), initial=(5, 6))
    log = [line.split()[:2] for line in read(frames=packets.timed(made)).log if line.startswith(("open", "close"))]
    assert log == [["open", "1"], ["close", "1"], ["open", "2"], ["close", "2"]]


def test_data_far_from_a_closed_flow_is_another_whose_start_is_missing(read):
    first = [*packets.handshake(), *request(0, SIZE), *packets.goodbye([SIZE, 0])]
    _, other = read([*first, Segment(CLIENT, 700 << 20, b"another")]).flows
    assert bytes(other.streams[CLIENT]) == b"another"
    assert other.faults[CLIENT] == [("start", 0, 0, 8)]


def test_both_may_open_at_the_same_time(read):
    """RFC 9293 section 3.5, figure 7."""
    syns = [Segment(CLIENT, -1, flags=SYN), Segment(SERVER, -1, flags=SYN)]
    answers = [Segment(CLIENT, -1, flags=SYN | ACK), Segment(SERVER, -1, flags=SYN | ACK)]
    (flow,) = read([*syns, *answers, *request(), Segment(SERVER, 0, b"hello", ack=0)]).flows
    assert flow.both() == (SENT[: 10 * SIZE], b"hello")
    assert flow.faults == ([], [])


def test_a_syn_ack_that_was_asked_for_again_may_begin_elsewhere(read):
    """A server that keeps no state before the handshake is done (SYN cookies) chooses anew."""
    made = in_ipv4(packets.handshake()[:2]) + in_ipv4(packets.handshake()[1:], initial=(1000, 70_000))
    made += in_ipv4([Segment(SERVER, 0, b"hello", ack=0)], initial=(1000, 70_000))
    (flow,) = read(frames=packets.timed(made)).flows
    assert (bytes(flow.streams[SERVER]), flow.faults[SERVER]) == (b"hello", [])


def test_a_syn_ack_for_another_syn_is_of_another_connection(read):
    """The ports were used again, and the SYN was not captured."""
    made = in_ipv4(packets.handshake()[:2]) + in_ipv4(packets.handshake()[1:], initial=(40_000, 70_000))
    made += in_ipv4(request(0, SIZE), initial=(40_000, 70_000))
    first, other = read(frames=packets.timed(made)).flows
    assert (first.both(), other.both()) == ((b"", b""), (SENT[:SIZE], b""))
    assert other.faults == ([], [])


def test_the_same_syn_may_try_again_after_a_reset(read):
    refused = [Segment(CLIENT, -1, flags=SYN), Segment(SERVER, -1, flags=RST | ACK)]
    first, other = read([*refused, *packets.handshake(), *request(0, SIZE)]).flows
    assert first.how == {SERVER: "rst"}
    assert other.both() == (SENT[:SIZE], b"")


# ---- fragments ----


def fragments(data, number=9, version=4):
    ends = packets.ends(1, version)
    tcp = ends.tcp(Segment(CLIENT, 0, data))
    cut = packets.ipv4_fragments if version == 4 else packets.ipv6_fragments
    return [packets.ethernet(packet) for packet in cut(ends, CLIENT, tcp, number, 400)]


@pytest.mark.parametrize("version", [4, 6])
def test_a_datagram_without_one_of_its_fragments_is_dropped(read, version):
    made = fragments(SENT[:2000], version=version)
    capture = read(frames=packets.timed(made[:2] + made[3:]))
    assert (capture.flows, capture.notes["fragments"], capture.notes["fragments_dropped"]) == ([], 6 - 1, 6 - 1)


@pytest.mark.parametrize("version", [4, 6])
def test_of_fragments_that_overlap_the_first_bytes_are_kept(read, version):
    made = fragments(SENT[:2000], version=version)
    others = fragments(changed(SENT[:2000], *range(2000)), version=version)
    mixed = [made[0], others[0], made[1], others[1], made[2], others[2], *made[3:]]
    assert client(read(frames=packets.timed(mixed)))[0] == SENT[:2000]


def test_a_fragment_that_waited_for_half_a_minute_is_not_put_together_with_another_datagram(read):
    made = fragments(SENT[:2000])
    frames = packets.timed(made[:3]) + packets.timed(made[3:], 1_700_000_031_000_000_000)
    capture = read(frames=frames)
    assert (capture.flows, capture.notes["fragments_dropped"]) == ([], 6)


def test_fragments_of_two_datagrams_are_told_apart(read):
    made = [frame for pair in zip(fragments(SENT[:2000]), fragments(SENT[:2000], 10), strict=True) for frame in pair]
    capture = read(frames=packets.timed(made))
    assert client(capture)[0] == SENT[:2000]
    assert capture.notes["fragments_dropped"] == 0
