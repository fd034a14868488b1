"""A handshake that ends by a record altered on its way leaves nothing behind, neither its errors nor its alert."""

from growth import check
from hsinspect import lab


def alter(sender: str, index: int, record: bytes) -> bytes:
    return record[:-1] + bytes([record[-1] ^ 1]) if record[0] == 23 else record


check(lambda: lab.run("TLSv1.2", tamper=alter, request=b"question"))
