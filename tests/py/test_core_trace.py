"""hsinspect._core.Trace as a whole: what is appended to it, its bytes, equality, and what a caller gets wrong."""

import gc
import json
import weakref
from pathlib import Path

import hsinspect._core as core
import pytest

RFC8448 = Path(__file__).parents[1] / "data" / "rfc8448"
ALERT = bytes.fromhex("15 0303 0002 02 28")


class Kept(core.Trace):
    """As the Python module has it: a subclass with attributes."""

    def __init__(self, journal=None, *, note=""):
        super().__init__(journal)
        self.note = note


def small():
    trace = core.Trace()
    trace.append_start("tcp", ("::1", 5000), ("h", 443))
    trace.append_wire("client", ALERT, time_ns=7)
    trace.append_end("client", "rst", time_ns=8)
    return trace


def test_what_is_appended_is_there_at_the_next_look():
    trace = core.Trace()
    assert trace.events == ()
    trace.append_wire("client", ALERT, time_ns=7)
    assert [(a.sender, a.level, a.description, a.code, a.time_ns) for a in trace.alerts] == [
        ("client", "fatal", "handshake_failure", 40, 7)
    ]
    trace.append_end("client", "rst")
    assert [(close.sender, close.kind, close.record) for close in trace.closes] == [("client", "rst", None)]
    assert [type(event).__name__ for event in trace.events] == ["Record", "Alert", "Close"]
    assert trace.alerts[0].record == trace.records[0]


def test_an_alert_without_a_name_is_called_by_its_number():
    trace = core.Trace()
    trace.append_wire("server", bytes.fromhex("15 0303 0002 07 4d"))
    assert (trace.alerts[0].level, trace.alerts[0].description) == ("level_7", "alert_77")
    trace.append_wire("server", bytes.fromhex("63 0303 0000"))
    assert trace.records[1].content_type == "content_type_99"


def test_where_a_connection_ran_is_known_from_its_start():
    trace = small()
    assert (trace.transport, trace.client_address, trace.server_address) == ("tcp", ("::1", 5000), ("h", 443))
    assert trace.started_ns > 1_600_000_000_000_000_000
    nowhere = core.Trace()
    assert (nowhere.transport, nowhere.client_address, nowhere.server_address, nowhere.started_ns) == (None,) * 4
    assert (nowhere.verdicts, nowhere.results, nowhere.notes, nowhere.handshake) == ((), (), (), None)


def test_a_trace_of_the_bytes_of_another_is_equal_to_it():
    trace = small()
    trace.append_secret("shared secret", b"12345678", time_ns=9)
    trace.append_psk(None, b"key")
    again = core.Trace(trace.dumps())
    assert again == trace
    assert again.dumps() == trace.dumps()
    assert bytes(again.secrets[0]) == b"12345678"


def test_traces_differ_by_what_is_in_them_and_by_being_finished():
    trace, other = small(), core.Trace()
    small().copy_into(other)
    copy = core.Trace()
    trace.copy_into(copy, finished=False)
    assert copy == trace
    copy.finish()
    assert copy != trace
    assert other.finished
    assert trace != core.Trace()
    assert trace != 3


def test_a_trace_cannot_be_hashed():
    with pytest.raises(TypeError):
        hash(core.Trace())


def test_a_copy_goes_into_an_empty_trace_only():
    with pytest.raises(ValueError, match="not empty"):
        small().copy_into(small())


def test_nothing_is_appended_to_a_finished_trace():
    trace = small()
    trace.finish()
    assert trace.finished
    for append in (
        lambda: trace.append_wire("client", b"x"),
        lambda: trace.append_end("client", "fin"),
        lambda: trace.append_secret("label", b"x"),
        lambda: trace.append_keylog(b""),
        lambda: trace.append_private_key(b"x"),
        lambda: trace.append_psk(b"", b"x"),
        lambda: trace.append_start("tcp", None, None),
    ):
        with pytest.raises(ValueError, match=r"finished|does not fit"):
            append()


def test_the_items_of_a_trace_outlive_it():
    record = small().records[0]
    gc.collect()
    assert record.fragment == ALERT[5:]


def test_a_trace_that_is_made_again_leaves_the_items_of_the_first_alone():
    trace = small()
    record = trace.records[0]
    trace.__init__(core.Trace().dumps())
    assert trace.records == ()
    assert record.fragment == ALERT[5:]


