"""Rows: each message, alert, ChangeCipherSpec, piece of application data and end, in wire order; and each record that
could not be opened.

SPDX-License-Identifier: MIT
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from hsinspect import _core
from hsinspect.steps import narrowing, number_of
from hsinspect.views import catalogue
from hsinspect.views.facts import facts_of
from hsinspect.views.model import LineStyle, Row, wire_bytes
from hsinspect.views.show import ELLIPSIS, counted, grouped_hex, show_bytes

if TYPE_CHECKING:
    from hsinspect.trace import Trace

_EPOCHS = {1: "early", 2: "hs", 3: "app"}  # of TLS 1.3; each KeyUpdate adds one
_CONTENT = {"application_data": "ApplicationData", "alert": "Alert", "change_cipher_spec": "ChangeCipherSpec"}
_ENDS = {"fin": "FIN", "rst": "RST", "truncated": "cut off"}
_BYTES_OF_A_FIELD = 8
_DER_HEADER = ("tag", "length", "explicit_tag", "explicit_length")
_UP_TO_TYPE = re.compile(r".*\.(?:(?=[A-Z]\w*\.)|extnValue\.)")  # the type of ASN.1 that a path goes through last


class Rows:
    """Makes the rows of one trace, and holds what they have in common."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.tls13 = trace.version == "TLSv1.3"
        self.words = narrowing(trace)
        self.checks = {check.name: check for check in trace.checks}
        self.first_ns = min((record.time_ns for record in trace.records), default=0)

    def of_event(self, event: _core.Event) -> Iterator[Row]:
        match event:
            case _core.Message():
                yield self.of_message(event)
            case _core.ChangeCipherSpec():
                yield self.of_record(event, "ChangeCipherSpec", event.record)
            case _core.ApplicationData():
                yield self.of_record(event, f"ApplicationData  {counted(len(event.data), 'byte')}", event.record)
            case _core.Alert():
                yield self.of_record(event, self.alert_label(event), event.record)
            case _core.Record() if event.state in ("rejected", "unreadable", "cut"):
                yield self.of_unopened(event)
            case _core.Record() if event.state == "elided":
                yield self.of_one_record(event, f"ApplicationData  {counted(event.elided, 'record')}, not kept")
            case _core.Close() if event.kind != "close_notify":
                yield self.of_end(event)

    def alert_label(self, alert: _core.Alert) -> str:
        level = "" if self.tls13 else f"{show_bytes(alert.level)} "
        return f"Alert {level}{show_bytes(alert.description)} ({alert.code})"

    def ms(self, time_ns: int) -> float:
        return max((time_ns - self.first_ns) / 1e6, 0.0)

    def of_message(self, message: _core.Message) -> Row:
        records = message.records
        failures: tuple[str, ...] = ()
        if message.error is not None:
            offset, why = message.error
            failures = (f"makes no sense from offset {offset}: {show_bytes(why)}",)
        text = catalogue.text_of(message.name, *self.words, message.sender)
        return Row(
            step=number_of(message),
            ms=self.ms(message.time_ns),
            sender=message.sender,
            label=show_bytes(message.name),
            line=_line(records[0]) if records else "plain",
            records=(records[0].index, records[-1].index) if records else None,
            wire_bytes=sum(wire_bytes(record) for record in records),
            protection=self.protection(records[-1]) if records else "",
            good=all(record.ok is not False for record in records),
            altered=any(record.sent is not None for record in records),
            facts=facts_of(message, self.checks)
            + tuple(line for record in records for line in _authentication(record)),
            explanation=None if text is None else f"{text.what} {text.rfc}",
            fields=tuple(_field(field) for field in _worth_a_line(message.fields)),
            failures=failures + tuple(line for record in records for line in _altered(record)),
        )

    def of_record(
        self, event: _core.Alert | _core.ChangeCipherSpec | _core.ApplicationData, label: str, record: _core.Record
    ) -> Row:
        name = type(event).__name__
        if isinstance(event, _core.Alert) and event.description == "close_notify":
            name = "close_notify"
        text = catalogue.text_of(name, *self.words)
        return replace(
            self.of_one_record(record, label),
            step=number_of(event),
            ms=self.ms(event.time_ns),
            facts=_authentication(record),
            explanation=None if text is None else f"{text.what} {text.rfc}",
            failures=(*_reason(record), *_altered(record)),
        )

    def of_unopened(self, record: _core.Record) -> Row:
        label = _CONTENT.get(record.content_type, show_bytes(record.content_type)) if record.header else "bytes"
        return replace(self.of_one_record(record, label), failures=(*self.what_failed(record), *_altered(record)))

    def of_one_record(self, record: _core.Record, label: str) -> Row:
        """What a row says of its record, whatever is in it."""
        return Row(
            step=number_of(record),
            ms=self.ms(record.time_ns),
            sender=record.sender,
            label=label,
            line=_line(record),
            records=(record.index, record.index),
            wire_bytes=wire_bytes(record),
            protection=self.protection(record),
            good=record.ok,
            altered=record.sent is not None,
        )

    def what_failed(self, record: _core.Record) -> Iterator[str]:
        yield from _reason(record)
        mac = record.mac
        check = self.checks.get(f"mac.record[{record.index}]")
        if mac is None:
            return
        if check is not None:
            padding = "" if mac.kind == "aead" else f"   padding {'ok' if mac.padding_ok else 'failed'}"
            yield f"{show_bytes(mac.algorithm)}: {show_bytes(check.formula)}{padding}"
        yield f"received {grouped_hex(mac.received)}"
        if mac.computed:
            differing = sum(a != b for a, b in zip(mac.received, mac.computed, strict=False))
            yield f"computed {grouped_hex(mac.computed)}   {differing}/{len(mac.computed)} differ"

    def of_end(self, close: _core.Close) -> Row:
        over_tcp = self.trace.transport == "tcp"
        label = f"TCP {_ENDS[close.kind]}" if over_tcp else "end of stream"
        return Row(
            step=None, ms=self.ms(close.time_ns), sender=close.sender, label=label, line="transport",
            protection=self.how_it_ended(close),
        )  # fmt: skip

    def how_it_ended(self, close: _core.Close) -> str:
        notified = any(c.kind == "close_notify" and c.sender == close.sender for c in self.trace.closes)
        return "clean close" if notified else "not announced"

    def protection(self, record: _core.Record) -> str:
        if record.state in ("unreadable", "cut", "elided"):
            return record.state
        if record.mac is None:
            compatibility = self.tls13 and record.content_type == "change_cipher_spec"
            return "plain (compat)" if compatibility else "plain"
        word = "tag" if record.mac.kind == "aead" else "MAC"
        verdict = "ok " if record.ok else "BAD"
        if not self.tls13:
            return f"{word} {verdict} seq {record.sequence_number}"
        epoch = _EPOCHS.get(record.epoch, f"app+{record.epoch - 3}")
        return f"{word} {verdict.strip()} {epoch}/{record.sequence_number}"


