"""Context: an `ssl.SSLContext` whose connections run on GnuTLS and can be looked at.

The seam is `_wrap_socket` and `_wrap_bio`: the standard library's sockets and objects call them for what they work on.
OpenSSL's context underneath checks arguments and keeps what was set; settings.py translates it when a connection is
made. What hsinspect does not have raises NotImplementedError where it is set.

SPDX-License-Identifier: MIT
"""

from __future__ import annotations

import os
import socket
import ssl
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Literal

from hsinspect import _core, settings
from hsinspect.errors import Error
from hsinspect.files import read_file
from hsinspect.listeners import Listeners, Listening
from hsinspect.object import TLSObject
from hsinspect.seam import MemorySeam, SocketSeam, listen, not_here
from hsinspect.settings import Recorded
from hsinspect.socket import TLSSocket
from hsinspect.trace import Trace

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

    Capture = Literal["all", "handshake"] | int

TRACES_KEPT = 64
CAPTURE = 1 << 20
_CAPTURES: dict[str, int | None] = {"all": None, "handshake": 0}
_ONE_SIDED = {ssl.PROTOCOL_TLS_CLIENT: False, ssl.PROTOCOL_TLS_SERVER: True}
_CONFIGS = threading.RLock()  # while a context makes one; a child of fork() finds them whole
os.register_at_fork(before=_CONFIGS.acquire, after_in_parent=_CONFIGS.release, after_in_child=_CONFIGS.release)
_REVOCATION = ssl.VERIFY_CRL_CHECK_LEAF | ssl.VERIFY_CRL_CHECK_CHAIN


