"""Capture files of every kind give the same streams, however they are cut and damaged. Read by csrc/capture."""

import random
import struct
import sys

import packets
import pytest
import streams
from packets import CLIENT, SYN, Frame, Pcapng, Segment

TALK = packets.talk(random.Random(3), flights=4)
START = 1_700_000_000_123_456_789


def in_ip(version=4, number=1):
    """The packets of TALK."""
    ends = packets.ends(number, version)
    envelope = packets.ipv4 if version == 4 else packets.ipv6
    return [envelope(ends, segment.sender, ends.tcp(segment)) for segment in TALK.segments()]


def frames(wrap=packets.ethernet, version=4, number=1):
    return packets.timed([wrap(packet) for packet in in_ip(version, number)], START)


@pytest.fixture
def read(tmp_path):
    def read_bytes(content, piece=0):
        path = tmp_path / "capture"
        path.write_bytes(content)
        return streams.read(path, piece)

    return read_bytes


# ---- link types ----

LINKS = [
    (0, packets.family),
    (0, lambda packet: packets.family(packet, ">", 24)),
    (0, lambda packet: packets.family(packet, "<", 28)),
    (0, lambda packet: packets.family(packet, "<", 30)),
    (1, packets.ethernet),
    (1, lambda packet: packets.ethernet(packet, tags=[0x8100, 0x88A8, 0x9100])),
    (1, packets.pppoe),
    (9, packets.ppp),
    (9, lambda packet: packets.ppp(packet)[2:]),  # without address and control
    (50, packets.ppp),
    (12, packets.raw),
    (14, packets.raw),
    (101, packets.raw),
    (108, lambda packet: packets.family(packet, ">", 24)),
    (113, packets.sll),
    (276, packets.sll2),
]
NOT_BY_TSHARK = {(0, packets.family, 6)}  # it does not know the AF_INET6 of Linux


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize(("link_type", "wrap"), LINKS, ids=lambda value: value if isinstance(value, int) else "")
def test_every_link_type_gives_the_streams_that_were_sent_and_tshark_follows(tmp_path, link_type, wrap, version):
    path = tmp_path / "capture"
    path.write_bytes(packets.pcap(frames(wrap, version), link_type))
    (flow,) = streams.read(path).flows
    assert flow.both() == TALK.streams
    if (link_type, wrap, version) not in NOT_BY_TSHARK:
        assert streams.tshark(path, 1) == {streams.port(1): TALK.streams}


@pytest.mark.parametrize(("link_type", "version"), [(228, 4), (229, 6)])
def test_link_types_of_one_version_of_ip(read, link_type, version):
    assert read(packets.pcap(frames(packets.raw, version), link_type)).flows[0].both() == TALK.streams


def test_what_is_no_tcp_is_counted(read):
    ends = packets.ends(1)
    arp = bytes(12) + b"\x08\x06" + bytes(28)
    udp = packets.ethernet(packets.ipv4(ends, CLIENT, bytes(20), protocol=packets.UDP))
    short = packets.ethernet(packets.ipv4(ends, CLIENT, bytes(11)))
    notes = read(packets.pcap(packets.timed([arp, udp, short, udp[:20], arp[:13], b""]))).notes
    assert (notes["packets"], notes["not_ip"], notes["not_tcp"], notes["malformed"]) == (6, 1, 1, 4)


def test_packets_of_a_link_type_that_is_not_known_are_counted(read):
    assert read(packets.pcap(frames(), 147)).notes["unknown_links"] == len(frames())


