"""The ladder: what it shows, what it hides, what a peer cannot make it do, and how it fits a terminal."""

import io
import re

import hsinspect
import pytest
from hsinspect import _core, lab
from hsinspect.views import catalogue, ladder, show
from hsinspect.views.model import Computed, Row, view_of

HOSTILE = [
    b"<script>x</script>",
    b"\x1b[2J\x1b]0;t\x07\x1b]8;;http://x\x07",
    b"\r\nfake ok",
    b"a\x00b",
    "\u202egnp.exe".encode(),
    b"\xff\xfe",
    b"{0} %s ${x}",
    "zero\u200bwidth\ufeff".encode(),
    b"\xc2\x9b2J",
    b"A" * 255,
]


@pytest.fixture(scope="module")
def tls12():
    return lab.run(
        "TLSv1.2", kx="RSA", cipher="AES-128-CBC", mac="SHA1", encrypt_then_mac=False, tickets=False,
        request=b"question", response=b"answer", transport="tcp",
    )  # fmt: skip


@pytest.fixture(scope="module")
def tls13():
    return lab.run("TLSv1.3", request=b"question", response=b"answer")


@pytest.fixture(scope="module")
def altered():
    def tamper(sender, index, record):
        return record[:5] + bytes([record[5] ^ 1]) + record[6:] if sender == "client" and record[0] == 23 else record

    return lab.run(
        "TLSv1.2", kx="RSA", cipher="AES-128-CBC", mac="SHA1", encrypt_then_mac=False, request=b"x", tamper=tamper
    )


@pytest.fixture(scope="module")
def real(files):
    """The client's trace of a connection between two sockets."""
    with (
        hsinspect.serve(files.chain, files.key, lambda conn: conn.recv(100)) as server,
        hsinspect.connect("localhost", server.port, cafile=files.authority) as conn,
    ):
        conn.sendall(b"question")
    return conn.trace


def rows_of(trace, **options):
    return [row for row in view_of(trace, **options).rows if isinstance(row, Row)]


def secrets_in(trace):
    return {show.grouped_hex(s.value) for s in trace.secrets if s.label != "early secret"}


def unwrapped(text):
    return " ".join(text.split())


# ---- what it shows ----


def test_the_rows_of_tls12_are_the_twelve_steps_and_the_end(tls12):
    assert [(row.step, row.label.split("  ")[0]) for row in rows_of(tls12)] == [
        (1, "ClientHello"),
        (2, "ServerHello"),
        (3, "Certificate"),
        (4, "ServerHelloDone"),
        (5, "ClientKeyExchange"),
        (6, "ChangeCipherSpec"),
        (7, "Finished"),
        (8, "ChangeCipherSpec"),
        (9, "Finished"),
        (10, "ApplicationData"),
        (11, "ApplicationData"),
        (12, "Alert warning close_notify (0)"),
        (12, "Alert warning close_notify (0)"),
        (None, "TCP FIN"),
        (None, "TCP FIN"),
    ]


def test_a_line_says_how_a_record_is_protected_without_colour(tls12, tls13):
    finished = next(line for line in str(tls12).splitlines() if " Finished " in line)
    assert re.search(r"7 .*\|══ Finished ═+▶\| +#6 +\d+ MAC ok  seq 0", finished)
    hello = next(line for line in str(tls12).splitlines() if "ClientHello" in line)
    assert re.search(r"1 +0\.00 +\|── ClientHello ─+▶\| +#0 +\d+ plain", hello)
    assert "tag ok hs/0" in str(tls13) and "tag ok app/0" in str(tls13) and "plain (compat)" in str(tls13)


def test_each_secret_stands_after_the_message_that_makes_it_possible(tls12):
    shown = view_of(tls12).rows
    exchange = next(i for i, row in enumerate(shown) if isinstance(row, Row) and row.label == "ClientKeyExchange")
    computed = shown[exchange + 1 : exchange + 4]
    assert all(isinstance(row, Computed) for row in computed)
    expected = ["premaster secret", "master secret", "key block"]
    assert [row.name for row in computed] == expected
    assert [row.verdict for row in computed] == ["ok"] * 3


def test_tls13_shows_the_chain_from_the_shared_secret_to_the_traffic_secrets(tls13):
    computed = [row for row in view_of(tls13).rows if isinstance(row, Computed)]
    unknown = {row.name: row.reason for row in computed if row.verdict == "not surfaced"}
    reason = _core.probe_reason()
    from_the_probe = ("shared secret", "handshake secret", "master secret")
    assert unknown == ({} if reason is None else dict.fromkeys(from_the_probe, reason))
    only_then = {"resumption master secret"} if reason else set()  # it follows from the master secret alone
    assert [row.name for row in computed] == [name for name in TLS13_CHAIN if name not in only_then]


