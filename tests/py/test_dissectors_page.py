"""docs/dissectors.md is what scripts/dissectors makes of the descriptors and rules, and these are all on it."""

import subprocess
import sys
from pathlib import Path

import hsinspect
from browser_hello import chrome

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "dissectors.md").read_text(encoding="utf-8")


def test_the_page_is_what_the_script_makes():
    subprocess.run([sys.executable, ROOT / "scripts" / "dissectors", "--check"], check=True)


def test_each_descriptor_has_a_row():
    text = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "csrc" / "tap").glob("*.c")}
    extensions = sum(t.count("const hsi_extension hsi_ext_") for name, t in text.items() if name.startswith("ext_"))
    messages = sum(t.count("const hsi_message_type hsi_msg_") for name, t in text.items() if name.startswith("msg_"))
    rows = PAGE.split("## ")
    assert rows[1].count("\n| ") - 1 == messages
    assert rows[2].count("\n| ") - 1 == extensions


def test_each_rule_that_a_hello_is_asked_about_is_on_the_page():
    journal = hsinspect.Journal()
    journal.wire("client", chrome())
    rules = [check.name for check in journal.trace().checks if check.kind == "rule" and check.name != "rule.order"]
    assert len(rules) > 10
    assert [name for name in rules if f"`{name}`" not in PAGE] == []
