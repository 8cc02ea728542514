"""Stages that overlap: reading ahead in a thread, writing behind in another, with bounded queues between them."""

import queue
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Generic, Literal, Self, TypeVar

from posespotter.closing import Closing
from posespotter.media import Frame, Source

Item = TypeVar("Item")


@dataclass(frozen=True)
class ThreadLimits:
    """Waiting times and queue lengths of threads.

    Attributes:
        ahead: frames decoded ahead: enough to ride out a key frame, little memory even at 4K.
        poll_s: how often a waiting thread checks whether it should stop.
        stop_s: a thread that has not ended by then is left behind (it is a daemon).
    """

    ahead: int = 4
    poll_s: float = 0.1
    stop_s: float = 2.0


_LIMITS = ThreadLimits()


class _End:
    """The last item of a queue, with the error that ended the stage, if any."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


class FrameReader(Closing):
    """Iterates over a source in a thread of its own.

    With `mode="all"` every frame comes through, and the reader waits when the consumer is slower. With
    `mode="latest"` the consumer always gets the newest frame, and the older ones are dropped and counted.

    Attributes:
        read: frames read from the source so far.
        dropped: frames that the consumer never got.
        seconds: time spent decoding.
    """

    def __init__(self, source: Source, mode: Literal["all", "latest"] = "all") -> None:
        self._source = source
        self._latest = mode == "latest"
        self._queue: queue.Queue[tuple[float, Frame] | _End] = queue.Queue(1 if self._latest else _LIMITS.ahead)
        self._stop = threading.Event()
        self.read = 0
        self.dropped = 0
        self.seconds = 0.0
        self.taken_s = 0.0
        self._thread = threading.Thread(target=self._run, name="reader", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        end = _End()
        try:
            frames = iter(self._source)
            while not self._stop.is_set():
                start = time.perf_counter()
                frame = next(frames, None)
                arrived = time.perf_counter()
                self.seconds += arrived - start
                if frame is None:
                    break
                self.read += 1
                self._offer((arrived, frame))
        except BaseException as error:  # handed to the consumer, whose error it is
            end = _End(error)
        self._offer(end, keep=True)

    def _offer(self, item: tuple[float, Frame] | _End, *, keep: bool = False) -> None:
        while not self._stop.is_set():
            try:
                self._queue.put(item, timeout=0 if self._latest and not keep else _LIMITS.poll_s)
                return
            except queue.Full:
                if self._latest and not keep:
                    self._drop_oldest()
        self.dropped += not isinstance(item, _End)

    def _drop_oldest(self) -> None:
        try:
            self._queue.get_nowait()
            self.dropped += 1
        except queue.Empty:
            pass  # the consumer was quicker

    def __iter__(self) -> Iterator[Frame]:
        """The frames; the source's own error comes out here.

        `taken_s` is when the current frame arrived, on the clock of `time.perf_counter`.
        """
        while True:
            try:
                item = self._queue.get(timeout=_LIMITS.poll_s)
            except queue.Empty:
                if self._stop.is_set():
                    return
                continue
            if isinstance(item, _End):
                if item.error is not None:
                    raise item.error
                return
            self.taken_s, frame = item
            yield frame

    def close(self) -> None:
        """End the thread; frames that were read and not taken count as dropped."""
        self._stop.set()
        self._thread.join(_LIMITS.stop_s)
        while not self._queue.empty():
            item = self._queue.get_nowait()
            self.dropped += not isinstance(item, _End)


class Background(Generic[Item]):
    """Does `work` on each item in a thread of its own, in order, at most a few items behind.

    An error in `work` comes out of the next `put`, or of `finish`.
    """

    def __init__(self, work: Callable[[Item], None]) -> None:
        self._work = work
        self._queue: queue.Queue[Item | _End] = queue.Queue(_LIMITS.ahead)
        self._error: BaseException | None = None
        self._stop = threading.Event()
        # Not `Thread.join`: interrupted by Ctrl-C it takes the thread for ended (Python 3.11).
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="background", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                try:
                    item = self._queue.get(timeout=_LIMITS.poll_s)
                except queue.Empty:
                    continue
                if isinstance(item, _End):
                    return
                self._work(item)
        except BaseException as error:  # handed to the caller of put or finish
            self._error = error
        finally:
            self._ended.set()

    def put(self, item: Item) -> None:
        """Hand over an item; waits while the queue is full."""
        self._put(item)

    def _put(self, item: Item | _End) -> None:
        while True:
            if self._error is not None:
                raise self._error
            try:
                self._queue.put(item, timeout=_LIMITS.poll_s)
                return
            except queue.Full:
                continue

    def finish(self) -> None:
        """Wait until everything handed over is done."""
        self._put(_End())
        self._ended.wait()
        if self._error is not None:
            raise self._error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Finish, or after an error (Ctrl-C while finishing too) drop what is left."""
        try:
            if error is None:
                self.finish()
        finally:
            self._stop.set()
            self._ended.wait(_LIMITS.stop_s)
