"""Certificates, OCSP responses and timestamps as fields: against `openssl asn1parse`, `cryptography`, RFC 6962."""

import datetime
import itertools
import re
import subprocess
from pathlib import Path

import made_certificates as made
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ocsp
from hsinspect import _core

DATA = Path(__file__).parent.parent / "data"
LAB_KINDS = ("RSA", "RSA-PSS", "ECDSA", "Ed25519", "Ed448", "DSA")
WRAPPING = {"OCTET STRING", "BIT STRING"}


def pem_certificates(pem):
    return [c.public_bytes(Encoding.DER) for c in x509.load_pem_x509_certificates(pem)]


def published(path):
    """The certificate of a plain Certificate message of TLS 1.2."""
    raw = (DATA / path).read_bytes()
    length = int.from_bytes(raw[7:10])
    return raw[10 : 10 + length]


SUBJECTS = {
    "rich": lambda: made.rich().der,
    "many names": lambda: (
        made.make(
            made.name("many"),
            issuer=made.authority("RSA"),
            extensions=((x509.SubjectAlternativeName([x509.DNSName(f"{i}.example") for i in range(300)]), False),),
        ).der
    ),
    "signed with PSS": lambda: made.make(made.name("pss"), issuer=made.authority("RSA"), pss=True).der,
    "illustrated": lambda: published("illustrated-tls12/02-Certificate.bin"),
    **{f"made {kind}": lambda kind=kind: made.authority(kind).der for kind in made.KEYS},
    **{f"lab {kind}": lambda kind=kind: pem_certificates(_core.lab_certificate(kind)[0])[0] for kind in LAB_KINDS},
}


@pytest.fixture(params=SUBJECTS, ids=str)
def der(request):
    return SUBJECTS[request.param]()


def message_of(der):
    message = made.certificate_trace(der).messages[0]
    assert message.error is None
    return message


def certificate_in(der):
    return message_of(der)["certificate_list[0].Certificate"]


def walk(field):
    yield field
    for child in field:
        yield from walk(child)


def extension(certificate, name):
    """What the extension of that name holds."""
    found = [item for item in certificate["tbsCertificate.extensions"] if (item.meaning or "").startswith(name)]
    return found[0][f"extnValue.{name}"]


# ---- the tree: openssl asn1parse ----

LINE = re.compile(r"^ *(\d+):d=(\d+) +hl=(\d+) l= *(\d+) (prim|cons)", re.MULTILINE)


def parsed_by_openssl(der, start=0):
    """(offset, depth, header length, content length, constructed) of each element at the top, as openssl sees them."""
    done = subprocess.run(["openssl", "asn1parse", "-inform", "DER"], input=der, check=True, capture_output=True)
    for offset, depth, header, length, kind in LINE.findall(done.stdout.decode()):
        yield int(offset) + start, int(depth), int(header), int(length), kind == "cons"


def elements(root):
    """The same of a field's tree: what lies in an OCTET STRING or a BIT STRING begins anew at depth 0."""
    ends = []  # of the elements around: (end, wraps)
    leaves = list(root.leaves())
    for tag, length in itertools.pairwise(leaves):
        if tag.name not in ("tag", "explicit_tag"):
            continue
        while ends and tag.offset >= ends[-1][0]:
            ends.pop()
        wrapped = [i for i, (_, wraps) in enumerate(ends) if wraps]
        depth = len(ends) - (wrapped[-1] + 1 if wrapped else 0)
        header = tag.length + length.length
        constructed = bool(tag.raw[0] & 0x20)
        yield bool(wrapped), (tag.offset - root.offset, depth, header, length.value, constructed)
        ends.append((tag.offset + header + length.value, tag.meaning in WRAPPING))


def test_the_tree_is_the_one_that_openssl_sees(der):
    ours = [element for wrapped, element in elements(certificate_in(der)) if not wrapped]
    assert ours == list(parsed_by_openssl(der))
    assert len(ours) > 30


