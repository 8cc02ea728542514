"""The webcam's routes: a socket that takes pictures and gives the people in them, and where recordings are kept.

Whether a page of this application asks is checked for all routes at once, by `same_origin.SameOrigin`.
"""

import asyncio
import json
import logging
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette import status
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect

from posespotter.errors import InputError, PoseSpotterError
from posespotter.live.limits import LIMITS as LIVE_LIMITS
from posespotter.live.messages import (
    PATH,
    ClientFrame,
    ClientMessage,
    Message,
    Options,
    TrialStep,
    read_frame,
    read_message,
    refused_message,
)
from posespotter.live.recordings import Recording, Recordings
from posespotter.live.shared_models import LiveModels
from posespotter.models.session import cpu_threads
from posespotter.runs import Library
from posespotter.runs.notes.people import People
from posespotter.runs.notes.places import Places
from posespotter.settings import settings
from posespotter.ui.limits import LIMITS, ServerLimits

# The models, video and drawing are imported when they are first needed: the first page does not wait for them.
if TYPE_CHECKING:
    from posespotter.live.live_session import LiveSession
    from posespotter.ui.keeping import Kept

ASSETS = "/webcam/assets"
RECORDINGS = "/webcam/recordings"
SKELETONS = "/webcam/skeletons"
TARGETS = "/webcam/targets"

_ASSETS_FOLDER = Path(__file__).parents[1] / "webcam"

_log = logging.getLogger(__name__)


class Webcam:
    """Shared state of all pages with a camera: the models, the threads, the recordings that wait to be kept."""

    def __init__(self, library: Callable[[], Library], limits: ServerLimits = LIMITS) -> None:
        """Load nothing yet.

        Args:
            library: gives where recordings are kept.
            limits: how many pages at once, and how long one may be silent.
        """
        self._library = library
        self.recordings = Recordings()
        self._limits = limits
        self._clients = 0
        self._models = LiveModels()
        # The networks use all cores by themselves; a second thread decodes and follows meanwhile.
        self._work = ThreadPoolExecutor(max(2, cpu_threads()), thread_name_prefix="webcam")
        self._background = ThreadPoolExecutor(1, thread_name_prefix="counting")
        self._keeping = ThreadPoolExecutor(1, thread_name_prefix="keeping")

    def routes(self) -> list[BaseRoute]:
        """Routes for the application."""
        return [
            WebSocketRoute(PATH, self.socket),
            Route(RECORDINGS, self.keep_video, methods=["POST"]),
            Route(f"{SKELETONS}/{{recording}}", self.keep_skeletons, methods=["POST"]),
            Route(f"{SKELETONS}/{{recording}}", self.discard, methods=["DELETE"]),
            Route(f"{TARGETS}/{{exercise}}", self.targets),
            Mount(ASSETS, _FreshFiles(directory=_ASSETS_FOLDER)),
        ]

    async def socket(self, websocket: WebSocket) -> None:
        """Serve one page until it leaves."""
        await websocket.accept()
        if self._clients >= self._limits.webcams:
            reason = f"{self._limits.webcams} cameras are in use on this server. Try again when one has stopped."
            await _farewell(websocket, status.WS_1013_TRY_AGAIN_LATER, reason)
            return
        self._clients += 1
        try:
            session = await asyncio.get_running_loop().run_in_executor(self._work, self._new_session)
            await _Conversation(websocket, session, self._work, self._limits.webcam_silent_s).run()
        finally:
            self._clients -= 1
            self._forget_later()

    def _forget_later(self) -> None:
        """Forget old recordings in time, also without further requests."""
        if len(self.recordings):
            wait_s = self.recordings.forgotten_after_s + 1.0  # a timer of the loop may come a little early
            asyncio.get_running_loop().call_later(wait_s, self.recordings.forget_old)

    def _new_session(self) -> "LiveSession":
        from posespotter.live.live_session import LiveSession

        places = Places(self._library().root)
        return LiveSession(self._models, self.recordings, self._background, places.zones)

    async def keep_video(self, request: Request) -> Response:
        """Take what a browser recorded, cut it, and put it into the library. The body is the video."""
        with TemporaryDirectory(prefix="posespotter-") as folder:
            upload = Path(folder) / "recording"
            try:
                wish = _KeepWish.of(request)
                await _store(request, upload, settings().max_upload_mb * 1_000_000)
                return await self._keep(lambda: self._video_kept(upload, wish))
            except PoseSpotterError as error:
                return _refused(error)

    async def keep_skeletons(self, request: Request) -> Response:
        """Put the joints that the server saw while a page recorded into the library."""
        try:
            wish = _KeepWish.of(request)
            recording = self.recordings.get(request.path_params["recording"])
            answer = await self._keep(lambda: self._skeletons_kept(recording, wish))
        except PoseSpotterError as error:
            self._forget_later()
            return _refused(error)
        self.recordings.discard(recording.id)
        return answer

    async def discard(self, request: Request) -> Response:
        """Forget a recording."""
        self.recordings.discard(request.path_params["recording"])
        return Response(status_code=204)

    async def targets(self, request: Request) -> Response:
        """The depths that may be asked for in an exercise: its own limit, and what each person usually reaches."""
        try:
            return JSONResponse(await run_in_threadpool(self._targets, request.path_params["exercise"]))
        except PoseSpotterError as error:
            return _refused(error)

    def _targets(self, name: str) -> dict[str, Any]:
        from posespotter.exercises import exercise_names, load_exercise
        from posespotter.exercises.target import direction_of, target_of
        from posespotter.runs.own_targets import own_targets

        if name not in exercise_names():  # a path is no page's business
            raise InputError(f"exercise: expected one of {', '.join(exercise_names())}, got {name[:80]!r}.")
        target = target_of(load_exercise(name))
        if target is None:
            return {"direction": None, "choices": []}
        own = own_targets(self._library(), People(self._library().root), target)
        choices: list[dict[str, Any]] = [{"goal": None, "label": f"The exercise's limit, {target.words}"}]
        for one in own.values():
            goal = round(one.goal, 3)
            choices.append({"goal": goal, "label": f"{one.name}'s usual, {replace(target, goal=goal).words}"})
        return {"direction": direction_of(target), "choices": choices}

    def _video_kept(self, upload: Path, wish: "_KeepWish") -> "Kept":
        from posespotter.ui.keeping import keep_video

        return keep_video(self._library(), upload, wish.name, wish.start_s, wish.end_s, wish.kept_test)

    def _skeletons_kept(self, recording: Recording, wish: "_KeepWish") -> "Kept":
        from posespotter.ui.keeping import keep_skeletons

        return keep_skeletons(self._library(), recording, wish.name, wish.start_s, wish.end_s, wish.kept_test)

    async def _keep(self, work: "Callable[[], Kept]") -> Response:
        kept = await asyncio.get_running_loop().run_in_executor(self._keeping, work)
        return JSONResponse(asdict(kept), 201)


