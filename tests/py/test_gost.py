"""TLS_GOSTR341112_256_WITH_28147_CNT_IMIT (RFC 9189), between GnuTLS's own programs and between two ends of ours."""

import contextlib
import ssl
import subprocess

import hsinspect
import hsinspect._core as core
import pytest
from hsinspect import errors
from hsinspect.trace import Trace
from peers import free_port, running
from programs import ENVIRONMENT
from relay import relayed

PRIORITY = "NONE:+VERS-TLS1.2:+GOST:+COMP-NULL:+GROUP-GC256B:+GROUP-GC256A:+SIGN-GOSTR341012-256:+SIGN-RSA-SHA256"
TEMPLATE = (
    'cn = "localhost"\ndns_name = "localhost"\nserial = 7\nexpiration_days = 100\nca\nsigning_key\ncert_signing_key\n'
)
LONG = b"more than a kibibyte, after which the key is meshed. " * 100


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("gost")
    key, chain, template = folder / "key.pem", folder / "certificate.pem", folder / "template"
    template.write_text(TEMPLATE)
    make = ["certtool", "--generate-privkey", "--key-type=gost12-256", "--curve=TC26-256-B", "--outfile", str(key)]
    subprocess.run(make, check=True, capture_output=True, env=ENVIRONMENT)
    sign = ["--load-privkey", str(key), "--template", str(template), "--outfile", str(chain)]
    subprocess.run(["certtool", "--generate-self-signed", *sign], check=True, capture_output=True, env=ENVIRONMENT)
    return chain, key


@pytest.fixture(scope="module")
def gnutls(certificate):
    """A connection of gnutls-cli to gnutls-serv, which both know nothing of us: its wire and key log."""
    chain, key = certificate
    log = chain.parent / "keys.txt"
    files = ["--x509certfile", str(chain), "--x509keyfile", str(key), "--disable-client-cert"]
    port = free_port()
    server = ["gnutls-serv", "--echo", "--port", str(port), "--priority", PRIORITY, "--quiet", *files]
    with running(server, port), relayed(port) as wire:
        command = ["gnutls-cli", "--port", str(wire.port), "--priority", PRIORITY, "--insecure", "127.0.0.1"]
        environment = {**ENVIRONMENT, "SSLKEYLOGFILE": str(log)}
        subprocess.run(command, input=LONG, check=True, capture_output=True, timeout=30, env=environment)
    return wire, log.read_text()


def test_what_gnutls_sends_opens_with_its_key_log(gnutls):
    wire, keylog = gnutls
    trace = wire.journal(keylog).trace()
    trace.verify(rules=True)
    assert trace.cipher_suite.name == "TLS_GOSTR341112_256_WITH_28147_CNT_IMIT"
    assert trace.complete
    assert trace.application_data("client").startswith(LONG[:3000])
    macs = [r.mac for r in trace.records if r.mac is not None]
    assert {(m.kind, m.order, m.algorithm) for m in macs} == {("imit", "mac-then-encrypt", "GOST28147-TC26Z-IMIT")}
    assert all(len(m.computed) == 4 and m.received == m.computed for m in macs)


def test_the_two_finished_check(gnutls):
    wire, keylog = gnutls
    checks = {c.name: c.ok for c in wire.journal(keylog).trace().checks}
    assert checks["finished.client"] and checks["finished.server"]


def test_an_altered_record_fails_and_so_do_those_after_it_as_the_mac_goes_on(gnutls):
    wire, keylog = gnutls
    journal = hsinspect.Journal()
    journal.keylog(keylog)
    whole = wire.journal(keylog).trace()
    data = [r for r in whole.records if r.sender == "client" and r.content_type == "application_data"]
    for record in whole.records:
        raw = record.header + record.fragment
        altered = record.index == data[0].index
        journal.wire(record.sender, raw[:-1] + bytes([raw[-1] ^ 1]) if altered else raw)
    trace = journal.trace()
    after = [r.ok for r in trace.records if r.sender == "client" and r.epoch == 1]
    assert after[:2] == [True, False]  # Finished, then what was altered
    assert all(r.ok for r in trace.records if r.sender == "server" and r.epoch == 1)


@pytest.fixture(scope="module")
def ours(certificate):
    """A session of ours at each end."""
    chain, key = certificate
    configs = core.Config(False), core.Config(True)
    for config in configs:
        config.set_priority(PRIORITY)
    configs[0].add_trust(chain.read_bytes())
    configs[0].set_verify(ssl.CERT_REQUIRED)
    configs[1].add_certificate(chain.read_bytes(), key.read_bytes())
    trace = Trace()
    client = core.Session(configs[0], trace, False, "localhost", True, True)
    server = core.Session(configs[1], trace, True, two_sided=True)
    for _ in range(4):
        for session, peer in ((client, server), (server, client)):
            with contextlib.suppress(errors.WantReadError):
                session.do_handshake()
            peer.feed(session.take())
    client.write(LONG)
    server.feed(client.take())
    assert server.read(len(LONG)) == LONG
    trace.finish()
    return trace


def test_live_every_value_checks_down_from_the_premaster_secret(ours):
    ours.verify(rules=True)
    unchecked = [(c.name, c.reason) for c in ours.checks if c.ok is None and "certificate" not in c.name]
    assert unchecked == [] or all("HSINSPECT_NO_PROBE" in reason for _, reason in unchecked)
    if not unchecked:
        assert len(ours.secret("premaster secret")) == 32
        assert next(c for c in ours.checks if c.name == "secret.master secret").ok
    assert {c.name for c in ours.checks if c.name.startswith("keys.")}
