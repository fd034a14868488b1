"""A process that makes a connection, writes its secrets to a pipe, and lets go of all. Started by wiped.py.

Call: forgetful.py WAY. On standard output: for each secret a line, label and length, then its bytes, written from where
they stand, so that no copy of them is made here; then a line "held"; and, when a line has been read from standard input
and nothing holds the connection any more, a line "forgotten".

GnuTLS frees its sessions as they are, with a master secret in them. Here it is given a function that wipes first, so
that whatever is found in this process is what hsinspect has left.
"""

import ctypes
import gc
import os
import sys
from collections.abc import Callable
from typing import Any

import hsinspect
from ends import contexts, shake_hands
from flat_transfer import PRIORITIES
from hsinspect import _core

libc = ctypes.CDLL(None)
libc.malloc_usable_size.restype = ctypes.c_size_t
for function in (libc.malloc_usable_size, libc.free):
    function.argtypes = (ctypes.c_void_p,)


@ctypes.CFUNCTYPE(None, ctypes.c_void_p)
def wipe_and_free(memory: int | None) -> None:
    if memory is not None:
        ctypes.memset(memory, 0, libc.malloc_usable_size(memory))
        libc.free(memory)


def have_gnutls_wipe() -> None:
    """GnuTLS calls free() through a variable of this name."""
    address = ctypes.cast(wipe_and_free, ctypes.c_void_p).value
    ctypes.c_void_p.in_dll(ctypes.CDLL(_core.gnutls_library()), "gnutls_free").value = address


def tell(trace: hsinspect.Trace) -> None:
    for secret in trace.secrets:
        os.write(1, f"{secret.label}\t{len(secret.value)}\n".encode())
        os.write(1, secret.value)


def talk(priority: str, listening: bool) -> list[hsinspect.Trace]:
    both = contexts(priority)
    for context in both if listening else ():
        context.on_event(lambda conn, event: None)
    client, server = shake_hands(*both)
    client.write(b"ping")
    server.feed(client.take())
    assert server.read() == b"ping"
    for end in (client, server):
        end.close()
    return [client.trace, server.trace]


def lab(version: str, **names: Any) -> list[hsinspect.Trace]:
    return [hsinspect.lab.run(version, request=b"ping", response=b"pong", **names)]


def resumed(version: str, **names: Any) -> list[hsinspect.Trace]:
    """The second of two connections, which has secrets of the first."""
    (trace,) = lab(version, **names)
    previous, trace.previous = trace.previous, None
    assert previous is not None
    return [trace]


def read_again() -> list[hsinspect.Trace]:
    """From the bytes of a journal, which are the user's own to wipe."""
    journal = bytearray(hsinspect.lab.run("TLSv1.3").dumps())
    trace = hsinspect.Trace(journal)
    journal[:] = bytes(len(journal))
    return [trace]


WAYS: dict[str, Callable[[], list[hsinspect.Trace]]] = {
    "TLS 1.3": lambda: talk(PRIORITIES["TLS 1.3"], False),
    "TLS 1.3, a listener": lambda: talk(PRIORITIES["TLS 1.3"], True),
    "TLS 1.2": lambda: talk(PRIORITIES["TLS 1.2 CBC"], False),
    "TLS 1.2, a listener": lambda: talk(PRIORITIES["TLS 1.2 CBC"], True),
    "lab, TLS 1.3": lambda: lab("TLSv1.3"),
    "lab, TLS 1.2, RSA": lambda: lab("TLSv1.2", kx="RSA"),
    "lab, TLS 1.0, DHE": lambda: lab("TLSv1", kx="DHE-RSA"),
    "lab, TLS 1.2, by session ID": lambda: resumed("TLSv1.2", resume="session_id"),
    "lab, TLS 1.3, by ticket": lambda: resumed("TLSv1.3", resume=True, post_handshake_auth=True),
    "lab, TLS 1.2, password": lambda: lab("TLSv1.2", kx="SRP", renegotiate=True),
}


def hold() -> None:
    """Holds the traces of a connection until a line comes."""
    traces = WAYS[sys.argv[1]]()
    for trace in traces:
        trace.verify()
        tell(trace)
    os.write(1, b"held\n")
    sys.stdin.readline()


if __name__ == "__main__":
    have_gnutls_wipe()
    hold()
    gc.collect()
    os.write(1, b"forgotten\n")
    sys.stdin.readline()
