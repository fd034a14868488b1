"""hsinspect show and hsinspect verify: the TLS connections in a capture.

verify prints a line for each connection and each check that failed; its exit code is 1 where one did, or where there
was no connection.

SPDX-License-Identifier: MIT
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from hsinspect.cli.show import add_view_options, show
from hsinspect.trace import Trace
from hsinspect.views.show import show_bytes


def add_to(commands: Any) -> None:
    """Both commands' arguments."""
    command = commands.add_parser("show", help="the TLS connections in a capture")
    _add_file_and_keys(command)
    command.add_argument("--connection", type=int, metavar="N", help="only the N-th to end, from 1")
    command.add_argument("--json", action="store_true", help="as JSON, a line for each connection")
    command.add_argument("--reveal", action="store_true", help="show secrets")
    add_view_options(command)
    command.set_defaults(run=run_show)
    command = commands.add_parser("verify", help="recompute all there is in a capture, and say what is wrong")
    _add_file_and_keys(command)
    command.add_argument("--rules", action="store_true", help="a rule of conformance that is broken counts too")
    command.set_defaults(run=run_verify)


def _add_file_and_keys(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", help="pcap or pcapng, may be gzipped; -: standard input")
    command.add_argument("--keylog", action="append", metavar="FILE", help="NSS key log; may be repeated")
    command.add_argument(
        "--key", action="append", default=[], type=_key, metavar="FILE[:PASSWORD]", help="RSA private key; likewise"
    )
    command.add_argument(
        "--psk", action="append", default=[], type=_psk, metavar="IDENTITY:HEX", help="no IDENTITY: for any; likewise"
    )
    command.add_argument(
        "--psk-file", action="extend", dest="psk", type=_psk_file, metavar="FILE", help="a line each, as of psktool"
    )


def _key(text: str) -> tuple[str, str | None]:
    """A path, or a path and a password."""
    path, colon, password = text.rpartition(":")
    return (text, None) if os.path.exists(text) or not colon else (path, password)


def _psk(text: str) -> tuple[bytes | None, bytes]:
    """An identity, None for any, and a key."""
    identity, _, digits = text.rpartition(":")
    with _untold("not IDENTITY:HEX"):
        return (identity.encode() or None, _hex(digits))


def _psk_line(text: str) -> tuple[bytes | None, bytes]:
    """A line of a file of psktool's: an identity that is no text is in hex, behind a #."""
    identity, _, digits = text.rpartition(":")
    with _untold("a line is not IDENTITY:HEX"):
        return (_hex(identity[1:]) if identity.startswith("#") else identity.encode() or None, _hex(digits))


def _psk_file(path: str) -> list[tuple[bytes | None, bytes]]:
    """What every user of the machine would see among the arguments, from a file."""
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise argparse.ArgumentTypeError(f"{path}: {getattr(error, 'strerror', 'it is no text')}") from None
    return [_psk_line(line.strip()) for line in lines if line.strip()]


def _hex(digits: str) -> bytes:
    value = bytes.fromhex(digits)
    if not value:
        raise ValueError("it is empty")
    return value


@contextlib.contextmanager
def _untold(instead: str) -> Iterator[None]:
    """Says this of a wrong argument: argparse would print the text, which may be a key."""
    try:
        yield
    except ValueError:
        raise argparse.ArgumentTypeError(instead) from None


# ---- reading ----


def _numbered(options: argparse.Namespace) -> Iterator[tuple[int, Trace]]:
    from hsinspect.capture import iter_capture

    file: str | IO[bytes] = sys.stdin.buffer if options.file == "-" else options.file
    return enumerate(iter_capture(file, options.keylog, options.key, dict(options.psk)), 1)


@contextlib.contextmanager
def _plain_warnings() -> Iterator[None]:
    """Warnings as lines of ours, not of Python's."""
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = lambda message, *_: _complain(str(message))
        yield


def _complain(text: str) -> None:
    print(f"hsinspect: {show_bytes(text)}", file=sys.stderr)


def _each(options: argparse.Namespace, use: Any) -> int:
    """Has each connection used, or the one asked for; gives the worst of what that returns.

    1: there was none, or the file cannot be read.
    """
    codes = []
    asked = getattr(options, "connection", None)
    with _plain_warnings():
        try:
            for number, trace in _numbered(options):
                if asked in (None, number):
                    codes.append(use(number, trace, options))
        except ValueError as error:
            _complain(str(error))
            return 1
    if not codes:
        which = "TLS connection" if asked is None else f"connection {asked}"
        _complain(f"no {which} in {options.file}")
    return max(codes, default=1)


# ---- the commands ----


def run_show(options: argparse.Namespace) -> int:
    """Shows each connection, or one."""
    return _each(options, _show)


def run_verify(options: argparse.Namespace) -> int:
    """Verifies each connection."""
    return _each(options, _verify)


def _show(number: int, trace: Trace, options: argparse.Namespace) -> int:
    if options.json:
        print(json.dumps(trace.to_dict(secrets=options.reveal)))
        return 0
    print(f"{_title(number, trace)}\n")
    show(trace, options, reveal=options.reveal)
    print()
    return 0


def _verify(number: int, trace: Trace, options: argparse.Namespace) -> int:
    verdicts = [check.ok for check in trace.checks]
    failed = [check for check in trace.checks if check.ok is False and (options.rules or check.kind == "computed")]
    suite = "" if trace.cipher_suite is None else f" {trace.cipher_suite.name}"
    print(
        f"{_title(number, trace)}  {trace.version or 'no version'}{suite}  "
        f"{verdicts.count(True)} ok, {len(failed)} failed, {verdicts.count(None)} not checkable"
    )
    for check in failed:
        print(f"    {check.name}: {show_bytes(check.reason or 'it does not hold')}")
    return 1 if failed else 0


def _title(number: int, trace: Trace) -> str:
    ends = [_address(address) for address in (trace.client_address, trace.server_address)]
    return f"{number}. {' -> '.join(ends)}"


def _address(address: tuple[str, int] | None) -> str:
    if address is None:
        return "?"
    host, port = address
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
