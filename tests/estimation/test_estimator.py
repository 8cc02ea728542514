"""The estimator: pictures and videos in, sequences out, with painted people and with real ones."""

import subprocess
import sys
import threading
from functools import cache
from math import ceil

import cv2
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from PIL import Image as Pillow
from tests.models.tiny import detector_model, pose_model
from tests.painted import HEIGHT, WIDTH, PaintedDetector, PaintedPose, PaintedSource, always, paint, standing

from posespotter import __version__
from posespotter.boxes import box_iou
from posespotter.errors import InputError, ModelError, SettingsError, ShapeError
from posespotter.estimation import estimator as module
from posespotter.estimation.estimator import PoseEstimator
from posespotter.estimation.one_stage import OneStageTracker
from posespotter.media import Source, open_source
from posespotter.models.load import Loaded, load_detector, load_pose_model, model_sha256
from posespotter.skeletons import BLAZEPOSE33, COCO17

TWO = always(standing(200), standing(440))


@pytest.fixture
def painted(monkeypatch):
    """Makes an estimator with painted models."""

    def make(detector=None, pose=None, **options):
        detector, pose = detector or PaintedDetector(), pose or PaintedPose()
        monkeypatch.setattr(module, "load_detector", lambda *_: Loaded("painted-detector", "0" * 64, detector))
        monkeypatch.setattr(module, "load_pose_model", lambda *_: Loaded("painted-pose", "1" * 64, pose))
        return PoseEstimator(**options)

    return make


@cache
def real(pose="movenet-lightning+blazepose-full", **options):
    return PoseEstimator(pose=pose, **options)


def surest(picture):
    """The person of a picture who is seen best; the demo clip shows two."""
    return real(max_people=1).estimate_image(picture)


class Beginning(Source):
    """The first `n` frames of a clip."""

    def __init__(self, path, n):
        self._opened, self._n = open_source(path), n
        self.info, self.warnings = self._opened.info, self._opened.warnings

    def __iter__(self):
        for frame in self._opened:
            if frame.index == self._n:
                self._opened.close()
                return
            yield frame


def ours():
    return [thread for thread in threading.enumerate() if thread.name in ("reader", "background")]


