"""Trace: what was negotiated, secrets, steps, the key log, verify, and what is shown to whom."""

import copy
import datetime
import json
import pickle

import hsinspect
import pytest
from hsinspect import _core, lab


@pytest.fixture(scope="module")
def tls12():
    return lab.run("TLSv1.2", kx="RSA", cipher="AES-128-CBC", mac="SHA1", request=b"my password", response=b"hello")


@pytest.fixture(scope="module")
def tls13():
    return lab.run("TLSv1.3", group="X25519", alpn=["h2"], request=b"my password", response=b"hello", transport="tcp")


@pytest.fixture(scope="module", params=["TLSv1.2", "TLSv1.3"])
def trace(request, tls12, tls13):
    return {"TLSv1.2": tls12, "TLSv1.3": tls13}[request.param]


def secrets_in(trace):
    """Every secret of a trace as hex, but for what anybody can compute."""
    public = {"early secret"}  # without a pre-shared key it is a constant, RFC 8446 section 7.1
    return {bytes(s.value).hex() for s in trace.secrets if s.label not in public}


def test_the_negotiated_values_are_those_of_the_hellos(tls13):
    hello = next(m for m in tls13.messages if m.name == "ServerHello")
    assert tls13.cipher_suite == hello["cipher_suite"].value
    assert tls13.cipher_suite.name == hello["cipher_suite"].meaning
    assert tls13.group == hello["extensions.key_share.server_share.group"].meaning == "x25519"
    assert (tls13.alpn, tls13.server_name, tls13.resumption, tls13.early_data) == ("h2", "localhost", False, False)
    verify = next(m for m in tls13.messages if m.name == "CertificateVerify")
    assert tls13.signature_scheme == verify["algorithm"].meaning


def test_a_trace_of_nothing_has_no_values():
    empty = hsinspect.Trace()
    assert (empty.version, empty.cipher_suite, empty.group, empty.alert) == (None, None, None, None)
    assert empty.events == () and empty.keylog() == "" and not empty.complete
    assert str(empty).startswith("no handshake")


def test_started_is_now_with_its_time_zone(tls13):
    age = datetime.datetime.now(datetime.UTC) - tls13.started
    assert datetime.timedelta(0) <= age < datetime.timedelta(minutes=10)


def test_a_close_notify_is_no_fatal_alert(trace):
    assert trace.alerts and trace.alert is None


def test_the_certificate_was_verified_by_the_client(trace):
    found = trace.verification
    assert (found.verified_by, found.trusted) == ("client", True)
    assert len(found.chain) == 2 and all(der[0] == 0x30 for der in found.chain)


# ---- secrets ----


def test_a_secret_that_is_not_there_is_an_error_that_lists_those_that_are(tls12):
    with pytest.raises(KeyError, match="master secret"):
        tls12.secret("CLIENT_TRAFFIC_SECRET_0")


def test_a_secret_is_found_by_sender_and_epoch(tls13):
    keys = {bytes(tls13.secret(f"{side} write key", sender=side, epoch=epoch).value)
            for side in ("client", "server") for epoch in (2, 3)}  # fmt: skip
    assert len(keys) == 4
    with pytest.raises(KeyError):
        tls13.secret("client write key", sender="server")


def test_the_key_log_of_tls12_is_one_line(tls12):
    label, random, master = tls12.keylog().split()
    assert label == "CLIENT_RANDOM"
    assert bytes.fromhex(random) == tls12.messages[0].random
    assert bytes.fromhex(master) == bytes(tls12.secret("master secret").value)


def test_the_key_log_of_tls13_has_a_line_for_each_secret_of_the_format(tls13):
    lines = [line.split() for line in tls13.keylog().splitlines()]
    assert {label for label, _, _ in lines} == {
        "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
        "SERVER_HANDSHAKE_TRAFFIC_SECRET",
        "CLIENT_TRAFFIC_SECRET_0",
        "SERVER_TRAFFIC_SECRET_0",
        "EXPORTER_SECRET",
    } | {label for label, _, _ in lines if label == "EARLY_EXPORTER_SECRET" or label == "CLIENT_EARLY_TRAFFIC_SECRET"}
    assert len(lines) == len({label for label, _, _ in lines})
    assert {random for _, random, _ in lines} == {tls13.messages[0].random.hex()}


def test_the_key_log_has_the_secrets_of_every_handshake_surfaced_or_derived():
    trace = lab.run("TLSv1.2", kx="RSA", renegotiate=True)
    hellos = [m.random.hex() for m in trace.messages if m.name == "ClientHello"]
    lines = trace.keylog().splitlines()
    assert [line.split()[:2] for line in lines] == [["CLIENT_RANDOM", random] for random in hellos]
    journal = hsinspect.Journal()
    journal.private_key(_core.lab_certificate("RSA")[1])
    for record in trace.records:
        journal.wire(record.sender, record.header + record.fragment)
    derived = journal.trace()
    assert {secret.source for secret in derived.secrets} == {"derived", "private key"}
    assert derived.keylog().splitlines() == lines


