"""Captures that others published, with their keys and without: RFC 8448, the Illustrated TLS Connections, and those of
Wireshark's tests, which are not ours to keep: HSINSPECT_VECTORS names the folder that has them."""

import os
from dataclasses import dataclass
from pathlib import Path

import hsinspect
import pytest
import seen

DATA = Path(__file__).parent.parent / "data"
WIRESHARK = Path(os.environ.get("HSINSPECT_VECTORS", "")) / "wireshark"

TLS12_FULL = "ClientHello ServerHello Certificate ServerKeyExchange ServerHelloDone ClientKeyExchange Finished Finished"
TLS12_RESUMED = "ClientHello ServerHello Finished Finished"
TWO_TICKETS = "NewSessionTicket NewSessionTicket"
TLS13 = "ClientHello ServerHello EncryptedExtensions Certificate CertificateVerify Finished"


@dataclass(frozen=True)
class Expected:
    """A connection. messages: names. data: how many bytes of application data of client and server."""

    version: str
    suite: str
    messages: str
    data: tuple[int, int]
    early_data: bool = False


@dataclass(frozen=True)
class Published:
    """A capture and its key log; None: it is in the capture."""

    path: Path
    keylog: Path | None
    connections: tuple[Expected, ...]


def rfc8448(name, messages, data, **named):
    expected = Expected("TLSv1.3", "TLS_AES_128_GCM_SHA256", messages, data, **named)
    return Published(DATA / "rfc8448" / f"{name}.pcap", DATA / "rfc8448" / f"{name}.keys", (expected,))


def chacha20(exchange, messages, server):
    return Expected("TLSv1.2", f"TLS_{exchange}_WITH_CHACHA20_POLY1305_SHA256", messages, (35, server))


def without(messages, *names):
    return " ".join(name for name in messages.split() if name not in names)


HRR = "ClientHello HelloRetryRequest ClientHello ServerHello EncryptedExtensions Certificate CertificateVerify"
CAPTURES = {
    "rfc8448 1rtt": rfc8448("1rtt", f"{TLS13} Finished NewSessionTicket", (50, 50)),
    "rfc8448 0rtt-resumed": rfc8448(
        "0rtt-resumed", "ClientHello ServerHello EncryptedExtensions Finished EndOfEarlyData Finished", (56, 50),
        early_data=True,
    ),
    "rfc8448 hrr": rfc8448("hrr", f"{HRR} Finished Finished", (0, 0)),
    "rfc8448 client-auth": rfc8448(
        "client-auth",
        "ClientHello ServerHello EncryptedExtensions CertificateRequest Certificate CertificateVerify Finished "
        "Certificate CertificateVerify Finished",
        (0, 0),
    ),
    "rfc8448 compat": rfc8448("compat", f"{TLS13} Finished", (0, 0)),
    "illustrated TLS 1.2": Published(
        DATA / "illustrated-tls12" / "capture.pcap", DATA / "illustrated-tls12" / "keylog.txt",
        (Expected("TLSv1.2", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", TLS12_FULL, (4, 4)),),
    ),
    "illustrated TLS 1.3": Published(
        DATA / "illustrated-tls13" / "capture.pcap", DATA / "illustrated-tls13" / "keylog.txt",
        (Expected("TLSv1.3", "TLS_AES_256_GCM_SHA384", f"{TLS13} Finished {TWO_TICKETS}", (4, 4)),),
    ),
}  # fmt: skip
if WIRESHARK.is_dir():
    CAPTURES |= {
        "wireshark dhe1": Published(
            WIRESHARK / "dhe1.pcapng.gz", WIRESHARK / "dhe1_keylog.dat",
            (Expected("TLSv1", "TLS_DHE_RSA_WITH_AES_256_CBC_SHA", TLS12_RESUMED, (19, 0)),),
        ),
        "wireshark tls12-chacha20poly1305": Published(
            WIRESHARK / "tls12-chacha20poly1305.pcap", WIRESHARK / "tls12-chacha20poly1305.keys",
            (
                chacha20("ECDHE_ECDSA", TLS12_FULL, 4240),
                chacha20("ECDHE_RSA", TLS12_FULL, 4234),
                chacha20("DHE_RSA", TLS12_FULL, 4127),
                chacha20("RSA_PSK", without(TLS12_FULL, "ServerKeyExchange"), 4138),
                chacha20("DHE_PSK", without(TLS12_FULL, "Certificate"), 4138),
                chacha20("ECDHE_PSK", without(TLS12_FULL, "Certificate"), 4245),
                chacha20("PSK", without(TLS12_FULL, "Certificate", "ServerKeyExchange"), 4126),
            ),
        ),
        "wireshark tls12-dsb": Published(
            WIRESHARK / "tls12-dsb.pcapng", None,
            2 * (Expected("TLSv1.2", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", TLS12_FULL, (76, 338)),),
        ),
        "wireshark tls13-rfc8446": Published(
            WIRESHARK / "tls13-rfc8446.pcap", WIRESHARK / "tls13-rfc8446.keys",
            (
                Expected(
                    "TLSv1.3", "TLS_AES_128_GCM_SHA256", f"{TLS13} Finished {TWO_TICKETS}", (23, 117)
                ),
                Expected(
                    "TLSv1.3", "TLS_AES_128_GCM_SHA256",
                    "ClientHello ServerHello EncryptedExtensions Finished EndOfEarlyData Finished NewSessionTicket "
                    "NewSessionTicket",
                    (47, 237), early_data=True,
                ),
            ),
        ),
    }  # fmt: skip

every_capture = pytest.mark.parametrize("name", CAPTURES)


def read(name, keys=True):
    published = CAPTURES[name]
    return hsinspect.read_capture(published.path, keylog=published.keylog if keys else None)


@every_capture
def test_what_was_published_comes_out(name):
    traces = read(name)
    assert len(traces) == len(CAPTURES[name].connections)
    for trace, expected in zip(traces, CAPTURES[name].connections, strict=True):
        assert (trace.version, trace.cipher_suite.name) == (expected.version, expected.suite)
        assert sorted(message.name for message in trace.messages) == sorted(expected.messages.split())
        assert tuple(len(trace.application_data(side)) for side in ("client", "server")) == expected.data
        assert trace.early_data == expected.early_data
        assert trace.handshake.complete


@every_capture
def test_all_records_open_and_all_that_is_recomputed_is_right(name):
    for trace in read(name):
        assert {record.state for record in trace.records} <= {"plain", "opened"}
        verdicts = {check.name: check.ok for check in trace.checks if check.kind == "computed"}
        assert False not in verdicts.values()
        assert verdicts["finished.client"] is verdicts["finished.server"] is True
        assert all(ok for name, ok in verdicts.items() if name.startswith("mac."))


@every_capture
def test_tshark_sees_the_same_messages_and_data(name):
    published = CAPTURES[name]
    for number, trace in enumerate(read(name)):
        other = seen.stream(published.path, published.keylog, number)
        assert sorted(message.type for message in trace.messages) == sorted(other.messages)
        assert sorted(trace.application_data(side) for side in ("client", "server")) == sorted(other.data)


@pytest.mark.parametrize("name", [name for name, published in CAPTURES.items() if published.keylog])
def test_without_keys_nothing_fails_and_each_check_says_why(name):
    for trace in read(name, keys=False):
        assert not any(check.ok is False for check in trace.checks if check.kind == "computed")
        assert all(check.reason for check in trace.checks if check.ok is None)
        assert trace.application_data("server") == b""
        assert trace.version == CAPTURES[name].connections[0].version
