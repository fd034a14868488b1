"""The checks of certificates: who signed whom, and what a stapled OCSP response is worth."""

import hsinspect
import made_certificates as made
import peers
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat


def computed(trace):
    return {check.name: check.ok for check in trace.checks if check.kind == "computed"}


@pytest.mark.parametrize("kind", made.KEYS)
def test_the_signatures_of_a_chain_are_verified_with_the_keys_in_it(kind):
    ca = made.authority(kind)
    leaf = made.make(made.name("leaf"), issuer=ca)
    trace = made.certificate_trace(leaf.der, ca.der)
    assert computed(trace) == {"certificate_signature[0].server": True, "certificate_signature[1].server": True}
    broken = bytearray(leaf.der)
    broken[leaf.der.index(b"leaf")] ^= 1
    trace = made.certificate_trace(bytes(broken), ca.der)
    assert computed(trace) == {"certificate_signature[0].server": False, "certificate_signature[1].server": True}
    with pytest.raises(hsinspect.VerificationError):
        trace.verify()


def test_a_certificate_whose_issuer_was_not_sent_is_not_judged():
    leaf = made.make(made.name("leaf"), issuer=made.authority())
    assert computed(made.certificate_trace(leaf.der)) == {}


def test_a_chain_that_is_not_in_order_is_verified_all_the_same():
    root = made.authority()
    middle = made.make(made.name("middle"), issuer=root, kind="RSA", extensions=made.CA)
    leaf = made.make(made.name("leaf"), issuer=middle)
    trace = made.certificate_trace(leaf.der, root.der, middle.der)
    assert computed(trace) == {f"certificate_signature[{i}].server": True for i in range(3)}


def delegate(issuer, *extensions):
    return made.make(made.name("responder"), issuer=issuer, kind="RSA", extensions=extensions)


FOR_OCSP = (x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.OCSP_SIGNING]), False)


@pytest.mark.parametrize(
    ("responder", "ok"),
    [
        (lambda ca: None, True),
        (lambda ca: delegate(ca, FOR_OCSP), True),
        (lambda ca: delegate(ca), False),  # not for this use
        (lambda ca: delegate(None, FOR_OCSP), False),  # by itself
    ],
    ids=["issuer", "delegate", "without usage", "stranger"],
)
def test_the_signer_of_a_response_is_the_issuer_or_in_its_name(responder, ok):
    rich, ca = made.rich(), made.authority()
    der = made.ocsp_response(rich, ca, responder=responder(ca))
    trace = made.server_trace(made.certificate_message(rich.der, ca.der), made.status_message(der))
    assert computed(trace)["ocsp_signature[0].server"] is ok
    assert computed(trace)["ocsp_cert_id[0].server"] is True


@pytest.mark.parametrize(
    "algorithm", [made.hashes.SHA1(), made.hashes.SHA256(), made.hashes.SHA384()], ids=lambda a: a.name
)
def test_a_response_about_another_certificate_is_found_out(algorithm):
    rich, ca = made.rich(), made.authority()
    for subject, ok in ((rich, True), (ca, False)):
        der = made.ocsp_response(subject, ca, algorithm=algorithm)
        trace = made.server_trace(made.certificate_message(rich.der, ca.der), made.status_message(der))
        assert computed(trace)["ocsp_cert_id[0].server"] is ok


def test_a_response_whose_issuer_was_not_sent_is_not_checkable_but_its_subject_is():
    rich = made.rich()
    der = made.ocsp_response(rich, made.authority())
    trace = made.server_trace(made.certificate_message(rich.der), made.status_message(der))
    assert computed(trace) == {"ocsp_signature[0].server": None, "ocsp_cert_id[0].server": True}
    check = next(check for check in trace.checks if check.name == "ocsp_signature[0].server")
    assert check.reason == "the issuer's certificate was not sent"


# ---- stapled by another's server ----


@pytest.fixture(scope="module")
def stapling(tmp_path_factory):
    """Files of a server for localhost, its authority, and what the authority says of it."""
    folder = tmp_path_factory.mktemp("stapling")
    ca = made.authority("RSA")
    names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
    server = made.make(made.name("localhost"), issuer=ca, extensions=((names, False),))
    key = server.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for file, content in (
        ("chain.pem", server.pem + ca.pem),
        ("ca.pem", ca.pem),
        ("key.pem", key),
        ("response.der", made.ocsp_response(server, ca)),
    ):
        (folder / file).write_bytes(content)
    return folder


@pytest.mark.parametrize("version", ["TLSv1.2", "TLSv1.3"])
def test_a_response_that_openssl_staples_is_read_and_verified(stapling, version):
    port = peers.free_port()
    arguments = [*("openssl s_server -quiet -accept".split()), str(port), "-key", str(stapling / "key.pem")]
    arguments += ["-cert", str(stapling / "chain.pem"), "-cert_chain", str(stapling / "ca.pem")]
    arguments += [
        "-status_file",
        str(stapling / "response.der"),
        f"-{version.lower().replace('v', '').replace('.', '_')}",
    ]
    with peers.running(arguments, port), hsinspect.connect("localhost", port, cafile=stapling / "ca.pem") as conn:
        trace = conn.trace
    assert trace.version == version
    path = "response" if version == "TLSv1.2" else "certificate_list[0].extensions.status_request.response"
    name = "CertificateStatus" if version == "TLSv1.2" else "Certificate"
    message = next(message for message in trace.messages if message.name == name)
    assert message[path].value == (stapling / "response.der").read_bytes()
    assert computed(trace)["ocsp_signature[0].server"] is True
    assert computed(trace)["ocsp_cert_id[0].server"] is True
    assert computed(trace)["certificate_signature[0].server"] is True
    assert "OCSP: good, as of 2025-03-01T12:30:05Z, until 2051-03-01T00:00:00Z" in trace.ladder(width=120)
    trace.verify()
