"""hsinspect demo: TLS 1.2 with RSA, TLS 1.3, and a record that was altered on its way, each from the inside.

SPDX-License-Identifier: MIT
"""

from __future__ import annotations

import argparse
from typing import Any

from hsinspect import _core, lab
from hsinspect.cli.show import add_view_options, show, verdict
from hsinspect.trace import Trace

REQUEST, RESPONSE = b"GET / HTTP/1.0\r\n\r\n", b"hello"
APPLICATION_DATA = 23  # the content type, RFC 8446 section 5.1
TEXTBOOK: dict[str, Any] = {
    "version": "TLSv1.2",
    "kx": "RSA",
    "cipher": "AES-128-CBC",
    "mac": "SHA1",
    "encrypt_then_mac": False,  # the order in which RFC 5246 does it
    "tickets": False,  # the twelve steps have none
}


def add_to(commands: Any) -> None:
    """The command's arguments."""
    command = commands.add_parser("demo", help="three handshakes over loopback TCP, explained")
    add_view_options(command)
    command.set_defaults(run=run)


def alter_application_data(sender: _core.Side, index: int, record: bytes) -> bytes:
    """Changes one bit of what the client sends as application data: the MAC has to notice."""
    if sender != "client" or record[0] != APPLICATION_DATA:
        return record
    where = 5  # of the IV: the same bit of the plaintext changes, and nothing else
    return record[:where] + bytes([record[where] ^ 1]) + record[where + 1 :]


def run(options: argparse.Namespace) -> int:
    """Shows all three; fails where one is not as it has to be."""
    shows: tuple[tuple[str, dict[str, Any], lab.Tamper | None], ...] = (
        ("The twelve steps: TLS 1.2, RSA key exchange, AES-128-CBC, HMAC-SHA1", TEXTBOOK, None),
        ("The same as TLS 1.3", {"version": "TLSv1.3"}, None),
        ("One bit of the request altered on its way: the MAC tells", TEXTBOOK, alter_application_data),
    )
    codes = []
    for number, (title, names, tamper) in enumerate(shows, 1):
        print(f"{number}. {title}\n")
        trace = lab.run(**names, request=REQUEST, response=RESPONSE, transport="tcp", tamper=tamper)
        show(trace, options, reveal=True)
        print()
        codes.append(verdict(trace) if tamper is None else was_noticed(trace))
    return max(codes)


def was_noticed(trace: Trace) -> int:
    """0 where the server answered the altered record with bad_record_mac."""
    return 0 if trace.alert == ("server", "bad_record_mac") else 1
