"""No name leads out of the library, whoever gives it, and links lead nowhere."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from tests.runs.runs_made import task_folder

from posespotter.errors import InputError
from posespotter.runs import Library


@pytest.fixture
def secret(tmp_path):
    """A file outside of the library."""
    file = tmp_path / "secret.txt"
    file.write_text("secret")
    return file


@pytest.fixture
def kept(root, secret):
    """A library with one run that holds links to what is outside."""
    with Library(root) as library:
        run = library.begin("estimate", "walk.mp4")
        folder = task_folder(library.workspace(run.id) / "out", poses__parquet="poses", faults___a__mp4="clip")
        (folder / "link.txt").symlink_to(secret)
        (folder / "inside.parquet").symlink_to("poses.parquet")
        (folder / "way").symlink_to(secret.parent, target_is_directory=True)
        (folder / "source.mp4").symlink_to(secret)
        (folder / "thumbnail.jpg").unlink(missing_ok=True)
        os.mkfifo(folder / "pipe")
        yield library, library.finish(run.id, folder).id


@pytest.mark.parametrize(
    "name", ["poses.parquet", "faults/a.mp4", "./poses.parquet", "faults//a.mp4", "faults/./a.mp4"]
)
def test_files_of_the_run(kept, name):
    library, run_id = kept
    path = library.artefact(run_id, name)
    assert path.is_file()
    assert path.parent.is_relative_to(library.folder(run_id))


HOSTILE = [
    "", ".", "..", "/", "//", "../run.json", "faults/../poses.parquet", "faults/../../../../secret.txt", "/etc/passwd",
    "//etc/passwd", "link.txt", "inside.parquet", "way/secret.txt", "source.mp4", "faults", "pipe", "\0", "run.json\0",
    "..\\run.json", "faults\\a.mp4", "C:\\x", "C:run.json", "x" * 5000, "a/" * 3000, "missing.mp4", "~",
    "run.json/x", "run.json/..", "\udcff", "%2e%2e/run.json", "file:///etc/passwd",
]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_names_that_are_refused(kept, name):
    library, run_id = kept
    with pytest.raises(InputError, match="expected the name of a file of run"):
        library.artefact(run_id, name)


@hypothesis_settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    parts=st.lists(
        st.sampled_from(["..", ".", "", "faults", "a.mp4", "way", "link.txt", "secret.txt", "\\", "/"])
        | st.text(max_size=5),
        max_size=8,
    )
)
def test_whatever_the_name_nothing_from_outside_comes(kept, parts):
    library, run_id = kept
    folder = library.folder(run_id)
    try:
        path = library.artefact(run_id, "/".join(parts))
    except InputError:
        return
    assert path.resolve() == path.absolute()
    assert path.is_relative_to(folder)
    assert path.read_text() != "secret"


def test_links_are_not_listed(kept, tmp_path):
    library, run_id = kept
    assert library.artefacts(run_id) == ["faults/a.mp4", "poses.parquet", "run.json"]
    assert library.source(run_id) is None
    library.export(run_id, tmp_path / "out.zip")
    assert b"secret" not in (tmp_path / "out.zip").read_bytes()


def test_a_link_in_place_of_the_run(kept, tmp_path, secret):
    """Somebody has put a link where the folder was: it gives nothing, and deleting removes the link alone."""
    library, run_id = kept
    elsewhere = tmp_path / "elsewhere"
    library.folder(run_id).rename(elsewhere)
    library.folder(run_id).symlink_to(elsewhere, target_is_directory=True)
    with pytest.raises(InputError):
        library.artefact(run_id, "poses.parquet")
    assert library.artefacts(run_id) == []
    library.delete(run_id)
    assert (elsewhere / "poses.parquet").read_text() == "poses"
    assert not os.path.lexists(library.folder(run_id))


def test_deleting_follows_no_links(kept, tmp_path, secret):
    library, run_id = kept
    library.delete(run_id)
    assert secret.read_text() == "secret"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["library", "secret.txt"]
    assert [path for path in library.root.rglob("*") if run_id in path.name] == []


def test_an_id_is_checked_before_it_becomes_a_path(kept):
    library, _ = kept
    for reach in (library.folder, library.workspace, library.artefacts, library.thumbnail, library.source, library.run):
        for text in ("..", "../..", "", "/", "x"):
            with pytest.raises(InputError, match="expected the id of a run"):
                reach(text)
    assert {path.name for path in library.root.iterdir()} <= {"runs", "work", "trash", "index.sqlite"}


def test_another_disk(root, tmp_path, monkeypatch):
    """A folder that cannot be moved at once is copied near first."""
    elsewhere = Path("/dev/shm")
    if not elsewhere.is_dir() or elsewhere.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("needs a second file system")
    folder = task_folder(elsewhere / f"posespotter-{tmp_path.name}-{os.getpid()}", poses__parquet="x")
    with Library(root) as library:
        run = library.finish(library.begin("estimate", "walk.mp4").id, folder)
        assert library.artefact(run.id, "poses.parquet").read_text() == "x"
    assert not folder.exists()
