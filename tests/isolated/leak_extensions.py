"""Mappings of extensions leave nothing behind, whichever way they are looked at."""

from growth import check
from touch import OBJECTS, example

HELLO = example().messages[0]


def look() -> None:
    for _ in range(OBJECTS):
        extensions = HELLO.extensions
        assert len(extensions) == len(list(extensions.items()))
        assert extensions.get(0x1234) is None
        assert extensions.get(43) == extensions.get("supported_versions")


check(look, rounds=500)
