"""The two ends of the lab as GnuTLS wants them: a config for each, made once and used for each connection that is made.

In: a Plan and its Features. Out: configs, and what somebody who looks has to know.

SPDX-License-Identifier: MIT
"""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from typing import TYPE_CHECKING

from hsinspect import _core

if TYPE_CHECKING:
    from hsinspect.lab_features import Features
    from hsinspect.lab_plan import Plan
    from hsinspect.trace import Trace

CERTIFIED_NAMES = ("localhost", "lab", "127.0.0.1", "::1")  # of the lab's certificates
PSK_IDENTITY, PSK_KEY = b"lab", bytes(range(32))
SRP_USER, SRP_PASSWORD = "lab", "sesame"
USUAL_CHAIN = 16  # certificates that GnuTLS verifies at most by itself


class Setup:
    """configs: by side, the client's first. resumption: what the connection that comes next resumes."""

    def __init__(self, plan: Plan, features: Features, alpn: Sequence[str], server_name: str | None) -> None:
        self.server_name = server_name
        self.resumption: bytearray | None = None
        self._plan = plan
        self._features = features
        self._alpn = alpn
        self.configs: dict[_core.Side, _core.Config] = {
            "client": self._client(),
            "server": self._server(early_data=features.early_data is not None),
        }

    def resuming(self, resumption: bytearray) -> Setup:
        """For the connection that resumes another."""
        self.resumption = resumption
        if not self._features.early_data_accepted:  # the ticket says that it would be
            first, self.configs["server"] = self.configs["server"], self._server(early_data=False)
            self.configs["server"].set_tickets_of(first)
        return self

    def tell_keys(self, trace: Trace) -> None:
        """What somebody who looks has to know so that secrets can be computed from it."""
        if self._plan.rsa_key is not None:
            trace.append_private_key(self._plan.rsa_key)
        if self._plan.psk:
            trace.append_psk(PSK_IDENTITY, PSK_KEY)

    # ---- configs ----

    def _client(self) -> _core.Config:
        config = self._both("client")
        if self._plan.client_certificate is not None:
            config.add_certificate(*self._plan.client_certificate[:2])
        for _, _, authority in self._plan.certificates:
            config.add_trust(authority)
        config.set_verify(ssl.CERT_REQUIRED if self._plan.verify else ssl.CERT_NONE)
        config.set_limit("chain", max(USUAL_CHAIN, self._features.chain_length or 0))
        if self._features.hello_retry:
            config.enable("one_key_share")
        if self._features.early_data is not None:
            config.enable("early_data")
        return config

    def _server(self, *, early_data: bool) -> _core.Config:
        config = self._both("server")
        config.set_tickets(self._plan.tickets)
        for kind, (chain, key, authority) in zip(self._plan.kinds, self._plan.certificates, strict=True):
            config.add_certificate(chain, key)
            if self._features.ocsp:
                config.set_ocsp(self._response(kind, chain, authority))
        if self._plan.client_certificate is not None:
            config.add_trust(self._plan.client_certificate[2])
        if self._features.client_cert:
            config.set_verify(ssl.CERT_REQUIRED)
        if self._features.resumes == "session_id":
            config.enable("session_ids")
        if early_data:
            config.enable("early_data")
        return config

    def _both(self, side: _core.Side) -> _core.Config:
        config = _core.Config(side == "server")
        config.set_priority(self._plan.priorities[side])
        if self._alpn:
            config.set_alpn(list(self._alpn))
        if self._plan.psk:
            config.add_psk(PSK_IDENTITY, PSK_KEY)
        if self._plan.srp:
            config.set_srp(SRP_USER, SRP_PASSWORD)
        for limit in ("max_fragment_length", "record_size_limit"):
            if getattr(self._features, limit) is not None:
                config.set_limit(limit, getattr(self._features, limit))
        for feature in ("post_handshake_auth", "heartbeat"):
            if getattr(self._features, feature):
                config.enable(feature)
        return config

    def _response(self, kind: str, chain: bytes, authority: bytes) -> bytes:
        from hsinspect.lab_ocsp import response

        status = self._features.ocsp
        return response(kind, chain, authority, status if isinstance(status, str) else "good")
