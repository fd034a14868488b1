"""What Wireshark makes of a capture, asked through tshark: the oracle for files that are written and read."""

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


def application_data(path, server_port=443, stream=0):
    """What the client and what the server sent, decrypted. The lines of the second node begin with a tab."""
    printed = run("tshark", "-r", path, "-q", "-z", f"follow,tls,raw,{stream}").splitlines()
    (first,) = (line for line in printed if line.startswith("Node 0:"))
    nodes = ("server", "client") if first.endswith(f":{server_port}") else ("client", "server")
    sent = dict.fromkeys(nodes, b"")
    for line in printed:
        if line.strip() and set(line.strip()) <= set("0123456789abcdef"):
            sent[nodes[line.startswith("\t")]] += bytes.fromhex(line.strip())
    return sent
