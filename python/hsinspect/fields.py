"""Reading a message's fields where any may be absent: a peer may send anything.

SPDX-License-Identifier: MIT
"""

from __future__ import annotations

from collections.abc import Iterator

from hsinspect import _core


def at(message: _core.Message, path: str) -> _core.Field | None:
    """The field at a path; None: there is none."""
    try:
        return message[path]
    except KeyError:
        return None


def at_field(field: _core.Field | None, path: str) -> _core.Field | None:
    """The field at a path below another; None: there is none, or no such other."""
    try:
        return None if field is None else field[path]
    except KeyError:
        return None


def items_of(field: _core.Field | None) -> list[_core.Field]:
    """The items of a vector, without its length."""
    return [] if field is None else [child for child in field if child.name.endswith("]")]


def certificates_in(message: _core.Message) -> Iterator[bytes]:
    """The certificates of a Certificate message, DER. In TLS 1.3 each has extensions beside it."""
    for entry in items_of(at(message, "certificate_list")):
        data = at(message, f"{entry.path}.cert_data") or entry
        if isinstance(data.value, bytes):
            yield data.value
