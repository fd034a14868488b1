"""Both ends of an SSL 3.0 connection, out of RFC 6101 with hashlib and `cryptography`: nothing here knows hsinspect."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.decrepit.ciphers.algorithms import ARC4, TripleDES
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.serialization import load_pem_private_key

KEYS = Path(__file__).parent.parent / "data" / "keys"
VERSION = b"\x03\x00"
RANDOM = {"client": bytes(range(32)), "server": bytes(range(100, 132))}
PREMASTER = VERSION + bytes(range(200, 246))
DH_P, DH_G, DH_X, DH_Y = 2**255 - 19, 2, 0x1234567890ABCDEF1234567890, 0xFEDCBA0987654321FEDCBA098765


@dataclass(frozen=True)
class Suite:
    number: int
    cipher: str
    key: int
    block: int
    hash: str
    ephemeral: bool = False


SUITES = {
    "RSA_NULL_MD5": Suite(0x0001, "NULL", 0, 0, "md5"),
    "RSA_NULL_SHA": Suite(0x0002, "NULL", 0, 0, "sha1"),
    "RSA_RC4_128_MD5": Suite(0x0004, "RC4", 16, 0, "md5"),
    "RSA_RC4_128_SHA": Suite(0x0005, "RC4", 16, 0, "sha1"),
    "RSA_DES_CBC_SHA": Suite(0x0009, "DES", 8, 8, "sha1"),
    "RSA_3DES_EDE_CBC_SHA": Suite(0x000A, "DES", 24, 8, "sha1"),
    "DHE_RSA_3DES_EDE_CBC_SHA": Suite(0x0016, "DES", 24, 8, "sha1", ephemeral=True),
    "RSA_AES_128_CBC_SHA": Suite(0x002F, "AES", 16, 16, "sha1"),
    "RSA_AES_256_CBC_SHA": Suite(0x0035, "AES", 32, 16, "sha1"),
    "DHE_RSA_AES_128_CBC_SHA": Suite(0x0033, "AES", 16, 16, "sha1", ephemeral=True),
}


def md5(*parts):
    return hashlib.md5(b"".join(parts)).digest()


def sha(*parts):
    return hashlib.sha1(b"".join(parts)).digest()


def stream(secret, seed, length):
    """Sections 6.1 and 6.2.2: MD5(secret + SHA('A' + secret + seed)) + …"""
    out = b""
    while len(out) < length:
        round_ = len(out) // 16
        out += md5(secret, sha(bytes([65 + round_]) * (round_ + 1), secret, seed))
    return out[:length]


def nested(name, outer_prefix, *inner):
    """hash(outer_prefix + pad_2 + hash(inner + pad_1)): the padding stands where `...` does."""
    count = 48 if name == "md5" else 40
    pads = [value * count for value in (b"\x36", b"\x5c")]
    first = b"".join(pads[0] if part is ... else part for part in inner)
    return hashlib.new(name, outer_prefix + pads[1] + hashlib.new(name, first).digest()).digest()


def handshake(kind, body):
    return bytes([kind]) + len(body).to_bytes(3) + body


def vector(width, data):
    return len(data).to_bytes(width) + data


def cipher_of(suite, key, iv):
    if suite.cipher == "NULL":
        return None
    if suite.cipher == "RC4":
        return Cipher(ARC4(key), None).encryptor()
    algorithm = algorithms.AES(key) if suite.cipher == "AES" else TripleDES(key * (24 // len(key)))
    return Cipher(algorithm, modes.CBC(iv)).encryptor()


@dataclass
class Connection:
    """Everything that both ends send, in `wire`: (sender, record).

    client: "anonymous", "certificate", or "none": asked for a certificate, it has none.
    """

    suite: Suite
    client: str = "anonymous"
    session_id: bytes = b"\x55" * 32
    sslv2: bool = False
    wire: list = field(default_factory=list)
    transcript: bytes = b""
    master: bytes = b""
    premaster: bytes = PREMASTER
    macs: list = field(default_factory=list)
    plaintexts: list = field(default_factory=list)

    def __post_init__(self):
        self.key = load_pem_private_key((KEYS / "rsa-pkcs8.pem").read_bytes(), None)
        self.keys = {"client": None, "server": None}
        self.sequence = {"client": 0, "server": 0}
        self.hello()
        self.exchange()
        self.change_keys()
        for sender in ("client", "server"):
            self.send(sender, 20, b"\x01")
            self.keys[sender] = self.made[sender]
            self.send(sender, 22, self.say(handshake(20, self.finished(sender))))
        for sender, data in (("client", b"GET / HTTP/1.0\r\n\r\n"), ("server", b"hello" * 100), ("client", b"")):
            self.send(sender, 23, data)
        for sender in ("client", "server"):
            self.send(sender, 21, b"\x01\x00")

    # ---- records ----

    def say(self, message):
        self.transcript += message
        return message

    def send(self, sender, kind, data):
        fragment = data
        if self.keys[sender] is not None:
            fragment = self.protect(sender, kind, data)
        self.plaintexts.append(data)
        self.wire.append((sender, bytes([kind]) + VERSION + vector(2, fragment)))

    def protect(self, sender, kind, data):
        """Section 5.2.3: the MAC leaves the version out, the padding may be anything."""
        mac_key, encryptor = self.keys[sender]
        header = self.sequence[sender].to_bytes(8) + bytes([kind]) + len(data).to_bytes(2)
        self.sequence[sender] += 1
        mac = nested(self.suite.hash, mac_key, mac_key, ..., header + data)
        self.macs.append(mac)
        sealed = data + mac
        if self.suite.block:
            missing = -(len(sealed) + 1) % self.suite.block
            sealed += bytes(range(77, 77 + missing)) + bytes([missing])
        return sealed if encryptor is None else encryptor.update(sealed)

    # ---- messages ----

    def hello(self):
        suites = self.suite.number.to_bytes(2)
        if self.sslv2:
            body = b"\x01" + VERSION + b"\x00\x03\x00\x00\x00\x20\x00" + suites + RANDOM["client"]
            self.wire.append(("client", (0x8000 | len(body)).to_bytes(2) + self.say(body)))
            self.plaintexts.append(body)
        else:
            body = VERSION + RANDOM["client"] + b"\x00" + vector(2, suites) + b"\x01\x00"
            self.send("client", 22, self.say(handshake(1, body)))
        answer = VERSION + RANDOM["server"] + vector(1, self.session_id) + suites + b"\x00"
        self.send("server", 22, self.say(handshake(2, answer)))
        certificate = vector(3, (KEYS / "rsa.crt").read_bytes())
        self.send("server", 22, self.say(handshake(11, vector(3, certificate))))

    def exchange(self):
        if self.suite.ephemeral:
            numbers = (DH_P, DH_G, pow(DH_G, DH_Y, DH_P))
            params = b"".join(vector(2, n.to_bytes((n.bit_length() + 7) // 8)) for n in numbers)
            content = RANDOM["client"] + RANDOM["server"] + params
            self.send("server", 22, self.say(handshake(12, params + vector(2, self.sign(md5(content), sha(content))))))
        if self.client != "anonymous":
            self.send("server", 22, self.say(handshake(13, b"\x01\x01" + vector(2, b""))))
        self.send("server", 22, self.say(handshake(14, b"")))
        if self.client == "certificate":
            self.send("client", 22, self.say(handshake(11, vector(3, vector(3, (KEYS / "rsa.crt").read_bytes())))))
        elif self.client == "none":
            self.send("client", 21, b"\x01\x29")  # no_certificate, section 5.4.2
        self.send("client", 22, self.say(handshake(16, self.client_key())))

    def client_key(self):
        """The ciphertext has no length before it; a Diffie-Hellman number has one."""
        if not self.suite.ephemeral:
            return self.key.public_key().encrypt(PREMASTER, padding.PKCS1v15())
        public, shared = pow(DH_G, DH_X, DH_P), pow(DH_G, DH_X * DH_Y, DH_P)
        self.premaster = shared.to_bytes((shared.bit_length() + 7) // 8)
        return vector(2, public.to_bytes((public.bit_length() + 7) // 8))

    def sign(self, *hashes):
        """PKCS #1 v1.5 over both hashes, without a DigestInfo."""
        numbers = self.key.private_numbers()
        size = self.key.key_size // 8
        content = b"".join(hashes)
        block = b"\x00\x01" + b"\xff" * (size - 3 - len(content)) + b"\x00" + content
        return pow(int.from_bytes(block), numbers.d, numbers.public_numbers.n).to_bytes(size)

    def over(self, *sender):
        """Sections 5.6.8 and 5.6.9."""
        return [nested(name, self.master, self.transcript, *sender, self.master, ...) for name in ("md5", "sha1")]

    def finished(self, sender):
        return b"".join(self.over({"client": b"CLNT", "server": b"SRVR"}[sender]))

    def change_keys(self):
        self.master = stream(self.premaster, RANDOM["client"] + RANDOM["server"], 48)
        if self.client == "certificate":
            self.send("client", 22, self.say(handshake(15, vector(2, self.sign(*self.over())))))
        sizes = [hashlib.new(self.suite.hash).digest_size, self.suite.key, self.suite.block]
        block = stream(self.master, RANDOM["server"] + RANDOM["client"], 2 * sum(sizes))
        parts = []
        for size in sizes:
            parts.append({"client": block[:size], "server": block[size : 2 * size]})
            block = block[2 * size :]
        self.made = {
            sender: (parts[0][sender], cipher_of(self.suite, parts[1][sender], parts[2][sender]))
            for sender in ("client", "server")
        }
