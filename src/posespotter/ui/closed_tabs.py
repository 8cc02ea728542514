"""The memory of closed tabs is given back: what was uploaded in them, and all else that Streamlit keeps of a session.

Streamlit keeps the session of a closed tab for a while, as the tab may only have lost its connection, and then until
some other tab is closed: that may be never.
"""

import asyncio
import ctypes
import gc
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from streamlit.runtime import get_instance

from posespotter.ui.limits import LIMITS

if TYPE_CHECKING:
    from streamlit.runtime import Runtime


class ClosedTabs:
    """Ends sessions whose tab has been gone for long.

    Args:
        runtime: of Streamlit; asked from the thread of its event loop only.
        clock: gives the present.
        after_s: how long a tab may be gone.
    """

    def __init__(
        self,
        runtime: "Runtime",
        clock: Callable[[], float] = time.monotonic,
        after_s: float = LIMITS.closed_tab_s,
    ) -> None:
        self._runtime, self._clock, self._after_s = runtime, clock, after_s
        self._gone_since_s: dict[str, float] = {}

    def forget(self) -> int:
        """End the sessions whose tab has been gone for too long; returns how many."""
        # Not public: Streamlit's own metrics read it in the same way, and nothing else tells of sessions without a tab.
        sessions = {info.session.id: info.session for info in self._runtime._session_mgr.list_sessions()}
        now = self._clock()
        gone = [one for one in sessions if not self._runtime.is_active_session(one)]
        self._gone_since_s = {one: self._gone_since_s.get(one, now) for one in gone}
        over = [one for one, since in self._gone_since_s.items() if now - since >= self._after_s]
        for session_id in over:
            self._runtime.close_session(session_id)
            # Streamlit's loop holds on to the session that it served last until there is another one.
            sessions[session_id].session_state.clear()
            del self._gone_since_s[session_id]
        return len(over)


async def forget_closed_tabs(after_s: float = LIMITS.closed_tab_s) -> None:
    """Forget tabs that were closed `after_s` ago, again and again, until cancelled."""
    closed = ClosedTabs(get_instance(), after_s=after_s)
    while True:
        await asyncio.sleep(5.0)
        if closed.forget():
            gc.collect()  # sessions hold each other, and what was uploaded, in cycles
            _give_back()


def _give_back() -> None:
    """Have the C library return the memory that it holds for later: it would stay with this process else."""
    if sys.platform == "linux":
        try:
            ctypes.CDLL(None).malloc_trim(0)
        except (OSError, AttributeError):  # another C library
            return
