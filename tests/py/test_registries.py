"""Tests scripts/registries: the C it makes is checked in, holds what the CSVs hold, and agrees with others' tables."""

import csv
import re
import shutil
import ssl
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography import x509

ROOT = Path(__file__).resolve().parents[2]
REGISTRIES = ROOT / "registries"
GENERATED = ROOT / "csrc" / "proto" / "registries_generated.c"
TABLE = re.compile(r"^static const hsi_name \w+\[\] = \{\n(.*?)^\};\n\nconst char \*(\w+)\(", re.MULTILINE | re.DOTALL)
ROW = re.compile(r'^    \{(\w+), "([^"]*)"\},$', re.MULTILINE)

ROWS = {
    function: [(int(value, 0), name) for value, name in ROW.findall(rows)]
    for rows, function in TABLE.findall(GENERATED.read_text())
}
NAMES = {function: dict(rows) for function, rows in ROWS.items()}
LOOKUPS = sorted(ROWS)

WITH_GREASE = {
    "hsi_cipher_suite",
    "hsi_extension_name",
    "hsi_named_group",
    "hsi_protocol_name_grease",
    "hsi_protocol_version",
    "hsi_signature_scheme",
}


def csv_names(file):
    with open(REGISTRIES / f"{file}.csv", newline="") as lines:
        return {int(row["value"], 0): row["name"] for row in csv.DictReader(lines)}


def without_grease(function):
    return {value: name for value, name in NAMES[function].items() if not name.startswith("GREASE_")}


def run_script(root, *arguments):
    return subprocess.run([sys.executable, root / "scripts" / "registries", *arguments], capture_output=True, text=True)


@pytest.fixture
def copy(tmp_path):
    """A tree of its own with all that the script reads and writes."""
    for part in ("scripts/registries", "csrc/proto/registries_generated.c"):
        (tmp_path / part).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / part, tmp_path / part)
    shutil.copytree(REGISTRIES, tmp_path / "registries")
    return tmp_path


def test_the_checked_in_tables_are_what_the_script_makes():
    result = run_script(ROOT, "--check")
    assert (result.returncode, result.stderr) == (0, "")


def test_check_finds_an_edited_table_and_leaves_it_alone(copy):
    output = copy / "csrc" / "proto" / "registries_generated.c"
    edited = output.read_text().replace("bad_record_mac", "bad_record_mack")
    output.write_text(edited)
    assert run_script(copy, "--check").returncode == 1
    assert output.read_text() == edited


def test_check_finds_a_missing_table(copy):
    (copy / "csrc" / "proto" / "registries_generated.c").unlink()
    assert run_script(copy, "--check").returncode == 1


def test_a_new_row_of_a_csv_ends_up_in_the_c(copy):
    with open(copy / "registries" / "alerts.csv", "a") as alerts:
        alerts.write("122,a_new_alert_RESERVED,Y,RFC0000,\n")
    assert run_script(copy, "--check").returncode == 1
    assert run_script(copy).returncode == 0
    assert (
        '    {121, "ech_required"},\n    {122, "a_new_alert"},\n}'
        in (copy / "csrc" / "proto" / "registries_generated.c").read_text()
    )


def test_a_value_with_two_names_is_refused(copy):
    with open(copy / "registries" / "alerts.csv", "a") as alerts:
        alerts.write("20,again,Y,RFC0000,\n")
    result = run_script(copy)
    assert result.returncode == 1
    assert "hsi_alert_description: a value occurs twice" in result.stderr


def test_every_lookup_of_the_header_has_a_table():
    header = (ROOT / "csrc" / "proto" / "registries.h").read_text()
    assert re.findall(r"^const char \*(hsi_\w+)\(uint32_t value\);", header, re.MULTILINE) == list(ROWS)


def test_the_messages_of_an_extension_are_those_of_the_csv():
    rows = re.findall(r"^    \{(\d+), ((?:HSI_IN_\w+|\| |0| )+)\},$", GENERATED.read_text(), re.MULTILINE)
    generated = {int(value): set(re.findall("HSI_IN_(\\w+)", places)) for value, places in rows}
    with open(REGISTRIES / "extensions.csv", newline="") as lines:
        assert generated == {int(row["value"]): set(row["tls13"].split()) - {"-"} for row in csv.DictReader(lines)}


@pytest.mark.parametrize("function", LOOKUPS)
def test_the_rows_of_a_table_ascend_strictly(function):
    values = [value for value, _ in ROWS[function]]
    assert values == sorted(set(values))


@pytest.mark.parametrize("function", LOOKUPS)
def test_no_name_is_empty_or_says_reserved(function):
    assert not [name for _, name in ROWS[function] if not name or name != name.strip() or "RESERVED" in name]


@pytest.mark.parametrize(
    ("function", "files"),
    [
        ("hsi_alert_description", ["alerts"]),
        ("hsi_cipher_suite", ["cipher_suites", "unregistered_cipher_suites"]),
        ("hsi_client_certificate_type", ["client_certificate_types"]),
        ("hsi_content_type", ["content_types"]),
        ("hsi_extension_name", ["extensions", "unregistered_extensions"]),
        ("hsi_handshake_type", ["handshake_types", "unregistered_handshake_types"]),
        ("hsi_quic_transport_parameter", ["quic_transport_parameters"]),
        ("hsi_srtp_protection_profile", ["srtp_protection_profiles"]),
        ("hsi_hpke_kem", ["hpke_kem"]),
        ("hsi_named_group", ["supported_groups"]),
        ("hsi_signature_scheme", ["signature_schemes", "unregistered_signature_schemes"]),
    ],
)
def test_a_table_names_exactly_the_values_of_its_csvs(function, files):
    expected = {}
    for file in files:
        expected |= csv_names(file)
    assert without_grease(function).keys() == expected.keys()
    changed = {
        value: (expected[value], name)
        for value, name in without_grease(function).items()
        if name != expected[value] and name + "_RESERVED" != expected[value]
    }
    renamed = {23: ("extended_main_secret", "extended_master_secret")} if function == "hsi_extension_name" else {}
    assert changed == renamed


