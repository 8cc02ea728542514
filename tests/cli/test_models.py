import hashlib
import json
import subprocess
import sys
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from posespotter.cli.models import models_app
from posespotter.errors import SettingsError
from posespotter.models import bundle, zoo
from posespotter.models.cache import path_of
from posespotter.settings import settings

CONTENT = b"a small model"


@pytest.fixture(autouse=True)
def small(tmp_path, monkeypatch):
    """The zoo, with a small rtmpose-t that is in an empty cache's place."""
    monkeypatch.setenv("POSESPOTTER_MODELS", str(tmp_path / "models"))
    settings.cache_clear()
    sha256 = hashlib.sha256(CONTENT).hexdigest()
    entry = replace(zoo.find_model("rtmpose-t"), sha256=sha256, size_bytes=len(CONTENT))
    entries = tuple(entry if other.name == entry.name else other for other in zoo.load_zoo())
    for module in (zoo, bundle):
        monkeypatch.setattr(module, "load_zoo", lambda: entries)
    yield entry
    settings.cache_clear()


def put(entry, content=CONTENT):
    path_of(entry).parent.mkdir(parents=True, exist_ok=True)
    path_of(entry).write_bytes(content)


def ran(*arguments):
    """What the command says when it ends well."""
    result = CliRunner().invoke(models_app, [str(argument) for argument in arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_list(small):
    put(small)
    lines = {line.split()[0]: line for line in ran("list").splitlines() if line.strip()}
    assert {entry.name for entry in zoo.load_zoo()} <= set(lines)
    assert lines["rtmpose-t"].split()[:6] == ["rtmpose-t", "pose", "12.5", "MB", "17", "65.9"]
    assert lines["rtmpose-t"].split()[-1] == "cached"
    assert lines["rtmpose-m"].split()[-2:] == ["not", "fetched"]
    assert lines["movenet-thunder"].split()[-1] == "embedded"
    assert lines["movenet-thunder"].split()[-3] == "Apache-2.0"
    assert max(map(len, lines.values())) <= 80
    (ap,) = [line for line in lines.values() if line.endswith(" AP, COCO val (OpenMMLab, RTMPose project page)")][1:]
    assert ap.split()[0] == lines["rtmpose-t"].split()[6]


def test_the_list_says_who_states_a_licence_and_what_was_trained_on(small):
    put(small)
    said = ran("list")
    notes = {line.split()[0]: line for line in said.splitlines() if line.strip()}
    whole = " ".join(said.split())
    for entry in zoo.load_zoo():
        mark = notes[entry.name].split(entry.licence)[1].split()[0]
        assert f"{mark} licence stated by {entry.licence_by}; trained on {entry.trained_on}" in whole


def test_list_as_json(small):
    put(small)
    rows = {row["name"]: row for row in json.loads(ran("list", "--json"))}
    assert rows["rtmpose-t"]["state"] == "cached"
    assert rows["rtmpose-t"]["path"] == str(path_of(small))
    assert rows["rtmpose-m"]["accuracy"]["value"] == 74.9
    assert rows["yolox-m"]["accuracy"] is None
    assert rows["movenet-thunder"]["licence_by"].startswith("Google, model card")
    assert "COCO" in rows["movenet-thunder"]["trained_on"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["rtmpose-t"], "rtmpose-t: /"), (["movenet-thunder"], "movenet-thunder: comes with PoseSpotter")],
)
def test_fetch_what_is_there(small, arguments, said):
    put(small)
    assert said in ran("fetch", *arguments)


def test_fetch_tells_what_it_does(small, monkeypatch):
    from posespotter.models import fetch

    def downloaded(entry, *, progress):
        for done in (1_000_000, 2_000_000):
            progress("fetch rtmpose-t", done, 2_000_000)
        put(entry)
        return path_of(entry)

    monkeypatch.setattr(fetch, "model_path", downloaded)
    assert ran("fetch", "rtmpose-t").splitlines() == [
        "rtmpose-t: fetching 2.0 MB",
        f"rtmpose-t: {path_of(small)}",
    ]


def test_fetch_without_names_is_wrong_usage():
    result = CliRunner().invoke(models_app, ["fetch"])
    assert result.exit_code == 2
    assert "--all" in result.output


def test_an_unknown_name_is_refused_before_anything_is_fetched(small):
    with pytest.raises(SettingsError, match="Did you mean rtmpose-t"):
        ran("fetch", "rtmdet-nano", "rtmpose_t")


def test_verify_reads_what_is_there(small):
    put(small)
    said = ran("verify").splitlines()
    assert "rtmpose-t: intact (cached)" in said
    assert "movenet-thunder: intact (embedded)" in said
    assert len(said) == 5


def test_verify_finds_damage(small):
    put(small, b"damaged")
    result = CliRunner().invoke(models_app, ["verify"])
    assert result.exit_code == 1
    assert "rtmpose-t: damaged; run `posespotter models fetch rtmpose-t`" in result.output


def test_bundle_and_import(small, tmp_path):
    put(small)
    said = ran("bundle", tmp_path / "b.zip", "--models", "rtmpose-t, movenet-thunder")
    assert "b.zip: rtmpose-t. On the other machine: `posespotter models import b.zip`" in said
    path_of(small).unlink()
    assert ran("import", tmp_path / "b.zip") == "Imported rtmpose-t.\n"
    assert path_of(small).read_bytes() == CONTENT


def test_the_module_is_light():
    heavy = ("numpy", "pooch", "requests", "pydantic", "rich.table", "posespotter.models.zoo")
    script = f"import sys, posespotter.cli.models; print([name for name in {heavy} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout == "[]\n"
