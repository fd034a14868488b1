"""Errors: what hsinspect raises. Each is also the `ssl` class that people catch already.

`.alert` is the alert that goes with it, (sender, description), or None; `.trace` is what was seen up to there, or None.
Neither a pickle nor a traceback of an error holds the trace's secrets: the trace stays behind when an error is pickled.
Who raises which: csrc/py/errors.c.

SPDX-License-Identifier: MIT
"""

from __future__ import annotations

import _ssl as ssl  # where `ssl` has these classes from; itself it takes long to load, and readers need none of it
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hsinspect.trace import Trace


class Error(ssl.SSLError):
    """A TLS connection failed, or cannot go on now."""

    alert: tuple[str, str] | None = None
    trace: Trace | None = None
    library: str = "GnuTLS"
    reason: str = ""

    def __reduce__(self) -> tuple[Any, ...]:
        kept = {name: value for name, value in self.__dict__.items() if name != "trace"}
        return (type(self), self.args, kept) if kept else (type(self), self.args)


class WantReadError(Error, ssl.SSLWantReadError):
    """The operation needs bytes from the peer."""


class WantWriteError(Error, ssl.SSLWantWriteError):
    """The operation needs the peer to take bytes."""


class ClosedError(Error, ssl.SSLZeroReturnError):
    """The peer closed the connection with close_notify."""


class UnexpectedEOFError(Error, ssl.SSLEOFError):
    """The connection ended without close_notify."""


class CertificateError(Error, ssl.SSLCertVerificationError):
    """The peer's certificate was not accepted. `verify_code` and `verify_message` say why, as in `ssl`."""


class BusyError(Error):
    """The session is already in use by this thread: a callback called into the connection it was called from."""


class ForkedError(Error):
    """The connection belongs to the process that forked this one; here it can only be dropped."""


class _Forgetful(OSError):
    """A builtin error that has a trace; its pickle leaves the trace behind, and comes back as the builtin one."""

    def __reduce__(self) -> tuple[Any, ...]:
        kept = {name: value for name, value in self.__dict__.items() if name != "trace"}
        return (type(self).__mro__[2], self.args, kept)


_FORGETFUL: dict[str, type[OSError]] = {}


def _forgetful(kind: type[OSError]) -> type[OSError]:
    made = type(kind.__name__, (_Forgetful, kind), {"__module__": kind.__module__})
    return _FORGETFUL.setdefault(kind.__name__, made)


def system_error(number: int, text: str) -> OSError:
    """What the operating system said: ConnectionResetError and the like, as Python picks them."""
    return _forgetful(type(OSError(number, text)))(number, text)


def timed_out(text: str) -> OSError:
    """A TimeoutError."""
    return _forgetful(TimeoutError)(text)


class VerificationError(AssertionError):
    """`trace.verify()` found a check that fails. An AssertionError: verifying asserts that nothing is wrong.

    name, formula: the check's. expected, found: hex, or how many bytes they are where they are secret.
    """

    def __init__(self, name: str, formula: str, expected: str, found: str, reason: str | None) -> None:
        super().__init__(name, formula, expected, found, reason)
        self.name = name
        self.formula = formula
        self.expected = expected
        self.found = found
        self.reason = reason

    def __str__(self) -> str:
        lines = [f"{self.name} failed: {self.reason or 'the values differ'}", f"  formula   {self.formula}"]
        if self.expected or self.found:
            lines += [f"  expected  {self.expected}", f"  found     {self.found}"]
        return "\n".join(lines)
