"""Stages in threads: nothing lost or doubled, errors come out, and every thread ends."""

import _thread
import threading
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posespotter.errors import InputError
from posespotter.media import Frame, Source, SourceInfo
from posespotter.media.threads import Background, FrameReader

PICTURE = np.zeros((2, 2, 3), np.uint8)


class Counting(Source):
    """`n` frames, one each `every_s`; breaks with `error` after them."""

    def __init__(self, n, every_s=0.0, error=None):
        self.info = SourceInfo("counting", "camera", 2, 2, 30.0, None, live=True)
        self.warnings = []
        self.n, self.every_s, self.error = n, every_s, error
        self.given = 0
        self.ended = False

    def __iter__(self):
        try:
            for index in range(self.n):
                time.sleep(self.every_s)
                self.given += 1
                yield Frame(index, index / 30, PICTURE)
            if self.error:
                raise self.error
        finally:
            self.ended = True


def ours():
    return [thread for thread in threading.enumerate() if thread.name in ("reader", "background")]


@pytest.fixture(autouse=True)
def _no_thread_stays():
    assert ours() == []
    yield
    all_end()


def all_end():
    deadline = time.monotonic() + 60  # of a machine that does other things too
    while ours() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert ours() == []


@pytest.mark.parametrize("mode", ["all", "latest"])
@pytest.mark.parametrize("n", [0, 1, 2, 30])
def test_a_quick_consumer_gets_everything_in_order(mode, n):
    with FrameReader(Counting(n, 0.005 if mode == "latest" else 0), mode) as reader:
        got = [frame.index for frame in reader]
    assert reader.read == n
    assert len(got) + reader.dropped == n
    assert got == sorted(set(got))
    if mode == "all":
        assert got == list(range(n))


def test_offline_the_reader_waits_for_the_consumer():
    source = Counting(60)
    with FrameReader(source) as reader:
        for frame in reader:
            if frame.index < 10:
                time.sleep(0.01)
                assert source.given <= frame.index + 7  # a few ahead, no more
    assert (reader.read, reader.dropped) == (60, 0)


@pytest.mark.parametrize("slow_s", [0.0, 0.004, 0.02])
def test_live_the_consumer_gets_the_newest_and_the_rest_is_counted(slow_s):
    source = Counting(100, 0.002)
    got = []
    with FrameReader(source, "latest") as reader:
        for frame in reader:
            if slow_s:
                assert source.given - 3 <= frame.index + 1 <= source.given
            got.append(frame.index)
            time.sleep(slow_s)
    assert got == sorted(set(got))
    assert got[-1] == 99  # the last one is never dropped for nothing
    assert reader.read == 100 == len(got) + reader.dropped
    if slow_s == 0.02:
        assert reader.dropped > 50


@settings(max_examples=15)
@given(
    n=st.integers(0, 40),
    mode=st.sampled_from(["all", "latest"]),
    every_s=st.sampled_from([0, 0.001]),
    slow_s=st.sampled_from([0, 0.001, 0.004]),
)
def test_what_was_read_was_taken_or_dropped(n, mode, every_s, slow_s):
    taken = 0
    with FrameReader(Counting(n, every_s), mode) as reader:
        for _ in reader:
            taken += 1
            time.sleep(slow_s)
    assert reader.read == n == taken + reader.dropped


@pytest.mark.parametrize("mode", ["all", "latest"])
def test_the_time_of_arrival_goes_along_with_the_frame(mode):
    start = time.perf_counter()
    with FrameReader(Counting(20, 0.005), mode) as reader:
        arrivals = [(frame.index, reader.taken_s - start) for frame in reader]
    assert all(arrived >= 0.005 * (index + 1) for index, arrived in arrivals)
    assert [arrived for _, arrived in arrivals] == sorted(arrived for _, arrived in arrivals)
    assert reader.seconds >= 0.1


@pytest.mark.parametrize("mode", ["all", "latest"])
@pytest.mark.parametrize("error", [InputError("the camera caught fire"), RuntimeError("x"), MemoryError()])
def test_an_error_of_the_source_comes_out_after_what_came_before(mode, error):
    got = []
    with FrameReader(Counting(5, 0.01, error), mode) as reader, pytest.raises(type(error)) as caught:
        got.extend(frame.index for frame in reader)
    assert caught.value is error
    assert got == list(range(5))


