"""A handshake that nobody looks at leaves nothing behind."""

from growth import check
from hsinspect import lab

check(lambda: lab.run("TLSv1.3", request=b"question", response=b"answer"))
