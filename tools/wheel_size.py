"""Print the size of a wheel and of the largest files in it, and fail where it is over the limit.

    python tools/wheel_size.py dist/posespotter-0.1.0-py3-none-any.whl

The models make nearly all of it. The limit keeps small what everybody fetches, and every build of an image.
"""

import sys
import zipfile
from pathlib import Path

LIMIT_MB = 45.0
SHOWN = 5


def report(wheel: Path, limit_mb: float = LIMIT_MB) -> tuple[bool, str]:
    """Say whether `wheel` is within the limit, and what is in it."""
    size_mb = wheel.stat().st_size / 1e6
    with zipfile.ZipFile(wheel) as archive:
        largest = sorted(archive.infolist(), key=lambda item: -item.compress_size)[:SHOWN]
    lines = [f"{wheel.name}: {size_mb:.1f} MB, limit {limit_mb:g} MB"]
    lines += [f"  {item.compress_size / 1e6:5.1f} MB  {item.filename}" for item in largest]
    return size_mb <= limit_mb, "\n".join(lines)


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or not Path(arguments[0]).is_file():
        print(f"expected the path of one wheel, got {arguments}", file=sys.stderr)
        return 2
    within, text = report(Path(arguments[0]))
    print(text)
    if not within:
        print(f"The wheel is over its limit of {LIMIT_MB:g} MB: take out what is not needed.", file=sys.stderr)
    return 0 if within else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