class _FreshFiles(StaticFiles):
    """A browser asks whether its copies are still true: modules of two versions do not fit together."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "no-cache"
        return response


class _KeepWish(BaseModel):
    """A request to keep a recording: seconds after its beginning, a name to show, and the test that it is of."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    start_s: Annotated[float, Field(ge=0, le=LIVE_LIMITS.recording_s)]
    end_s: Annotated[float, Field(gt=0, le=2 * LIVE_LIMITS.recording_s)]
    name: Annotated[str, Field(max_length=200)] = ""
    test: Annotated[str, Field(max_length=100)] = ""
    go_s: Annotated[float, Field(ge=-LIVE_LIMITS.recording_s, le=2 * LIVE_LIMITS.recording_s)] | None = None

    @classmethod
    def of(cls, request: Request) -> "_KeepWish":
        try:
            wish = cls.model_validate(dict(request.query_params))
        except ValidationError as error:
            raise InputError(f"recording: {error.errors()[0]['msg']}.") from None
        if wish.end_s <= wish.start_s:
            raise InputError(f"recording: expected an end after {wish.start_s:g} s, got {wish.end_s:g} s.")
        return wish

    @property
    def kept_test(self) -> Mapping[str, Any] | None:
        """Options of the job that judges the recording as a test, with Go after the beginning of what is kept."""
        if not self.test:
            return None
        go_s = None if self.go_s is None else self.go_s - self.start_s
        return {"test": self.test} | ({"start_s": round(go_s, 3)} if go_s is not None and go_s >= 0 else {})