def test_a_video(painted):
    estimator = painted(smoothing="off", detect_every=4, max_people=3)
    poses = estimator.estimate_video(PaintedSource(TWO, 60))
    assert poses.frame.tolist() == [i // 2 for i in range(120)]
    assert poses.track_ids == (1, 2)
    assert poses.time_s == pytest.approx(poses.frame / 30)
    assert poses.skeleton == COCO17
    assert (poses.frame_size, poses.fps, poses.n_frames) == ((WIDTH, HEIGHT), 30.0, 60)
    assert (poses.source, poses.detector, poses.pose_model) == ("painted", "painted-detector", "painted-pose")
    assert poses.settings == {"detect_every": 4, "max_people": 3, "tiles": True, "smoothing": "off"}
    assert poses.version == __version__
    assert poses.raw_keypoints is None


def test_smoothing_keeps_what_the_model_gave(painted):
    poses = painted(smoothing="light").estimate_video(PaintedSource(TWO, 60))
    assert poses.raw_keypoints == pytest.approx(poses.keypoints, abs=0.01)  # they stand still
    assert poses.settings["smoothing"] == "light"


@pytest.mark.parametrize("every", [1, 4, 10, 100])
def test_the_record_counts_what_ran(painted, every):
    result = painted(detect_every=every).run(PaintedSource(TWO, 63))
    assert result.timings.detector_runs == ceil(63 / every)
    assert result.timings.pose_runs == 2 * 63
    assert (result.dropped, result.stopped_early, result.warnings) == (0, False, [])
    second = painted(detect_every=every).run(PaintedSource(TWO, 63))
    assert second.timings.detector_runs == ceil(63 / every)


def test_one_estimator_serves_several_videos(painted):
    estimator = painted()
    first = estimator.run(PaintedSource(TWO, 40))
    second = estimator.run(PaintedSource(TWO, 40))
    assert np.array_equal(first.poses.keypoints, second.poses.keypoints)
    assert np.array_equal(first.poses.track_id, second.poses.track_id)
    assert first.timings.detector_runs == second.timings.detector_runs


def test_a_video_of_nobody(painted):
    poses = painted().estimate_video(PaintedSource(lambda _: {}, 20))
    assert len(poses) == 0
    assert poses.n_frames == 20
    assert poses.keypoints.shape == (0, 17, 2)


def test_progress_is_told_after_every_frame(painted):
    told = []
    painted().estimate_video(PaintedSource(TWO, 12), progress=lambda *now: told.append(now))
    assert told == [("estimate", i + 1, 12) for i in range(12)]


def test_the_sink_gets_every_frame_with_its_people(painted):
    got = []
    painted().run(
        PaintedSource(TWO, 12), sink=lambda frame, people: got.append((frame.index, frame.image.shape, len(people.ids)))
    )
    assert got == [(i, (HEIGHT, WIDTH, 3), 2) for i in range(12)]


def test_a_live_source_counts_what_it_dropped(painted):
    class Slow(PaintedPose):
        def estimate(self, image, regions):
            threading.Event().wait(0.02)
            return super().estimate(image, regions)

    class Paced(PaintedSource):
        def __iter__(self):
            for frame in super().__iter__():
                threading.Event().wait(0.003)
                yield frame

    result = painted(pose=Slow(), smoothing="off").run(Paced(TWO, 80, live=True))
    looked_at = len(set(result.poses.frame.tolist()))
    assert result.dropped > 10
    assert looked_at + result.dropped == 80 == result.poses.n_frames


@pytest.mark.parametrize("fail_at", [1, 20])
def test_a_pose_model_that_breaks_ends_all_threads(painted, fail_at):
    estimator = painted(pose=PaintedPose(fail_at=fail_at))
    with pytest.raises(RuntimeError, match="the pose model broke"):
        estimator.run(PaintedSource(always(standing(200)), 1000))
    assert ours() == []


@pytest.mark.parametrize("stage", ["progress", "sink"])
def test_ctrl_c_keeps_what_was_done(painted, stage):
    calls = []

    def interrupt(*_):
        calls.append(1)
        if len(calls) == 20:
            raise KeyboardInterrupt

    result = painted().run(PaintedSource(TWO, 1000), **{stage: interrupt})
    assert result.stopped_early
    assert result.poses.n_frames == 20
    assert result.poses.track_ids == (1, 2)
    assert ours() == []


def test_what_the_source_and_the_device_say_is_passed_on(painted):
    detector, pose = PaintedDetector(), PaintedPose()
    detector.session.warning = pose.session.warning = "cuda was asked for but cpu runs."
    source = PaintedSource(TWO, 5)
    source.warnings.append("truncated after 5 frames.")
    estimator = painted(detector, pose)
    assert estimator.warnings == ["cuda was asked for but cpu runs."]  # once, not for each model
    assert estimator.run(source).warnings == ["cuda was asked for but cpu runs.", "truncated after 5 frames."]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"detect_every": 0}, "detect-every: expected auto or a number"),
        ({"detect_every": "often"}, "detect-every"),
        ({"max_people": 0}, "max-people: expected a number of 1 or more, got 0"),
        ({"max_people": -3}, "max-people"),
        ({"device": "tpu"}, "Unknown device 'tpu'"),
    ],
)
def test_wrong_options(options, words):
    with pytest.raises(SettingsError, match=words):
        PoseEstimator(pose="movenet-lightning", **options)


@pytest.mark.parametrize(
    "options", [{"detector": "yolo"}, {"pose": "rtmpos"}, {"pose": "blazepose"}, {"pose": "movenet-thunder+blazepose"}]
)
def test_unknown_models(options):
    with pytest.raises(ModelError):
        PoseEstimator(**options)


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((10, 10), np.uint8),
        np.zeros((10, 10, 4), np.uint8),
        np.zeros((10, 10, 3), np.float32),
        np.zeros((0, 10, 3), np.uint8),
        np.zeros((3, 10, 10), np.uint8),
    ],
)
def test_an_array_that_is_no_picture(painted, image):
    with pytest.raises(ShapeError, match=r"expected a \(height, width, 3\) uint8 BGR array"):
        painted().estimate_image(image)


def test_a_path_that_is_no_picture(painted, tmp_path, demo_clip):
    with pytest.raises(InputError, match="got a video"):
        painted().estimate_image(demo_clip)
    with pytest.raises(InputError, match="does not exist"):
        painted().estimate_image(tmp_path / "no.jpg")
    with pytest.raises(InputError, match="does not exist"):
        painted().estimate_video(tmp_path / "no.mp4")


