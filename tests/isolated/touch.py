"""What the leak_*.py of single types do a round of: objects made anew, and each of their attributes looked at."""

from collections.abc import Callable, Iterable, Iterator

from hsinspect import lab

OBJECTS = 20  # a round


def touch(things: Iterable[object]) -> None:
    """Looks at every public attribute of things, and at their repr, hash and equality where they have them."""
    for thing in things:
        repr(thing)
        assert thing == thing
        for name in dir(thing):
            if not name.startswith("_"):
                getattr(thing, name, None)


def anew(look: Callable[[], Iterable[object]]) -> Iterator[object]:
    """As many as a round has, of what looking gives, which makes them anew each time."""
    given = 0
    while given < OBJECTS:
        for thing in look():
            given += 1
            yield thing


def example() -> lab.Trace:
    """A trace in which there is one of each kind of event: the textbook's handshake, with a close."""
    return lab.run("TLSv1.2", kx="RSA", cipher="AES-128-CBC", mac="SHA1", request=b"question", response=b"answer")
