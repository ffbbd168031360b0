"""Weights in PyTorch, in Rust, and folded to squares: accuracy, same labels, differences of logits."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from .. import Network
from ..torch.quadratic import Quadratic
from ..torch.replace import replace_activations
from .checkpoint import load_weights, read_weights
from .data import Images, load, normalise
from .errors import TrainingError
from .models import build
from .settings import option
from .student import mean_of
from .table import read


@dataclass(frozen=True)
class CompareSettings:
    """Those of the comparison."""

    data: Path = option(
        Path("cifar-10-batches-bin"), "folder of CIFAR-10 (binary version), one with train/ and val/, or synthetic:images=N"
    )
    weights: Path = option(Path("runs/student/model.safetensors"), "weights as a recipe writes them, their record beside them")
    images: int | None = option(None, "use no more than so many test images")


def recorded(weights: Path) -> dict[str, Any]:
    """The settings that weights were trained with: of `record.json` beside them, or of their own name with `.json`."""
    for path in (weights.with_suffix(".json"), weights.with_name("record.json")):
        if path.is_file():
            return dict(read(path)["settings"])
    raise TrainingError(f"there is no record of the weights '{weights}': copy the recipe's record.json beside them")


def rebuild(settings: dict[str, Any], weights: dict[str, Tensor], classes: int, size: int, origin: Path) -> nn.Module:
    """The network that has these weights: quadratics where there are any, norms first or not, means in place of maxima."""
    model = build(settings["architecture"], classes, size, norm_first="norm.weight" in weights)
    quadratics = {name.removesuffix(".a"): len(value) for name, value in weights.items() if name.endswith(".a")}

    def make(name: str, old: nn.Module) -> nn.Module | None:
        if name in quadratics:
            return Quadratic(quadratics[name])
        return mean_of(old) if isinstance(old, nn.MaxPool2d) and settings.get("average_pool") else None

    replace_activations(model, make, strict=False)
    load_weights(model, {name: value.float() for name, value in weights.items()}, origin)
    return model.eval()


def in_rust(architecture: str, weights: Path) -> Network:
    """The network as `equiripple net` has it: by name where it knows the layers, from the recipe's ONNX model otherwise."""
    if architecture.startswith(("resnet", "convnet")):
        return Network.load(architecture, weights)
    model = weights.with_name("model.onnx")
    if not model.is_file():
        raise TrainingError(f"'{model}' is missing: of '{architecture}' the recipe's ONNX model is read")
    return Network.read(model)


@torch.no_grad()
def logits_of(model: nn.Module, images: Images) -> np.ndarray:
    """N×classes, in f32."""
    parts = [model(normalise(images.pixels[k : k + 500])) for k in range(0, len(images), 500)]
    return torch.cat(parts).numpy()


def run(settings: CompareSettings) -> None:
    """Prints a line for each."""
    weights, made = read_weights(settings.weights), recorded(settings.weights)
    data = load(settings.data, made["size"])
    images = data.test.first(settings.images)
    model = rebuild(made, weights, len(data.classes), data.size, settings.weights)
    plain = logits_of(model, images)
    network = in_rust(made["architecture"], settings.weights)
    pixels = np.ascontiguousarray(normalise(images.pixels).contiguous().numpy())
    labels = images.labels.numpy()
    folded = network.fold_squares()
    for name, logits in (("PyTorch", plain), ("Rust", network(pixels)), ("Rust, folded", folded(pixels))):
        right = (logits.argmax(1) == labels).sum()
        same = (logits.argmax(1) == plain.argmax(1)).sum()
        apart = np.abs(logits - plain).max()
        line = f"{name:13} {100 * right / len(labels):6.2f} % right, {same} labels as PyTorch, logits within {apart:.2e}"
        print(line, file=sys.stdout)
    print(
        f"levels        {folded.levels[0]}, {folded.levels[1]} nodes without polynomial; logits up to {np.abs(plain).max():.1f}"
    )
