"""hsinspect._core on what is in a trace: the handshake of RFC 8448 section 3, and bytes that make little sense."""

import collections.abc
import gc
import hashlib
import inspect
import json
import subprocess
import sys
import typing
from pathlib import Path

import hsinspect._core as core
import pytest

RFC8448 = Path(__file__).parents[1] / "data" / "rfc8448"
SIDES = {"c2s": "client", "s2c": "server"}


def keylog(vector):
    return "\n".join(f"{label} {vector['client_random']} {value}" for label, value in vector["keylog"].items()).encode()


def trace_of(name, kind=core.Trace):
    vector = json.loads((RFC8448 / f"{name}.json").read_text())
    trace = kind()
    for record in vector["records"]:
        trace.append_wire(SIDES[record["dir"]], bytes.fromhex(record["record"]))
    assert trace.append_keylog(keylog(vector)) == len(vector["keylog"])
    trace.finish()
    return trace


@pytest.fixture(scope="module")
def simple():
    return trace_of("1rtt")


def field(vector, operation, name):
    steps = json.loads((RFC8448 / f"{vector}.json").read_text())["steps"]
    return next(bytes.fromhex(step["fields"][name]) for step in steps if step["op"] == operation)


# ---- messages and fields


def test_the_messages_are_those_of_the_rfc_byte_for_byte(simple):
    published = [path.read_bytes() for path in sorted((RFC8448 / "1rtt").glob("*.bin"))]
    assert sorted(message.raw for message in simple.messages) == sorted(published)
    assert [message.name for message in simple.messages][:3] == ["ClientHello", "ServerHello", "EncryptedExtensions"]


def test_the_leaves_of_every_message_tile_it(simple):
    for message in simple.messages:
        leaves = message.fields.leaves()
        assert b"".join(leaf.raw for leaf in leaves) == message.raw
        ends = [leaf.offset + leaf.length for leaf in leaves]
        assert [0, *ends[:-1]] == [leaf.offset for leaf in leaves]


def test_every_field_is_found_by_its_path(simple):
    for message in simple.messages:
        below = [message.fields]
        while below:
            for child in below.pop().children:
                assert message[child.path] == child
                below.append(child)


def test_a_field_says_what_its_bytes_mean(simple):
    group = simple.messages[0]["extensions.key_share.client_shares[0].group"]
    assert (group.value, group.meaning, group.raw) == (29, "x25519", b"\x00\x1d")
    assert group.name == "group"
    assert group.rfc == "RFC 8446 section 4.2.8"
    assert simple.messages[0]["extensions.key_share.client_shares[0]"].name == "client_shares[0]"
    assert simple.messages[0]["extensions.server_name.server_name_list[0].name"].value == "server"
    assert simple.messages[0]["legacy_session_id"].value == b""
    assert simple.messages[0]["extensions"].value is None


def test_a_field_finds_what_is_below_it(simple):
    shares = simple.messages[0].fields["extensions"]["key_share.client_shares"]
    assert [child.name for child in shares] == ["length", "client_shares[0]"]
    assert len(shares) == 2
    assert shares.children[1]["group"].value == 29


def test_a_leaf_counts_as_something_though_it_has_no_children(simple):
    leaf = simple.messages[0]["random"]
    assert len(leaf) == 0
    assert leaf


@pytest.mark.parametrize("path", ["", "nothing", "random.more", "extensions.", "extensions\0", "cipher_suites[99]"])
def test_a_path_that_is_not_there_is_a_key_error_with_the_path(simple, path):
    with pytest.raises(KeyError) as caught:
        simple.messages[0][path]
    assert caught.value.args == (path,)


def test_a_path_that_is_no_text_is_a_type_error(simple):
    with pytest.raises(TypeError):
        simple.messages[0][3]


def test_text_that_is_not_utf8_is_shown_as_bytes():
    hello = bytearray((RFC8448 / "1rtt" / "00-ClientHello.bin").read_bytes())
    at = hello.index(b"server")
    hello[at] = 0xFF
    trace = core.Trace()
    trace.append_wire("client", b"\x16\x03\x01" + len(hello).to_bytes(2) + hello)
    assert trace.messages[0]["extensions.server_name.server_name_list[0].name"].value == b"\xfferver"
    assert trace.handshake.server_name == r"\xfferver"


def test_a_message_that_ends_early_says_where_it_stopped_making_sense():
    trace = core.Trace()
    trace.append_wire("client", bytes.fromhex("16 0301 0009 01 000005 0303 aabbcc"))
    assert trace.messages[0].error == (6, "the bytes end inside a field")
    assert trace.messages[0].random == b""


def test_a_whole_message_has_no_error(simple):
    assert [message.error for message in simple.messages] == [None] * 8


# ---- what a message is asked for most


