"""`python -m hsinspect`: the arguments, and what becomes of a command that fails.

Exit codes: 0 it went well, 1 the handshake or a check failed, 2 the call was wrong, 130 interrupted.

SPDX-License-Identifier: MIT
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence

from hsinspect.cli import captures, connect, demo, info, lab
from hsinspect.views.show import show_bytes

Command = Callable[[argparse.Namespace], int]
FAILED, USAGE, INTERRUPTED = 1, 2, 130


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = argparse.ArgumentParser(prog="hsinspect", description="TLS handshakes from the inside.")
    commands = top.add_subparsers(metavar="COMMAND", required=True)
    for command in (demo, lab, connect, captures, info):
        command.add_to(commands)
    return top


def main(arguments: Sequence[str]) -> int:
    """Runs a command; gives its exit code."""
    options = parser().parse_args(arguments)
    run: Command = options.run
    try:
        code = run(options)
        if sys.stdout is not None:  # where it was closed there is nothing to flush
            sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # nobody reads any more; without this the interpreter would complain when it flushes stdout
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except ValueError as error:
        print(f"hsinspect: {show_bytes(str(error))}", file=sys.stderr)
        return USAGE
    except OSError as error:
        print(f"hsinspect: {show_bytes(str(error))}", file=sys.stderr)
        return FAILED
    return code
