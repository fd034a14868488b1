"""read_capture and iter_capture: what files they take, what they say of one that is none, and when traces come."""

import gzip
import io
import random
import time
import warnings

import hsinspect
import packets
import pytest
from carried import CAPTURE, DATA, KEYLOG, file_of, frames_of, lab, segments_of, turns_of
from hsinspect import _core
from packets import CLIENT, SERVER


def test_a_path_a_file_and_gzip_give_the_same_trace(tmp_path):
    zipped = tmp_path / "capture.bin"
    zipped.write_bytes(gzip.compress(CAPTURE.read_bytes()))
    (expected,) = hsinspect.read_capture(CAPTURE, keylog=KEYLOG)
    assert expected.finished and expected.transport == "tcp"
    assert expected.client_address == ("10.0.0.1", 50000) and expected.server_address == ("10.0.0.2", 443)
    for path in (str(CAPTURE), zipped, io.BytesIO(CAPTURE.read_bytes()), io.BytesIO(zipped.read_bytes())):
        assert hsinspect.read_capture(path, keylog=str(KEYLOG)) == [expected]


def test_a_file_in_small_pieces_is_the_same(tmp_path):
    class Slow(io.BytesIO):
        def read(self, size=-1):
            return super().read(min(size, 3) if size > 0 else 3)

    assert hsinspect.read_capture(Slow(CAPTURE.read_bytes()), KEYLOG) == hsinspect.read_capture(CAPTURE, KEYLOG)


def test_a_key_log_is_a_path_or_its_text_or_several():
    text = KEYLOG.read_bytes()
    lines = text.splitlines(keepends=True)
    (expected,) = hsinspect.read_capture(CAPTURE, keylog=KEYLOG)
    for keylog in (text, bytearray(text), [KEYLOG], [DATA / "illustrated-tls12" / "keylog.txt", KEYLOG], lines):
        (trace,) = hsinspect.read_capture(CAPTURE, keylog=keylog)
        assert trace.application_data("client") == expected.application_data("client") != b""


def test_what_is_no_file_or_no_capture_says_so(tmp_path):
    with pytest.raises(FileNotFoundError):
        hsinspect.read_capture(tmp_path / "nothing")
    with pytest.raises(FileNotFoundError):
        hsinspect.read_capture(CAPTURE, keylog=tmp_path / "nothing")
    for content, says in (
        (b"# hsinspect", "begins with 23 20 68 73"),
        (b"", "is empty"),
        (b"ab", "begins with 61 62"),
        (b"\x28\xb5\x2f\xfd" + bytes(100), "zstd"),
        (gzip.compress(b"not a capture"), "begins with 6e 6f 74 20"),
    ):
        path = tmp_path / "file"
        path.write_bytes(content)
        with pytest.raises(ValueError, match="not a pcap or pcapng file") as raised:
            hsinspect.read_capture(path)
        assert says in str(raised.value) and str(path) in str(raised.value)


@pytest.mark.parametrize("zipped", [False, True])
def test_a_file_that_is_cut_gives_what_came_and_a_warning(tmp_path, zipped):
    path = tmp_path / "cut.pcap"
    whole = gzip.compress(CAPTURE.read_bytes()) if zipped else CAPTURE.read_bytes()
    path.write_bytes(whole[:-20])
    with pytest.warns(UserWarning, match=r"cut\.pcap is damaged: .*; what came before was read"):
        (trace,) = hsinspect.read_capture(path, keylog=KEYLOG)
    assert len(trace.messages) >= 7


@pytest.mark.parametrize("read", [hsinspect.read_capture, lambda *given: list(hsinspect.iter_capture(*given))])
def test_a_file_that_is_damaged_in_the_middle_gives_what_came_before(tmp_path, read, monkeypatch):
    monkeypatch.undo()  # what counts captures (conftest.py) is a call more between us and the warning
    path = tmp_path / "damaged.pcap"
    segments = segments_of(turns_of(lab()))
    first, second = (packets.pcap(frames_of(segments, number)) for number in (1, 2))
    no_packet = b"\xff" * 16  # its length is one that no packet has
    path.write_bytes(first + no_packet + second[24:])
    with pytest.warns(UserWarning, match=r"damaged\.pcap is damaged: .*; what came before was read") as warned:
        (trace,) = read(path)
    (whole,) = hsinspect.read_capture(io.BytesIO(first))
    assert trace.to_dict() == whole.to_dict()
    assert [warning.filename for warning in warned] == [__file__]


