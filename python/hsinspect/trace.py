"""Trace: what happened to one connection, with everything that can be recomputed.

The fold is C's (`_core.Trace`); here is what Python adds: names for the last handshake's values, verify(), the key log,
pickling, and the ways to show it.

SPDX-License-Identifier: MIT
"""

from __future__ import annotations

from itertools import groupby
from typing import IO, TYPE_CHECKING, Any

from hsinspect import _core
from hsinspect.errors import VerificationError

if TYPE_CHECKING:
    import os
    from datetime import datetime

    from hsinspect.capture_fault import CaptureFault
    from hsinspect.steps import Step
    from hsinspect.suites import CipherSuite
    from hsinspect.verification import Verification

# The checks whose values an attacker on the wire would see too; those of all others are shown as a length.
_PUBLIC_CHECKS = ("mac.", "padding.", "finished.", "hook.", "binder", "signature.", "certificate_verify.")
_REPR_WIDTH = 100


class Trace(_core.Trace):
    """What happened to one connection: records, messages, secrets, checks. Grows while the connection lives.

    errors: the exception that ended each side, by side. previous: the trace of the handshake that this one resumed,
    where the lab made both. Neither is part of the journal, so pickles and copies have none.
    """

    def __init__(self, journal: _core.Buffer | None = None) -> None:
        super().__init__(journal)
        self.errors: dict[str, BaseException] = {}
        self.previous: Trace | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self.dumps(),))

    # ---- the last completed handshake ----

    @property
    def version(self) -> str | None:
        """As `ssl` spells it: "TLSv1.3"; None: not known."""
        return None if self.handshake is None else self.handshake.version

    @property
    def cipher_suite(self) -> CipherSuite | None:
        """The suite that was picked."""
        from hsinspect.suites import CipherSuite

        number = None if self.handshake is None else self.handshake.cipher_suite
        return None if number is None else CipherSuite(number)

    @property
    def group(self) -> str | None:
        """The group of the key exchange: "x25519"."""
        return None if self.handshake is None else self.handshake.group

    @property
    def signature_scheme(self) -> str | None:
        """What the server signed with: "rsa_pss_rsae_sha256"."""
        return None if self.handshake is None else self.handshake.signature_scheme

    @property
    def alpn(self) -> str | None:
        """The application protocol that was picked."""
        return None if self.handshake is None else self.handshake.alpn

    @property
    def server_name(self) -> str | None:
        """The name that the client asked for."""
        return None if self.handshake is None else self.handshake.server_name

    @property
    def resumption(self) -> bool:
        """Was an earlier session resumed?"""
        return self.handshake is not None and self.handshake.resumption

    @property
    def early_data(self) -> bool:
        """Was early data accepted?"""
        return self.handshake is not None and self.handshake.early_data

    # ---- the connection ----

    @property
    def alert(self) -> tuple[str, str] | None:
        """(sender, description) of the first fatal alert. In TLS 1.3 all but two are fatal, RFC 8446 section 6."""
        fatal = first_fatal(self)
        return None if fatal is None else (fatal.sender, fatal.description)

    @property
    def started(self) -> datetime | None:
        """When it began, with its time zone (UTC)."""
        from datetime import UTC, datetime

        return None if self.started_ns is None else datetime.fromtimestamp(self.started_ns / 1e9, UTC)

    @property
    def opening(self) -> tuple[tuple[_core.Side, bytes], ...]:
        """What went over a captured connection before TLS began, in turns: (sender, bytes). STARTTLS and its like."""
        said = [entry for entry in self.opening_entries if entry[1]]  # of a redacted copy nothing is left
        turns = groupby(said, key=lambda entry: entry[0])
        return tuple((sender, b"".join(data for _, data in turn)) for sender, turn in turns)

    @property
    def capture_faults(self) -> tuple[CaptureFault, ...]:
        """What the capture lacks of the connection, or has twice."""
        from hsinspect.capture_fault import CaptureFault

        names = ("kind", "sender", "offset", "length", "packet", "time_ns")
        return tuple(CaptureFault(**dict(zip(names, entry, strict=True))) for entry in self.fault_entries)

    @property
    def verification(self) -> Verification:
        """The server's certificate and what the client made of it; a server's view where only it looked."""
        from hsinspect.verification import verification_of

        return verification_of(self)

    @property
    def steps(self) -> tuple[Step, ...]:
        """The twelve steps, as this connection took them."""
        from hsinspect.steps import steps_of

        return steps_of(self)

    # ---- secrets ----

    def secret(self, label: str, sender: str | None = None, epoch: int | None = None) -> _core.Secret:
        """The last secret of a label; KeyError, with the labels there are, where there is none."""
        found = [
            secret
            for secret in self.secrets
            if secret.label == label and sender in (None, secret.sender) and epoch in (None, secret.epoch)
        ]
        if not found:
            labels = ", ".join(sorted({secret.label for secret in self.secrets})) or "none"
            raise KeyError(f"no secret {label!r} (sender {sender}, epoch {epoch}); there are: {labels}")
        return found[-1]

    def keylog(self) -> str:
        """The secrets as a key log, RFC 9850: what Wireshark opens the connection with."""
        from hsinspect.keylog import keylog_of

        return keylog_of(self)

    def redacted(self, *, addresses: bool = False) -> Trace:
        """A copy for bug reports: no secrets, no keys, no plaintext of what was encrypted.

        What anybody on the wire could see stays: the hellos with the server's name, up to TLS 1.2 the certificates, the
        ciphertext, and what a suite without encryption left in the clear. Checks that need a secret say that it was
        removed. addresses: keep the addresses of both ends too, and the name that was asked for.
        """
        copy = Trace()
        self.redact_into(copy, addresses)
        return copy

    # ---- a file of it ----

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes a pcapng with the keys inside, for `load` and for Wireshark, with mode 0600, in the place of `path`.

        OSError as open() has it; ValueError where `path` is there and no regular file. A trace that still grows is
        saved as it is now.
        """
        from hsinspect.saved import save

        save(self, path)

    # ---- checks ----

    def verify(self, rules: bool = False) -> None:
        """Raises VerificationError for the first check that fails: a computed one, or with `rules` a rule too."""
        for check in self.checks:
            if check.ok is False and (rules or check.kind == "computed"):
                raise VerificationError(
                    check.name, check.formula, _shown(check, check.expected), _shown(check, check.found), check.reason
                )

    # ---- showing it ----

    def to_dict(self, *, secrets: bool = False) -> dict[str, Any]:
        """All of it as what JSON can hold, as docs/json.md describes it and trace.schema.json in this package says it.

        secrets: with secrets, keys, what is made of them, and application data; else their lengths stand there.
        """
        from hsinspect.views.dictionary import dictionary_of

        return dictionary_of(self, secrets=secrets)

    def ladder(
        self,
        *,
        width: int | None = None,
        color: bool = False,
        ascii: bool | None = None,
        detail: int = 1,
        reveal: bool | None = None,
    ) -> str:
        """The ladder of its messages as text.

        width: columns; None: the terminal's, else 96. detail: 0 rows, 1 with facts, 2 with explanations and fields.
        reveal: show secrets; None: those of a lab handshake, where both ends are ours.
        """
        from hsinspect.views.ladder import ladder_of

        return ladder_of(self, width=width, color=color, ascii=ascii, detail=detail, reveal=reveal)

    def print(
        self,
        *,
        width: int | None = None,
        color: bool | None = None,
        ascii: bool | None = None,
        detail: int = 1,
        reveal: bool | None = None,
        file: IO[str] | None = None,
    ) -> None:
        """Prints the ladder, in colour where `file` (stdout) is a terminal that has it."""
        from hsinspect.views.ladder import print_ladder

        print_ladder(self, file, width=width, color=color, ascii=ascii, detail=detail, reveal=reveal)

    def __str__(self) -> str:
        return self.ladder()

    def __repr__(self) -> str:
        verdicts = [check.ok for check in self.checks]
        suite = "" if self.cipher_suite is None else f" {self.cipher_suite.name.removeprefix('TLS_')}"
        counts = f"{len(self.records)} records, {verdicts.count(True)} ok, {verdicts.count(False)} failed"
        head = f"<Trace {self.version or 'of no handshake'}{suite}"
        return f"{head[: _REPR_WIDTH - len(counts) - 2]} {counts}>"


def first_fatal(trace: Trace) -> _core.Alert | None:
    """The first fatal alert; None: there was none."""
    tls13 = trace.version == "TLSv1.3"
    harmless = {"close_notify", "user_canceled"}
    fatal = (
        alert for alert in trace.alerts if (alert.description not in harmless if tls13 else alert.level == "fatal")
    )
    return next(fatal, None)


def is_public(check: _core.Check) -> bool:
    """May everybody see what the check compares?"""
    return check.name.startswith(_PUBLIC_CHECKS)


def _shown(check: _core.Check, value: bytes) -> str:
    if not value:
        return ""
    return value.hex() if is_public(check) else f"{len(value)} bytes, masked"
