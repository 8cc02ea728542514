"""Train the network that lifts the joints of the picture into metres.

    pip install -r tools/train_lifting.txt                 (PyTorch for the CPU; no part of PoseSpotter needs it to run)
    python tools/train_lifting.py pool ../shared/data/mocap build/lifting.npz
    python tools/train_lifting.py train build/lifting.npz -o src/posespotter/models/weights/lifting.onnx --minutes 20

`pool` makes clips of changed people seen by virtual cameras (tools/mocap.py) from everybody but `LEFT_OUT`, and of
those the clips that training is watched by. `train` fits a small network of residual layers (Martinez et al. 2017,
arXiv 1705.03098, here over five moments) and writes it as ONNX; then set SHA256 in
models/families/lifting_network.py. One core.
"""

import argparse
import hashlib
import json
import time
from pathlib import Path

import mocap
import numpy as np

from posespotter.models.families.lifting_network import LIMBS, reach_of

LEFT_OUT = ("s03", "s08")
"""People whom training never sees; what docs say of people left out is measured on them."""

HZ, WINDOW, TAPS = 25, 25, 5
"""The network looks at 5 moments of a second: joints are smooth already, and what lies between says little more."""

CLIP = 64  # moments of a clip in the pool, out of which windows are cut
VIEWS_EACH = 5


LENGTHS = [0.245, 0.246, 0.186, 0.146, 0.288] * 2 + [0.13, 0.23]
"""Body heights that the limbs have in the picture when they lie across the line of sight: `SEGMENT_SHARES`, and for
hips and shoulders what MoveNet gives (tools/mocap.py)."""


def make_pool(folder: Path, out: Path, clips: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    everybody = mocap.episodes(folder)
    parts = {}
    for name, people, count, views in (
        ("train", [one for one in everybody if one.subject not in LEFT_OUT], clips, VIEWS_EACH),
        ("check", [one for one in everybody if one.subject in LEFT_OUT], 400, 2),
    ):
        figures = np.empty((count, CLIP, 17, 3), np.float32)
        for i in range(count):
            first, other = (people[rng.integers(len(people))].joints for _ in range(2))
            same = name == "check" or rng.random() < 0.15
            step = mocap.CAPTURED_HZ / HZ * (1 if name == "check" else np.exp(rng.uniform(-0.5, 0.6)))
            figures[i] = mocap.resampled(rng, first, CLIP, step) if same else mocap.changed(rng, first, other, CLIP, HZ)
        seen = [
            mocap.seen(rng, figures[i : i + 200], mocap.Cameras()) for _ in range(views) for i in range(0, count, 200)
        ]
        parts[f"{name}_x"] = np.concatenate([inputs_of(one.keypoints, one.scores) for one in seen]).astype(np.float16)
        parts[f"{name}_y"] = np.concatenate([one.targets for one in seen]).astype(np.float16)
        print(name, parts[f"{name}_x"].shape, flush=True)
    out.parent.mkdir(parents=True, exist_ok=True)
    np.savez(out, **parts)


def with_reach(x: mocap.Floats) -> mocap.Floats:
    """(P, T, 63) clips with how long each limb gets in all of a clip, as `LiftingNetwork` measures it."""
    out = np.empty((*x.shape[:2], 51 + len(LIMBS)), np.float16)
    out[..., :51] = x
    for i in range(0, len(x), 1000):
        out[i : i + 1000, :, 51:] = [[reach_of(one.reshape(-1, 17, 3).astype(np.float32))] for one in x[i : i + 1000]]
    return out


def inputs_of(keypoints: mocap.Floats, scores: mocap.Floats) -> mocap.Floats:
    """(..., 51) x, y and score of each joint, one after the other."""
    joined = np.concatenate([keypoints, scores[..., None]], -1)
    return joined.reshape(*joined.shape[:-2], 51)


def train(pool: Path, out: Path, *, minutes: float, channels: int, batch: int, seed: int) -> None:
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    data = np.load(pool)
    x, y, check_x, check_y = (data[key] for key in ("train_x", "train_y", "check_x", "check_y"))
    x, check_x, check_y = with_reach(x), with_reach(check_x[:150]), check_y[:150]
    model = network(channels)
    smooth = torch.optim.swa_utils.AveragedModel(
        model, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.99), use_buffers=True
    )
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=1e-3, fused=True)
    start, step = time.monotonic(), 0
    limbs = torch.tensor(LIMBS)
    while (share := (time.monotonic() - start) / (60 * minutes)) < 1:
        for group in optimizer.param_groups:
            group["lr"] = 1e-3 * min(1, (step + 1) / 100) * (0.02 + 0.98 * (1 + np.cos(np.pi * share)) / 2)
        inputs, targets = batch_of(rng, x, y, batch)
        found = model(torch.from_numpy(inputs)).reshape(-1, 17, 3)
        loss = loss_of(torch, found, torch.from_numpy(targets), limbs)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        step += 1
        if step % 5 == 0:
            smooth.update_parameters(model)
        if step % 1000 == 0:
            smooth.eval()
            write(torch, smooth.module, out, {"steps": step, "channels": channels})
            print(
                f"{step} {share:.2f} loss {loss.item():.4f} {watched(torch, smooth.module, check_x, check_y)}",
                flush=True,
            )
    smooth.eval()
    write(torch, smooth.module, out, {"steps": step, "channels": channels})


