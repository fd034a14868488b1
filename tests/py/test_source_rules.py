"""What a source file must look like, beyond what a formatter sees."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("csrc", "python", "tests", "bench", "scripts")
LONGEST_FILE = 400
LONGEST_FUNCTION = 80


def sources(*suffixes: str) -> list[Path]:
    """The hand-written files of the project with one of the suffixes."""
    found = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.suffix in suffixes]
    return sorted(path for path in found if not path.stem.endswith("_generated") and path.is_file())


C_FILES = sources(".c", ".h")
PYTHON_FILES = [*sources(".py"), ROOT / "setup.py", ROOT / "scripts" / "registries"]
SCRIPTS = sorted(path for path in (ROOT / "scripts").iterdir() if path.is_file())


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def c_functions(path: Path) -> list[tuple[str, int]]:
    """The functions of a C file and how many lines their bodies have: a body opens and closes in the first column."""
    found = []
    lines = text(path).splitlines()
    for i, line in enumerate(lines):
        if line == "{":
            found.append((f"{name(path)}:{i}", lines.index("}", i) - i + 1))
    return found


def python_functions(path: Path) -> list[tuple[str, int]]:
    return [
        (f"{name(path)}:{node.name}", node.end_lineno - node.lineno + 1)
        for node in ast.walk(ast.parse(text(path)))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def test_there_are_files_of_every_kind():
    assert len(C_FILES) > 100
    assert len(PYTHON_FILES) > 10
    assert len(SCRIPTS) >= 7


@pytest.mark.parametrize("path", C_FILES + PYTHON_FILES + SCRIPTS, ids=name)
def test_a_file_has_at_most_400_lines(path):
    assert len(text(path).splitlines()) <= LONGEST_FILE


def test_a_function_has_at_most_80_lines():
    lengths = [pair for path in C_FILES for pair in c_functions(path)]
    lengths += [pair for path in PYTHON_FILES for pair in python_functions(path)]
    assert len(lengths) > 1000
    assert [pair for pair in lengths if pair[1] > LONGEST_FUNCTION] == []


@pytest.mark.parametrize("path", C_FILES, ids=name)
def test_a_c_file_opens_with_what_it_is_for_and_its_licence(path):
    opening = re.match(r"/\*(.*?)\*/", text(path), re.DOTALL)
    assert opening is not None
    assert opening[1].endswith(" SPDX-License-Identifier: MIT ")
    assert re.match(r" \S.{15,}\n", opening[1])


@pytest.mark.parametrize("path", [path for path in C_FILES if path.suffix == ".h"], ids=name)
def test_a_header_is_guarded_by_its_own_name(path):
    guard = re.match(r"/\*.*?\*/\n#ifndef (HSI_\w+_H)\n#define \1\n", text(path), re.DOTALL)
    assert guard is not None
    assert guard[1].endswith(path.stem.upper() + "_H")


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_a_script_says_in_its_second_line_what_it_is_for(path):
    first, second = text(path).splitlines()[:2]
    assert first in ("#!/bin/sh", "#!/usr/bin/env python3")
    assert re.match(r"# [A-Z].{20,}", second)


@pytest.mark.parametrize("path", [path for path in PYTHON_FILES if path.suffix == ".py"], ids=name)
def test_a_python_file_opens_with_what_it_is_for(path):
    docstring = ast.get_docstring(ast.parse(text(path)))
    assert docstring is not None
    assert docstring


def test_nothing_was_left_for_later():
    later = "|".join(["TO" + "DO", "FIX" + "ME", 3 * "X"])
    files = C_FILES + PYTHON_FILES + SCRIPTS + sources(".md", ".pyi")
    assert [name(path) for path in files if re.search(rf"\b({later})\b", text(path))] == []
