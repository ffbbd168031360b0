"""A trainable quadratic in place of an activation."""

import math

import torch
from torch import Tensor, nn

from .fit import relu_fit


class Quadratic(nn.Module):
    """a·x² + b·x + c, with coefficients of each channel (axis 1) or of the whole layer; any shape N×C×… stays.

    Computed in f32 also where the layers around it run in bf16, and rounded to the input's type once.

    With a `limit`, while the module trains it goes on as its tangents beyond ±limit: a square of a square of a large number
    is beyond all bounds after a few layers, and a network whose numbers are not yet in range could not be trained. What is
    evaluated is the quadratic itself.

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
    """The same with tangents beyond ±limit: with r = min(max(x, −limit), limit), the value is (2a·r + b)·x − a·r² + c.

    A function of its own, because training spends much of its time here: few passes over the numbers.
    """

    @staticmethod
    def forward(ctx, x: Tensor, a: Tensor, b: Tensor, c: Tensor, limit: float) -> Tensor:
        ctx.save_for_backward(x, a, b)
        ctx.limit = limit
        a, b, c = (v.view(-1, *[1] * (x.ndim - 2)) for v in (a, b, c))
        if math.isinf(limit):
            return (x * a).add_(b).mul_(x).add_(c).to(x.dtype)
        inside = x.clamp(-limit, limit) * a
        # (2a·r + b)·x − a·r², the second product of r and a·r.
        value = (2 * inside).add_(b).mul_(x)
        return value.addcmul_(inside, x.clamp(-limit, limit).float(), value=-1).add_(c).to(x.dtype)

    @staticmethod
    def backward(ctx, g: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor, None]:
        x, a, b = ctx.saved_tensors
        limit = ctx.limit
        others = [0, *range(2, x.ndim)]
        whole = a.numel() == 1
        wide = [v.view(-1, *[1] * (x.ndim - 2)) for v in (a, b)]
        g = g.float()
        r = x if math.isinf(limit) else x.clamp(-limit, limit)
        slope = (r * (2 * wide[0])).add_(wide[1])
        linear = g * x
        # The value's derivative by a is 2·r·x − r².
        square = linear * r if math.isinf(limit) else (2 * linear).addcmul_(g, r.float(), value=-1).mul_(r)
        sums = [p.sum()[None] if whole else p.sum(others) for p in (square, linear, g)]
        return slope.mul_(g).to(x.dtype), *sums, None
