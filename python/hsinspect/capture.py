"""Captures: the TLS connections in a pcap or pcapng file, with the keys that somebody has.

    for trace in hsinspect.iter_capture("dump.pcapng.gz", keylog="keys.txt"):
        print(trace)

What can be read, and every limit: docs/reading.md.

SPDX-License-Identifier: MIT
"""

from __future__ import annotations

import os
import warnings
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from typing import IO, Any, TypeAlias

from hsinspect import _core
from hsinspect.files import read_file
from hsinspect.trace import Trace

Path: TypeAlias = str | os.PathLike[str]
Keylog: TypeAlias = "Path | _core.Buffer"  # a path, or the text itself
PrivateKey: TypeAlias = "Path | _core.Buffer | tuple[Path | _core.Buffer, str | None]"  # with its password

_PIECE = 1 << 18  # bytes read at once; the traces that end in one piece are in memory together
GZIP = b"\x1f\x8b"
PCAPNG = b"\n\r\r\n"
PCAPS = tuple(
    bytes.fromhex(magic) for magic in ("a1b2c3d4", "d4c3b2a1", "a1b23c4d", "4d3cb2a1", "a1b2cd34", "34cdb2a1")
)  # of µs, of ns, modified
_OTHER_FORMATS = {  # what else people may have at hand
    b"\x28\xb5\x2f\xfd": "zstd: decompress it first",
    b"BZh": "bzip2: decompress it first",
    b"\xfd7zXZ": "xz: decompress it first",
    b"snoop\0": "snoop: convert it with editcap",
}


def read_capture(
    path: Path | IO[bytes],
    keylog: Keylog | Iterable[Keylog] | None = None,
    private_keys: PrivateKey | Iterable[PrivateKey] = (),
    psks: Mapping[bytes | str | None, _core.Buffer] | None = None,
) -> list[Trace]:
    """The TLS connections of a capture, in the order in which they ended. Arguments and errors: see iter_capture."""
    return list(_traces(_capture(keylog, private_keys, psks), path, 3))


def iter_capture(
    path: Path | IO[bytes],
    keylog: Keylog | Iterable[Keylog] | None = None,
    private_keys: PrivateKey | Iterable[PrivateKey] = (),
    psks: Mapping[bytes | str | None, _core.Buffer] | None = None,
) -> Iterator[Trace]:
    """Yields the trace of each TLS connection as it ends; memory is bounded by those that are open.

    path: a pcap or pcapng file, or one opened in binary mode; may be gzipped. keylog: NSS key log, RFC 9850: a path, or
    the text as bytes, or several of these. private_keys: an RSA key, a path or its bytes; or several, of which one with
    its password is (key, password). psks: pre-shared keys as bytes by identity; None: of any.
    Raises OSError where a file cannot be read, ValueError where it is no capture or no key. A file that is damaged, or
    ends inside a packet, gives what came before, and a UserWarning.
    """
    return _traces(_capture(keylog, private_keys, psks), path, 2)


def _capture(
    keylog: Keylog | Iterable[Keylog] | None,
    private_keys: PrivateKey | Iterable[PrivateKey],
    psks: Mapping[bytes | str | None, _core.Buffer] | None,
) -> _core.Capture:
    """One that has the keys."""
    capture = _core.Capture()
    for log in () if keylog is None else _several(keylog):
        if not capture.add_keylog(_content(log)):
            warnings.warn(f"{_name(log, 'key log')}: there is no line of a key log in it", stacklevel=3)
    for key in _several(private_keys):
        _add_private_key(capture, key)
    for identity, psk in (psks or {}).items():
        capture.add_psk(identity.encode() if isinstance(identity, str) else identity, psk)
    return capture


def _several(given: Any) -> Iterable[Any]:
    """One is a path or bytes; all else are several."""
    return (given,) if isinstance(given, str | os.PathLike | bytes | bytearray | memoryview) else given


def _name(source: Any, otherwise: str) -> str:
    """What a message calls it."""
    return str(os.fspath(source)) if isinstance(source, str | os.PathLike) else otherwise


def _content(source: Path | _core.Buffer) -> _core.Buffer:
    return read_file(source) if isinstance(source, str | os.PathLike) else source


def _add_private_key(capture: _core.Capture, key: PrivateKey) -> None:
    source, password = key if isinstance(key, tuple) else (key, None)
    try:
        capture.add_private_key(_content(source), password)
    except ValueError as error:
        raise ValueError(f"{_name(source, 'private key')}: {error}") from None


def _traces(capture: _core.Capture, path: Path | IO[bytes], depth: int) -> Iterator[Trace]:
    """Reads it. depth: how many calls lie between here and whom to warn."""
    with ExitStack() as stack:
        file = stack.enter_context(open(path, "rb")) if isinstance(path, str | os.PathLike) else path
        start = _exactly(file, len(max(_OTHER_FORMATS, key=len)))
        pieces = _pieces(start, file)
        yield from _read(
            capture, _gunzipped(pieces) if start.startswith(GZIP) else pieces, _name(path, "capture"), depth
        )


def _exactly(file: IO[bytes], length: int) -> bytes:
    """The first bytes of a file, which may be a pipe."""
    start = b""
    while len(start) < length and (more := file.read(length - len(start))):
        start += more
    return start


def _pieces(start: bytes, file: IO[bytes]) -> Iterator[bytes]:
    yield start
    while piece := file.read(_PIECE):
        yield piece


def _gunzipped(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Unzips all members; the gzip module would keep back what stands before the place where a file is cut."""
    unzip = zlib.decompressobj(wbits=31)
    for piece in pieces:
        while piece:
            if unzip.eof:
                if not piece.startswith(GZIP[:1]):  # padding behind the last member
                    return
                unzip = zlib.decompressobj(wbits=31)
            yield unzip.decompress(piece, _PIECE)
            piece = unzip.unconsumed_tail or unzip.unused_data
    if not unzip.eof:
        raise EOFError("it ends inside its gzip stream")


def _read(capture: _core.Capture, pieces: Iterator[bytes], name: str, depth: int) -> Iterator[Trace]:
    start, damaged = b"", ""
    try:
        for piece in pieces:
            start = start or piece
            _feed(capture, piece)
            yield from _taken(capture)
    except (EOFError, zlib.error) as error:
        damaged = str(error)
    try:
        capture.finish()
    except ValueError:  # it says again why it could not go on
        if not capture.counts["packets"]:
            raise ValueError(f"{name}: {_what_else(start)}") from None
    yield from _taken(capture)
    if damaged or capture.counts["cut_tail"]:
        reason = damaged or "it ends inside a packet"
        warnings.warn(f"{name} is damaged: {reason}; what came before was read", stacklevel=depth + 1)


def _feed(capture: _core.Capture, piece: bytes) -> None:
    try:
        capture.feed(piece)
    except ValueError as error:  # of the capture; a file that was closed raises it too
        raise EOFError(str(error)) from None


def _taken(capture: _core.Capture) -> Iterator[Trace]:
    while capture.take_into(trace := Trace()):
        yield trace


def _what_else(start: bytes) -> str:
    """Why there is no capture in it."""
    if start.startswith((PCAPNG, *PCAPS)):
        return "it is damaged before its first packet"
    known = next((text for magic, text in _OTHER_FORMATS.items() if start.startswith(magic)), None)
    begins = f"begins with {start[:4].hex(' ')}" if start else "is empty"
    return f"not a pcap or pcapng file: {begins}" + (f" ({known})" if known else "")
