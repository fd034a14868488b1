"""What is measured: each scenario, and each way to make its pairs.

Of one scenario all ways agree on version, suite, key exchange, certificates and content; CPython's ssl is OpenSSL, and
stands there for comparison only.
SPDX-License-Identifier: MIT
"""

from dataclasses import dataclass

ONLY = "NORMAL:-VERS-ALL:+VERS-TLS"
X25519 = ":-GROUP-ALL:+GROUP-X25519"
CBC = ":-CIPHER-ALL:+AES-256-CBC:-MAC-ALL:+SHA1"
WRITE = 16384  # bytes that the client sends at once
BULK = 4096  # writes


@dataclass(frozen=True)
class Scenario:
    """What a pair is.

    priority: GnuTLS's string. ciphers: the same for OpenSSL before TLS 1.3; None: its default is the same.
    certificate: the kind of the server's. resumed: each pair resumes one and the same session. writes: how many
    the client makes after the handshake. targets: for a way, the share of bare GnuTLS's rate that it shall reach.
    """

    name: str
    priority: str
    ciphers: str | None
    certificate: str
    targets: dict[str, float]
    resumed: bool = False
    writes: int = 0


@dataclass(frozen=True)
class Way:
    """How pairs are made.

    program: "C" is build/bench/pairs, else a file of this folder. how: its first argument.
    resumes: it can resume a session.
    """

    name: str
    program: str
    how: str
    resumes: bool = True


BARE = Way("bare GnuTLS in C", "C", "bare")
WAYS = (
    BARE,
    Way("bare GnuTLS in C, again", "C", "bare"),
    Way("captured in C", "C", "captured"),
    Way("captured in C, a trace each", "C", "captured-apart"),
    Way("captured in C, each keeps all", "C", "captured-all"),
    Way("captured and folded in C", "C", "folded"),
    Way("captured and folded in C, a trace each", "C", "folded-apart"),
    Way("captured", "watched.py", "quiet", resumes=False),
    Way("no-op callback", "watched.py", "listening", resumes=False),
    Way("no-op callback at both ends", "watched.py", "listening-both", resumes=False),
    Way("every event kept", "watched.py", "keeping", resumes=False),
    Way("captured, a trace each", "watched.py", "quiet-apart", resumes=False),
    Way("no-op callback, a trace each", "watched.py", "listening-apart", resumes=False),
    Way("every event kept, a trace each", "watched.py", "keeping-apart", resumes=False),
    Way("CPython ssl", "openssl.py", "plain"),
    Way("CPython ssl, _msg_callback, key log", "openssl.py", "watched"),
)
FULL = {"captured in C": 0.97, "captured": 0.97, "no-op callback": 0.92, "every event kept": 0.85}
RESUMED = {"captured in C": 0.9}
TRANSFER = {"captured in C, a trace each": 0.85}  # one trace of both ends keeps all, a trace each a mebibyte

TLS12_RSA = f"{ONLY}1.2:-KX-ALL:+RSA"
TLS12 = f"{ONLY}1.2:-KX-ALL:+ECDHE-RSA{X25519}"
TLS13 = f"{ONLY}1.3{X25519}"
SCENARIOS = (
    Scenario("TLS 1.2, RSA", TLS12_RSA, "AES256-GCM-SHA384", "RSA", FULL),
    Scenario("TLS 1.2, ECDHE-RSA", TLS12, "ECDHE-RSA-AES256-GCM-SHA384", "RSA", FULL),
    Scenario("TLS 1.3, X25519, ECDSA", TLS13, None, "ECDSA", FULL),
    Scenario("TLS 1.2, resumed", TLS12, "ECDHE-RSA-AES256-GCM-SHA384", "RSA", RESUMED, resumed=True),
    Scenario("TLS 1.3, resumed", TLS13, None, "ECDSA", RESUMED, resumed=True),
    Scenario("TLS 1.3, 64 MiB, AES-256-GCM", TLS13, None, "ECDSA", TRANSFER, writes=BULK),
    Scenario("TLS 1.2, 64 MiB, AES-256-CBC, SHA1", TLS12 + CBC, "ECDHE-RSA-AES256-SHA", "RSA", TRANSFER, writes=BULK),
)
