"""Envelope: the TCP and IP around what went over the wire, made up, so that a tool for packets can show it.

In: the pieces of a connection in order. Out: packets, each beginning with its IP header, with checksums.
RFC 791, 8200, 9293.

SPDX-License-Identifier: MIT
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hsinspect import _core

    Address = tuple[str, int] | None
    Piece = tuple[_core.Side, int, bytes | int | str]

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
SEGMENT = 1 << 15  # more than a record, less than an IP packet holds
WINDOW = 0xFFFF
TCP, HOPS = 6, 64
PORTS: dict[_core.Side, int] = {"client": 49152, "server": 443}  # of ends whose address is not known
PEERS: dict[_core.Side, _core.Side] = {"client": "server", "server": "client"}
ENDS = {"fin": FIN | ACK, "rst": RST | ACK}  # of a stream that was cut short nobody has seen an end


def packets_of(pieces: tuple[Piece, ...], client: Address, server: Address) -> Iterator[tuple[int, bytes]]:
    """(time_ns, packet): the three that open a connection, and one or more for each piece.

    A piece is (sender, time_ns, what): bytes, how many of them are not here, or "fin", "rst", "truncated".
    """
    ends = Ends(client, server)
    for sender, time_ns, flags in opening(pieces):
        yield time_ns, ends.segment(sender, flags)
    for sender, time_ns, what in pieces:
        if isinstance(what, int):
            ends.skip(sender, what)
        elif isinstance(what, bytes):
            for at in range(0, len(what), SEGMENT):
                yield time_ns, ends.segment(sender, PSH | ACK, what[at : at + SEGMENT])
        elif what in ENDS:
            yield time_ns, ends.segment(sender, ENDS[what])


def opening(pieces: tuple[Piece, ...]) -> Iterator[tuple[_core.Side, int, int]]:
    """The three-way handshake, at the time of what comes first; none where nothing comes."""
    for _, time_ns, _ in pieces[:1]:
        yield "client", time_ns, SYN
        yield "server", time_ns, SYN | ACK
        yield "client", time_ns, ACK


class Ends:
    """Both ends: where they are, and how far each has sent. Sequence numbers begin at 0."""

    def __init__(self, client: Address, server: Address) -> None:
        hosts = _hosts(client, server)
        self._hosts = {side: host.packed for side, host in hosts.items()}
        self._headed = _with_ipv4_header if hosts["client"].version == 4 else _with_ipv6_header
        addresses: dict[_core.Side, Address] = {"client": client, "server": server}
        self._ports = {side: PORTS[side] if known is None else known[1] for side, known in addresses.items()}
        self._next = dict.fromkeys(PORTS, 0)

    def skip(self, sender: _core.Side, count: int) -> None:
        """These bytes were sent, and are not here."""
        self._next[sender] += count

    def segment(self, sender: _core.Side, flags: int, data: bytes = b"") -> bytes:
        """The next packet of a sender, which acknowledges all that it has got."""
        receiver = PEERS[sender]
        acknowledged = self._next[receiver] if flags & ACK else 0
        addresses = self._hosts[sender] + self._hosts[receiver]
        header = struct.pack(
            ">HHIIBBHHH",
            self._ports[sender], self._ports[receiver], self._next[sender] & 0xFFFFFFFF, acknowledged & 0xFFFFFFFF,
            5 << 4, flags, WINDOW, 0, 0,
        )  # fmt: skip
        self._next[sender] += len(data) + bool(flags & (SYN | FIN))
        check = checksum(addresses + struct.pack(">II", TCP, len(header) + len(data)) + header + data)
        return self._headed(addresses, b"".join((header[:16], struct.pack(">H", check), header[18:], data)))


def checksum(data: bytes) -> int:
    """The Internet checksum, RFC 1071: a sum of 16-bit words in ones' complement is one modulo 2^16 - 1."""
    return -int.from_bytes(data + bytes(len(data) % 2)) % 0xFFFF


def _with_ipv4_header(addresses: bytes, payload: bytes) -> bytes:
    header = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), 0, 0, HOPS, TCP, 0) + addresses
    return b"".join((header[:10], struct.pack(">H", checksum(header)), header[12:], payload))


def _with_ipv6_header(addresses: bytes, payload: bytes) -> bytes:
    return b"".join((struct.pack(">IHBB", 6 << 28, len(payload), TCP, HOPS), addresses, payload))


def _hosts(client: Address, server: Address) -> dict[_core.Side, IPv4Address | IPv6Address]:
    """Both of one family; this host where it is not known which, or where it has no number."""
    found: dict[_core.Side, IPv4Address | IPv6Address | None] = {"client": _host(client), "server": _host(server)}
    six = any(isinstance(host, IPv6Address) for host in found.values())
    return {side: _in_family(host, six) for side, host in found.items()}


def _host(address: Address) -> IPv4Address | IPv6Address | None:
    try:
        return None if address is None else ip_address(address[0].partition("%")[0])
    except ValueError:
        return None


def _in_family(host: IPv4Address | IPv6Address | None, six: bool) -> IPv4Address | IPv6Address:
    if host is None:
        return IPv6Address("::1") if six else IPv4Address("127.0.0.1")
    return IPv6Address(f"::ffff:{host}") if six and host.version == 4 else host
