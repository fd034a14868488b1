"""Listeners: the functions that a context calls with each event of its connections, while it happens.

In: events from the C core, in wire order. Out: calls `function(conn, event)`. An exception of a listener goes back to
the core, which ends the handshake with it.

SPDX-License-Identifier: MIT
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, overload

from hsinspect import _core

Listener = TypeVar("Listener", bound=Callable[..., object])

# The kind of event -> the attribute that a filter compares.
_NAMES = {
    "Record": "content_type",
    "Message": "name",
    "Alert": "description",
    "ChangeCipherSpec": None,
    "ApplicationData": None,
    "Close": "kind",
    "Phase": "name",
    "Secret": "label",
}


class Listeners:
    """The functions of a context, by the kind of event. None is every kind."""

    def __init__(self) -> None:
        # tuples are replaced, never changed: another thread may be walking one
        self._functions: tuple[tuple[str | None, Callable[..., object], frozenset[str]], ...] = ()

    def add(self, kind: str | None, function: Callable[..., object], names: frozenset[str]) -> None:
        """Calls `function` for a kind of event; with `names` only for those events."""
        if not callable(function):
            raise TypeError(f"a listener has to be callable, not {type(function).__name__}")
        self._functions = (*self._functions, (kind, function, names))

    def remove(self, function: Callable[..., object]) -> None:
        """Calls it no more, whatever it listened to; ValueError where it did not listen."""
        kept = tuple(entry for entry in self._functions if entry[1] != function)
        if len(kept) == len(self._functions):
            raise ValueError(f"{function!r} does not listen here")
        self._functions = kept

    def mask(self) -> int:
        """A bit for each kind that somebody listens to, as `_core.Session.set_listener` takes it."""
        kinds = {kind for kind, _, _ in self._functions}
        bits = (1 << index for index, kind in enumerate(_core.EVENT_KINDS) if kind in kinds or None in kinds)
        return sum(bits)

    def deliver(self, conn: Any, event: _core.Event) -> None:
        """Calls those who listen to the event, in the order in which they were added."""
        kind = type(event).__name__
        for listens, function, names in self._functions:
            if listens is None:
                if not names or kind in names:
                    function(conn, event)
            elif listens == kind and (not names or _name_of(event, kind) in names):
                function(conn, event)


def _name_of(event: _core.Event, kind: str) -> str | None:
    attribute = _NAMES[kind]
    return None if attribute is None else getattr(event, attribute)


class Listening:
    """The decorators that a context has. Each is used bare, or with the names that it is to be called for.

    A connection hears of those who listen when it is made; `off` counts at once.
    """

    _listeners: Listeners

    @overload
    def on_message(self, function: Listener, /) -> Listener: ...
    @overload
    def on_message(self, *names: str) -> Callable[[Listener], Listener]: ...
    def on_message(self, *names: Any) -> Any:
        """For each handshake message, or those named: "ServerHello"."""
        return self._on("Message", names)

    @overload
    def on_phase(self, function: Listener, /) -> Listener: ...
    @overload
    def on_phase(self, *names: str) -> Callable[[Listener], Listener]: ...
    def on_phase(self, *names: Any) -> Any:
        """For GnuTLS entering and leaving each message, or those named: "ServerHello"."""
        return self._on("Phase", names)

    @overload
    def on_secret(self, function: Listener, /) -> Listener: ...
    @overload
    def on_secret(self, *names: str) -> Callable[[Listener], Listener]: ...
    def on_secret(self, *names: Any) -> Any:
        """For each secret that surfaces, or those of a label: "master secret"."""
        return self._on("Secret", names)

    @overload
    def on_record(self, function: Listener, /) -> Listener: ...
    @overload
    def on_record(self, *names: str) -> Callable[[Listener], Listener]: ...
    def on_record(self, *names: Any) -> Any:
        """For each record, or those of a content type: "application_data"."""
        return self._on("Record", names)

    @overload
    def on_alert(self, function: Listener, /) -> Listener: ...
    @overload
    def on_alert(self, *names: str) -> Callable[[Listener], Listener]: ...
    def on_alert(self, *names: Any) -> Any:
        """For each alert, or those named: "bad_record_mac"."""
        return self._on("Alert", names)

    @overload
    def on_event(self, function: Listener, /) -> Listener: ...
    @overload
    def on_event(self, *names: str) -> Callable[[Listener], Listener]: ...
    def on_event(self, *names: Any) -> Any:
        """For every event, or those of a kind: "ApplicationData"."""
        return self._on(None, names)

    def off(self, function: Callable[..., object]) -> None:
        """Calls a function no more."""
        self._listeners.remove(function)

    def _on(self, kind: str | None, names: tuple[Any, ...]) -> Any:
        if len(names) == 1 and callable(names[0]):
            self._listeners.add(kind, names[0], frozenset())
            return names[0]
        if not all(isinstance(name, str) for name in names):
            raise TypeError("a filter is made of names: @ctx.on_message('ServerHello')")
        unknown = set(names) - set(_core.EVENT_KINDS) if kind is None else set()
        if unknown:
            raise ValueError(f"no such kind of event: {', '.join(sorted(unknown))}; there are {', '.join(_NAMES)}")

        def decorate(function: Listener) -> Listener:
            self._listeners.add(kind, function, frozenset(names))
            return function

        return decorate
