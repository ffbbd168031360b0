"""A trainable quadratic in place of an activation."""

import math

import torch
from torch import Tensor, nn

from .fit import relu_fit


class Quadratic(nn.Module):
    """a·x² + b·x + c, with coefficients of each channel (axis 1) or of the whole layer; any shape N×C×… stays.

    Computed in f32 also where the layers around it run in bf16, and rounded to the input's type once.

    With a `limit`, while the module trains it takes numbers beyond ±limit for ±limit: the square of a square of a large
    number is beyond all bounds after a few layers, and a network whose numbers are not yet in range could not be trained.
    What is evaluated is the quadratic itself.

    It begins as the fit of ReLU on a normal distribution of mean 0 and standard deviation 1; `fit_` sets others.
    """

    def __init__(self, channels: int | None = None, limit: float | None = None):
        """`channels` is nothing for one quadratic of the whole layer."""
        super().__init__()
        self.limit = limit
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
            if self.training:
                return _Quadratic.apply(x, self.a, self.b, self.c, self.limit or math.inf)
            return quadratic(x, self.a, self.b, self.c)

    def extra_repr(self) -> str:
        return "whole layer" if self.a.numel() == 1 else f"{self.a.numel()} channels"


def quadratic(x: Tensor, a: Tensor, b: Tensor, c: Tensor) -> Tensor:
    """(a·x + b)·x + c with lists a, b, c along axis 1 of x."""
    a, b, c = (v.view(-1, *[1] * (x.ndim - 2)) for v in (a, b, c))
    return ((x * a + b) * x + c).to(x.dtype)


class _Quadratic(torch.autograd.Function):
    """The same of r = min(max(x, −limit), limit).

    A function of its own, because training spends much of its time here: few passes over the numbers.
    """

    @staticmethod
    def forward(ctx, x: Tensor, a: Tensor, b: Tensor, c: Tensor, limit: float) -> Tensor:
        ctx.save_for_backward(x, a, b)
        ctx.limit = limit
        a, b, c = (v.view(-1, *[1] * (x.ndim - 2)) for v in (a, b, c))
        r = x if math.isinf(limit) else x.clamp(-limit, limit)
        return (r * a).add_(b).mul_(r).add_(c).to(x.dtype)

    @staticmethod
    def backward(ctx, g: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor, None]:
        x, a, b = ctx.saved_tensors
        bounded = not math.isinf(ctx.limit)
        r = x.clamp(-ctx.limit, ctx.limit) if bounded else x
        others = [0, *range(2, x.ndim)]
        first, second = (v.view(-1, *[1] * (x.ndim - 2)) for v in (a, b))
        g = g.float()
        linear = g * r
        sums = [p.sum()[None] if a.numel() == 1 else p.sum(others) for p in (linear * r, linear, g)]
        slope = (r * (2 * first)).add_(second).mul_(g)
        if bounded:
            slope.mul_(x == r)
        return slope.to(x.dtype), *sums, None
