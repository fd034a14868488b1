"""python -m hsinspect: what it prints, and what its exit code says."""

import os
import subprocess
import sys

import hsinspect
import pytest
from hsinspect import _core
from hsinspect.cli.main import main


def run(*arguments, **options):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p), "COLUMNS": "96"}
    command = [sys.executable, "-m", "hsinspect", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment, **options)


def test_the_demo_shows_three_handshakes_and_succeeds():
    result = run("demo")
    assert (result.returncode, result.stderr) == (0, "")
    titles = [line for line in result.stdout.splitlines() if line[:3] in ("1. ", "2. ", "3. ")]
    assert len(titles) == 3
    for expected in (
        "TLS_RSA_WITH_AES_128_CBC_SHA",
        "premaster secret",
        "key block",
        "TLS 1.3",
        "SERVER_TRAFFIC_SECRET_0",
        "TCP FIN",
        "bad_record_mac",
        "received ",
        "computed ",
    ):
        assert expected in result.stdout


def test_lab_takes_names_or_a_priority_string(capsys):
    assert main(["lab", "TLSv1.2", "--kx", "RSA", "--cipher", "AES-128-CBC", "--mac", "SHA1"]) == 0
    assert "TLS_RSA_WITH_AES_128_CBC_SHA" in capsys.readouterr().out
    assert main(["lab", "--priority", "NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+AES-128-CCM", "--tcp"]) == 0
    assert "TLS_AES_128_CCM_SHA256" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["lab", "TLSv9"], ["lab", "--priority", "NORMAL:+NONSENSE"]])
def test_what_there_is_not_is_a_wrong_call(capsys, arguments):
    assert main(arguments) == 2
    assert capsys.readouterr().err.startswith("hsinspect: ")


@pytest.mark.parametrize("arguments", [[], ["dance"], ["connect", "localhost"], ["lab", "--detail", "9"]])
def test_wrong_arguments_are_a_wrong_call(capsys, arguments):
    with pytest.raises(SystemExit) as raised:
        main(arguments)
    assert raised.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_connect_shows_the_handshake_and_masks_its_secrets(files, capsys):
    with hsinspect.serve(files.chain, files.key, lambda conn: conn.sendall(conn.recv(100)), alpn=["h2"]) as server:
        arguments = ["connect", "localhost", str(server.port), "--cafile", files.authority, "--alpn", "h2"]
        assert main([*arguments, "--request", "hello\\r\\n"]) == 0
    shown = capsys.readouterr().out
    assert "secrets: masked" in shown and 'ALPN "h2"' in shown
    assert server.traces[0].application_data("client") == b"hello\r\n"


def test_connect_reveals_secrets_where_it_is_asked_to(files, capsys):
    with hsinspect.serve(files.chain, files.key) as server:
        assert main(["connect", "localhost", str(server.port), "--cafile", files.authority, "--reveal"]) == 0
    value = bytes(server.traces[0].secret("CLIENT_TRAFFIC_SECRET_0").value)
    assert value.hex() in capsys.readouterr().out.replace(" ", "").replace("\n", "")


def test_connect_fails_for_an_untrusted_certificate_and_shows_what_it_saw(files, capsys):
    with hsinspect.serve(files.chain, files.key) as server:
        assert main(["connect", "localhost", str(server.port)]) == 1
    shown = capsys.readouterr()
    assert "Certificate" in shown.out and "unknown_ca" in shown.out
    assert shown.err.startswith("hsinspect: ")


def test_connect_fails_where_nobody_listens(capsys):
    assert main(["connect", "127.0.0.1", "1"]) == 1
    assert "refused" in capsys.readouterr().err


def test_info_says_which_library_and_what_can_be_seen(capsys):
    assert main(["info"]) == 0
    shown = capsys.readouterr().out
    assert _core.gnutls_version() in shown and _core.gnutls_library() in shown
    reason = _core.probe_reason()
    assert ("installed" if reason is None else "not installed") in shown
    assert f"{len(_core.gnutls_suites())} in the library" in shown


def test_nobody_reading_any_more_is_a_failure_without_a_traceback():
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    command = [sys.executable, "-m", "hsinspect", "lab", "TLSv1.3", "--request", "x" * 100, "--detail", "2"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)
    process.stdout.close()
    stderr = process.stderr.read()
    process.stderr.close()
    assert (process.wait(timeout=60), stderr) == (1, b"")


def test_importing_the_package_loads_nothing_slow():
    slow = "argparse asyncio dataclasses datetime hsinspect.lab hsinspect.views json ssl tempfile".split()
    code = f"import sys, hsinspect; print([name for name in {slow} if name in sys.modules])"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert result.stdout.strip() == "[]"


def test_every_public_name_is_there_and_listed():
    for name in hsinspect.__all__:
        assert getattr(hsinspect, name) is not None
        assert name in dir(hsinspect)
    with pytest.raises(AttributeError, match="nonsense"):
        hsinspect.nonsense  # noqa: B018
