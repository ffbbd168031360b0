"""A module that turns into another one."""

import torch
from torch import Tensor, nn


class Blend(nn.Module):
    """(1−λ)·first(x) + λ·second(x). λ is set from outside by `set_blend` and is no part of the state."""

    def __init__(self, first: nn.Module, second: nn.Module):
        super().__init__()
        self.first, self.second = first, second
        self.amount = 0.0

    def forward(self, x: Tensor) -> Tensor:
        if self.amount <= 0.0:
            return self.first(x)
        if self.amount >= 1.0:
            return self.second(x)
        return torch.lerp(self.first(x), self.second(x), self.amount)


def set_blend(model: nn.Module, amount: float) -> None:
    """λ of every blend in the model."""
    for module in model.modules():
        if isinstance(module, Blend):
            module.amount = amount


def finish_blend(model: nn.Module) -> nn.Module:
    """Puts the second module in the place of every blend, and gives the model."""
    for parent in list(model.modules()):
        for name, child in list(parent._modules.items()):
            if isinstance(child, Blend):
                setattr(parent, name, child.second)
    return model
