"""Who may include whom, and who may touch what: docs/ARCHITECTURE.md's arrow, checked on the sources."""

import csv
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

LAYERS = {  # folder of csrc -> the folders that its files may include
    "base": {"base"},
    "crypto": {"base", "crypto"},
    "proto": {"base", "proto"},
    "tap": {"base", "crypto", "proto", "tap"},
    "capture": {"base", "crypto", "proto", "tap", "capture"},
    "live": {"base", "crypto", "proto", "tap", "live"},
    "py": {"base", "crypto", "proto", "tap", "capture", "live", "py"},
}
SYSTEM = {  # header, up to a "/" at the end -> the folders that may include it
    "gnutls/": {"crypto", "live"},
    "Python.h": {"py"},
    "sys/": {"live"},
    "arpa/": {"capture", "live", "tap"},
    "netinet/": {"live"},
    "unistd.h": {"live"},
    "fcntl.h": {"live"},
    "poll.h": {"live"},
    "dlfcn.h": {"live"},
    "link.h": {"live"},
}
ONLY_IN = {  # what may stand in one file alone -> that file
    r"\b(malloc|calloc|realloc|reallocarray|free|strdup|strndup)\s*\(": "base/memory.c",
    r"\bPyErr_(Set|Format|NewException)\w*\s*\(": "py/errors.c",
}
NOWHERE = {
    "a PyObject that all interpreters would share": r"^static PyObject \*\s*\w+\s*(=|;|\[)",
    "the PyGILState functions, which know one interpreter only": r"\bPyGILState_",
    "a goto": r"\bgoto\b",
    "a function that writes without a bound": r"\b(gets|strcpy|strcat|sprintf|vsprintf)\s*\(",
}
NAMES_OF = ("cipher_suites", "unregistered_cipher_suites", "signature_schemes", "supported_groups")
NOT_NAMES = {"NULL"}


def code(path: Path) -> str:
    """A C file without its comments."""
    return re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)


SOURCES = {str(path.relative_to(ROOT / "csrc")): code(path) for path in sorted((ROOT / "csrc").rglob("*.[ch]"))}


def folder(name: str) -> str:
    return name.split("/", maxsplit=1)[0]


def breaches(pattern: str, allowed: set[str]) -> list[str]:
    """The files in which a pattern stands, but for the allowed ones."""
    return [name for name, text in SOURCES.items() if name not in allowed and re.search(pattern, text, re.MULTILINE)]


def test_every_folder_of_csrc_has_its_place_in_the_arrow():
    assert {folder(name) for name in SOURCES} == set(LAYERS)


@pytest.mark.parametrize("layer", LAYERS)
def test_files_include_only_what_lies_below_them(layer):
    included = {
        (name, folder(header))
        for name, text in SOURCES.items()
        if folder(name) == layer
        for header in re.findall(r'^\s*#\s*include\s+"([^"]+)"', text, re.MULTILINE)
    }
    assert included
    assert {pair for pair in included if pair[1] not in LAYERS[layer]} == set()


@pytest.mark.parametrize("header", SYSTEM)
def test_system_headers_are_included_only_where_their_job_is_done(header):
    pattern = rf"^\s*#\s*include\s+<{re.escape(header)}"
    found = {name for name, text in SOURCES.items() if re.search(pattern, text, re.MULTILINE)}
    assert {name for name in found if folder(name) not in SYSTEM[header]} == set()


@pytest.mark.parametrize(("pattern", "owner"), ONLY_IN.items(), ids=ONLY_IN.values())
def test_what_one_file_owns_stands_in_no_other(pattern, owner):
    assert re.search(pattern, SOURCES[owner], re.MULTILINE)
    assert breaches(pattern, {owner}) == []


@pytest.mark.parametrize("pattern", NOWHERE.values(), ids=NOWHERE)
def test_what_is_forbidden_stands_nowhere(pattern):
    assert breaches(pattern, set()) == []


@pytest.mark.parametrize("registry", NAMES_OF)
def test_no_name_of_a_registry_is_typed_by_hand(registry):
    with open(ROOT / "registries" / f"{registry}.csv", encoding="ascii", newline="") as rows:
        names = {row["name"] for row in csv.DictReader(rows)} - NOT_NAMES
    python = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "python").rglob("*.py")}
    typed = {
        (name, literal)
        for name, text in (SOURCES | python).items()
        if not name.endswith("_generated.c")
        for literal in re.findall(r'"([^"\n]*)"', text)
        if literal in names
    }
    assert names
    assert typed == set()
