"""read_capture with keys of every kind: key logs, private keys, secrets in the file; and what is said if none fits."""

import io
import subprocess

import hsinspect
import packets
import peers
import pytest
import recorder
from carried import CAPTURE, KEYLOG, frames_of, lab, read_one, rsa, segments_of, turns_of
from hsinspect import _core
from programs import ENVIRONMENT


@pytest.fixture(scope="module")
def rsa_key():
    return _core.lab_certificate("RSA")[1]


def test_a_private_key_opens_rsa_key_exchange_and_stays_out_of_the_trace(rsa_key, tmp_path):
    live = rsa()
    path = tmp_path / "server.key"
    path.write_bytes(rsa_key)
    for key in (path, str(path), rsa_key, (path, None), (rsa_key, "unused")):
        trace = read_one(turns_of(live), private_keys=[key])
        assert trace.application_data("client") == b"GET /" and trace.application_data("server") == b"hello"
        assert bytes(trace.secret("premaster secret").value) == bytes(live.secret("premaster secret").value)
        assert trace.secret("premaster secret").source == "private key"
        trace.verify(rules=True)
    assert rsa_key.splitlines()[1] not in trace.dumps() and b"PRIVATE KEY" not in trace.dumps()


@pytest.mark.parametrize("version", ["TLSv1", "TLSv1.1", "TLSv1.2"])
@pytest.mark.parametrize("extended", [True, False])
def test_a_private_key_opens_every_version_before_1_3(rsa_key, version, extended):
    trace = read_one(turns_of(rsa(version, extended_master_secret=extended)), private_keys=[rsa_key])
    assert trace.application_data("client") == b"GET /"
    trace.verify(rules=True)


def openssl(*arguments, **named):
    return subprocess.run(["openssl", *arguments], check=True, capture_output=True, env=ENVIRONMENT, **named).stdout


def test_a_private_key_may_be_der_pkcs12_or_encrypted(rsa_key, files, tmp_path):
    turns = turns_of(rsa())
    key = tmp_path / "k.pem"
    key.write_bytes(rsa_key)
    der = openssl("pkey", "-in", str(key), "-outform", "DER")
    p12 = openssl("pkcs12", "-export", "-in", files.chain, "-inkey", files.key, "-passout", "pass:secret")
    encrypted = openssl("pkcs8", "-topk8", "-in", str(key), "-passout", "pass:secret")
    for given in (der, (p12, "secret"), (encrypted, "secret")):
        assert read_one(turns, private_keys=[given]).application_data("client") == b"GET /"
    for given in ((p12, "wrong"), (encrypted, "wrong"), encrypted):
        with pytest.raises(ValueError, match="encrypted, and this is not its password"):
            read_one(turns, private_keys=[given])
    (tmp_path / "text").write_text("no key")
    with pytest.raises(ValueError, match="text: it is no private key"):
        read_one(turns, private_keys=[tmp_path / "text"])


def test_one_key_needs_no_list_and_an_identity_may_be_text(rsa_key, tmp_path):
    (tmp_path / "server.key").write_bytes(rsa_key)
    for key in (rsa_key, tmp_path / "server.key", str(tmp_path / "server.key")):
        assert read_one(turns_of(rsa()), private_keys=key).application_data("client") == b"GET /"
    turns = turns_of(lab(version="TLSv1.2", kx="PSK"))
    for identity in (hsinspect.lab.PSK_IDENTITY, hsinspect.lab.PSK_IDENTITY.decode(), None):
        assert read_one(turns, psks={identity: hsinspect.lab.PSK_KEY}).application_data("client") == b"GET /"


def test_a_key_log_without_a_line_is_a_warning(tmp_path):
    (tmp_path / "keys").write_text("# SSL/TLS secrets log file\n")
    for keylog, name in ((tmp_path / "keys", "keys"), (b"no log", "key log")):
        with pytest.warns(UserWarning, match=f"{name}: there is no line of a key log in it") as warned:
            hsinspect.read_capture(CAPTURE, keylog=keylog)
        assert [warning.filename for warning in warned] == [__file__]


def test_a_private_key_that_does_not_fit_is_said_so(tmp_path):
    other = openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048")
    trace = read_one(turns_of(rsa()), private_keys=[other])
    assert trace.application_data("client") == b""
    reasons = {check.reason for check in trace.checks if check.ok is None}
    assert any("no private key that was given fits the server's certificate" in reason for reason in reasons)
    assert not any(check.ok is False for check in trace.checks)


