"""hsinspect lab: one handshake between two ends of our own, by names or by a GnuTLS priority string.

SPDX-License-Identifier: MIT
"""

from __future__ import annotations

import argparse
from typing import Any

from hsinspect import lab
from hsinspect.cli.show import add_view_options, show, verdict

NAMES = ("version", "kx", "cipher", "mac", "group", "certificate")
SWITCHES = {  # each may stand alone, or name one of these
    "ocsp": (("good", "revoked", "unknown"), "a stapled OCSP response"),
    "psk": (("dhe", "psk"), "a pre-shared key"),
    "resume": (("ticket", "session_id"), "a second handshake that resumes the first"),
    "renegotiate": (("client", "server"), "another handshake on the same connection"),
}
FLAGS = {
    "hello_retry": "the client's first key share is for another group",
    "post_handshake_auth": "the server asks for a certificate afterwards",
    "update_requested": "who updates its key asks the other to do so too",
    "heartbeat": "agrees on the extension",
}
NUMBERS = {
    "chain_length": "certificates in the server's chain",
    "max_fragment_length": "512, 1024, 2048 or 4096 bytes",
    "record_size_limit": "512 to 16384 bytes",
}


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
    _add_features(command)
    command.add_argument("--alpn", action="append", help="a protocol to offer and accept; may be repeated")
    command.add_argument("--request", default="GET / HTTP/1.0\r\n\r\n", help="what the client sends")
    command.add_argument("--response", default="hello", help="what the server answers")
    command.add_argument("--tcp", action="store_true", help="over a loopback TCP connection")
    add_view_options(command)
    command.set_defaults(run=run)


def _add_features(command: argparse.ArgumentParser) -> None:
    command.add_argument("--client-cert", nargs="?", const=True, default=False, metavar="KIND", help="of this kind")
    command.add_argument("--early-data", help="said with the resumption")
    command.add_argument("--reject-early-data", dest="early_data_accepted", action="store_false", default=True)
    command.add_argument("--key-update", choices=("client", "server", "both"), help="who changes its key")
    for name, (choices, words) in SWITCHES.items():
        command.add_argument(_option(name), nargs="?", const=True, default=False, choices=choices, help=words)
    for name, words in FLAGS.items():
        command.add_argument(_option(name), action="store_true", help=words)
    for name, words in NUMBERS.items():
        command.add_argument(_option(name), type=int, metavar="N", help=words)


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def run(options: argparse.Namespace) -> int:
    """Runs and shows it."""
    trace = lab.run(
        **{name: getattr(options, name) for name in (*NAMES, *SWITCHES, *FLAGS, *NUMBERS)},
        client_cert=options.client_cert,
        early_data=None if options.early_data is None else options.early_data.encode(),
        early_data_accepted=options.early_data_accepted,
        key_update=options.key_update,
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
