"""What the lab shows besides a suite leaves nothing behind, in GnuTLS and in us."""

from growth import check
from hsinspect import lab

SHOWN = (
    {"version": "TLSv1.2", "kx": "ECDHE-ECDSA", "resume": "session_id", "renegotiate": True, "client_cert": "ECDSA"},
    {"version": "TLSv1.2", "kx": "SRP", "resume": True, "max_fragment_length": 512},
    {"version": "TLSv1.3", "certificate": "ECDSA", "early_data": b"early", "post_handshake_auth": True},
    {"version": "TLSv1.3", "certificate": "ECDSA", "chain_length": 5, "hello_retry": True, "key_update": "both"},
    {"version": "TLSv1.3", "psk": True, "record_size_limit": 512, "heartbeat": True},
)


def show() -> None:
    for keywords in SHOWN:
        trace = lab.run(**keywords, request=b"question", response=b"answer")
        assert trace.errors == {}


check(show, rounds=20)