def test_a_file_that_is_damaged_before_its_first_packet_is_not_said_to_be_no_capture():
    with pytest.raises(ValueError, match="capture: it is damaged before its first packet"):
        hsinspect.read_capture(io.BytesIO(packets.pcap([]) + b"\xff" * 100))


def test_a_file_that_somebody_closed_is_not_said_to_be_damaged():
    file = io.BytesIO(CAPTURE.read_bytes() + bytes(1 << 20))
    traces = hsinspect.iter_capture(file)
    next(traces)
    file.close()
    with pytest.raises(ValueError, match="closed file"):
        list(traces)


def test_an_empty_capture_has_no_traces():
    assert hsinspect.read_capture(io.BytesIO(packets.pcap([]))) == []


def test_the_file_is_closed_when_the_iterator_is(tmp_path):
    path = tmp_path / "two.pcap"
    turns = turns_of(lab())
    path.write_bytes(packets.pcap(frames_of(segments_of(turns), 1) + frames_of(segments_of(turns), 2)))
    traces = hsinspect.iter_capture(path)
    next(traces)
    traces.close()  # a file that stays open is a ResourceWarning, which is an error here
    with pytest.raises(StopIteration):
        next(traces)


def test_each_trace_comes_as_its_connection_ends():
    turns = turns_of(lab())
    first, second = frames_of(segments_of(turns), 1), frames_of(segments_of(turns), 2)
    capture = _core.Capture()
    assert capture.feed(packets.pcap(first[:-3])) == 0
    assert capture.feed(packets.pcap(first[-3:])[24:]) == 1
    assert capture.feed(packets.pcap(second)[24:]) == 2
    numbers = []
    for _ in range(2):
        trace = hsinspect.Trace()
        assert capture.take_into(trace)
        numbers.append(trace.client_address[1])
    assert numbers == [20001, 20002] and not capture.take_into(hsinspect.Trace())
    assert capture.finish() == 0
    assert capture.counts["connections"] == 2 and capture.counts["packets"] == len(first) + len(second)


def test_connections_that_are_not_tls_are_counted_and_give_no_trace():
    capture = _core.Capture()
    talk = [
        (CLIENT, b"GET / HTTP/1.0\r\n\r\n"),
        (SERVER, b"HTTP/1.0 200 OK\r\n\r\n\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"),
    ]
    capture.feed(packets.pcap(frames_of(segments_of(talk))))
    assert capture.finish() == 0
    assert (capture.counts["others"], capture.counts["connections"]) == (1, 0)


def test_random_bytes_do_no_harm():
    source = random.Random(7)
    for _ in range(200):
        noise = source.randbytes(source.randint(0, 3000))
        for start in (b"", packets.pcap([])):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                try:
                    traces = hsinspect.read_capture(io.BytesIO(start + noise))
                except ValueError:
                    continue
            assert traces == []
    talk = [(sender, source.randbytes(300)) for sender in (CLIENT, SERVER) * 20]
    assert hsinspect.read_capture(file_of(talk)) == []


def test_time_and_memory_are_linear_in_the_number_of_connections():
    """Ten times the connections: no more than twenty times the instructions, by the clock of the process."""
    turns = turns_of(hsinspect.read_capture(CAPTURE)[0])
    frames = [frames_of(segments_of(turns), number, 1_700_000_000_000_000_000 + number) for number in range(5000)]
    took = []
    for count in (500, 5000):
        capture = packets.pcap([frame for connection in frames[:count] for frame in connection])
        start = time.process_time()
        assert sum(1 for _ in hsinspect.iter_capture(io.BytesIO(capture), keylog=KEYLOG)) == count
        took.append(time.process_time() - start)
    assert took[1] < 20 * took[0]
