"""Cipher suites, named ones and numbers without a name, leave nothing behind."""

import pickle

from growth import check
from hsinspect import CipherSuite
from touch import anew, touch

NUMBERS = (0x1301, 0xC02F, 0x0A0A, 0x1234)

check(lambda: touch(anew(lambda: [pickle.loads(pickle.dumps(CipherSuite(number))) for number in NUMBERS])))
