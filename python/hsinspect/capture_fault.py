"""What a capture lacks of a connection, or has twice.

SPDX-License-Identifier: MIT
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from hsinspect import _core


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureFault:
    """Something that a capture lacks of a connection, or has twice.

    kind: "missing start" (it was there before the capture), "hole" (bytes were never captured), "cut packet" (they were
    cut off when they were captured, snaplen), "conflict" (they came again, and were others; the first ones count).
    sender: whose bytes. offset: in what it sent over TCP, from 0. length: in bytes, 0 where it is not known. packet: in
    which it showed, counted from 1 as Wireshark does. time_ns: of that packet, ns since 1970.
    """

    kind: Literal["missing start", "hole", "conflict", "cut packet"]
    sender: _core.Side
    offset: int
    length: int
    packet: int
    time_ns: int
