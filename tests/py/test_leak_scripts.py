"""Each type that can be had has its script in tests/isolated that looks for leaks."""

import re
from pathlib import Path

import hsinspect
from hsinspect import _core

SCRIPTS = {path.stem.removeprefix("leak_") for path in Path(__file__).parents[1].glob("isolated/leak_*.py")}
TOGETHER = {"tls_socket": "connection", "server": "connection"}  # the two ends of one


def words(name):
    """tls_socket for TLSSocket."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def types():
    public = [getattr(hsinspect, name) for name in hsinspect.__all__]
    return {kind for kind in (*public, *vars(_core).values()) if isinstance(kind, type)}


def test_each_type_has_a_script():
    made = {words(kind.__name__) for kind in types() if not issubclass(kind, BaseException)}
    assert {TOGETHER.get(name, name) for name in made} <= SCRIPTS
    assert "error" in SCRIPTS
