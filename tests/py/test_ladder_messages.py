"""The ladder's lines about messages that GnuTLS does not send, or not by itself."""

import hsinspect
from browser_hello import u16s, vector
from hsinspect.views.facts import facts_of

RANDOM = bytes(range(32))
CLIENT_HELLO = b"\1" + vector(3, b"\3\3", RANDOM, b"\0", vector(2, u16s(0xC02F)), b"\1\0")
SERVER_HELLO = b"\2" + vector(3, b"\3\3", RANDOM, b"\0", u16s(0xC02F), b"\0")


def facts_about(sender, message):
    journal = hsinspect.Journal()
    for who, raw in (("client", CLIENT_HELLO), ("server", SERVER_HELLO), (sender, message)):
        journal.wire(who, b"\x16\3\3" + vector(2, raw))
    return facts_of(journal.trace().messages[2], {})


def test_a_certificate_request_says_what_it_wants():
    name = vector(2, bytes.fromhex("30023000"))
    asks = vector(1, b"\1\x40") + vector(2, u16s(0x0403, 0x0804)) + vector(2, name, name)
    assert facts_about("server", b"\x0d" + vector(3, asks)) == (
        "wants rsa_sign, ecdsa_sign; signed with one of 2 schemes; names 2 authorities",
    )


def test_a_compressed_certificate_says_how_and_how_long():
    compressed = u16s(2) + (4321).to_bytes(3, "big") + vector(3, bytes(1234))
    assert facts_about("server", b"\x19" + vector(3, compressed)) == ("brotli: 1 234 bytes for 4 321",)


def test_next_protocol_says_which():
    chosen = vector(1, b"h2") + vector(1, bytes(28))
    assert facts_about("client", b"\x43" + vector(3, chosen)) == ('NPN "h2"',)