def batch_of(
    rng: np.random.Generator, x: mocap.Floats, y: mocap.Floats, size: int
) -> tuple[mocap.Floats, mocap.Floats]:
    """(size, TAPS, 63) and (size, 17, 3): windows out of clips, some of which begin or end inside the window."""
    which, first = rng.integers(len(x), size=size), rng.integers(CLIP - WINDOW + 1, size=size)
    rows = np.linspace(0, WINDOW - 1, TAPS).astype(int)[None] + np.zeros((size, 1), int)
    half = WINDOW // 2
    cut = rng.random(size)
    late = np.where(cut < 0.15, half, np.where(cut < 0.25, rng.integers(half, WINDOW, size), WINDOW - 1))
    early = np.where((cut > 0.25) & (cut < 0.35), rng.integers(0, half + 1, size), 0)
    rows = np.clip(rows, early[:, None], late[:, None])
    inputs = x[which[:, None], first[:, None] + rows].astype(np.float32)
    return inputs, y[which, first + half].astype(np.float32)


def loss_of(torch, found, targets, limbs):
    """Mean distance of the joints, and of the limbs' directions."""
    places = (found - targets).norm(dim=-1).mean()
    a, b = (one[:, limbs[:, 1]] - one[:, limbs[:, 0]] for one in (found, targets))
    unit = torch.nn.functional.normalize
    return places + 0.1 * (unit(a, dim=-1, eps=1e-3) - unit(b, dim=-1, eps=1e-3)).norm(dim=-1).mean()


def network(channels: int):
    import torch
    from torch import nn

    ends, lengths = torch.tensor(LIMBS).T, torch.tensor(LENGTHS)

    def with_depths(x):
        """Add how far each limb reaches towards or away from the camera, by how much of its length is left.

        Of the length that limbs usually have, and of what this person's have in this clip from this camera.
        """
        joints = x[..., :51].reshape(*x.shape[:2], 17, 3)[..., :2]
        seen = (joints[:, :, ends[1]] - joints[:, :, ends[0]]).square().sum(-1)
        left = [1 - seen / length.square() for length in (lengths, x[..., 51:].clamp(min=0.05))]
        return torch.cat([x, *(one.clamp(min=1e-3).sqrt() for one in left)], -1)

    class Lifting(nn.Module):
        """One layer over the moments of a second, and two that think it over."""

        def __init__(self) -> None:
            super().__init__()
            self.enter = nn.Linear(TAPS * (51 + 3 * len(LIMBS)), channels)
            self.deep = nn.ModuleList([nn.Linear(channels, channels) for _ in range(2)])
            self.norms = nn.ModuleList([nn.BatchNorm1d(channels, momentum=0.05) for _ in range(3)])
            self.leave = nn.Linear(channels, 51)

        def forward(self, x):
            """(B, TAPS, 63) to (B, 51)."""
            return self.think(self.enter(with_depths(x).flatten(1)))

        def think(self, x):
            x = torch.relu(self.norms[0](x))
            for deep, norm in zip(self.deep, self.norms[1:], strict=True):
                x = x + torch.relu(norm(deep(x)))
            return self.leave(x)

    class OverTime(nn.Module):
        """The same at every moment of (1, T, 63): (1, T - WINDOW + 1, 51)."""

        def __init__(self, lifting: Lifting) -> None:
            super().__init__()
            self.lifting = lifting

        def forward(self, x):
            weight = self.lifting.enter.weight.reshape(channels, TAPS, -1).transpose(1, 2)
            step = (WINDOW - 1) // (TAPS - 1)
            entered = nn.functional.conv1d(
                with_depths(x).transpose(1, 2), weight, self.lifting.enter.bias, dilation=step
            )
            return self.lifting.think(entered[0].T)[None]

    Lifting.over_time = property(OverTime)
    return Lifting()


