"""Saved traces: a pcapng that other tools open, decrypted, and that `load` makes the same trace of.

In it: the key log (a Decryption Secrets Block), packets made up around the records that arrived (envelope.py), and the
journal as it is, in Custom Blocks that no other tool reads or copies. What bounded capture let go of is a hole in the
packets' sequence numbers.

SPDX-License-Identifier: MIT
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import struct
import tempfile
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from hsinspect import pcapng
from hsinspect.capture import GZIP, PCAPS
from hsinspect.files import read_file

if TYPE_CHECKING:
    from hsinspect.trace import Trace

    Path = str | os.PathLike[str]

COMMENT = "Made by hsinspect: the TCP and IP around the TLS records are made up."
KEYS_INSIDE = " The keys of the connection are inside."

# A piece of a journal: magic, format, bytes in this piece, offset, bytes in all, SHA-256 of all; then the bytes.
ENTERPRISE = 32473  # of examples, RFC 5612: there is no number of our own
PIECE = struct.Struct("<9sxHIQQ32s")
MAGIC, FORMAT = b"hsinspect", 1
LARGEST = 1 << 20  # bytes in a piece: Wireshark takes no block of more than 16 MiB


# ---- save ----


def save(trace: Trace, path: Path) -> None:
    """Writes the trace as it is now. Only its owner may read the file, which is whole or not there at all."""
    _write(os.path.realpath(path), _blocks(trace.dumps()))


def _blocks(journal: bytes) -> Iterator[bytes]:
    from hsinspect import __version__
    from hsinspect.envelope import packets_of
    from hsinspect.trace import Trace

    trace = Trace(journal)  # one that nobody else writes to
    key_log = trace.keylog()
    yield pcapng.section(f"hsinspect {__version__}", COMMENT + (KEYS_INSIDE if key_log else ""))
    yield pcapng.interface(pcapng.LINKTYPE_RAW)
    if key_log:
        yield pcapng.secrets(key_log)
    for time_ns, packet in packets_of(trace.wire, trace.client_address, trace.server_address):
        yield pcapng.packet(time_ns, packet)
    digest = hashlib.sha256(journal).digest()
    for at in range(0, len(journal), LARGEST):
        piece = journal[at : at + LARGEST]
        header = PIECE.pack(MAGIC, FORMAT, len(piece), at, len(journal), digest)
        yield pcapng.custom(ENTERPRISE, header + piece)


def _write(path: str, content: Iterable[bytes]) -> None:
    """Puts a file with mode 0600 in the place of what was there, once it is whole."""
    if os.path.exists(path) and not os.path.isfile(path):
        raise ValueError(f"{path} is no regular file")
    descriptor, temporary = tempfile.mkstemp(prefix=".hsinspect-", dir=os.path.dirname(path))
    try:
        with open(descriptor, "wb") as file:
            file.writelines(content)
            file.flush()
            os.fsync(descriptor)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


# ---- load ----


def load(path: Path) -> Trace:
    """The trace that `Trace.save` wrote; it equals the one that was saved. `errors` and `previous` are not in the file.

    ValueError: the file has none, or several, or is damaged, or was written by a newer version.
    """
    from hsinspect.trace import Trace

    try:
        journal = _journal_in(read_file(path))
        try:
            return Trace(journal)
        except ValueError:
            raise ValueError("it holds a journal that this version of hsinspect cannot read") from None
    except ValueError as error:
        raise ValueError(f"{os.fspath(path)} cannot be loaded: {error}") from None


def _journal_in(data: bytes) -> bytes:
    if data.startswith((GZIP, *PCAPS)):
        raise ValueError(_NO_TRACE)
    if not data.startswith(struct.pack("<I", pcapng.SECTION)):
        raise ValueError("it is no pcapng file")
    pieces = [piece for block in pcapng.blocks(data) if (piece := _piece(block)) is not None]
    if not pieces:
        raise ValueError(_NO_TRACE)
    return _join(pieces)


_NO_TRACE = "hsinspect did not save it; read_capture() reads captures"


def _piece(block: pcapng.Block) -> tuple[int, int, bytes, memoryview] | None:
    """(offset, bytes in all, digest, bytes) of a piece of a journal; None: the block is something else."""
    body = block.body
    if block.kind != pcapng.CUSTOM or body[:4] != struct.pack(block.order + "I", ENTERPRISE):
        return None
    if body[4 : 4 + len(MAGIC)] != MAGIC or len(body) < 4 + PIECE.size:
        return None
    _, version, length, offset, total, digest = PIECE.unpack_from(body, 4)
    if version != FORMAT:
        raise ValueError(f"a newer hsinspect wrote it, in format {version}; this one reads format {FORMAT}")
    return offset, total, digest, body[4 + PIECE.size :][:length]


def _join(pieces: list[tuple[int, int, bytes, memoryview]]) -> bytes:
    _, total, digest, _ = pieces[0]
    if len({piece[2] for piece in pieces}) > 1 or sum(piece[0] == 0 for piece in pieces) > 1:
        raise ValueError("it holds several traces")
    joined = b"".join(piece[3] for piece in pieces)
    if len(joined) != total or hashlib.sha256(joined).digest() != digest:
        raise ValueError("it is damaged: its journal is not what was saved")
    return joined
