"""The wall: files and names as attackers, broken disks and other systems make them."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from tests.painted import paint
from tests.sequences import made_sequence

from posespotter.exercises.definitions import catalog
from posespotter.formats import FORMATS
from posespotter.media import VideoWriter

PEOPLE = {1: (40.0, 40.0, 200.0, 440.0), 2: (300.0, 60.0, 450.0, 470.0)}

Case = tuple[str, list[str]]
"""What it is, and the arguments."""

NAMES = (
    b"caf\xe9",
    b"\xff\xfe\xfd",
    b"\x80" * 40,
    b"\x1b[2J\x1b]0;owned\x07",
    b"a\nposespotter: done",
    b"\ttab\r",
    b" ",
    b"  a  ",
    b"-o",
    b"--help",
    b"--debug",
    b"-",
    b"%04d",
    b"%s%n",
    b"%",
    b"*",
    b"?",
    b"[a-",
    b"***",
    b"{0}",
    b"$HOME",
    b"$(id)",
    b"`id`",
    b"'",
    b'"',
    b"a'b\"c",
    b";ls",
    b"&",
    b"|",
    b"<b>",
    b"a:b",
    b"file:x",
    b"http:",
    b"~",
    b"~root",
    b"...",
    b"a.",
    b".hidden",
    b"con",
    b"NUL",
    b"0",
    b"7",
    b"1e9",
    b"inf",
    b"\\",
    b"a\\b",
    b"..\\..\\x",
    b"=1+1",
    b"@x",
    b"#",
    b"\xe6\xb7\xb1\xe8\xb9\xb2" * 20,
    b"\xf0\x9f\xa4\xb8" * 30,
    "\u202egpj".encode(),
    "\ufeffa".encode(),
    "\u2028".encode(),
    "e\u0301".encode(),
    b"x" * 240,
    b"poses.parquet",
    b"run.json",
    b"\x7f",
    b"\x01\x02\x03",
    b"a,b",
    b"a\xc3(",
    b"\xed\xa0\x80",
)

TOMLS = (
    "",
    "\0",
    "=",
    "[",
    "[[zone]]",
    "[zone]",
    "zone = 1",
    "zone = [1]",
    "zone = [[]]",
    "[[zone]]\nname = 1",
    "a.b.c = 1",
    ".".join("a" * 3000) + " = 1",
    "a = " + "[" * 3000,
    "a = " + "[" * 3000 + "]" * 3000,
    "a = " + "{b=" * 500 + "1" + "}" * 500,
    "a = " + "9" * 10_000,
    "a = 0x" + "f" * 9000,
    "a = 1e999999",
    "a = nan",
    "a = -inf",
    "a = 9999-99-99",
    "a = 0001-01-01",
    "a = '" + "x" * 100_000 + "'",
    "'''",
    '"\\uD800" = 1',
    'a = "\\U00110000"',
    "a = 1\na = 2",
    "\u202e = 1",
    "a" * 100_000,
    "[a]\n[a]",
    "#" * 100_000,
    "a = '\x1b'",
    "version = 1",
)
MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff\0", b"\0\0\xfe\xff", b"\xef\xbb")

JSONS = (
    "[]",
    "{}",
    "null",
    "1",
    "[1]",
    "[[]]",
    "[{}]",
    '[{"keypoints": 1}]',
    '[{"keypoints": []}]',
    '{"instance_info": 1}',
    '{"instance_info": [{}]}',
    '{"instance_info": [{"instances": [{}]}]}',
    "[" * 100_000,
    '{"a":' * 2000,
    "NaN",
    "[NaN]",
    "[1e999]",
    '[{"keypoints": [[1e400, 1]], "keypoint_scores": [1]}]',
    '[{"keypoints": [[1, 2]], "keypoint_scores": ["\\ud800"]}]',
    '[{"keypoints": [[1, 2]], "keypoint_scores": [1], "bbox": {}}]',
    "[" + "9" * 10_000 + "]",
    '{"meta_info": {"posespotter": 1}}',
    '{"instance_info": [], "meta_info": {"posespotter": {"format": 1e99}}}',
    '{"instance_info": [{"frame_id": -1, "instances": []}]}',
    '{"instance_info": [{"frame_id": 99999999999999, "instances": []}]}',
    '{"people": []}',
    '"\\ud800"',
    "source",
    "source,frame",
    "source,frame,time_s,track_id,keypoint,x_px,y_px,score\n",
    "source,frame,time_s,track_id,keypoint,x_px,y_px,score\na,0,0,0,nose,1,1,1\n",
    "source,frame,time_s,track_id,keypoint,x_px,y_px,score\na,-1,nan,1e9,\x1b,inf,,x\n",
)

STARTS = (
    b"",
    b"\0",
    b"\0" * 5000,
    b"\xff" * 5000,
    b"\xff\xd8\xff",
    b"\x89PNG\r\n\x1a\n",
    b"BM",
    b"BM" + b"\xff" * 60,
    b"\x1a\x45\xdf\xa3",
    b"GIF87a",
    b"GIF89a" + b"\xff" * 600,
    b"RIFF\xff\xff\xff\xffAVI ",
    b"RIFF\0\0\0\0WEBP",
    b"RIFF\xff\xff\xff\xffWEBPVP8X" + b"\xff" * 40,
    b"\0\0\0\x18ftypmp42",
    b"\0\0\0\x01mdat" + b"\xff" * 30,
    b"\0\0\0\0moov",
    b"\xff\xff\xff\xffmoov",
    b"\0\0\0\x18ftypheic" + b"\0" * 40,
    b"#EXTM3U\n/etc/passwd\n",
    b"ffconcat version 1.0\nfile /etc/passwd",
    b"<MPD>",
    b"v=0\n",
    b"%PDF-1.4",
    b"PK\x03\x04",
    b"PAR1",
    b"PAR1PAR1",
    (b"\x47" + b"\0" * 187) * 20,
    (b"\0\0\0\0\x47" + b"\xff" * 187) * 20,
    b"<svg onload=alert(1)>",
    b"\x7fELF",
    b"hello " * 300,
)


def cases(folder: Path, seed: int = 0) -> Iterator[Case]:
    """Make the files in `folder`, which is the working directory of whoever runs the cases."""
    random = np.random.default_rng(seed)
    picture, clip, poses = _good(folder)
    yield from _of_names(folder, picture, clip)
    yield from _of_media(folder, picture, clip, random)
    yield from _of_toml(folder, poses)
    yield from _of_poses(folder, poses, random)
    yield from _of_no_files(folder, poses)


def _good(folder: Path) -> tuple[bytes, bytes, Path]:
    picture, clip, poses = folder / "good.png", folder / "good.mp4", folder / "good.parquet"
    cv2.imwrite(str(picture), cv2.resize(paint(PEOPLE), (160, 120)))
    with VideoWriter(clip, (160, 120), 30) as video:
        for i in range(6):
            video.write(cv2.resize(paint(PEOPLE, i), (160, 120)), i / 30)
    made_sequence(rows=60).to_parquet(poses)
    return picture.read_bytes(), clip.read_bytes(), poses


def _estimate(path: Path | str) -> list[str]:
    return ["estimate", "-o", "out", "--export", "csv", "--", str(path)]


def _of_names(folder: Path, picture: bytes, clip: bytes) -> Iterator[Case]:
    for i, name in enumerate(NAMES):
        inside = folder / f"name{i}"
        inside.mkdir()
        path = inside / os.fsdecode(name + (b".mp4" if i % 3 else b".png"))
        path.write_bytes(clip if i % 3 else picture)
        yield f"name {name!r}", _estimate(path)
    for spec in (
        "",
        " ",
        ".",
        "..",
        "/",
        "//",
        "***/****",
        "*/*",
        "**",
        "[",
        "?",
        "%d",
        "%0999999d",
        "a" * 5000,
        "~",
        "~nosuch",
        "-1",
        "1e3",
        "٣",
        "99999999999999999999",
        "http://",
        "rtsp://",
        "file:///etc/passwd",
        "ftp://a/b",
        "://",
        "a://b",
        "concat:a|b",
        "/dev/null",
        "/proc/self/mem",
        "/etc/passwd",
        "pipe:0",
        "data:,x",
    ):
        yield f"spec {spec[:40]!r}", _estimate(spec)


def _of_media(folder: Path, picture: bytes, clip: bytes, random: np.random.Generator) -> Iterator[Case]:
    contents = list(STARTS)
    for good in (picture, clip):
        contents += [good[:n] for n in (3, 20, 100, len(good) // 2, len(good) - 5)]
        for share in (0.0005, 0.005, 0.05) * 5:
            flipped = np.frombuffer(good, np.uint8).copy()
            places = random.integers(8, len(flipped), max(1, int(share * len(flipped))))
            flipped[places] = random.integers(0, 256, len(places))
            contents.append(flipped.tobytes())
    for i, content in enumerate(contents):
        path = folder / f"media{i}.mp4"
        path.write_bytes(content)
        yield f"media {i}, {content[:16]!r}", _estimate(path)


def _of_toml(folder: Path, poses: Path) -> Iterator[Case]:
    squat = (Path(catalog.__file__).with_name("squat.toml")).read_bytes()
    contents = [text.encode("utf-8", "surrogatepass") for text in TOMLS] + [mark + squat for mark in MARKS]
    for i, content in enumerate(contents):
        path = folder / f"toml{i}.toml"
        path.write_bytes(content)
        yield (
            f"zones {content[:20]!r}",
            ["falls", "detect", str(poses), "--no-overlay", "-o", "out", "--zones", str(path)],
        )
        yield (
            f"exercise {content[:20]!r}",
            [
                "exercise",
                str(poses),
                "--no-overlay",
                "--no-report",
                "-o",
                "out",
                "-e",
                str(path),
            ],
        )


def _of_poses(folder: Path, poses: Path, random: np.random.Generator) -> Iterator[Case]:
    good = poses.read_bytes()
    contents = [text.encode() for text in JSONS] + [good[:n] for n in (4, 50, len(good) // 2, len(good) - 1)]
    for _ in range(20):
        flipped = np.frombuffer(good, np.uint8).copy()
        places = random.integers(4, len(flipped), 3)
        flipped[places] = random.integers(0, 256, len(places))
        contents.append(flipped.tobytes())
    for i, content in enumerate(contents):
        path = folder / f"poses{i}"
        path.write_bytes(content)
        to = list(FORMATS)[i % len(FORMATS)]
        yield f"poses {i}, {content[:20]!r}", ["export", str(path), "--to", to, "-o", f"out/e{i}", "--fps", "30"]


def _of_no_files(folder: Path, poses: Path) -> Iterator[Case]:
    os.mkfifo(folder / "pipe")
    for name, target in (
        ("zero", "/dev/zero"),
        ("tty", "/dev/tty"),
        ("linked", folder / "pipe"),
        ("loop", folder / "loop"),
    ):
        (folder / name).symlink_to(target)
    (folder / "inside").mkdir()
    with socket.socket(socket.AF_UNIX) as one:
        place = Path.cwd()
        os.chdir(folder)  # names of sockets are short
        one.bind("socket")
        os.chdir(place)
    p = str(poses)
    for kind in ("pipe", "zero", "tty", "linked", "loop", "inside", "socket", "none"):
        for suffix in (".toml", ".onnx", ".parquet"):
            (folder / f"{kind}{suffix}").symlink_to(folder / kind)
        one, toml, onnx = str(folder / kind), str(folder / f"{kind}.toml"), str(folder / f"{kind}.onnx")
        for arguments in (
            _estimate(one),
            ["exercise", one],
            ["exercise", str(folder / f"{kind}.parquet")],
            ["exercise", p, "-e", toml],
            ["exercise", p, "--video", one],
            ["exercise", "--explain", toml],
            ["exercise", "--compare", one, one],
            ["falls", "detect", p, "--zones", toml],
            ["falls", "detect", p, "--classifier", onnx],
            ["falls", "train", one],
            ["export", one, "--to", "csv", "-o", f"out/of-{kind}"],
            ["export", p, "--to", "csv", "--overwrite", "-o", one],
            ["models", "import", one],
        ):
            yield f"{kind}: {arguments[0]} {arguments[-2]}", arguments
