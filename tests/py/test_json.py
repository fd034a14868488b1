"""to_dict(): what JSON can hold, as trace.schema.json says it, and the same as what the objects say."""

import json
import re
from importlib.resources import files as package_files
from pathlib import Path

import hsinspect
import jsonschema
import pytest
from hsinspect import lab
from hsinspect.views import dictionary

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data"
DOCUMENT = ROOT / "docs" / "json.md"
SCHEMA = json.loads(package_files("hsinspect").joinpath("trace.schema.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def flip(sender, index, record):
    return record[:-1] + bytes([record[-1] ^ 1]) if record[0] == 23 else record


RUNS = {
    "TLS 1.0": {"version": "TLSv1"},
    "TLS 1.1": {"version": "TLSv1.1", "kx": "DHE-RSA"},
    "TLS 1.2, RSA": {"version": "TLSv1.2", "kx": "RSA", "cipher": "AES-128-CBC", "encrypt_then_mac": False},
    "TLS 1.2, ECDHE, TCP": {"version": "TLSv1.2", "transport": "tcp", "alpn": ["h2"]},
    "TLS 1.2, PSK": {"version": "TLSv1.2", "kx": "PSK"},
    "TLS 1.2, NULL": {"version": "TLSv1.2", "kx": "RSA", "cipher": "NULL", "mac": "SHA1"},
    "TLS 1.2, altered": {"version": "TLSv1.2", "tamper": flip},
    "TLS 1.2, cut off": {"version": "TLSv1.2", "tamper": lambda sender, index, record: b"" if index else record},
    "TLS 1.3": {"version": "TLSv1.3", "transport": "tcp"},
    "TLS 1.3, Ed25519": {"version": "TLSv1.3", "certificate": "Ed25519"},
    "TLS 1.3, PSK": {"priority": "NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+AES-128-GCM:-KX-ALL:+PSK"},
    "TLS 1.2, renegotiated": {"version": "TLSv1.2", "renegotiate": True, "client_cert": True},
    "TLS 1.2, resumed": {"version": "TLSv1.2", "resume": True},
    "TLS 1.3, early data": {"version": "TLSv1.3", "resume": True, "early_data": b"early"},
    "TLS 1.3, early data rejected": {
        "version": "TLSv1.3",
        "resume": True,
        "early_data": b"early",
        "early_data_accepted": False,
    },
    "TLS 1.3, all at once": {
        "version": "TLSv1.3",
        "hello_retry": True,
        "post_handshake_auth": True,
        "key_update": "both",
        "ocsp": True,
    },
    "TLS 1.3, altered": {"version": "TLSv1.3", "tamper": flip},
    "no TLS": {"version": "TLSv1.3", "tamper": lambda sender, index, record: b"HTTP/1.0 400\r\n\r\n"},
}


def valid(trace):
    """The dict, without and with secrets, as JSON gives it back."""
    shown = [json.loads(json.dumps(trace.to_dict(secrets=secrets))) for secrets in (False, True)]
    for data in shown:
        errors = [f"{'/'.join(map(str, e.path))}: {e.message}" for e in VALIDATOR.iter_errors(data)]
        assert errors == []
    return shown


@pytest.fixture(scope="module", params=RUNS.values(), ids=RUNS)
def trace(request):
    return lab.run(**request.param, request=b"my password", response=b"hello")


# ---- the schema ----


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_every_object_of_the_schema_has_exactly_its_members():
    found = list(objects(SCHEMA))
    assert len(found) > 25
    for schema in found:
        assert schema["additionalProperties"] is False
        assert schema["required"] == list(schema["properties"])


def objects(schema):
    """Every schema in a schema that is of objects."""
    if isinstance(schema, dict):
        if "properties" in schema and isinstance(schema.get("properties"), dict) and "required" in schema:
            yield schema
        for value in schema.values():
            yield from objects(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from objects(value)


def test_a_trace_is_as_the_schema_says(trace):
    valid(trace)


def test_a_trace_of_nothing_is_too():
    hidden, _ = valid(hsinspect.Trace())
    assert hidden["version"] is None and hidden["messages"] == [] and hidden["format"] == dictionary.FORMAT


def test_a_trace_that_grows_is_too(pair):
    pair.shake_hands()
    hidden, _ = valid(pair.client.trace)
    assert not hidden["finished"] and hidden["messages"]
    pair.client.close()
    pair.server.close()


def test_a_redacted_trace_is_too(trace):
    hidden, shown = valid(trace.redacted())
    assert hidden["notes"][0] == {"side": None, "about": "secrets", "text": "secrets were removed from this copy"}
    assert b"my password".hex() not in json.dumps(shown) or trace.cipher_suite.name.endswith("NULL_SHA")


@pytest.mark.parametrize("vector", ["1rtt", "hrr", "client-auth", "0rtt-resumed", "compat"])
def test_the_published_traces_are_too(vector):
    journal = hsinspect.Journal()
    document = DATA / "rfc8448" / f"{vector}.json"
    if document.exists():
        published = json.loads(document.read_text())
        records = [
            ("client" if r["dir"] == "c2s" else "server", bytes.fromhex(r["record"])) for r in published["records"]
        ]
    else:
        messages = [path.read_bytes() for path in sorted((DATA / "rfc8448" / vector).iterdir())]
        records = [("server", b"\x16\x03\x03" + len(raw).to_bytes(2) + raw) for raw in messages]
    for sender, record in records:
        journal.wire(sender, record)
    hidden, _ = valid(journal.trace())
    assert hidden["records"]


@pytest.mark.parametrize("version", ["12", "13"])
def test_the_illustrated_connections_are_too(version):
    journal = hsinspect.Journal()
    folder = DATA / f"illustrated-tls{version}"
    journal.keylog((folder / "keylog.txt").read_text())
    for path in sorted((folder / "caps").iterdir()):
        journal.wire("client" if path.name.startswith("client") else "server", path.read_bytes())
    valid(journal.trace())


# ---- what it says ----


def test_numbers_with_names_have_all_three(trace):
    for found in named(trace.to_dict()):
        assert int(found["hex"], 16) == found["value"]
        assert isinstance(found["name"], str)


def named(value):
    if isinstance(value, dict):
        if set(value) == {"value", "name", "hex"}:
            yield value
        for inner in value.values():
            yield from named(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from named(inner)


def test_the_numbers_are_those_on_the_wire(trace):
    data = trace.to_dict()
    for record in data["records"]:
        header = bytes.fromhex(record["header"])
        if len(header) == 5:
            assert record["outer_type"]["value"] == header[0]
            assert record["version"]["value"] == int.from_bytes(header[1:3])
    for message in data["messages"]:
        assert message["type"]["value"] == int(message["raw"][:2], 16)
        assert "".join(field["raw"] for field in message["fields"]) == message["raw"]


def test_the_names_are_those_of_the_trace():
    trace = lab.run("TLSv1.3", group="X25519", cipher="AES-128-GCM", certificate="ECDSA")
    data = trace.to_dict()
    assert data["version"] == {"value": 0x0304, "name": "TLSv1.3", "hex": "0x0304"}
    assert data["cipher_suite"] == {"value": 0x1301, "name": "TLS_AES_128_GCM_SHA256", "hex": "0x1301"}
    assert data["group"] == {"value": 29, "name": "x25519", "hex": "0x001d"}
    assert data["signature_scheme"] == {"value": 0x0403, "name": "ecdsa_secp256r1_sha256", "hex": "0x0403"}
    assert data["messages"][0]["ja4"] == trace.messages[0].ja4 and data["messages"][1]["ja4"] is None


def test_an_alert_is_named_wherever_it_stands():
    data = lab.run("TLSv1.2", request=b"GET /", tamper=flip).to_dict()
    bad_record_mac = {"value": 20, "name": "bad_record_mac", "hex": "0x14"}
    assert data["alert"] == {"sender": "server", "description": bad_record_mac}
    (alert,) = (event for event in data["events"] if event["event"] == "Alert")
    assert alert["description"] == bad_record_mac and alert["level"] == {"value": 2, "name": "fatal", "hex": "0x02"}
    assert data["records"][alert["record"]]["content_type"]["name"] == "alert"


def test_every_event_is_there_and_in_order(trace):
    data = trace.to_dict()
    assert [event["event"] for event in data["events"]] == [type(event).__name__ for event in trace.events]


def test_what_did_not_authenticate_is_hidden_like_application_data():
    trace = lab.run("TLSv1.3", request=b"my password", tamper=flip)
    rejected = [record for record in trace.to_dict()["records"] if record["state"] == "rejected"]
    assert rejected and all(set(record["plaintext"]) == {"length"} for record in rejected)


def test_secrets_are_hidden_unless_asked_for(trace):
    hidden, shown = (json.dumps(trace.to_dict(secrets=secrets)) for secrets in (False, True))
    secrets = {bytes(s.value).hex() for s in trace.secrets if s.label != "early secret"}
    assert not any(secret in hidden for secret in secrets)
    assert all(secret in shown for secret in secrets)


# ---- the page ----


def test_the_example_of_the_page_runs(capsys):
    (example,) = re.findall(r"^```python\n(.*?)^```$", DOCUMENT.read_text(), re.MULTILINE | re.DOTALL)
    exec(compile(example, str(DOCUMENT), "exec"), {})
    printed = capsys.readouterr().out
    assert "TLSv1.3 {'value': 4865" in printed and "client ClientHello 0x01" in printed and "{'length': " in printed


def test_the_page_names_every_member():
    text = DOCUMENT.read_text()
    table = text[text.index("| member |") : text.index("```python")]
    cells = [cell for line in table.splitlines() if line.startswith("|") for cell in line.split("|")[1:2]]
    written = {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}
    between = {"cipher_suite", "group", "signature_scheme", "alpn"}  # `version` … `server_name`
    assert written | between | {"format"} == set(SCHEMA["properties"])


def test_its_size_is_as_the_page_says():
    sizes = [len(json.dumps(lab.run("TLSv1.3", response=bytes(n)).to_dict())) for n in (0, 100_000)]
    assert 150_000 < sizes[0] < 250_000
    assert 2.0 * 100_000 < sizes[1] - sizes[0] < 2.3 * 100_000