def test_extensions_are_a_mapping_in_the_order_of_the_message(simple):
    extensions = simple.messages[0].extensions
    assert isinstance(extensions, collections.abc.Mapping)
    assert list(extensions)[:3] == ["server_name", "renegotiation_info", "supported_groups"]
    assert len(extensions) == len(list(extensions.values())) == 9
    assert dict(extensions) == dict(extensions.items())


def test_an_extension_is_found_by_name_and_by_number(simple):
    extensions = simple.messages[0].extensions
    assert extensions["key_share"] == extensions[51]
    assert 51 in extensions
    assert "key_share" in extensions
    assert 0x1234 not in extensions
    assert extensions.get("cookie") is None
    assert extensions.get("cookie", 7) == 7
    for key in ("cookie", 44, -1, 1 << 70, None, (1, 2)):
        with pytest.raises(KeyError) as caught:
            extensions[key]
        assert caught.value.args == (key,)


def test_of_repeated_extensions_the_first_counts_and_an_unknown_one_has_a_number_for_a_name():
    body = bytes.fromhex("0303" + "11" * 32 + "00 0002 1301 01 00 000f 1234 0001 aa 1234 0001 bb ff77 0001 cc")
    hello = b"\x01" + len(body).to_bytes(3) + body
    trace = core.Trace()
    trace.append_wire("client", b"\x16\x03\x01" + len(hello).to_bytes(2) + hello)
    extensions = trace.messages[0].extensions
    assert list(extensions) == ["0x1234", "0xff77"]
    assert extensions["0x1234"].raw == extensions[0x1234].raw == bytes.fromhex("1234 0001 aa")


def test_a_message_without_extensions_has_none_of_them(simple):
    assert dict(simple.messages[5].extensions) == {}
    assert simple.messages[5].random == b""
    assert simple.messages[5].cipher_suites == ()


def test_hellos_show_their_random_and_their_cipher_suites(simple):
    client, server = simple.messages[:2]
    assert client.random == client.raw[6:38]
    assert client.cipher_suites == (0x1301, 0x1303, 0x1302)
    assert server.cipher_suites == (0x1301,)


def test_only_a_client_hello_has_fingerprints(simple):
    ja3 = "771,4865-4867-4866,0-65281-10-35-51-43-13-45-28,29-23-24-25-256-257-258-259-260,"
    assert simple.messages[0].ja3 == hashlib.md5(ja3.encode()).hexdigest()
    assert simple.messages[0].ja4.startswith("t13d0309")
    assert not hasattr(simple.messages[1], "ja3")
    assert not hasattr(simple.messages[1], "ja4")


def test_a_transcript_hash_is_the_hash_of_the_messages_so_far(simple):
    seen = hashlib.sha256()
    for message in simple.messages[:7]:
        seen.update(message.raw)
        assert message.transcript_hash == seen.digest()
    assert simple.messages[7].transcript_hash is None


def test_a_message_knows_its_records(simple):
    assert [record.index for record in simple.messages[3].records] == [2]
    halves = core.Trace()
    hello = simple.messages[0].raw
    for half in (hello[:50], hello[50:]):
        halves.append_wire("client", b"\x16\x03\x01" + len(half).to_bytes(2) + half)
    assert halves.messages[0].records == halves.records
    assert len(halves.records) == 2


# ---- records, secrets, derivations, checks


def test_a_record_shows_both_tags_and_what_was_authenticated(simple):
    record = simple.records[2]
    assert (record.mac.kind, record.mac.order, record.mac.algorithm) == ("aead", "aead", "AES-128-GCM")
    assert record.mac.input == record.header
    assert record.mac.received == record.mac.computed == record.fragment[-16:]
    key = field("1rtt", "derive write traffic keys for handshake data:", "key expanded")
    assert record.mac.key == key
    assert record.mac.key.label == "server write key"
    assert record.ok is True
    assert simple.records[0].mac is None
    assert simple.records[0].ok is None


def test_a_record_with_another_last_byte_is_rejected_and_says_so():
    vector = json.loads((RFC8448 / "1rtt.json").read_text())
    trace = core.Trace()
    for record in vector["records"][:3]:
        sent = bytes.fromhex(record["record"])
        arrived = sent if record["type"] != "handshake" or len(sent) < 500 else sent[:-1] + bytes([sent[-1] ^ 1])
        trace.append_wire(SIDES[record["dir"]], arrived, sent=None if arrived == sent else sent)
    trace.append_keylog(keylog(vector))
    trace.finish()
    record = trace.records[2]
    assert (record.state, record.ok, record.mac.ok) == ("rejected", False, False)
    assert record.sent == bytes.fromhex(vector["records"][2]["record"])
    assert record.mac.computed == record.sent[-16:]
    assert repr(record) == "<Record #2 server application_data 679 bytes, MAC BAD seq 0>"  # what is in it is not known