def test_a_picture(painted, tmp_path):
    image = paint(TWO(0))
    cv2.imwrite(str(tmp_path / "a.png"), image)
    from_array, from_path = (painted().estimate_image(given) for given in (image, tmp_path / "a.png"))
    assert from_array.track_id.tolist() == [1, 2]
    assert (from_array.n_frames, from_array.fps, from_array.frame_size) == (1, 0.0, (WIDTH, HEIGHT))
    assert np.array_equal(from_array.keypoints, from_path.keypoints)
    assert (from_array.source, from_path.source) == ("", "a.png")
    assert from_array.settings["smoothing"] == "off"


@pytest.mark.parametrize("as_source", [False, True])
def test_a_picture_as_a_video_is_the_same(painted, tmp_path, as_source):
    path = tmp_path / "a.png"
    cv2.imwrite(str(path), paint(TWO(0)))
    poses = painted().estimate_video(open_source(path) if as_source else path)
    assert np.array_equal(poses.keypoints, painted().estimate_image(path).keypoints)
    assert poses.raw_keypoints is None


@pytest.mark.parametrize("size", [(16, 16), (17, 901), (1200, 16)])
def test_pictures_of_odd_sizes(size):
    noise = np.random.default_rng(0).integers(0, 255, (*size, 3), np.uint8)
    assert len(real().estimate_image(noise)) == 0


@pytest.mark.parametrize("value", [0, 127, 255])
def test_nobody_in_a_picture_of_nothing(value):
    assert len(real().estimate_image(np.full((720, 1280, 3), value, np.uint8))) == 0


@pytest.mark.shared
@pytest.mark.parametrize("pose", ["movenet-lightning", "movenet-thunder+blazepose-full"])
def test_nobody_in_a_real_empty_room(shared, pose):
    """The first of the six people comes in at about frame 64; in some frames before it the detector doubts."""

    clip = shared / "data/tracking/six_people_one_by_one.mp4"
    poses = real(pose, smoothing="off").estimate_video(Beginning(clip, 50))
    assert poses.n_frames == 50
    assert len(poses) == 0


@pytest.fixture(scope="module")
def person(demo_clip):
    with open_source(demo_clip) as source:
        return next(frame.image for frame in source if frame.index == 75)


def apart(first, second):
    """Median distance of the seen joints of the only person, as a share of the body's height."""
    assert len(first) == len(second) == 1
    height = np.ptp(first.keypoints[0, :, 1])
    seen = first.scores[0] > 0.5
    return np.median(np.linalg.norm(first.keypoints[0] - second.keypoints[0], axis=-1)[seen]) / height


@pytest.mark.parametrize("kind", ["grey", "16 bit", "16 bit grey", "palette", "cmyk", "alpha", "jpeg", "webp", "bmp"])
def test_other_kinds_of_pictures_give_about_the_same_pose(person, tmp_path, kind):
    plain = surest(person)
    rgb = Pillow.fromarray(person[..., ::-1])
    path = tmp_path / {"cmyk": "a.jpg", "jpeg": "a.jpg", "webp": "a.webp", "bmp": "a.bmp"}.get(kind, "a.png")
    if kind == "grey":
        rgb.convert("L").save(path)
    elif kind == "16 bit":
        cv2.imwrite(str(path), person.astype(np.uint16) * 257)
    elif kind == "16 bit grey":
        cv2.imwrite(str(path), cv2.cvtColor(person, cv2.COLOR_BGR2GRAY).astype(np.uint16) * 257)
    elif kind == "palette":
        rgb.quantize(256).save(path)
    elif kind == "cmyk":
        rgb.convert("CMYK").save(path, quality=95)
    elif kind == "alpha":
        rgb.convert("RGBA").save(path)
    else:
        rgb.save(path)
    assert apart(plain, surest(path)) < 0.03


def test_metres_come_along(person):
    poses = surest(person)
    assert poses.world.shape == (1, 33, 3)
    hips = poses.world[0, [BLAZEPOSE33.index("left_hip"), BLAZEPOSE33.index("right_hip")]]
    assert np.abs(hips.mean(0)).max() < 0.1
    assert 1.2 < np.ptp(poses.world[0, :, 1]) < 2.2


def test_a_custom_detector_with_the_embedded_pose_model(tmp_path, person):
    plain = surest(person)
    scale = 320 / person.shape[1]
    box = plain.bbox[0] * scale
    path = detector_model(tmp_path / "mine.onnx", [(*box, 0.9)], size=(1, 3, 320, 320))
    poses = PoseEstimator(detector=str(path), pose="movenet-lightning+blazepose-full").estimate_image(person)
    assert poses.detector == "mine"
    assert apart(plain, poses) < 0.05


