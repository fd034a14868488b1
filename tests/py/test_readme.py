"""Every Python example of the README runs as it stands there, in the order in which it stands there."""

import re
import ssl
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import hsinspect
import pytest
from hsinspect import _core

README = Path(__file__).parents[2] / "README.md"
EXAMPLES = re.findall(r"^```python\n(.*?)^```$", README.read_text(), re.MULTILINE | re.DOTALL)


class Pong(BaseHTTPRequestHandler):
    def do_GET(self):  # the name http.server asks for
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"pong")

    def log_message(self, *arguments):
        pass


def echo(conn):
    while data := conn.recv(100):
        conn.sendall(data)


@pytest.fixture
def surroundings(tmp_path, monkeypatch):
    """What the examples take for granted: the files, an echo server on `port`, a web server at `url`."""
    chain, key, authority = _core.lab_certificate("RSA")
    for name, content in (("server.pem", chain), ("server.key", key), ("ca.pem", authority)):
        (tmp_path / name).write_bytes(content)
    monkeypatch.chdir(tmp_path)
    captured = hsinspect.lab.run("TLSv1.3", request=b"GET /")
    captured.save("dump.pcapng")
    Path("keys.txt").write_text(captured.keylog())
    web = HTTPServer(("127.0.0.1", 0), Pong)
    web_context = hsinspect.Context(ssl.PROTOCOL_TLS_SERVER)
    web_context.load_cert_chain("server.pem", "server.key")
    web.socket = web_context.wrap_socket(web.socket, server_side=True)
    thread = threading.Thread(target=web.serve_forever)
    thread.start()
    with hsinspect.serve(certfile="server.pem", keyfile="server.key", handler=echo) as server:
        yield {
            "hsinspect": hsinspect,
            "urllib": urllib,
            "port": server.port,
            "url": f"https://localhost:{web.server_port}/",
        }
    web.shutdown()
    thread.join()
    web.server_close()


def test_the_examples_of_the_readme_run(surroundings, capsys):
    assert len(EXAMPLES) >= 6
    for example in EXAMPLES:
        exec(compile(example, str(README), "exec"), surroundings)
    tests = [surroundings[name] for name in surroundings if name.startswith("test_")]
    assert len(tests) == 2
    tests[0](surroundings["port"])
    tests[1]()
    printed = capsys.readouterr().out
    assert "ClientHello" in printed and "b'ping'" in printed


def test_the_callback_of_the_readme_shows_fields(surroundings, capsys):
    for example in EXAMPLES:
        if "create_default_context" in example or "on_message" in example:
            exec(compile(example, str(README), "exec"), surroundings)
    with urllib.request.urlopen(surroundings["url"], context=surroundings["context"]) as answer:
        assert answer.read() == b"pong"
    assert "cipher_suite" in capsys.readouterr().out
