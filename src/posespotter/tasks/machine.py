"""Facts about this machine: versions, devices, encoders, folders."""

import os
import platform

import av

from posespotter.estimation.options import DEFAULT_DETECTOR, DEFAULT_POSE, DEFAULT_POSE_LIVE
from posespotter.models.session import PROVIDERS, cpu_threads, runtime
from posespotter.settings import config_file, settings
from posespotter.tasks.model_choices import DEFAULT_POSE_FALLS
from posespotter.tasks.run_folder.record import versions

_CPU_FLAGS = ("avx2", "avx512f")


def _cpu_flags() -> str:
    try:
        with open("/proc/cpuinfo", encoding="ascii", errors="replace") as file:  # noqa: PTH123  not a file on disk
            words = next((line.split() for line in file if line.startswith("flags")), [])
    except OSError:
        return "unknown"
    return ", ".join(flag for flag in _CPU_FLAGS if flag in words) or "no AVX2: the models will run slowly"


def machine() -> dict[str, dict[str, str]]:
    """Facts by topic, as text for people and for bug reports; no personal data beyond the two folders."""
    available = runtime().get_available_providers()
    return {
        "Versions": versions(),
        "Processor": {
            "machine": platform.machine(),
            "cores": str(os.cpu_count()),
            "vector instructions": _cpu_flags(),
            "threads for models": str(cpu_threads()),
        },
        "Devices": {name: "available" if provider in available else "-" for name, provider in PROVIDERS.items()},
        "Models used unless others are named": {
            "detector": DEFAULT_DETECTOR,
            "estimate, exercise": DEFAULT_POSE,
            "cameras and streams": DEFAULT_POSE_LIVE,
            "falls": DEFAULT_POSE_FALLS,
        },
        "Video": {
            "FFmpeg libavcodec": ".".join(str(n) for n in av.library_versions["libavcodec"]),
            "H.264 encoder": next(
                (n for n in ("libx264", "libopenh264", "h264_nvenc") if n in av.codecs_available), "none"
            ),
        },
        "Folders": {"models": str(settings().models), "settings": str(config_file())},
    }
