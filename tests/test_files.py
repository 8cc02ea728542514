"""Results appear whole or not at all."""

import errno
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from posespotter.errors import InputError, OutputError
from posespotter.files import open_plain, read_plain, sha256_of, try_lock, whole


def listed(folder):
    """Everything in `folder`, hidden files too."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def write(target, text="new"):
    with whole(target) as temporary:
        temporary.write_text(text)
        assert temporary.parent == target.parent
        assert temporary.suffix in (target.suffix, ".part")
        assert temporary.name.startswith(".")


def make(target, text="new"):
    with whole(target) as temporary:
        temporary.mkdir()
        (temporary / "a.txt").write_text(text)


def break_off(target, error, *, folder=False):
    with whole(target) as temporary:
        if folder:
            temporary.mkdir()
        (temporary / "half.txt" if folder else temporary).write_text("half")
        raise error


def test_the_digest_of_a_file_is_that_of_its_content(tmp_path):
    (tmp_path / "abc").write_bytes(b"abc")  # FIPS 180-2, example B.1
    assert sha256_of(tmp_path / "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_file_appears_at_the_end(tmp_path):
    target = tmp_path / "a.txt"
    with whole(target) as temporary:
        temporary.write_text("new")
        assert not target.exists()
    assert listed(tmp_path) == ["a.txt"]
    assert target.read_text() == "new"


def test_a_folder_appears_at_the_end(tmp_path):
    make(tmp_path / "run")
    assert listed(tmp_path) == ["run", "run/a.txt"]


def test_folders_above_are_made(tmp_path):
    write(tmp_path / "a" / "b" / "c.txt")
    assert listed(tmp_path) == ["a", "a/b", "a/b/c.txt"]


def test_what_was_there_is_replaced_at_the_end(tmp_path):
    write(tmp_path / "a.txt", "old")
    write(tmp_path / "a.txt", "new")
    assert (tmp_path / "a.txt").read_text() == "new"
    make(tmp_path / "run", "old")
    (tmp_path / "run" / "more.txt").write_text("of the old")
    make(tmp_path / "run", "new")
    assert (tmp_path / "run" / "a.txt").read_text() == "new"
    assert listed(tmp_path) == ["a.txt", "run", "run/a.txt"]


@pytest.mark.parametrize("error", [ValueError("x"), KeyboardInterrupt(), SystemExit(3), InputError("y"), MemoryError()])
@pytest.mark.parametrize("make_it", [write, make])
def test_an_error_leaves_nothing_and_what_was_there_stays(tmp_path, error, make_it):
    target = tmp_path / "a"
    for before in ([], ["a"]):
        if before:
            target.write_text("old")
        with pytest.raises(type(error)) as caught:
            break_off(target, error, folder=make_it is make)
        assert caught.value is error
        assert listed(tmp_path) == before
    assert target.read_text() == "old"


def test_a_file_does_not_take_the_place_of_a_folder(tmp_path):
    make(tmp_path / "run", "old")
    with pytest.raises(OutputError, match="run could not be written: there is a folder of that name"):
        write(tmp_path / "run")
    assert (tmp_path / "run" / "a.txt").read_text() == "old"
    assert listed(tmp_path) == ["run", "run/a.txt"]


def test_a_block_that_makes_nothing_is_an_error(tmp_path):
    with pytest.raises(OutputError, match="No such file"), whole(tmp_path / "a.txt"):
        pass
    assert listed(tmp_path) == []


@pytest.mark.parametrize("place", ["a_file/b.txt", "a_file/b/c.txt"])
def test_a_file_in_place_of_a_folder(tmp_path, place):
    (tmp_path / "a_file").write_text("old")
    with pytest.raises(OutputError, match=r"could not be written: Not a directory|File exists"):
        write(tmp_path / place)
    assert listed(tmp_path) == ["a_file"]


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs Linux")
def test_a_place_where_nobody_may_write():
    with pytest.raises(OutputError, match="could not be written"):
        write(Path("/proc/posespotter/a.txt"))


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EACCES])
def test_the_system_is_quoted(tmp_path, number):
    with pytest.raises(OutputError, match=rf"^{tmp_path}/a\.txt could not be written: {os.strerror(number)}\.$"):
        break_off(tmp_path / "a.txt", OSError(number, os.strerror(number)))
    assert listed(tmp_path) == []


def test_when_the_new_folder_cannot_take_its_place_the_old_one_stays(tmp_path, monkeypatch):
    target = tmp_path / "run"
    make(target, "old")
    replace = Path.replace

    def refuse(self, other):
        if Path(other) == target and ".part" in self.name:
            raise OSError(errno.EXDEV, "no")
        return replace(self, other)

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OutputError):
        make(target, "new")
    assert (target / "a.txt").read_text() == "old"
    assert listed(tmp_path) == ["run", "run/a.txt"]


def test_a_link_to_a_folder_is_replaced_and_its_folder_left_alone(tmp_path):
    make(tmp_path / "elsewhere", "precious")
    (tmp_path / "run").symlink_to(tmp_path / "elsewhere")
    make(tmp_path / "run", "new")
    assert (tmp_path / "elsewhere" / "a.txt").read_text() == "precious"
    assert (tmp_path / "run" / "a.txt").read_text() == "new"
    assert not (tmp_path / "run").is_symlink()


def test_a_link_to_a_file_is_replaced_and_its_file_left_alone(tmp_path):
    """It may be a hostile one, in a folder that was put into the library."""
    (tmp_path / "elsewhere").write_text("precious")
    (tmp_path / "library.json").symlink_to(tmp_path / "elsewhere")
    write(tmp_path / "library.json", "new")
    assert (tmp_path / "elsewhere").read_text() == "precious"
    assert (tmp_path / "library.json").read_text() == "new"


@pytest.mark.parametrize("linked", [False, True])
@pytest.mark.parametrize("make_it", [write, make])
def test_a_device_is_left_alone(tmp_path, make_it, linked):
    os.mkfifo(tmp_path / "pipe")
    if linked:
        (tmp_path / "link").symlink_to("pipe")
    before = listed(tmp_path)
    with pytest.raises(OutputError, match="expected a place for a file or folder, got a device or pipe"):
        make_it(tmp_path / ("link" if linked else "pipe"))
    assert listed(tmp_path) == before
    assert (tmp_path / before[-1]).is_fifo()


@pytest.mark.parametrize(
    ("number", "locked"),
    [
        (errno.ENOLCK, None),  # no locks on this file system
        (errno.ENOTSUP, None),
        (errno.EAGAIN, False),  # somebody else has it
        (errno.EACCES, False),
    ],
)
def test_locks_that_the_system_refuses(tmp_path, monkeypatch, number, locked):
    fcntl = pytest.importorskip("fcntl")

    def refuse(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", refuse)
    with (tmp_path / "lock").open("ab") as file:
        assert try_lock(file.fileno()) is locked


def test_a_lock_lasts_until_the_file_is_closed(tmp_path):
    with (tmp_path / "lock").open("ab") as first, (tmp_path / "lock").open("ab") as second:
        assert try_lock(first.fileno())
        assert not try_lock(second.fileno())
        first.close()
        assert try_lock(second.fileno())


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("x" * 240, id="long"),
        pytest.param("中" * 80, id="chinese"),
        pytest.param("🤸" * 60, id="emoji"),
        pytest.param("3. " + "中" * 80, id="a point early"),
        "ä ö",
        "a.b.c",
        ".hidden",
        "%s {0} $x",
        "-o",
    ],
)
@pytest.mark.parametrize("make_it", [write, make])
def test_names(tmp_path, name, make_it):
    make_it(tmp_path / name)
    make_it(tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_killed_process_leaves_nothing_that_looks_finished(tmp_path):
    code = (
        "import os, signal, sys; from pathlib import Path; from posespotter.files import whole\n"
        "with whole(Path(sys.argv[1])) as t:\n"
        "    t.mkdir(); (t / 'a.txt').write_text('half'); os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "run")], check=False)
    assert not (tmp_path / "run").exists()
    assert all(path.name.startswith(".") for path in tmp_path.iterdir())
    make(tmp_path / "run")
    assert (tmp_path / "run" / "a.txt").read_text() == "new"


def not_plain(tmp_path):
    """What stands in the place of a file and would be waited for, or read for ever."""
    os.mkfifo(tmp_path / "pipe")
    for name, target in (("zero", "/dev/zero"), ("null", "/dev/null"), ("link", tmp_path / "pipe")):
        (tmp_path / name).symlink_to(target)
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(tmp_path / "socket"))
    return [tmp_path / name for name in ("pipe", "zero", "null", "link", "socket")]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes with names")
def test_pipes_and_devices_are_no_files(tmp_path):
    for path in not_plain(tmp_path):
        with pytest.raises(OSError, match="it is a pipe or a device, not a file"):
            open_plain(path)
    with pytest.raises(IsADirectoryError):
        open_plain(tmp_path)
    with pytest.raises(FileNotFoundError):
        open_plain(tmp_path / "none")


def test_a_file_is_read_up_to_a_size(tmp_path):
    (tmp_path / "a").write_bytes(b"12345")
    (tmp_path / "link").symlink_to(tmp_path / "a")
    assert read_plain(tmp_path / "a", 5) == read_plain(tmp_path / "link", 9) == b"12345"
    with pytest.raises(OSError, match="larger than 4e-06 MB"):
        read_plain(tmp_path / "a", 4)
