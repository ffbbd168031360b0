"""A trainable quadratic in place of an activation."""

import torch
from torch import Tensor, nn

from .fit import relu_fit


class Quadratic(nn.Module):
    """a·x² + b·x + c, with coefficients of each channel (axis 1) or of the whole layer; any shape N×C×… stays.

    Computed in f32 also where the layers around it run in bf16, whose squares are too coarse.

    It begins as the fit of ReLU on a normal distribution of mean 0 and standard deviation 1; `fit_` sets others.
    """

    def __init__(self, channels: int | None = None):
        """`channels` is nothing for one quadratic of the whole layer."""
        super().__init__()
        count = 1 if channels is None else channels
        self.a = nn.Parameter(torch.empty(count))
        self.b = nn.Parameter(torch.empty(count))
        self.c = nn.Parameter(torch.empty(count))
        self.fit_(torch.zeros(count), torch.ones(count))

    @torch.no_grad()
    def fit_(self, mean: Tensor, std: Tensor) -> "Quadratic":
        """The fit of ReLU for inputs of this mean and standard deviation: lists like the coefficients."""
        for own, value in zip((self.a, self.b, self.c), relu_fit(mean, std), strict=True):
            own.copy_(value)
        return self

    def forward(self, x: Tensor) -> Tensor:
        with torch.autocast(x.device.type, enabled=False):
            x = x.float()
            a, b, c = (p.view(-1, *[1] * (x.ndim - 2)) for p in (self.a, self.b, self.c))
            return torch.addcmul(c, torch.addcmul(b, a, x), x)

    def extra_repr(self) -> str:
        return "whole layer" if self.a.numel() == 1 else f"{self.a.numel()} channels"