def test_the_embedded_detector_with_a_custom_pose_model(tmp_path, person):
    points = np.random.default_rng(0).uniform(8, 40, (5, 2))
    path = pose_model(tmp_path / "five.onnx", points)
    poses = PoseEstimator(pose=str(path), max_people=1).estimate_image(person)
    assert len(poses) == 1
    assert poses.keypoints.shape == (1, 5, 2)
    assert poses.pose_model == "five"
    assert poses.world is None
    x0, y0, x1, y1 = poses.bbox[0]
    assert (poses.keypoints[0] >= (x0 - 1, y0 - 1)).all()
    assert (poses.keypoints[0] <= (x1 + 1, y1 + 1)).all()


def test_a_detector_that_leaves_its_size_open_is_warmed_up_with_a_picture_it_can_take(tmp_path):
    """As the real RTMDet export does: a picture of one pixel breaks it."""
    square = helper.make_tensor("square", TensorProto.INT64, [4], [1, 3, 320, 320])
    found = helper.make_tensor("found", TensorProto.FLOAT, [1, 1, 5], [80, 40, 200, 300, 0.9])
    labels = helper.make_tensor("labels_value", TensorProto.INT64, [1, 1], [0])
    graph = helper.make_graph(
        [
            helper.make_node("Reshape", ["input", "square"], ["picture"]),
            helper.make_node("ReduceSum", ["picture"], ["sum"], keepdims=0),
            helper.make_node("Mul", ["sum", "nothing"], ["zero"]),
            helper.make_node("Add", ["found", "zero"], ["dets"]),
            helper.make_node("Identity", ["labels_value"], ["labels"]),
        ],
        "open",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["batch", 3, "height", "width"])],
        [helper.make_tensor_value_info("dets", TensorProto.FLOAT, [1, 1, 5]),
         helper.make_tensor_value_info("labels", TensorProto.INT64, [1, 1])],
        [square, found, labels, helper.make_tensor("nothing", TensorProto.FLOAT, [], [0])],
    )  # fmt: skip
    path = tmp_path / "open_320.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    poses = PoseEstimator(detector=str(path), pose="movenet-lightning").estimate_image(
        np.zeros((320, 320, 3), np.uint8)
    )
    assert poses.detector == "open_320"


@pytest.fixture(scope="module")
def template(shared, tmp_path_factory):
    """The RTMPose graph that answers with a standing person in any box."""
    target = tmp_path_factory.mktemp("models") / "template.onnx"
    source = shared / "models/test/rtmpose_t_coco17_256x192_random_weights.onnx"
    script = shared / "models/make_template_model.py"
    subprocess.run([sys.executable, str(script), str(source), str(target)], check=True)
    return str(target)


@pytest.mark.shared
@pytest.mark.parametrize("every", ["auto", 5])
def test_rtmdet_and_rtmpose_end_to_end(shared, template, demo_clip, every):
    rtmdet = str(shared / "models/test/rtmdet_nano_person_320.onnx")
    estimator = PoseEstimator(detector=rtmdet, pose=template, detect_every=every)
    result = estimator.run(Beginning(demo_clip, 40))
    assert result.poses.skeleton == COCO17
    assert (result.poses.detector, result.poses.pose_model) == ("rtmdet_nano_person_320", "template")
    # The template sees nothing: between two detections it stands where the person was, who may have walked off by then.
    rows = result.poses.track_id == 1 if every == 5 else slice(None)
    assert set(result.poses.frame[rows].tolist()) == set(range(40))
    most = 9 if every == 5 else 20  # one early look at who is lost
    assert result.timings.detector_runs <= most
    assert np.isfinite(result.poses.keypoints).all()


@pytest.mark.shared
@pytest.mark.parametrize("detector", ["movenet-multipose", "rtmdet"])
@pytest.mark.parametrize("pose", ["blazepose-full", "template"])
def test_detectors_and_pose_models_mix_freely(shared, template, person, detector, pose):
    rtmdet = str(shared / "models/test/rtmdet_nano_person_320.onnx")
    estimator = PoseEstimator(
        detector=rtmdet if detector == "rtmdet" else detector,
        pose=template if pose == "template" else pose,
        max_people=1,
    )
    poses = estimator.estimate_image(person)
    plain = surest(person)
    assert len(poses) == 1
    assert box_iou(poses.bbox, plain.bbox)[0, 0] > 0.6
    middle = np.nanmean(poses.keypoints[0], axis=0)
    assert (plain.bbox[0, :2] < middle).all()
    assert (middle < plain.bbox[0, 2:]).all()
    assert (poses.world is None) == (pose == "template")


