"""What the installed wheel must do by itself. Run by scripts/wheel in an environment that has nothing else.

Plain functions and no pytest: nothing but the wheel is there. Copied to any machine, it tests the wheel there:
`python -I smoke.py`.
SPDX-License-Identifier: MIT
"""

import importlib.metadata
import pathlib
import re
import socket
import ssl
import subprocess
import sys
import tempfile
import threading

import hsinspect
from hsinspect import _core, settings

WHEEL = importlib.metadata.distribution("hsinspect")
FILES = {str(file): pathlib.Path(file.locate()) for file in WHEEL.files}
INFO = f"hsinspect-{WHEEL.version}.dist-info"
BUNDLED = {name: path.resolve() for name, path in FILES.items() if name.startswith("hsinspect.libs/")}
EXPECTED = ("gnutls", "nettle", "hogweed", "gmp", "idn2", "unistring", "tasn1", "p11-kit", "ffi")


def mapped():
    """The files of libraries that this process has loaded."""
    lines = pathlib.Path("/proc/self/maps").read_text().splitlines()
    return {pathlib.Path(line.split(maxsplit=5)[5]) for line in lines if ".so" in line}


def test_the_wheel_is_for_every_python_from_311_on_and_for_any_newer_linux():
    tags = re.findall(r"^Tag: (.+)$", WHEEL.read_text("WHEEL"), re.MULTILINE)
    assert tags
    assert all(re.fullmatch(r"cp311-abi3-manylinux_2_\d+_\w+", tag) for tag in tags), tags
    assert WHEEL.metadata["Requires-Python"] == ">=3.11"
    assert "hsinspect/_core.abi3.so" in FILES


def test_the_version_is_the_same_everywhere():
    assert hsinspect.__version__ == WHEEL.version


def test_types_are_there_for_type_checkers():
    assert {"hsinspect/py.typed", "hsinspect/_core.pyi"} <= FILES.keys()


def test_each_library_has_its_licence_and_its_source_in_the_wheel():
    assert len(BUNDLED) == len(EXPECTED)
    listed = WHEEL.metadata.get_all("License-File")
    texts = {name: FILES[f"{INFO}/licenses/{name}"].read_text("utf-8") for name in listed}
    assert {"LICENSE", "bundled/LGPL-2.1.txt", "bundled/LGPL-3.txt", "bundled/GPL-2.txt", "bundled/GPL-3.txt"} <= set(
        listed
    )
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in texts["bundled/LGPL-2.1.txt"]
    sources = texts["bundled/SOURCES.txt"]
    for name in BUNDLED:
        entry = sources[sources.index(name.removeprefix("hsinspect.libs/")) :].split("\n\n")[0]
        licence, package = re.search(
            r"\n    licence  (\S.*)\n    source   Debian package (\S+) \d\S+; http\S+", entry
        ).groups()
        assert licence in WHEEL.metadata["License-Expression"]
        assert "opyright" in texts[f"bundled/{package}.txt"]


def test_the_libraries_in_the_wheel_are_the_ones_that_are_used():
    loaded = {path for path in mapped() if re.match(rf"lib({'|'.join(EXPECTED)})\W", path.name)}
    assert loaded == set(BUNDLED.values())
    assert pathlib.Path(_core.gnutls_library()).resolve() in loaded


def test_the_probe_sees_the_secrets_of_the_library_in_the_wheel():
    assert _core.probe_reason() is None
    for version, options, label in (
        ("TLSv1.2", {"kx": "RSA", "cipher": "AES-128-CBC", "mac": "SHA1"}, "premaster secret"),
        ("TLSv1.3", {}, "shared secret"),
    ):
        trace = hsinspect.lab.run(version, request=b"ping", response=b"pong", **options)
        trace.verify()
        assert trace.version == version
        assert trace.secret(label).source == "probe"
        assert all(check.ok for check in trace.checks), [check for check in trace.checks if not check.ok]


def lab_files(folder):
    """The lab's certificate for localhost: chain, key and authority in files."""
    paths = [pathlib.Path(folder, name) for name in ("chain.pem", "key.pem", "authority.pem")]
    for path, content in zip(paths, _core.lab_certificate("RSA"), strict=True):
        path.write_bytes(content)
    return [str(path) for path in paths]


def refusal(port):
    """What a client that trusts the system's authorities says to the lab's certificate."""
    try:
        hsinspect.connect("localhost", port)
    except ssl.SSLCertVerificationError as error:
        return error
    raise AssertionError("the system's authorities vouch for the lab's certificate")


def test_a_client_and_a_server_talk_over_loopback():
    with tempfile.TemporaryDirectory() as folder:
        chain, key, authority = lab_files(folder)
        with hsinspect.serve(chain, key, lambda conn: conn.sendall(conn.recv(9).upper())) as server:
            with hsinspect.connect("localhost", server.port, cafile=authority) as conn:
                conn.sendall(b"ping")
                assert conn.recv(9) == b"PING"
            assert refusal(server.port).trace.alert == ("client", "unknown_ca")
        conn.trace.verify()
        server.traces[0].verify()


def test_openssl_is_understood_and_understands():
    with tempfile.TemporaryDirectory() as folder:
        chain, key, authority = lab_files(folder)
        theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        theirs.load_cert_chain(chain, key)
        listener = socket.create_server(("127.0.0.1", 0))

        def serve():
            with listener, theirs.wrap_socket(listener.accept()[0], server_side=True) as conn:
                conn.sendall(conn.recv(9).upper())

        thread = threading.Thread(target=serve)
        thread.start()
        with hsinspect.connect("localhost", listener.getsockname()[1], cafile=authority) as conn:
            conn.sendall(b"ping")
            assert conn.recv(9) == b"PING"
        thread.join()
        conn.trace.verify()


def test_the_system_trusts_somebody_also_where_gnutls_looks_in_vain():
    class Blind:
        """A config whose GnuTLS finds no file where it was compiled to look for it."""

        add_system_trust = staticmethod(lambda: 0)
        add_trust = _core.Config(False).add_trust

    assert settings.add_system_trust(_core.Config(False)) > 0
    assert settings.add_system_trust(Blind()) > 0


def test_the_command_line_shows_handshakes_and_which_library_is_in_use():
    shown = {}
    for command in ("demo", "info"):
        result = subprocess.run(
            [sys.executable, "-I", "-m", "hsinspect", command], capture_output=True, text=True, timeout=60
        )
        assert (result.returncode, result.stderr) == (0, ""), result.stderr
        shown[command] = result.stdout
    assert "TLS_RSA_WITH_AES_128_CBC_SHA" in shown["demo"]
    assert re.search(r"^probe +installed$", shown["info"], re.MULTILINE)
    assert re.search(r"^library +\S*hsinspect\.libs/", shown["info"], re.MULTILINE)


if __name__ == "__main__":
    tests = [(name, value) for name, value in globals().items() if name.startswith("test_")]
    for name, test in tests:
        test()
        print("ok", name.removeprefix("test_").replace("_", " "))
    print(f"{len(tests)} hold: {_core.gnutls_library()}, GnuTLS {_core.gnutls_version()}")
