"""Times of frames that always go forward, whatever the container says."""


class Clock:
    """Turns container times into seconds after the first frame, strictly increasing.

    A frame without a time, or with one that does not go forward, gets a time from the nominal rate.

    Attributes:
        repaired: how many times were repaired because they did not go forward.
    """

    def __init__(self, fps: float) -> None:
        self.repaired = 0
        self._period_s = 1 / fps
        self._zero_s: float | None = None
        self._last_s: float | None = None
        self._just_repaired = False

    def time_s(self, container_s: float | None) -> float:
        """The time of the next frame, whose container time is `container_s` seconds (None: it has none)."""
        if self._last_s is None:
            self._zero_s = container_s
            self._last_s = 0.0
            return 0.0
        if container_s is None:
            now_s = self._last_s + self._period_s
        else:
            if self._zero_s is None:  # the first frames had no time: this one continues from them
                self._zero_s = container_s - self._last_s - self._period_s
            now_s = self._forward(container_s)
        self._last_s = now_s
        return now_s

    def _forward(self, container_s: float) -> float:
        """`container_s` after the first frame's.

        One doubled time is put between its neighbours; a jump back moves all that follow.
        """
        assert self._zero_s is not None  # noqa: S101 - tells mypy what time_s() made sure of
        assert self._last_s is not None  # noqa: S101
        now_s = container_s - self._zero_s
        if now_s > self._last_s:
            self._just_repaired = False
            return now_s
        self.repaired += 1
        if self._last_s - now_s < self._period_s and not self._just_repaired:
            self._just_repaired = True
            return self._last_s + self._period_s / 2
        target_s = self._last_s + self._period_s
        self._zero_s += now_s - target_s
        return target_s
