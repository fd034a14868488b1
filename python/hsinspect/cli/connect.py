"""hsinspect connect: a handshake with a server, seen from the client.

SPDX-License-Identifier: MIT
"""

from __future__ import annotations

import argparse
import sys
from typing import Any

from hsinspect.cli.show import add_view_options, show, verdict
from hsinspect.context import create_default_context
from hsinspect.views.show import show_bytes

DEFAULT_SECONDS = 10.0
LONGEST_SECONDS = 1e6


def add_to(commands: Any) -> None:
    """The command's arguments."""
    command = commands.add_parser("connect", help="a handshake with a server")
    command.add_argument("host")
    command.add_argument("port", type=int)
    command.add_argument("--cafile", help="whom to trust; default: the system's authorities")
    command.add_argument("--servername", help="the name to ask for and to verify; default: HOST")
    command.add_argument("--alpn", action="append", help="a protocol to offer; may be repeated")
    command.add_argument("--priority", help="a GnuTLS priority string")
    command.add_argument("--request", help="text to send after the handshake; the answer is read to its end")
    command.add_argument("--reveal", action="store_true", help="show secrets")
    command.add_argument("--timeout", type=seconds, default=DEFAULT_SECONDS, help="seconds for each step")
    add_view_options(command)
    command.set_defaults(run=run)


def seconds(text: str) -> float:
    """A time limit that a socket can keep."""
    number = float(text)
    if not 0 < number < LONGEST_SECONDS:
        raise argparse.ArgumentTypeError(f"{text} is no number of seconds above 0")
    return number


def run(options: argparse.Namespace) -> int:
    """Connects and shows it, also where it fails."""
    from hsinspect.client import connect

    context = create_default_context(cafile=options.cafile, priority=options.priority)
    if options.alpn:
        context.set_alpn_protocols(options.alpn)
    failed: Exception | None = None
    try:
        with connect(
            options.host,
            options.port,
            context=context,
            server_hostname=options.servername,
            timeout=options.timeout,
        ) as conn:
            if options.request is not None:
                conn.sendall(options.request.encode().decode("unicode_escape").encode("latin-1"))
                while conn.recv(65536):
                    pass
    except OSError as error:
        failed = error
    if context.traces:
        show(context.traces[-1], options, reveal=options.reveal)
    if failed is not None:
        print(f"hsinspect: {show_bytes(str(failed))}", file=sys.stderr)
        return 1
    return verdict(context.traces[-1])
