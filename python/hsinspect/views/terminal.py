"""What a terminal can show: its width, whether it has colour, and the characters that its encoding has.

SPDX-License-Identifier: MIT
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

DEFAULT_WIDTH = 96


@dataclass(frozen=True, slots=True, kw_only=True)
class Glyphs:
    """The characters of a ladder."""

    plain: str = "─"
    protected: str = "═"
    transport: str = "·"
    right: str = "▶"
    left: str = "◀"
    ellipsis: str = "…"

    def line(self, style: str) -> str:
        """The character of a line: "plain", "protected" or "transport"."""
        lines = {"plain": self.plain, "protected": self.protected, "transport": self.transport}
        return lines[style]


UNICODE = Glyphs()
ASCII = Glyphs(plain="-", protected="=", transport=".", right=">", left="<", ellipsis="..")

# Style names to ANSI colours: 8 basic ones, so that the reader's theme decides what they look like.
_ANSI = {"client": "36", "server": "35", "ok": "32", "bad": "1;31", "secret": "33", "dim": "2", "": ""}


def paint(text: str, style: str, color: bool) -> str:
    """The text in the colour of a style."""
    code = _ANSI[style]
    return f"\x1b[{code}m{text}\x1b[0m" if color and code and text else text


def width_of(width: int | None) -> int:
    """The columns there are: those asked for, the terminal's, or 96."""
    if width is not None:
        return width
    on_terminal = sys.stdout is not None and sys.stdout.isatty()
    return shutil.get_terminal_size((DEFAULT_WIDTH, 24)).columns if on_terminal else DEFAULT_WIDTH


def glyphs_of(ascii: bool | None, file: IO[str] | None = None) -> Glyphs:
    """The characters to use: ASCII where it is asked for, or where the file's encoding lacks the others."""
    if ascii is None:
        ascii = os.environ.get("HSINSPECT_ASCII", "0") not in ("", "0") or (file is not None and not _carries(file))
    return ASCII if ascii else UNICODE


def _carries(file: IO[str]) -> bool:
    try:
        "─═·▶◀…".encode(getattr(file, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def color_of(color: bool | None, file: IO[str] | None) -> bool:
    """Is there to be colour? The first that says: argument, HSINSPECT_COLOR, NO_COLOR, FORCE_COLOR, TERM, the file."""
    if color is not None:
        return color
    environment = os.environ
    says: tuple[tuple[bool, Callable[[], bool]], ...] = (
        (bool(environment.get("HSINSPECT_COLOR")), lambda: environment["HSINSPECT_COLOR"] not in ("0", "never")),
        (bool(environment.get("NO_COLOR")), lambda: False),
        (bool(environment.get("FORCE_COLOR")), lambda: environment["FORCE_COLOR"] != "0"),
        (environment.get("TERM") == "dumb", lambda: False),
    )
    return next((answer() for applies, answer in says if applies), file is not None and file.isatty())
