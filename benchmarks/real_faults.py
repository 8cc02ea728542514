"""Every fault told on real clips, to be looked at: with the moment, the value, its error and the limit.

    python benchmarks/real_faults.py [--notes] [--frames DIR]

The clips are those of ../shared/data/exercise and exercise_more, each analysed as the exercise that it is. `--frames`
draws the worst moment of each fault as DIR/CLIP-REPETITION-FAULT.png, beside the start of its repetition.
"""

import argparse
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
from common import shared_folder
from counting_clips import Clip, filmed

from posespotter.drawing.exercise import crop_around
from posespotter.exercises import ExerciseAnalysis, analyze_exercise
from posespotter.exercises.analysis import Fault, Repetition
from posespotter.exercises.curves import Curves
from posespotter.exercises.words.wording import quantity

TALL = 480


def frame_of(clip: Clip, number: int) -> np.ndarray:
    """One frame of the file, by counting from the start."""
    (file,) = [
        file
        for folder in ("exercise", "exercise_more")
        for file in (shared_folder() / "data" / folder).glob(f"{clip.name}.*")
    ]
    video, image = cv2.VideoCapture(str(file)), None
    for _ in range(number + 1):
        read, now = video.read()
        image = now if read else image
    return image


def draw(folder: Path, clip: Clip, analysis: ExerciseAnalysis, repetition: Repetition, fault: Fault) -> None:
    """The moment of a fault beside the start of its repetition, cropped to the person, joints as circles."""
    worst = Curves(clip.poses, analysis).worst_frame(fault, repetition)
    parts = []
    for number in (repetition.start_frame, worst):
        image = frame_of(clip, number).copy()
        rows = np.flatnonzero((clip.poses.frame == number) & np.isin(clip.poses.track_id, analysis.track_ids))
        for x, y in clip.poses.keypoints[rows].reshape(-1, 2):
            if np.isfinite([x, y]).all():
                cv2.circle(image, (round(float(x)), round(float(y))), 2, (0, 255, 255), -1)
        x0, y0, x1, y1 = crop_around(clip.poses, number, analysis.track_ids)
        part = image[max(y0, 0) : y1, max(x0, 0) : x1]
        parts.append(cv2.resize(part, (round(part.shape[1] * TALL / part.shape[0]), TALL)))
    folder.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(folder / f"{clip.name}-{repetition.index}-{fault.name}.png"), np.hstack(parts))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--notes", action="store_true")
    parser.add_argument("--frames", type=Path)
    asked = parser.parse_args()
    verdicts = Counter()
    print("| clip | repetition | fault | seconds | value | ± | limit | view |\n|---|---|---|---|---|---|---|---|")
    for clip in filmed():
        for name in clip.truth:
            analysis = analyze_exercise(clip.poses, name)
            for one in analysis.repetitions:
                verdicts[one.verdict] += 1
                for fault in one.faults:
                    if fault.severity == "fault" or asked.notes:
                        mark = "" if fault.severity == "fault" else " (borderline)" if fault.borderline else " (note)"
                        numbers = [quantity(number, fault.unit) for number in (fault.value, fault.error, fault.limit)]
                        seconds = f"{fault.start_s:.1f} to {fault.end_s:.1f}"
                        cells = [clip.name, str(one.index), fault.name + mark, seconds, *numbers, one.view]
                        print(f"| {' | '.join(cells)} |")
                        if asked.frames and fault.severity == "fault":
                            draw(asked.frames, clip, analysis, one, fault)
    print(f"\n{verdicts.total()} repetitions: {dict(verdicts)}")


if __name__ == "__main__":
    main()
