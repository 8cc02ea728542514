"""Carry models to a machine without a network: one zip of .onnx files, checked against our own zoo on arrival."""

import json
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from posespotter.errors import InputError, ModelError, OutputError
from posespotter.files import whole
from posespotter.models.cache import (
    MAX_MODEL_BYTES,
    WrongChecksumError,
    disk_errors_explained,
    one_process,
    placed,
    state_of,
)
from posespotter.models.fetch import model_path
from posespotter.models.zoo import ModelEntry, find_model, load_zoo
from posespotter.progress import Progress

# For people who open the zip: names, digests, licences. The import does not read it.
_MANIFEST = "manifest.json"


def bundle_models(
    names: Sequence[str], file: Path, *, progress: Callable[[ModelEntry], Progress | None] | None = None
) -> tuple[ModelEntry, ...]:
    """Write models into one zip file, fetching first those that are not on this machine.

    Args:
        names: models of the zoo; none means every fetched model of this machine. Embedded ones are left out: every
            machine has them.
        file: the bundle, which must not exist yet.
        progress: asked for a `Progress` before each model.

    Returns:
        The models in the bundle.

    Raises:
        ModelError: a name is unknown, a model could not be fetched, or there is nothing to bundle.
        OutputError: the file exists already or could not be written.
    """
    if file.exists():
        raise OutputError(f"{file} exists already. Choose another name, or remove it first.")
    chosen = [find_model(name) for name in dict.fromkeys(names)] or [e for e in load_zoo() if state_of(e) == "cached"]
    entries = tuple(entry for entry in chosen if not entry.embedded)
    if not entries:
        raise ModelError(
            "There is nothing to bundle: name models that are fetched, as in --models rtmdet-nano,rtmpose-m."
        )
    paths = [model_path(entry, progress=progress(entry) if progress else None) for entry in entries]
    manifest = {
        "made_by": "posespotter models bundle",
        "models": [{"name": entry.name, "sha256": entry.sha256, "licence": entry.licence} for entry in entries],
    }
    with (
        whole(file) as temporary,
        zipfile.ZipFile(temporary, "w", zipfile.ZIP_STORED, strict_timestamps=False) as bundle,
    ):
        bundle.writestr(_MANIFEST, json.dumps(manifest, indent=2))
        for entry, path in zip(entries, paths, strict=True):
            bundle.write(path, _member_name(entry))
    return entries


def import_bundle(file: Path) -> tuple[ModelEntry, ...]:
    """Put the models of a bundle into the cache: all of them, or none.

    Nothing the bundle says is believed. Its files are known by their names, which must be models of our zoo; their
    SHA-256 must be the zoo's; and no file is written to a path that the bundle names.

    Returns:
        The models that are now in the cache.

    Raises:
        InputError: the file is missing or not a bundle.
        ModelError: a model is unknown or damaged, or the cache could not be written; nothing was imported.
    """
    with _opened(file) as bundle:
        items = [item for item in bundle.infolist() if item.filename != _MANIFEST]
        entries = _entries(items, file)
        with disk_errors_explained("The bundle"), ExitStack() as stack:
            # In one order for all processes, so that two never wait for each other.
            for entry in sorted(entries, key=lambda entry: entry.name):
                stack.enter_context(one_process(entry))
            for entry, item in zip(entries, items, strict=True):
                content = stack.enter_context(bundle.open(item))
                try:
                    stack.enter_context(placed(entry, content))
                except WrongChecksumError as error:
                    raise ModelError(
                        f"{file.name} holds another {entry.name} ({error}). Nothing was imported; "
                        "make the bundle again, with the same version of PoseSpotter."
                    ) from error
    return entries


@contextmanager
def _opened(file: Path) -> Iterator[zipfile.ZipFile]:
    if not file.is_file():
        raise InputError(f"{file} is not a file; expected a bundle made by `posespotter models bundle`.")
    try:
        with zipfile.ZipFile(file) as bundle:
            yield bundle
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise InputError(
            f"{file} is damaged or not a bundle made by `posespotter models bundle` ({error}). Nothing was imported."
        ) from error


def _entries(items: Sequence[zipfile.ZipInfo], file: Path) -> tuple[ModelEntry, ...]:
    """The models that the files of a bundle claim to be; every file is one, each at most once, stored as it is."""
    known = {_member_name(entry): entry for entry in load_zoo() if not entry.embedded}
    names = [item.filename for item in items]
    if not items or len(set(names)) != len(names):
        raise InputError(f"{file} is not a bundle made by `posespotter models bundle`. Nothing was imported.")
    for item in items:
        if item.filename not in known:
            raise ModelError(
                f"{file.name} holds {item.filename!r}, which is no model that this PoseSpotter fetches. "
                "Nothing was imported; make the bundle with the same version of PoseSpotter."
            )
        # A stored file cannot grow when it is read, so the size of the bundle bounds what is written.
        if item.compress_type != zipfile.ZIP_STORED or item.file_size > MAX_MODEL_BYTES:
            raise InputError(f"{file} is compressed or too large, so no bundle of ours. Nothing was imported.")
    return tuple(known[name] for name in names)


def _member_name(entry: ModelEntry) -> str:
    return f"{entry.name}.onnx"
