"""Every feature of the lab in every version that has it, alone and with others: it happened, and all checks are ok.

That each trace equals its own replay is seen to by a fixture of conftest.py, as for all tests.
"""

import pytest
import suites
from features import ALL, FEATURES, TLS10_TO_12, TOGETHER, names
from hsinspect import _core, lab

WITHOUT_PROBE = _core.probe_reason()
# Seen in a resumption, in which nothing else would be.
NOT_WHEN_RESUMED = {"client certificate of another kind"}


def versions_of(*those):
    return [v for v in ALL if all(v in FEATURES[name].versions for name in those)]


def assert_checked(trace):
    """All that can be is ok, and what cannot be says why: nobody tells where a resumed session's secret came from."""
    assert trace.errors == {} and trace.complete
    trace.verify(rules=True)
    for check in trace.checks:
        if check.ok is None:
            assert check.reason.startswith("the session was resumed") or is_without_probe(check), check


def is_without_probe(check):
    """Is it one of the secrets that the probe alone tells, or has it to be compared with one?"""
    words = ("255 bytes", "the pre-shared key is not known", WITHOUT_PROBE or "")
    return WITHOUT_PROBE is not None and any(word in check.reason for word in words)


def assert_said(trace, keywords):
    assert trace.application_data("client").endswith(keywords["request"])
    assert trace.application_data("server").endswith(keywords["response"])


@pytest.mark.parametrize(
    ("version", "name"), [(version, name) for name in FEATURES for version in FEATURES[name].versions]
)
def test_a_feature_happens_and_everything_checks(version, name, record_property):
    keywords = {"request": b"question", "response": b"answer", **FEATURES[name].keywords}
    trace = lab.run(version, **keywords)
    assert_checked(trace)
    assert trace.version == version
    assert FEATURES[name].happened(trace)
    assert_said(trace, keywords)
    record_property("feature", [version, name, int(trace.cipher_suite)])


@pytest.mark.parametrize(
    ("version", "those"), [(version, those) for those in TOGETHER for version in versions_of(*those)]
)
def test_features_go_together(version, those, record_property):
    keywords = {"request": b"question", "response": b"answer"}
    for name in those:
        keywords |= FEATURES[name].keywords
    trace = lab.run(version, **keywords)
    assert_checked(trace)
    if trace.previous is not None:
        assert_checked(trace.previous)
    for name in set(those) - (NOT_WHEN_RESUMED if trace.previous is not None else set()):
        assert FEATURES[name].happened(trace), name
    assert_said(trace, keywords)
    record_property("feature", [version, " + ".join(those), int(trace.cipher_suite)])


# ---- with every suite ----


def usual_cases():
    """Each suite in each version, with the certificate that GnuTLS picks by itself."""
    return [case for case in suites.cases() if case.is_usual and case.ems and case.etm]


@pytest.mark.parametrize("case", usual_cases(), ids=str)
def test_every_suite_resumes(case, record_property):
    trace = lab.run(priority=case.priority, resume=True, request=b"question", response=b"answer")
    assert_checked(trace)
    assert (trace.version, trace.cipher_suite, trace.resumption) == (case.version, case.suite.number, True)
    assert trace.previous.cipher_suite == case.suite.number
    assert names(trace).count("Finished") == 2 and "Certificate" not in names(trace)
    record_property("feature", [case.version, "resume by ticket", case.suite.number])


ONE_OF_EACH_EXCHANGE = {(case.version, case.kx): case for case in usual_cases()}.values()
EXCHANGES = [case for case in ONE_OF_EACH_EXCHANGE if case.version in TLS10_TO_12]


@pytest.mark.parametrize("name", ["resume by session ID", "renegotiation by the server", "renegotiation by the client"])
@pytest.mark.parametrize("case", EXCHANGES, ids=str)
def test_every_key_exchange_is_resumed_by_id_and_renegotiated(case, name, record_property):
    trace = lab.run(priority=case.priority, request=b"question", response=b"answer", **FEATURES[name].keywords)
    assert_checked(trace)
    assert trace.cipher_suite == case.suite.number
    if "renegotiation" in name:
        assert FEATURES[name].happened(trace)
    else:
        assert trace.resumption and trace.messages[0]["legacy_session_id"].value
    record_property("feature", [case.version, name, case.suite.number])