def test_application_data_is_joined_by_sender():
    vector = json.loads((RFC8448 / "1rtt.json").read_text())
    trace = core.Trace()
    for record in vector["records"]:
        trace.append_wire("client" if record["dir"] == "c2s" else "server", bytes.fromhex(record["record"]))
    for label, value in vector["keylog"].items():
        trace.append_keylog(f"{label} {vector['client_random']} {value}\n".encode())
    assert trace.application_data("client") == bytes(range(50))
    assert trace.application_data(sender="server") == bytes(range(50))
    assert trace.complete
    assert (trace.handshake.version, trace.handshake.cipher_suite, trace.handshake.group) == (
        "TLSv1.3",
        0x1301,
        "x25519",
    )
    assert trace.handshake.server_name == "server"
    assert trace.handshake.alpn is None


def test_a_subclass_keeps_its_attributes_and_is_collected_with_its_cycles():
    trace = Kept(small().dumps(), note="mine")
    assert trace.note == "mine"
    assert trace.records[0].fragment == ALERT[5:]
    trace.itself = trace
    gone = weakref.ref(trace)
    del trace
    gc.collect()
    assert gone() is None


def test_a_subclass_that_forgets_to_call_init_is_an_empty_trace():
    class Forgetful(core.Trace):
        def __init__(self):
            pass

    assert Forgetful().events == ()


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda trace: core.Trace(b"no journal"), ValueError),
        (lambda trace: core.Trace("text"), TypeError),
        (lambda trace: core.Trace(b"", 3), TypeError),
        (lambda trace: trace.append_wire("nobody", b""), ValueError),
        (lambda trace: trace.append_wire(None, b""), ValueError),
        (lambda trace: trace.append_wire("client", "text"), TypeError),
        (lambda trace: trace.append_wire("client", b"", time_ns=-1), OverflowError),
        (lambda trace: trace.append_wire("client", b"", sent=3), TypeError),
        (lambda trace: trace.append_end("client", "sudden"), ValueError),
        (lambda trace: trace.append_secret("a\0b", b""), ValueError),
        (lambda trace: trace.append_secret("a", None), TypeError),
        (lambda trace: trace.append_secret("a", b"", sender="x"), ValueError),
        (lambda trace: trace.append_keylog("text"), TypeError),
        (lambda trace: trace.append_psk("text", b""), TypeError),
        (lambda trace: trace.append_start("pigeon", None, None), ValueError),
        (lambda trace: trace.append_start("tcp", "host", None), ValueError),
        (lambda trace: trace.append_start("tcp", None, ("host",)), ValueError),
        (lambda trace: trace.copy_into(3), TypeError),
        (lambda trace: trace.application_data("neither"), ValueError),
    ],
)
def test_a_wrong_argument_is_an_exception_and_changes_nothing(call, error):
    trace = small()
    before = trace.dumps()
    with pytest.raises(error):
        call(trace)
    assert trace.dumps() == before


def reads(journal):
    try:
        return core.Trace(journal).events is not None
    except ValueError:
        return False


def test_every_prefix_of_a_journal_is_refused_or_read():
    whole = small().dumps()
    assert sum(reads(whole[:length]) for length in range(len(whole))) == 3  # the borders between entries


def test_a_suite_is_taken_apart_by_its_number():
    assert core.suite(0x002F) == ("TLS_RSA_WITH_AES_128_CBC_SHA", "RSA", "AES-128-CBC", "SHA1", "SHA256", False)
    assert core.suite(0x1301) == ("TLS_AES_128_GCM_SHA256", None, "AES-128-GCM", "AEAD", "SHA256", True)
    assert [core.suite(number) for number in (0x00FF, 0xFFFF, -1, 1 << 20)] == [None] * 4


def test_the_library_in_use_is_named():
    assert core.gnutls_version().split(".")[0] == "3"
    assert "libgnutls" in core.gnutls_library()
    assert len(core.gnutls_suites()) > 50
    assert {number for number, *_ in core.gnutls_suites()} & {number for number, _ in core.iana_cipher_suites()}


def test_a_lab_certificate_of_another_kind_is_a_value_error():
    with pytest.raises(ValueError, match="does not have"):
        core.lab_certificate("paper")
