"""The models of this machine while the application runs: downloads and measurements that go on when a page is left."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from posespotter.errors import PoseSpotterError
from posespotter.models.cache import state_of
from posespotter.models.fetch import NotFetchedError, model_path
from posespotter.models.load import JOIN
from posespotter.models.zoo import ModelEntry, find_model, load_zoo
from posespotter.progress import Progress
from posespotter.tasks.model_choices import CHOICES
from posespotter.tasks.speed import model_ms

_WITHOUT_A_NETWORK = (
    "Try again when there is a network, or choose a model that is built in. To a computer that never has one, models "
    "are carried with `posespotter models bundle` and `posespotter models import`."
)


@dataclass(frozen=True)
class Download:
    """The progress of a model's download.

    Attributes:
        done_bytes: so far.
        total_bytes: in all; None where the server does not say.
        error: why it ended without a model; empty while it goes on.
    """

    done_bytes: int = 0
    total_bytes: int | None = None
    error: str = ""

    @property
    def share(self) -> float:
        """0..1; 0 while the size is not known."""
        return min(1.0, self.done_bytes / self.total_bytes) if self.total_bytes else 0.0


class ModelsHere:
    """Fetches and measures models, one of each at a time, for all pages together."""

    def __init__(self) -> None:
        self._fetching = ThreadPoolExecutor(1, thread_name_prefix="fetch-model")
        self._measuring = ThreadPoolExecutor(1, thread_name_prefix="measure-model")
        self._downloads: dict[str, Download] = {}
        self._speeds: dict[str, Future[float]] = {}
        self._lock = threading.Lock()

    def fetch(self, entry: ModelEntry) -> None:
        """Begin to fetch a model, unless that goes on already."""
        with self._lock:
            going = self._downloads.get(entry.name)
            if going is not None and not going.error:
                return
            self._downloads[entry.name] = Download(total_bytes=entry.download_bytes)
        self._fetching.submit(self._fetch, entry)

    def download(self, entry: ModelEntry) -> Download | None:
        """Progress of the download, or why it failed; None where there is none."""
        with self._lock:
            return self._downloads.get(entry.name)

    def measure(self) -> None:
        """Begin to time every model that is on this machine and was not timed yet, and the usual composite."""
        names = [entry.name for entry in load_zoo()] + [choice.pose for choice in CHOICES]
        for name in dict.fromkeys(names):
            here = all(state_of(entry) != "not fetched" for entry in parts_of(name))
            if here and name not in self._speeds:
                self._speeds[name] = self._measuring.submit(model_ms, name)

    @property
    def measuring(self) -> bool:
        """Whether a measurement goes on."""
        return any(not future.done() for future in self._speeds.values())

    def speed_ms(self, name: str) -> float | None:
        """Time of one inference of this model here; None where it was not measured."""
        future = self._speeds.get(name)
        return future.result() if future is not None and future.done() and future.exception() is None else None

    def _fetch(self, entry: ModelEntry) -> None:
        try:
            model_path(entry, progress=self._teller(entry))
        except NotFetchedError as error:
            self._set(entry, Download(error=f"{error.reason} {_WITHOUT_A_NETWORK}"))
        except PoseSpotterError as error:
            self._set(entry, Download(error=str(error)))
        except BaseException:
            self._set(entry, Download(error=f"{entry.name} could not be fetched."))
            raise
        else:
            with self._lock:
                del self._downloads[entry.name]

    def _teller(self, entry: ModelEntry) -> Progress:
        return lambda _stage, done, total: self._set(entry, Download(done, total or entry.download_bytes))

    def _set(self, entry: ModelEntry, download: Download) -> None:
        with self._lock:
            self._downloads[entry.name] = download


def parts_of(name: str) -> tuple[ModelEntry, ...]:
    """The models behind a name: one, or the two of a composite."""
    return tuple(find_model(part) for part in name.split(JOIN))


models_here = ModelsHere()
