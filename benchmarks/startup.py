"""How long does a user wait before anything happens?

    python benchmarks/startup.py [--runs 10]

Wall time of fresh processes: `import posespotter` (target 0.3 s) and `posespotter --help` (0.5 s), beside an
interpreter that does nothing. The best run says what the program costs, the median what a busy machine makes of it.
"""

import statistics
import subprocess
import sys
import time
from pathlib import Path

import common

COMMANDS = {
    "python, nothing": (["-c", "pass"], None),
    "import posespotter": (["-c", "import posespotter"], 0.3),
    "posespotter --help": (["-m", "posespotter", "--help"], 0.5),
    "posespotter estimate --help": (["-m", "posespotter", "estimate", "--help"], None),
}


def wall_s(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> None:
    parser = common.arguments(__doc__)
    parser.add_argument("--runs", type=int, default=10)
    runs = parser.parse_args().runs
    program = str(Path(sys.executable).with_name("posespotter"))
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(runs + 1):
        for name, (tail, _limit) in COMMANDS.items():
            command = [program, *tail[2:]] if tail[0] == "-m" else [sys.executable, *tail]
            times[name].append(wall_s(command))
    rows = []
    for name, values in times.items():
        best, median = min(values[1:]), statistics.median(values[1:])  # the first run filled the disk cache
        limit = COMMANDS[name][1]
        rows.append([
            f"`{name}`", f"{best:.3f}", f"{median:.3f}", limit or "",
            "" if limit is None else common.verdict(median, limit, at_least=False),
        ])  # fmt: skip
    common.report(common.table(["", "best, s", "median, s", "target (median), s", ""], rows))


if __name__ == "__main__":
    main()
