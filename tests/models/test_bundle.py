import hashlib
import json
import os
import zipfile
from dataclasses import replace

import pytest

from posespotter.errors import InputError, ModelError, OutputError
from posespotter.models import bundle, cache, zoo
from posespotter.models.bundle import bundle_models, import_bundle
from posespotter.models.cache import path_of, state_of, verify
from posespotter.settings import settings

CONTENTS = {"rtmdet-nano": b"nano" * 1000, "rtmpose-m": b"m" * 5000, "rtmpose-t": b"t" * 100}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A zoo of the embedded models and three small ones; a cache that holds two of the three."""
    embedded = tuple(entry for entry in zoo.load_zoo() if entry.embedded)
    small = tuple(
        replace(zoo.find_model(name), sha256=hashlib.sha256(content).hexdigest(), size_bytes=len(content))
        for name, content in CONTENTS.items()
    )
    for module in (zoo, bundle):
        monkeypatch.setattr(module, "load_zoo", lambda: embedded + small)
    use_cache(tmp_path / "here", monkeypatch)
    for entry in small[:2]:
        put(entry)
    yield tmp_path / "here"
    settings.cache_clear()


def use_cache(folder, monkeypatch):
    monkeypatch.setenv("POSESPOTTER_MODELS", str(folder))
    settings.cache_clear()


def put(entry):
    path = path_of(entry)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(CONTENTS[entry.name])


def fetched(folder):
    return sorted(path.name for path in folder.glob("*.onnx")) if folder.exists() else []


def hand_made(file, *members, compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return file


@pytest.mark.parametrize(
    ("asked", "bundled"),
    [
        ([], ["rtmdet-nano", "rtmpose-m"]),  # all that is in the cache
        (["rtmpose-m"], ["rtmpose-m"]),
        (["rtmpose-m", "blazepose-full", "rtmpose-m", "rtmdet-nano"], ["rtmpose-m", "rtmdet-nano"]),
    ],
)
def test_there_and_back(tmp_path, monkeypatch, asked, bundled):
    file = tmp_path / "models.zip"
    assert [entry.name for entry in bundle_models(asked, file)] == bundled
    assert zipfile.ZipFile(file).testzip() is None

    use_cache(tmp_path / "there", monkeypatch)
    entries = import_bundle(file)
    assert [entry.name for entry in entries] == bundled
    assert [path_of(entry).read_bytes() for entry in entries] == [CONTENTS[name] for name in bundled]
    assert {verify(entry) for entry in entries} == {"cached"}
    assert len(fetched(tmp_path / "there")) == len(bundled)


def test_the_manifest_names_licences(tmp_path):
    bundle_models(["rtmpose-m"], tmp_path / "models.zip")
    (model,) = json.loads(zipfile.ZipFile(tmp_path / "models.zip").read("manifest.json"))["models"]
    assert model["name"] == "rtmpose-m"
    assert model["licence"] == "Apache-2.0"


def test_a_file_that_is_older_than_zip(tmp_path):
    os.utime(path_of(zoo.find_model("rtmpose-m")), (0, 0))
    bundle_models(["rtmpose-m"], tmp_path / "models.zip")
    with zipfile.ZipFile(tmp_path / "models.zip") as archive:
        assert archive.getinfo("rtmpose-m.onnx").date_time[:3] == (1980, 1, 1)


def test_models_already_there_are_replaced(tmp_path):
    file = tmp_path / "models.zip"
    bundle_models([], file)
    path_of(zoo.find_model("rtmpose-m")).write_bytes(b"damaged")
    import_bundle(file)
    assert verify(zoo.find_model("rtmpose-m")) == "cached"


@pytest.mark.parametrize("names", [["movenet-multipose"], ["movenet-thunder", "blazepose-full"]])
def test_nothing_to_bundle(tmp_path, names):
    with pytest.raises(ModelError, match="nothing to bundle"):
        bundle_models(names, tmp_path / "models.zip")
    assert not (tmp_path / "models.zip").exists()


def test_unknown_names_are_refused_before_anything_is_written(tmp_path):
    with pytest.raises(ModelError, match="no model called 'rtmpose'"):
        bundle_models(["rtmpose-m", "rtmpose"], tmp_path / "models.zip")
    assert not (tmp_path / "models.zip").exists()


def test_a_file_that_exists_is_not_overwritten(tmp_path):
    (tmp_path / "models.zip").write_text("mine")
    with pytest.raises(OutputError, match="exists already"):
        bundle_models([], tmp_path / "models.zip")
    assert (tmp_path / "models.zip").read_text() == "mine"


NANO = ("rtmdet-nano.onnx", CONTENTS["rtmdet-nano"])


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ([("../evil.onnx", b"x")], "'../evil.onnx', which is no model"),
        ([("../rtmdet-nano.onnx", NANO[1])], "which is no model"),
        ([("/tmp/rtmdet-nano.onnx", NANO[1])], "which is no model"),
        ([("a/rtmdet-nano.onnx", NANO[1])], "which is no model"),
        ([("..\\rtmdet-nano.onnx", NANO[1])], "which is no model"),
        ([("rtmdet-nano.onnx/", b"")], "which is no model"),
        ([NANO, ("unknown.onnx", b"x")], "'unknown.onnx', which is no model"),
        (
            [NANO, ("blazepose-full.onnx", b"x")],
            "'blazepose-full.onnx', which is no model that this PoseSpotter fetches",
        ),
        ([NANO, ("rtmpose-m.onnx", b"forged")], "another rtmpose-m (expected SHA-256"),
        ([NANO, ("rtmpose-m.onnx", CONTENTS["rtmpose-m"] + b"more")], "another rtmpose-m"),
        ([NANO, ("rtmpose-m.onnx", b"")], "another rtmpose-m"),
        ([], "is not a bundle"),
        ([("manifest.json", b"{}")], "is not a bundle"),
    ],
)
def test_a_bundle_with_one_wrong_file_changes_nothing(tmp_path, monkeypatch, members, said):
    file = hand_made(tmp_path / "models.zip", *members)
    use_cache(tmp_path / "there", monkeypatch)
    with pytest.raises((ModelError, InputError)) as refused:
        import_bundle(file)
    assert said in str(refused.value)
    assert "Nothing was imported" in str(refused.value)
    assert fetched(tmp_path / "there") == []
    assert not list(tmp_path.glob("**/*.part*"))
    assert not list(tmp_path.glob("**/evil*"))


def test_the_digests_a_bundle_brings_are_not_believed(tmp_path, monkeypatch):
    forged = b"forged"
    manifest = {"models": [{"name": "rtmpose-m", "sha256": hashlib.sha256(forged).hexdigest()}]}
    file = hand_made(tmp_path / "m.zip", ("manifest.json", json.dumps(manifest)), ("rtmpose-m.onnx", forged))
    use_cache(tmp_path / "there", monkeypatch)
    with pytest.raises(ModelError, match="another rtmpose-m"):
        import_bundle(file)


def test_a_name_twice(tmp_path):
    with pytest.warns(UserWarning, match="Duplicate name"):
        file = hand_made(tmp_path / "m.zip", NANO, NANO)
    with pytest.raises(InputError, match="not a bundle"):
        import_bundle(file)


def test_a_compressed_bundle_could_grow_and_is_refused(tmp_path):
    file = hand_made(tmp_path / "m.zip", ("rtmpose-m.onnx", bytes(1_000_000)), compression=zipfile.ZIP_DEFLATED)
    with pytest.raises(InputError, match="compressed or too large"):
        import_bundle(file)


def test_a_file_larger_than_any_model_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(bundle, "MAX_MODEL_BYTES", 1000)
    with pytest.raises(InputError, match="compressed or too large"):
        import_bundle(hand_made(tmp_path / "m.zip", NANO))


@pytest.mark.parametrize("share", [0.0, 0.3, 0.99])
def test_a_truncated_bundle(tmp_path, monkeypatch, share):
    file = tmp_path / "models.zip"
    bundle_models([], file)
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * share)])
    use_cache(tmp_path / "there", monkeypatch)
    with pytest.raises(InputError, match="damaged or not a bundle"):
        import_bundle(file)
    assert fetched(tmp_path / "there") == []


def test_a_bundle_with_a_flipped_byte(tmp_path, monkeypatch):
    file = tmp_path / "models.zip"
    bundle_models([], file)
    content = file.read_bytes()
    file.write_bytes(content.replace(b"mmmmmmmmmm", b"mmmmmnmmmm", 1))
    use_cache(tmp_path / "there", monkeypatch)
    with pytest.raises((InputError, ModelError)):
        import_bundle(file)
    assert fetched(tmp_path / "there") == []


@pytest.mark.parametrize("name", ["missing.zip", ""])
def test_no_file(tmp_path, name):
    with pytest.raises(InputError, match="is not a file; expected a bundle"):
        import_bundle(tmp_path / name)


def test_a_cache_that_cannot_be_written(tmp_path, monkeypatch):
    file = tmp_path / "models.zip"
    bundle_models([], file)
    (tmp_path / "there").write_text("in the way")
    use_cache(tmp_path / "there", monkeypatch)
    with pytest.raises(ModelError, match="The bundle could not be kept in"):
        import_bundle(file)


def test_a_full_disk_imports_nothing(tmp_path, monkeypatch):
    file = tmp_path / "models.zip"
    bundle_models([], file)
    use_cache(tmp_path / "there", monkeypatch)
    copy = cache.copy_hashed

    def full(content, target, *, limit_bytes):
        if fetched(tmp_path / "there") or list((tmp_path / "there").glob(".*.part.onnx")):
            raise OSError(28, "No space left on device")
        return copy(content, target, limit_bytes=limit_bytes)

    monkeypatch.setattr(cache, "copy_hashed", full)
    with pytest.raises(ModelError, match="No space left on device"):
        import_bundle(file)
    assert fetched(tmp_path / "there") == []
    assert {state_of(zoo.find_model(name)) for name in CONTENTS} == {"not fetched"}
