"""The first and last lines of a view: what was negotiated, how much there is, what is missing and why.

SPDX-License-Identifier: MIT
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from hsinspect.trace import first_fatal
from hsinspect.views.model import Counts, wire_bytes
from hsinspect.views.show import counted, show_bytes

if TYPE_CHECKING:
    from hsinspect.trace import Trace

LAST_OF_THE_HANDSHAKE = 9  # of the twelve steps; whether there is data and a close the rows show


def version_text(version: str | None) -> str:
    """ "TLSv1.2" as "TLS 1.2"."""
    if version is None:
        return "no version"
    return "TLS 1.0" if version == "TLSv1" else version.replace("TLSv", "TLS ")


def headline_of(trace: Trace) -> tuple[str, ...]:
    """What was negotiated, a fact each."""
    if trace.handshake is None:
        return ("no handshake",)
    suite = trace.cipher_suite
    facts = [
        version_text(trace.version),
        "no cipher suite" if suite is None else suite.name,
        f'server name "{show_bytes(trace.server_name)}"' if trace.server_name else "",
        show_bytes(trace.group or ""),
        show_bytes(trace.signature_scheme or ""),
        f'ALPN "{show_bytes(trace.alpn)}"' if trace.alpn else "",
        _kind_of_handshake(trace),
    ]
    return tuple(fact for fact in facts if fact)


def _kind_of_handshake(trace: Trace) -> str:
    if trace.handshake is None or not trace.handshake.complete:
        return "handshake not readable to its end" if _is_closed_to_us(trace) else "handshake not completed"
    return "resumed" if trace.resumption else "full handshake"


def _is_closed_to_us(trace: Trace) -> bool:
    """Are there records that may hold what completes the handshake, and that cannot be read?"""
    failed = trace.errors or first_fatal(trace)
    return not failed and any(record.state in ("unreadable", "rejected") for record in trace.records)


def counts_of(trace: Trace) -> Counts:
    """How many records, bytes and verdicts."""
    verdicts = [check.ok for check in trace.checks]
    return Counts(
        records=sum(max(record.elided, 1) for record in trace.records),
        wire_bytes=sum(wire_bytes(record) for record in trace.records),
        ok=verdicts.count(True),
        failed=verdicts.count(False),
        not_checkable=verdicts.count(None),
    )


def _has_client(trace: Trace) -> bool:
    """May a client be asked whom it trusts? A server's own trace and a capture do not show that."""
    return any(phase.side == "client" for phase in trace.phases)


_FAULTS = {
    "missing start": "the capture begins after the {sender} had begun to send",
    "hole": "{length} of the {sender}'s are missing in the capture, from offset {offset} on",
    "conflict": "{length} of the {sender}'s came again, as others, from offset {offset} on: the first ones count",
    "cut packet": "{length} of the {sender}'s were cut off when they were captured, from offset {offset} on",
}
_FAULTS_SHOWN = 8


def _capture_remarks(trace: Trace) -> Iterator[str]:
    if trace.opening:
        size = sum(len(data) for _, data in trace.opening)
        yield f"before TLS: {counted(size, 'plain byte')} in {counted(len(trace.opening), 'turn')}"
    faults = trace.capture_faults
    for fault in faults[:_FAULTS_SHOWN]:
        length = counted(fault.length, "byte") if fault.length else "bytes"
        text = _FAULTS[fault.kind].format(sender=fault.sender, length=length, offset=fault.offset)
        yield f"{text} (packet {fault.packet})"
    if len(faults) > _FAULTS_SHOWN:
        yield f"and {len(faults) - _FAULTS_SHOWN} more faults of the capture"


def remarks_of(trace: Trace) -> tuple[str, ...]:
    """What the rows cannot say."""
    return tuple(_remarks(trace))


def _end_of_an_unfinished(trace: Trace) -> str:
    if _is_closed_to_us(trace):
        return (
            "whether the handshake was completed cannot be seen: what would show it is in records that are not readable"
        )
    alert = first_fatal(trace)
    why = "" if alert is None else f": the {alert.sender} sent the fatal alert {alert.description}"
    return f"ends here: the handshake was not completed{why}"


def _remarks(trace: Trace) -> Iterator[str]:
    if trace.handshake is not None and trace.handshake.complete:
        for step in trace.steps[:LAST_OF_THE_HANDSHAKE]:
            if step.absent is not None:
                yield f"step {step.number} ({step.name}): {step.absent}"
        if trace.version == "TLSv1.3" and not trace.early_data and any(record.epoch == 1 for record in trace.records):
            yield "the server rejected the early data: nobody took it"
        if alert := first_fatal(trace):
            yield f"the {alert.sender} sent the fatal alert {alert.description}"
    elif trace.finished:
        yield _end_of_an_unfinished(trace)
    yield from _capture_remarks(trace)
    for side, error in sorted(trace.errors.items()):
        yield f"{side}: {show_bytes(type(error).__name__)}: {show_bytes(str(error))}"
    if trace.verification.trusted is False:
        yield f"the certificate is not trusted: {show_bytes(trace.verification.reasons)}"
    if trace.verification.trusted is None and trace.verification.chain and _has_client(trace):
        yield "nobody verified the certificate"
    for name, reason in dict.fromkeys((name, reason) for _, name, reason in trace.notes):
        yield f"{show_bytes(name)} not surfaced: {show_bytes(reason)}"
