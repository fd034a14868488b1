"""An exception in every kind of callback, on both sides of a connection over TCP."""

import hsinspect
import pytest

# The event with which it fails. Not before a server has answered: in TLS 1.3 GnuTLS's reads no alert in the clear then.
# Of secrets there may be one alone.
LAST = {"on_message": 3, "on_phase": 3, "on_secret": 1, "on_record": 3, "on_event": 12}


class Mine(Exception):
    pass


def failing(context, kind):
    """Fails with an event, and remembers what it is called for."""
    calls = []

    def fail(conn, event):
        calls.append(conn)
        if len(calls) == LAST[kind]:
            raise Mine

    getattr(context, kind)(fail)
    return calls


def seen_by(trace):
    return [(alert.sender, alert.description) for alert in trace.alerts]


@pytest.mark.parametrize("version", ["TLSv1.2", "TLSv1.3"])
@pytest.mark.parametrize("kind", LAST)
def test_a_clients_comes_out_of_connect_and_its_server_is_told(files, client_context, kind, version):
    calls = failing(client_context, kind)
    priority = f"NORMAL:-VERS-ALL:+VERS-{version.replace('v', '')}"
    with hsinspect.serve(files.chain, files.key, priority=priority) as server, pytest.raises(Mine):
        hsinspect.connect("localhost", server.port, context=client_context, timeout=30)
    assert len(calls) == LAST[kind]
    trace = client_context.traces[-1]
    assert seen_by(trace) == seen_by(server.traces[0]) == [("client", "internal_error")]
    assert isinstance(trace.errors["client"], Mine)
    assert server.traces[0].errors["server"].alert == ("client", "internal_error")
    assert trace.finished and len(trace.messages) >= 1
    for whole in (trace, server.traces[0]):
        whole.verify()


@pytest.mark.parametrize("version", ["TLSv1.2", "TLSv1.3"])
@pytest.mark.parametrize("kind", LAST)
def test_a_servers_comes_out_of_serve_and_its_client_is_told(files, server_context, kind, version):
    calls = failing(server_context, kind)
    priority = f"NORMAL:-VERS-ALL:+VERS-{version.replace('v', '')}"
    with (
        pytest.raises(Mine),
        hsinspect.serve(context=server_context) as server,
        pytest.raises(hsinspect.Error) as raised,
        hsinspect.connect("localhost", server.port, cafile=files.authority, priority=priority, timeout=30) as conn,
    ):
        conn.recv(1)
    assert len(calls) == LAST[kind]
    assert raised.value.alert == ("server", "internal_error")
    assert seen_by(raised.value.trace) == seen_by(server.traces[0]) == [("server", "internal_error")]
    assert isinstance(server.traces[0].errors["server"], Mine)
    for whole in (raised.value.trace, server.traces[0]):
        whole.verify()


@pytest.mark.parametrize("kind", ["on_record", "on_alert", "on_event"])
def test_one_that_fails_with_the_peers_farewell_comes_out_of_the_call_that_read_it(files, client_context, kind):
    @getattr(client_context, kind)
    def fail(conn, event):
        if conn.version() is not None and conn.trace.closes:
            raise Mine

    with (
        hsinspect.serve(files.chain, files.key, lambda conn: conn.recv(1)) as server,
        hsinspect.connect("localhost", server.port, context=client_context, timeout=30) as conn,
    ):
        conn.sendall(b"x")
        with pytest.raises(Mine):
            conn.recv(1)
        with pytest.raises(hsinspect.Error):
            conn.recv(1)
    conn.trace.verify()
