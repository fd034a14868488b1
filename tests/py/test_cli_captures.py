"""python -m hsinspect show and verify."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import carried
import hsinspect
import packets
import pytest
from hsinspect import lab
from hsinspect.cli.main import main

DATA = Path(__file__).parent.parent / "data"
CAPTURE, KEYLOG = str(DATA / "rfc8448" / "1rtt.pcap"), str(DATA / "rfc8448" / "1rtt.keys")


@pytest.fixture
def two(tmp_path):
    """A capture of two connections: one with a server's RSA key, and one of TLS 1.3."""
    turns = [carried.turns_of(trace) for trace in (carried.rsa(), carried.lab(version="TLSv1.3"))]
    frames = [carried.frames_of(carried.segments_of(said), number) for number, said in enumerate(turns, 1)]
    path = tmp_path / "two.pcap"
    path.write_bytes(packets.pcap([*frames[0], *frames[1]]))
    return str(path)


def test_show_prints_the_ladder_of_each_connection(two, capsys):
    assert main(["show", two, "--detail", "0"]) == 0
    shown = capsys.readouterr().out
    assert shown.index("1. 10.0.0.1:20001 -> 192.0.2.1:443") < shown.index("2. 10.0.0.2:20002 -> 192.0.2.1:443")
    assert shown.count("ClientHello") == 2


def test_show_prints_one_connection(two, capsys):
    assert main(["show", two, "--connection", "2"]) == 0
    shown = capsys.readouterr().out
    assert "2. 10.0.0.2:20002" in shown and "1. 10.0.0.1:20001" not in shown


@pytest.mark.parametrize("number", ["0", "3"])
def test_a_connection_that_is_not_there_is_a_failure(two, capsys, number):
    assert main(["show", two, "--connection", number]) == 1
    shown = capsys.readouterr()
    assert shown.out == "" and shown.err == f"hsinspect: no connection {number} in {two}\n"


def test_show_masks_secrets_unless_it_is_to_reveal_them(capsys):
    secret = next(
        line.split()[2] for line in Path(KEYLOG).read_text().splitlines() if line.startswith("CLIENT_TRAFFIC")
    )
    for reveal in ([], ["--reveal"]):
        assert main(["show", CAPTURE, "--keylog", KEYLOG, *reveal]) == 0
        shown = capsys.readouterr().out.replace(" ", "").replace("\n", "")
        assert (secret in shown) == bool(reveal)


