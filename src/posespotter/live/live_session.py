"""`LiveSession`: frames of one camera in; people, counted repetitions and falls out."""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import asdict

from posespotter.assessments import load_assessment
from posespotter.errors import InputError, PoseSpotterError, SettingsError
from posespotter.estimation.estimator import PoseEstimator
from posespotter.estimation.pose_stream import LiveEstimator
from posespotter.exercises.definitions.catalog import exercise_names, load_exercise
from posespotter.exercises.target import DepthMeter, target_of
from posespotter.falls.classifier import FallClassifier, embedded
from posespotter.falls.monitor import FallMonitor
from posespotter.falls.zones import Zone
from posespotter.live.jpeg import decode_jpeg
from posespotter.live.messages import (
    ClientFrame,
    Message,
    Options,
    Record,
    TrialStep,
    poses_message,
    ready_message,
)
from posespotter.live.recordings import Recording, Recordings
from posespotter.live.repetitions import Counting
from posespotter.live.shared_models import LiveModels
from posespotter.live.timed_poses import TimedPoses
from posespotter.live.trial import Trial
from posespotter.media import Frame, SourceInfo
from posespotter.timing import USUAL_FPS

_NAME = "webcam"


class LiveSession:
    """One camera with its options. Not safe for threads: one call at a time."""

    def __init__(
        self,
        models: LiveModels,
        recordings: Recordings,
        background: Executor,
        zones_of: Callable[[str], Sequence[Zone]] = lambda _place: (),
    ) -> None:
        """Begin without a model.

        Args:
            models: shared with the other sessions.
            recordings: shared with the routes that keep or discard them.
            background: where counting runs, beside the pictures.
            zones_of: gives the zones of a place by its name.
        """
        self._models = models
        self._recordings = recordings
        self._background = background
        self._zones_of = zones_of
        self._zones: Sequence[Zone] = ()
        self._options: Options | None = None
        self._estimator: PoseEstimator | None = None
        self._live: LiveEstimator | None = None
        self._size = (0, 0)
        self._index = 0
        self._last: ClientFrame | None = None
        self._counting: Counting | None = None
        self._classifier: FallClassifier | None = None
        self._monitor: FallMonitor | None = None
        self._recording: Recording | None = None
        self._trial: Trial | None = None
        self._depth: DepthMeter | None = None

    def configure(self, options: Options) -> list[Message]:
        """Apply new options; people keep their numbers unless the model changes.

        Raises:
            PoseSpotterError: there is no such model, or no such exercise among those of the program; all stays as it
                was.
        """
        before = self._options
        if options.exercise is not None and options.exercise not in exercise_names():  # a path is no page's business
            raise SettingsError(f"exercise: expected one of {', '.join(exercise_names())}, got {options.exercise!r}.")
        exercise = None if options.exercise is None else load_exercise(options.exercise)
        if before is None or before.pose != options.pose:
            self._estimator = self._models.estimator(options.pose)
            self._live = None
            self._trial = None  # its joints are those of the other model
        assert self._estimator is not None  # noqa: S101 - tells mypy what the first call made sure of
        if exercise is None:
            self._counting = None
        elif self._counting is None or before is None or before.exercise != options.exercise:
            self._counting = Counting(exercise, self._estimator, self._background)
        elif before.pose != options.pose:
            self._counting.forget(self._estimator)
        if exercise is None:
            self._depth = None
        elif before is None or (before.exercise, before.goal) != (options.exercise, options.goal):
            target = target_of(exercise, options.goal)
            self._depth = None if target is None else DepthMeter(target)
        self._options = options
        news = [ready_message(options.pose, self._estimator.pose.model.skeleton)]
        try:
            self._classifier = embedded() if options.falls else None
        except PoseSpotterError as error:  # the pictures go on without it
            self._classifier = None
            news.append({"type": "error", "reason": str(error)})
        if self._classifier is None or before is None or before.place != options.place:
            self._zones = self._zones_of(options.place) if options.place else ()
            self._monitor = None
        return news

    def record(self, message: Record) -> list[Message]:
        """Begin, continue or end a recording of the joints."""
        if not message.on:
            ended, self._recording = self._recording, None
            if ended is not None:
                ended.touch()
            return [{"type": "recording", "on": False, "id": ended.id if ended else None}]
        if self._estimator is None:
            raise InputError("record: expected options before it.")
        recording = self._recording
        if recording is None or recording.id != message.id or recording.estimator is not self._estimator:
            recording = self._recordings.begin(message.time_s, self._estimator, message.id)
        self._recording = recording
        return [{"type": "recording", "on": True, "id": recording.id}]

    def take_step(self, message: TrialStep) -> list[Message]:
        """Begin, time, end or call off an everyday test.

        Raises:
            PoseSpotterError: there is no such test, or none that goes on.
        """
        if message.step == "begin":
            if self._estimator is None:
                raise InputError("test: expected options before it.")
            self._trial = Trial(load_assessment(message.test or ""), self._estimator, self._background)
            return []
        trial = self._trial
        if message.step == "off":
            self._trial = None
            return []
        if trial is None:
            raise InputError("test: none goes on; the connection or the model has changed since it began.")
        if message.step == "go":
            trial.go(message.time_s)
            return []
        self._trial = None
        return [trial.end()]

    def step(self, frame: ClientFrame) -> list[Message]:
        """Estimate one frame.

        Raises:
            InputError: it is no picture that is taken, or not later than the one before.
        """
        if self._options is None or self._estimator is None:
            raise InputError("frame: expected options before the first one.")
        start = time.perf_counter()
        image = decode_jpeg(frame.jpeg)
        if self._last is not None and not (frame.number > self._last.number and frame.time_s > self._last.time_s):
            raise InputError("frame: expected one later than the one before.")
        self._last = ClientFrame(frame.number, frame.time_s, b"")
        live = self._ready_estimator((image.shape[1], image.shape[0]))
        poses = live.estimate(Frame(self._index, frame.time_s, image))
        self._index += 1
        sample = TimedPoses(frame.time_s, poses)
        if self._recording is not None:
            self._recording.add(sample)
        falls = self._watch(sample)
        news = [] if self._counting is None else self._counting.offer(sample)
        if self._trial is not None:
            news += self._trial.offer(sample)
        if self._depth is not None and (depth := self._depth.see(poses, frame.time_s)) is not None:
            news.append({"type": "depth", **asdict(depth)})
        answer = poses_message(frame.number, poses, time.perf_counter() - start)
        states = self._states()
        for person in answer["people"]:
            person["state"] = states.get(person["id"])
        return [answer, *falls, *news]

    def _ready_estimator(self, size: tuple[int, int]) -> LiveEstimator:
        """The tracker of people; a new one when the picture has another size, as when a phone is turned."""
        assert self._estimator is not None  # noqa: S101 - step() made sure of it
        if self._live is None or size != self._size:
            self._size = size
            info = SourceInfo(_NAME, "camera", *size, USUAL_FPS, None, live=True)
            self._live = LiveEstimator(self._estimator, info=info)
            self._monitor = None
            if self._counting is not None:
                self._counting.forget()
            if self._recording is not None:
                self._recording.begin_ids_anew()
            if self._trial is not None:
                self._trial.forget()
        return self._live

    def _watch(self, sample: TimedPoses) -> list[Message]:
        if self._classifier is None:
            return []
        if self._monitor is None:
            self._monitor = FallMonitor(self._classifier, frame_size=self._size, zones=self._zones)
        events = self._monitor.update(sample.poses, sample.time_s)
        return [
            {"type": "fall", "id": event.track_id, "time_s": event.alert_s, "probability": event.peak_probability}
            for event in events
            if event.kind == "fall"  # a "lying" event is shown, without a sound
        ]

    def _states(self) -> Mapping[int, str]:
        if self._monitor is None:
            return {}
        return {track_id: known.state for track_id, known in self._monitor.states.items()}