def test_what_octet_and_bit_strings_hold_is_parsed_as_openssl_does(der):
    root = certificate_in(der)
    compared = 0
    for field in walk(root):
        inner = [child for child in field if child.children]
        wraps = len(field.children) > 2 and field.children[0].meaning in WRAPPING
        if wraps and len(inner) == 1 and field.children[0].raw != b"\x80":
            content = inner[0]
            if content.name == "sct_list":
                continue  # TLS, not DER
            ours = [element for wrapped, element in elements(content) if not wrapped]
            assert ours == list(parsed_by_openssl(content.raw)), field
            compared += 1
    assert compared or b"\x55\x1d" not in der  # an extension of RFC 5280 is in an OCTET STRING


def test_the_leaves_tile_the_message_and_say_what_they_are(der):
    message = message_of(der)
    at = 0
    for leaf in message.fields.leaves():
        assert leaf.offset == at
        at += leaf.length
    assert at == len(message.raw)
    assert b"".join(leaf.raw for leaf in message.fields.leaves()) == message.raw
    for tag, length in itertools.pairwise(message.fields.leaves()):
        if tag.name == "tag":
            assert length.name == "length"
            assert re.fullmatch(r"[A-Z][A-Za-z0-9 ]+|\[\d+\]", tag.meaning)


def test_every_field_is_found_by_its_path(der):
    message = message_of(der)
    for field in walk(message["certificate_list[0].Certificate"]):
        assert message[field.path].offset == field.offset
        assert message[field.path].length == field.length


# ---- what it says: cryptography ----