def resumed(folder, *options):
    """A connection of openssl with RSA key exchange, one that resumes it, and the server's key."""
    credentials = peers.Credentials.make(folder, "rsa")
    port = peers.free_port()
    served = ["-cert", str(credentials.chain), "-key", str(credentials.key), "-tls1_2", "-rev", "-quiet", *options]
    command = ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", *served]
    session = str(folder / "session")
    with peers.running(command, port), recorder.recorded(port) as through:
        for argument in ("-sess_out", "-sess_in"):
            client = ["openssl", "s_client", "-connect", f"127.0.0.1:{through.port}", "-tls1_2", "-quiet"]
            subprocess.run(
                [*client, "-cipher", "AES128-SHA", argument, session],
                input=b"hello\nCLOSE\n", capture_output=True, timeout=30, check=False, env=ENVIRONMENT,
            )  # fmt: skip
    first, second = (recorded for recorded in through.connections if recorded.pieces)
    return first, second, credentials.key


@pytest.mark.parametrize("options", [(), ("-no_ticket",)], ids=["by ticket", "by session ID"])
def test_a_private_key_also_opens_a_later_resumption(tmp_path, options):
    first, second, key = resumed(tmp_path, *options)
    both = io.BytesIO(packets.pcap([*first.frames(), *second.frames()]))
    traces = hsinspect.read_capture(both, private_keys=[key])
    assert [trace.resumption for trace in traces] == [False, True]
    for trace in traces:
        assert trace.application_data("server") == b"olleh\n"
        trace.verify(rules=True)
    (trace,) = hsinspect.read_capture(io.BytesIO(packets.pcap(second.frames())), private_keys=[key])
    assert trace.application_data("server") == b""  # what it resumes is not in this capture


def split_at(pieces, sender, inside):
    """The same, where a piece of the sender's holds these bytes as two, of which the second begins with them."""
    for who, data, when in pieces:
        at = data.find(inside) if who == sender else -1
        yield from [(who, data[:at], when), (who, data[at:], when)] if at > 0 else [(who, data, when)]


def test_a_connection_is_served_at_its_application_data_not_at_a_packet_that_looks_like_it(tmp_path):
    """The session is resumed while the first connection is open, in which a packet begins with UTCTime (17 0d)."""
    first, second, key = resumed(tmp_path)
    pieces = list(split_at(first.pieces, packets.SERVER, b"\x17\x0d"))
    assert len(pieces) > len(first.pieces)
    frames = recorder.Recorded(first.number, pieces).frames()
    end = len(packets.goodbye([0, 0]))
    capture = io.BytesIO(packets.pcap([*frames[:-end], *second.frames(), *frames[-end:]]))
    traces = hsinspect.read_capture(capture, private_keys=[key])
    assert [trace.resumption for trace in traces] == [True, False]
    assert [trace.application_data("server") for trace in traces] == [b"olleh\n"] * 2


def test_the_older_forms_of_a_key_log_open_rsa_key_exchange():
    live = rsa()
    premaster = bytes(live.secret("premaster secret").value).hex()
    hello = next(message for message in live.messages if message.name == "ClientHello")
    exchange = next(message for message in live.messages if message.name == "ClientKeyExchange")
    encrypted = exchange["encrypted_pre_master_secret"].value[:8].hex()
    for line in (f"RSA {encrypted} {premaster}", f"PMS_CLIENT_RANDOM {hello.random.hex()} {premaster}"):
        trace = read_one(turns_of(live), keylog=f"# comment\r\n\r\n{line}".encode())
        assert trace.application_data("server") == b"hello"
        trace.verify(rules=True)


def over_psk(folder, version, *options, client=()):
    """A connection between openssl's programs with a pre-shared key, and the client's key log."""
    port, keylog = peers.free_port(), folder / "keys"
    psk = ["-psk", "0102030405060708", "-psk_identity", "somebody"]
    command = ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-nocert", "-rev", "-quiet", *psk, *options]
    with peers.running(command, port), recorder.recorded(port) as through:
        subprocess.run(
            ["openssl", "s_client", "-connect", f"127.0.0.1:{through.port}", "-quiet", version, *psk, *options,
             "-keylogfile", str(keylog), *client],
            input=b"hello\nCLOSE\n", capture_output=True, timeout=30, check=False, env=ENVIRONMENT,
        )  # fmt: skip
    return through.write(folder / "capture.pcap"), keylog


