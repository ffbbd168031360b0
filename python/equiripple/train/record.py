"""What a training leaves: weights, an ONNX model, and how they were made in `record.json` beside them."""

import hashlib
import json
import platform
import sys
from typing import Any

import torch
from torch import nn

from ..torch.export import save_onnx, save_weights
from .curves import Row
from .data import Dataset, Images
from .settings import Settings


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
        "command": "python -m equiripple.train " + type(settings).__name__.removesuffix("Settings").lower(),
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
    text = json.dumps(content, indent=2) + "\n"
    (settings.out / "record.json").write_text(text)
    print(f"{settings.out}: test accuracy {100 * result['test accuracy']:.2f} %", file=sys.stderr)


def digest(images: Images) -> dict[str, int | str]:
    """How many, and SHA-256 of their bytes and labels."""
    hashed = hashlib.sha256(images.pixels.numpy().tobytes())
    hashed.update(images.labels.numpy().tobytes())
    return {"images": len(images), "sha256": hashed.hexdigest()}
