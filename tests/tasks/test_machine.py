"""What this machine can do."""

from posespotter.models.session import PROVIDERS, cpu_threads
from posespotter.tasks import machine as module
from posespotter.tasks.machine import machine


def test_facts():
    facts = machine()
    assert set(facts["Devices"]) == set(PROVIDERS)
    assert facts["Devices"]["cpu"] == "available"
    assert facts["Processor"]["threads for models"] == str(cpu_threads())
    assert all(isinstance(value, str) and value for topic in facts.values() for value in topic.values())


def test_the_models_that_are_used_are_named():
    used = machine()["Models used unless others are named"]
    assert used["detector"] == "movenet-multipose"
    assert used["estimate, exercise"] == "movenet-thunder+blazepose-full"
    assert (used["cameras and streams"], used["falls"]) == ("movenet-lightning", "movenet-thunder")


def test_a_build_without_an_h264_encoder_says_so(monkeypatch):
    monkeypatch.setattr(module.av, "codecs_available", {"libvpx-vp9"})
    assert machine()["Video"]["H.264 encoder"] == "none"
