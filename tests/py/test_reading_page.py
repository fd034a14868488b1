"""docs/reading.md: what it lists is what the tables in the code list, and its example runs."""

import re
from pathlib import Path

import hsinspect
from carried import CAPTURE, KEYLOG

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "reading.md").read_text(encoding="utf-8")


def source(name):
    return (ROOT / "csrc" / "capture" / name).read_text(encoding="utf-8")


def test_every_opening_is_listed_and_no_other():
    table = re.search(r"\| opening \| as in \|\n\|---\|---\|\n(.*?)\n\n", PAGE, re.DOTALL)[1]
    listed = [name for row in table.splitlines() for name in row.split("|")[1].strip().split(", ")]
    rows = re.search(r"const hsi_opening hsi_openings\[\] = \{\n(.*?)\n\};", source("opening.c"), re.DOTALL)[1]
    known = re.findall(r'^    \{"([^"]+)"', rows, re.MULTILINE)
    assert [name for name in listed if name != "LMTP"] == known  # LMTP speaks as SMTP does


def test_every_link_type_is_listed_and_no_other():
    paragraph = re.search(r"- Link types: (.*?)\. IPv4", PAGE, re.DOTALL)[1]
    table = re.search(r"\} links\[\] = \{\n(.*?)\n\};", source("link.c"), re.DOTALL)[1]
    known = {int(number) for number in re.findall(r"^    \{(\d+),", table, re.MULTILINE)}
    assert {int(number) for number in re.findall(r"\b\d+\b", paragraph)} == known


def test_the_example_runs(tmp_path, monkeypatch, capsys):
    (tmp_path / "dump.pcapng.gz").write_bytes(CAPTURE.read_bytes())
    (tmp_path / "keys.txt").write_bytes(KEYLOG.read_bytes())
    monkeypatch.chdir(tmp_path)
    exec(re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)[1], {"hsinspect": hsinspect})
    assert "('10.0.0.1', 50000) TLSv1.3" in capsys.readouterr().out


def test_the_limits_are_those_of_the_code():
    assert "up to 32 KiB" in PAGE and "((size_t)32 << 10)" in source("detect.h")
    assert "last 8 192 session IDs" in PAGE and "GROUPS = 1024, NEWEST = 8" in source("sessions.c")
    assert "65 536 connections at once" in " ".join(PAGE.split())
    assert "HSI_FLOWS_MOST ((size_t)65536)" in source("limits.h")
