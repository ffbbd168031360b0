"""What a training leaves: weights, an ONNX model, and how they were made in `record.json` beside them."""

import dataclasses
import hashlib
import json
import math
import platform
import sys
from typing import Any

import torch
from torch import nn

from .. import provenance
from ..torch.export import save_onnx, save_weights
from .curves import Row
from .data import Dataset, Images
from .settings import Settings
from .table import options


def write(model: nn.Module, settings: Settings, data: Dataset, rows: list[Row], **more: Any) -> None:
    """`model.safetensors` in f32; `model-f16.safetensors` where all weights fit; `model.onnx` where its packages are
    installed; `record.json` with `more` added."""
    weights = [settings.out / "model.safetensors"]
    save_weights(model, weights[0], {"architecture": settings.architecture})
    try:
        half = settings.out / "model-f16.safetensors"
        save_weights(model, half, {"architecture": settings.architecture}, half=True)
        weights.append(half)
    except OverflowError as error:
        print(f"no {half.name}: {error}", file=sys.stderr)
    try:
        save_onnx(model, settings.out / "model.onnx", (3, data.size, data.size))
    except ImportError as error:
        print(f"no model.onnx: {error}; pip install onnx onnxscript", file=sys.stderr)
    result = {k: v for k, v in rows[-1].items() if k not in ("epoch", "seconds")}
    content = {
        "command": command(settings),
        **provenance(),
        "settings": settings.fixed(),
        "data": {
            "name": settings.data.name,
            "train": digest(data.train),
            "test": digest(data.test),
            "classes": list(data.classes),
        },
        "versions": {"python": platform.python_version(), "torch": torch.__version__},
        "weights": {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in weights},
        "seconds": sum(row["seconds"] for row in rows),
        "result": result,
        **more,
    }
    text = json.dumps(finite(content), indent=2, allow_nan=False) + "\n"
    (settings.out / "record.json").write_text(text)
    print(f"{settings.out}: test accuracy {100 * result['test accuracy']:.2f} %", file=sys.stderr)


def command(settings: Settings) -> str:
    """What was typed but for data and folders: options that are not as they begin."""
    recipe = type(settings).__name__.removesuffix("Settings").lower()
    own = [f for f in dataclasses.fields(settings) if not f.metadata.get("free")]
    other = {f.name: getattr(settings, f.name) for f in own if getattr(settings, f.name) != f.default}
    return " ".join(["python -m equiripple.train", recipe, *options(other)])


def finite(value: Any) -> Any:
    """Plain data with null where a number is beyond all bounds: JSON has no other word for it."""
    if isinstance(value, dict):
        return {key: finite(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [finite(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def digest(images: Images) -> dict[str, int | str]:
    """How many, and SHA-256 of their bytes and labels."""
    hashed = hashlib.sha256(images.pixels.numpy().tobytes())
    hashed.update(images.labels.numpy().tobytes())
    return {"images": len(images), "sha256": hashed.hexdigest()}
