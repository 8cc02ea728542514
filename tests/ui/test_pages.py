"""The pages without a browser: what they say when there is nothing, something, or something wrong."""

import itertools

import pytest
from streamlit.testing.v1 import AppTest
from tests.ui.conftest import Shelf

from posespotter.settings import settings
from posespotter.ui import shared, words
from posespotter.ui.asgi import SHELL
from posespotter.ui.menu import MENU, entry
from posespotter.ui.parts import progress

WAIT_S = 90


@pytest.fixture
def pages(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The application over a library with two runs."""
    monkeypatch.setenv("POSESPOTTER_LIBRARY", str(shelf.library.root))
    settings.cache_clear()
    shared.library.cache_clear()
    yield AppTest.from_file(SHELL, default_timeout=WAIT_S)
    shared.library.cache_clear()
    settings.cache_clear()


def opened(pages: AppTest, name: str, **query: str) -> AppTest:
    for key, value in query.items():
        pages.query_params[key] = value
    pages.run()
    if name != "home":
        pages.switch_page(str(entry(name).script))
        for key, value in query.items():
            pages.query_params[key] = value
        pages.run()
    return pages


@pytest.mark.parametrize("name", [one.name for one in MENU if one.name in {"home", "inference", "outputs", "settings"}])
def test_every_page_runs(pages, name):
    page = opened(pages, name)
    assert not page.exception
    assert len(page.title) == 1


def test_a_page_asks_once_for_the_jobs_of_its_menu(pages, shelf, monkeypatch):
    shelf.library.begin("estimate", "walk.mp4")
    asked, library = [], progress.library
    monkeypatch.setattr(progress, "library", lambda: [asked.append(1), library()][1])
    page = opened(pages, "home")
    assert len(asked) == 1
    assert any("1 job at work" in one.value for one in page.sidebar.caption)


def test_a_model_to_fetch_says_how_large_it_is(pages):
    page = other_model(pages)
    page.selectbox(key="pose").select("rtmpose-m").run()
    assert not page.exception
    assert any("51 MB" in button.label for button in page.button)
    assert any("74.9" in caption.value for caption in page.caption)


def other_model(pages):
    page = opened(pages, "inference")
    return page.segmented_control(key="model-choice").set_value("Other model").run()


def test_models_have_plain_names(pages):
    page = opened(pages, "inference")
    choice = page.segmented_control(key="model-choice")
    assert choice.options == ["Accurate", "Fast", "Many people", "Other model"]
    assert choice.value == "Accurate"
    assert any("positions in metres" in one.value for one in page.caption)
    choice.set_value("Fast").run()
    assert not page.exception
    assert any("weak machines" in one.value for one in page.caption)
    assert {one.key for one in page.selectbox}.isdisjoint({"pose", "detector"})


def test_a_model_that_finds_people_by_itself_takes_no_detector(pages):
    page = other_model(pages)
    every = next(one for one in page.toggle if "every frame" in one.label)
    assert not every.disabled
    page.selectbox(key="pose").select("movenet-multipose").run()
    assert not page.exception
    assert any("movenet-multipose finds people by itself" in one.value for one in page.caption)
    assert "detector" not in {one.key for one in page.selectbox}
    assert next(one for one in page.toggle if "every frame" in one.label).disabled


def test_feet_are_offered_only_where_they_can_be_added(pages):
    page = other_model(pages)
    for name, offered in (("movenet-thunder", True), ("blazepose-full", False), ("movenet-multipose", False)):
        page.selectbox(key="pose").select(name).run()
        assert ("further" in {one.key for one in page.toggle}) is offered


@pytest.mark.parametrize("name", ["outputs", "inference", "movement_analyzer", "fall_detection"])
@pytest.mark.parametrize("run", ["20260512-140000000-b36nh2smbs", "../../etc", "x"])
def test_a_run_that_is_not_there(pages, name, run):
    page = opened(pages, name, run=run)
    assert not page.exception
    assert not page.error
    assert any("This run is not there any more" in one.value for one in page.markdown)
    next(one for one in page.button if "Show the runs" in one.label).click().run()
    assert page.title[0].value == "Outputs"
    assert len(page.error) == len(page.exception) == 0


@pytest.mark.parametrize("name", ["movement_analyzer", "fall_detection"])
def test_a_run_that_was_chosen_stays_chosen(pages, shelf, name, monkeypatch):
    """Although time goes by, a run of the same name comes, and somebody presses something else."""
    page = opened(pages, name)
    (choice,) = [one for one in page.selectbox if one.label == "The clip"]
    choice.select_index(choice.options.index(next(one for one in choice.options if "squat" in one))).run()
    chosen = page.selectbox(key=choice.key).value
    assert chosen == shelf.poses
    moments = itertools.count()
    monkeypatch.setattr(words, "when_words", lambda *_: f"{next(moments)} min ago")
    shelf.library.adopt(shelf.library.folder(shelf.poses), "estimate", name='My "best" squat.mp4')
    page.run()
    assert page.selectbox(key=choice.key).value == shelf.poses
    assert not page.exception


def test_a_failed_run_says_why(pages, shelf):
    run = shelf.library.begin("estimate", "broken.mp4")
    shelf.library.fail(run.id, "broken.mp4: expected a video, its end is missing.")
    page = opened(pages, "outputs", run=run.id)
    assert "its end is missing" in page.error[0].value


def test_limits_are_saved_for_the_next_start(pages, tmp_path, monkeypatch):
    monkeypatch.setattr("posespotter.settings.config_file", lambda: tmp_path / "settings.toml")
    page = opened(pages, "settings")
    page.number_input[0].set_value(250)
    page.button[0].click().run()
    assert not page.exception
    assert settings().max_upload_mb == 250
    assert "max_upload_mb = 250" in (tmp_path / "settings.toml").read_text()


def test_a_folder_to_watch_is_checked_and_saved(pages, tmp_path, monkeypatch):
    monkeypatch.setattr("posespotter.settings.config_file", lambda: tmp_path / "settings.toml")
    page = opened(pages, "settings")
    field = next(one for one in page.text_input if one.label.startswith("Folder whose new videos"))
    save = next(one for one in page.button if one.label == "Save" and one.form_id == "watch")
    field.set_value(str(tmp_path / "none"))
    save.click().run()
    assert "there is none" in page.error[0].value
    assert settings().watch is None
    field.set_value(str(tmp_path))
    save.click().run()
    assert not page.exception
    assert settings().watch == tmp_path
    page.run()
    assert any("None has come yet" in one.value for one in page.caption)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        (None, "Only this computer reaches the application"),
        ("http://192.168.1.20:8501", "does **not** work live"),
        ("https://poses.example.org", "its camera works live"),
    ],
)
def test_a_phone_is_told_what_works_from_there(pages, monkeypatch, address, said):
    monkeypatch.setattr("posespotter.ui.parts.phone.address_for_others", lambda _opened: address)
    page = opened(pages, "webcam")
    assert not page.exception
    assert any(said in one.value for one in [*page.caption, *page.markdown])
    if address is not None:
        assert any(f"QR code of {address}/webcam" in one.proto.body for one in page.get("html"))


def test_skeletons_only_stays_on_when_another_tab_does_something(pages, tmp_path, monkeypatch):
    monkeypatch.setattr("posespotter.settings.config_file", lambda: tmp_path / "settings.toml")
    other = opened(AppTest.from_file(SHELL, default_timeout=WAIT_S), "settings")
    page = opened(pages, "settings")
    page.toggle(key="skeletons-only").set_value(True).run()
    assert settings().skeletons_only
    other.run()
    assert settings().skeletons_only
    assert other.toggle(key="skeletons-only").value
    other.toggle(key="skeletons-only").set_value(False).run()
    assert not settings().skeletons_only


def test_settings_that_nobody_would_choose_here_are_shown(pages, monkeypatch):
    for name, value in (("MAX_VIDEO_MINUTES", "2880"), ("KEEP_DAYS", "200000"), ("LIBRARY_QUOTA_GB", "2e6")):
        monkeypatch.setenv(f"POSESPOTTER_{name}", value)
    settings.cache_clear()
    page = opened(pages, "settings")
    assert not page.exception
    assert {2880.0, 200000.0, 2e6} <= {one.value for one in page.number_input}
