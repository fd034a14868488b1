"""Files: what reads one whole. (pathlib costs too much at import.)

SPDX-License-Identifier: MIT
"""

from __future__ import annotations

import os


def read_file(path: str | bytes | os.PathLike[str] | os.PathLike[bytes]) -> bytes:
    """A file's bytes. OSError as open() has it."""
    with open(path, "rb") as file:
        return file.read()