# ---- pcap ----


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("magic", [0xA1B2C3D4, 0xA1B23C4D, 0xA1B2CD34])
def test_every_kind_of_pcap(read, order, magic):
    (flow,) = read(packets.pcap(frames(), order=order, magic=magic)).flows
    assert flow.both() == TALK.streams
    assert flow.time_ns == (START if magic == 0xA1B23C4D else START // 1000 * 1000)


def test_what_a_link_type_says_about_check_sequences_is_no_part_of_it(read):
    assert read(packets.pcap(frames(), 0x4400_0001)).flows[0].both() == TALK.streams


# ---- pcapng ----


def pcapng(*parts):
    return b"".join(parts)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("block", [Pcapng.enhanced, Pcapng.obsolete, Pcapng.simple])
def test_every_packet_block_of_pcapng(read, order, block):
    file = Pcapng(order)
    content = pcapng(file.section(), file.interface(), *[block(file, frame) for frame in frames()])
    (flow,) = read(content).flows
    assert flow.both() == TALK.streams
    assert flow.time_ns == (0 if block is Pcapng.simple else START // 1000 * 1000)


@pytest.mark.parametrize(
    ("resolution", "ticks", "expected"),
    [
        (None, 1_700_000_000_123_456, 1_700_000_000_123_456_000),
        (0, 1_700_000_000, 1_700_000_000_000_000_000),
        (3, 1_700_000_000_123, 1_700_000_000_123_000_000),
        (9, START, START),
        (12, 1_700_000_000_123_456, 1_700_000_000_123),
        (19, 12_345_678_901_234_567_890, 1_234_567_890),
        (0x80 | 1, 3_400_000_001, 1_700_000_000_500_000_000),
        (0x80 | 32, 1_700_000_000 << 32 | 1 << 30, 1_700_000_000_250_000_000),
        (0x80 | 60, 3 << 60 | 5 << 57, 3_625_000_000),
    ],
)
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("offset", [0, 3600, -1])
def test_times_count_as_their_interface_says(read, resolution, ticks, expected, order, offset):
    file = Pcapng(order)
    head = pcapng(file.section(), file.interface(resolution=resolution, offset=offset))
    (flow,) = read(head + file.enhanced(frames()[0], ticks)).flows
    assert flow.time_ns == expected + offset * 1_000_000_000


def test_a_resolution_that_64_bits_do_not_hold_is_refused(read):
    file = Pcapng()
    assert read(file.section() + file.interface(resolution=20)).status == "FORMAT"
    assert read(file.section() + file.interface(resolution=0x80 | 64)).status == "FORMAT"


def test_sections_have_their_own_byte_order_and_interfaces(read):
    little, big = Pcapng("<"), Pcapng(">")
    content = pcapng(
        little.section(),
        little.interface(1),
        little.interface(101, resolution=9),
        *[little.enhanced(frame) for frame in frames(number=1)],
        *[little.enhanced(Frame(f.data, f.time_ns, interface=1)) for f in frames(packets.raw, number=2)],
        big.section(),
        big.interface(113),
        *[big.enhanced(frame) for frame in frames(packets.sll, number=3)],
    )
    capture = read(content)
    assert [flow.both() for flow in capture.flows] == 3 * [TALK.streams]
    assert [flow.time_ns % 1000 for flow in capture.flows] == [0, 789, 0]
    assert read(content, 7).log == capture.log


def test_simple_packets_are_cut_where_their_interface_says(read):
    file = Pcapng()
    cut = [packets.snapped(frame, 54 + 100) for frame in frames()]
    content = pcapng(file.section(), file.interface(snaplen=54 + 100), *[file.simple(frame) for frame in cut])
    (flow,) = read(content).flows
    assert {fault[0] for fault in flow.faults[0] + flow.faults[1]} == {"cut"}
    missing = sum(fault[2] for fault in flow.faults[CLIENT])
    assert len(flow.streams[CLIENT]) + missing == len(TALK.streams[CLIENT])


def test_key_logs_are_given_and_other_secrets_passed_over(read):
    file = Pcapng()
    content = pcapng(
        file.section(),
        file.secrets(b"CLIENT_RANDOM 00 11\n"),
        file.interface(),
        file.secrets(b"wireguard", 0x57474B4C),
        *[file.enhanced(frame) for frame in frames()],
        file.secrets(bytes(100_000)),
    )
    for piece in (0, 5):
        capture = read(content, piece)
        assert capture.secrets == [20, 100_000]
        assert capture.flows[0].both() == TALK.streams


@pytest.mark.parametrize("kind", [4, 5, 0xBAD, 0x40000BAD, 0x80000001])
@pytest.mark.parametrize("size", [0, 1, 100_000])
def test_other_blocks_are_passed_over(read, kind, size):
    file = Pcapng()
    content = pcapng(
        file.section(), file.block(kind, bytes(size)), file.interface(), *[file.enhanced(frame) for frame in frames()]
    )
    for piece in (0, 3):
        assert read(content, piece).flows[0].both() == TALK.streams


def test_a_block_that_does_not_hold_what_it_should_is_left_out(read):
    file = Pcapng()
    content = pcapng(
        file.section(),
        file.interface(),
        file.block(6, struct.pack("<IIIII", 1, 0, 0, 4, 4) + bytes(4)),  # there is no interface 1
        file.block(6, struct.pack("<IIIII", 0, 0, 0, 400, 400)),  # it is not that long
        file.block(6, bytes(3)),
        file.block(10, struct.pack("<II", 0x544C534B, 5)),
        *[file.enhanced(frame) for frame in frames()],
    )
    capture = read(content)
    assert (capture.status, capture.notes["malformed"]) == ("OK", 4)
    assert capture.notes["packets"] == 3 + len(frames())
    assert capture.flows[0].both() == TALK.streams


def test_options_that_are_cut_end_there(read):
    file = Pcapng()
    body = struct.pack("<HHI", 1, 0, 0) + file.option(9, b"\x09") + struct.pack("<HH", 2, 60_000)
    content = file.section() + file.interface() + file.section() + file.block(1, body)
    file.ticks.append(10**9)
    (flow,) = read(content + file.enhanced(frames()[0])).flows
    assert flow.time_ns == START


# ---- files that are cut, damaged, or none ----


@pytest.mark.parametrize(
    "content",
    [b"", b"\xd4\xc3", b"neither of them", bytes(1000), b"\x1f\x8b" + bytes(50)],
    ids=["0", "2", "text", "zeros", "gz"],
)
def test_what_is_no_capture_is_refused(read, content):
    assert read(content).status == "FORMAT"


def wrong_trailer(file):
    block = bytearray(file.enhanced(frames()[0]))
    block[-4] ^= 4
    return bytes(block)


@pytest.mark.parametrize(
    "damage",
    [
        lambda file: file.block(6, b"")[:4] + struct.pack("<I", 8) + bytes(20),  # a block is never that short
        lambda file: file.block(6, b"")[:4] + struct.pack("<I", 33) + bytes(40),  # nor odd
        lambda file: file.block(6, b"")[:4] + struct.pack("<I", 2 << 20) + bytes(40),  # a packet is not that long
        lambda file: file.block(10, b"")[:4] + struct.pack("<I", 0xFFFFFFFC) + bytes(40),
        lambda file: file.block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 2, 0, -1)),  # another major version
        lambda file: file.block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4E, 1, 0, -1)),  # no byte order has this magic
        lambda file: file.block(1, bytes(4)),
        lambda file: struct.pack("<III", 99, 12, 16),  # its two lengths differ
        wrong_trailer,
    ],
)
def test_what_came_before_the_damage_is_given(read, damage):
    file = Pcapng()
    sound = pcapng(file.section(), file.interface(), *[file.enhanced(frame) for frame in frames()])
    capture = read(sound + damage(file) + sound)
    assert capture.status == "FORMAT"
    assert capture.flows[0].both() == TALK.streams
    assert capture.flows[0].closed


