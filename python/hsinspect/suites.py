"""Cipher suites: IANA's numbers as an int enum with IANA's names. A number that has no name is a member too.

SPDX-License-Identifier: MIT
"""

from __future__ import annotations

import enum

from hsinspect import _core


class CipherSuite(enum.IntEnum):
    """A cipher suite: its number, and its name at IANA or, where it has none, "0x1234"."""

    _ignore_ = "_name _number"
    for _number, _name in _core.iana_cipher_suites():
        locals()[_name] = _number

    @classmethod
    def _missing_(cls, value: object) -> CipherSuite | None:
        if not isinstance(value, int) or not 0 <= value <= 0xFFFF:
            return None
        member = int.__new__(cls, value)
        member._name_ = f"0x{value:04x}"
        member._value_ = value
        # setdefault: two threads may make the same one at once, and both must get the one that stays
        known = cls._value2member_map_.setdefault(value, member)
        assert isinstance(known, CipherSuite)
        return known

    def __reduce_ex__(self, protocol: object) -> tuple[type[CipherSuite], tuple[int]]:
        """By number: Python 3.11.2 would pickle by name, and a number without one has no attribute of that name."""
        return CipherSuite, (int(self),)
