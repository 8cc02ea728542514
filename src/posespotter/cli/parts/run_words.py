"""Short descriptions of a run."""

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from posespotter.runs import Run


def found_words(run: "Run") -> str:
    """Summarise a run: "squat: 5 repetitions, 3 good", "1 fall", "2 people in 12 s"; empty where nothing is known."""
    counts = run.counts
    if "repetitions" in counts:
        what = str(run.settings.get("exercise") or "")
        good = f", {counts['good']:.0f} good" if counts["repetitions"] else ""
        return f"{what + ': ' if what else ''}{_n(counts['repetitions'], 'repetition')}{good}"
    if "falls" in counts:
        more = [f"{counts[word]:.0f} {word}" for word in ("lying", "ignored") if counts.get(word)]
        return ", ".join([_n(counts["falls"], "fall"), *more])
    if run.kind == "recording":
        return length_words(counts["video_s"]) if "video_s" in counts else ""
    if "people" in counts:
        who = _n(counts["people"], "person", "people") if counts["people"] else "nobody"
        return f"{who} in {length_words(counts['video_s'])}" if "video_s" in counts else who
    return ""


def state_words(run: "Run") -> str:
    """The state of a run: "done", "running: estimate 40 %, 12 frames/s, 20 s left", "failed: ..."."""
    if run.state == "running":
        parts = [f"{run.stage} {run.percent:.0f} %".strip()]
        if run.rate is not None:
            parts.append(f"{run.rate:.0f} frames/s")
        if run.time_left_s is not None:
            parts.append(f"{length_words(run.time_left_s)} left")
        return f"running: {', '.join(parts)}"
    return f"{run.state}: {run.error}" if run.error else str(run.state)


def length_words(seconds: float) -> str:
    """A length of time: "0.4 s", "12 s", "3:05 min", "1:02:03 h"."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return f"{rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d} h" if hours else f"{minutes}:{rest:02d} min"


def bytes_words(n_bytes: float) -> str:
    """A size: "512 B", "3.4 MB"."""
    size, unit = float(n_bytes), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if size < 1000.0:
            break
        size, unit = size / 1000.0, larger
    return f"{size:.0f} {unit}" if unit == "B" or size >= 100 else f"{size:.1f} {unit}"


def when_words(time: datetime) -> str:
    """A moment in the time of this machine: to the minute in this year, else the day."""
    local = time.astimezone()
    this_year = local.year == datetime.now(local.tzinfo).year
    return f"{local:%d %b %H:%M}" if this_year else f"{local:%d %b %Y}"


def _n(count: float, one: str, many: str = "") -> str:
    if not count:
        return f"no {one}"
    return f"{count:.0f} {one if count == 1 else many or one + 's'}"
