"""What a peer says, made fit to be shown: the one escaper for all text that comes from outside.

In: bytes or text of a peer. Out: text without control, bidi or zero-width characters, of bounded length.

SPDX-License-Identifier: MIT
"""

from __future__ import annotations

import unicodedata

MOST = 256  # characters; nobody reads more, and a peer may send 64 KiB
ELLIPSIS = "…"
DANGEROUS = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}  # Unicode categories: C0, C1, bidi, zero width, separators…


def show_bytes(value: bytes | bytearray | memoryview | str) -> str:
    """Text to show: what cannot be decoded, or would act on a terminal, becomes \\xNN or \\uNNNN."""
    text = value if isinstance(value, str) else bytes(value[: 4 * MOST]).decode("utf-8", "surrogateescape")
    shown = "".join(_show_character(c) for c in text[: MOST + 1])
    return shown if len(text) <= MOST and len(shown) <= MOST else shown[: MOST - 1] + ELLIPSIS


def _show_character(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # how surrogateescape carries a byte that is not UTF-8
        return f"\\x{code - 0xDC00:02x}"
    if character == "\\":
        return "\\\\"
    if unicodedata.category(character) in DANGEROUS:
        return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
    return character


def grouped_hex(value: bytes | memoryview) -> str:
    """Hex in groups of two bytes: "6010 1249 f74a"."""
    return bytes(value).hex(" ", -2)


def grouped_number(number: int) -> str:
    """1595 as "1 595"."""
    return f"{number:,}".replace(",", " ")


def counted(number: int, thing: str) -> str:
    """ "1 byte", "2 bytes"."""
    return f"{grouped_number(number)} {thing}{'' if number == 1 else 's'}"


def cells(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return sum(_cells_of(c) for c in text)


def _cells_of(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def clip(text: str, width: int, ellipsis: str = ELLIPSIS) -> str:
    """The text, its middle left out where it is wider than `width` columns."""
    if cells(text) <= width:
        return text
    keep = max(width - cells(ellipsis), 0)
    head = _take(text, (keep + 1) // 2)
    tail = _take(text[::-1], keep // 2)[::-1]
    return head + ellipsis[: max(width, 0)] + tail


def _take(text: str, width: int) -> str:
    taken, left = [], width
    for character in text:
        left -= _cells_of(character)
        if left < 0:
            break
        taken.append(character)
    return "".join(taken)
