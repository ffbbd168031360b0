"""The networks that the recipes train, by name."""

from torch import nn

from ..errors import TrainingError
from .alexnet import AlexNet
from .convnet import ConvNet
from .resnet import ResNet
from .squeezenet import SqueezeNet

NAMES = ("resnet20", "resnet32", "resnet44", "resnet56", "resnet110", "alexnet", "squeezenet", "convnet")
"""Names that `build` knows."""


def build(name: str, classes: int, size: int, norm_first: bool = False) -> nn.Module:
    """The network `name` for images of `size`×`size` pixels, with fresh weights: N×3×size×size → N×classes."""
    if name not in NAMES:
        raise TrainingError(f"there is no network '{name}'; there are {', '.join(NAMES)}")
    if name.startswith("resnet"):
        return ResNet((int(name.removeprefix("resnet")) - 2) // 6, classes, norm_first)
    if norm_first:
        raise TrainingError(f"'{name}' has a norm before each activation already: leave --norm-first out")
    if name == "convnet":
        return ConvNet(classes)
    return {"alexnet": AlexNet, "squeezenet": SqueezeNet}[name](classes, size)