def test_secrets_compare_by_value_and_cannot_be_hashed(simple):
    secret = simple.secrets[0]
    value = bytes(secret)
    assert secret == value == secret
    assert secret == bytearray(value)
    assert secret != value[:-1]
    assert secret != value[:-1] + b"\0"
    assert secret != value.hex()
    with pytest.raises(TypeError):
        hash(secret)


def test_a_secret_shows_its_bytes_read_only_and_not_in_its_repr(simple):
    secret = simple.secrets[0]
    assert secret.value.readonly
    assert bytes(secret.value) == bytes(secret) == bytes(secret.__buffer__(0))
    assert len(secret) == len(secret.value) == 32
    with pytest.raises(BufferError):
        secret.__buffer__(inspect.BufferFlags.WRITABLE if sys.version_info >= (3, 12) else 1)
    assert repr(secret) == "<Secret 'CLIENT_HANDSHAKE_TRAFFIC_SECRET' 32 bytes, keylog, masked>"


def test_the_bytes_of_a_secret_outlive_its_trace():
    value = trace_of("1rtt").secrets[0].value
    gc.collect()
    assert bytes(value).hex().startswith("b3eddb126e067f35")


def test_a_derivation_is_made_of_secrets_and_public_bytes(simple):
    key = next(d for d in simple.derivations if d.output.label == "finished key" and d.output.sender == "client")
    ((name, secret),) = key.inputs
    assert (name, type(secret)) == ("CLIENT_HANDSHAKE_TRAFFIC_SECRET", core.Secret)
    assert key.ok
    early = next(d for d in simple.derivations if d.output.label == "early secret")
    assert early.inputs == (("zeros", bytes(32)),)


def test_checks_hold_and_lead_back_to_the_events(simple):
    macs = [check for check in simple.checks if check.name.startswith("mac.record")]
    assert [check.ok for check in macs] == [True] * 7
    assert macs[0].evidence == (simple.records[2],)
    assert macs[0].expected == macs[0].found == simple.records[2].mac.received
    missing = next(check for check in simple.checks if check.ok is None)
    assert missing.reason


# ---- objects


def test_two_looks_at_an_item_are_equal_and_hash_alike(simple):
    for listing in ("records", "messages", "alerts", "closes", "checks", "derivations", "handshakes", "events"):
        first, second = getattr(simple, listing), getattr(simple, listing)
        assert first == second
        assert all(a is not b for a, b in zip(first, second, strict=True))
    assert len({*simple.messages, *simple.messages}) == 8
    assert simple.messages[0] != simple.records[0]
    assert simple.messages[0] != trace_of("1rtt").messages[0]


def test_no_repr_is_longer_than_a_hundred_characters_or_a_line(simple):
    long = core.Trace()
    long.append_secret("a\nlabel " * 40, b"value")
    things = [simple.messages[0].extensions, simple.records[2].mac, *long.secrets]
    for listing in ("records", "messages", "secrets", "derivations", "checks", "handshakes", "events"):
        things += getattr(simple, listing)
    things += [leaf for message in simple.messages for leaf in message.fields.leaves()]
    for thing in things:
        assert len(repr(thing)) <= 100
        assert "\n" not in repr(thing)


@pytest.mark.parametrize(
    "kind",
    [core.Record, core.RecordMAC, core.Message, core.Field, core.Secret, core.Check, core.Close, core.Extensions],
)
def test_a_type_of_item_cannot_be_made_or_changed_by_a_script(kind):
    with pytest.raises(TypeError):
        kind()
    with pytest.raises(TypeError):
        kind.new = 1


def test_the_aliases_of_the_stub_are_there_at_runtime():
    assert set(typing.get_args(core.Event)) == {getattr(core, name) for name in core.EVENT_KINDS}
    assert [typing.get_args(side) for side in typing.get_args(core.Side)] == [("client",), ("server",)]
    assert typing.get_args(core.Buffer) == (bytes, bytearray, memoryview)


@pytest.mark.parametrize("isolated", [False, True])
def test_a_subinterpreter_has_its_own_types_and_one_with_its_own_lock_is_refused(isolated):
    made = {True: "create('isolated')", False: "create('legacy')"}
    script = f"""
import sys, textwrap
import hsinspect._core
code = "import hsinspect._core as c; c.Trace().append_wire('client', b'x')"
if sys.version_info >= (3, 13):
    import _interpreters
    failure = _interpreters.exec(_interpreters.{made[isolated]}, code)
    print("refused" if failure and failure.type.__name__ == "ImportError" else failure or "imported")
else:
    import _xxsubinterpreters
    try:
        _xxsubinterpreters.run_string(_xxsubinterpreters.create(isolated={isolated}), code)
        print("imported")
    except _xxsubinterpreters.RunFailedError as failure:
        print("refused" if "does not support loading in subinterpreters" in str(failure) else failure)
"""
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    locks = sys.version_info >= (3, 12)  # before, there was one lock for all
    assert result.stdout.strip() == ("refused" if isolated and locks else "imported")
