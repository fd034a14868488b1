"""The application data of every cipher, MAC and order, taken from the wire again without us.

Keys by key_derivation.py from the master or traffic secrets; ciphers by OpenSSL (package cryptography), which has no
GCM for Camellia: that is made here from the block cipher; MACs by hmac.
"""

import hmac

import gost28147
import pytest
import suites
from cryptography.hazmat.decrepit.ciphers.algorithms import ARC4, Camellia, TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.aead import AESCCM, AESGCM, ChaCha20Poly1305
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from hsinspect import lab
from key_derivation import KeySchedule, bytes_of, hellos, p_hash, prf_before_tls12

SAID = {"client": b"what the client says, in more than one block", "server": b"what the server says"}
# One key exchange will do for each cipher, MAC, version and order: the first that GnuTLS lists.
CASES = {}
for _case in suites.cases():
    CASES.setdefault((_case.version, _case.suite.cipher, _case.suite.mac, _case.etm), _case)


class CamelliaGCM:
    """NIST SP 800-38D sections 6.3, 6.4 and 7.2, with the interface of `cryptography`'s AEADs."""

    def __init__(self, key):
        self.block = Cipher(Camellia(key), modes.ECB()).encryptor()

    def ghash(self, data):
        key, y = int.from_bytes(self.block.update(bytes(16))), 0
        for i in range(0, len(data), 16):
            x, y, v = y ^ int.from_bytes(data[i : i + 16]), 0, key
            for bit in range(127, -1, -1):
                y ^= v if x >> bit & 1 else 0
                v = v >> 1 ^ (0xE1 << 120 if v & 1 else 0)
        return y

    def encrypt(self, nonce, data, associated):
        def stream(counter):
            return self.block.update(nonce + counter.to_bytes(4))

        key_stream = b"".join(stream(2 + i) for i in range(-(-len(data) // 16)))
        sealed = bytes(a ^ b for a, b in zip(data, key_stream, strict=False))
        padded = b"".join(part + bytes(-len(part) % 16) for part in (associated, sealed))
        lengths = (8 * len(associated)).to_bytes(8) + (8 * len(sealed)).to_bytes(8)
        return sealed + (self.ghash(padded + lengths) ^ int.from_bytes(stream(1))).to_bytes(16)

    def decrypt(self, nonce, data, associated):
        opened = self.encrypt(nonce, data[:-16], associated)[:-16]
        assert self.encrypt(nonce, opened, associated) == data
        return opened


# Length of the key, and what makes the cipher of it.
STREAMS = {"ARCFOUR-128": (16, ARC4), "NULL": (0, None)}
BLOCKS = {
    "3DES-CBC": (24, TripleDES),
    "AES-128-CBC": (16, AES),
    "AES-256-CBC": (32, AES),
    "CAMELLIA-128-CBC": (16, Camellia),
    "CAMELLIA-256-CBC": (32, Camellia),
}
AEADS = {
    "AES-128-GCM": (16, AESGCM),
    "AES-256-GCM": (32, AESGCM),
    "AES-128-CCM": (16, AESCCM),
    "AES-256-CCM": (32, AESCCM),
    "AES-128-CCM-8": (16, lambda key: AESCCM(key, tag_length=8)),
    "AES-256-CCM-8": (32, lambda key: AESCCM(key, tag_length=8)),
    "CAMELLIA-128-GCM": (16, CamelliaGCM),
    "CAMELLIA-256-GCM": (32, CamelliaGCM),
    "CHACHA20-POLY1305": (32, ChaCha20Poly1305),
}
DIGESTS = {"MD5": 16, "SHA1": 20, "SHA256": 32, "SHA384": 48}
CIPHERS = STREAMS | BLOCKS | AEADS


def iv_length(case):
    """In the key block. RFC 5246 section 6.3, RFC 5288 section 3, RFC 6655 section 3, RFC 7905 section 2."""
    cipher = case.suite.cipher
    if cipher in BLOCKS:
        return BLOCKS[cipher][1].block_size // 8
    return 0 if cipher in STREAMS else 12 if cipher == "CHACHA20-POLY1305" else 4


def key_block(trace, case):
    """RFC 5246 section 6.3: {side: (MAC key, key, IV)}. An IV that TLS 1.1 and 1.2 do not use is at the end."""
    lengths = (DIGESTS.get(case.suite.mac, 0), CIPHERS[case.suite.cipher][0], iv_length(case))
    secret, randoms = bytes_of(trace, "master secret"), hellos(trace)
    seed = b"key expansion" + randoms["server"] + randoms["client"]
    if case.version == "TLSv1.2":
        block = p_hash(case.suite.prf.lower(), secret, seed, 2 * sum(lengths))
    else:
        block = prf_before_tls12(secret, seed, 2 * sum(lengths))
    parts = {"client": [], "server": []}
    for length in lengths:
        for side in ("client", "server"):
            parts[side].append(block[:length])
            block = block[length:]
    return parts


def mac_of(case, key, number, header, content):
    data = number.to_bytes(8) + header[:3] + len(content).to_bytes(2) + content
    return hmac.digest(key, data, case.suite.mac.lower())


def without_padding(case, data):
    """RFC 5246 section 6.2.3.2: every byte of the padding is its length."""
    if case.suite.cipher not in BLOCKS:
        return data
    assert data[-1 - data[-1] :] == bytes([data[-1]]) * (data[-1] + 1)
    return data[: -1 - data[-1]]


def open_macs(case, records, keys):
    """The records of one side before TLS 1.3, RFC 5246 sections 6.2.3.1 and 6.2.3.2: (content, MAC) of each."""
    mac_key, key, iv = keys
    digest, make = DIGESTS[case.suite.mac], CIPHERS[case.suite.cipher][1]
    decrypt = Cipher(ARC4(key), None).decryptor().update if make is ARC4 else bytes
    etm = case.etm and case.suite.cipher in BLOCKS
    for number, record in enumerate(records):
        sealed, mac = (record.fragment[:-digest], record.fragment[-digest:]) if etm else (record.fragment, None)
        if case.suite.cipher in BLOCKS:
            explicit = 0 if case.version == "TLSv1" else len(iv)
            iv, body = (sealed[:explicit], sealed[explicit:]) if explicit else (iv, sealed)
            decrypt = Cipher(make(key), modes.CBC(iv)).decryptor().update
            iv = body[-len(iv) :]  # TLS 1.0: of the next record, RFC 2246 section 6.2.3.2
        else:
            body = sealed
        content = without_padding(case, decrypt(body))
        if not etm:
            content, mac = content[:-digest], content[-digest:]
        # RFC 7366 section 3: over what was encrypted
        assert mac == mac_of(case, mac_key, number, record.header, sealed if etm else content)
        yield content, mac


def nonce_and_body(case, iv, number, fragment):
    """RFC 5288 section 3, RFC 6655 section 3: an IV of 4 bytes, then 8 of the record; RFC 7905, 8446: an IV of 12."""
    if len(iv) == 4:
        return iv + fragment[:8], fragment[8:]
    return bytes(a ^ b for a, b in zip(iv, number.to_bytes(12), strict=True)), fragment


def open_aead(case, records, keys):
    """The records of one side under one key, RFC 5246 section 6.2.3.3, RFC 8446 section 5.2: (content, tag) of each."""
    _, key, iv = keys
    tls13 = case.version == "TLSv1.3"
    tag = 8 if case.suite.cipher.endswith("-CCM-8") else 16
    cipher = CIPHERS[case.suite.cipher][1](key)
    for number, record in enumerate(records):
        nonce, body = nonce_and_body(case, iv, number, record.fragment)
        header = record.header[:3] + (len(body) - tag).to_bytes(2)
        content = cipher.decrypt(nonce, body, record.header if tls13 else number.to_bytes(8) + header)
        yield content.rstrip(b"\0")[:-1] if tls13 else content, body[-tag:]


def protected_by(trace, case, side):
    """The records of one side under the keys of application data, from the wire alone; and those keys."""
    own = [record for record in trace.records if record.sender == side]
    if case.version != "TLSv1.3":
        first = next(i for i, record in enumerate(own) if record.header[0] == 20) + 1
        return own[first:], key_block(trace, case)[side]
    schedule = KeySchedule(case.suite.prf.lower())
    secret = bytes_of(trace, f"{side.upper()}_TRAFFIC_SECRET_0")
    key = schedule.expand_label(secret, b"key", b"", CIPHERS[case.suite.cipher][0])
    return [record for record in own if record.epoch == 3], (b"", key, schedule.expand_label(secret, b"iv", b"", 12))


@pytest.mark.parametrize("case", [case for case in CASES.values() if case.kx != "VKO-GOST-12"], ids=str)
def test_what_was_said_and_its_macs_are_in_the_bytes_of_the_wire(case):
    trace = lab.run(priority=case.priority, request=SAID["client"], response=SAID["server"])
    for side in ("client", "server"):
        records, keys = protected_by(trace, case, side)
        opened = list((open_aead if case.suite.cipher in AEADS else open_macs)(case, records, keys))
        assert len(opened) == len(records) >= 2
        for record, (content, mac) in zip(records, opened, strict=True):
            assert (record.plaintext, record.mac.computed) == (content, mac)
        assert [content for content, _ in opened].count(SAID[side]) == 1
        assert trace.application_data(side) == SAID[side]


@pytest.mark.parametrize("case", [case for case in CASES.values() if case.kx == "VKO-GOST-12"], ids=str)
def test_so_it_is_with_gost(case):
    """The keys are ours: nobody else here has the hash of its PRF. One key stream and one MAC of all records."""
    trace = lab.run(priority=case.priority, request=SAID["client"], response=SAID["server"])
    for side in ("client", "server"):
        mac_key, key, iv = (bytes(trace.secret(f"{side} write {name}").value) for name in ("MAC key", "key", "IV"))
        key_stream, before, contents = gost28147.stream(key, iv), b"", []
        records = [record for record in trace.records if record.sender == side and record.mac is not None]
        for number, record in enumerate(records):
            opened = bytes(byte ^ next(key_stream) for byte in record.fragment)
            content, mac = opened[:-4], opened[-4:]
            before += number.to_bytes(8) + record.header[:3] + len(content).to_bytes(2) + content
            assert mac == gost28147.imit(mac_key, before) == record.mac.computed
            assert content == record.plaintext
            contents.append(content)
        assert contents.count(SAID[side]) == 1
