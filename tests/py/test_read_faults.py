"""read_capture on captures that lack something: what is read is right, and what is not says why."""

import hashlib
import io

import hsinspect
import packets
import pytest
from carried import frames_of, lab, read_segments, segments_of, turns_of
from packets import ACK, CLIENT, PSH, SERVER, Segment


def test_a_hole_is_a_fault_and_what_follows_is_unread():
    live = lab(version="TLSv1.2", response=bytes(range(256)) * 40)
    segments = segments_of(turns_of(live), largest=500)
    lost = next(s for s in segments if s.sender == SERVER and s.data and s.offset > 4000)
    trace = read_segments([s for s in segments if s is not lost], live.keylog().encode())
    (fault,) = [fault for fault in trace.capture_faults if fault.kind == "hole"]
    assert (fault.sender, fault.offset, fault.length) == ("server", lost.offset, len(lost.data))
    assert fault.packet > 0 and fault.time_ns > 0
    assert not any(check.ok is False for check in trace.checks)
    assert bytes(range(256)) * 40 != trace.application_data("server")
    assert live.application_data("client") == trace.application_data("client")
    assert "are missing in the capture" in str(trace)


def test_packets_that_were_cut_leave_the_others_readable():
    live = lab(version="TLSv1.3", response=bytes(3000))
    frames = frames_of(segments_of(turns_of(live), largest=1000))
    cut = max(range(len(frames)), key=lambda i: len(frames[i].data) * (i > len(frames) // 2))
    frames[cut] = packets.snapped(frames[cut], 400)
    (trace,) = hsinspect.read_capture(io.BytesIO(packets.pcap(frames)), keylog=live.keylog().encode())
    (fault,) = trace.capture_faults
    assert fault.kind == "cut packet" and fault.packet == cut + 1 and fault.length == 654
    assert [record.state for record in trace.records].count("cut") == 1
    assert not any(record.state in ("unreadable", "rejected") for record in trace.records)
    trace.verify()


def test_a_conflicting_retransmission_is_a_fault_and_the_first_bytes_count():
    live = lab(version="TLSv1.2")
    segments = segments_of(turns_of(live))
    last = max(i for i, s in enumerate(segments) if s.sender == CLIENT and s.data)
    other = Segment(CLIENT, segments[last].offset, bytes(len(segments[last].data)), ACK | PSH, segments[last].ack)
    trace = read_segments([*segments[: last + 1], other, *segments[last + 1 :]], live.keylog().encode())
    assert [fault.kind for fault in trace.capture_faults] == ["conflict"]
    trace.verify(rules=True)


def test_a_connection_that_was_there_before_shows_its_records_and_why_they_are_unreadable():
    live = lab(version="TLSv1.2")
    segments = segments_of(turns_of(live))
    last_of_handshake = max(i for i, m in enumerate(turns_of(live)) if m[1][0] == 22)
    trace = read_segments(segments[3 + last_of_handshake + 1 :], live.keylog().encode())
    assert {fault.kind for fault in trace.capture_faults} == {"missing start"}
    assert trace.records and {record.state for record in trace.records} == {"unreadable"}
    assert {record.reason for record in trace.records} == {"the start of the connection is not in the capture"}
    assert trace.messages == () and not any(check.ok is False for check in trace.checks)


def test_what_comes_behind_the_middle_of_a_record_is_no_plaintext():
    live = lab(version="TLSv1.2", response=bytes(3000))
    segments = segments_of(turns_of(live), largest=1000)
    first = next(i for i, s in enumerate(segments) if s.sender == SERVER and len(s.data) == 1000 and s.offset > 1000)
    more = segments_of([*turns_of(live), (SERVER, b"\x17\x03\x03\x00\x20" + bytes(32))])
    trace = read_segments([*segments[first + 1 : -3], more[-4]], live.keylog().encode())
    assert trace.opening and {fault.kind for fault in trace.capture_faults} == {"missing start"}
    assert {record.state for record in trace.records} == {"unreadable"}
    assert trace.application_data("server") == b"" and trace.messages == ()


@pytest.mark.parametrize("version", ["TLSv1.2", "TLSv1.3"])
def test_whatever_packet_is_lost_nothing_is_invented(version):
    live = lab(version=version, cipher="AES-128-GCM", response=bytes(2000))
    segments = segments_of(turns_of(live), largest=300)
    whole = {hashlib.sha256(message.raw).digest() for message in live.messages}
    for i in range(3, len(segments) - 3):
        trace = read_segments(segments[:i] + segments[i + 1 :], live.keylog().encode())
        whole_messages = [message for message in trace.messages if message.error is None]
        assert {hashlib.sha256(message.raw).digest() for message in whole_messages} <= whole
        assert not any(record.state == "rejected" for record in trace.records)
        assert not any(check.ok is False and check.kind == "computed" for check in trace.checks)
        assert trace.application_data("server") in b"".join([bytes(2000)])


SMTP = [
    (SERVER, b"220 mx ESMTP\r\n"),
    (CLIENT, b"EHLO a\r\n"),
    (SERVER, b"250 STARTTLS\r\n"),
    (CLIENT, b"STARTTLS\r\n"),
    (SERVER, b"220 go ahead\r\n"),
]


@pytest.mark.parametrize("lost", range(1, len(SMTP)))
@pytest.mark.parametrize("version", ["TLSv1.2", "TLSv1.3"])
def test_a_packet_of_an_opening_that_is_lost_leaves_tls_whole(version, lost):
    live = lab(version=version)
    segments = segments_of([*SMTP, *turns_of(live)])
    data = [segment for segment in segments if segment.data]
    trace = read_segments([segment for segment in segments if segment is not data[lost]], live.keylog().encode())
    assert [message.raw for message in trace.messages] == [message.raw for message in live.messages]
    assert trace.application_data("server") == live.application_data("server")
    assert len(trace.capture_faults) == 1 and b"".join(said for _, said in trace.opening).startswith(b"220")
    assert all(check.ok for check in trace.checks if check.name.startswith("finished."))


@pytest.mark.parametrize("version", ["TLSv1.2", "TLSv1.3"])
@pytest.mark.parametrize("captured", [CLIENT, SERVER])
def test_of_one_direction_alone_nothing_protected_is_read_as_plain(version, captured):
    live = lab(version=version)
    segments = [segment for segment in segments_of(turns_of(live)) if segment.sender == captured]
    trace = read_segments(segments, live.keylog().encode())
    side = ("client", "server")[captured]
    assert trace.messages and {message.raw for message in trace.messages} <= {m.raw for m in live.messages}
    assert trace.alerts == () and {message.sender for message in trace.messages} == {side}
    assert ("hole", ("server", "client")[captured]) in [(fault.kind, fault.sender) for fault in trace.capture_faults]
    assert not any(check.ok is False for check in trace.checks if check.kind == "computed")


def test_trace_equality_pickle_and_bytes_keep_openings_and_faults():
    live = lab()
    segments = segments_of([(SERVER, b"+OK x\r\n"), (CLIENT, b"STLS\r\n"), (SERVER, b"+OK\r\n"), *turns_of(live)])
    trace = read_segments(segments[:-8], live.keylog().encode())
    again = hsinspect.Trace(trace.dumps())
    assert again == trace and again.opening == trace.opening and again.capture_faults == trace.capture_faults
