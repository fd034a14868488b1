"""hsinspect lab: one handshake between two ends of our own, by names or by a GnuTLS priority string.

SPDX-License-Identifier: MIT
"""

from __future__ import annotations

import argparse
from typing import Any

from hsinspect import lab
from hsinspect.cli.show import add_view_options, show, verdict

NAMES = ("version", "kx", "cipher", "mac", "group", "certificate")


def add_to(commands: Any) -> None:
    """The command's arguments."""
    command = commands.add_parser("lab", help="a handshake between two ends of our own")
    command.add_argument("version", nargs="?", help="TLSv1, TLSv1.1, TLSv1.2 or TLSv1.3")
    command.add_argument("--priority", help="a GnuTLS priority string instead of names")
    for name, example in (
        ("kx", "ECDHE-RSA"), ("cipher", "AES-128-GCM"), ("mac", "SHA1"), ("group", "X25519"), ("certificate", "ECDSA"),
    ):  # fmt: skip
        command.add_argument(f"--{name}", help=f"GnuTLS's name: {example}")
    command.add_argument("--no-encrypt-then-mac", dest="encrypt_then_mac", action="store_false", default=None)
    command.add_argument(
        "--no-extended-master-secret", dest="extended_master_secret", action="store_false", default=None
    )
    command.add_argument("--no-tickets", dest="tickets", action="store_false", default=None)
    command.add_argument("--alpn", action="append", help="a protocol to offer and accept; may be repeated")
    command.add_argument("--request", default="GET / HTTP/1.0\r\n\r\n", help="what the client sends")
    command.add_argument("--response", default="hello", help="what the server answers")
    command.add_argument("--tcp", action="store_true", help="over a loopback TCP connection")
    add_view_options(command)
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Runs and shows it."""
    trace = lab.run(
        **{name: getattr(options, name) for name in NAMES},
        encrypt_then_mac=options.encrypt_then_mac,
        extended_master_secret=options.extended_master_secret,
        tickets=options.tickets,
        priority=options.priority,
        alpn=options.alpn,
        request=options.request.encode(),
        response=options.response.encode(),
        transport="tcp" if options.tcp else "memory",
    )
    show(trace, options)
    return verdict(trace)
