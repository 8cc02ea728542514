"""A part of a video is what it shows between two moments, with times from 0."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posespotter.errors import InputError, SettingsError
from posespotter.media import WHOLE, Frame, Part, Source, SourceInfo, open_again, open_source
from posespotter.media.sources.part import PartSource, part_of


class Counted(Source):
    """Frames without pictures, 10 a second."""

    def __init__(self, n: int, kind: str = "video", live: bool = False) -> None:
        self.info = SourceInfo("a.mp4", kind, 8, 8, 10.0, n, live=live)
        self.warnings = ["one"]

    def __iter__(self):
        return (Frame(i, i / 10, None) for i in range(self.info.n_frames))


@given(n=st.integers(1, 60), from_s=st.floats(0, 5.9), length_s=st.floats(0.05, 9))
def test_what_lies_between_is_given_and_nothing_else(n: int, from_s: float, length_s: float) -> None:
    part = Part(from_s, from_s + length_s)
    wanted = [i for i in range(n) if from_s <= i / 10 <= from_s + length_s]
    source = PartSource(Counted(n), part)
    if not wanted:
        with pytest.raises(InputError, match="the video ends at"):
            list(source)
        return
    frames = list(source)
    assert [frame.index for frame in frames] == list(range(len(wanted)))
    assert [frame.time_s for frame in frames] == pytest.approx([(i - wanted[0]) / 10 for i in wanted])
    assert source.info.n_frames is not None
    assert abs(source.info.n_frames - len(wanted)) <= 2
    assert len(list(source)) == len(frames)  # again from the beginning
    assert source.warnings == ["one"]


@pytest.mark.parametrize(
    ("part", "times"),
    [(Part(), [0, 1, 2, 3, 4]), (Part(from_s=0.3), [0, 1]), (Part(to_s=0.1), [0, 1]), (Part(0.1, 0.3), [0, 1, 2])],
)
def test_a_file(make_video, part: Part, times: list[int]) -> None:
    path = make_video("a.mp4", 5, fps=10)
    with open_source(path, part=part) as source:
        frames = list(source)
    assert [round(10 * frame.time_s) for frame in frames] == times
    with open_again(path, {"rotate": 90, **part.to_settings()}) as source:
        assert [frame.image.shape for frame in source] == [(*frames[0].image.shape[1::-1], 3)] * len(times)


@pytest.mark.parametrize(("from_s", "to_s"), [(-1, None), (None, 0), (3, 3), (3, 2), (float("nan"), None)])
def test_no_part(from_s: float | None, to_s: float | None) -> None:
    with pytest.raises(SettingsError, match="expected"):
        Part(from_s, to_s)


@pytest.mark.parametrize(("kind", "live", "said"), [("image", False, "picture"), ("camera", True, "camera")])
def test_what_has_no_parts(kind: str, live: bool, said: str) -> None:
    with pytest.raises(InputError, match=f"expected a video to take a part of, got a {said}"):
        PartSource(Counted(1, kind, live), Part(1.0))


@pytest.mark.parametrize(
    ("settings", "part"),
    [({}, WHOLE), ({"from_s": 1.5}, Part(1.5)), ({"from_s": 1, "to_s": 3}, Part(1, 3)), ({"to_s": "end"}, WHOLE),
     ({"from_s": 5, "to_s": 3}, WHOLE)],
)  # fmt: skip
def test_the_part_of_poses(settings: dict[str, object], part: Part) -> None:
    assert part_of(settings) == part
    assert part_of(part.to_settings()) == part
