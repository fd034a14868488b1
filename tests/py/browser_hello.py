"""ClientHellos as browsers send them, built from what is known of them: which suites, groups and extensions, in which
order, with GREASE in its places. Randoms and keys are bytes that count up.
"""

import struct


def vector(width, *parts):
    """opaque<..> with a length field of `width` bytes."""
    content = b"".join(parts)
    return len(content).to_bytes(width, "big") + content


def u16s(*numbers):
    return struct.pack(f">{len(numbers)}H", *numbers)


def counting(length, start=0):
    return bytes(i % 256 for i in range(start, start + length))


def extension(number, data=b""):
    return u16s(number) + vector(2, data)


def server_name(name):
    return extension(0, vector(2, b"\0", vector(2, name.encode())))


def alpn(*names, number=16):
    return extension(number, vector(2, *(vector(1, name.encode()) for name in names)))


def shares(*lengths):
    """key_share: (group, length of the share). They begin with 4, as a point does that is not compressed."""
    return extension(51, vector(2, *(u16s(group) + vector(2, counting(length, 4)) for group, length in lengths)))


def encrypted_client_hello(aead, enc, payload):
    """The outer form, or its GREASE: RFC 9849 sections 5 and 6.2."""
    return extension(65037, b"\0" + u16s(1, aead) + b"\x2a" + vector(2, counting(enc)) + vector(2, counting(payload)))


def client_hello(suites, extensions):
    """A record with a ClientHello."""
    body = u16s(0x0303) + counting(32) + vector(1, counting(32)) + vector(2, u16s(*suites)) + b"\1\0"
    message = b"\1" + vector(3, body, vector(2, *extensions))
    return b"\x16\3\1" + vector(2, message)


AEAD_SUITES = (0x1301, 0x1302, 0x1303, 0xC02B, 0xC02F, 0xC02C, 0xC030, 0xCCA9, 0xCCA8)
CBC_SUITES = (0xC013, 0xC014, 0x009C, 0x009D, 0x002F, 0x0035)
STATUS_REQUEST = extension(5, b"\1\0\0\0\0")
SESSION_TICKET, EXTENDED_MASTER_SECRET, TIMESTAMPS = extension(35), extension(23), extension(18)
RENEGOTIATION_INFO, POINT_FORMATS = extension(65281, b"\0"), extension(11, b"\1\0")
PSK_DHE = extension(45, b"\1\1")


def chrome():
    """Chrome 133: GREASE everywhere, the hybrid group, ECH (here its GREASE), ALPS under its newer number."""
    schemes = (0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601)
    return client_hello(
        (0x6A6A, *AEAD_SUITES, *CBC_SUITES),
        (
            extension(0x4A4A),
            server_name("example.org"),
            encrypted_client_hello(1, 32, 176),
            SESSION_TICKET,
            POINT_FORMATS,
            shares((0x3A3A, 1), (0x11EC, 1216), (29, 32)),
            extension(10, vector(2, u16s(0x3A3A, 0x11EC, 29, 23, 24))),
            RENEGOTIATION_INFO,
            extension(13, vector(2, u16s(*schemes))),
            TIMESTAMPS,
            EXTENDED_MASTER_SECRET,
            PSK_DHE,
            STATUS_REQUEST,
            alpn("h2", number=17613),
            extension(27, vector(1, u16s(2))),
            extension(43, vector(1, u16s(0x1A1A, 0x0304, 0x0303))),
            alpn("h2", "http/1.1"),
            extension(0x8A8A, b"\0"),
        ),
    )


def firefox():
    """Firefox 135: delegated credentials, three compressions, a record size limit, GREASE in ECH alone."""
    schemes = (0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0203, 0x0201)
    return client_hello(
        (0x1301, 0x1303, 0x1302, *AEAD_SUITES[3:], 0xC00A, 0xC009, *CBC_SUITES),
        (
            server_name("example.org"),
            EXTENDED_MASTER_SECRET,
            RENEGOTIATION_INFO,
            extension(10, vector(2, u16s(0x11EC, 29, 23, 24, 25, 256, 257))),
            POINT_FORMATS,
            alpn("h2", "http/1.1"),
            STATUS_REQUEST,
            extension(34, vector(2, u16s(0x0403, 0x0503, 0x0603, 0x0203))),
            TIMESTAMPS,
            shares((0x11EC, 1216), (29, 32), (23, 65)),
            extension(43, vector(1, u16s(0x0304, 0x0303))),
            extension(13, vector(2, u16s(*schemes))),
            PSK_DHE,
            extension(28, u16s(0x4001)),
            extension(27, vector(1, u16s(1, 2, 3))),
            encrypted_client_hello(3, 32, 239),
        ),
    )


def safari():
    """Safari 18: GREASE, zlib, padding to 512 bytes."""
    schemes = (0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0805, 0x0501, 0x0806, 0x0601, 0x0201)
    return client_hello(
        (0xBABA, *AEAD_SUITES, 0xC00A, 0xC009, *CBC_SUITES, 0xC008, 0xC012, 0x000A),
        (
            extension(0xCACA),
            server_name("example.org"),
            EXTENDED_MASTER_SECRET,
            RENEGOTIATION_INFO,
            extension(10, vector(2, u16s(0xDADA, 29, 23, 24, 25))),
            POINT_FORMATS,
            alpn("h2", "http/1.1"),
            STATUS_REQUEST,
            extension(13, vector(2, u16s(*schemes))),
            TIMESTAMPS,
            shares((0xDADA, 1), (29, 32)),
            PSK_DHE,
            extension(43, vector(1, u16s(0xEAEA, 0x0304, 0x0303, 0x0302, 0x0301))),
            extension(27, vector(1, u16s(1))),
            extension(0xFAFA, b"\0"),
            extension(21, bytes(182)),
        ),
    )


def quic():
    """The ClientHello of a QUIC client, as it stands in CRYPTO frames; here in a record, so that everybody reads it."""

    def parameter(number, value):
        return bytes([number, len(value)]) + value

    parameters = (
        parameter(0x01, b"\x80\x00\x75\x30"),  # max_idle_timeout: 30 000
        parameter(0x04, b"\x80\xf0\x00\x00"),
        parameter(0x08, b"\x40\x64"),  # initial_max_streams_bidi: 100
        parameter(0x0F, b"\xc1\xd2"),
        parameter(0x1B, b"\0"),  # GREASE: 27
        parameter(0x20, b"\x80\x01\x00\x00"),
    )
    return client_hello(
        AEAD_SUITES[:3],
        (
            server_name("example.org"),
            alpn("h3"),
            extension(10, vector(2, u16s(29, 23))),
            extension(13, vector(2, u16s(0x0403, 0x0804))),
            shares((29, 32)),
            extension(43, vector(1, u16s(0x0304))),
            extension(57, b"".join(parameters)),
        ),
    )


BROWSERS = {browser.__name__: browser for browser in (chrome, firefox, safari, quic)}
