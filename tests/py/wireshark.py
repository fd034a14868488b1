"""What Wireshark makes of a capture, asked through tshark: the oracle for files that are written and read."""

import re
import subprocess

from programs import ENVIRONMENT

CHECKSUMS = ("-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE")


def run(program, *arguments):
    """What a program of Wireshark's prints; an error if it complains."""
    command = [program, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60, env=ENVIRONMENT)
    complaints = [line for line in done.stderr.splitlines() if not line.startswith("Running as user")]
    assert complaints == []
    return done.stdout


def fields(path, *names, display="tls"):
    """The values of fields, a list of rows, of the packets that a display filter lets through."""
    wanted = [word for name in names for word in ("-e", name)]
    printed = run("tshark", "-r", path, *CHECKSUMS, "-Y", display, "-T", "fields", *wanted)
    return [line.split("\t") for line in printed.splitlines()]


def column(path, name):
    """All values of one field, in order."""
    return [value for (values,) in fields(path, name) for value in values.split(",") if value]


def numbers(values):
    """The numbers that a field has in one packet."""
    return [int(value, 0) for value in values.split(",") if value]


def follow(path, protocol, streams, *options):
    """What it follows of each stream: the ports of its two nodes, and what they sent. Which node is the client it does
    not say alike for all connections. The lines of the second node begin with a tab."""
    asked = [word for i in streams for word in ("-z", f"follow,{protocol},raw,{i}")]
    found = []
    for part in run("tshark", "-n", "-q", "-r", path, *options, *asked).split(f"Follow: {protocol},raw")[1:]:
        ports = tuple(int(port) for port in re.findall(r"^Node \d: .*:(\d+)$", part, re.MULTILINE))
        lines = re.findall(r"^\t?[0-9a-f]+$", part, re.MULTILINE)
        sent = [[line for line in lines if line.startswith("\t") is second] for second in (False, True)]
        found.append((ports, tuple(bytes.fromhex("".join(node).replace("\t", "")) for node in sent)))
    return found


def application_data(path, server_port=443, stream=0):
    """What the client and what the server sent, decrypted."""
    (((first, _), sent),) = follow(path, "tls", [stream])
    return dict(zip(("server", "client") if first == server_port else ("client", "server"), sent, strict=True))
