"""The folder of one run: its name, and that no earlier result is lost by accident."""

import pytest

from posespotter.errors import OutputError
from posespotter.tasks.run_folder.folders import RUN_FILE, folder_name, run_folder, stem_of


@pytest.mark.parametrize(
    ("spec", "stem"),
    [
        ("walk.mp4", "walk"),
        ("/some/where/walk.mp4", "walk"),
        ("./walk", "walk"),
        ("walk.final.mp4", "walk.final"),
        ("Übung 3 – Kniebeuge.mov", "Übung 3 - Kniebeuge"),
        ("第一课.mp4", "第一课"),
        ("วิดีโอ.mp4", "วิดีโอ"),
        ("वीडियो.mp4", "वीडियो"),
        ("U\u0308bung.mp4", "Übung"),  # as macOS writes it, in two characters
        ("😀 ☀\ufe0f.mp4", "😀 ☀\ufe0f"),
        ("😀" * 80 + ".mp4", "😀" * 50),  # 200 bytes
        ("<a>|b~$`c^\n\u202e\udcffd.mp4", "a-b-c-d"),
        ("a:b*c?.mp4", "a-b-c"),
        ("...mp4", "unnamed"),
        (".mp4", "mp4"),
        ("shots/frame_*.png", "frame_"),
        ("shots/*.png", "shots"),
        ("0", "camera-0"),
        ("12", "camera-12"),
        ("x" * 300 + ".mp4", "x" * 100),
        ("课" * 100 + ".mp4", "课" * 66),  # 198 bytes
        ("rtsp://cam/live", "cam-live"),
        ("http://192.168.1.7:8080/video", "192.168.1.7-8080-video"),
        # Nothing secret of an address may end up in the name of a folder.
        ("rtsp://admin:hunter2@cam:554/live", "cam-554-live"),
        ("RTSP://admin:hunter2@cam/live", "cam-live"),
        ("rtsp://admin:hun@ter2@cam/live", "cam-live"),
        ("rtsp://admin:hunt/er2@cam/live", "cam-live"),
        ("http://cam/video?user=admin&password=hunter2", "cam-video"),
        ("rtsp://cam/user=admin&password=hunter2&channel=1", "cam-user-password-channel-1"),
        ("https://cam/video#hunter2", "cam-video"),
    ],
)
def test_names(spec, stem):
    assert stem_of(spec) == stem


@pytest.mark.parametrize("name", ["urfd-1.0-test", "v1.5", "2024", "Küche 2"])
def test_a_name_that_is_no_file_is_kept_whole(name):
    assert folder_name(name) == name


def test_the_name_is_the_one_the_user_gave(tmp_path, monkeypatch):
    """Not that of the file behind a link; of a folder that is named by dots, its own."""
    (tmp_path / "clip" / "frames").mkdir(parents=True)
    (tmp_path / "0001.mp4").touch()
    (tmp_path / "walk.mp4").symlink_to(tmp_path / "0001.mp4")
    assert stem_of(str(tmp_path / "walk.mp4")) == "walk"
    monkeypatch.chdir(tmp_path / "clip" / "frames")
    assert stem_of(".") == "frames"
    assert stem_of("..") == "clip"
    assert stem_of("../frames/") == "frames"


@pytest.mark.parametrize("name", ["../../etc/passwd", "..", "/", "~", "a/../../b", "C:\\x\\..", "con/..\\..\\x"])
def test_no_name_leads_out_of_the_folder(tmp_path, name):
    with run_folder(tmp_path / "out", name, overwrite=False) as (temporary, target):
        assert temporary.parent == target.parent == tmp_path / "out"
        assert target.name not in {"", ".", ".."}


def run(out, name="walk", text="new", *, overwrite=False):
    with run_folder(out, name, overwrite=overwrite) as (folder, target):
        (folder / RUN_FILE).write_text(text)
    return target.name


def test_a_result_is_never_replaced_unless_asked(tmp_path):
    assert [run(tmp_path) for _ in range(3)] == ["walk", "walk-2", "walk-3"]
    (tmp_path / "walk-2" / RUN_FILE).unlink()
    (tmp_path / "walk-2").rmdir()
    assert run(tmp_path) == "walk-2"
    assert run(tmp_path, text="newest", overwrite=True) == "walk"
    assert (tmp_path / "walk" / RUN_FILE).read_text() == "newest"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["walk", "walk-2", "walk-3"]


@pytest.mark.parametrize("kind", ["empty folder", "folder of others", "file", "link to a file"])
def test_what_posespotter_did_not_make_is_left_alone(tmp_path, kind):
    walk, other = tmp_path / "walk", tmp_path / "other"
    if kind.endswith("file"):
        other.write_text("precious")
        walk.symlink_to(other) if kind.startswith("link") else walk.write_text("precious")
    else:
        walk.mkdir()
        if kind == "folder of others":
            (walk / "poses.parquet").write_text("precious")
    with pytest.raises(OutputError, match="walk is not a result of PoseSpotter and was left alone; choose another"):
        run(tmp_path, overwrite=True)
    assert walk.exists()
    assert run(tmp_path) == "walk-2"
    assert not [path.name for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_a_file_where_the_results_should_go(tmp_path):
    (tmp_path / "out").write_text("precious")
    with pytest.raises(OutputError, match="out: expected a folder for the results, this is a file"):
        run(tmp_path / "out")
    assert (tmp_path / "out").read_text() == "precious"


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize("error", [ValueError(), KeyboardInterrupt()])
def test_an_error_leaves_everything_as_it_was(tmp_path, overwrite, error):
    run(tmp_path, text="old")

    def break_off():
        with run_folder(tmp_path, "walk", overwrite=overwrite) as (folder, _):
            (folder / "poses.parquet").write_text("half")
            raise error

    with pytest.raises(type(error)):
        break_off()
    assert (tmp_path / "walk" / RUN_FILE).read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["walk"]
