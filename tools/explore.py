"""Try the laws (tests with `@given`) with examples by chance, again and again until the time is over.

    python tools/explore.py --minutes 10

It ends at the first law that breaks. The example is kept in .hypothesis/examples, which git ignores, and tried first
the next time. Give it to the law (`@example`) when that is mended, as `make test` tries the same examples each time.
"""

import argparse
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
END_S = 20.0


def main() -> int:
    """Explore; 1 if a law was broken."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("tests", nargs="*", help="files or folders of tests", default=["tests"])
    asked = parser.parse_args()
    until = time.monotonic() + 60 * asked.minutes
    rounds = 0
    while (left_s := until - time.monotonic()) > 1:
        rounds += 1
        if not holds(asked.tests, left_s):
            print(f"A law was broken in round {rounds}: see above.")
            return 1
    print(f"No law was broken in {rounds} rounds.")
    return 0


def holds(tests: list[str], left_s: float) -> bool:
    """Try each law with new examples, as far as the time allows; whether none was broken."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-m", "hypothesis", "--hypothesis-profile=explore", *tests]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        return process.wait(left_s) == 0
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGINT)
    try:
        process.wait(END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    return True


if __name__ == "__main__":
    sys.exit(main())
