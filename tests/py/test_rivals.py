"""Several values for one secret: the one that opens what was sent counts, in whatever order they came."""

import io
import itertools

import hsinspect
import packets
import pytest
from carried import frames_of, lab, read_one, rsa, segments_of, turns_of
from hsinspect import _core

REQUEST = b"GET / HTTP/1.0\r\n\r\n"
WAYS = {
    "TLS 1.3": {"version": "TLSv1.3"},
    "TLS 1.3, early data": {"version": "TLSv1.3", "resume": True, "early_data": b"before the server speaks"},
    "TLS 1.2": {"version": "TLSv1.2", "kx": "ECDHE-RSA", "cipher": "AES-128-GCM"},
    "TLS 1.2, CBC": {"version": "TLSv1.2", "kx": "RSA", "cipher": "AES-128-CBC", "mac": "SHA1"},
    "TLS 1.0, RC4": {"version": "TLSv1", "kx": "RSA", "cipher": "ARCFOUR-128", "mac": "SHA1"},
}


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
