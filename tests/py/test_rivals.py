"""Several values for one secret: the one that opens what was sent counts, in whatever order they came."""

import io
import itertools
import pickle
import random
import subprocess
import sys

import hsinspect
import packets
import pytest
from carried import frames_of, lab, read_one, read_segments, rsa, segments_of, turns_of
from hsinspect import _core

REQUEST = b"GET / HTTP/1.0\r\n\r\n"
WAYS = {
    "TLS 1.3": {"version": "TLSv1.3"},
    "TLS 1.3, early data": {"version": "TLSv1.3", "resume": True, "early_data": b"before the server speaks"},
    "TLS 1.3, early data under one of several suites": {
        "priority": "NORMAL:-VERS-ALL:+VERS-TLS1.3:-AES-256-GCM", "resume": True, "early_data": b"before",
    },
    "TLS 1.2": {"version": "TLSv1.2", "kx": "ECDHE-RSA", "cipher": "AES-128-GCM"},
    "TLS 1.2, CBC": {"version": "TLSv1.2", "kx": "RSA", "cipher": "AES-128-CBC", "mac": "SHA1"},
    "TLS 1.0, RC4": {"version": "TLSv1", "kx": "RSA", "cipher": "ARCFOUR-128", "mac": "SHA1"},
    "TLS 1.2, renegotiated": {"version": "TLSv1.2", "renegotiate": True},
    "TLS 1.3, keys updated": {"version": "TLSv1.3", "key_update": "both"},
}  # fmt: skip


@pytest.fixture(scope="module", params=WAYS)
def live(request):
    return hsinspect.lab.run(**WAYS[request.param], request=REQUEST)


def wrong(lines, byte="5a"):
    return "".join(f"{label} {random} {byte * (len(value) // 2)}\n" for label, random, value in map(str.split, lines))


def random_of(live):
    """As a key log names it."""
    return live.keylog().split()[1]


def told(live, *places):
    """A trace of what was on the wire, with key logs in these places: (how many records come before, text)."""
    journal = hsinspect.Journal()
    for record in live.records:
        for _, text in (place for place in places if place[0] == record.index):
            journal.keylog(text)
        journal.wire(record.sender, record.header + record.fragment, record.time_ns)
    for _, text in (place for place in places if place[0] >= len(live.records)):
        journal.keylog(text)
    return journal.trace()


def seen(trace):
    return {key: value for key, value in trace.to_dict(secrets=True).items() if key in ("records", "messages")}


