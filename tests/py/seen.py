"""What tshark sees in a capture with a key log, for tests that read the same capture."""

from dataclasses import dataclass
from pathlib import Path

import wireshark

UNCHECKED = ("-o", "ip.check_checksum:FALSE", "-o", "tcp.check_checksum:FALSE")  # captures have what a card left out


@dataclass(frozen=True)
class Seen:
    """A TCP stream as tshark sees it: numbers in the order in which they came; the application data of both."""

    messages: list[int]
    extensions: list[int]
    suites: list[int]
    data: tuple[bytes, bytes]


def keys(keylog: Path | None) -> tuple[str, ...]:
    return () if keylog is None else ("-o", f"tls.keylog_file:{keylog}")


def rows(path: Path, display: str, *names: str, keylog: Path | None = None) -> list[list[str]]:
    """The values of fields of the packets that a display filter lets through, checksums left alone."""
    wanted = [word for name in names for word in ("-e", name)]
    arguments = (*UNCHECKED, *keys(keylog), "-Y", display, "-T", "fields", *wanted)
    return [line.split("\t") for line in wireshark.run("tshark", "-r", path, *arguments).splitlines()]


def stream(path: Path, keylog: Path | None, number: int) -> Seen:
    """What it dissects in one stream, decrypted."""
    names = ("tls.handshake.type", "tls.handshake.extension.type", "tls.handshake.ciphersuite")
    printed = rows(path, f"tls && tcp.stream == {number}", *names, keylog=keylog)
    values = [[int(value, 0) for row in printed for value in row[i].split(",") if value] for i in range(len(names))]
    ((_, sent),) = wireshark.follow(path, "tls", [number], *keys(keylog))
    return Seen(*values, sent)
