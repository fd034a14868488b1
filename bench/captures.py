"""Makes captures to read: many connections of OpenSSL with itself, all keys known. Call: captures.py MEGABYTES

A hundred connections a megabyte, each a handshake of its own: TLS 1.2 and 1.3, RSA and ECDHE, CBC, GCM and ChaCha20,
full and resumed, application data both ways. Many are open at once; some segments come twice or in another order.
Checksums are zero, as captures of one's own packets often have them. Kept in build/bench/captures.
SPDX-License-Identifier: MIT
"""

import contextlib
import itertools
import os
import random
import shutil
import ssl
import struct
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from hsinspect import _core

FOLDER = Path(__file__).resolve().parent.parent / "build" / "bench" / "captures"
PER_MEGABYTE = 100  # connections
CHUNK = 500  # connections that one process makes at a time
OPEN = 64  # connections at once
SEGMENT = 1448  # bytes
REQUEST = 300
DISTURBED = 0.01  # of the flights of several segments
STARTED = 1_700_000_000  # seconds since 1970

SERVER = bytes((192, 0, 2, 1))
SYN, FIN, PSH, ACK = 2, 1, 8, 16


@dataclass(frozen=True)
class Kind:
    """ciphers: OpenSSL's name of the only one; in TLS 1.3 its default. resumed: by the ticket of another connection."""

    version: ssl.TLSVersion
    certificate: str
    ciphers: str | None = None
    resumed: bool = False


KINDS = (
    Kind(ssl.TLSVersion.TLSv1_3, "ECDSA"),
    Kind(ssl.TLSVersion.TLSv1_2, "RSA", "ECDHE-RSA-AES128-GCM-SHA256"),
    Kind(ssl.TLSVersion.TLSv1_3, "RSA"),
    Kind(ssl.TLSVersion.TLSv1_2, "RSA", "AES128-SHA"),
    Kind(ssl.TLSVersion.TLSv1_3, "RSA", resumed=True),
    Kind(ssl.TLSVersion.TLSv1_2, "RSA", "ECDHE-RSA-AES256-GCM-SHA384", resumed=True),
    Kind(ssl.TLSVersion.TLSv1_2, "ECDSA", "ECDHE-ECDSA-CHACHA20-POLY1305"),
    Kind(ssl.TLSVersion.TLSv1_2, "RSA", "ECDHE-RSA-AES256-SHA384"),
    Kind(ssl.TLSVersion.TLSv1_2, "RSA", "AES256-GCM-SHA384"),
    Kind(ssl.TLSVersion.TLSv1_2, "RSA", "ECDHE-RSA-AES128-SHA256"),
)

Piece = tuple[bool, bytes]  # from the client?, bytes that go at once


# ---- connections ----


