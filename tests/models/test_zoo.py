import hashlib
from dataclasses import replace

import pytest

from posespotter.errors import ModelError
from posespotter.models.cache import path_of
from posespotter.models.zoo import find_model, load_zoo, read_zoo

ENTRY = """
[[models]]
name = "some-pose"
family = "rtmpose"
task = "pose"
description = "for the test"
urls = ["https://example.org/some-pose.zip"]
archive_member = "end2end.onnx"
sha256 = "{sha256}"
input_size = [192, 256]
keypoints = 17
licence = "Apache-2.0"
licence_by = "the test"
trained_on = "nothing"
""".format(sha256="0" * 64)


@pytest.mark.parametrize(
    ("name", "task", "keypoints", "input_size"),
    [
        ("movenet-multipose", "one-stage", 17, (384, 384)),
        ("movenet-thunder", "pose", 17, (256, 256)),
        ("movenet-lightning", "pose", 17, (192, 192)),
        ("blazepose-full", "pose", 33, (256, 256)),
        ("rtmdet-nano", "detector", None, (320, 320)),
        ("rtmdet-m", "detector", None, (640, 640)),
        ("rtmpose-t", "pose", 17, (192, 256)),
        ("rtmpose-s", "pose", 17, (192, 256)),
        ("rtmpose-m", "pose", 17, (192, 256)),
        ("rtmpose-l", "pose", 17, (192, 256)),
        ("rtmpose-x-384", "pose", 17, (288, 384)),
        ("yolox-tiny", "detector", None, (416, 416)),
        ("yolox-m", "detector", None, (640, 640)),
    ],
)
def test_every_model_is_known(name, task, keypoints, input_size):
    entry = find_model(name, (task,))
    assert (entry.task, entry.keypoints, entry.input_size) == (task, keypoints, input_size)


def test_the_table_above_is_the_whole_zoo():
    assert len(load_zoo()) == 13


@pytest.mark.parametrize("entry", [entry for entry in load_zoo() if entry.embedded], ids=lambda entry: entry.name)
def test_embedded_files_are_the_ones_the_zoo_names(entry):
    content = path_of(entry).read_bytes()
    assert hashlib.sha256(content).hexdigest() == entry.sha256
    assert len(content) == entry.size_bytes


def test_the_embedded_set_is_small_and_whole():
    """What everybody fetches: four models, the lifting network and no other file, under 45 MB with all of the wheel."""
    embedded = [entry for entry in load_zoo() if entry.embedded]
    assert sorted(entry.name for entry in embedded) == [
        "blazepose-full",
        "movenet-lightning",
        "movenet-multipose",
        "movenet-thunder",
    ]
    weights = path_of(embedded[0]).parent
    assert {path.name for path in weights.iterdir()} == {"NOTICE", "lifting.onnx", *(entry.file for entry in embedded)}
    assert sum(path.stat().st_size for path in weights.iterdir()) < 35e6


@pytest.mark.parametrize("entry", [entry for entry in load_zoo() if not entry.embedded], ids=lambda entry: entry.name)
def test_fetched_models_have_a_mirror_and_safe_addresses(entry):
    assert len(entry.urls) == 2
    assert all(url.startswith("https://") and url.endswith(".zip") for url in entry.urls)
    assert len({url.rsplit("/", 1)[1] for url in entry.urls}) == 1


def test_licences_and_sources_are_named():
    assert all(entry.licence and entry.licence_by and entry.trained_on for entry in load_zoo())
    assert all(entry.accuracy.metric and entry.accuracy.source for entry in load_zoo() if entry.accuracy)


@pytest.mark.parametrize(
    ("name", "tasks", "said"),
    [
        ("rtmpose_m", ("pose",), "There is no pose model called 'rtmpose_m'. Did you mean rtmpose-m"),
        ("movenet-multi", ("detector", "one-stage"), "Did you mean movenet-multipose?"),
        (
            "rtmpose-m",
            ("detector", "one-stage"),
            "is a pose model; expected a detector or one-stage model. The detector models are: movenet-multipose, rtm",
        ),
        ("movenet-multipose", ("pose",), "is a one-stage model; expected a pose model."),
        ("nothing-like-it", None, "There is no model called 'nothing-like-it'. The models are: movenet-multipose, "),
    ],
)
def test_unknown_names_are_answered_with_what_there_is(name, tasks, said):
    with pytest.raises(ModelError) as refused:
        find_model(name, tasks)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("name", "instead"),
    [
        ("blazepose", "movenet-multipose"),
        ("blazepose-heavy", "movenet-thunder+blazepose-full"),
        ("blazepose-lite", "movenet-lightning"),
    ],
)
@pytest.mark.parametrize("tasks", [None, ("pose", "one-stage"), ("detector", "one-stage")])
def test_a_name_that_went_says_what_to_take_instead(name, instead, tasks):
    with pytest.raises(ModelError) as refused:
        find_model(name, tasks)
    assert str(refused.value) == f"{name} does not come with PoseSpotter any more; take {instead} instead."
    for part in instead.split("+"):
        assert find_model(part).embedded


def test_a_right_entry_is_read():
    (entry,) = read_zoo(ENTRY)
    assert entry.urls == ("https://example.org/some-pose.zip",)
    assert not entry.embedded


@pytest.mark.parametrize(
    ("change", "into", "said"),
    [
        ('sha256 = "0', 'sha256 = "z', "models.0.sha256"),
        ('family = "rtmpose"', 'family = "openpose"', "models.0.family"),
        ("keypoints = 17", "", "keypoints for every task but detector"),
        ("keypoints = 17", "keypoints = 0", "models.0.keypoints"),
        ("keypoints = 17", "keypoints = 17\njoints = 17", "models.0.joints"),
        ('archive_member = "end2end.onnx"', "", "archive_member exactly where there are urls"),
        ('archive_member = "end2end.onnx"', 'archive_member = "../end2end.onnx"', "models.0.archive_member"),
        ('urls = ["https://example.org/some-pose.zip"]', "", "either a file (embedded) or urls"),
        ('name = "some-pose"', 'name = "../some-pose"', "models.0.name"),
        ("[[models]]", "[[models", "not TOML"),
        ("[[models]]", "[[model]]", "wrong at models"),
    ],
)
def test_wrong_entries_are_refused(change, into, said):
    assert change in ENTRY
    with pytest.raises(ModelError) as refused:
        read_zoo(ENTRY.replace(change, into))
    assert said in str(refused.value)


def test_a_name_used_twice_is_refused():
    with pytest.raises(ModelError, match="twice: some-pose"):
        read_zoo(ENTRY + ENTRY)


def test_entries_cannot_be_changed_in_place():
    entry = find_model("rtmpose-m")
    with pytest.raises(AttributeError):
        entry.sha256 = "0" * 64
    assert replace(entry, sha256="0" * 64) != entry