@pytest.mark.parametrize("function", LOOKUPS)
def test_grease_is_where_rfc_8701_puts_it_and_nowhere_else(function):
    expected = {}
    if function in WITH_GREASE:
        expected = {value: f"GREASE_0x{value:04X}" for value in range(0x0A0A, 0x10000, 0x1010)}
    elif function == "hsi_ech_config_extension":  # RFC 9849 section 11.3: 0 instead of 0x0A0A
        expected = {value: f"GREASE_0x{value:04X}" for value in (0, *range(0x1A1A, 0x10000, 0x1010))}
    elif function == "hsi_psk_mode":
        expected = {value: f"GREASE_0x{value:02X}" for value in range(0x0B, 0x100, 0x1F)}
    assert {value: name for value, name in ROWS[function] if name.startswith("GREASE_")} == expected


def test_heartbeat_modes_are_not_mixed_with_heartbeat_messages():
    assert NAMES["hsi_heartbeat_mode"] == {1: "peer_allowed_to_send", 2: "peer_not_allowed_to_send"}


def test_alerts_are_called_as_pythons_ssl_calls_them():
    theirs = {alert.value: alert.name.removeprefix("ALERT_DESCRIPTION_").lower() for alert in ssl.AlertDescription}
    assert theirs.pop(90) == "user_cancelled"  # RFC 8446 has one l
    assert theirs.items() <= NAMES["hsi_alert_description"].items()


def test_versions_are_called_as_pythons_ssl_calls_them():
    theirs = {version.value: version.name.replace("_", ".") for version in ssl.TLSVersion if version > 0}
    assert theirs.items() <= NAMES["hsi_protocol_version"].items()


def test_suites_are_called_as_openssl_calls_them():
    listed = subprocess.run(
        ["openssl", "ciphers", "-V", "-stdname", "ALL:COMPLEMENTOFALL"], capture_output=True, text=True, check=True
    ).stdout
    rows = re.findall(r"^ *0x(\w\w),0x(\w\w) - (\w+)", listed, re.MULTILINE)
    theirs = {int(high + low, 16): name for high, low, name in rows}
    assert len(theirs) > 50
    assert theirs.items() <= NAMES["hsi_cipher_suite"].items()


# ---- object identifiers ----

OID = re.compile(r'^    \{"((?:\\x[0-9a-f]{2})+)", (\d+), "([^"]*)"\},$', re.MULTILINE)
THEIR_NAMES = {  # where `cryptography` has another name than the RFC
    "cRLReason": "cRLReasons",
    "ctPoison": "precertificatePoison",
    "dsaEncryption": "dsa",
    "extendedKeyUsage": "extKeyUsage",
    "id-ecPublicKey": "ecPublicKey",
    "id-qt-cps": "cps",
    "id-qt-unotice": "unotice",
    "msCertificateTemplate": "certificateTemplate",
    "msSmartcardLogin": "smartcardLogon",
    "pkInitKDC": "pkinit-KPKdc",
    "userID": "uid",
}


def dotted(content):
    """X.690 section 8.19, the other way round than the script."""
    arcs, arc = [], 0
    for octet in content:
        arc = arc << 7 | octet & 0x7F
        if not octet & 0x80:
            arcs.append(arc)
            arc = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(map(str, (first, arcs[0] - 40 * first, *arcs[1:])))


def oid_rows():
    found = OID.findall(GENERATED.read_text())
    rows = [(bytes.fromhex(octets.replace("\\x", "")), int(length), name) for octets, length, name in found]
    assert all(len(content) == length for content, length, _ in rows)
    return rows


def test_the_object_identifiers_are_those_of_the_csv_in_the_order_of_their_der():
    contents = [content for content, _, _ in oid_rows()]
    assert contents == sorted(set(contents)) and len(contents) > 150
    with open(REGISTRIES / "oids.csv", newline="") as lines:
        assert {row["value"]: row["name"] for row in csv.DictReader(lines)} == {
            dotted(content): name for content, _, name in oid_rows()
        }


def test_object_identifiers_have_the_names_that_cryptography_has():
    def plain(name):
        return THEIR_NAMES.get(name, name).lower().replace("-", "")

    theirs = {
        constant.dotted_string: constant._name
        for name, group in vars(x509.oid).items()
        if name.endswith("OID")
        for constant in vars(group).values()
        if isinstance(constant, x509.ObjectIdentifier) and constant._name != "Unknown OID"
    }
    del theirs["1.3.6.1.4.1.11129.2.4.5"]  # which has the name of the one in a certificate there
    shared = {value: name for value, name in ((dotted(c), name) for c, _, name in oid_rows()) if value in theirs}
    gost = {value for value in shared if value.startswith("1.2.643")}  # prose there
    assert len(shared) > 90
    assert {v: plain(shared[v]) for v in shared.keys() - gost} == {v: plain(theirs[v]) for v in shared.keys() - gost}