@pytest.mark.parametrize("order", list(itertools.permutations(["right", "wrong", "as wrong"])))
def test_the_value_that_opens_counts_whatever_the_order(live, order):
    right = live.keylog()
    logs = {"right": right, "wrong": wrong(right.splitlines()), "as wrong": wrong(right.splitlines(), "00")}
    alone = told(live, (0, right))
    end = len(live.records)
    for places in ((0, 0, 0), (0, 0, end), (0, end, end), (end, end, end), (0, end // 3, end // 2)):
        trace = told(live, *zip(places, (logs[kind] for kind in order), strict=True))
        trace.verify()
        assert trace.application_data("client") == alone.application_data("client") and seen(trace) == seen(alone)
        opening = [line for line in right.splitlines() if "EXPORTER" not in line]
        assert set(opening) <= set(trace.keylog().splitlines())
        assert {c.name: c.ok for c in trace.checks if "EXPORTER" not in c.name} == {
            c.name: c.ok for c in alone.checks if "EXPORTER" not in c.name
        }


def test_the_lines_of_a_log_may_be_in_any_order(live):
    lines = [(line, wrong([line])) for line in live.keylog().splitlines(keepends=True)]
    alone, end = told(live, (0, live.keylog())), len(live.records)
    shuffle = random.Random(5)
    for _ in range(30):
        given = [line for pair in lines for line in pair] + [pair[0] for pair in lines]
        shuffle.shuffle(given)
        trace = told(live, *((place, line) for line in given for place in [shuffle.choice((0, 0, end // 2, end))]))
        assert seen(trace) == seen(alone)
        assert not [c.name for c in trace.checks if c.ok is False and "EXPORTER" not in c.name]


@pytest.mark.parametrize("places", [(0, 0), (0, 0.5), (0, 1), (0.5, 1), (1, 0), (1, 1)])
def test_master_secrets_that_do_not_say_whose_they_are_find_their_handshakes(places):
    live = hsinspect.lab.run("TLSv1.2", renegotiate=True, request=REQUEST)
    values = list(dict.fromkeys(bytes(s.value) for s in live.secrets if s.label == "master secret"))
    assert len(values) == 2
    journal = hsinspect.Journal()
    for record in [*live.records, None]:
        for place, value in zip(places, values, strict=True):
            if int(place * len(live.records)) == (len(live.records) if record is None else record.index):
                journal.secret("master secret", value)
        if record is not None:
            journal.wire(record.sender, record.header + record.fragment, record.time_ns)
    trace = journal.trace()
    trace.verify()
    assert trace.application_data("client") == REQUEST


def test_lines_that_open_nothing_take_no_memory():
    """Each is tried on the record that waits, of 16 KiB: 3 000 of them would leave 96 MB."""
    live = hsinspect.lab.run("TLSv1.2", kx="RSA", cipher="AES-128-CBC", mac="SHA1", request=bytes(16000))
    plain = [record for record in live.records if record.epoch == 0]
    data = max(live.records, key=lambda record: len(record.fragment))
    journal = hsinspect.Journal()
    for record in [*plain, data]:
        journal.wire(record.sender, record.header + record.fragment)
    for number in range(3000):
        journal.keylog(f"CLIENT_RANDOM {random_of(live)} {number:096x}\n")
    code = "import pickle, resource, sys; before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss; "
    code += "trace = pickle.load(sys.stdin.buffer); len(trace.records); "
    code += "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    ran = subprocess.run(
        [sys.executable, "-c", code], input=pickle.dumps(journal.trace()), capture_output=True, check=True
    )
    assert int(ran.stdout) < 40_000  # kB; the library itself takes 20 of it


def test_where_no_value_opens_the_records_say_so(live):
    lines = live.keylog().splitlines()
    trace = told(live, (0, wrong(lines)), (0, wrong(lines, "00")))
    protected = [r for r in trace.records if r.epoch > 0]
    assert protected and all(r.plaintext == b"" and r.state in ("rejected", "unreadable") for r in protected)


FORMS = {
    "a master secret": ("CLIENT_RANDOM", "master secret"),
    "a premaster secret": ("PMS_CLIENT_RANDOM", "premaster secret"),
}


@pytest.mark.parametrize("right", FORMS)
@pytest.mark.parametrize("other", FORMS)
@pytest.mark.parametrize("late", [False, True])
def test_a_master_secret_and_a_premaster_secret_that_contradict_each_other(right, other, late):
    live = hsinspect.lab.run("TLSv1.2", kx="RSA", request=REQUEST)
    random = random_of(live)
    label, name = FORMS[right]
    text = f"{label} {random} {bytes(live.secret(name).value).hex()}"
    places = [(0, text), (len(live.records) if late else 0, wrong([f"{FORMS[other][0]} {random} {'00' * 48}"]))]
    for order in (places, places[::-1]):
        trace = told(live, *order)
        trace.verify()
        assert trace.application_data("client") == REQUEST
        assert bytes(trace.secret("master secret").value) == bytes(live.secret("master secret").value)


# ---- captures ----


@pytest.mark.parametrize("form", FORMS)
def test_a_wrong_line_stands_in_no_private_keys_way(form):
    live = rsa()
    line = f"{FORMS[form][0]} {random_of(live)} {'5a' * 48}"
    trace = read_one(turns_of(live), keylog=line.encode(), private_keys=[_core.lab_certificate("RSA")[1]])
    assert trace.application_data("client") == b"GET /"
    trace.verify(rules=True)


def test_a_log_that_contradicts_itself_opens_what_its_right_lines_open():
    live = lab()
    right = live.keylog()
    for log in (right + wrong(right.splitlines()), wrong(right.splitlines()) + right):
        trace = read_one(turns_of(live), keylog=log.encode())
        assert trace.application_data("client") == live.application_data("client") != b""
        trace.verify()


def test_keys_that_come_behind_the_packets_mend_what_wrong_ones_before_them_left_closed():
    live = lab()
    right = live.keylog()
    writer = packets.Pcapng()
    frames = frames_of(segments_of(turns_of(live)))
    blocks = [writer.section(), writer.interface(), writer.secrets(wrong(right.splitlines()).encode())]
    blocks += map(writer.enhanced, frames[:-4])  # the connection is open still
    blocks += [writer.secrets(right.encode()), *map(writer.enhanced, frames[-4:])]
    (trace,) = hsinspect.read_capture(io.BytesIO(b"".join(blocks)))
    assert trace.application_data("server") == live.application_data("server") != b""
    trace.verify()
    given = [(s.label, bytes(s.value)) for s in trace.events if isinstance(s, _core.Secret)]
    assert len(given) == len(set(given))


def test_a_hole_in_the_handshake_makes_no_order_matter():
    live = lab(version="TLSv1.2", kx="ECDHE-RSA")
    right = live.keylog()
    missing = [s for i, s in enumerate(segments_of(turns_of(live), 200)) if i != 7]
    traces = [
        read_segments(missing, log.encode())
        for log in (right, right + wrong(right.splitlines()), wrong(right.splitlines()) + right)
    ]
    assert traces[0].capture_faults and traces[0].application_data("client") == b"GET /"
    assert seen(traces[0]) == seen(traces[1]) == seen(traces[2])
