"""Two `_core.Session`s over memory, for test_core_*.py."""

import ssl

import hsinspect._core as core
from hsinspect import errors

RSA12 = "NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+RSA:-CIPHER-ALL:+AES-128-CBC:-MAC-ALL:+SHA1"
TLS13 = "NORMAL:-VERS-ALL:+VERS-TLS1.3"


class Pair:
    """A client and a server over memory, with one trace of the wire between them."""

    def __init__(self, priority=TLS13, *, name="localhost", trusted=True, alpn=(), two_sided=True, tamper=None):
        chain, key, authority = core.lab_certificate("RSA")
        self.client_config, self.server_config = core.Config(False), core.Config(True)
        for config in (self.client_config, self.server_config):
            config.set_priority(priority)
            config.set_alpn(alpn)
        self.server_config.add_certificate(chain, key)
        self.client_config.set_verify(ssl.CERT_REQUIRED)
        if trusted:
            self.client_config.add_trust(authority)
        self.trace = core.Trace()
        self.client = core.Session(self.client_config, self.trace, False, name, True, two_sided, tamper=tamper)
        self.server = core.Session(
            self.server_config, self.trace if two_sided else core.Trace(), True, two_sided=two_sided
        )

    def step(self, session):
        """One session works as far as it can; what it has for the other arrives there."""
        peer = self.server if session is self.client else self.client
        try:
            session.do_handshake()
        except errors.WantReadError:
            pass
        finally:
            peer.feed(session.take())

    def shake(self):
        for _ in range(4):
            self.step(self.client)
            self.step(self.server)
        assert self.client.established
        assert self.server.established
        return self
