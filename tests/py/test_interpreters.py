"""The end of an interpreter with connections in it, and more than one interpreter in a process.

Each is a process of its own: exit code 0, nothing on stderr, no hang.
"""

import os
import subprocess
import sys
import textwrap

import pytest

BEGINNING = """
import atexit, gc, os, sys, threading, time
import hsinspect
from hsinspect import _core, lab

def server(handler=None):
    chain, key, authority = _core.lab_certificate("RSA")
    context = hsinspect.Context(hsinspect.context.ssl.PROTOCOL_TLS_SERVER)
    paths = []
    for name, content in (("chain", chain), ("key", key), ("authority", authority)):
        paths.append(os.path.join(sys.argv[1], name))
        with open(paths[-1], "wb") as file:
            file.write(content)
    made = hsinspect.serve(paths[0], paths[1], handler)
    made.__enter__()
    return made

def connect(to, **options):
    return hsinspect.connect("localhost", to.port, cafile=os.path.join(sys.argv[1], "authority"), **options)

def session(server_side, priority="NORMAL"):
    chain, key, authority = _core.lab_certificate("RSA")
    config = _core.Config(server_side)
    config.set_priority(priority)
    config.add_certificate(chain, key) if server_side else config.add_trust(authority)
    return _core.Session(config, hsinspect.Trace(), server_side, None if server_side else "localhost", not server_side)

def shake(client, peer):
    for _ in range(4):
        for end, other in ((client, peer), (peer, client)):
            try:
                end.do_handshake()
            except hsinspect.WantReadError:
                pass
            other.feed(end.take())
"""


