"""Suites whose cipher GnuTLS does not have: everything is read but the plaintext, and the reason names the cipher."""

import subprocess

import hsinspect
import pytest
from hsinspect import lab
from key_derivation import hellos, p_hash, prf_before_tls12
from peers import Credentials, free_port, running
from programs import ENVIRONMENT
from relay import relayed

ARIA = {
    "ECDHE-ARIA128-GCM-SHA256": ("ARIA-128-GCM", "sha256", 16),
    "ECDHE-ARIA256-GCM-SHA384": ("ARIA-256-GCM", "sha384", 32),
    "ARIA128-GCM-SHA256": ("ARIA-128-GCM", "sha256", 16),
    "DHE-RSA-ARIA256-GCM-SHA384": ("ARIA-256-GCM", "sha384", 32),
}
# By their numbers: the cipher, and what the key block has of MAC key, key and IV. RFC 2246, 4162, 5469 and 6209.
OLD = {
    0x0003: ("ARCFOUR-40", 16, 5, 0),
    0x0006: ("RC2-40", 16, 5, 0),
    0x0007: ("IDEA-CBC", 20, 16, 8),
    0x0008: ("DES-40-CBC", 20, 5, 0),
    0x0096: ("SEED-CBC", 20, 16, 16),
    0xC03C: ("ARIA-128-CBC", 32, 16, 16),
}


@pytest.fixture(scope="module", params=ARIA)
def aria(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("aria")
    credentials = Credentials.make(folder, "rsa")
    log, port = folder / "keys.txt", free_port()
    ways = ["-tls1_2", "-cipher", f"{request.param}:@SECLEVEL=0"]
    files = ["-cert", str(credentials.chain), "-key", str(credentials.key)]
    server = ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-rev", "-quiet", *files, *ways]
    with running(server, port), relayed(port) as wire:
        command = ["openssl", "s_client", "-connect", f"127.0.0.1:{wire.port}", "-keylogfile", str(log), *ways]
        subprocess.run(command, input=b"hello\n", capture_output=True, timeout=30, check=False, env=ENVIRONMENT)
    return ARIA[request.param], wire.journal(log.read_text()).trace()


def test_the_records_say_which_cipher_is_missing(aria):
    (cipher, _, _), trace = aria
    trace.verify(rules=True)
    protected = [r for r in trace.records if r.epoch == 1]
    assert len(protected) > 3
    assert {(r.state, r.plaintext) for r in protected} == {("unreadable", b"")}
    assert all(r.reason.endswith(f"does not have {cipher}") for r in protected)
    assert trace.cipher_suite.name.startswith("TLS_") and "ARIA" in trace.cipher_suite.name


def test_the_key_block_is_derived_all_the_same(aria):
    (_, prf, key), trace = aria
    master = bytes(trace.secret("master secret").value)
    random = hellos(trace)
    block = p_hash(prf, master, b"key expansion" + random["server"] + random["client"], 2 * key + 8)
    assert bytes(trace.secret("key block").value) == block
    assert bytes(trace.secret("server write key").value) == block[key : 2 * key]
    assert bytes(trace.secret("client write IV").value) == block[2 * key : 2 * key + 4]


def test_what_does_not_hang_on_a_protected_message_checks(aria):
    _, trace = aria
    checks = {c.name: c for c in trace.checks}
    signed = "ServerKeyExchange" in [m.name for m in trace.messages]
    assert checks["secret.master secret"].ok or signed  # OpenSSL logs the premaster secret of RSA alone
    assert not signed or checks["signature.ServerKeyExchange"].ok
    unread = [c for c in trace.checks if c.name.startswith("mac.record")]
    assert unread and all(c.ok is None and c.reason for c in unread)


@pytest.mark.parametrize("number", OLD)
def test_old_ciphers_have_their_lengths(number):
    name, mac, key, iv = OLD[number]
    tls12 = number > 0xC000
    live = lab.run(
        "TLSv1.2" if tls12 else "TLSv1", kx="RSA", cipher="AES-128-CBC", mac="SHA1", extended_master_secret=False
    )
    journal = hsinspect.Journal()
    journal.secret("master secret", bytes(48))
    for record in live.records:
        raw = record.header + record.fragment
        if record.index == live.messages[1].records[0].index:  # the ServerHello picks another suite
            suite = 44 + raw[43]  # behind the session ID; the random may have the same two bytes
            assert raw[suite : suite + 2] == live.cipher_suite.to_bytes(2)
            raw = raw[:suite] + number.to_bytes(2) + raw[suite + 2 :]
        journal.wire(record.sender, raw)
    trace = journal.trace()
    random = hellos(trace)
    seed, length = b"key expansion" + random["server"] + random["client"], 2 * (mac + key + iv)
    expected = p_hash("sha256", bytes(48), seed, length) if tls12 else prf_before_tls12(bytes(48), seed, length)
    assert bytes(trace.secret("key block").value) == expected
    protected = [r for r in trace.records if r.epoch == 1]
    assert protected and all(r.reason.endswith(f"does not have {name}") for r in protected)