def test_a_pcap_with_a_packet_longer_than_any_is_damaged(read):
    capture = read(packets.pcap(frames()) + struct.pack("<IIII", 0, 0, 2 << 20, 2 << 20))
    assert capture.status == "FORMAT"
    assert capture.flows[0].both() == TALK.streams


@pytest.mark.parametrize("pcap", [True, False])
def test_a_file_that_is_cut_gives_all_before_the_cut_and_says_so(read, pcap):
    file = Pcapng()
    first = frames()[:8]
    parts = [file.section() + file.interface(), *[file.enhanced(frame) for frame in first], file.block(5, bytes(30))]
    whole = packets.pcap(first) if pcap else pcapng(*parts)
    ends = {len(packets.pcap(first[:i])) if pcap else sum(map(len, parts[: i + 1])) for i in range(10)} | {28}
    for length in range(24 if pcap else 28, len(whole), 23 if pcap else 19):
        capture = read(whole[:length])
        assert capture.status == "OK"
        assert capture.notes["cut_tail"] == (length not in ends)
        assert all(flow.closed for flow in capture.flows)


@pytest.mark.parametrize("piece", [1, 2, 3, 15, 16, 17, 100, 4096])
@pytest.mark.parametrize("pcap", [True, False])
def test_pieces_of_any_size_come_to_the_same(read, pcap, piece):
    file = Pcapng()
    blocks = [file.section(), file.interface(), file.block(5, bytes(21)), file.secrets(bytes(30)), file.section()]
    blocks += [file.interface(101), *[file.enhanced(frame) for frame in frames(packets.raw, 6)]]
    content = packets.pcap(frames()) if pcap else pcapng(*blocks)
    whole = read(content)
    assert whole.flows[0].both() == TALK.streams
    assert read(content, piece).log == whole.log


