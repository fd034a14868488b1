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
    return Seen(*values, followed(path, keylog, number))


def followed(path: Path, keylog: Path | None, number: int) -> tuple[bytes, bytes]:
    """The application data of both senders; which is the client's it does not say alike for all connections."""
    sent: tuple[list[bytes], list[bytes]] = ([], [])
    for line in wireshark.run("tshark", "-r", path, *keys(keylog), "-q", "-z", f"follow,tls,raw,{number}").splitlines():
        text = line.strip()
        if text and all(c in "0123456789abcdef" for c in text):
            sent[line.startswith("\t")].append(bytes.fromhex(text))
    return (b"".join(sent[0]), b"".join(sent[1]))
