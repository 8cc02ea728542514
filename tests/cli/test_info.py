"""`posespotter info`: facts for bug reports."""

import json

import pytest

from posespotter import __version__
from posespotter.settings import settings
from posespotter.tasks import machine


def test_what_is_told(cli):
    ran = cli("info")
    assert (ran.code, ran.err) == (0, "")
    for topic in ("Versions", "Processor", "Devices", "Video", "Folders"):
        assert topic in ran.out.splitlines()
    assert f"  {'posespotter':<24} {__version__}" in ran.out.splitlines()


def test_one_json_object(cli, monkeypatch):
    monkeypatch.setenv("POSESPOTTER_THREADS", "3")
    settings.cache_clear()
    ran = cli("info", "--json")
    facts = json.loads(ran.out)
    assert facts["Versions"]["posespotter"] == __version__
    assert facts["Processor"]["threads for models"] == "3"
    assert facts["Devices"]["cpu"] == "available"
    assert set(facts["Devices"]) == {"cpu", "cuda", "coreml", "directml", "openvino"}
    assert facts["Video"]["H.264 encoder"] != ""
    assert facts["Folders"]["models"] == str(settings().models)
    settings.cache_clear()


@pytest.mark.parametrize(
    ("cpuinfo", "expected"),
    [
        ("flags\t\t: fpu avx2 avx512f\n", "avx2, avx512f"),
        ("flags\t\t: fpu sse\n", "no AVX2: the models will run slowly"),
        ("flags\t\t: fpu myavx2 avx2x\n", "no AVX2: the models will run slowly"),
        (None, "unknown"),
    ],
)
def test_vector_instructions(monkeypatch, tmp_path, cpuinfo, expected):
    def opened(path, **_):
        assert path == "/proc/cpuinfo"
        if cpuinfo is None:
            raise FileNotFoundError
        (tmp_path / "cpuinfo").write_text(cpuinfo)
        return (tmp_path / "cpuinfo").open()

    monkeypatch.setattr(machine, "open", opened, raising=False)
    assert machine._cpu_flags() == expected
