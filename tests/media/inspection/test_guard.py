"""A hostile file ends a child process at most; whatever comes, the answer is what it holds or one clear sentence."""

import os
import struct
import subprocess
import sys
import time
import zlib
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from posespotter.errors import InputError
from posespotter.media.inspection import guard
from posespotter.media.inspection.guard import (
    Checked,
    UploadLimits,
    check_upload,
    check_uploads,
    safe_name,
    upload_limits,
)
from posespotter.settings import settings

LIMITS = UploadLimits(megabytes=5, seconds=20, frames=400, video_megapixels=1, image_megapixels=4)


def png(width, height, rows=1):
    """A picture whose header claims a size; its data are those of a few rows."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\0" * (min(width, 1000) * 3 + 1) * rows)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def overwritten(data, atom, offset, new):
    """An MP4 file with some bytes changed, `offset` after the name of an atom."""
    at = data.index(atom) + len(atom) + offset
    return data[:at] + new + data[at + len(new) :]


def encoded(kind, size=(64, 48)):
    data = BytesIO()
    pixels = np.random.default_rng(1).integers(0, 255, (size[1], size[0], 3), np.uint8)
    Image.fromarray(pixels).save(data, kind)
    return data.getvalue()


@pytest.fixture
def good(make_video, tmp_path):
    """Whole files of every family by name."""
    files = {
        "clip.mp4": make_video("clip.mp4", 45, size=(160, 120)),
        "clip.webm": make_video("clip.webm", 20, codec="libvpx-vp9"),
        "clip.avi": make_video("clip.avi", 20, codec="mjpeg", pix_fmt="yuvj420p"),
        "clip.ts": make_video("clip.ts", 20, codec="mpeg2video"),
    }
    for kind in ("jpeg", "png", "webp", "bmp"):
        (tmp_path / f"picture.{kind}").write_bytes(encoded(kind))
        files[f"picture.{kind}"] = tmp_path / f"picture.{kind}"
    return files


def test_good_files(good, demo_clip):
    answers = check_uploads([*good.values(), demo_clip], LIMITS)
    found = dict(zip([*good, "demo"], answers, strict=True))
    assert found["clip.mp4"] == Checked("video", 160, 120, 30.0, 45, 1.5, "h264")
    assert found["demo"] == Checked("video", 960, 540, 30.0, 121, pytest.approx(4.033), "h264")
    assert found["picture.png"] == Checked("image", 64, 48, 0.0, 1, 0.0, "png")
    for name, codec in (("clip.webm", "vp9"), ("clip.avi", "mjpeg"), ("clip.ts", "mpeg2video")):
        assert (found[name].kind, found[name].frames, found[name].codec) == ("video", 20, codec)
        assert found[name].seconds == pytest.approx(20 / 30, abs=0.04)
    for name in ("picture.jpeg", "picture.webp", "picture.bmp"):
        assert (found[name].kind, found[name].width, found[name].height) == ("image", 64, 48)


def test_limits(make_video, tmp_path):
    """Of what is there, not of what the header says."""
    long = make_video("long.mp4", 700, fps=30)
    liar = tmp_path / "liar.mp4"
    data = long.read_bytes()
    # mvhd, tkhd and mdhd tell the length, in their own units.
    for atom, offset in ((b"mvhd", 16), (b"tkhd", 20), (b"mdhd", 16)):
        data = overwritten(data, atom, offset, b"\0\0\0\1")
    liar.write_bytes(data)
    slow = make_video("slow.mp4", 30, times_s=[k * 2.0 for k in range(30)])
    wide = make_video("wide.mp4", 3, size=(1280, 1024))
    (tmp_path / "large.png").write_bytes(png(2200, 2000, rows=3))
    (tmp_path / "heavy.bmp").write_bytes(b"BM" + bytes(6_000_000))
    paths = [long, liar, slow, wide, tmp_path / "large.png", tmp_path / "heavy.bmp"]
    for path, answer, words in zip(
        paths,
        check_uploads(paths, LIMITS),
        (
            "expected a video of at most 400 frames, got more",
            "expected a video of at most 400 frames, got more",
            "expected a video of at most 0.333333 minutes, got 1.0",
            "expected at most 1 megapixels, got 1280x1024",
            "expected at most 4 megapixels, got 2200x2000",
            "expected at most 5 MB, got 6 MB",
        ),
        strict=True,
    ):
        assert isinstance(answer, InputError), path
        assert str(answer).startswith(f"{path}: {words}")


def hostile(good):
    """At least sixty files by name that are cut, bent, renamed or made to do harm."""
    rng = np.random.default_rng(7)
    files = {}
    for name, path in good.items():
        data = path.read_bytes()
        for share in (0.02, 0.3, 0.7, 0.97):
            files[f"cut {share} {name}"] = data[: int(len(data) * share)]
        for seed in range(3):
            bent = bytearray(data)
            for at in rng.integers(0, len(bent), max(4, len(bent) // 400)):
                bent[at] ^= 1 << int(rng.integers(8))
            files[f"bent {seed} {name}"] = bytes(bent)
        files[f"doubled {name}"] = data + data
    mp4 = good["clip.mp4"].read_bytes()
    bomb = BytesIO()
    with ZipFile(bomb, "w", ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(50_000_000))
    files |= {
        "empty.mp4": b"",
        "one.mp4": b"\0",
        "bomb.mp4": bomb.getvalue(),
        "bomb.png": b"\x89PNG\r\n\x1a\n" + zlib.compress(bytes(50_000_000)),
        "huge.png": png(100_000, 100_000),
        "endless.png": png(2**31 - 1, 2**31 - 1),
        "flat.png": png(1500, 1, rows=1),
        "short of rows.png": png(1000, 1000, rows=2),
        "huge.bmp": b"BM" + struct.pack("<IHHIIiiHHIIiiII", 54, 0, 0, 54, 40, 2**30, 2**30, 1, 24, 0, 0, 0, 0, 0, 0),
        "negative.bmp": b"BM" + struct.pack("<IHHIIiiHHIIiiII", 54, 0, 0, 54, 40, -9, -9, 1, 24, 0, 0, 0, 0, 0, 0),
        "huge.gif": b"GIF89a\xff\xff\xff\xff\x80\0\0" + bytes(6) + b",\0\0\0\0\xff\xff\xff\xff\0\2",
        "list.m3u8": b"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
        "list.mp4": b"#EXTM3U\n#EXTINF:10,\n/etc/passwd\n",
        "dash.mp4": b"<?xml version='1.0'?><MPD><BaseURL>file:///etc/passwd</BaseURL></MPD>",
        "concat.mp4": b"ffconcat version 1.0\nfile /etc/passwd\n",
        "sdp.mp4": b"v=0\no=- 0 0 IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n",
        "svg.png": b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>",
        "page.jpg": b"<html><script>alert(1)</script></html>",
        "program.mp4": b"\x7fELF" + bytes(500),
        "postscript.png": b"%!PS-Adobe-3.0 EPSF-3.0\n/x {x} def x\n",
        "pickle.png": b"\x80\x04\x95\x0b\0\0\0\0\0\0\0\x8c\x05posix\x94.",
        "all ones.mp4": b"\xff" * 5000,
        "noise.ts": b"".join(b"\x47" + rng.bytes(187) for _ in range(200)),
        "endless atom.mp4": struct.pack(">I", 2**31) + b"ftypisom" + bytes(100),
        "nested.mp4": mp4[:32] + (struct.pack(">I", 16) + b"moov" + struct.pack(">I", 8) + b"moov") * 3000,
        "many tracks.mp4": mp4.replace(b"stts", b"moov").replace(b"stsz", b"trak"),
        "reference.mov": mp4[:24] + b"\0\0\0\x3cmoov\0\0\0\x34rmra\0\0\0\x2crmda\0\0\0\x24rdrf\0\0\0\0url file:///etc/passwd",
        "many samples.mp4": overwritten(mp4, b"stsz", 8, b"\x7f\xff\xff\xff"),
        "huge frame.mp4": overwritten(mp4, b"avc1", 24, b"\xff\xff\xff\xff"),
        "far times.mp4": overwritten(mp4, b"stts", 12, b"\x7f\xff\xff\xff"),
        "matroska.mkv": b"\x1a\x45\xdf\xa3" + b"\x01" + b"\xff" * 7 + bytes(2000),
        "deep.mkv": b"\x1a\x45\xdf\xa3\x80" + b"\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff" * 200,
    }  # fmt: skip
    return files


NAMES = [
    "../outside.mp4",
    "a\nb.png",
    "quote'\".mp4",
    "-i.mp4",
    "concat:x|y.mp4",
    "%04d.png",
    "$(touch x).mp4",
    "*.mp4",
]


def test_hostile_files(good, tmp_path):
    """Each is answered within ten seconds, and nothing appears anywhere."""
    files = hostile(good)
    for name in NAMES:
        files[name] = good["clip.mp4"].read_bytes()[:3000]
    folder = tmp_path / "uploads" / "box"
    folder.mkdir(parents=True)
    assert len(files) >= 60
    paths = []
    for number, (name, data) in enumerate(files.items()):
        # Stored under a name of ours as the application does; some under what a careless one would make of theirs.
        path = folder / (name.replace("/", "-") if name in NAMES else f"{number:03d}")
        path.write_bytes(data)
        paths.append(path)
    before = sorted(tmp_path.rglob("*"))
    limits = UploadLimits(5, 20, 400, 1, 4, cpu_s=5, wait_s=10)
    start = time.monotonic()
    answers = dict(zip(files, check_uploads(paths, limits), strict=True))
    assert time.monotonic() - start < 10 * len(files)
    assert sorted(tmp_path.rglob("*")) == before
    assert not Path("x").exists()

    for answer in answers.values():
        if isinstance(answer, InputError):
            assert "\n" not in str(answer).replace("a\nb", "")
            assert "Traceback" not in str(answer)
            assert "root:" not in str(answer)
        else:
            assert answer.width * answer.height <= 4e6
    timed_out = [name for name, answer in answers.items() if "could not be read within" in str(answer)]
    assert timed_out == []
    refused = {name for name, answer in answers.items() if isinstance(answer, InputError)}
    assert {name for name in files if name.startswith("cut 0.02")} <= refused
    harmful = set(files) - {name for name in files if name.startswith(("cut", "bent", "doubled"))} - set(NAMES)
    # These hold pictures beside what is wrong with them.
    readable = {"many samples.mp4", "huge frame.mp4", "far times.mp4", "many tracks.mp4", "short of rows.png"}
    assert harmful - refused <= readable
    # The family is recognised, and the rest of a damaged one is worth reading.
    assert {f"doubled {name}" for name in good} - refused


@pytest.mark.parametrize("kind", ["folder", "link", "pipe", "nothing", "zero byte", "device"])
def test_what_is_no_file(tmp_path, good, kind):
    path = tmp_path / "upload"
    if kind == "folder":
        path.mkdir()
    elif kind == "link":
        path.symlink_to(good["clip.mp4"])
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "zero byte":
        path = tmp_path / "a\0b"
    elif kind == "device":
        path = Path("/dev/zero")
    with pytest.raises(InputError, match=r"expected a file, got a folder, a link or a device|could not be read"):
        check_upload(path, LIMITS)


def test_the_message_says_the_senders_name(tmp_path):
    path = tmp_path / "3f2a"
    path.write_bytes(b"%PDF-1.7")
    with pytest.raises(InputError, match=r"^holiday\.mp4: expected a picture .* got a PDF document"):
        check_upload(path, LIMITS, name="../../holiday.mp4")
    with pytest.raises(InputError, match=r"^3f2a: expected a picture"):
        check_upload(path, LIMITS)


class TestTheChild:
    """What a child may do that a decoder has taken over, or that has died."""

    @pytest.fixture
    def child(self, monkeypatch, tmp_path):
        """Puts a program in the child's place and checks three files with it."""

        def check(program, wait_s=10.0):
            (tmp_path / "evil_child.py").write_text(program)
            monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
            monkeypatch.setattr(guard, "CHILD", "evil_child")
            limits = UploadLimits(5, 20, 400, 1, 4, cpu_s=2, wait_s=wait_s)
            paths = [tmp_path / name for name in "abc"]
            for path in paths:
                path.write_text("x")
            return check_uploads(paths, limits)

        return check

    @pytest.mark.parametrize(
        "program",
        [
            "import os; os.abort()",
            "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
            "raise SystemExit(0)",
            "import os; os.close(0); os.close(1)",
            "import sys; sys.stdin.read(); print('garbage'); print('{}'); print('[]')",
            "import sys; sys.stdin.read(); print('x' * 10_000_000)",
            "import sys; sys.stdin.read()\nwhile True: sys.stdout.write('x' * 100_000)",
            'import sys; sys.stdin.read()\nwhile True: print(\'{"kind": "image"}\')',
            "import sys; sys.stdin.read(); print('[' * 60_000)",
            'print(\'{"kind":"video","width":-1,"height":9,"fps":30.0,"frames":3,"seconds":1.0,"codec":"h264"}\')',
            'print(\'{"kind":"video","width":9,"height":9,"fps":"x","frames":3,"seconds":1.0,"codec":"h264"}\')',
            'print(\'{"kind":"other","width":9,"height":9,"fps":1.0,"frames":3,"seconds":1.0,"codec":"h264"}\')',
            "print('{\"refused\": 5}')",
            "import sys; sys.stdout.buffer.write(bytes(range(256)))",
        ],
    )
    def test_dies_or_lies(self, child, program):
        answers = child(program)
        assert [type(answer) for answer in answers] == [InputError] * 3
        assert all("reading it failed; it is damaged, or made to do harm" in str(answer) for answer in answers)

    def test_hangs(self, child):
        start = time.monotonic()
        answers = child("import time; time.sleep(60)", wait_s=0.3)
        assert all("it could not be read within 0.3 s" in str(answer) for answer in answers)
        assert time.monotonic() - start < 20

    def test_one_file_ends_it_and_the_others_are_read(self, monkeypatch, good, tmp_path):
        monkeypatch.setattr(guard, "CHILD", "fragile_child")
        monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
        (tmp_path / "fragile_child.py").write_text(
            "import os\nfrom posespotter.media.inspection import guard_child\nlook = guard_child._inspect\n"
            "guard_child._inspect = lambda path, limits: os.abort() if path.suffix == '.avi' else look(path, limits)\n"
            "guard_child.main()\n"
        )
        answers = check_uploads([good["clip.avi"], good["picture.png"], good["clip.avi"], good["clip.mp4"]], LIMITS)
        assert [type(answer).__name__ for answer in answers] == ["InputError", "Checked", "InputError", "Checked"]

    @pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")
    @pytest.mark.parametrize(
        ("deed", "outcome"),
        [
            ("Path('{box}/x').write_text('x')", "OSError"),
            ("bytearray(6 << 30)", "MemoryError"),
            ("[open('/dev/null') for _ in range(100)]", "OSError"),
            ("exec('while True: pass')", "killed"),
        ],
    )
    def test_has_few_rights(self, tmp_path, deed, outcome):
        program = (
            "from pathlib import Path\nfrom posespotter.media.inspection import guard_child\n"
            "from posespotter.media.inspection.guard import UploadLimits\n"
            "guard_child._confine(UploadLimits(5, 20, 400, 1, 4))(1)\n"
            f"try:\n    {deed.format(box=tmp_path)}\nexcept (OSError, MemoryError) as error:\n"
            "    raise SystemExit('MemoryError' if isinstance(error, MemoryError) else 'OSError')\n"
        )
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
        assert (done.stderr.strip() or "killed") == outcome
        assert (done.returncode < 0) == (outcome == "killed")
        assert not (tmp_path / "x").exists() or (tmp_path / "x").stat().st_size == 0

    def test_knows_no_passwords(self, monkeypatch, tmp_path):
        monkeypatch.setenv("POSESPOTTER_DATABASE_URL", "postgresql+psycopg://me:secret@host/name")
        monkeypatch.setattr(guard, "CHILD", "spy_child")
        monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
        (tmp_path / "spy_child.py").write_text(
            "import json, os\nprint(json.dumps({'refused': ' '.join(f'{k}={v}' for k, v in os.environ.items())}))\n"
        )
        (tmp_path / "upload").write_text("x")
        said = str(check_uploads([tmp_path / "upload"], LIMITS)[0])
        assert "PATH=" in said
        assert "me:secret" not in said


