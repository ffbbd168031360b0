"""Weights in PyTorch, in Rust, and folded to squares: accuracy, same labels, differences of logits."""

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from .. import Network
from ..torch.quadratic import Quadratic
from ..torch.replace import replace_activations
from .checkpoint import load_weights, read_weights
from .data import Images, load, normalise
from .models import build
from .settings import option


@dataclass(frozen=True)
class CompareSettings:
    """Those of the comparison."""

    data: Path = option(Path("cifar-10-batches-bin"), "folder of CIFAR-10 (binary version), or one with train/ and val/")
    weights: Path = option(
        Path("runs/student/model.safetensors"), "weights of a residual network for CIFAR, as a recipe writes them"
    )
    architecture: str = option("resnet20", "the network")
    images: int | None = option(None, "use no more than so many test images")


def rebuild(architecture: str, weights: dict[str, Tensor], classes: int, size: int, origin: Path) -> nn.Module:
    """The network that has these weights: quadratics where there are any, norms first or not."""
    model = build(architecture, classes, size, norm_first="norm.weight" in weights)
    quadratics = {name.removesuffix(".a"): len(value) for name, value in weights.items() if name.endswith(".a")}
    replace_activations(model, lambda name, _: Quadratic(quadratics[name]) if name in quadratics else None, strict=False)
    load_weights(model, {name: value.float() for name, value in weights.items()}, origin)
    return model.eval()


@torch.no_grad()
def logits_of(model: nn.Module, images: Images) -> np.ndarray:
    """N×classes, in f32."""
    parts = [model(normalise(images.pixels[k : k + 500])) for k in range(0, len(images), 500)]
    return torch.cat(parts).numpy()


def run(settings: CompareSettings) -> None:
    """Prints a line for each."""
    data = load(settings.data)
    images = data.test.first(settings.images)
    weights = read_weights(settings.weights)
    model = rebuild(settings.architecture, weights, len(data.classes), data.size, settings.weights)
    plain = logits_of(model, images)
    network = Network.load(settings.architecture, settings.weights)
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