def rows_of(trace: Trace) -> list[tuple[_core.Event, Row]]:
    """The rows of a trace, each with the event it shows."""
    rows = Rows(trace)
    return [(event, row) for event in trace.events for row in rows.of_event(event)]


def _line(record: _core.Record) -> LineStyle:
    return "plain" if record.mac is None and record.state in ("plain", "cut") else "protected"


_NAMES = {"hmac": "HMAC-{}", "aead": "{} tag", "ssl3": "MAC with {} of SSL 3.0", "imit": "{}"}


def _authentication(record: _core.Record) -> tuple[str, ...]:
    """The MAC or tag of a record that has the right one; of one that has not, the failures tell."""
    if record.mac is None or not record.ok:
        return ()
    name = _NAMES[record.mac.kind].format(record.mac.algorithm)
    return (f"{show_bytes(name)} {grouped_hex(record.mac.received)}  as computed",)


def _reason(record: _core.Record) -> tuple[str, ...]:
    return (show_bytes(record.reason),) if record.reason else ()


def _altered(record: _core.Record) -> tuple[str, ...]:
    if record.sent is None:
        return ()
    arrived = record.header + record.fragment
    where = next((i for i, (a, b) in enumerate(zip(record.sent, arrived, strict=False)) if a != b), None)
    if where is None and len(record.sent) == len(arrived):
        return ("more than this record arrived for what was sent",)
    if where is None or len(record.sent) != len(arrived):
        sizes = f"{counted(len(record.sent), 'byte')} were sent, {counted(len(arrived), 'byte')} arrived"
        return (f"altered on its way: {sizes}",)
    return (f"altered on its way: at byte {where} {record.sent[where]:02x} was sent, {arrived[where]:02x} arrived",)


def _worth_a_line(field: _core.Field) -> Iterator[_core.Field]:
    """The leaves of a tree; of DER the elements that say something, which have three leaves each."""
    children = field.children
    if not children:
        yield field
    elif children[0].name in ("tag", "explicit_tag"):
        inside = [child for child in children if child.name not in _DER_HEADER]
        told = field.meaning is not None and not field.name.startswith("extensions[")
        if told or not inside or any(not child.children for child in inside):
            yield field
        else:
            for child in inside:
                yield from _worth_a_line(child)
    elif len(children) == 1 and field.meaning is not None:  # a CHOICE, which says what was chosen
        yield field
    else:
        for child in children:
            yield from _worth_a_line(child)


def _field(field: _core.Field) -> tuple[str, str, str]:
    raw = grouped_hex(field.raw[:_BYTES_OF_A_FIELD]) + (f" {ELLIPSIS}" if field.length > _BYTES_OF_A_FIELD else "")
    path = _UP_TO_TYPE.sub(ELLIPSIS, field.path)
    return (show_bytes(path), raw, "" if field.meaning is None else show_bytes(field.meaning))