def contexts(kind: Kind, folder: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Of the client, which writes the key log, and of the server."""
    client, server = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    client.keylog_filename = f"{folder}/keys"
    server.load_cert_chain(f"{folder}/{kind.certificate}.pem", f"{folder}/{kind.certificate}.key")
    for context in (client, server):
        context.minimum_version = context.maximum_version = kind.version
        if kind.ciphers is not None:
            context.set_ciphers(kind.ciphers)
    return client, server


class Pair:
    """A client and a server over memory, and what they say."""

    def __init__(self, client: ssl.SSLContext, server: ssl.SSLContext, session: ssl.SSLSession | None) -> None:
        self.pieces: list[Piece] = []
        to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._out = {True: ssl.MemoryBIO(), False: ssl.MemoryBIO()}
        self._in = {True: to_client, False: to_server}
        self.client = client.wrap_bio(to_client, self._out[True], server_hostname="lab", session=session)
        self.server = server.wrap_bio(to_server, self._out[False], server_side=True)

    def move(self, from_client: bool) -> None:
        """Carries over what one of them has to say."""
        data = self._out[from_client].read()
        if data:
            self.pieces.append((from_client, data))
            self._in[not from_client].write(data)

    def shake_hands(self) -> None:
        waiting = [self.client, self.server]
        for end in itertools.cycle((self.client, self.server)):
            if end in waiting:
                try:
                    end.do_handshake()
                    waiting.remove(end)
                except ssl.SSLWantReadError:
                    pass
            self.move(end is self.client)
            if not waiting:
                return

    def say(self, from_client: bool, size: int) -> None:
        sender, receiver = (self.client, self.server) if from_client else (self.server, self.client)
        sender.write(bytes(size))
        self.move(from_client)
        while size > 0:
            size -= len(receiver.read(size))

    def close(self) -> None:
        for end in (self.client, self.server):
            with contextlib.suppress(ssl.SSLWantReadError):
                end.unwrap()
            self.move(end is self.client)


class Peers:
    """Makes the connections of one process."""

    def __init__(self, folder: str) -> None:
        self._contexts = {kind: contexts(kind, folder) for kind in KINDS}
        self._sessions: dict[Kind, ssl.SSLSession] = {}

    def connection(self, number: int) -> list[Piece]:
        """All that both ends say; its size depends on the number alone, give or take a signature's bytes."""
        kind = KINDS[number % len(KINDS)]
        if kind.resumed and kind not in self._sessions:
            self._sessions[kind] = self._play(kind, number).client.session
        return self._play(kind, number).pieces

    def _play(self, kind: Kind, number: int) -> Pair:
        pair = Pair(*self._contexts[kind], self._sessions.get(kind))
        pair.shake_hands()
        pair.say(True, REQUEST)
        pair.say(False, 1000 + number * 7919 % 11000)
        pair.say(True, REQUEST)
        pair.say(False, 500)
        pair.close()
        assert pair.client.session_reused == (kind in self._sessions)
        return pair


# ---- packets ----

HEADERS = struct.Struct(">12sH BBHHHBBH4s4s HHIIBBHHH")
RECORD = struct.Struct("<IIII")
ETHERNET = bytes.fromhex("020000000001020000000002")


class Flow:
    """The packets of one connection, in the order in which they are captured."""

    def __init__(self, number: int, chance: random.Random) -> None:
        self._client = struct.pack(">BHB", 10, number >> 8 & 0xFFFF, number & 0xFF), 20000 + number % 40000
        self._next = {True: number * 4099 & 0xFFFFFFFF, False: number * 8209 & 0xFFFFFFFF}
        self._chance = chance

    def packets(self, pieces: list[Piece]) -> Iterator[bytes]:
        yield self._packet(True, SYN)
        yield self._packet(False, SYN | ACK)
        yield self._packet(True, ACK)
        for from_client, data in pieces:
            segments = [data[at : at + SEGMENT] for at in range(0, len(data), SEGMENT)]
            yield from self._disturbed([self._packet(from_client, PSH | ACK, segment) for segment in segments])
            yield self._packet(not from_client, ACK)
        yield self._packet(True, FIN | ACK)
        yield self._packet(False, FIN | ACK)
        yield self._packet(True, ACK)

    def _disturbed(self, flight: list[bytes]) -> list[bytes]:
        if len(flight) > 1 and self._chance.random() < DISTURBED:
            at = self._chance.randrange(len(flight) - 1)
            swapped = [flight[at + 1], flight[at]]
            flight[at : at + 2] = swapped if self._chance.random() < 0.5 else [flight[at], *swapped]
        return flight

    def _packet(self, from_client: bool, flags: int, data: bytes = b"") -> bytes:
        (host, port), peer = self._client, SERVER
        source, target = (host, peer) if from_client else (peer, host)
        ports = (port, 443) if from_client else (443, port)
        acknowledged = self._next[not from_client] if flags & ACK else 0
        headers = HEADERS.pack(
            ETHERNET, 0x0800, 0x45, 0, 40 + len(data), 0, 0, 64, 6, 0, source, target,
            *ports, self._next[from_client], acknowledged, 5 << 4, flags, 65535, 0, 0,
        )  # fmt: skip
        self._next[from_client] = self._next[from_client] + len(data) + bool(flags & (SYN | FIN)) & 0xFFFFFFFF
        return headers + data


def interleaved(flows: Iterator[Iterator[bytes]], chance: random.Random) -> Iterator[bytes]:
    """The packets of all, OPEN of them at once."""
    current = list(itertools.islice(flows, OPEN))
    while current:
        at = chance.randrange(len(current))
        packet = next(current[at], None)
        if packet is not None:
            yield packet
            continue
        following = next(flows, None)
        if following is None:
            current.pop(at)
        else:
            current[at] = following


def make_chunk(first: int, count: int, folder: str) -> tuple[str, str]:
    """The connections from the first on: a file of packets and one of keys. Each chunk has a second of its own."""
    own = tempfile.mkdtemp(dir=folder)
    for kind in {kind.certificate for kind in KINDS}:
        for suffix in ("pem", "key"):
            os.symlink(f"{folder}/{kind}.{suffix}", f"{own}/{kind}.{suffix}")
    peers, chance = Peers(own), random.Random(first)
    flows = (Flow(number, chance).packets(peers.connection(number)) for number in range(first, first + count))
    with open(f"{own}/packets", "wb") as file:
        for i, packet in enumerate(interleaved(flows, chance)):
            file.write(RECORD.pack(STARTED + first // CHUNK, i, len(packet), len(packet)))
            file.write(packet)
    return f"{own}/packets", f"{own}/keys"


# ---- the file ----


def write_capture(path: Path, keys: Path, connections: int) -> None:
    with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor(os.cpu_count()) as pool:
        for kind in {kind.certificate for kind in KINDS}:
            chain, key, _authority = _core.lab_certificate(kind)
            Path(folder, f"{kind}.pem").write_bytes(chain)
            Path(folder, f"{kind}.key").write_bytes(key)
        firsts = range(0, connections, CHUNK)
        counts = [min(CHUNK, connections - first) for first in firsts]
        chunks = list(pool.map(make_chunk, firsts, counts, itertools.repeat(folder)))
        with open(path, "wb") as packets, open(keys, "wb") as secrets:
            packets.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
            for of_packets, of_keys in chunks:
                for source, target in ((of_packets, packets), (of_keys, secrets)):
                    with open(source, "rb") as file:
                        shutil.copyfileobj(file, target, 1 << 20)


def capture(megabytes: int) -> tuple[Path, Path]:
    """The capture of that size and its key log; made where there is none, or an older one."""
    path, keys = FOLDER / f"{megabytes}.pcap", FOLDER / f"{megabytes}.keys"
    if not path.exists() or path.stat().st_mtime < Path(__file__).stat().st_mtime:
        FOLDER.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".unfinished")
        write_capture(unfinished, keys, megabytes * PER_MEGABYTE)
        unfinished.replace(path)
    return path, keys


if __name__ == "__main__":
    print(*capture(int(sys.argv[1])))
