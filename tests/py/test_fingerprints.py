"""JA3 and JA4 of ClientHellos, against what others publish and against tshark.

The published JA4 values are those of FoxIO's own tests (github.com/FoxIO-LLC/ja4, python/test/testdata: the captures
badcurveball, latest and sigalg-grease); beside each stands its JA4_ro, the lists in the order of the wire, from which
the hello is made here. The examples for ALPN are those of JA4's description, technical_details/JA4.md. The JA3 is one
that tls.browserleaks.com printed for Chrome 143, with its text.
"""

import hashlib

import hsinspect
import pytest
import wireshark
from hsinspect import lab

SERVER_NAME, ALPN, SIGNATURES, VERSIONS, GROUPS, FORMATS = 0, 16, 13, 43, 10, 11

JA4 = {
    "t13d1615h2_46e7e9700bed_45f260be83e2": (
        "t13d1615h2_1301,1302,1303,c02b,c02f,c02c,c030,cca9,cca8,c013,c014,009c,009d,002f,0035,000a"
        "_0000,0017,ff01,000a,000b,0023,0010,0005,000d,0012,0033,002d,002b,001b,0015"
        "_0403,0804,0401,0503,0805,0501,0806,0601,0201"
    ),
    "t13d1516h2_8daaf6152771_e5627efa2ab1": (
        "t13d1516h2_1301,1302,1303,c02b,c02f,c02c,c030,cca9,cca8,c013,c014,009c,009d,002f,0035"
        "_0023,ff01,0000,001b,0012,4469,002d,002b,000d,0010,0033,000a,0005,0017,000b,0015"
        "_0403,0804,0401,0503,0805,0501,0806,0601"
    ),
    "t12d190800_d83cc789557e_7af1ed941c26": (
        "t12d190800_c02c,c02b,c030,c02f,c024,c023,c028,c027,c00a,c009,c014,c013,009d,009c,003d,003c,0035,002f,000a"
        "_0000,0005,000a,000b,000d,0023,0017,ff01"
        "_0804,0805,0806,0401,0501,0201,0403,0503,0203,0202,0601,0603"
    ),
    "t13d1516h2_8daaf6152771_9b887d9acb53": (
        "t13d1516h2_1301,1302,1303,c02b,c02f,c02c,c030,cca9,cca8,c013,c014,009c,009d,002f,0035"
        "_000d,0010,0000,000b,0023,4469,ff01,0033,000a,002d,002b,0005,0017,0012,001b,0029"
        "_0403,0804,0401,0503,0805,0501,0806,0601"
    ),
    "t13d1517h2_8daaf6152771_cb7bf5808d99": (
        "t13d1517h2_1301,1302,1303,c02b,c02f,c02c,c030,cca9,cca8,c013,c014,009c,009d,002f,0035"
        "_fe0d,0010,0017,0033,44cd,ff01,000a,000d,0023,002b,000b,ca34,002d,0000,0005,001b,0012"
        "_0904,0905,0906,0403,0804,0401,0503,0805,0501,0806,0601"
    ),
}
JA3 = (
    "771,4865-4866-4867-49195-49199-49196-49200-52393-52392-49171-49172-156-157-47-53,"
    "45-51-16-65037-23-17613-0-11-10-43-65281-35-18-5-13-27,4588-29-23-24,0",
    "98487aa16281980e7d1120d399efb6a4",
)


def vector(width, *parts):
    content = b"".join(parts)
    return len(content).to_bytes(width) + content


def u16s(*values):
    return b"".join(value.to_bytes(2) for value in values)


def extension(number, tls13, alpn, algorithms, groups, formats):
    """Of those that a fingerprint looks into, all; of the others the number."""
    content = {
        SERVER_NAME: lambda: vector(2, b"\0" + vector(2, b"a.example")),
        ALPN: lambda: vector(2, vector(1, alpn)),
        SIGNATURES: lambda: vector(2, u16s(*algorithms)),
        VERSIONS: lambda: vector(1, u16s(*((0x0304, 0x0303) if tls13 else (0x0303,)))),
        GROUPS: lambda: vector(2, u16s(*groups)),
        FORMATS: lambda: vector(1, bytes(formats)),
    }.get(number, bytes)()
    return number.to_bytes(2) + vector(2, content)


def hello(ciphers, extensions, *, tls13=True, alpn=b"h2", algorithms=(0x0403,), groups=(29,), formats=(0,)):
    """The ClientHello of a journal whose client sent nothing else."""
    listed = b"".join(extension(number, tls13, alpn, algorithms, groups, formats) for number in extensions)
    body = b"".join((b"\x03\x03", bytes(32), b"\0", vector(2, u16s(*ciphers)), b"\x01\0", vector(2, listed)))
    journal = hsinspect.Journal()
    journal.wire("client", b"\x16\x03\x01" + vector(2, b"\x01" + vector(3, body)))
    (message,) = journal.trace().messages
    return message


@pytest.mark.parametrize(("ja4", "lists"), JA4.items())
@pytest.mark.parametrize("grease", [(), (0x0A0A, 0xFAFA)], ids=["", "GREASE"])
def test_ja4_is_the_published_one(ja4, lists, grease):
    ciphers, extensions, algorithms = ([int(n, 16) for n in part.split(",")] for part in lists.split("_")[1:])
    greased = [*grease[:1], *extensions, *grease[1:]]
    message = hello(
        [*grease, *ciphers], greased, tls13=ja4[1:3] == "13", algorithms=[*algorithms, *grease], groups=[*grease, 29]
    )
    assert message.ja4 == ja4


@pytest.mark.parametrize(
    ("alpn", "shown"),
    [
        (b"h2", "h2"),
        (b"http/1.1", "h1"),
        (b"\xab", "ab"),
        (b"\xab\xcd", "ad"),
        (b"\x30\xab", "3b"),
        (b"\x30\x31\xab\xcd", "3d"),
        (b"\x30\xab\xcd\x31", "01"),
        (b"", "00"),
    ],
)
def test_alpn_is_shown_as_the_description_of_ja4_has_it(alpn, shown):
    assert hello([0x1301], [ALPN, VERSIONS], alpn=alpn).ja4.split("_")[0] == f"t13i0102{shown}"


def test_ja4_of_lists_that_are_not_there():
    assert hello([], []).ja4 == "t12i000000_000000000000_000000000000"
    assert hello([0x1301], [VERSIONS]).ja4.endswith(hashlib.sha256(b"002b").hexdigest()[:12])  # no algorithms
    assert hello([0x1301], [SERVER_NAME, ALPN]).ja4.endswith("_000000000000")
    assert hello(range(120), range(100, 220)).ja4.startswith("t12i999900_")


def test_ja3_is_the_published_one():
    text, expected = JA3
    _, ciphers, extensions, groups, formats = ([int(n) for n in part.split("-")] for part in text.split(","))
    for grease in ([], [0x3A3A]):
        message = hello(
            [*grease, *ciphers], [*grease, *extensions, *grease], groups=[*grease, *groups], formats=formats
        )
        assert message.ja3 == expected == hashlib.md5(text.encode()).hexdigest()


@pytest.mark.parametrize("version", ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"])
def test_ja3_is_what_tshark_computes(version, tmp_path):
    trace = lab.run(version, alpn=["h2"])
    trace.save(tmp_path / "file")
    assert wireshark.column(tmp_path / "file", "tls.handshake.ja3") == [trace.messages[0].ja3]