class Context(Listening, ssl.SSLContext):
    """An `ssl.SSLContext` to everyone else. Defaults as `ssl`'s for its protocol; PROTOCOL_TLS_CLIENT unless said.

    priority: a GnuTLS priority string, which then decides on versions, suites, groups and signatures.
    capture: how much application data a trace keeps: "all", "handshake" (none), or a number of bytes, the newest; of
    older records there is only the count, see Record.elided. It may be set later, for connections made after that.
    traces: of the last 64 connections, the newest at the end.
    """

    sslsocket_class = TLSSocket
    sslobject_class = TLSObject

    def __new__(
        cls, protocol: int | None = None, *, priority: str | None = None, capture: Capture = CAPTURE
    ) -> Context:
        return super().__new__(cls, ssl.PROTOCOL_TLS_CLIENT if protocol is None else protocol)

    def __init__(self, protocol: int | None = None, *, priority: str | None = None, capture: Capture = CAPTURE) -> None:
        self.capture = capture
        if priority is not None:
            _core.Config(False).set_priority(priority)  # ValueError now, not at the first connection
        self.traces: deque[Trace] = deque(maxlen=TRACES_KEPT)
        self.listeners = self._listeners = Listeners()
        self._recorded = Recorded(priority)
        self._configs: dict[bool, tuple[tuple[Any, ...], _core.Config]] = {}

    # ---- the seam ----

    def _wrap_socket(
        self,
        sock: socket.socket,
        server_side: bool,
        server_hostname: str | None = None,
        *,
        owner: TLSSocket,
        session: ssl.SSLSession | None = None,
    ) -> SocketSeam:
        if session is not None:
            not_here("session=", "an ssl.SSLSession is OpenSSL's")
        here, there = sock.getsockname(), sock.getpeername()
        over_tcp = sock.family in (socket.AF_INET, socket.AF_INET6)
        addresses = {"client": here[:2], "server": there[:2]} if over_tcp else {}
        if server_side and over_tcp:
            addresses = {"client": there[:2], "server": here[:2]}
        core = self.new_session(
            owner.trace,
            server_side,
            server_hostname,
            transport="tcp" if over_tcp else "socket",
            client_address=addresses.get("client"),
            server_address=addresses.get("server"),
        )
        seam = SocketSeam(core, self, owner, server_hostname)
        owner.attach(seam)
        listen(core, self, owner)
        return seam

    def _wrap_bio(
        self,
        incoming: ssl.MemoryBIO,
        outgoing: ssl.MemoryBIO,
        server_side: bool,
        server_hostname: str | None = None,
        *,
        owner: TLSObject,
        session: ssl.SSLSession | None = None,
    ) -> MemorySeam:
        if session is not None:
            not_here("session=", "an ssl.SSLSession is OpenSSL's")
        core = self.new_session(owner.trace, server_side, server_hostname)
        seam = MemorySeam(core, self, owner, server_hostname, (incoming, outgoing))
        listen(core, self, owner)
        return seam

    def new_session(
        self, trace: Trace, server_side: bool, server_hostname: str | None, **options: Any
    ) -> _core.Session:
        """A GnuTLS session with the settings of this context, that writes to `trace`."""
        only = _ONE_SIDED.get(self.protocol)
        if only is not None and only != server_side:
            side = "server" if server_side else "client"
            raise Error(ssl.SSL_ERROR_SSL, f"Cannot create a {side} socket with a {self.protocol.name} context")
        session = _core.Session(
            self.config(server_side),
            trace,
            server_side,
            server_hostname,
            verify_name=self.check_hostname and not server_side,
            common_name=self.hostname_checks_common_name,
            capture=_CAPTURES[self.capture] if isinstance(self.capture, str) else self.capture,
            **options,
        )
        self.traces.append(trace)
        return session

    def config(self, server_side: bool) -> _core.Config:
        """The settings as GnuTLS takes them; made again where something was set since."""
        state = (
            self._recorded.changes,
            self.options,
            self.minimum_version,
            self.maximum_version,
            self.verify_mode,
            self.num_tickets,
        )
        with _CONFIGS:
            made_for, config = self._configs.get(server_side, (None, None))
            if config is None or made_for != state:
                config = settings.config_of(self, self._recorded, server_side)
                self._configs[server_side] = (state, config)
        return config

    @property
    def capture(self) -> Capture:
        """How much application data the trace of a connection keeps: "all", "handshake", or a number of bytes."""
        return self._capture

    @capture.setter
    def capture(self, value: Capture) -> None:
        if isinstance(value, str) and value not in _CAPTURES:
            raise ValueError(f"capture {value!r} is unknown; there are 'all', 'handshake' and numbers of bytes")
        if not isinstance(value, str | int) or isinstance(value, bool):
            raise TypeError("capture= takes 'all', 'handshake' or a number of bytes")
        if not isinstance(value, str) and not 0 <= value <= sys.maxsize:
            raise ValueError(f"capture= takes a number of bytes, 0 to {sys.maxsize}")
        self._capture = value

    # ---- what OpenSSL's context does not give back ----

    def load_cert_chain(
        self,
        certfile: str | bytes | os.PathLike[str] | os.PathLike[bytes],
        keyfile: str | bytes | os.PathLike[str] | os.PathLike[bytes] | None = None,
        password: Callable[[], str | bytes | bytearray] | str | bytes | bytearray | None = None,
    ) -> None:
        """As in `ssl`."""
        if callable(password):
            password = password()
        words = _text_of(password)
        super().load_cert_chain(certfile, keyfile, password)
        chain = read_file(certfile)
        self._recorded.certificates.append((chain, chain if keyfile is None else read_file(keyfile), words))
        self._recorded.changes += 1

    def load_verify_locations(
        self,
        cafile: str | bytes | os.PathLike[str] | os.PathLike[bytes] | None = None,
        capath: str | bytes | os.PathLike[str] | os.PathLike[bytes] | None = None,
        cadata: str | Buffer | None = None,
    ) -> None:
        """As in `ssl`; the files of `capath` are read now, not when they are needed."""
        super().load_verify_locations(cafile, capath, cadata)
        if cafile is not None:
            self._recorded.trust.append(read_file(cafile))
        if capath is not None:
            self._recorded.trust += settings.trust_in_folder(os.fsdecode(capath))
        if cadata is not None:
            self._recorded.trust += settings.trust_in_data(cadata)
        self._recorded.changes += 1

    def set_default_verify_paths(self) -> None:
        """Trusts the system's authorities. load_default_certs() comes here too."""
        super().set_default_verify_paths()
        self._recorded.system_trust = True
        self._recorded.changes += 1

    def set_alpn_protocols(self, alpn_protocols: Iterable[str]) -> None:
        """As in `ssl`: the preferred first."""
        if isinstance(alpn_protocols, str | bytes):
            raise TypeError("a list of protocols is wanted, not one of them")
        protocols = tuple(alpn_protocols)
        super().set_alpn_protocols(protocols)
        self._recorded.alpn = protocols
        self._recorded.changes += 1

    def set_ciphers(self, cipherlist: str, /) -> None:
        """As in `ssl`, in OpenSSL's words. Where GnuTLS cannot tell them apart the first connection raises."""
        if self._recorded.priority is not None:
            not_here("set_ciphers() beside priority=", "the priority string has chosen the suites")
        super().set_ciphers(cipherlist)
        self._recorded.ciphers = True
        self._recorded.changes += 1

    @property  # type: ignore[override]  # typeshed leaves out that ssl's may be None
    def keylog_filename(self) -> str | None:
        """Where the secrets of connections are appended, RFC 9850. A file that is made here has mode 0600."""
        return self._recorded.keylog

    @keylog_filename.setter
    def keylog_filename(self, value: str | os.PathLike[str] | None) -> None:
        path = None if value is None else os.fsdecode(value)
        if path is not None:
            os.close(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600))  # says now why it cannot
        self._recorded.keylog = path
        self._recorded.changes += 1

    @property
    def minimum_version(self) -> ssl.TLSVersion:
        """As in `ssl`; where it is set it also bounds a priority string."""
        return super().minimum_version

    @minimum_version.setter
    def minimum_version(self, value: int) -> None:
        ssl.SSLContext.minimum_version.__set__(self, value)  # type: ignore[attr-defined]
        self._recorded.bounded = True
        self._recorded.changes += 1

    @property
    def maximum_version(self) -> ssl.TLSVersion:
        """As in `ssl`; where it is set it also bounds a priority string."""
        return super().maximum_version

    @maximum_version.setter
    def maximum_version(self, value: int) -> None:
        ssl.SSLContext.maximum_version.__set__(self, value)  # type: ignore[attr-defined]
        self._recorded.bounded = True
        self._recorded.changes += 1

    # ---- what is not here ----

    @property
    def sni_callback(self) -> None:
        """Not here."""
        return None

    @sni_callback.setter
    def sni_callback(self, value: object) -> None:
        if value is not None:
            not_here("sni_callback", "a connection keeps the certificate it began with")

    def set_servername_callback(self, server_name_callback: object) -> None:
        """Not here."""
        self.sni_callback = server_name_callback

    @property
    def post_handshake_auth(self) -> bool:
        """Not here."""
        return False

    @post_handshake_auth.setter
    def post_handshake_auth(self, value: bool) -> None:
        if value:
            not_here("post_handshake_auth", "certificates are asked for in the handshake only")

    @property
    def verify_flags(self) -> ssl.VerifyFlags:
        """As in `ssl`, but for revocation lists."""
        return super().verify_flags

    @verify_flags.setter
    def verify_flags(self, value: int) -> None:
        if value & _REVOCATION:
            not_here("VERIFY_CRL_CHECK_LEAF", "revocation lists are not read")
        ssl.SSLContext.verify_flags.__set__(self, value)  # type: ignore[attr-defined]

    def load_dh_params(self, path: str | os.PathLike[str], /) -> None:
        """Not here."""
        not_here("load_dh_params()", "GnuTLS uses the groups of RFC 7919")

    def set_ecdh_curve(self, name: str, /) -> None:
        """Not here."""
        not_here("set_ecdh_curve()", 'say Context(priority="NORMAL:-GROUP-ALL:+GROUP-…")')

    def set_psk_client_callback(self, callback: object) -> None:
        """Not here."""
        not_here("set_psk_client_callback()", "pre-shared keys are for lab.run only")

    def set_psk_server_callback(self, callback: object, identity_hint: str | None = None) -> None:
        """Not here."""
        not_here("set_psk_server_callback()", "pre-shared keys are for lab.run only")


def _text_of(password: str | bytes | bytearray | None) -> str | None:
    if isinstance(password, bytes | bytearray):
        try:
            return bytes(password).decode()
        except UnicodeDecodeError:
            raise ValueError("a password of bytes has to be UTF-8") from None  # that error would show it
    return password


def create_default_context(
    purpose: ssl.Purpose = ssl.Purpose.SERVER_AUTH,
    *,
    cafile: str | os.PathLike[str] | None = None,
    capath: str | os.PathLike[str] | None = None,
    cadata: str | bytes | None = None,
    priority: str | None = None,
) -> Context:
    """A Context as `ssl.create_default_context` makes one: a client verifies certificates and names."""
    server = purpose == ssl.Purpose.CLIENT_AUTH
    context = Context(ssl.PROTOCOL_TLS_SERVER if server else ssl.PROTOCOL_TLS_CLIENT, priority=priority)
    if cafile or capath or cadata:
        context.load_verify_locations(cafile, capath, cadata)
    elif context.verify_mode != ssl.CERT_NONE:
        context.load_default_certs(purpose)
    keylog = os.environ.get("SSLKEYLOGFILE")
    if keylog and not sys.flags.ignore_environment:
        context.keylog_filename = keylog
    return context
