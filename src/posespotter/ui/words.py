"""Numbers and states as people say them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from posespotter.assessments.assessment_file import load_assessment
from posespotter.assessments.result import Status
from posespotter.assessments.result_words import STATUS_WORDS, quantity
from posespotter.errors import SettingsError
from posespotter.runs import Run, RunKind, RunState

KIND_WORDS: dict[RunKind, str] = {
    "estimate": "Poses",
    "exercise": "Movement",
    "falls": "Falls",
    "recording": "Recording",
    "test": "Test",
}
KIND_ICONS = {
    "estimate": ":material/accessibility_new:",
    "exercise": ":material/fitness_center:",
    "falls": ":material/personal_injury:",
    "recording": ":material/videocam:",
    "test": ":material/timer:",
}
STATE_WORDS = {
    RunState.QUEUED: "waiting",
    RunState.RUNNING: "running",
    RunState.DONE: "done",
    RunState.FAILED: "failed",
    RunState.CANCELLED: "cancelled",
}

_STAGES = {
    "": "starting",
    "probe": "looking into the file",
    "estimate": "finding poses",
    "analyse": "looking at the movement",
    "draw": "drawing the video",
    "overlay": "drawing the video",
    "render": "drawing the video",
    "index": "putting it away",
}

_AGAINST: tuple[Status, ...] = ("invalid", "look")
_UNITS = ("B", "KB", "MB", "GB", "TB")


def size_words(n_bytes: float) -> str:
    """Size in words, as in "953 KB" and "1.2 GB": decimal, like the limits."""
    value, unit = float(n_bytes), 0
    while value >= 999.5 and unit < len(_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    return f"{value:.1f} {_UNITS[unit]}" if unit and value < 9.95 else f"{value:.0f} {_UNITS[unit]}"


def duration_words(seconds: float) -> str:
    """Duration in words, as in "6.2 s", "3 min 5 s" and "2 h 10 min"."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def stage_words(stage: str) -> str:
    """Name of a job's stage."""
    return _STAGES.get(stage, stage)


def plural(count: float, word: str) -> str:
    """A count with its noun, as in "1 person", "2 people" and "3 frames"."""
    number = f"{round(count):,}"
    if round(count) == 1:
        return f"{number} {word}"
    return f"{number} {'people' if word == 'person' else word + 's'}"


def when_words(moment: datetime, zone: str | None, now: datetime | None = None) -> str:
    """A moment in the reader's zone: "just now", "5 min ago", "today 14:03", "12 May 14:03" or "12 May 2025"."""
    local = _zone(zone)
    now = (now or datetime.now(UTC)).astimezone(local)
    then = moment.astimezone(local)
    past_s = (now - then).total_seconds()
    if past_s < 60:
        return "just now"
    if past_s < 3600:
        return f"{past_s // 60:.0f} min ago"
    if then.date() == now.date():
        return f"today {then:%H:%M}"
    if then.year == now.year or past_s < 180 * 86_400:
        return f"{then.day} {then:%b} {then:%H:%M}"
    return f"{then.day} {then:%b} {then:%Y}"


def day_words(day: date) -> str:
    """A day as in "12 May 2026"."""
    return f"{day.day} {day:%b %Y}"


def _zone(name: str | None) -> tzinfo:
    """A time zone by the name that a browser gives it; UTC where it gives none that is known."""
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def run_labels(runs: Iterable[Run], zone: str | None) -> dict[str, str]:
    """Runs as a list offers them, by id: "walk.mp4 · 2 people · 6.0 s · 12 May 2026 14:03".

    They stay as they are: Streamlit remembers a choice by its words, so that one called "5 min ago" is soon lost.
    """
    labels = {}
    for run in sorted(runs, key=lambda one: one.id):
        then = run.created_at.astimezone(_zone(zone))
        parts = (run.name, found_words(run), f"{then.day} {then:%b %Y %H:%M}")
        labels[run.id] = " · ".join(part for part in parts if part)
    return told_apart(labels)


def told_apart(labels: Mapping[str, str]) -> dict[str, str]:
    """Labels by id, with a number after each that another had before: Streamlit takes equal ones for one choice."""
    seen: Counter[str] = Counter()
    apart = {}
    for one, label in labels.items():
        seen[label] += 1
        apart[one] = f"{label} ({seen[label]})" if seen[label] > 1 else label
    return apart


def found_words(run: Run) -> str:
    """Summary of a run in a line: "2 people · 6.0 s · 150 frames"."""
    counts = run.counts
    parts = []
    if run.kind == "exercise" and "repetitions" in counts:
        parts.append(plural(counts["repetitions"], "repetition"))
        parts.append(plural(counts.get("faults", 0), "fault"))
    elif run.kind == "falls" and "falls" in counts:
        parts.append(plural(counts["falls"], "fall"))
        parts += [f"{counts[word]:.0f} {word}" for word in ("lying", "ignored") if counts.get(word)]
    elif run.kind == "test":
        parts.append(_result_words(run))
    elif "people" in counts and run.kind != "recording":
        parts.append(plural(counts["people"], "person"))
    if counts.get("video_s"):
        parts.append(duration_words(counts["video_s"]))
    elif counts.get("frames") == 1:
        parts.append("picture")
    return " · ".join(parts)


def analysis_words(run: Run) -> str:
    """An analysis in a line, beside its clip: "Squat: 5 repetitions, 2 faults"."""
    if run.state is not RunState.DONE:
        return f"{KIND_WORDS[run.kind]}: {STATE_WORDS[run.state]}"
    counts = run.counts
    if run.kind == "exercise":
        title = str(run.settings.get("exercise") or "movement").replace("-", " ").capitalize()
        if not counts.get("repetitions"):
            return f"{title}: no repetition found"
        return f"{title}: {plural(counts['repetitions'], 'repetition')}, {plural(counts.get('faults', 0), 'fault')}"
    if run.kind == "test":
        return _result_words(run)
    return f"{KIND_WORDS[run.kind]}: {found_words(run)}"


def _result_words(run: Run) -> str:
    """A test and its result: "Timed up and go: 12.4 s ± 0.2 s", or what speaks against it, or that there is none."""
    name = str(run.settings.get("test") or "test")
    try:
        test = load_assessment(name)
    except SettingsError:  # of another version
        return name.replace("-", " ").capitalize()
    value, counts = run.counts.get("value"), run.counts
    if value is None:
        return f"{test.title}: {STATUS_WORDS['no_result']}"
    status = next((STATUS_WORDS[one] for one in _AGAINST if counts.get(one)), "")
    said = quantity(value, test.result.unit, test.result.digits, counts.get("error"))
    return f"{test.title}: {said}{f', {status}' if status else ''}"


def plain(text: str) -> str:
    """A name from a user, with the characters of Markdown escaped."""
    return "".join(f"\\{one}" if one in r"\`*_{}[]()#+-.!|<>~$:&" else one for one in text)