def test_the_limits_of_the_settings(monkeypatch):
    monkeypatch.setenv("POSESPOTTER_MAX_UPLOAD_MB", "7")
    monkeypatch.setenv("POSESPOTTER_MAX_VIDEO_MINUTES", "2")
    settings.cache_clear()
    limits = upload_limits()
    assert (limits.megabytes, limits.seconds, limits.frames) == (7, 120, 250_000)
    assert (limits.video_megapixels, limits.image_megapixels) == (10, 100)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("walk.mp4", "walk.mp4"),
        ("Walk.MP4", "Walk.mp4"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\walk.mp4", "walk.mp4"),
        ("a/b\\c.mov", "c.mov"),
        ("two\nlines.mp4", "two-lines.mp4"),
        ("quote'\".mp4", "quote.mp4"),
        ("$(rm -rf x).mp4", "(rm -rf x).mp4"),
        (".hidden", "hidden"),
        ("...", "upload"),
        ("", "upload"),
        ("..", "upload"),
        ("/", "upload"),
        ("-i.mp4", "i.mp4"),
        ("con.mp4", "upload-con.mp4"),
        ("LPT1", "upload-LPT1"),
        ("console.mp4", "console.mp4"),
        ("Übung 3 – Kniebeuge.mov", "Übung 3 – Kniebeuge.mov"),
        ("第一课.mp4", "第一课.mp4"),
        ("mirror\u202egpj.exe", "mirror-gpj.exe"),
        ("zero\0.mp4", "zero.mp4"),
        ("x" * 300 + ".mp4", "x" * 96 + ".mp4"),
        ("课" * 100 + ".mp4", "课" * 32 + ".mp4"),
        ("walk.verylongsuffix", "walk.verylongsuffix"),
        ("walk.mp4 ", "walk.mp4"),
    ],
)
def test_safe_names(name, safe):
    assert safe_name(name) == safe


@given(name=st.text(max_size=120))
@example(name="a." + "b" * 300)
@example(name=".con")
def test_whatever_the_name_it_is_a_plain_one(name):
    safe = safe_name(name)
    assert 0 < len(safe.encode()) <= 107
    assert Path(safe).name == safe
    assert safe[0] not in ".- "
    assert safe.isprintable()
    assert not set(safe) & set('/\\<>:"|?*')
    assert safe_name(safe) == safe
