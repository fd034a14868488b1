"""How commands show a trace, and what it means for their exit code.

SPDX-License-Identifier: MIT
"""

from __future__ import annotations

import argparse

from hsinspect.trace import Trace


def add_view_options(command: argparse.ArgumentParser) -> None:
    """What every command has that prints a ladder."""
    command.add_argument("--detail", type=int, choices=(0, 1, 2), default=1, help="0 rows, 1 facts, 2 everything")
    command.add_argument("--width", type=int, help="columns; default: the terminal's")
    command.add_argument("--ascii", action="store_true", default=None, help="no line-drawing characters")
    command.add_argument("--no-color", dest="color", action="store_false", default=None, help="no colour")


def show(trace: Trace, options: argparse.Namespace, *, reveal: bool | None = None) -> None:
    """Prints the ladder as the options say."""
    trace.print(
        detail=options.detail, width=options.width, ascii=options.ascii, color=options.color, reveal=reveal
    )  # fmt: skip


def verdict(trace: Trace) -> int:
    """0 where the handshake was completed, nothing ended it and every computed check that could be made holds."""
    failed = [check for check in trace.checks if check.ok is False and check.kind == "computed"]
    complete = trace.handshake is not None and trace.handshake.complete
    return 0 if complete and not failed and not trace.errors else 1
