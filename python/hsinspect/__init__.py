"""hsinspect: TLS handshakes from the inside: every phase, byte, secret and record MAC, checked.

    with hsinspect.connect("localhost", 4433, cafile="ca.pem") as conn:
        conn.sendall(b"GET / HTTP/1.0\\r\\n\\r\\n")
        body = conn.recv(65536)
    print(conn.trace)
    conn.trace.verify()

SPDX-License-Identifier: MIT
"""

from typing import TYPE_CHECKING

from hsinspect._core import (
    Alert,
    ApplicationData,
    ChangeCipherSpec,
    Check,
    Close,
    Derivation,
    Field,
    Handshake,
    Message,
    Phase,
    Record,
    RecordMAC,
    Secret,
)
from hsinspect.errors import (
    BusyError,
    CertificateError,
    ClosedError,
    Error,
    ForkedError,
    UnexpectedEOFError,
    VerificationError,
    WantReadError,
    WantWriteError,
)
from hsinspect.trace import Trace

if TYPE_CHECKING:
    from hsinspect import lab
    from hsinspect.capture import iter_capture, read_capture
    from hsinspect.capture_fault import CaptureFault
    from hsinspect.certificate import Certificate
    from hsinspect.client import connect
    from hsinspect.context import Context, create_default_context
    from hsinspect.journal import Journal
    from hsinspect.object import TLSObject
    from hsinspect.saved import load
    from hsinspect.server import Server, serve
    from hsinspect.session import Session
    from hsinspect.socket import TLSSocket
    from hsinspect.steps import Step
    from hsinspect.suites import CipherSuite
    from hsinspect.verification import Verification

# Loaded when they are first asked for, so that who reads captures does not wait for `ssl`: name -> module.
_LATER = {
    "CaptureFault": "hsinspect.capture_fault",
    "Certificate": "hsinspect.certificate",
    "CipherSuite": "hsinspect.suites",
    "Context": "hsinspect.context",
    "Journal": "hsinspect.journal",
    "Server": "hsinspect.server",
    "Session": "hsinspect.session",
    "Step": "hsinspect.steps",
    "TLSObject": "hsinspect.object",
    "TLSSocket": "hsinspect.socket",
    "Verification": "hsinspect.verification",
    "connect": "hsinspect.client",
    "create_default_context": "hsinspect.context",
    "iter_capture": "hsinspect.capture",
    "lab": "hsinspect.lab",
    "load": "hsinspect.saved",
    "read_capture": "hsinspect.capture",
    "serve": "hsinspect.server",
}

__version__ = "0.1.0"

__all__ = [
    "Alert",
    "ApplicationData",
    "BusyError",
    "CaptureFault",
    "Certificate",
    "CertificateError",
    "ChangeCipherSpec",
    "Check",
    "CipherSuite",
    "Close",
    "ClosedError",
    "Context",
    "Derivation",
    "Error",
    "Field",
    "ForkedError",
    "Handshake",
    "Journal",
    "Message",
    "Phase",
    "Record",
    "RecordMAC",
    "Secret",
    "Server",
    "Session",
    "Step",
    "TLSObject",
    "TLSSocket",
    "Trace",
    "UnexpectedEOFError",
    "Verification",
    "VerificationError",
    "WantReadError",
    "WantWriteError",
    "connect",
    "create_default_context",
    "iter_capture",
    "lab",
    "load",
    "read_capture",
    "serve",
]


def __getattr__(name: str) -> object:
    """Loads what costs too much to load with the package."""
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    module = importlib.import_module(_LATER[name])
    found = module if module.__name__ == f"{__name__}.{name}" else getattr(module, name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    """All public names, those that are not loaded yet too."""
    return sorted({*globals(), *__all__})
