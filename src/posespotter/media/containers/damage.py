"""Recognise pictures that show lost or damaged data."""

import av
from av.packet import Packet
from av.video.stream import VideoStream


class Damage:
    """Keeps track of damage through the packets and frames of one video, in the order in which they come.

    Args:
        time_base_s: the length of a tick of `pts`.
        fades_s: a picture is coded as what differs from the one before, and so damage stays until the next whole
            picture. Where that is far away, the parts that move, people among them, have mostly been coded anew after
            so long.
    """

    def __init__(self, time_base_s: float, fades_s: float = 2.0) -> None:
        self._fades_s = fades_s
        self._tick_s = time_base_s
        self._pending: dict[int | None, None] = {}  # times of showing of damaged packets whose frames have not come
        self._since: int | None = None
        self._damaged = False

    def packet(self, packet: "Packet[VideoStream] | None", *, lost: bool = False) -> None:
        """Take note of a packet; `lost` where it could not be decoded."""
        self._damaged |= lost
        if packet is not None and packet.is_corrupt:
            self._pending[packet.pts] = None
            if len(self._pending) > 64:  # packets whose pictures have not come; a decoder holds fewer
                del self._pending[next(iter(self._pending))]

    def shows(self, frame: av.VideoFrame) -> bool:
        """Whether a frame shows damage, of its own or of one before it."""
        own = frame.is_corrupt or frame.pts in self._pending
        self._pending.pop(frame.pts, None)
        if own or (self._damaged and self._since is None):
            self._damaged, self._since = True, frame.pts
        elif frame.key_frame or self._faded(frame.pts):
            self._damaged, self._since = False, None
        return self._damaged

    def _faded(self, pts: int | None) -> bool:
        if pts is None or self._since is None:
            return False
        return not 0 <= (pts - self._since) * self._tick_s <= self._fades_s
