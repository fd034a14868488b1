"""The table of calls that tests/c makes fail has every call of the sources that can fail, and no other."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
HEADERS = "gnutls.h crypto.h abstract.h x509.h x509-ext.h pkcs12.h ocsp.h".split()
NO_CODE = {"gnutls_error_to_alert", "gnutls_session_is_resumed"}  # an int, and no failure
BY_HAND = {"gnutls_handshake"}  # failing_calls.h says why


def called():
    sources = [*ROOT.glob("csrc/live/*.[ch]"), *ROOT.glob("csrc/crypto/*.[ch]")]
    return set(re.findall(r"\bgnutls_\w+(?=\()", "".join(path.read_text() for path in sources)))


def with_a_code():
    """The functions that GnuTLS's headers have as int or ssize_t."""
    command = ["pkg-config", "--variable=includedir", "gnutls"]
    folder = Path(subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()) / "gnutls"
    text = "".join((folder / header).read_text() for header in HEADERS)
    return set(re.findall(r"^(?:extern )?(?:int|ssize_t)\s+(gnutls_\w+)\s*\(", text, re.MULTILINE))


def test_every_call_that_can_fail_is_made_to():
    table = (ROOT / "tests" / "c" / "failing_calls.h").read_text()
    wrapped = set(re.findall(r"^CALL\d+\(\w+, (gnutls_\w+),", table, re.MULTILINE))
    assert called() & with_a_code() - NO_CODE - BY_HAND == wrapped
