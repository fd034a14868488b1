"""ViewModel: what every view shows of a trace, as pure data without markup: a headline, rows in wire order, remarks.

In: a Trace. Out: frozen dataclasses of text that is safe to show. Masks secrets unless `reveal`.

SPDX-License-Identifier: MIT
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from hsinspect import _core
    from hsinspect.trace import Trace

LineStyle = Literal["plain", "protected", "transport"]
Verdict = Literal["ok", "failed", "not checkable", "not surfaced"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Something that went over the wire.

    step: 1 to 12, None: outside the twelve. ms: since the first byte. label: what it is, at its sender's end.
    line: how it was protected. records: the first and last record's index. wire_bytes: of those records, with headers.
    protection: "plain", "MAC ok  seq 0", "tag ok hs/0". good: does the MAC or tag hold? None: there is none.
    altered: it was changed on its way. facts: a line each. explanation: one sentence. fields: name, bytes, meaning.
    failures: lines about what is wrong with it.
    """

    step: int | None
    ms: float
    sender: str
    label: str
    line: LineStyle
    records: tuple[int, int] | None = None
    wire_bytes: int | None = None
    protection: str = ""
    good: bool | None = None
    altered: bool = False
    facts: tuple[str, ...] = ()
    explanation: str | None = None
    fields: tuple[tuple[str, str, str], ...] = ()
    failures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Computed:
    """A secret that both ends compute; nothing of it goes over the wire.

    name: its label. formula: how it is made. length: bytes. source: who surfaced it, "derived" else.
    verdict, reason: of the check or derivation it is the output of. value: hex, None: masked or not known.
    """

    name: str
    formula: str
    length: int
    source: str
    verdict: Verdict
    reason: str
    value: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How much of what there is."""

    records: int
    wire_bytes: int
    ok: int
    failed: int
    not_checkable: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewModel:
    """headline: facts about the connection. secrets: what is done with them. remarks: what the rows cannot say."""

    headline: tuple[str, ...]
    counts: Counts
    secrets: str
    rows: tuple[Row | Computed, ...]
    remarks: tuple[str, ...]


def wire_bytes(record: _core.Record) -> int:
    """With headers; of a run of records that was not kept: of all of it."""
    return len(record.header) * max(record.elided, 1) + len(record.fragment) + record.elided_bytes


def is_lab(trace: Trace) -> bool:
    """Are both ends ours? Only a lab handshake has the phases of two GnuTLS sessions."""
    return {phase.side for phase in trace.phases} == {"client", "server"}


def view_of(trace: Trace, *, reveal: bool | None = None) -> ViewModel:
    """The ViewModel of a trace. reveal: show secrets; None: those of a lab handshake."""
    from hsinspect.views.computed import weave
    from hsinspect.views.headline import counts_of, headline_of, remarks_of
    from hsinspect.views.rows import rows_of

    lab = is_lab(trace)
    shown = lab if reveal is None else reveal
    return ViewModel(
        headline=headline_of(trace),
        counts=counts_of(trace),
        secrets=("shown" if shown else "masked") + (" (lab)" if lab else ""),
        rows=weave(trace, rows_of(trace), reveal=shown),
        remarks=remarks_of(trace),
    )