def iso(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_serial_number_times_names_and_signature_are_what_cryptography_reads(der):
    theirs, ours = x509.load_der_x509_certificate(der), certificate_in(der)["tbsCertificate"]
    assert ours["version"].value == theirs.version.value
    assert int.from_bytes(ours["serialNumber"].value, signed=True) == theirs.serial_number
    assert ours["validity.notBefore"].meaning == iso(theirs.not_valid_before_utc)
    assert ours["validity.notAfter"].meaning == iso(theirs.not_valid_after_utc)
    for part, theirs_name in (("issuer", theirs.issuer), ("subject", theirs.subject)):
        pairs = [(a.oid.dotted_string, a.value) for rdn in theirs_name.rdns for a in rdn]
        assert [
            (item["type"].meaning.split()[0], item["value"].value)
            for rdn in ours[f"{part}.rdnSequence"]
            if rdn.name.endswith("]")
            for item in rdn
            if item.name.endswith("]")
        ] == pairs
    algorithm = theirs.signature_algorithm_oid.dotted_string
    assert ours["signature.algorithm"].meaning.split()[0] == algorithm
    key_algorithm = ours["subjectPublicKeyInfo.algorithm"]
    assert key_algorithm["algorithm"].meaning.split()[0] == theirs.public_key_algorithm_oid.dotted_string
    if key_algorithm.meaning != "RSASSA-PSS":  # which `cryptography` writes as rsaEncryption
        info = theirs.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        assert ours["subjectPublicKeyInfo"].raw == info
    assert certificate_in(der)["tbsCertificate"].raw == theirs.tbs_certificate_bytes
    assert certificate_in(der)["signatureValue"].value == theirs.signature


def test_a_name_reads_as_rfc_4514_writes_it():
    subject = certificate_in(made.rich().der)["tbsCertificate.subject"]
    theirs = made.rich().certificate.subject.rfc4514_string({x509.NameOID.EMAIL_ADDRESS: "emailAddress"})
    # RFC 4514 section 2.4 escapes a "#" and a space at the ends alone, which is what both do.
    assert subject.meaning == subject["rdnSequence"].meaning == theirs


@pytest.mark.parametrize(
    ("kind", "meaning"),
    [
        ("RSA", "RSA 2048 bits"),
        ("ECDSA", "EC secp256r1"),
        ("P-521", "EC secp521r1"),
        ("Ed25519", "Ed25519"),
        ("Ed448", "Ed448"),
        ("DSA", "DSA 2048 bits"),
    ],
)
def test_a_key_says_of_which_kind_it_is(kind, meaning):
    assert certificate_in(made.authority(kind).der)["tbsCertificate.subjectPublicKeyInfo"].meaning == meaning


def test_an_rsa_key_is_its_modulus_and_exponent():
    key = certificate_in(made.authority("RSA").der)["tbsCertificate.subjectPublicKeyInfo.subjectPublicKey.RSAPublicKey"]
    numbers = made.KEYS["RSA"]().public_key().public_numbers()
    assert int.from_bytes(key["modulus"].value) == numbers.n
    assert int.from_bytes(key["publicExponent"].value) == numbers.e


def test_the_parameters_of_a_pss_signature_are_named():
    algorithm = certificate_in(SUBJECTS["signed with PSS"]())["signatureAlgorithm"]
    assert algorithm.meaning == "RSASSA-PSS"
    assert algorithm["parameters.hashAlgorithm"].meaning == "sha256"
    assert algorithm["parameters.maskGenAlgorithm.parameters"].meaning == "sha256"
    assert algorithm["parameters.saltLength"].value == 32


def test_every_extension_is_the_one_that_cryptography_reads():
    certificate = certificate_in(made.rich().der)
    items = [item for item in certificate["tbsCertificate.extensions"] if item.name.endswith("]")]
    theirs = list(made.rich().certificate.extensions)
    assert [item["extnID"].meaning.split()[0] for item in items] == [e.oid.dotted_string for e in theirs]
    assert [item.meaning.endswith(", critical") for item in items] == [e.critical for e in theirs]
    assert [item["extnValue"].value for item in items] == [e.value.public_bytes() for e in theirs]


def test_general_names_of_every_kind_are_named():
    names = extension(certificate_in(made.rich().der), "subjectAltName")
    assert [item.meaning for item in names if item.name.endswith("]")] == [
        "dNSName *.example.org",
        "rfc822Name someone@example.org",
        "uniformResourceIdentifier https://example.org/a?b",
        "iPAddress 192.0.2.7",
        "iPAddress 2001:db8::7",
        "directoryName CN=within",
        "registeredID 1.2.3.4",
        "otherName",
    ]
    assert [item for item in names if item.name.endswith("]")][7]["otherName.value"].value == "upn"


def test_the_known_extensions_are_read_to_their_values():
    certificate = certificate_in(made.rich().der)

    def at(name, path=""):
        found = extension(certificate, name)
        return found[path] if path else found

    assert at("basicConstraints", "cA").meaning == "TRUE"
    assert at("basicConstraints", "pathLenConstraint").value == 3
    assert at("keyUsage").meaning == "digitalSignature, keyEncipherment, keyCertSign"
    assert [u.meaning for u in list(at("extKeyUsage"))[2:]] == ["1.3.6.1.5.5.7.3.1 serverAuth", "1.2.3.5"]
    assert at("authorityKeyIdentifier", "authorityCertSerialNumber").value == b"M"
    assert at("nameConstraints", "permittedSubtrees").children[3]["base"].meaning == "iPAddress 10.0.0.0/255.0.0.0"
    assert at("nameConstraints", "excludedSubtrees").children[2]["base"].meaning == "iPAddress 2001:db8::/ffff:ffff::"
    assert at("policyConstraints", "inhibitPolicyMapping").value == 300
    assert at("inhibitAnyPolicy").value == 4
    assert at("cRLDistributionPoints").children[2]["reasons"].meaning == "keyCompromise, superseded"
    assert at("authorityInfoAccess").children[2]["accessLocation"].meaning.endswith(" http://ocsp.example")
    assert [f.meaning for f in list(at("tlsfeature"))[2:]] == ["status_request", "status_request_v2"]
    assert at("privateKeyUsagePeriod", "notAfter").meaning == iso(made.END)
    assert at("certificatePolicies").children[2]["policyIdentifier"].meaning == "2.23.140.1.2.1 domain-validated"


# ---- signed certificate timestamps ----


def test_timestamps_in_a_certificate_are_read_as_the_tls_structures_they_are():
    listed = extension(certificate_in(made.rich().der), "signedCertificateTimestampList")["sct_list"]
    scts = [item for item in listed if item.name.endswith("]")]
    assert [sct.value for sct in scts] == [made.sct(made.SCT_TIMES[0], 0xA1), made.sct(made.SCT_TIMES[1], 0xA2)]
    assert [sct["id"].value for sct in scts] == [b"\xa1" * 32, b"\xa2" * 32]
    for sct, milliseconds in zip(scts, made.SCT_TIMES, strict=True):
        assert sct["sct_version"].meaning == "v1"
        assert sct["timestamp"].value == milliseconds
        moment = datetime.datetime.fromtimestamp(milliseconds / 1000, datetime.UTC)
        assert sct["timestamp"].meaning == moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        assert sct["extensions"].value == b"\xab\xcd"
        assert sct["algorithm"].meaning == "ecdsa_secp256r1_sha256"


def test_cryptography_reads_the_same_timestamps():
    extension_type = x509.PrecertificateSignedCertificateTimestamps
    theirs = made.rich().certificate.extensions.get_extension_for_class(extension_type).value
    assert [sct.log_id for sct in theirs] == [b"\xa1" * 32, b"\xa2" * 32]
    assert [sct.timestamp.microsecond // 1000 for sct in theirs] == [
        milliseconds % 1000 for milliseconds in made.SCT_TIMES
    ]


# ---- OCSP ----

STATUSES = [ocsp.OCSPCertStatus.GOOD, ocsp.OCSPCertStatus.REVOKED, ocsp.OCSPCertStatus.UNKNOWN]


@pytest.mark.parametrize("status", STATUSES, ids=lambda status: status.name)
@pytest.mark.parametrize("by_key", [False, True], ids=["byName", "byKey"])
def test_an_ocsp_response_is_the_one_that_cryptography_reads(status, by_key):
    rich, ca = made.rich(), made.authority()
    der = made.ocsp_response(rich, ca, status=status, by_key=by_key)
    theirs = ocsp.load_der_ocsp_response(der)
    message = made.server_trace(made.status_message(der)).messages[0]
    assert message.error is None
    root = message["response.OCSPResponse"]
    assert root["responseStatus"].meaning == "successful"
    basic = root["responseBytes.response.BasicOCSPResponse"]
    assert basic["tbsResponseData"].raw == theirs.tbs_response_bytes
    assert basic["signature"].value == theirs.signature
    assert basic["tbsResponseData.producedAt"].meaning == iso(theirs.produced_at_utc)
    responder = basic["tbsResponseData.responderID"]
    assert responder.meaning.split()[0] == ("byKey" if by_key else "byName")
    if by_key:
        assert responder["byKey"].value == theirs.responder_key_hash
    one = basic["tbsResponseData.responses"].children[2]
    assert one["certStatus"].meaning.split()[0] == status.name.lower()
    assert one["certID.issuerNameHash"].value == theirs.issuer_name_hash
    assert one["certID.issuerKeyHash"].value == theirs.issuer_key_hash
    assert one["thisUpdate"].meaning == iso(theirs.this_update_utc)
    assert one["nextUpdate"].meaning == iso(theirs.next_update_utc)
    if status is ocsp.OCSPCertStatus.REVOKED:
        assert one["certStatus.revoked.revocationTime"].meaning == iso(theirs.revocation_time_utc)
        assert one["certStatus.revoked.revocationReason"].meaning == "keyCompromise"
    ours = [element for wrapped, element in elements(root) if not wrapped]
    assert ours == list(parsed_by_openssl(der))


def test_a_refusal_has_its_reason_and_nothing_else():
    der = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.TRY_LATER).public_bytes(Encoding.DER)
    trace = made.server_trace(made.certificate_message(made.rich().der), made.status_message(der))
    assert trace.messages[1]["response.OCSPResponse.responseStatus"].meaning == "tryLater"
    assert not [check for check in trace.checks if check.name.startswith("ocsp")]
