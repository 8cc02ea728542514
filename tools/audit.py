"""Ask for known holes in every version that is locked, and in the oldest that pyproject.toml admits.

    python tools/audit.py

pip-audit does the asking, in a temporary environment: it is no dependency of the project, and needs the network. Alone
it ends with 0 where it could look nothing up; this does so only where everything was looked up and nothing is known.
"""

import json
import re
import subprocess
import sys
import tempfile
import textwrap
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_LOCKED = re.compile(r"^([\w.-]+)==([^\s;\\]+)", re.MULTILINE)
_FLOOR = re.compile(r"^([\w.-]+)(?:\[[^]]*\])?>=([\w.]+)")

Pin = tuple[str, str]  # name, version


def locked_pins() -> set[Pin]:
    """Every version of the lock files, those for other systems and Pythons too."""
    return {pin for path in (ROOT / "requirements").glob("*.txt") for pin in _LOCKED.findall(path.read_text("utf-8"))}


def floor_pins(pyproject: str) -> set[Pin]:
    """The oldest version of every dependency that `pyproject` admits."""
    read = tomllib.loads(pyproject)
    groups = [read["project"]["dependencies"], *read["project"]["optional-dependencies"].values()]
    asked = [text for group in [*groups, *read["dependency-groups"].values()] for text in group]
    return {pin for text in asked for pin in _FLOOR.findall(text)}


def rounds(pins: set[Pin]) -> list[dict[str, str]]:
    """Share out `pins` so that no name comes twice in a round, which pip-audit would refuse."""
    shared: list[dict[str, str]] = []
    for name, version in sorted(pins):
        room = next((one for one in shared if name not in one), None)
        if room is None:
            shared.append(room := {})
        room[name] = version
    return shared


def audited(pip_audit: Path, pins: dict[str, str], folder: Path) -> list[dict]:
    """Ask pip-audit about `pins`; its answers, or a reason for each where it could not work at all."""
    asked = folder / "asked.txt"
    asked.write_text("".join(f"{name}=={version}\n" for name, version in pins.items()), "utf-8")
    command = [pip_audit, "--no-deps", "--disable-pip", "--progress-spinner=off", "--format=json", "-r", asked]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        return json.loads(done.stdout)["dependencies"]
    except json.JSONDecodeError:
        reason = (done.stderr.strip().splitlines() or ["pip-audit said nothing"])[-1]
        return [{"name": name, "version": version, "skip_reason": reason} for name, version in pins.items()]


def summary(pins: set[Pin], floors: set[Pin], answers: list[dict]) -> tuple[bool, str]:
    """Say what is known of `pins`, and whether that is all one could wish for."""
    known = {(_plain(one["name"]), one["version"]): one["vulns"] for one in answers if "vulns" in one}
    answered = {pin for pin in pins if (_plain(pin[0]), pin[1]) in known}
    lines = []
    for name, version in sorted(answered):
        for hole in known[_plain(name), version]:
            where = "oldest admitted" if (name, version) in floors else "locked"
            mended = ", ".join(hole["fix_versions"]) or "no version yet"
            lines.append(f"{name} {version} ({where}): {hole['id']}, mended in {mended}")
    lines.append(f"Looked up {len(answered)} of {len(pins)} versions; {len(lines) or 'no'} known holes in them.")
    missing = sorted(pins - answered)
    if missing:
        names = ", ".join(" ".join(pin) for pin in missing)
        lines += ["Could not look up, so nothing is known of:", textwrap.fill(names, 120, break_on_hyphens=False)]
        lines += sorted({f"Reason: {_reason(one)}" for one in answers if "skip_reason" in one})
    return len(lines) == 1, "\n".join(lines)


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _reason(answer: dict) -> str:
    return re.sub(r":? *" + re.escape(answer["name"]) + r"\b.*", "", answer["skip_reason"])


def main() -> int:
    floors = floor_pins((ROOT / "pyproject.toml").read_text("utf-8"))
    pins = floors | locked_pins()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        venv.create(folder / "venv", with_pip=True)
        programs = folder / "venv" / ("Scripts" if sys.platform == "win32" else "bin")
        subprocess.run([programs / "python", "-m", "pip", "install", "--quiet", "pip-audit>=2.9"], check=True)
        answers = [one for pins_ in rounds(pins) for one in audited(programs / "pip-audit", pins_, folder)]
    clean, text = summary(pins, floors, answers)
    print(text)
    return 0 if clean else 1


if __name__ == "__main__":
    sys.exit(main())
