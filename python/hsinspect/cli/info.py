"""hsinspect info: which GnuTLS is in use, what it and the system's policy allow, and what can be seen.

SPDX-License-Identifier: MIT
"""

from __future__ import annotations

import argparse
import platform
import textwrap
from collections.abc import Iterator
from typing import Any

from hsinspect import _core
from hsinspect.settings import add_system_trust

WIDTH = 100


def add_to(commands: Any) -> None:
    """The command has no arguments."""
    command = commands.add_parser("info", help="the GnuTLS in use, the probe, the trust store, what is forbidden")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Prints all that is known."""
    for name, value in facts():
        first, *others = textwrap.wrap(value, WIDTH, break_long_words=False, break_on_hyphens=False) or [""]
        print(f"{name:<18}{first}")
        for line in others:
            print(" " * 18 + line)
    return 0


def facts() -> Iterator[tuple[str, str]]:
    """What to print, a name and a value each."""
    from hsinspect import __version__

    yield "hsinspect", f"{__version__}, Python {platform.python_version()}"
    yield "GnuTLS", _core.gnutls_version()
    yield "library", _core.gnutls_library()
    reason = _core.probe_reason()
    yield "probe", "installed" if reason is None else f"not installed: {reason}"
    yield "trusted", f"{add_system_trust(_core.Config(False))} certificates in the system's trust store"
    suites = _core.gnutls_suites()
    forbidden = [_core.suite(number) or (name,) for number, name, _, allowed in suites if not allowed]
    yield "suites", f"{len(suites)} in the library, {len(suites) - len(forbidden)} allowed"
    yield "forbidden", ", ".join(suite[0] for suite in forbidden) or "none"