TLS13_CHAIN = [
    "early secret",
    "shared secret",
    "handshake secret",
    "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
    "SERVER_HANDSHAKE_TRAFFIC_SECRET",
    "master secret",
    "CLIENT_TRAFFIC_SECRET_0",
    "SERVER_TRAFFIC_SECRET_0",
    "resumption master secret",
]


def test_a_secret_that_is_not_known_says_why_in_its_place(tls13):
    journal = hsinspect.Journal()
    journal.keylog(tls13.keylog())
    for record in tls13.records:
        journal.wire(record.sender, record.header + record.fragment)
    text = unwrapped(journal.trace().ladder(width=120))
    assert "shared secret not surfaced: " in text


def test_a_failed_record_shows_both_macs_and_where_they_differ(altered):
    (rejected,) = [record for record in altered.records if record.ok is False]
    text = altered.ladder(width=120, detail=0)
    assert f"received {show.grouped_hex(rejected.mac.received)}" in text
    assert f"computed {show.grouped_hex(rejected.mac.computed)}" in text
    assert "x▶|" in text and "MAC BAD seq 1" in text
    assert "Alert fatal bad_record_mac (20)" in text
    assert "altered on its way: at byte 5" in text


def test_a_step_that_tls13_does_not_have_is_named_with_its_reason(tls13):
    text = unwrapped(str(tls13))
    assert "step 4 (ServerHelloDone): gone in TLS 1.3" in text and "step 5 (ClientKeyExchange)" in text


def test_an_end_over_memory_is_no_fin(tls13):
    assert "end of stream" in str(tls13) and "FIN" not in str(tls13)


def test_a_message_of_several_records_names_them_all():
    journal = hsinspect.Journal()
    hello = lab.run("TLSv1.3").messages[0].raw
    for part in (hello[:50], hello[50:60], hello[60:]):
        journal.wire("client", b"\x16\x03\x01" + len(part).to_bytes(2, "big") + part)
    (row,) = rows_of(journal.trace())
    assert row.records == (0, 2) and row.wire_bytes == len(hello) + 15
    assert "#0-2" in str(journal.trace())


def test_more_detail_shows_more(tls12):
    lengths = [len(tls12.ladder(width=96, detail=detail).splitlines()) for detail in (0, 1, 2)]
    assert lengths == sorted(set(lengths))
    assert "offers TLS 1.2" not in tls12.ladder(detail=0) and "offers TLS 1.2" in tls12.ladder(detail=1)
    detailed = tls12.ladder(detail=2, width=160)
    assert "The server picks one version" in detailed and re.search(r"cipher_suites\[0\] +002f +TLS_RSA", detailed)


def test_many_data_records_become_one_line():
    trace = lab.run("TLSv1.3", request=bytes(16384 * 300))
    text = trace.ladder(detail=0)
    assert "296 ApplicationData records, all tag ok" in text
    assert len(text.splitlines()) < 100


# ---- what it hides ----


def test_a_lab_handshake_shows_its_secrets_unless_it_is_asked_not_to(tls12, tls13):
    for trace in (tls12, tls13):
        shown = unwrapped(trace.ladder())
        assert any(secret in shown for secret in secrets_in(trace))
        hidden = unwrapped(trace.ladder(reveal=False))
        assert not any(secret in hidden for secret in secrets_in(trace))


@pytest.mark.parametrize("detail", [0, 1, 2])
def test_a_real_connection_shows_no_secret_unless_it_is_asked_to(real, detail):
    hidden = unwrapped(real.ladder(detail=detail, width=400))
    assert "secrets: masked" in hidden
    for secret in secrets_in(real):
        assert secret not in hidden and secret.replace(" ", "") not in hidden
    shown = unwrapped(real.ladder(reveal=True, width=400))
    assert show.grouped_hex(real.secret("CLIENT_TRAFFIC_SECRET_0").value) in shown


def test_application_data_is_shown_as_a_size_only(real):
    assert "ApplicationData  8 bytes" in str(real) and "question" not in real.ladder(detail=2)


# ---- what a peer cannot do ----


def hostile_trace(name):
    """A ClientHello whose server name and protocol are what a peer likes."""
    host = b"\0\0" + (len(name) + 5).to_bytes(2, "big") + (len(name) + 3).to_bytes(2, "big")
    host += b"\0" + len(name).to_bytes(2, "big") + name
    alpn = (
        b"\0\x10" + (len(name) + 3).to_bytes(2, "big") + (len(name) + 1).to_bytes(2, "big") + bytes([len(name)]) + name
    )
    extensions = host + alpn
    body = b"\3\3" + bytes(32) + b"\0" + b"\0\2\0\x2f" + b"\1\0" + len(extensions).to_bytes(2, "big") + extensions
    message = b"\1" + len(body).to_bytes(3, "big") + body
    journal = hsinspect.Journal()
    journal.wire("client", b"\x16\3\1" + len(message).to_bytes(2, "big") + message)
    return journal.trace()


