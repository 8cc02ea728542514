"""The wrapper around ONNX Runtime: what runs, on how many threads, and the word when it is not what was asked for."""

import os
import sys

import numpy as np
import onnxruntime
import pytest
from tests.models.tiny import constant_model, sum_model

from posespotter.errors import ModelError, SettingsError
from posespotter.models import session
from posespotter.models.session import DEVICES, PROVIDERS, Session, cpu_threads, runtime
from posespotter.settings import settings


class CpuOnly:
    """ONNX Runtime as it is on a machine without any accelerator."""

    def __getattr__(self, name):
        return getattr(onnxruntime, name)

    @staticmethod
    def get_available_providers():
        return ["AzureExecutionProvider", "CPUExecutionProvider"]


@pytest.fixture
def path(tmp_path):
    return sum_model(tmp_path / "sum.onnx")


@pytest.fixture
def cpu_only(monkeypatch):
    monkeypatch.setattr(session, "runtime", CpuOnly)


@pytest.fixture
def threads(monkeypatch):
    def set_to(number):
        monkeypatch.setenv("POSESPOTTER_THREADS", str(number))
        settings.cache_clear()

    yield set_to
    settings.cache_clear()


def picture(value):
    return np.full((1, 3, 4, 4), value, np.float32)


def test_runs_and_counts(path):
    loaded = Session(path)
    assert loaded.inputs == [("input", [1, 3, 4, 4])]
    assert [name for name, _ in loaded.outputs] == ["sum"]
    assert (loaded.calls, loaded.seconds) == (0, 0)
    loaded.warm_up()
    assert (loaded.calls, loaded.seconds) == (0, 0)
    assert loaded.run({"input": picture(1)})[0] == 48
    assert loaded.calls == 1
    assert loaded.seconds > 0


@pytest.mark.parametrize("device", ["auto", "cpu"])
@pytest.mark.usefixtures("cpu_only")
def test_what_was_asked_for_runs_without_a_word(path, device):
    loaded = Session(path, device)
    assert loaded.device == "cpu"
    assert loaded.warning is None


@pytest.mark.parametrize("device", [name for name in PROVIDERS if name != "cpu"])
@pytest.mark.usefixtures("cpu_only")
def test_another_device_than_asked_for_is_said(path, device):
    loaded = Session(path, device)
    assert loaded.device == "cpu"
    assert loaded.warning.startswith(f"{device} was asked for but cpu runs: ")
    assert loaded.warning.endswith(".")
    assert "\n" not in loaded.warning
    assert loaded.run({"input": picture(1)})[0] == 48


@pytest.mark.parametrize("device", ["gpu", "", "CUDA", "cuda:0"])
def test_unknown_device(path, device):
    with pytest.raises(SettingsError, match="expected one of: auto, cpu, cuda") as caught:
        Session(path, device)
    assert repr(device) in str(caught.value)
    assert "auto" in DEVICES


@pytest.mark.parametrize("number", [1, 2, 7])
def test_the_threads_setting_is_obeyed(path, threads, number):
    threads(number)
    assert cpu_threads() == number
    options = Session(path)._session.get_session_options()
    assert options.intra_op_num_threads == number
    assert options.inter_op_num_threads == 1


def test_no_setting_means_one_thread_for_each_core_of_this_process(path, threads):
    threads(0)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    assert cpu_threads() == cores
    assert Session(path)._session.get_session_options().intra_op_num_threads == cores


@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize("pictures", [0, 1, 2, 3, 5, 6])
def test_side_by_side_gives_what_one_by_one_gives_in_order(path, threads, number, pictures):
    threads(number)
    loaded = Session(path)
    answers = loaded.run_each([picture(value) for value in range(pictures)])
    assert [float(answer[0]) for answer in answers] == [48.0 * value for value in range(pictures)]
    assert loaded.calls == pictures


@pytest.mark.parametrize(("number", "expected"), [(1, 1), (2, 1), (3, 1), (8, 4)])
def test_half_has_half_of_the_threads_and_one_count(path, threads, number, expected):
    threads(number)
    loaded = Session(path)
    assert loaded.half._session.get_session_options().intra_op_num_threads == expected
    assert float(loaded.half.run({loaded.inputs[0][0]: picture(2)})[0]) == float(loaded.run_each([picture(2)])[0][0])
    assert loaded.calls == loaded.half.calls == 2
    assert loaded.seconds == loaded.half.seconds > 0


def test_an_error_side_by_side_comes_out(path, threads):
    threads(2)
    loaded = Session(path)
    with pytest.raises(Exception, match="invalid dimensions"):
        loaded.run_each([picture(0), np.zeros((1, 3, 5, 5), np.float32)])
    assert loaded.run_each([picture(1), picture(2)])[1][0] == 96


@pytest.mark.parametrize("content", [b"", b"not an ONNX file", bytes(2000), b"\x08\x08\x12\x04" + bytes(50)])
def test_no_onnx_file(tmp_path, content):
    (tmp_path / "x.onnx").write_bytes(content)
    with pytest.raises(
        ModelError, match=r"x\.onnx cannot be loaded by ONNX Runtime [\d.]+: expected an ONNX model"
    ) as e:
        Session(tmp_path / "x.onnx")
    assert "\n" not in str(e.value)
    assert str(tmp_path) not in str(e.value)


def test_a_model_cut_off(tmp_path):
    whole = constant_model(tmp_path / "whole.onnx", {"out": np.zeros((1, 5000), np.float32)})
    (tmp_path / "cut.onnx").write_bytes(whole.read_bytes()[:9000])
    with pytest.raises(ModelError, match=r"cut\.onnx cannot be loaded"):
        Session(tmp_path / "cut.onnx")


def test_no_onnx_runtime_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(ModelError, match=r"pip install 'posespotter\[cpu\]'"):
        runtime()