def run(folder, script, interpreter=sys.executable):
    source = folder / "script.py"
    source.write_text(BEGINNING + textwrap.dedent(script))
    done = subprocess.run(
        [interpreter, "-X", "faulthandler", str(source), str(folder)], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


ENDS = {
    "open connections": """
        there = server()
        kept = [connect(there) for _ in range(3)]
        kept[0].sendall(b"x")
    """,
    "a handler that waits for ever": """
        there = server(lambda conn: time.sleep(1000))
        kept = connect(there)
    """,
    "a handshake that waits for its peer": """
        import socket
        silent = socket.create_server(("127.0.0.1", 0))
        def wait():
            hsinspect.connect("127.0.0.1", silent.getsockname()[1])
        thread = threading.Thread(target=wait, daemon=True)
        thread.start()
        kept, _ = silent.accept()
        kept.recv(1)
    """,
    "listeners": """
        client, peer = session(False), session(True)
        heard = []
        client.set_listener(lambda event: heard.append((client, event)))
        shake(client, peer)
        assert heard
    """,
    "a listener that raises when its trace is finished": """
        client, peer = session(False), session(True)
        shake(client, peer)
        client.set_listener(lambda event: sys.exit(3))
        peer.write(b"never read")
        client.feed(peer.take())
    """,
    "a trace in a module": """
        hsinspect.kept = lab.run("TLSv1.3")
        hsinspect.views = [hsinspect.kept.records, hsinspect.kept.secret("CLIENT_TRAFFIC_SECRET_0").value]
    """,
    "a cycle through a listener": """
        client, peer = session(False), session(True)
        shake(client, peer)
        client.set_listener(lambda event: client)
        gc.disable()
        del client
    """,
    "work in atexit": """
        trace = lab.run("TLSv1.2", kx="RSA")
        def late():
            trace.verify()
            lab.run("TLSv1.3").verify()
            print("late")
        atexit.register(late)
    """,
    "work in __del__": """
        class Late:
            def __init__(self):
                self.trace, self.client, self.peer = lab.run("TLSv1.3"), session(False), session(True)
            def __del__(self):
                shake(self.client, self.peer)
                assert self.client.established
                assert len(self.trace.records) > 5
                self.trace.verify()
                os.write(1, b"late\\n")
        kept = Late()
    """,
}


@pytest.mark.parametrize("end", ENDS)
def test_an_interpreter_ends_quietly_with(tmp_path, end):
    said = run(tmp_path, ENDS[end])
    assert said == ("late\n" if "late" in ENDS[end].lower() else "")


BUSY = {
    "that shake hands": "while True: shake(session(False), session(True))",
    "with listeners": """
        while True:
            client, peer = session(False), session(True)
            client.set_listener(lambda event: None)
            peer.set_listener(lambda event: time.sleep(0))
            shake(client, peer)
    """,
    "that look at traces": "while True: lab.run('TLSv1.2').to_dict(); shared.to_dict(); repr(shared)",
    "over sockets": """
        while True:
            with connect(there) as conn:
                conn.sendall(b"x" * 100000)
    """,
}


@pytest.mark.parametrize("what", BUSY)
def test_an_interpreter_ends_quietly_while_daemon_threads_run(tmp_path, what):
    work = textwrap.indent(textwrap.dedent(BUSY[what]), "    ")
    script = f"""
shared = lab.run("TLSv1.3")
there = server()
def busy():
{work}
for _ in range(4):
    threading.Thread(target=busy, daemon=True).start()
time.sleep(float(os.environ["FOR"]))
"""
    source = tmp_path / "script.py"
    source.write_text(BEGINNING + script)
    for number in range(4):  # at another point of what they do
        done = subprocess.run(
            [sys.executable, "-X", "faulthandler", str(source), str(tmp_path)],
            capture_output=True, text=True, timeout=60, env={**os.environ, "FOR": str(0.05 + number / 100)},
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, "")


def test_an_interpreter_ends_quietly_inside_a_callback(tmp_path):
    """sys.exit() in a listener is an exception like any other: it comes out of the call that drove the session."""
    run(tmp_path, "client = session(False)\nclient.set_listener(lambda event: sys.exit(0))\nclient.do_handshake()\n")


# ---- subinterpreters ----

# A subinterpreter that shares the interpreter lock (Python 3.11 has no other kind), or has one of its own.
SUBINTERPRETERS = """
try:
    import _interpreters as interpreters
except ImportError:
    import warnings
    warnings.simplefilter("ignore")
    import _xxsubinterpreters as interpreters

def new(own_lock):
    if sys.version_info >= (3, 13):
        return interpreters.create("isolated" if own_lock else "legacy")
    if sys.version_info >= (3, 12):
        return interpreters.create(isolated=own_lock)
    return interpreters.create(isolated=False)
"""

WORK = """
import os, sys
sys.path[:] = PATH
import hsinspect
from hsinspect import _core, lab
trace = lab.run("TLSv1.2", kx="RSA", request=b"question", response=b"answer")
trace.verify()
assert _core.probe_reason() or trace.secret("premaster secret")
chain, key, authority = _core.lab_certificate("RSA")
config = _core.Config(False)
client, heard = _core.Session(config, hsinspect.Trace(), False, "localhost", True), []
client.set_listener(heard.append)
try:
    client.do_handshake()
except hsinspect.WantReadError as error:
    assert type(error).__module__ == "hsinspect.errors" and isinstance(error, hsinspect.Error)
assert len(heard) > 2
kept = [trace, client, heard]
os.write(1, b"worked\\n")
"""


def test_interpreters_that_share_the_lock_each_have_their_own(tmp_path):
    """One after the other, and with the main one in between; what they made ends with them."""
    said = run(
        tmp_path,
        SUBINTERPRETERS
        + f"""
work = "PATH = " + repr(sys.path) + {WORK!r}
mine = lab.run("TLSv1.3")
made = [new(own_lock=False) for _ in range(3)]
for interpreter in made:
    interpreters.run_string(interpreter, work)
    lab.run("TLSv1.3").verify()
for interpreter in made:
    interpreters.destroy(interpreter)
mine.verify()
exec(work)
""",
    )
    assert said == "worked\n" * 4


def test_interpreters_in_threads_shake_hands_together(tmp_path):
    """Each ends in the thread that it ran in: CPython waits for that thread's end in any other."""
    said = run(
        tmp_path,
        SUBINTERPRETERS
        + f"""
work = "PATH = " + repr(sys.path) + {WORK!r}
def live():
    interpreter = new(own_lock=False)
    interpreters.run_string(interpreter, work * 3)
    interpreters.destroy(interpreter)
threads = [threading.Thread(target=live) for _ in range(4)]
for thread in threads:
    thread.start()
for _ in range(10):
    lab.run("TLSv1.2").verify()
for thread in threads:
    thread.join()
""",
    )
    assert said == "worked\n" * 12


if sys.version_info >= (3, 12):  # before, there is no interpreter with a lock of its own

    def test_an_interpreter_with_its_own_lock_is_refused_clearly(tmp_path):
        said = run(
            tmp_path,
            SUBINTERPRETERS
            + """
text = '''
import os, sys
sys.path[:] = PATH
try:
    import hsinspect
except ImportError as error:
    os.write(1, str(error).encode())
'''
interpreters.run_string(new(own_lock=True), "PATH = " + repr(sys.path) + text)
lab.run("TLSv1.3").verify()
""",
        )
        assert said == "module hsinspect._core does not support loading in subinterpreters"
