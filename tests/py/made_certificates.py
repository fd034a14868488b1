"""Certificates and OCSP responses that are not ours, made with `cryptography`, and their way into a trace.

Made once for each process: their keys take time.
"""

import datetime
import functools
import ipaddress
import struct
from dataclasses import dataclass

import hsinspect
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

BEGIN = datetime.datetime(2025, 3, 1, 12, 30, 5, tzinfo=datetime.UTC)
END = datetime.datetime(2051, 3, 1, tzinfo=datetime.UTC)  # a GeneralizedTime

KEYS = {
    "RSA": functools.cache(lambda: rsa.generate_private_key(65537, 2048)),
    "ECDSA": functools.cache(lambda: ec.generate_private_key(ec.SECP256R1())),
    "P-521": functools.cache(lambda: ec.generate_private_key(ec.SECP521R1())),
    "Ed25519": functools.cache(ed25519.Ed25519PrivateKey.generate),
    "Ed448": functools.cache(ed448.Ed448PrivateKey.generate),
    "DSA": functools.cache(lambda: dsa.generate_private_key(2048)),
}


def name(text: str, *more: x509.NameAttribute) -> x509.Name:
    return x509.Name([*more, x509.NameAttribute(NameOID.COMMON_NAME, text)])


@dataclass(frozen=True)
class Made:
    """A certificate and its private key."""

    certificate: x509.Certificate
    key: object

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)


def hash_for(key) -> hashes.HashAlgorithm | None:
    return None if isinstance(key, ed25519.Ed25519PrivateKey | ed448.Ed448PrivateKey) else hashes.SHA256()


def make(
    subject: x509.Name,
    *,
    issuer: Made | None = None,
    kind: str = "ECDSA",
    extensions: tuple[tuple[x509.ExtensionType, bool], ...] = (),
    serial: int = 0x1122334455667788_99AABBCC,
    pss: bool = False,
) -> Made:
    """A certificate signed by `issuer`, or by itself. pss: an RSA issuer signs with PSS."""
    key = KEYS[kind]()
    signer = key if issuer is None else issuer.key
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if issuer is None else issuer.certificate.subject)
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(BEGIN)
        .not_valid_after(END)
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    digest = hash_for(signer)
    scheme = padding.PSS(padding.MGF1(digest), digest.digest_size) if pss else None
    return Made(builder.sign(signer, digest, rsa_padding=scheme), key)


CA = ((x509.BasicConstraints(ca=True, path_length=1), True),)


@functools.cache
def authority(kind: str = "ECDSA") -> Made:
    more = (x509.NameAttribute(NameOID.COUNTRY_NAME, "XY"), x509.NameAttribute(NameOID.ORGANIZATION_NAME, "A, B + C"))
    return make(name(f"{kind} authority", *more), kind=kind, extensions=CA, serial=1)


def general_names() -> x509.SubjectAlternativeName:
    """One of each kind that `cryptography` can make."""
    return x509.SubjectAlternativeName(
        [
            x509.DNSName("*.example.org"),
            x509.RFC822Name("someone@example.org"),
            x509.UniformResourceIdentifier("https://example.org/a?b"),
            x509.IPAddress(ipaddress.ip_address("192.0.2.7")),
            x509.IPAddress(ipaddress.ip_address("2001:db8::7")),
            x509.DirectoryName(name("within")),
            x509.RegisteredID(x509.ObjectIdentifier("1.2.3.4")),
            x509.OtherName(x509.ObjectIdentifier("1.3.6.1.4.1.311.20.2.3"), b"\x0c\x03upn"),
        ]
    )


