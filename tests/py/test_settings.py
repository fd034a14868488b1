"""Settings: what is set on a Context is what GnuTLS does, or is refused."""

import contextlib
import ssl
import subprocess

import hsinspect
import pytest
from hsinspect import _core, settings


def handshake(client, server):
    """The client's trace of a handshake over memory between two contexts."""
    ends = [hsinspect.Session(client, server_hostname="localhost"), hsinspect.Session(server, server_side=True)]
    for _ in range(4):
        for end, peer in (ends, ends[::-1]):
            with contextlib.suppress(hsinspect.WantReadError):
                end.do_handshake()
            peer.feed(end.take())
    return ends[0].trace


@pytest.mark.parametrize(
    ("lowest", "highest", "version"),
    [("TLSv1", "TLSv1", "TLSv1"), ("TLSv1_1", "TLSv1_1", "TLSv1.1"), ("TLSv1_2", "TLSv1_2", "TLSv1.2"),
     ("TLSv1_2", "TLSv1_3", "TLSv1.3"), ("MINIMUM_SUPPORTED", "TLSv1_2", "TLSv1.2")],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_version_bounds_are_obeyed(client_context, server_context, lowest, highest, version):
    server_context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    client_context.minimum_version = ssl.TLSVersion[lowest]
    client_context.maximum_version = ssl.TLSVersion[highest]
    assert handshake(client_context, server_context).version == version


def test_an_option_that_excludes_a_version_is_obeyed(client_context, server_context):
    with pytest.warns(DeprecationWarning, match="OP_NO_TLS"):
        client_context.options |= ssl.OP_NO_TLSv1_3
    assert handshake(client_context, server_context).version == "TLSv1.2"


def test_a_setting_made_later_counts_for_the_next_connection(client_context, server_context):
    assert handshake(client_context, server_context).alpn is None
    for context in (client_context, server_context):
        context.set_alpn_protocols(["h2"])
    assert handshake(client_context, server_context).alpn == "h2"
    server_context.maximum_version = ssl.TLSVersion.TLSv1_2
    assert handshake(client_context, server_context).version == "TLSv1.2"


def test_chosen_suites_are_the_only_ones_offered(client_context, server_context):
    client_context.maximum_version = ssl.TLSVersion.TLSv1_2
    client_context.set_ciphers("ECDHE-RSA-AES128-GCM-SHA256")
    trace = handshake(client_context, server_context)
    offered = [hsinspect.CipherSuite(n).name for n in trace.messages[0].cipher_suites]
    assert offered == ["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"]


def test_suites_that_gnutls_cannot_tell_apart_are_refused_when_they_are_needed(client_context):
    client_context.set_ciphers("ECDHE-RSA-AES128-GCM-SHA256:AES256-SHA")
    with pytest.raises(NotImplementedError, match="priority="):
        hsinspect.Session(client_context, server_hostname="localhost")


def test_a_priority_string_decides_and_a_wrong_one_is_an_error_at_once(files, server_context):
    context = hsinspect.create_default_context(cafile=files.authority, priority="NORMAL:-VERS-ALL:+VERS-TLS1.2")
    assert handshake(context, server_context).version == "TLSv1.2"
    with pytest.raises(ValueError, match="priority"):
        hsinspect.Context(priority="NORMAL:+NOT-A-CIPHER")


@pytest.mark.parametrize("how", ["cafile", "capath", "cadata PEM", "cadata DER", "two in DER"])
def test_trust_may_come_in_every_way_that_ssl_has(files, server_context, tmp_path, how):
    authority = _core.lab_certificate("RSA")[2]
    other = _core.lab_certificate("ECDSA")[2]
    der = ssl.PEM_cert_to_DER_cert(authority.decode())
    (tmp_path / "0123abcd.0").write_bytes(authority)
    (tmp_path / "README").write_bytes(b"not a certificate")
    arguments = {
        "cafile": {"cafile": files.authority},
        "capath": {"capath": str(tmp_path)},
        "cadata PEM": {"cadata": authority.decode()},
        "cadata DER": {"cadata": der},
        "two in DER": {"cadata": ssl.PEM_cert_to_DER_cert(other.decode()) + der},
    }[how]
    context = hsinspect.create_default_context(**arguments)
    trace = handshake(context, server_context)
    assert trace.verification.trusted and trace.complete


def test_the_system_trusts_somebody_also_where_gnutls_finds_nobody(files, monkeypatch):
    config = _core.Config(False)
    assert settings.add_system_trust(config) > 0

    class Blind:
        def add_system_trust(self):
            return 0

        def add_trust(self, certificates):
            return certificates.count(b"BEGIN CERTIFICATE")

    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)
    paths = ssl.get_default_verify_paths()._replace(cafile=files.authority)
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: paths)
    assert settings.add_system_trust(Blind()) == 1


def test_an_encrypted_key_opens_with_its_password(files, tmp_path, client_context):
    encrypted = tmp_path / "encrypted.key"
    command = ["openssl", "pkcs8", "-topk8", "-in", files.key, "-out", str(encrypted), "-passout", "pass:word"]
    subprocess.run(command, check=True, capture_output=True)
    for password in ("word", b"word", lambda: "word"):
        context = hsinspect.Context(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(files.chain, encrypted, password)
        assert handshake(client_context, context).complete
    with pytest.raises(ssl.SSLError):
        hsinspect.Context(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(files.chain, encrypted, "wrong")


def test_defaults_are_those_of_ssl():
    ours, theirs = hsinspect.create_default_context(), ssl.create_default_context()
    assert (ours.verify_mode, ours.check_hostname, ours.protocol) == (
        theirs.verify_mode,
        theirs.check_hostname,
        theirs.protocol,
    )
    server = hsinspect.create_default_context(ssl.Purpose.CLIENT_AUTH)
    assert (server.verify_mode, server.check_hostname) == (ssl.CERT_NONE, False)


@pytest.mark.parametrize(
    "setting",
    [
        lambda c: setattr(c, "sni_callback", print),
        lambda c: c.set_servername_callback(print),
        lambda c: setattr(c, "post_handshake_auth", True),
        lambda c: setattr(c, "verify_flags", ssl.VERIFY_CRL_CHECK_LEAF),
        lambda c: c.load_dh_params("dh.pem"),
        lambda c: c.set_ecdh_curve("prime256v1"),
        lambda c: c.set_psk_client_callback(print),
        lambda c: c.set_psk_server_callback(print),
        lambda c: c.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="localhost", session=object()),
    ],
)
def test_what_is_not_there_is_refused_where_it_is_set(client_context, setting):
    with pytest.raises(NotImplementedError, match="hsinspect does not have"):
        setting(client_context)


def test_switching_off_what_is_not_there_is_no_error(client_context):
    client_context.sni_callback = None
    client_context.post_handshake_auth = False
    client_context.verify_flags |= ssl.VERIFY_X509_TRUSTED_FIRST
