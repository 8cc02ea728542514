"""Sessions of closed tabs end, a while after their tab has gone."""

from types import SimpleNamespace

import pytest

from posespotter.ui.closed_tabs import ClosedTabs


class Streamlit:
    """Its runtime with tabs that are there, and tabs that have gone."""

    def __init__(self) -> None:
        self.here: set[str] = set()
        self.gone: set[str] = set()
        self._session_mgr = self

    def list_sessions(self) -> list[SimpleNamespace]:
        sessions = [SimpleNamespace(id=one, session_state={"upload": b""}) for one in sorted(self.here | self.gone)]
        return [SimpleNamespace(session=session) for session in sessions]

    def is_active_session(self, session_id: str) -> bool:
        return session_id in self.here

    def close_session(self, session_id: str) -> None:
        self.gone.remove(session_id)


@pytest.fixture
def time_s() -> list[float]:
    return [100.0]


def test_a_tab_is_forgotten_when_its_time_is_over_and_not_before(time_s: list[float]) -> None:
    streamlit = Streamlit()
    tabs = ClosedTabs(streamlit, lambda: time_s[0], after_s=10.0)  # type: ignore[arg-type]
    streamlit.here = {"stays", "goes", "comes back"}
    assert tabs.forget() == 0
    streamlit.here, streamlit.gone = {"stays"}, {"goes", "comes back"}
    assert tabs.forget() == 0
    time_s[0] += 9.0
    assert tabs.forget() == 0
    streamlit.here, streamlit.gone = {"stays", "comes back"}, {"goes"}
    time_s[0] += 1
    assert tabs.forget() == 1
    assert streamlit.gone == set()
    streamlit.here, streamlit.gone = {"stays"}, {"comes back"}  # and goes again: its time begins anew
    assert tabs.forget() == 0
    time_s[0] += 10.0
    assert tabs.forget() == 1


def test_streamlit_knows_what_is_asked_of_it() -> None:
    from streamlit.runtime import Runtime
    from streamlit.runtime.app_session import AppSession
    from streamlit.runtime.websocket_session_manager import WebsocketSessionManager

    assert callable(Runtime.is_active_session)
    assert callable(Runtime.close_session)
    assert callable(WebsocketSessionManager.list_sessions)
    assert isinstance(AppSession.session_state, property)
