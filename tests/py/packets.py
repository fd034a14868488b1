"""Writes captures byte by byte, for tests: TCP conversations in IP in a link layer in pcap or pcapng. Knows no TLS."""

import random
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

FIN, SYN, RST, PSH, ACK = 0x01, 0x02, 0x04, 0x08, 0x10
CLIENT, SERVER = 0, 1
TCP, UDP, FRAGMENT = 6, 17, 44
ETHERTYPES = {4: 0x0800, 6: 0x86DD}


@dataclass(frozen=True)
class Segment:
    """sender: CLIENT or SERVER. offset, ack: where in the streams, SYNs not counted: a SYN is at -1."""

    sender: int
    offset: int
    data: bytes = b""
    flags: int = ACK
    ack: int = 0


@dataclass(frozen=True)
class Ends:
    """Who talks to whom, and at which sequence numbers (of the SYN) they begin."""

    addresses: tuple[bytes, bytes]
    ports: tuple[int, int]
    initial: tuple[int, int] = (1000, 2000)

    def tcp(self, segment: Segment, options: bytes = b"") -> bytes:
        source, destination = segment.sender, 1 - segment.sender
        sequence = (self.initial[source] + 1 + segment.offset) % 2**32
        acknowledgment = (self.initial[destination] + 1 + segment.ack) % 2**32 if segment.flags & ACK else 0
        header = struct.pack(
            ">HHIIBBHHH",
            self.ports[source],
            self.ports[destination],
            sequence,
            acknowledgment,
            (20 + len(options)) // 4 << 4,
            segment.flags,
            65535,
            0,
            0,
        )
        return header + options + segment.data


def ends(number: int, version: int = 4, initial: tuple[int, int] = (1000, 2000)) -> Ends:
    """The ends of the number-th conversation: a client port of its own."""
    if version == 4:
        addresses = (bytes([10, 0, number >> 8, number & 255]), bytes([192, 0, 2, 1]))
    else:
        prefix = bytes.fromhex("20010db8") + bytes(8)
        addresses = (prefix + struct.pack(">HH", 1, number), prefix + struct.pack(">HH", 2, 0))
    return Ends(addresses, (20000 + number, 443), initial)


# ---- conversations ----


def handshake() -> list[Segment]:
    return [Segment(CLIENT, -1, flags=SYN), Segment(SERVER, -1, flags=SYN | ACK), Segment(CLIENT, 0)]


def goodbye(lengths: Sequence[int]) -> list[Segment]:
    client, server = lengths
    return [
        Segment(CLIENT, client, flags=FIN | ACK, ack=server),
        Segment(SERVER, server, flags=FIN | ACK, ack=client + 1),
        Segment(CLIENT, client + 1, ack=server + 1),
    ]


def spoken(turns, largest=1400):
    """A whole connection that says these, (sender, bytes) in turn, from SYN to FIN: (segment, number of its turn)."""
    sent = [0, 0]
    said = []
    for turn, (sender, data) in enumerate(turns):
        for at in range(0, len(data), largest):
            piece = data[at : at + largest]
            said.append((Segment(sender, sent[sender], piece, ACK | PSH, sent[1 - sender]), turn))
            sent[sender] += len(piece)
    last = max(len(turns) - 1, 0)
    return [*((segment, 0) for segment in handshake()), *said, *((segment, last) for segment in goodbye(sent))]


@dataclass
class Flight:
    """What one side sends before the other answers: its data in segments, then the acknowledgment of them."""

    data: list[Segment]
    answer: Segment


@dataclass
class Conversation:
    """streams: what client and server really sent. flights: how."""

    streams: tuple[bytes, bytes]
    flights: list[Flight]

    def segments(self) -> list[Segment]:
        middle = [segment for flight in self.flights for segment in [*flight.data, flight.answer]]
        return [*handshake(), *middle, *goodbye([len(stream) for stream in self.streams])]


def talk(source: random.Random, flights: int = 6, longest: int = 3000, largest: int = 500) -> Conversation:
    """A conversation of random bytes, in segments of random sizes."""
    streams = [b"", b""]
    made = []
    for turn in range(flights):
        sender = turn % 2
        data = []
        for piece in cut(source, source.randbytes(source.randint(1, longest)), largest):
            data.append(Segment(sender, len(streams[sender]), piece, ACK | PSH, len(streams[1 - sender])))
            streams[sender] += piece
        answer = Segment(1 - sender, len(streams[1 - sender]), ack=len(streams[sender]))
        made.append(Flight(data, answer))
    return Conversation((streams[0], streams[1]), made)


