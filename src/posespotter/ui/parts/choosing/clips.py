"""The video of a run that is going to be analysed."""

from posespotter.media.sources.part import part_of
from posespotter.media.sources.video import VIDEO_SUFFIXES
from posespotter.runs import Run
from posespotter.ui.parts.result.player import player
from posespotter.ui.shared import library


def show_clip(run: Run | None) -> None:
    """Play what was filmed, or its skeletons where nothing else was kept; nothing without a run or a video."""
    if run is None:
        return
    source = library().source(run.id)
    if source is not None and source.suffix.lower() in VIDEO_SUFFIXES:
        player(source.parent.name, source.name, key=f"clip-{run.id}", poster=False, part=part_of(run.settings))
    elif "overlay.mp4" in library().artefacts(run.id):
        player(run.id, "overlay.mp4", key=f"clip-{run.id}", poster=False)
