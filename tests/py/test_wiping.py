"""Secrets are wiped: what a process knew of its connections is not in its memory any more when their traces are gone.

A process of its own makes the connections, hands their secrets out and forgets them (tests/isolated/forgetting.py); then
its memory is searched from here. GnuTLS itself leaves copies in memory that it has freed: how many is measured with a
program that has nothing but GnuTLS in it, and no more than that may be left.
"""

import collections
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from hsinspect import _core

ISOLATED = Path(__file__).resolve().parents[1] / "isolated"
CASE = ISOLATED / "forgetting.py"
PRIORITIES = dict(re.findall(r'^(\w+) = "(NORMAL.*)"', CASE.read_text(), re.MULTILINE))
REQUEST = 64
LARGEST = 1 << 32  # bytes: what is mapped beyond is a sanitizer's, and holds no byte of the program


def memory(pid):
    """What a process can write to, a mapping at a time."""
    maps = [line.split(None, 5) for line in Path(f"/proc/{pid}/maps").read_text().splitlines()]
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as file:
        for addresses, rights, *_ in maps:
            start, end = (int(address, 16) for address in addresses.split("-"))
            if rights.startswith("rw") and end - start < LARGEST:
                file.seek(start)
                yield file.read(end - start)


def read_secrets(stream):
    """(label, bytes) of each that is handed out."""
    found = []
    while (line := stream.readline()) != b"\n":
        assert line, "it ended early"
        length, label = line.decode().rstrip("\n").split(" ", 1)
        found.append((label, stream.read(int(length))))
    return found


def count_left(command):
    """Runs it; which secrets there were, and how often each, as it is or as hexadecimal digits, is still in memory."""
    request = os.urandom(REQUEST)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        process.stdin.write(request)
        process.stdin.flush()
        secrets = dict.fromkeys([*read_secrets(process.stdout), ("request", request)])
        left = collections.Counter()
        for piece in memory(process.pid):
            for label, value in secrets:
                left[label] += piece.count(value)
                left[label, "hex"] += piece.count(value.hex().encode())
        process.stdin.close()
        assert process.wait(30) == 0
    return {label for label, _ in secrets}, +left


def test_what_a_process_still_holds_is_found(tmp_path):
    """The search itself: a process that forgets nothing."""
    keeping = tmp_path / "keeping.py"
    forget = CASE.read_text().index("main(sys.argv[1])")
    keeping.write_text(f"kept = []\n{CASE.read_text()[:forget]}")
    text = keeping.read_text().replace("    os.write(1, value)\n", "    os.write(1, value)\n    kept.append(value)\n")
    text = text.replace("    request[:] = bytes(len(request))\n", "    kept.append(request)\n")
    keeping.write_text(text + CASE.read_text()[forget:])
    labels, left = count_left([sys.executable, str(keeping), "TLS13-plain"])
    assert len(labels) >= 10
    assert {label for label in labels if left[label] == 0} == set()


@pytest.fixture(scope="module")
def bare(tmp_path_factory, files):
    """What GnuTLS alone leaves, by priority string."""
    program = tmp_path_factory.mktemp("bare") / "forgetting_bare"
    flags = subprocess.check_output(["pkg-config", "--cflags", "--libs", "gnutls"], text=True)
    source = str(ISOLATED / "forgetting_bare.c")
    subprocess.run(["cc", "-D_DEFAULT_SOURCE", "-o", str(program), source, *shlex.split(flags)], check=True)
    return {name: count_left([str(program), text, files.chain, files.key])[1] for name, text in PRIORITIES.items()}


WAYS = ["plain", "listener", "offline", "lab", "sockets"]
LABELS = {
    "RSA12": {"premaster secret", "master secret", "client write MAC key", "server write key", "request"},
    "DHE12": {"master secret", "client write key", "server write key", "request"},
    "ECDHE12": {"master secret", "client write key", "server write key", "request"},
    "TLS13": {"CLIENT_TRAFFIC_SECRET_0", "SERVER_HANDSHAKE_TRAFFIC_SECRET", "client write key", "request"},
}
# GnuTLS packs it into each of the two tickets of a server, in memory that it frees; no key log of its own has it.
IN_TICKETS = {"TLS13": {"resumption master secret": 2}}
PROBED = {"DHE12": {"premaster secret"}, "ECDHE12": {"premaster secret"}, "TLS13": {"shared secret", "master secret"}}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", PRIORITIES)
def test_no_secret_is_left_when_its_trace_is_gone(bare, name, way):
    labels, left = count_left([sys.executable, str(CASE), f"{name}-{way}"])
    assert labels >= LABELS[name] - ({"premaster secret"} if way == "offline" else set())
    if _core.probe_reason() is None and way != "offline":
        assert labels >= PROBED.get(name, set())
    else:
        left.pop(("premaster secret", "hex"), None)  # GnuTLS's log, which stands in for the probe, writes it down
    allowed = bare[name] + collections.Counter(IN_TICKETS.get(name, {}))
    more = {label: count for label, count in left.items() if count > allowed[label]}
    assert more == {}, f"allowed is {allowed}"
