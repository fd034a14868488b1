"""hsinspect._core: what configs can switch on and sessions do besides, as the lab uses it, and what they refuse."""

import hsinspect._core as core
import pytest
from core_pair import RSA12, TLS13, Pair


@pytest.mark.parametrize(
    ("method", "arguments", "says"),
    [
        ("enable", ("Heartbeat",), "no feature 'Heartbeat'"),
        ("set_limit", ("record_size_limit", 511), "no limit 'record_size_limit' of 511"),
        ("set_limit", ("record_size_limit", -1), "of -1"),
        ("set_limit", ("patience", 3), "'patience'"),
        ("set_ocsp", (b"no response",), "state"),
    ],
)
def test_what_a_config_does_not_have_is_a_value_error(method, arguments, says):
    with pytest.raises(ValueError, match=says):
        getattr(core.Config(True), method)(*arguments)


def test_tickets_are_another_configs():
    with pytest.raises(TypeError, match="another Config"):
        core.Config(True).set_tickets_of(object())


def test_a_config_that_is_in_use_takes_nothing_more():
    pair = Pair()
    for change in (
        lambda config: config.enable("heartbeat"),
        lambda config: config.set_limit("chain", 3),
        lambda config: config.set_srp("user", "password"),
        lambda config: config.set_ocsp(b""),
        lambda config: config.set_tickets_of(core.Config(True)),
    ):
        with pytest.raises(ValueError, match="uses this config"):
            change(pair.server_config)


def test_the_versions_of_a_priority_string_are_listed():
    config = core.Config(False)
    assert config.versions() == ()
    config.set_priority("NORMAL:-VERS-ALL:+VERS-TLS1.2:+VERS-TLS1.3")
    assert sorted(config.versions()) == ["TLS1.2", "TLS1.3"]


@pytest.mark.parametrize("priority", [RSA12, TLS13])
def test_what_a_session_does_not_do_is_a_value_error_and_no_failure(priority):
    pair = Pair(priority)
    for call in (
        lambda: pair.client.write_early(b"early"),
        lambda: pair.server.read_early(10),
        lambda: pair.client.resumption(),
        lambda: pair.client.rehandshake(),
        lambda: pair.client.key_update(),
    ):
        with pytest.raises(ValueError, match="state of the object"):
            call()
    pair.shake()
    for call in (
        lambda: pair.server.reauth(),
        lambda: pair.client.reauth(),
        lambda: pair.client.read_early(10),
        lambda: pair.server.rehandshake() if priority == TLS13 else pair.server.key_update(peer_too=True),
    ):
        with pytest.raises(ValueError, match="state of the object"):
            call()
    with pytest.raises(ValueError, match="-1 is no number of bytes"):
        pair.server.read_early(-1)
    pair.client.write(b"all is well")
    pair.server.feed(pair.client.take())
    assert pair.server.read(100) == b"all is well"


def test_what_resumes_a_session_can_be_wiped_and_is_not_taken_from_anywhere():
    pair = Pair(RSA12).shake()
    kept = pair.client.resumption()
    assert isinstance(kept, bytearray)
    assert bytes(pair.trace.secrets[0].value) in kept  # the master secret: GnuTLS writes it down as it is
    with pytest.raises(ValueError, match="earlier session"):
        core.Session(pair.client_config, core.Trace(), False, "localhost", resumption=b"no session")
    again = core.Session(pair.client_config, core.Trace(), False, "localhost", resumption=kept)
    kept[:] = bytes(len(kept))
    assert not again.resumed
