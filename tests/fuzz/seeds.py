"""Writes the seeds of fuzz_packets and fuzz_tcp. Call: .venv/bin/python tests/fuzz/seeds.py VECTORS

VECTORS: a folder that has rfc8448/*.pcap and illustrated-*/capture.pcap.
"""

import random
import struct
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "py"))

import packets  # noqa: E402
import test_capture_files as files  # noqa: E402
import test_reassembly as disorders  # noqa: E402

CORPUS = ROOT / "tests" / "fuzz" / "corpus"
PIECE = b"\x10"
SHORT = packets.talk(random.Random(2), flights=3, longest=60, largest=30)


def write(target: str, name: str, content: bytes) -> None:
    folder = CORPUS / target
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content)


def frames(wrap, version=4):
    ends = packets.ends(1, version)
    envelope = packets.ipv4 if version == 4 else packets.ipv6
    return packets.timed(wrap(envelope(ends, s.sender, ends.tcp(s))) for s in SHORT.segments())


def write_packets(vectors: Path) -> None:
    for path in [*sorted(vectors.glob("rfc8448/*.pcap")), *sorted(vectors.glob("illustrated-*/capture.pcap"))]:
        write("packets", f"{path.parent.name}-{path.stem}", PIECE + path.read_bytes())
    for i, (link_type, wrap) in enumerate(files.LINKS):
        write("packets", f"link-{link_type}-{i}", PIECE + packets.pcap(frames(wrap, 4 + i % 2 * 2), link_type))
    for i, envelope in enumerate(disorders.ENVELOPES):
        ends = packets.ends(1, disorders.ENVELOPES[envelope])
        source = random.Random(i)
        made = [p for s in SHORT.segments() for p in envelope(source, ends, s.sender, ends.tcp(s))]
        write("packets", envelope.__name__, PIECE + packets.pcap(packets.timed(made), order=">" if i % 2 else "<"))
    for order in "<>":
        file = packets.Pcapng(order)
        parts = [file.section(), file.interface(resolution=9), file.block(5, bytes(9)), file.secrets(b"CLIENT_RANDOM")]
        some = frames(packets.ethernet)
        parts += [file.enhanced(frame) for frame in some[:5]] + [file.obsolete(frame) for frame in some[5:]]
        parts += [file.section(), file.interface(101, snaplen=60), file.simple(frames(packets.raw)[0])]
        write("packets", f"pcapng-{'little' if order == '<' else 'big'}", PIECE + b"".join(parts))


def write_tcp() -> None:
    """In the form that fuzz_tcp.c takes: lengths in units of 8 bytes, so offsets are made such too."""
    for i, disorder in enumerate(disorders.DISORDERS):
        rows = []
        for s in disorder(random.Random(i), packets.talk(random.Random(i), flights=4, longest=900, largest=300)):
            control = s.sender | (i % 4 == 3) << 3
            rows.append(struct.pack(">BBhhB", control, s.flags, s.offset + 1, s.ack + 1, len(s.data) // 8))
        write("tcp", disorder.__name__, b"".join(rows))
    far = [(0, 2, 0, 0, 0), (0, 16, 1, 0, 9), (6, 16, 40, 0, 9), (6, 16, 41, 0, 9), (0, 16, 73, 0, 9), (7, 4, 1, 40, 0)]
    write("tcp", "far", b"".join(struct.pack(">BBhhB", *row) for row in far))


write_packets(Path(sys.argv[1]))
write_tcp()