@pytest.mark.parametrize("mode", ["all", "latest"])
def test_an_error_in_the_block_ends_the_thread(mode):
    source = Counting(10**9, 0.001)

    def fail():
        with FrameReader(source, mode) as reader:
            for frame in reader:
                if frame.index >= 5:
                    raise KeyError("stop")

    with pytest.raises(KeyError):
        fail()
    all_end()
    given = source.given
    time.sleep(0.02)
    assert source.given == given


@pytest.mark.parametrize("mode", ["all", "latest"])
def test_closing_from_another_thread_ends_the_iteration(mode):
    with FrameReader(Counting(100_000, 0.002), mode) as reader:
        threading.Timer(0.1, reader.close).start()
        assert len(list(reader)) < 50_000


def test_a_source_that_hangs_does_not_hang_the_program():
    hang = threading.Event()

    class Hanging(Counting):
        def __iter__(self):
            yield Frame(0, 0.0, PICTURE)
            hang.wait(120)

    began = time.monotonic()
    with FrameReader(Hanging(1)) as reader:
        assert next(iter(reader)).index == 0
    assert 1 < time.monotonic() - began < 60
    hang.set()


def test_work_is_done_in_order_in_another_thread():
    done = []
    with Background(lambda item: done.append((item, threading.current_thread().name))) as behind:
        for item in range(50):
            behind.put(item)
    assert done == [(item, "background") for item in range(50)]


def test_work_lags_a_few_items_behind_and_no_more():
    done = []

    def work(item):
        time.sleep(0.005)
        done.append(item)

    with Background(work) as behind:
        for item in range(30):
            behind.put(item)
            assert item - len(done) <= 6
    assert done == list(range(30))


def failing_at(number, done):
    def work(item):
        if item == number:
            raise ValueError(f"no {item}")
        done.append(item)

    return work


def test_an_error_of_the_work_comes_out_of_a_later_put():
    done = []

    def run():
        with Background(failing_at(3, done)) as behind:
            for item in range(10_000):
                behind.put(item)

    with pytest.raises(ValueError, match="no 3"):
        run()
    assert done == [0, 1, 2]


@pytest.mark.parametrize("number", [0, 2])
def test_an_error_of_the_last_work_comes_out_of_the_end(number):
    def run():
        with Background(failing_at(number, [])) as behind:
            for item in range(number + 1):
                behind.put(item)

    with pytest.raises(ValueError, match=f"no {number}"):
        run()


def test_after_an_error_in_the_block_the_rest_is_not_done():
    done, all_are_there = [], threading.Event()

    def work(item):
        all_are_there.wait(60)
        time.sleep(0.2)
        done.append(item)

    def run():
        with Background(work) as behind:
            for item in range(4):
                behind.put(item)
            all_are_there.set()
            raise KeyError("stop")

    with pytest.raises(KeyError):
        run()
    assert len(done) <= 2
    all_end()


def test_nothing_to_do():
    with Background(lambda _: None):
        pass
    with FrameReader(Counting(0)) as reader:
        assert list(reader) == []


@pytest.mark.parametrize("mode", ["all", "latest"])
@pytest.mark.parametrize("taken", [1, 3])
def test_what_was_read_was_taken_or_dropped_when_stopped_early(mode, taken):
    """The reader is blocked on a full queue, or in the middle of a frame, when the consumer goes away."""
    for _ in range(20):
        got = 0
        with FrameReader(Counting(1000, 0.001), mode) as reader:
            for _frame in reader:
                got += 1
                if got == taken:
                    break
            time.sleep(0.02)
        assert reader.read == got + reader.dropped


def test_ctrl_c_while_the_rest_is_finished_ends_the_work():
    """The caller closes the file right afterwards: nobody may write to it then."""
    at_work = []

    def run():
        all_handed_over = threading.Event()

        def work(item):
            at_work.append(item)
            if item == 0:
                all_handed_over.wait()
                _thread.interrupt_main()
            time.sleep(0.1)
            at_work.remove(item)

        with Background(work) as behind:
            for item in range(3):
                behind.put(item)
            all_handed_over.set()

    for _ in range(5):
        with pytest.raises(KeyboardInterrupt):
            run()
        assert at_work == []
        time.sleep(0.15)
        assert at_work == []