def many_extensions() -> tuple[tuple[x509.ExtensionType, bool], ...]:
    """One of each extension that the dissectors know and `cryptography` can make."""
    ca = authority()
    point = x509.DistributionPoint(
        [x509.UniformResourceIdentifier("http://crl.example/1")],
        None,
        frozenset({x509.ReasonFlags.key_compromise, x509.ReasonFlags.superseded}),
        [x509.DirectoryName(name("crl issuer"))],
    )
    relative = x509.DistributionPoint(
        None, x509.RelativeDistinguishedName([x509.NameAttribute(NameOID.COMMON_NAME, "part")]), None, None
    )
    usage = dict.fromkeys(
        ("content_commitment", "data_encipherment", "key_agreement", "crl_sign", "encipher_only", "decipher_only"),
        False,
    )
    return (
        (x509.BasicConstraints(ca=True, path_length=3), True),
        (x509.KeyUsage(digital_signature=True, key_encipherment=True, key_cert_sign=True, **usage), True),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, x509.ObjectIdentifier("1.2.3.5")]), False),
        (general_names(), False),
        (x509.IssuerAlternativeName([x509.DNSName("issuer.example")]), False),
        (x509.SubjectKeyIdentifier(b"\x01" * 20), False),
        (x509.AuthorityKeyIdentifier(b"\x02" * 20, [x509.DirectoryName(ca.certificate.subject)], 77), False),
        (
            x509.NameConstraints(
                [x509.DNSName("example.org"), x509.IPAddress(ipaddress.ip_network("10.0.0.0/8"))],
                [x509.IPAddress(ipaddress.ip_network("2001:db8::/32"))],
            ),
            True,
        ),
        (
            x509.CertificatePolicies(
                [
                    x509.PolicyInformation(
                        x509.ObjectIdentifier("2.23.140.1.2.1"),
                        ["https://cps.example", x509.UserNotice(x509.NoticeReference("Org", [1, 2]), "mind")],
                    ),
                    x509.PolicyInformation(x509.ObjectIdentifier("2.5.29.32.0"), None),
                ]
            ),
            False,
        ),
        (x509.PolicyConstraints(require_explicit_policy=2, inhibit_policy_mapping=300), True),
        (x509.InhibitAnyPolicy(4), True),
        (x509.CRLDistributionPoints([point, relative]), False),
        (x509.FreshestCRL([point]), False),
        (
            x509.AuthorityInformationAccess(
                [
                    x509.AccessDescription(
                        AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier("http://ocsp.example")
                    )
                ]
            ),
            False,
        ),
        (x509.TLSFeature([x509.TLSFeatureType.status_request, x509.TLSFeatureType.status_request_v2]), False),
        (x509.PrecertPoison(), True),
        (x509.OCSPNoCheck(), False),
        (x509.PrivateKeyUsagePeriod(BEGIN.replace(tzinfo=None), END.replace(tzinfo=None)), False),
        (x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2"), sct_extension()), False),
        (x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4.5"), b"not DER"), False),
    )


@functools.cache
def rich() -> Made:
    """A certificate with everything."""
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "DE"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, 'Käse & "Brot", <GmbH>; #1\\'),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, " two  spaces "),
            x509.NameAttribute(NameOID.EMAIL_ADDRESS, "a@b.example"),
            x509.NameAttribute(NameOID.COMMON_NAME, "rich.example"),
        ]
    )
    return make(subject, issuer=authority(), extensions=many_extensions())


# ---- signed certificate timestamps, RFC 6962 section 3.3: nobody need have signed them ----

SCT_TIMES = (1_396_877_277_237, 1_700_000_000_001)


def sct(milliseconds: int, log: int) -> bytes:
    signature = b"\x30\x06\x02\x01\x05\x02\x01\x06"
    return (
        b"\x00"
        + bytes([log]) * 32
        + milliseconds.to_bytes(8)
        + b"\x00\x02\xab\xcd"
        + struct.pack(">BBH", 4, 3, len(signature))
        + signature
    )


def sct_list() -> bytes:
    items = b"".join(struct.pack(">H", len(one)) + one for one in (sct(SCT_TIMES[0], 0xA1), sct(SCT_TIMES[1], 0xA2)))
    return struct.pack(">H", len(items)) + items


def sct_extension() -> bytes:
    return b"\x04" + bytes([len(sct_list())]) + sct_list()


# ---- OCSP ----


def ocsp_response(
    subject: Made,
    issuer: Made,
    *,
    status: ocsp.OCSPCertStatus = ocsp.OCSPCertStatus.GOOD,
    responder: Made | None = None,
    by_key: bool = False,
    algorithm: hashes.HashAlgorithm | None = None,
) -> bytes:
    """What the issuer, or a responder it has put in charge, says of a certificate; DER."""
    revoked = status == ocsp.OCSPCertStatus.REVOKED
    signer = responder or issuer
    builder = ocsp.OCSPResponseBuilder().add_response(
        subject.certificate,
        issuer.certificate,
        algorithm or hashes.SHA1(),  # what the world uses here
        status,
        BEGIN,
        END,
        BEGIN if revoked else None,
        x509.ReasonFlags.key_compromise if revoked else None,
    )
    encoding = ocsp.OCSPResponderEncoding.HASH if by_key else ocsp.OCSPResponderEncoding.NAME
    builder = builder.responder_id(encoding, signer.certificate)
    builder = builder.add_extension(x509.OCSPNonce(b"nonce"), False)
    if responder is not None:
        builder = builder.certificates([responder.certificate])
    return builder.sign(signer.key, hash_for(signer.key)).public_bytes(Encoding.DER)


# ---- into a trace: plain messages of TLS 1.2, which need no key ----


def vector(width: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return len(body).to_bytes(width) + body


def message(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + vector(3, body)


def records(handshake: bytes) -> bytes:
    parts = [handshake[i : i + 0x4000] for i in range(0, len(handshake), 0x4000)]
    return b"".join(b"\x16\x03\x03" + vector(2, part) for part in parts)


def server_trace(*messages: bytes) -> hsinspect.Trace:
    """The trace of a server that says just this."""
    journal = hsinspect.Journal()
    for one in messages:
        journal.wire("server", records(one))
    return journal.trace()


def certificate_message(*ders: bytes) -> bytes:
    return message(11, vector(3, *(vector(3, der) for der in ders)))


def certificate_trace(*ders: bytes) -> hsinspect.Trace:
    return server_trace(certificate_message(*ders))


def status_message(response: bytes) -> bytes:
    return message(22, b"\x01" + vector(3, response))