PSK = bytes.fromhex("0102030405060708")
WRONG = bytes.fromhex("0102030405060709")


def test_a_pre_shared_key_opens_its_key_exchange_by_identity_or_for_any(tmp_path):
    path, _ = over_psk(tmp_path, "-tls1_2", "-cipher", "PSK-AES128-CBC-SHA256")
    for psks in ({b"somebody": PSK}, {None: PSK}, {b"somebody": PSK, None: WRONG}, {b"else": WRONG, None: PSK}):
        (trace,) = hsinspect.read_capture(path, psks=psks)
        assert trace.application_data("server") == b"olleh\n"
        trace.verify(rules=True)
    for psks in ({b"else": PSK}, {b"somebody": WRONG}, {}):
        (trace,) = hsinspect.read_capture(path, psks=psks)
        assert trace.application_data("server") == b""


def test_a_pre_shared_key_checks_the_binder_of_tls_1_3(tmp_path):
    path, keylog = over_psk(tmp_path, "-tls1_3", "-ciphersuites", "TLS_AES_128_GCM_SHA256")
    for psks, ok in (({b"somebody": PSK}, True), ({None: PSK}, True), ({b"somebody": WRONG}, False), ({}, None)):
        (trace,) = hsinspect.read_capture(path, keylog=keylog, psks=psks)
        assert trace.application_data("server") == b"olleh\n"
        assert {check.ok for check in trace.checks if check.name.startswith("psk_binder")} == {ok}


def test_a_pre_shared_key_is_given_once():
    """Without a key log the connection is served again at its end."""
    live = lab(version="TLSv1.2", kx="PSK")
    trace = read_one(turns_of(live), psks={None: hsinspect.lab.PSK_KEY})
    assert trace.application_data("server") == b"hello"
    assert trace.dumps().count(hsinspect.lab.PSK_KEY) == 1


def test_a_pre_shared_key_of_any_offered_identity_is_given(tmp_path):
    """The first identity is a ticket that the second server does not know: it picks the other."""
    session = str(tmp_path / "session")
    suite = ("-ciphersuites", "TLS_AES_128_GCM_SHA256")
    over_psk(tmp_path, "-tls1_3", *suite, client=("-sess_out", session))
    path, keylog = over_psk(tmp_path, "-tls1_3", *suite, client=("-sess_in", session))
    for psks, ok in (({b"somebody": PSK, b"else": WRONG}, True), ({b"somebody": WRONG}, False), ({}, None)):
        (trace,) = hsinspect.read_capture(path, keylog=keylog, psks=psks)
        hellos = [message for message in trace.messages if message.name in ("ClientHello", "ServerHello")]
        assert hellos[-1]["extensions.pre_shared_key.selected_identity"].value == 1
        assert {check.ok for check in trace.checks if check.name == "psk_binder[1]"} == {ok}


def test_secrets_of_one_side_open_that_side_alone():
    lines = [line for line in KEYLOG.read_bytes().splitlines(keepends=True) if line.startswith(b"SERVER_")]
    (trace,) = hsinspect.read_capture(CAPTURE, keylog=b"".join(lines))
    assert trace.application_data("server") != b"" and trace.application_data("client") == b""
    assert not any(check.ok is False for check in trace.checks)


def test_secrets_in_the_file_count_as_a_key_log():
    live = lab(version="TLSv1.3")
    writer = packets.Pcapng()
    blocks = [writer.section(), writer.interface(), writer.secrets(live.keylog().encode())]
    blocks += [writer.enhanced(frame) for frame in frames_of(segments_of(turns_of(live)))]
    (trace,) = hsinspect.read_capture(io.BytesIO(b"".join(blocks)))
    assert trace.application_data("client") == b"GET /"
    trace.verify(rules=True)


def test_no_repr_or_error_holds_a_key(rsa_key):
    trace = read_one(turns_of(rsa()), private_keys=[rsa_key])
    premaster = bytes(trace.secret("premaster secret").value).hex()
    assert premaster not in repr(trace) + repr(trace.secrets) + str(trace).replace(" ", "").replace("\n", "")
    with pytest.raises(ValueError, match="it is no private key") as raised:
        read_one(turns_of(trace), private_keys=[(rsa_key[:200], "a password")])
    assert "a password" not in str(raised.value)
