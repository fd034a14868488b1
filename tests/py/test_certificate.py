"""hsinspect.Certificate: what GnuTLS reads in a certificate is what cryptography, and our own fields, read in it."""

import dataclasses
import doctest
import hashlib
import pickle
import re
from pathlib import Path

import hsinspect
import made_certificates as made
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hsinspect import _core, certificate

BITS = {"RSA": 2048, "ECDSA": 256, "P-521": 528, "Ed25519": 256, "Ed448": 456, "DSA": 2048}  # GnuTLS counts whole bytes


@pytest.fixture(params=[*made.KEYS, "rich"])
def one(request):
    return made.rich() if request.param == "rich" else made.authority(request.param)


def test_it_is_what_cryptography_reads(one):
    ours, theirs = hsinspect.Certificate.of(one.der), one.certificate
    assert ours.der == one.der
    assert ours.issuer == theirs.issuer.rfc4514_string()
    assert ours.serial_number == theirs.serial_number
    assert (ours.not_before, ours.not_after) == (theirs.not_valid_before_utc, theirs.not_valid_after_utc)
    assert ours.self_signed is (theirs.subject == theirs.issuer)
    assert ours.fingerprint == hashlib.sha256(one.der).digest()
    info = theirs.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert ours.key_id == hashlib.sha256(info).digest()


def test_it_is_what_the_fields_of_the_message_say(one):
    ours = hsinspect.Certificate.of(one.der)
    fields = made.certificate_trace(one.der).messages[0]["certificate_list[0].Certificate.tbsCertificate"]
    assert ours.issuer == fields["issuer"].meaning
    assert ours.serial_number == int.from_bytes(fields["serialNumber"].value)
    assert ours.not_after.strftime("%Y-%m-%dT%H:%M:%SZ") == fields["validity.notAfter"].meaning


@pytest.mark.parametrize("kind", BITS)
def test_a_key_has_its_size(kind):
    assert hsinspect.Certificate.of(made.authority(kind).der).key_bits == BITS[kind]


def test_the_names_are_those_of_the_subject_alt_name():
    assert hsinspect.Certificate.of(made.rich().der).names == (
        ("dNSName", "*.example.org"),
        ("rfc822Name", "someone@example.org"),
        ("uniformResourceIdentifier", "https://example.org/a?b"),
        ("iPAddress", "192.0.2.7"),
        ("iPAddress", "2001:db8::7"),
        ("directoryName", "CN=within"),
        ("registeredID", "1.2.3.4"),
        ("otherName", "0c0375706e"),
    )


def test_a_trace_has_the_chain_as_certificates():
    found = hsinspect.lab.run("TLSv1.3").verification
    assert [certificate.der for certificate in found.certificates] == list(found.chain)
    leaf, authority = found.certificates
    assert leaf.issuer == authority.subject == authority.issuer
    assert (leaf.key, leaf.key_bits, leaf.signature_algorithm) == ("RSA", 2048, "RSA-SHA256")
    assert repr(leaf) == "<Certificate CN=lab, issued by CN=lab RSA authority>"
    hostile = dataclasses.replace(leaf, subject="CN=\x1b[2J", issuer="CN=\u202eabc")
    assert repr(hostile) == r"<Certificate CN=\x1b[2J, issued by CN=\u202eabc>"
    assert pickle.loads(pickle.dumps(leaf)) == leaf


def test_it_prints_as_gnutls_prints_it():
    text = hsinspect.Certificate.of(made.rich().der).text
    for part in ("rich.example", "DNSname: *.example.org", "Path Length Constraint: 3", "IPAddress: 192.0.2.7"):
        assert part in text


def test_an_ocsp_response_prints_as_gnutls_prints_it():
    rich = made.rich()
    text = _core.ocsp_response_text(made.ocsp_response(rich, made.authority()))
    assert "Certificate Status: good" in text
    assert f"{rich.certificate.serial_number:024x}" in text


@pytest.mark.parametrize("der", [b"", b"garbage", made.rich().der[:-1]], ids=["empty", "garbage", "cut"])
def test_what_gnutls_cannot_read_is_a_value_error(der):
    for read in (hsinspect.Certificate.of, _core.certificate_text, _core.ocsp_response_text):
        with pytest.raises(ValueError, match="not allowed"):
            read(der)


def test_a_certificate_without_a_name_reads():
    certificate = hsinspect.Certificate.of(made.make(x509.Name([]), issuer=made.authority()).der)
    assert certificate.subject == ""


def test_the_example_in_its_docstring_runs():
    assert doctest.testmod(certificate) == (0, 3)


def test_the_page_says_what_is_there(capsys):
    page = (Path(__file__).parents[2] / "docs" / "certificates.md").read_text()
    code = re.search(r"```python\n(.*?)```", page, re.DOTALL)[1]
    names = {"hsinspect": hsinspect}
    exec(code, names)
    assert "X.509 Certificate Information" in capsys.readouterr().out
    said = [line.split("  # ") for line in code.splitlines() if ".meaning  # " in line]
    assert len(said) == 5
    for expression, comment in said:
        quoted = re.search(r'"(.*)"', comment)[1]
        assert eval(expression, names)[-1] == quoted[-1]  # a date is another one each day
        assert eval(expression, names) == quoted or quoted.endswith("Z")
    made_here = {check.name for check in names["trace"].checks if check.kind == "computed"}
    for name in re.findall(r"^\| `(\w+)\[i\]\.server`", page, re.MULTILINE):
        assert f"{name}[0].server" in made_here


# ---- in the ladder ----


def test_the_ladder_tells_who_is_who_and_in_detail_a_line_for_each_element_that_says_something():
    trace = made.certificate_trace(made.rich().der, made.authority().der)
    assert "CN=rich.example, issued by CN=ECDSA authority; 2 in the chain" in trace.ladder(width=120)
    lines = [" ".join(line.split()) for line in trace.ladder(detail=2, width=200).splitlines()]
    for line in (
        "…Certificate.tbsCertificate.version a003 0201 02 v3",
        "…subjectAltName[3] 8704 c000 0207 iPAddress 192.0.2.7",
        "…Certificate.tbsCertificate.subjectPublicKeyInfo 3059 3013 0607 2a86 … EC secp256r1",
        "…basicConstraints.pathLenConstraint 0201 03",
    ):
        assert line in lines
    assert not [line for line in lines if line.startswith("…") and line.split()[0].endswith(".tag")]
    assert len(lines) < 200


@pytest.mark.parametrize(
    ("body", "fact"),
    [
        (made.vector(3), "no certificate"),
        (made.vector(3, made.vector(3, b"no DER")), "a certificate of 6 bytes"),
    ],
)
def test_the_ladder_tells_what_there_is(body, fact):
    assert fact in made.server_trace(made.message(11, body)).ladder()