def watched(torch, model, x: mocap.Floats, y: mocap.Floats) -> str:
    """What is wrong on people left out: joints, % of the body height, and knees and hips, degrees."""
    half = WINDOW // 2
    with torch.no_grad():
        found = np.stack([model.over_time(torch.from_numpy(one[None].astype(np.float32)))[0].numpy() for one in x])
    found = found.reshape(len(x), -1, 17, 3)
    true = y[:, half : CLIP - half].astype(np.float32)
    text = f"joints {100 * np.linalg.norm(found - true, axis=-1).mean():.2f} %"
    for name, parts in (("knee", ("hip", "knee", "ankle")), ("hip", ("shoulder", "hip", "knee"))):
        a, b, c = (mocap.JOINT[f"left_{part}"] for part in parts)
        bends = []
        for one in (found, true):
            upper, lower = mocap.unit(one[:, :, b] - one[:, :, a]), mocap.unit(one[:, :, c] - one[:, :, b])
            bends.append(np.degrees(np.arccos(np.clip((upper * lower).sum(-1), -1, 1))))
        wrong = bends[0] - bends[1]
        text += f" {name} {np.sqrt((wrong**2).mean()):.1f}, straight {wrong[bends[1] < 15].mean():+.1f}"
    return text


def write(torch, model, out: Path, facts: dict) -> None:
    """Store the network as ONNX and say its SHA-256."""
    import onnx

    torch.onnx.export(
        model.over_time.eval(),
        (torch.zeros(1, WINDOW + 8, 51 + len(LIMBS)),),
        str(out),
        input_names=["joints"],
        output_names=["places"],
        dynamic_axes={"joints": {1: "moments"}, "places": {1: "results"}},
        opset_version=17,
        dynamo=False,
    )
    stored = onnx.load(str(out))
    card = {"name": "lifting-1", "hz": HZ, "window": WINDOW, **facts}
    stored.metadata_props.append(onnx.StringStringEntryProto(key="posespotter_lifting", value=json.dumps(card)))
    onnx.save(stored, str(out))
    print(out, out.stat().st_size, hashlib.sha256(out.read_bytes()).hexdigest())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    pool = commands.add_parser("pool")
    pool.add_argument("mocap", type=Path)
    pool.add_argument("out", type=Path)
    pool.add_argument("--clips", type=int, default=3000)
    pool.add_argument("--seed", type=int, default=1)
    fit = commands.add_parser("train")
    fit.add_argument("pool", type=Path)
    fit.add_argument("-o", "--out", type=Path, required=True)
    fit.add_argument("--minutes", type=float, default=20)
    fit.add_argument("--channels", type=int, default=256)
    fit.add_argument("--batch", type=int, default=256)
    fit.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    if asked.command == "pool":
        make_pool(asked.mocap, asked.out, asked.clips, asked.seed)
    else:
        train(asked.pool, asked.out, minutes=asked.minutes, channels=asked.channels, batch=asked.batch, seed=asked.seed)


if __name__ == "__main__":
    main()