def test_show_prints_json_a_line_each(two, capsys):
    assert main(["show", two, "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(lines) == 2 and all("messages" in line for line in lines)


def test_a_private_key_may_have_its_password_behind_it(two, files, tmp_path, capsys):
    for given in (files.key, f"{files.key}:unused"):
        assert main(["show", two, "--key", given, "--connection", "1"]) == 0
        assert "ApplicationData  5 bytes" in capsys.readouterr().out


def test_a_psk_is_given_by_identity_or_for_any(tmp_path, capsys):
    assert main(["verify", CAPTURE, "--psk", "somebody:00ff", "--psk", ":00ff"]) == 0
    with pytest.raises(SystemExit) as raised:
        main(["verify", CAPTURE, "--psk", "somebody:no hex"])
    assert raised.value.code == 2
    assert "no hex" not in (said := capsys.readouterr().err) and "not IDENTITY:HEX" in said


def test_psks_in_a_file_open_what_they_are_of(tmp_path, capsys):
    path, psks = tmp_path / "c.pcap", tmp_path / "psks"
    path.write_bytes(carried.file_of(carried.turns_of(carried.lab(version="TLSv1.2", kx="PSK"))).read())
    psks.write_text(f"somebody:00ff\n\n{lab.PSK_IDENTITY.decode()}:{lab.PSK_KEY.hex()}\n")
    assert main(["show", str(path), "--psk-file", str(psks)]) == 0
    assert "ApplicationData  5 bytes" in capsys.readouterr().out
    psks.write_text(f"#{lab.PSK_IDENTITY.hex()}:{lab.PSK_KEY.hex()}\n")
    assert main(["verify", str(path), "--psk-file", str(psks)]) == 0
    assert "0 not checkable" in capsys.readouterr().out
    for content in (b"somebody:5ec4e7, not hex", b"somebody:", b"\xff:5ec4e7", None):
        psks.unlink() if content is None else psks.write_bytes(content)
        with pytest.raises(SystemExit):
            main(["show", str(path), "--psk-file", str(psks)])
        assert "5ec4e7" not in (said := capsys.readouterr().err) and "--psk-file" in said


def test_verify_prints_a_line_for_each_connection_and_succeeds(two, files, capsys):
    assert main(["verify", two, "--key", files.key]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert "TLSv1.2 TLS_RSA_WITH_AES_128_CBC_SHA" in lines[0] and ", 0 failed, " in lines[0]


def test_verify_fails_and_says_which_check_does(tmp_path, capsys):
    def flip(sender, index, record):
        return record[:-1] + bytes([record[-1] ^ 1]) if record[0] == 23 and sender == "client" else record

    live = carried.lab(version="TLSv1.2", tamper=flip)
    path, keylog = tmp_path / "altered.pcap", tmp_path / "keys.txt"
    path.write_bytes(carried.file_of(carried.turns_of(live)).getvalue())
    keylog.write_text(live.keylog())
    assert main(["verify", str(path), "--keylog", str(keylog)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert "1 failed" in lines[0] and lines[1].startswith("    mac.record[")


def test_a_file_that_cannot_be_read_is_a_failure(tmp_path, capsys):
    other = tmp_path / "text"
    other.write_text("# no capture")
    for arguments in (
        ["show", str(tmp_path / "nothing")],
        ["verify", str(other)],
        ["show", CAPTURE, "--key", str(other)],
    ):
        assert main(arguments) == 1
        assert capsys.readouterr().err.startswith("hsinspect: ")


def test_a_capture_without_tls_is_a_failure(tmp_path, capsys):
    path = tmp_path / "empty.pcap"
    path.write_bytes(packets.pcap([]))
    for command in ("show", "verify"):
        assert main([command, str(path)]) == 1
        assert "no TLS connection in" in capsys.readouterr().err


def test_a_damaged_capture_is_shown_as_far_as_it_goes(tmp_path, capsys):
    path = tmp_path / "cut.pcap"
    path.write_bytes(Path(CAPTURE).read_bytes()[:-7])
    assert main(["verify", str(path), "--keylog", KEYLOG]) == 0
    shown = capsys.readouterr()
    assert shown.err.startswith("hsinspect: ") and "cut.pcap is damaged" in shown.err
    assert "TLSv1.3" in shown.out


def test_a_capture_that_is_damaged_in_the_middle_is_shown_as_far_as_it_goes(tmp_path, capsys):
    path = tmp_path / "damaged.pcap"
    path.write_bytes(Path(CAPTURE).read_bytes() + b"\xff" * 16 + bytes(100))
    assert main(["verify", str(path), "--keylog", KEYLOG]) == 0
    shown = capsys.readouterr()
    assert "damaged.pcap is damaged" in shown.err and "TLSv1.3" in shown.out


def run(*arguments, **options):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    return subprocess.Popen([sys.executable, "-m", "hsinspect", *arguments], env=environment, **options)


def test_it_reads_standard_input():
    with (
        open(CAPTURE, "rb") as capture,
        run("verify", "-", "--keylog", KEYLOG, stdin=capture, stdout=subprocess.PIPE) as it,
    ):
        assert b"TLSv1.3" in it.stdout.read()
    assert it.returncode == 0


def test_a_reader_that_goes_away_is_no_error(tmp_path):
    said = carried.segments_of(carried.turns_of(carried.lab()))
    path = tmp_path / "many.pcap"
    path.write_bytes(packets.pcap([frame for number in range(200) for frame in carried.frames_of(said, number)]))
    with run("show", str(path), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as it:
        it.stdout.readline()
        it.stdout.close()
        assert it.stderr.read() == b""


def test_what_was_read_is_what_read_capture_gives(capsys):
    assert main(["show", CAPTURE, "--keylog", KEYLOG, "--json"]) == 0
    (trace,) = hsinspect.read_capture(io.BytesIO(Path(CAPTURE).read_bytes()), keylog=KEYLOG)
    assert json.loads(capsys.readouterr().out) == json.loads(json.dumps(trace.to_dict()))
