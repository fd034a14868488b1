"""Broken and hostile DER in a Certificate message: shown as far as it makes sense, with the offset where it stopped."""

import made_certificates as made
import pytest
from cryptography import x509

TOO_DEEP = 400


def nested(depth):
    der = b""
    for _ in range(depth):
        length = len(der)
        der = b"\x30" + (bytes([length]) if length < 128 else b"\x84" + length.to_bytes(4)) + der
    return der


@pytest.mark.parametrize(
    ("der", "stopped"),
    [
        (b"garbage", 0),
        (b"\x30\x80\x02\x01\x01\x00\x00", 0),  # an indefinite length, which DER does not have
        (b"\x30\x89" + b"\x00" * 8 + b"\x01\x00", 0),  # a length of nine octets
        (b"\x30\x88" + b"\xff" * 8, 0),  # a length that no memory has
        (b"\x30\x05\x30\x7f\x02\x01\x01", 2),  # an element that is longer than the one around it
        (b"\x30\x00", 2),  # nothing where three elements belong
        (b"\x3f\xff\xff\xff\xff\xff\x7f\x00", 0),  # a tag of seven octets
        (b"\x31\x00", 0),  # another tag than a certificate's
        (b"\x30", 0),
        (nested(TOO_DEEP), 17),
    ],
    ids=lambda value: value[:6].hex() if isinstance(value, bytes) else "",
)
def test_broken_der_is_a_leaf_and_says_where_it_begins(der, stopped):
    message = made.certificate_trace(der).messages[0]
    offset, why = message.error
    assert why
    if len(der) < 100:
        assert offset == 10 + stopped
    assert b"".join(leaf.raw for leaf in message.fields.leaves()) == message.raw
    assert any(leaf.name == "trailing" for leaf in message.fields.leaves()) or not der[2:]


def test_what_follows_a_certificate_in_its_vector_is_trailing():
    der = made.authority().der
    message = made.certificate_trace(der + b"more").messages[0]
    assert message.error[0] == 10 + len(der)
    assert message["certificate_list[0].trailing"].value == b"more"
    assert message["certificate_list[0].Certificate.tbsCertificate.subject"].meaning.startswith("CN=ECDSA authority")


def test_a_key_on_a_curve_that_cannot_be_read_is_called_by_its_algorithm():
    curve = bytes.fromhex("06082a8648ce3d030107")  # secp256r1, 1.2.840.10045.3.1.7
    der = made.authority().der
    assert curve in der
    message = made.certificate_trace(der.replace(curve, bytes.fromhex("0608808648ce3d030107"))).messages[0]
    assert message["certificate_list[0].Certificate.tbsCertificate.subjectPublicKeyInfo"].meaning == "EC"


def test_nesting_without_end_is_opaque_from_some_depth_on():
    broken = made.make(
        made.name("deep"),
        extensions=((x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.5.5.7.1.3"), nested(TOO_DEEP)), False),),
    )
    message = made.certificate_trace(broken.der).messages[0]
    assert message.error is None
    deepest = max(message.fields.leaves(), key=lambda leaf: leaf.path.count("["))
    assert 10 < deepest.path.count("[") < 40
