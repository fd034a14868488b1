"""The cipher suites that GnuTLS lists, each in every way in which it can be had, for test_suites.py and its fellows."""

from collections.abc import Iterator
from dataclasses import dataclass

from hsinspect import _core

VERSIONS = {"TLSv1": "1.0", "TLSv1.1": "1.1", "TLSv1.2": "1.2", "TLSv1.3": "1.3"}

# Which certificates fit a key exchange, or TLS 1.3, the one first that GnuTLS picks by itself.
CERTIFICATES = {
    "RSA": ("RSA",),
    "RSA-PSK": ("RSA",),
    "DHE-RSA": ("RSA", "RSA-PSS"),
    "ECDHE-RSA": ("RSA", "RSA-PSS"),
    "ECDHE-ECDSA": ("ECDSA", "Ed25519", "Ed448"),
    "DHE-DSS": ("DSA",),
    "SRP-RSA": ("RSA",),
    "SRP-DSS": ("DSA",),
    "VKO-GOST-12": ("GOST",),
    "certificate": ("RSA", "RSA-PSS", "ECDSA", "Ed25519", "Ed448"),
}
SINCE_TLS12 = ("RSA-PSS", "Ed25519", "Ed448")
# What makes GnuTLS pick another: the only signatures that it may make.
SIGNATURES = {
    "RSA-PSS": ":-SIGN-ALL:+SIGN-RSA-PSS-SHA256",
    "ECDSA": ":-SIGN-ALL:+SIGN-ECDSA-SECP256R1-SHA256",
    "Ed25519": ":-SIGN-ALL:+SIGN-EDDSA-ED25519",
    "Ed448": ":-SIGN-ALL:+SIGN-EDDSA-ED448",
}
# What a key exchange needs besides; DSA's and GOST's signatures are not among the usual ones.
EXCHANGES = {
    "certificate": "",
    "DHE-DSS": ":-KX-ALL:+DHE-DSS:+SIGN-DSA-SHA1",
    "SRP-DSS": ":-KX-ALL:+SRP-DSS:+SIGN-DSA-SHA1",
    "VKO-GOST-12": ":-KX-ALL:+VKO-GOST-12:+GROUP-GC256B:+SIGN-GOSTR341012-256",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """A suite as GnuTLS lists it. kx: None in TLS 1.3."""

    number: int
    kx: str | None
    cipher: str
    mac: str
    prf: str
    versions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A suite in one version. kx: in TLS 1.3, how the keys are exchanged: "certificate", or with a PSK.

    ems, etm: are extended_master_secret and encrypt_then_mac offered? In TLS 1.3 neither means anything.
    """

    suite: Suite
    version: str
    kx: str
    certificate: str | None
    ems: bool = True
    etm: bool = True

    def __str__(self) -> str:
        words = [self.version, self.kx, self.suite.cipher, self.suite.mac]
        words += [] if self.is_usual else [self.certificate]
        words += [name for name, on in (("-EMS", self.ems), ("-ETM", self.etm)) if not on]
        return " ".join(words)

    @property
    def is_usual(self) -> bool:
        """Is the certificate the one that GnuTLS picks by itself?"""
        return self.certificate == CERTIFICATES.get(self.kx, (None,))[0]

    @property
    def priority(self) -> str:
        """The priority string that gives it and nothing else."""
        parts = (
            f"NORMAL:-VERS-ALL:+VERS-TLS{VERSIONS[self.version]}:-CIPHER-ALL:+{self.suite.cipher}",
            EXCHANGES.get(self.kx, f":-KX-ALL:+{self.kx}"),
            "" if self.version == "TLSv1.3" else f":-MAC-ALL:+{self.suite.mac}",
            "" if self.is_usual else SIGNATURES[self.certificate],
            "" if self.ems else ":%NO_SESSION_HASH",
            "" if self.etm else ":%NO_ETM",
        )
        return "".join(parts)


def listed() -> Iterator[tuple[Suite, str | None]]:
    """All suites that GnuTLS lists, and why one is left out; None: it is not."""
    for number, name, lowest, allowed in _core.gnutls_suites():
        parts = _core.suite(number)
        assert parts is not None, f"GnuTLS lists {name} (0x{number:04x}), which we do not know"
        _, kx, cipher, mac, prf, tls13 = parts
        versions = tuple(version for version in VERSIONS if version >= lowest and (version == "TLSv1.3") == tls13)
        suite = Suite(number=number, kx=kx, cipher=cipher, mac=mac, prf=prf, versions=versions)
        yield suite, None if allowed else "forbidden by policy"


def cases() -> Iterator[Case]:
    """Every suite that is not left out, in each version, with each certificate, with both extensions on and off."""
    for suite, left_out in listed():
        for version in suite.versions if left_out is None else ():
            for kx in exchanges(suite):
                for certificate in certificates(kx, version):
                    for ems, etm in switches(version):
                        yield Case(suite=suite, version=version, kx=kx, certificate=certificate, ems=ems, etm=etm)


def exchanges(suite: Suite) -> tuple[str, ...]:
    """Before TLS 1.3 the suite says it. A PSK from outside goes with SHA-256 (RFC 8446 section 4.2.11)."""
    if suite.kx is not None:
        return (suite.kx,)
    return ("certificate", *(("PSK", "DHE-PSK", "ECDHE-PSK") if suite.prf == "SHA256" else ()))


def certificates(kx: str, version: str) -> tuple[str | None, ...]:
    """Those that fit; None: there is none."""
    fitting = CERTIFICATES.get(kx, (None,))
    return fitting if version in ("TLSv1.2", "TLSv1.3") else tuple(c for c in fitting if c not in SINCE_TLS12)


def switches(version: str) -> tuple[tuple[bool, bool], ...]:
    """EMS and ETM."""
    every = ((True, True), (True, False), (False, True), (False, False))
    return every[:1] if version == "TLSv1.3" else every
