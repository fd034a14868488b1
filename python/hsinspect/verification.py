"""What became of the peer's certificate.

SPDX-License-Identifier: MIT
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hsinspect.fields import certificates_in

if TYPE_CHECKING:
    from hsinspect import _core
    from hsinspect.certificate import Certificate
    from hsinspect.trace import Trace


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What became of the peer's certificate.

    chain: the certificates as they came, DER; `certificates` says what is in them. verified_by: the side that looked,
    None: nobody did. trusted: its verdict, None: nobody looked. reasons: the verdict in words. status: GnuTLS's status
    bits.
    """

    chain: tuple[bytes, ...]
    verified_by: str | None
    trusted: bool | None
    reasons: str
    status: int

    @property
    def certificates(self) -> tuple[Certificate, ...]:
        """The chain as GnuTLS reads it. ValueError: it cannot read one of them."""
        from hsinspect.certificate import Certificate

        return tuple(Certificate.of(der) for der in self.chain)


def verification_of(trace: Trace) -> Verification:
    """The server's certificate and what the client made of it; a server's view where only it looked."""
    verdicts: dict[_core.Side, tuple[bool, int, str]] = {
        side: (trusted, bits, why) for side, trusted, bits, why in trace.verdicts
    }
    side: _core.Side = "client" if "client" in verdicts or "server" not in verdicts else "server"
    messages = [m for m in trace.messages if m.name == "Certificate" and m.sender != side]
    verdict = verdicts.get(side)
    return Verification(
        chain=tuple(certificates_in(messages[-1])) if messages else (),
        verified_by=None if verdict is None else side,
        trusted=None if verdict is None else verdict[0],
        reasons="nobody verified the certificate" if verdict is None else verdict[2],
        status=0 if verdict is None else verdict[1],
    )