async def _store(request: Request, target: Path, most_bytes: int) -> None:
    """Write the body to a file.

    Raises:
        InputError: it is longer than `most_bytes`, or empty.
    """
    size = 0
    with target.open("wb") as file:
        async for piece in request.stream():
            size += len(piece)
            if size > most_bytes:
                raise InputError(
                    f"recording: expected at most {most_bytes / 1e6:.0f} MB. Record a shorter one, or raise the limit "
                    "for uploads in Settings, in another tab: leaving this page discards the recording."
                )
            file.write(piece)
    if not size:
        raise InputError("recording: expected a video, got nothing.")


def _refused(error: PoseSpotterError) -> Response:
    return JSONResponse({"reason": str(error)}, 422)


class _Conversation:
    """One page: a task that reads messages, and one that processes the newest picture and answers."""

    def __init__(self, websocket: WebSocket, session: "LiveSession", threads: Executor, silent_s: float) -> None:
        self._websocket = websocket
        self._session = session
        self._threads = threads
        self._silent_s = silent_s
        self._wishes: deque[ClientMessage] = deque()
        self._picture: ClientFrame | None = None
        self._answers: list[Message] = []
        self._bad = 0
        self._something = asyncio.Event()

    async def run(self) -> None:
        """Talk until the page leaves, is silent for long, or talks nonsense.

        A silent page is closed without a word: it is hidden, or has no pictures, and connects anew by itself.
        """
        tasks = {asyncio.create_task(self._read()), asyncio.create_task(self._serve())}
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        except WebSocketDisconnect:
            pass
        except InputError as error:
            await _farewell(self._websocket, status.WS_1008_POLICY_VIOLATION, str(error))
        except Exception:
            _log.exception("the webcam's socket failed")
            await _farewell(self._websocket, status.WS_1011_INTERNAL_ERROR, "The server failed; see its log.")
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _read(self) -> None:
        while True:
            try:
                message = await asyncio.wait_for(self._websocket.receive(), self._silent_s)
            except TimeoutError:
                await self._websocket.close(status.WS_1000_NORMAL_CLOSURE)
                return
            if message["type"] == "websocket.disconnect":
                return
            try:
                self._take(message)
            except InputError as error:
                self._refuse(None, error)
            self._something.set()

    def _take(self, message: Any) -> None:
        data, text = message.get("bytes"), message.get("text")
        if data is not None:
            picture = read_frame(data)
            if self._picture is not None:
                self._answers.append({"type": "dropped", "frame": self._picture.number})
            self._picture = picture
        else:
            self._wishes.append(read_message(text or ""))
        if len(self._wishes) + len(self._answers) > 16:
            raise InputError("message: expected fewer at a time.")

    def _refuse(self, number: int | None, error: PoseSpotterError) -> None:
        self._bad += 1
        if self._bad > 100:  # refused messages; a client that sends more is no page of ours
            raise InputError("Too many messages were refused.")
        self._answers.append(refused_message(number, error))

    async def _serve(self) -> None:
        while True:
            await self._something.wait()
            self._something.clear()
            while self._wishes:
                await self._grant(self._wishes.popleft())
            picture, self._picture = self._picture, None
            if picture is not None:
                self._answers += await self._look(picture)
            answers, self._answers = self._answers, []
            for answer in answers:
                await self._websocket.send_text(json.dumps(answer, separators=(",", ":")))

    async def _grant(self, wish: ClientMessage) -> None:
        try:
            if isinstance(wish, Options):
                self._answers += await self._in_thread(lambda: self._session.configure(wish))
            elif isinstance(wish, TrialStep):
                self._answers += await self._in_thread(lambda: self._session.take_step(wish))
            else:
                self._answers += self._session.record(wish)
        except PoseSpotterError as error:
            self._answers.append({"type": "error", "reason": str(error)})

    async def _look(self, picture: ClientFrame) -> list[Message]:
        try:
            return await self._in_thread(lambda: self._session.step(picture))
        except PoseSpotterError as error:
            self._refuse(picture.number, error)
            return []

    async def _in_thread(self, work: Callable[[], list[Message]]) -> list[Message]:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)


async def _farewell(websocket: WebSocket, code: int, reason: str) -> None:
    """Say why, and close; the page may have left already."""
    try:
        await websocket.send_text(json.dumps({"type": "error", "reason": reason}))
        await websocket.close(code)
    except (WebSocketDisconnect, RuntimeError):  # RuntimeError: it is closed
        return
