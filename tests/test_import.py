"""Importing is quick because the heavy libraries wait until they are used; the public names are what they say."""

import json
import subprocess
import sys
from importlib.metadata import version

import pytest

import posespotter

HEAVY = ["av", "cv2", "onnxruntime", "PIL", "pooch", "pyarrow", "pydantic", "pydantic_settings", "scipy"]


def loaded_by(code):
    """The heavy libraries that are in memory after `code` in a fresh Python."""
    tell = f"import json, sys; print('\\n' + json.dumps([name for name in {HEAVY!r} if name in sys.modules]))"
    run = subprocess.run([sys.executable, "-c", f"{code}\n{tell}"], capture_output=True, text=True, check=True)
    return json.loads(run.stdout.splitlines()[-1])


@pytest.mark.parametrize(
    "code",
    [
        "import posespotter",
        "import posespotter; posespotter.PoseSequence; posespotter.COCO17; dir(posespotter)",
        "import posespotter.cli",
        "import posespotter.formats",
        "import posespotter.errors, posespotter.skeletons, posespotter.poses",
    ],
)
def test_nothing_heavy_is_imported(code):
    assert loaded_by(code) == []


def test_importing_takes_less_than_three_tenths_of_a_second():
    """Of processor time, as nobody's other programs count; of the best of five, as caches do."""
    code = "import time; start = time.process_time(); import posespotter; print(time.process_time() - start)"
    runs = (subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True) for _ in range(5))
    assert min(float(run.stdout) for run in runs) < 0.3


@pytest.mark.parametrize("argument", ["--help", "--version", "-h"])
def test_nothing_heavy_is_imported_to_help(argument):
    code = (
        f"import sys; sys.argv = ['posespotter', {argument!r}]\n"
        "from posespotter.cli import main\ntry:\n    main()\nexcept SystemExit as end:\n    assert not end.code"
    )
    assert loaded_by(code) == []


@pytest.mark.parametrize("command", ["estimate", "export", "info", "models"])
def test_the_help_of_a_command_needs_no_models_or_video(command):
    code = (
        f"import sys; sys.argv = ['posespotter', {command!r}, '--help']\n"
        "from posespotter.cli import main\ntry:\n    main()\nexcept SystemExit as end:\n    assert not end.code"
    )
    assert set(loaded_by(code)) <= {"pydantic"}  # Typer checks arguments with it


@pytest.mark.parametrize("part", ["kinematics", "exercises", "formats", "drawing.overlay", "poses"])
def test_who_has_only_poses_needs_no_model_and_no_video(part):
    assert not {"onnxruntime", "av"} & set(loaded_by(f"import posespotter.{part}"))


def test_the_public_names():
    expected = {"PoseEstimator", "PoseSequence", "PoseSpotterError", "PoseStream", "Skeleton"}
    assert expected | {"COCO17", "HALPE26", "BLAZEPOSE33"} <= set(posespotter.__all__)
    assert len(posespotter.__all__) == len(set(posespotter.__all__))
    for name in posespotter.__all__:
        value = getattr(posespotter, name)
        assert value is getattr(posespotter, name)
        assert value.__doc__
    assert set(posespotter.__all__) <= set(dir(posespotter))


def test_the_public_names_are_the_real_ones():
    from posespotter.estimation.estimator import PoseEstimator
    from posespotter.poses import PoseSequence

    assert posespotter.PoseEstimator is PoseEstimator
    assert posespotter.PoseSequence is PoseSequence


def test_a_star_imports_the_public_names():
    code = "from posespotter import *\nassert PoseEstimator and COCO17 and PoseSequence"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'posespotter' has no attribute 'PoseEstimater'"):
        posespotter.PoseEstimater  # noqa: B018
    with pytest.raises(ImportError):
        from posespotter import PoseEstimater  # noqa: F401


def test_the_version_is_that_of_the_package():
    assert posespotter.__version__ == version("posespotter")
