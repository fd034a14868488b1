"""Configs leave nothing behind: with all that can be set, and with what is refused."""

import ssl
from contextlib import suppress

from growth import check
from hsinspect import _core

CHAIN, KEY, AUTHORITY = _core.lab_certificate("ECDSA")
TAKEN = (
    ("set_priority", "NORMAL:-VERS-ALL:+VERS-TLS1.3:+ECDHE-PSK"),
    ("add_certificate", CHAIN, KEY),
    ("add_trust", AUTHORITY),
    ("set_verify", ssl.CERT_REQUIRED),
    ("add_psk", b"somebody", bytes(range(32))),
    ("set_alpn", ["h2", b"http/1.1"]),
    ("set_tickets", False),
    ("set_tickets", True),
    ("set_srp", "somebody", "sesame"),
    ("set_srp", "somebody", "changed"),
    ("enable", "session_ids"),
    ("enable", "early_data"),
    ("set_limit", "record_size_limit", 600),
    ("set_tickets_of", _core.Config(True)),
    ("set_ocsp", b"no response"),
    ("set_keylog", "/dev/null"),
)
REFUSED = (
    ("set_priority", "NORMAL:+NOTHING"),
    ("add_certificate", CHAIN, b"no key"),
    ("add_trust", b"no certificate"),
    ("add_psk", b"nobody", b""),
    ("set_alpn", ["x" * 256]),
    ("set_keylog", "/nowhere/at/all"),
    ("enable", "nothing"),
    ("set_limit", "record_size_limit", 1),
)


def make() -> None:
    for server_side in (False, True):
        config = _core.Config(server_side)
        for method, *arguments in TAKEN:
            getattr(config, method)(*arguments)
        for method, *arguments in REFUSED:
            with suppress(ValueError, OSError):
                getattr(config, method)(*arguments)
                raise AssertionError(f"{method} took {arguments}")


check(make)
