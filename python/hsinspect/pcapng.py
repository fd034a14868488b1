"""pcapng: the blocks of a capture file, made and told apart. draft-ietf-opsawg-pcapng.

Knows what a block is made of, not what is in a packet. Made in little-endian; both byte orders are read.

SPDX-License-Identifier: MIT
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

SECTION, INTERFACE, PACKET, SECRETS, CUSTOM = (
    0x0A0D0D0A,
    1,
    6,
    0x0A,
    0x40000BAD,
)  # CUSTOM: not to be copied, section 4.8
BYTE_ORDER_MAGIC = 0x1A2B3C4D
LINKTYPE_RAW = 101  # packets begin with an IPv4 or IPv6 header
TLS_KEY_LOG = 0x544C534B
COMMENT, USER_APPLICATION, TIME_RESOLUTION = 1, 4, 9  # options
NANOSECONDS = b"\x09"
SMALLEST = 12  # bytes of a block: its type, its length, its length again


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """offset: in the file. order: "<" or ">", of the integers in the body. body: without type and lengths."""

    kind: int
    offset: int
    order: str
    body: memoryview


# ---- made ----


def section(application: str, comment: str) -> bytes:
    """A Section Header Block, of a section whose length is not said."""
    options = _options([(COMMENT, comment.encode()), (USER_APPLICATION, application.encode())])
    return _block(SECTION, struct.pack("<IHHq", BYTE_ORDER_MAGIC, 1, 0, -1) + options)


def interface(link_type: int) -> bytes:
    """An Interface Description Block; times are in nanoseconds, packets are never cut."""
    return _block(INTERFACE, struct.pack("<HHI", link_type, 0, 0) + _options([(TIME_RESOLUTION, NANOSECONDS)]))


def secrets(key_log: str) -> bytes:
    """A Decryption Secrets Block with a TLS key log."""
    text = key_log.encode()
    return _block(SECRETS, struct.pack("<II", TLS_KEY_LOG, len(text)) + text)


def packet(time_ns: int, data: bytes) -> bytes:
    """An Enhanced Packet Block of the first interface. time_ns: since 1970."""
    size = len(data)
    return _block(PACKET, struct.pack("<IIIII", 0, time_ns >> 32, time_ns & 0xFFFFFFFF, size, size) + data)


def custom(enterprise: int, data: bytes) -> bytes:
    """A Custom Block that no tool is to copy into another file."""
    return _block(CUSTOM, struct.pack("<I", enterprise) + data)


def _block(kind: int, body: bytes) -> bytes:
    body += bytes(-len(body) % 4)
    length = struct.pack("<I", SMALLEST + len(body))
    return b"".join((struct.pack("<I", kind), length, body, length))


def _options(options: Iterable[tuple[int, bytes]]) -> bytes:
    made = [struct.pack("<HH", code, len(value)) + value + bytes(-len(value) % 4) for code, value in options]
    return b"".join((*made, bytes(4)))


# ---- told apart ----


def blocks(data: bytes) -> Iterator[Block]:
    """The blocks of a file; ValueError where it is damaged, or no pcapng at all."""
    view, at, order = memoryview(data), 0, "<"
    while at < len(view):
        if len(view) - at < SMALLEST:
            raise ValueError(f"it ends inside the block at byte {at}")
        if struct.unpack_from("<I", view, at)[0] == SECTION:
            order = _order(view, at)
        kind, length = struct.unpack_from(order + "II", view, at)
        if length < SMALLEST or length % 4 or length > len(view) - at:
            raise ValueError(f"the block at byte {at} says that it has {length} bytes")
        if struct.unpack_from(order + "I", view, at + length - 4)[0] != length:
            raise ValueError(f"the block at byte {at} says two different lengths")
        yield Block(kind=kind, offset=at, order=order, body=view[at + 8 : at + length - 4])
        at += length


def _order(view: memoryview, at: int) -> str:
    """The byte order that a Section Header Block says."""
    for order in "<>":
        if struct.unpack_from(order + "I", view, at + 8)[0] == BYTE_ORDER_MAGIC:
            return order
    raise ValueError(f"the section at byte {at} says no byte order")
