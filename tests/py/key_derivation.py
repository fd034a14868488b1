"""Key derivation by the RFCs, with hashlib and hmac alone: what the recomputing tests have instead of our own."""

import hashlib
import hmac


def p_hash(name, secret, seed, length):
    """P_hash, RFC 5246 section 5."""
    out, a = b"", seed
    while len(out) < length:
        a = hmac.digest(secret, a, name)
        out += hmac.digest(secret, a + seed, name)
    return out[:length]


def prf_before_tls12(secret, seed, length):
    """PRF, RFC 2246 section 5: the halves share a byte where their length is odd."""
    half = (len(secret) + 1) // 2
    md5, sha1 = p_hash("md5", secret[:half], seed, length), p_hash("sha1", secret[-half:], seed, length)
    return bytes(a ^ b for a, b in zip(md5, sha1, strict=True))


class KeySchedule:
    """RFC 8446 section 7.1."""

    def __init__(self, name):
        self.name = name
        self.length = hashlib.new(name).digest_size
        self.nothing = hashlib.new(name).digest()

    def hash(self, data):
        return hashlib.new(self.name, data).digest()

    def extract(self, salt, ikm):
        return hmac.digest(salt, ikm, self.name)

    def expand_label(self, secret, label, context, length):
        label = b"tls13 " + label
        info = length.to_bytes(2, "big") + bytes([len(label)]) + label + bytes([len(context)]) + context
        out, block, i = b"", b"", 1
        while len(out) < length:
            block = hmac.digest(secret, block + info + bytes([i]), self.name)
            out, i = out + block, i + 1
        return out[:length]

    def derive(self, secret, label, digest):
        return self.expand_label(secret, label, digest, self.length)


def bytes_of(trace, label, **where):
    return bytes(trace.secret(label, **where).value)


def hellos(trace):
    return {m.sender: m.random for m in trace.messages if m.name in ("ClientHello", "ServerHello")}
