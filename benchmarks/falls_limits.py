"""What do the limits of the state machine bring? Two tables of docs/results/falls.md.

    python benchmarks/falls_limits.py --poses DIR [--markdown docs/results/falls.md]

`sensitivities`: what each gives, every source judged by a forest that saw nothing of it. `limits`: the same of each
limit moved down and up, on clips as they are and changed (falls_changes.py).
"""

import argparse
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from falls_cases import JudgedCase, cases_of, forests_of, judged, results
from falls_changes import CHANGES
from falls_sources import SOURCES, all_examples, read_sources

from falls import SMALL, table, write_parts
from posespotter.falls.events import LIMITS, Limits
from posespotter.falls.training.evaluation import Evaluation
from posespotter.falls.training.scores import HourlyRate, Share

CLIPS = ("as they are", "clip ends 0.3 s after the impact", "nearly half below the picture")
OTHERS: dict[str, tuple[float, ...]] = {
    "fall": (0.5, 0.6, 0.8, 0.9),
    "allowance": (0.0, 0.1, 0.3),
    "hold_s": (0.1, 0.4, 0.8),
    "beside": (0.0, 0.25, 0.75),
    "lost_s": (0.5, 2.0),
    "lying": (0.3, 0.5),
    "lying_s": (1.0, 2.5),
}
"""Values of each limit beside the one in use."""


def variants() -> Iterator[tuple[str, Limits]]:
    yield "as they are", LIMITS["normal"]
    for name, values in OTHERS.items():
        for value in values:
            if value != getattr(LIMITS["normal"], name):
                yield f"`{name}` {value:g}", replace(LIMITS["normal"], **{name: value})


def counts(found: Mapping[str, Evaluation]) -> list[str]:
    """Three cells: falls caught of each source, clips silent, clips without a fall that have `lying`."""
    caught = [str(found[name].recall.hits) for name in SOURCES]
    silent = [str(one.clean.hits) for one in found.values()]
    others = [clip for one in found.values() for clip in one.clips if not clip.n_falls and not clip.lies_down]
    lying = sum(any(event.kind == "lying" for event in clip.events) for clip in others)
    return [", ".join(caught), ", ".join(silent), f"{lying} of {len(others)}"]


def limits(cases: Mapping[str, Mapping[str, list[JudgedCase]]]) -> str:
    rows = []
    for name, one in variants():
        cells = [counts(results(cases[clips], one)) for clips in CLIPS]
        rows.append([name, *cells[0], *(cell for part in cells[1:] for cell in part[:2])])
        print("| " + " | ".join(rows[-1]) + " |", flush=True)
    head = ["limits", "caught", "silent", "`lying` though nobody lies"]
    return table([*head, *(f"{clips}: {what}" for clips in CLIPS[1:] for what in ("caught", "silent"))], rows)


def of_all(one: Share) -> str:
    return f"{one.hits} of {one.n}"


def mean_and_worst(values: list[float]) -> str:
    known = [value for value in values if not np.isnan(value)]
    return f"{np.mean(known):.2f}, {min(known):.2f}"


def sensitivities(cases: Mapping[str, list[JudgedCase]], cut_off: Mapping[str, list[JudgedCase]]) -> str:
    rows = []
    for name, one in LIMITS.items():
        found = results(cases, one)
        main = [found[source] for source in SOURCES]
        lying = ", ".join(of_all(one.clean_lying) for one in main if one.clean_lying.n)
        alarms = [one.false_alarms for one in main]
        rate = HourlyRate(sum(one.count for one in alarms), sum(one.hours for one in alarms))
        delays = [max(one.delay_s(percent) for one in main) for percent in (50, 95)]
        below = results(cut_off, one)
        rows.append([
            f"{name}, {one.fall:g}", mean_and_worst([one.recall.value for one in main]),
            mean_and_worst([one.clean.value for one in main]), lying,
            f"{rate.count} in {rate.hours:.2f} h, {rate.value:.1f} an hour", of_all(found["exercise"].clean),
            f"{delays[0]:.2f} / {delays[1]:.2f}", str(sum(below[source].recall.hits for source in SOURCES)),
        ])  # fmt: skip
    head = [
        "`--sensitivity`", "falls caught, mean and worst source", "silent clips, mean and worst",
        "lying on purpose silent: Le2i, URFD", "false alarms", "exercise clips silent",
        "delay p50 / p95, s, worst source", "caught of those that end nearly half below the picture",
    ]  # fmt: skip
    return table(head, rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--poses", type=Path, required=True)
    parser.add_argument("--markdown", type=Path)
    arguments = parser.parse_args()
    sources = read_sources(arguments.poses)
    forests = forests_of(all_examples(sources), SMALL)
    cases = {name: judged(cases_of(sources, CHANGES[name]), forests) for name in CLIPS}
    made = {"sensitivities": sensitivities(cases[CLIPS[0]], cases[CLIPS[2]])}
    print(made["sensitivities"], flush=True)
    made["limits"] = limits(cases)
    write_parts(arguments.markdown, made)


if __name__ == "__main__":
    main()