def test_the_key_log_opens_the_wire_again(trace):
    journal = hsinspect.Journal()
    journal.keylog(trace.keylog())
    for record in trace.records:
        journal.wire(record.sender, record.header + record.fragment)
    again = journal.trace()
    again.verify()
    assert again.application_data("client") == b"my password"


# ---- steps ----


def test_tls12_takes_all_twelve_steps(tls12):
    assert [step.number for step in tls12.steps] == list(range(1, 13))
    assert all(step.events and step.absent is None for step in tls12.steps)
    assert [type(step.events[0]).__name__ for step in tls12.steps] == (
        ["Message"] * 5 + ["ChangeCipherSpec", "Message"] * 2 + ["ApplicationData"] * 2 + ["Alert"]
    )


def test_tls13_says_why_two_steps_are_gone(tls13):
    absent = {step.number: step.absent for step in tls13.steps if step.absent}
    assert set(absent) == {4, 5}
    assert all("RFC 8446" in reason for reason in absent.values())


def test_a_connection_that_ended_early_says_so_of_the_rest():
    trace = lab.run("TLSv1.2", tamper=lambda sender, index, record: b"" if sender == "server" else record)
    reasons = [step.absent for step in trace.steps]
    assert reasons[0] is None
    assert set(reasons[1:]) == {"the connection did not get that far"}


def test_every_step_has_an_explanation_with_its_section(trace):
    assert all(step.explanation.endswith(".") and step.rfc.startswith("RFC ") for step in trace.steps)


# ---- what is shown ----


def test_a_repr_is_one_short_line(trace):
    assert len(repr(trace)) <= 100
    assert trace.version in repr(trace) and "0 failed" in repr(trace)


def test_no_repr_shows_a_secret(trace):
    shown = " ".join(map(repr, (trace, *trace.events, *trace.secrets, *trace.checks, *trace.derivations)))
    assert not any(secret in shown for secret in secrets_in(trace))


def test_a_dict_without_secrets_holds_none_and_no_application_data(trace):
    text = json.dumps(trace.to_dict())
    assert not any(secret in text for secret in secrets_in(trace))
    assert b"my password".hex() not in text


def test_a_dict_with_secrets_holds_them_all(trace):
    text = json.dumps(trace.to_dict(secrets=True))
    assert all(secret in text for secret in secrets_in(trace))
    assert b"my password".hex() in text


def test_a_failed_check_of_a_secret_masks_both_values():
    journal = hsinspect.Journal()
    trace = lab.run("TLSv1.2", kx="RSA")
    for record in trace.records:
        journal.wire(record.sender, record.header + record.fragment)
    journal.keylog(trace.keylog())
    wrong = bytes([trace.secret("premaster secret").value[0]]) + bytes(47)
    journal.secret("premaster secret", wrong)
    with pytest.raises(hsinspect.VerificationError) as raised:
        journal.trace().verify()
    assert raised.value.expected == raised.value.found == "48 bytes, masked"
    assert bytes(trace.secret("master secret").value).hex() not in str(raised.value)


def test_traces_are_unhashable(trace):
    with pytest.raises(TypeError):
        hash(trace)


def test_pickles_and_copies_are_equal_and_leave_the_errors_behind(trace):
    trace.errors["client"] = ValueError("mine")
    for again in (pickle.loads(pickle.dumps(trace)), copy.copy(trace), copy.deepcopy(trace)):
        assert type(again) is hsinspect.Trace
        assert again == trace and again.errors == {}
    trace.errors.clear()


def test_the_pickle_of_an_error_leaves_the_trace_behind():
    trace = lab.run("TLSv1.3", tamper=lambda sender, index, record: b"" if sender == "server" else record)
    error = trace.errors["client"]
    assert error.trace is trace
    data = pickle.dumps(error)
    again = pickle.loads(data)
    assert (type(again), again.args, again.alert, again.trace) == (type(error), error.args, error.alert, None)
    assert trace.messages[0].random not in data


def test_cipher_suites_without_a_name_have_their_number():
    assert hsinspect.CipherSuite(0x1301).name == "TLS_AES_128_GCM_SHA256"
    unknown = hsinspect.CipherSuite(0xFAFB)
    assert (unknown.name, unknown, hsinspect.CipherSuite(0xFAFB) is unknown) == ("0xfafb", 0xFAFB, True)
    assert pickle.loads(pickle.dumps(unknown)) is unknown
    with pytest.raises(ValueError, match="65536"):
        hsinspect.CipherSuite(0x10000)


def test_every_event_is_of_one_of_the_eight_kinds(trace):
    assert {type(event).__name__ for event in trace.events} <= set(_core.EVENT_KINDS)
