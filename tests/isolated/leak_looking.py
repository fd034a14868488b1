"""A trace that is looked at from every side leaves nothing behind, fields, checks and derivations included."""

from growth import check
from hsinspect import lab


def look() -> None:
    trace = lab.run("TLSv1.2", kx="RSA", cipher="AES-128-CBC", mac="SHA1", request=b"question", response=b"answer")
    trace.verify(rules=True)
    trace.to_dict(secrets=True)
    trace.ladder(width=96)
    for message in trace.messages:
        list(message.extensions.items())


check(look, rounds=400)  # its free lists fill slowly: 80 bytes a round at 100, 19 at 400
