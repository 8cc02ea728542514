"""Count squats and say what is wrong with them: of stored poses, or of a session that the program draws itself.

Usage: python examples/judge_squats.py [demo/poses.parquet]
"""

import sys

from posespotter import PoseSequence, analyze_exercise
from posespotter.synthetic.sample import sample_squats


def main(poses: PoseSequence) -> None:
    analysis = analyze_exercise(poses, "squat")
    print(f"{analysis.count} squats, seen from: {analysis.view}. {analysis.reason}".rstrip())
    for one in analysis.repetitions:
        judged = [check for check in one.checks if check.verdict != "cannot_tell"]
        print(f"{one.index}. {one.start_s:4.1f} s  {one.verdict}, {len(judged)} of {len(one.checks)} checks judged")
        for fault in one.faults:
            print(f"   {fault.finding}\n   {fault.advice}")


if __name__ == "__main__":
    if len(sys.argv) > 2:
        sys.exit(__doc__)
    main(PoseSequence.from_parquet(sys.argv[1]) if len(sys.argv) == 2 else sample_squats())