def cut(source: random.Random, data: bytes, largest: int) -> list[bytes]:
    pieces = []
    while data:
        length = source.randint(1, largest)
        pieces.append(data[:length])
        data = data[length:]
    return pieces


# ---- IP ----


def ipv4(
    ends: Ends,
    sender: int,
    payload: bytes,
    *,
    number: int = 1,
    options: bytes = b"",
    tso: bool = False,
    protocol: int = TCP,
) -> bytes:
    """An IPv4 packet. number: its identification. tso: its length is 0, as captured before the card cut it up."""
    return v4_packet(ends, sender, payload, number, 0x4000, options, 0 if tso else None, protocol)


def v4_packet(
    ends: Ends, sender: int, payload: bytes, number: int, flags: int, options: bytes, total: int | None, protocol: int
) -> bytes:
    header = 20 + len(options)
    total = header + len(payload) if total is None else total
    start = struct.pack(">BBHHHBBH", 0x40 | header // 4, 0, total, number, flags, 64, protocol, 0)
    return start + ends.addresses[sender] + ends.addresses[1 - sender] + options + payload


def ipv4_fragments(ends: Ends, sender: int, payload: bytes, number: int, size: int) -> list[bytes]:
    """size: of each, a multiple of 8."""
    return [
        v4_packet(
            ends,
            sender,
            payload[at : at + size],
            number,
            at // 8 | (0x2000 if at + size < len(payload) else 0),
            b"",
            None,
            TCP,
        )
        for at in range(0, len(payload), size)
    ]


def ipv6(
    ends: Ends, sender: int, payload: bytes, *, extensions: Sequence[int] = (), tso: bool = False, protocol: int = TCP
) -> bytes:
    """An IPv6 packet. extensions: the headers between, by their protocol numbers: 0, 43, 51 or 60."""
    following = [*extensions, protocol]
    between = b""
    for i in range(len(extensions)):
        length = 1 if following[i] != 51 else 2  # RFC 4302: in units of 4 bytes, without 2 of them
        between += bytes([following[i + 1], length]) + bytes(14)
    length = 0 if tso else len(between) + len(payload)
    start = struct.pack(">IHBB", 6 << 28, length, following[0], 64)
    return start + ends.addresses[sender] + ends.addresses[1 - sender] + between + payload


def ipv6_fragments(ends: Ends, sender: int, payload: bytes, number: int, size: int) -> list[bytes]:
    return [
        ipv6(
            ends,
            sender,
            struct.pack(">BBHI", TCP, 0, at | (at + size < len(payload)), number) + payload[at : at + size],
            protocol=FRAGMENT,
        )
        for at in range(0, len(payload), size)
    ]


# ---- link layers: from an IP packet to what was captured ----


def version_of(packet: bytes) -> int:
    return packet[0] >> 4


def ethernet(packet: bytes, tags: Iterable[int] = (), padding: bytes = b"") -> bytes:
    """tags: the EtherTypes of VLAN tags, outermost first."""
    tagged = b"".join(struct.pack(">HH", tag, 7) for tag in tags)
    return bytes(12) + tagged + struct.pack(">H", ETHERTYPES[version_of(packet)]) + packet + padding


def sll(packet: bytes) -> bytes:
    return struct.pack(">HHH8sH", 0, 1, 6, bytes(8), ETHERTYPES[version_of(packet)]) + packet


def sll2(packet: bytes) -> bytes:
    return struct.pack(">HHIHBB8s", ETHERTYPES[version_of(packet)], 0, 1, 1, 0, 6, bytes(8)) + packet


def ppp(packet: bytes) -> bytes:
    return b"\xff\x03" + struct.pack(">H", 0x0021 if version_of(packet) == 4 else 0x0057) + packet


def pppoe(packet: bytes) -> bytes:
    inner = ppp(packet)[2:]
    return bytes(12) + struct.pack(">HBBHH", 0x8864, 0x11, 0, 1, len(inner)) + inner


def family(packet: bytes, order: str = "<", inet6: int = 10) -> bytes:
    return struct.pack(f"{order}I", 2 if version_of(packet) == 4 else inet6) + packet


def raw(packet: bytes) -> bytes:
    return packet


# ---- files ----


@dataclass(frozen=True)
class Frame:
    """A packet as captured. length: on the wire. interface: in a pcapng."""

    data: bytes
    time_ns: int = 0
    length: int | None = None
    interface: int = 0

    def wire_length(self) -> int:
        return len(self.data) if self.length is None else self.length


def timed(packets: Iterable[bytes], start_ns: int = 1_700_000_000_000_000_000) -> list[Frame]:
    """Frames a microsecond apart."""
    return [Frame(data, start_ns + 1000 * i) for i, data in enumerate(packets)]


def snapped(frame: Frame, snaplen: int) -> Frame:
    return replace(frame, data=frame.data[:snaplen], length=frame.wire_length())


def pcap(frames: Iterable[Frame], link_type: int = 1, *, order: str = "<", magic: int = 0xA1B2C3D4) -> bytes:
    """magic: 0xA1B23C4D for nanoseconds, 0xA1B2CD34 for modified pcap."""
    tick = 1 if magic == 0xA1B23C4D else 1000
    more = bytes(8) if magic == 0xA1B2CD34 else b""
    parts = [struct.pack(f"{order}IHHiIII", magic, 2, 4, 0, 0, 262144, link_type)]
    for frame in frames:
        seconds, rest = divmod(frame.time_ns, 1_000_000_000)
        parts.append(struct.pack(f"{order}IIII", seconds, rest // tick, len(frame.data), frame.wire_length()))
        parts += [more, frame.data]
    return b"".join(parts)


def padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)


@dataclass(frozen=True)
class Pcapng:
    """Writes the blocks of a pcapng in one byte order."""

    order: str = "<"
    ticks: list[int] = field(default_factory=list)  # in a second, of each interface

    def block(self, kind: int, body: bytes) -> bytes:
        length = struct.pack(f"{self.order}I", 12 + len(padded(body)))
        return struct.pack(f"{self.order}I", kind) + length + padded(body) + length

    def section(self) -> bytes:
        self.ticks.clear()
        return self.block(0x0A0D0D0A, struct.pack(f"{self.order}IHHq", 0x1A2B3C4D, 1, 0, -1))

    def option(self, code: int, value: bytes) -> bytes:
        return struct.pack(f"{self.order}HH", code, len(value)) + padded(value)

    def interface(
        self, link_type: int = 1, *, snaplen: int = 0, resolution: int | None = None, offset: int = 0
    ) -> bytes:
        body = struct.pack(f"{self.order}HHI", link_type, 0, snaplen)
        if resolution is not None:
            body += self.option(9, bytes([resolution]))
        if offset:
            body += self.option(14, struct.pack(f"{self.order}q", offset))
        exponent = 6 if resolution is None else resolution & 0x7F
        self.ticks.append((2 if resolution is not None and resolution & 0x80 else 10) ** exponent)
        return self.block(1, body + self.option(0, b""))

    def enhanced(self, frame: Frame, time: int | None = None) -> bytes:
        """time: in ticks of the interface, if not the frame's."""
        ticks = frame.time_ns * self.ticks[frame.interface] // 1_000_000_000 if time is None else time
        head = (frame.interface, ticks >> 32, ticks & 0xFFFFFFFF, len(frame.data), frame.wire_length())
        return self.block(6, struct.pack(f"{self.order}IIIII", *head) + padded(frame.data))

    def obsolete(self, frame: Frame) -> bytes:
        ticks = frame.time_ns * self.ticks[frame.interface] // 1_000_000_000
        head = (frame.interface, 0xFFFF, ticks >> 32, ticks & 0xFFFFFFFF, len(frame.data), frame.wire_length())
        return self.block(2, struct.pack(f"{self.order}HHIIII", *head) + padded(frame.data))

    def simple(self, frame: Frame) -> bytes:
        return self.block(3, struct.pack(f"{self.order}I", frame.wire_length()) + frame.data)

    def secrets(self, text: bytes, kind: int = 0x544C534B) -> bytes:
        return self.block(10, struct.pack(f"{self.order}II", kind, len(text)) + text)
