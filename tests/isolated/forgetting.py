"""A process that makes connections, hands out their secrets and forgets them, for tests/py/test_wiping.py.

Call: forgetting.py CASE. stdin: bytes that the client sends. stdout: for each secret a line of text, its length and label,
then its bytes, and at the end an empty line; from there on nothing here may hold any of them, until stdin ends. What is
handed out is never copied in this process: the system reads it where it is.
"""

import gc
import os
import sys
import tempfile

import hsinspect
from hsinspect import _core, lab

REQUEST = 64  # bytes
RSA12 = "NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+RSA:-CIPHER-ALL:+AES-128-CBC:-MAC-ALL:+SHA1"
DHE12 = "NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+DHE-RSA"
ECDHE12 = "NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+ECDHE-RSA"
TLS13 = "NORMAL:-VERS-ALL:+VERS-TLS1.3"
PRIORITIES = {"RSA12": RSA12, "DHE12": DHE12, "ECDHE12": ECDHE12, "TLS13": TLS13}


def hand_out(label: str, value: memoryview) -> None:
    os.write(1, f"{len(value)} {label}\n".encode())
    os.write(1, value)


def hand_out_all(trace: _core.Trace) -> None:
    for secret in trace.secrets:
        if len(secret.value) >= 12 and secret.label != "early secret":  # which is a constant here
            hand_out(secret.label, secret.value)


def session(priority: str, trace: _core.Trace, server: bool) -> _core.Session:
    chain, key, authority = _core.lab_certificate("RSA")
    config = _core.Config(server)
    config.set_priority(priority)
    if server:
        config.add_certificate(chain, key)
    else:
        config.add_trust(authority)
    return _core.Session(config, trace, server, None if server else "localhost", not server)


def talk(client: _core.Session, server: _core.Session, request: bytearray) -> None:
    for _ in range(4):
        for end, peer in ((client, server), (server, client)):
            try:
                end.do_handshake()
            except hsinspect.WantReadError:
                pass
            peer.feed(end.take())
    client.write(request)
    server.feed(client.take())
    assert server.read_into(room := bytearray(16384)) == len(request)
    assert room[: len(request)] == request
    room[:] = bytes(len(room))
    server.write(b"y" * 64)
    client.feed(server.take())
    client.read_into(room)


def live(priority: str, request: bytearray, listener: object) -> None:
    """Both ends over memory, each with a trace of its own. What a look takes out as bytes would be Python's to forget."""
    traces = [hsinspect.Trace(), hsinspect.Trace()]
    client, server = session(priority, traces[0], False), session(priority, traces[1], True)
    if listener is not None:
        client.set_listener(listener)
        server.set_listener(listener)
    talk(client, server, request)
    for trace in traces:
        trace.verify()
        assert "0 failed" in repr(trace)
        hand_out_all(trace)


def line(label: str, random: bytes, value: memoryview) -> bytearray:
    """A line of a key log, written in place: a bytearray that grows leaves what it was behind."""
    head = f"{label} {random.hex()} ".encode()
    out = bytearray(len(head) + 2 * len(value) + 1)
    out[: len(head)] = head
    for i, byte in enumerate(value):
        out[len(head) + 2 * i : len(head) + 2 * i + 2] = b"%02x" % byte
    out[-1:] = b"\n"
    return out


def offline(priority: str, request: bytearray) -> None:
    """The wire of one connection, opened with its key log."""
    traces = [hsinspect.Trace(), hsinspect.Trace()]
    talk(session(priority, traces[0], False), session(priority, traces[1], True), request)
    seen = traces[0]
    journal = hsinspect.Trace()
    for record in seen.records:
        journal.append_wire(record.sender, record.header + record.fragment)
    labels = {"master secret": "CLIENT_RANDOM"} if seen.version == "TLSv1.2" else {}
    for secret in seen.secrets:
        label = labels.get(secret.label, secret.label)
        if label.isupper() or "_SECRET_0" in label:
            text = line(label, seen.messages[0].random, secret.value)
            assert journal.append_keylog(text) == 1
            text[:] = bytes(len(text))
    journal.finish()
    journal.verify()
    assert len(journal.alerts) == 0 and sum(record.content_type == "application_data" for record in journal.records) >= 2
    hand_out_all(journal)


def in_the_lab(priority: str, request: bytearray) -> None:
    """Both ends in one trace; what they say is not looked for, lab.run() takes bytes."""
    trace = lab.run(priority=priority, request=b"question", response=b"answer")
    trace.verify()
    hand_out_all(trace)


def over_sockets(priority: str, request: bytearray) -> None:
    """A server's thread and a client, with listeners, over loopback TCP."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, name) for name in ("chain", "key", "authority")]
        for path, content in zip(paths, _core.lab_certificate("RSA"), strict=True):
            with open(path, "wb") as file:
                file.write(content)
        context = hsinspect.Context(priority=priority)
        context.load_verify_locations(paths[2])
        context.on_event(lambda conn, event: None)
        room = bytearray(16384)
        with (
            hsinspect.serve(paths[0], paths[1], lambda conn: conn.recv_into(room), priority=priority) as server,
            hsinspect.connect("localhost", server.port, context=context) as conn,
        ):
            conn.sendall(request)
            assert conn.recv(1) == b""  # the handler is done
        room[:] = bytes(len(room))
        for trace in (conn.trace, *server.traces):
            trace.verify()
            hand_out_all(trace)


WAYS = {
    "plain": lambda priority, request: live(priority, request, None),
    "listener": lambda priority, request: live(priority, request, lambda event: None),
    "offline": offline,
    "lab": in_the_lab,
    "sockets": over_sockets,
}


def main(case: str) -> None:
    priority, how = case.split("-")
    request = bytearray(REQUEST)
    os.readv(0, [request])
    WAYS[how](PRIORITIES[priority], request)
    request[:] = bytes(len(request))


main(sys.argv[1])
gc.collect()
os.write(1, b"\n")
os.read(0, 1)