def is_harmless(text):
    return not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]", text)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_shown_and_does_nothing(name):
    trace = hostile_trace(name)
    for text in (trace.ladder(detail=2, width=200), repr(trace)):
        assert is_harmless(text)
        assert "fake ok" not in [line.strip() for line in text.splitlines()]
    assert trace.messages[0]["extensions.server_name.server_name_list[0].name.opaque"].raw == name


@pytest.mark.parametrize("name", HOSTILE)
def test_the_escaper_leaves_nothing_that_acts_on_a_terminal(name):
    assert is_harmless(show.show_bytes(name)) and "\n" not in show.show_bytes(name)
    assert len(show.show_bytes(name * 1000)) <= show.MOST


def test_the_escaper_leaves_what_can_be_read_and_marks_what_it_changed():
    assert show.show_bytes("bücher.example 例え") == "bücher.example 例え"
    assert show.show_bytes(b"\xff\\x") == "\\xff\\\\x"


def test_a_malformed_message_says_from_where_it_makes_no_sense():
    journal = hsinspect.Journal()
    journal.wire("client", bytes.fromhex("1603010009 01000005 0303 000000"))
    trace = journal.trace()
    assert "makes no sense from offset" in str(trace)


@pytest.mark.parametrize("cut", range(0, 2500, 97))
def test_a_ladder_of_any_beginning_of_a_connection_can_be_shown(tls13, cut):
    journal = hsinspect.Journal()
    for record in tls13.records:
        data = (record.header + record.fragment)[:cut]
        cut -= len(data)
        journal.wire(record.sender, data)
    journal.end("client", "truncated")
    for width in (40, 70, 96):
        assert journal.trace().ladder(width=width, detail=2)


# ---- how it fits ----


@pytest.mark.parametrize("width", [64, 75, 80, 88, 96, 120])
def test_no_line_of_a_row_is_wider_than_the_terminal_by_more_than_its_verdict(tls12, width):
    for line in tls12.ladder(width=width).splitlines():
        assert show.cells(line) <= max(width, 24 + ladder.BESIDE_THE_LIFELINE)


def test_a_narrow_terminal_gets_a_list(tls12):
    lines = tls12.ladder(width=50, detail=0).splitlines()
    assert any(re.fullmatch(r" +7 C>S Finished #6 MAC ok  seq 0", line) for line in lines)
    assert "|" not in tls12.ladder(width=50, detail=0)


def test_a_terminal_without_line_drawing_gets_ascii(tls12):
    text = tls12.ladder(ascii=True)
    assert text.isascii()
    assert "|== Finished ===" in text and ">|" in text and "|.. TCP FIN ..." in text


def test_an_encoding_without_the_characters_gets_ascii(tls12):
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding="ascii")
    tls12.print(file=file)
    file.flush()
    assert b"|== Finished ===" in raw.getvalue()


def test_text_has_no_colour_and_a_print_has_where_it_is_asked_for(tls12):
    assert "\x1b" not in str(tls12)
    for color in (True, False):
        file = io.StringIO()
        tls12.print(file=file, color=color, width=96)
        assert ("\x1b[" in file.getvalue()) is color
        assert re.sub(r"\x1b\[[0-9;]*m", "", file.getvalue()) == tls12.ladder(width=96) + "\n"


@pytest.mark.parametrize(
    ("environment", "colour"),
    [
        ({}, False),
        ({"FORCE_COLOR": "1"}, True),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        ({"NO_COLOR": "1", "HSINSPECT_COLOR": "1"}, True),
        ({"HSINSPECT_COLOR": "0", "FORCE_COLOR": "1"}, False),
    ],
)
def test_the_environment_decides_on_colour_in_its_order(tls12, monkeypatch, environment, colour):
    for name in ("NO_COLOR", "FORCE_COLOR", "HSINSPECT_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    file = io.StringIO()
    tls12.print(file=file)
    assert ("\x1b[" in file.getvalue()) is colour


@pytest.mark.parametrize(
    ("text", "width", "clipped"),
    [("short", 5, "short"), ("a long name", 7, "a l…ame"), ("日本語日本語", 7, "日…語"), ("abc", 1, "…")],
)
def test_what_is_too_wide_loses_its_middle(text, width, clipped):
    assert show.clip(text, width) == clipped
    assert show.cells(show.clip(text, width)) <= width


# ---- the catalogue ----


def test_every_message_that_can_come_has_a_sentence_and_a_section():
    names = {"HelloRequest", "HelloRetryRequest", "EndOfEarlyData", "CertificateStatus", "KeyUpdate", "Alert"}
    for arguments in ({"version": "TLSv1.2", "kx": "ECDHE-RSA"}, {"version": "TLSv1.3"}):
        names |= {message.name for message in lab.run(**arguments).messages}
    for name in names:
        text = catalogue.text_of(name, "server")
        assert text is not None, name
        assert text.what.endswith(".") and len(text.what.split()) <= 25 and text.rfc.startswith("RFC ")
        assert not re.search(r"\b(simply|just)\b", text.what)