def test_a_wrong_smoothing_is_refused_before_the_work():
    with pytest.raises(SettingsError, match="smooth: expected one of off, light, strong, got 'medium'"):
        PoseEstimator(pose="movenet-lightning", smoothing="medium")


def test_ctrl_c_while_smoothing_keeps_what_was_done(painted, monkeypatch):
    """Of half an hour smoothing takes ten seconds, in which nothing seems to happen."""

    def interrupt(*_):
        raise KeyboardInterrupt

    estimator = painted()
    monkeypatch.setattr(module, "smooth", interrupt)
    result = estimator.run(PaintedSource(TWO, 30))
    assert result.stopped_early
    assert result.poses.track_ids == (1, 2)
    assert result.poses.raw_keypoints is None


def test_models_that_are_ready():
    detector, pose = PaintedDetector(), PaintedPose()
    estimator = PoseEstimator(detector, pose, smoothing="off")
    poses = estimator.estimate_video(PaintedSource(TWO, 12))
    assert poses.track_ids == (1, 2)
    assert (poses.detector, poses.pose_model) == ("PaintedDetector", "PaintedPose")
    assert detector.session.calls > 0
    assert pose.session.calls == 24
    assert {name: loaded.model for name, loaded in estimator.models.items()} == {"detector": detector, "pose": pose}


@pytest.mark.parametrize("name", ["movenet-lightning", "movenet-lightning+blazepose-full"])
def test_a_ready_model_of_a_file_is_known_by_its_digest(name):
    """So that no checkpoint goes on with another model of the same class."""
    ready = PoseEstimator(PaintedDetector(), load_pose_model(name).model)
    assert ready.pose.sha256 == model_sha256(name, ("pose",))
    assert ready.detector.sha256 == ""


def test_a_one_stage_tracker_restored_at_every_frame_does_the_same():
    def fresh():
        return OneStageTracker(PaintedPeople())

    walk = lambda t: {1: standing(120 + 60 * t), 2: standing(400 - 60 * t)}  # noqa: E731
    steady, restored = fresh(), fresh()
    for frame in PaintedSource(walk, 40):
        state = restored.state()
        restored = fresh()
        restored.restore(state)
        expected, got = (tracker.step(frame.time_s, frame.image) for tracker in (steady, restored))
        assert got.ids.tolist() == expected.ids.tolist()
        np.testing.assert_array_equal(got.joints.keypoints, expected.joints.keypoints)
    assert len(expected.ids) == 2


def test_a_ready_detector_with_a_named_pose_model(person):
    ready = load_detector("movenet-multipose").model
    mixed = PoseEstimator(ready, "movenet-lightning").estimate_image(person)
    named = PoseEstimator("movenet-multipose", "movenet-lightning").estimate_image(person)
    assert mixed.detector == "MultiPose"
    assert np.array_equal(mixed.keypoints, named.keypoints)


class PaintedPeople(PaintedDetector):
    """A one-stage model: boxes and joints of everyone painted, in one run."""

    skeleton = COCO17
    presence_limit = 0.3

    def people(self, image):
        return PaintedPose().estimate(image, self.detect(image))


def test_a_one_stage_model_needs_no_detector():
    model = PaintedPeople()
    result = PoseEstimator(pose=model, smoothing="off", max_people=2).run(
        PaintedSource(always(standing(100), standing(300), standing(500)), 20)
    )
    assert result.poses.track_ids == (1, 2)
    assert result.poses.frame.tolist() == [i // 2 for i in range(40)]
    assert (result.poses.detector, result.poses.pose_model) == ("", "PaintedPeople")
    assert (result.timings.detector_runs, result.timings.pose_runs) == (0, 20)
    assert len(PoseEstimator(pose=model).estimate_image(paint(TWO(0)))) == 2


@pytest.mark.parametrize("options", [{"detector": "movenet-multipose"}, {"detect_every": 5}])
@pytest.mark.parametrize("pose", ["movenet-multipose", PaintedPeople()])
def test_a_one_stage_model_with_a_detector_is_refused(pose, options):
    with pytest.raises(SettingsError, match="finds people by itself: leave out the detector and detect-every"):
        PoseEstimator(pose=pose, **options)


def test_the_embedded_one_stage_model(person):
    poses = PoseEstimator(pose="movenet-multipose").estimate_image(person)
    assert poses.skeleton == COCO17
    assert box_iou(poses.bbox[:1], surest(person).bbox)[0].max() > 0.6
