"""The terminal ladder: a ViewModel as lines of text, a row for each thing on the wire.

Columns: step, ms since the first byte, the lifeline, record, wire bytes, protection. `*` is computed by both ends, `!`
is wrong. Single lines are plain, double ones protected, dotted ones TCP. Narrower terminals lose the bytes first.

SPDX-License-Identifier: MIT
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from hsinspect.views.model import Computed, Row, ViewModel, view_of
from hsinspect.views.show import cells, clip, grouped_number
from hsinspect.views.terminal import Glyphs, color_of, glyphs_of, paint, width_of

if TYPE_CHECKING:
    from hsinspect.trace import Trace

BESIDE_THE_LIFELINE = 43  # columns
LIFELINE = (24, 64)  # at least, at most
NO_BYTES_BELOW, NO_LIFELINE_BELOW = 88, 64
INDENT = " " * 14  # where the lifeline begins; facts stand four further in
MANY_ROWS, KEPT_OF_A_RUN = 200, 2
FIELD_NAMES, FIELD_BYTES = 44, 24


def ladder_of(
    trace: Trace, *, width: int | None, color: bool, ascii: bool | None, detail: int, reveal: bool | None
) -> str:
    """The ladder of a trace as text."""
    painter = _Painter(width=width_of(width), color=color, glyphs=glyphs_of(ascii), detail=detail)
    return "\n".join(painter.all(view_of(trace, reveal=reveal)))


def print_ladder(
    trace: Trace,
    file: IO[str] | None,
    *,
    width: int | None,
    color: bool | None,
    ascii: bool | None,
    detail: int,
    reveal: bool | None,
) -> None:
    """Prints the ladder as well as the file can show it."""
    out = sys.stdout if file is None else file
    glyphs = glyphs_of(ascii, out)
    painter = _Painter(width=width_of(width), color=color_of(color, out), glyphs=glyphs, detail=detail)
    encoding = getattr(out, "encoding", None) or "utf-8"
    for line in painter.all(view_of(trace, reveal=reveal)):
        print(line.encode(encoding, "backslashreplace").decode(encoding), file=out)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Painter:
    """Turns a ViewModel into lines."""

    width: int
    color: bool
    glyphs: Glyphs
    detail: int

    def all(self, view: ViewModel) -> Iterator[str]:
        yield from self.wrapped("  ".join(view.headline), "")
        yield from self.wrapped(_counts(view), "")
        yield ""
        if self.width >= NO_LIFELINE_BELOW:
            yield self.columns()
        for row in fold(view.rows):
            if isinstance(row, str):
                yield f"{INDENT}    {self.glyphs.ellipsis} {row}"
            elif isinstance(row, Computed):
                yield from self.computed(row)
            else:
                yield from self.row(row)
        for remark in view.remarks:
            yield from self.wrapped(remark, "")

    def text(self, line: str, style: str) -> str:
        return paint(line, style, self.color)

    def wrapped(self, text: str, indent: str, style: str = "") -> Iterator[str]:
        for line in textwrap.wrap(text, max(self.width - len(indent), 20), break_on_hyphens=False, tabsize=1):
            yield indent + self.text(line, style)

    # ---- rows ----

    @property
    def lifeline(self) -> int:
        return min(max(self.width - BESIDE_THE_LIFELINE, LIFELINE[0]), LIFELINE[1])

    def columns(self) -> str:
        ends = "client" + "server".rjust(self.lifeline - 4)
        sizes = "  bytes" if self.width >= NO_BYTES_BELOW else ""
        return f"step    ms  {ends}   rec{sizes} protection"

    def row(self, row: Row) -> Iterator[str]:
        step = "-" if row.step is None else str(row.step)
        step = " " if row.line == "transport" else step
        if self.width < NO_LIFELINE_BELOW:
            yield self.listed(row, step)
        else:
            yield f"{step:>4}{_ms(row.ms)}    {self.arrow(row)}{self.measures(row)}"
        yield from self.about(row)

    def listed(self, row: Row, step: str) -> str:
        way = "C>S" if row.sender == "client" else "S>C"
        head = f"{step:>3} {way} "
        tail = f" {_numbers(row)} {row.protection}".rstrip()
        return head + clip(row.label, max(self.width - len(head) - cells(tail), 8), self.glyphs.ellipsis) + tail

    def arrow(self, row: Row) -> str:
        character = self.glyphs.line(row.line)
        label = clip(row.label, self.lifeline - 8, self.glyphs.ellipsis)
        rest = character * (self.lifeline - cells(label) - 5 - row.altered)
        ends = character * 2
        mark = "x" if row.altered else ""
        if row.sender == "client":
            return "|" + self.text(f"{ends} {label} {rest}{mark}{self.glyphs.right}", "client") + "|"
        return "|" + self.text(f"{self.glyphs.left}{mark}{rest} {label} {ends}", "server") + "|"

    def measures(self, row: Row) -> str:
        size = "" if row.wire_bytes is None else grouped_number(row.wire_bytes)
        sizes = f" {size:>6}" if self.width >= NO_BYTES_BELOW else ""
        style = {True: "ok", False: "bad", None: ""}[row.good]
        return f"{_numbers(row):>6}{sizes} {self.text(row.protection, style)}".rstrip()

    def about(self, row: Row) -> Iterator[str]:
        if self.detail >= 1:
            for fact in row.facts:
                yield from self.wrapped(fact, INDENT + "    ", "dim")
        if self.detail >= 2 and row.explanation is not None:
            yield from self.wrapped(row.explanation, INDENT + "    ", "dim")
        if self.detail >= 2:
            for name, raw, meaning in row.fields:
                line = f"{name:<{FIELD_NAMES}} {raw:<{FIELD_BYTES}} {meaning}".rstrip()
                yield INDENT + "    " + clip(line, max(self.width - 18, 20), self.glyphs.ellipsis)
        for failure in row.failures:
            yield from self.marked("!", failure, "bad")

    # ---- what is computed ----

    def computed(self, computed: Computed) -> Iterator[str]:
        reason = f": {computed.reason}" if computed.reason else ""
        if computed.verdict == "not surfaced":
            yield from self.marked("*", f"{computed.name}  not surfaced{reason}", "secret")
            return
        formula = f" = {computed.formula}" if computed.formula and self.detail >= 1 else ""
        line = f"{computed.name}{formula}  {computed.length} bytes, {computed.source}  {computed.verdict}{reason}"
        yield from self.marked("*", line, "bad" if computed.verdict == "failed" else "secret")
        if computed.value is not None:
            yield from self.wrapped(computed.value, INDENT + "    ", "secret")

    def marked(self, mark: str, text: str, style: str) -> Iterator[str]:
        lines = textwrap.wrap(text, max(self.width - len(INDENT) - 4, 20), break_on_hyphens=False, tabsize=1)
        for number, line in enumerate(lines):
            yield INDENT + (f"{mark} " if number == 0 else "    ") + self.text(line, style)


def _counts(view: ViewModel) -> str:
    counts = view.counts
    size = f"{grouped_number(counts.records)} records, {grouped_number(counts.wire_bytes)} bytes"
    checks = f"{counts.ok} ok, {counts.failed} failed, {counts.not_checkable} not checkable"
    return f"{size}   checks: {checks}   secrets: {view.secrets}"


def _ms(ms: float) -> str:
    """Six wide, as many decimals as fit behind a space."""
    return f"{ms:6.{2 if ms < 100 else 1 if ms < 1000 else 0}f}"


def _numbers(row: Row) -> str:
    if row.records is None:
        return ""
    first, last = row.records
    return f"#{first}" if first == last else f"#{first}-{last}"


def fold(rows: tuple[Row | Computed, ...]) -> Iterator[Row | Computed | str]:
    """The rows; where there are very many, runs of good application data become a line each."""
    if len(rows) <= MANY_ROWS:
        yield from rows
        return
    run: list[Row] = []
    for row in rows:
        if isinstance(row, Row) and row.label.startswith("ApplicationData") and row.good and not row.failures:
            run.append(row)
            continue
        yield from _folded(run)
        run = []
        yield row
    yield from _folded(run)


def _folded(run: list[Row]) -> Iterator[Row | str]:
    hidden = len(run) - 2 * KEPT_OF_A_RUN
    if hidden <= 0:
        yield from run
        return
    yield from run[:KEPT_OF_A_RUN]
    yield f"{grouped_number(hidden)} ApplicationData records, all {run[0].protection.split()[0]} ok"
    yield from run[-KEPT_OF_A_RUN:]