# ---- hostile files: bounded in memory and time ----


def measured(path):
    """(seconds of the processor's time, most memory in KiB) of reading it, without sanitizers."""
    command = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime, used.ru_maxrss)
"""
    program = [streams.program(sanitized=False), str(path), "65536", "1"]
    done = streams.run([sys.executable, "-c", command, *program])
    seconds, memory = done.stdout.split()
    return float(seconds), int(memory)


OFFSETS = {  # of 65 535 segments
    "one byte each": range(65_535),
    "one byte each, backwards": range(65_534, -1, -1),
    "every other byte": range(0, 2 * 65_535, 2),
    "every other byte, backwards": range(2 * 65_535, 0, -2),
    "a byte for each page": range(2048, 2048 * 65_535, 2048),
    "the same again": [1000] * 65_535,
}


@pytest.mark.parametrize("name", OFFSETS)
def test_no_order_of_segments_costs_much(tmp_path, name):
    path = tmp_path / "capture"
    ends = packets.ends(1)
    data = bytes(1400) if name == "the same again" else b"x"
    segments = [Segment(CLIENT, -1, flags=SYN), *[Segment(CLIENT, offset, data) for offset in OFFSETS[name]]]
    path.write_bytes(packets.pcap(packets.timed(packets.ipv4(ends, CLIENT, ends.tcp(s)) for s in segments), 101))
    seconds, memory = measured(path)
    assert seconds < 0.5
    assert memory < path.stat().st_size / 1024 + 30_000


def test_a_hundred_thousand_flows_cost_bounded_memory(tmp_path):
    path = tmp_path / "capture"
    segments = [
        packets.ipv4(ends, CLIENT, ends.tcp(segment))
        for number in range(100_000)
        for ends in [packets.Ends((struct.pack(">I", number), bytes([192, 0, 2, 1])), (number % 60_000, 443))]
        for segment in [Segment(CLIENT, -1, flags=SYN), Segment(CLIENT, 10, b"behind a hole")]
    ]
    path.write_bytes(packets.pcap(packets.timed(segments), 101))
    seconds, memory = measured(path)
    assert seconds < 5
    assert memory < path.stat().st_size / 1024 + 130_000
    capture = streams.read(path)
    assert (capture.notes["flows"], capture.notes["flows_evicted"]) == (100_000, 100_000 - 65_536)
    assert all(flow.closed and flow.streams[CLIENT] == b"behind a hole" for flow in capture.flows)


def test_random_bytes_are_read_to_their_end(read):
    source = random.Random(7)
    for i in range(30):
        noise = [Frame(source.randbytes(source.randint(0, 300)), source.getrandbits(60)) for _ in range(300)]
        links = [0, 1, 9, 12, 101, 108, 113, 276]
        assert read(packets.pcap(noise, links[i % len(links)])).status == "OK"
        assert read(packets.pcap([])[:24] + source.randbytes(5000)).status in ("OK", "FORMAT")
        assert read(Pcapng().section() + source.randbytes(5000)).status in ("OK", "FORMAT")


def test_tags_without_end_are_no_ip(read):
    frame = bytes(12) + b"\x81\x00\x00\x07" * 60_000
    notes = read(packets.pcap(packets.timed([frame]))).notes
    assert (notes["malformed"], notes["segments"]) == (1, 0)
