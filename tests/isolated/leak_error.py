"""Errors, raised and pickled, leave nothing behind, nor does the trace that goes with one."""

import pickle

import hsinspect
from growth import check
from hsinspect import lab
from touch import anew, touch


def reset(sender: str, index: int, record: bytes) -> bytes:
    return b"\x15\x03\x03\0\2\2\x28" if sender == "server" else record


ERROR = lab.run("TLSv1.3", tamper=reset).errors["client"]
KINDS = [kind for kind in vars(hsinspect).values() if isinstance(kind, type) and issubclass(kind, hsinspect.Error)]


def errors() -> list[BaseException]:
    made = [kind(1, "a reason") for kind in KINDS]
    return [*made, *(pickle.loads(pickle.dumps(error)) for error in (ERROR, *made))]


check(lambda: touch(anew(errors)))
