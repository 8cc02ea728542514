"""List the falls in stored poses as a table (CSV).

Usage: python examples/list_falls.py demo/poses.parquet ... > falls.csv
"""

import csv
import sys

from posespotter import detect_falls, read_poses


def main(paths: list[str]) -> None:
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(["file", "person", "onset_s", "impact_s", "alert_s", "state_after"])
    for path in paths:
        found = detect_falls(read_poses(path))
        falls = [event for event in found.events if event.kind == "fall"]  # the others lie, and were not seen to fall
        for event in falls:
            times = [f"{time_s:.2f}" for time_s in (event.onset_s, event.impact_s, event.alert_s)]
            table.writerow([path, event.track_id, *times, event.state_after])
        print(f"{path}: {len(falls)} falls, {len(found.windows)} moments judged", file=sys.stderr)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1:])
