"""Certified approximations of ReLU and max as modules."""

import torch
from torch import Tensor, nn

from .._native import Approximation, approximate


class Composition(nn.Module):
    """Chebyshev series one after another: P(x) = pₖ(… p₁(x)), element by element, differentiable.

    The coefficients are buffers in f64 that are rounded to the input's type.
    """

    def __init__(self, approximation: Approximation):
        super().__init__()
        self.intervals = approximation.intervals
        for k, coefficients in enumerate(approximation.coefficients):
            self.register_buffer(f"stage{k}", torch.from_numpy(coefficients), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        for k, (low, high) in enumerate(self.intervals):
            x = clenshaw(getattr(self, f"stage{k}"), (2 * x - (low + high)) / (high - low))
        return x


def clenshaw(coefficients: Tensor, x: Tensor) -> Tensor:
    """Σ cₖ·Tₖ(x) by Clenshaw's recurrence."""
    numbers = coefficients.tolist()
    ahead, current = torch.zeros_like(x), torch.zeros_like(x)
    for c in reversed(numbers[1:]):
        ahead, current = current, 2 * x * current - ahead + c
    return x * current - ahead + numbers[0]


class MinimaxReLU(nn.Module):
    """ReLU on [−range, range] as range·r(x/range), r(x) = x/2 + x·P(x) + c₀ certified to 2^-alpha; any shape stays.

    MinimaxReLU(alpha=10, range=16.0)
    MinimaxReLU(equiripple.approximate("relu", degrees=[7, 15]), range=16.0)
    """

    def __init__(self, approximation: Approximation | None = None, *, alpha: float | None = None, range: float = 1.0):
        super().__init__()
        if (approximation is None) == (alpha is None):
            raise ValueError("give an approximation of ReLU, or alpha, the bits of its error")
        if not 0 < range < float("inf"):
            raise ValueError(f"range is {range}; it must be positive")
        made = approximate("relu", alpha) if approximation is None else approximation
        if not made.product:
            raise ValueError(f"{made!r} is no ReLU: its value is P(x), where x/2 + x·P(x) is wanted")
        self.range, self.offset = float(range), made.offset
        self.described = repr(made)
        self.composition = Composition(made)

    def forward(self, x: Tensor) -> Tensor:
        with torch.autocast(x.device.type, enabled=False):
            # Compositions lose what bf16 keeps.
            wide = x.float() if x.dtype in (torch.bfloat16, torch.float16) else x
            unit = wide / self.range
            # The ½ of x/2 + x·P is outside of the last stage here.
            value = unit * (self.composition(unit) + 0.5) + self.offset
            return (value * self.range).to(x.dtype)

    def extra_repr(self) -> str:
        return f"{self.described}, range={self.range:g}"


class MinimaxMaxPool2d(nn.Module):
    """Max-pooling by max(a, b) = b + r(a − b), N×C×H×W → N×C×H'×W': a row of each window first, then what is left of its
    rows, each in rounds of pairs, an odd last one going on alone. Differences of two numbers of a window must lie in ±range.

    Where windows reach beyond the image its border is repeated, which changes no maximum. Encrypted networks take the same
    maxima in the same order.
    """

    def __init__(
        self,
        kernel_size: int | tuple[int, int],
        stride: int | tuple[int, int] | None = None,
        padding: int | tuple[int, int] = 0,
        dilation: int | tuple[int, int] = 1,
        ceil_mode: bool = False,
        *,
        relu: MinimaxReLU,
    ):
        super().__init__()
        self.kernel = pair(kernel_size)
        self.stride = self.kernel if stride is None else pair(stride)
        self.padding, self.dilation = pair(padding), pair(dilation)
        self.ceil_mode = ceil_mode
        self.relu = relu
        padded = ceil_mode or self.padding != (0, 0)
        if padded and self.dilation != (1, 1):
            raise ValueError(f"dilation is {self.dilation}; it must be 1 where windows reach beyond the image")
        if any(2 * p > k for p, k in zip(self.padding, self.kernel, strict=True)):
            raise ValueError(f"padding is {self.padding}; it must be at most half of the kernel, {self.kernel}")

    def forward(self, x: Tensor) -> Tensor:
        for axis in (-1, -2):
            x = self._along(x, axis)
        return x

    def _along(self, x: Tensor, axis: int) -> Tensor:
        """Maxima along one axis."""
        kernel, stride, padding, dilation = self.kernel[axis], self.stride[axis], self.padding[axis], self.dilation[axis]
        length, reach = x.shape[axis], dilation * (kernel - 1) + 1
        space = length + 2 * padding - reach
        if space < 0:
            raise ValueError(f"a window of {reach} pixels does not fit into {length}, with {padding} around")
        windows = 1 + space // stride
        if self.ceil_mode:
            windows = 1 + -(-space // stride)
            # The last window begins on the image or before it.
            windows -= (windows - 1) * stride >= length + padding
        after = max((windows - 1) * stride + reach - length - padding, 0)
        first, last = x.narrow(axis, 0, 1), x.narrow(axis, length - 1, 1)
        if padding or after:
            x = torch.cat([first] * padding + [x] + [last] * after, axis)
        taps = (slice(dilation * k, dilation * k + stride * (windows - 1) + 1, stride) for k in range(kernel))
        numbers = [x[..., tap] if axis == -1 else x[..., tap, :] for tap in taps]
        while len(numbers) > 1:
            pairs = zip(numbers[::2], numbers[1::2], strict=False)
            odd = numbers[-1:] if len(numbers) % 2 else []
            numbers = [b + self.relu(a - b) for a, b in pairs] + odd
        return numbers[0]

    @classmethod
    def of(cls, pool: nn.MaxPool2d, relu: MinimaxReLU) -> "MinimaxMaxPool2d":
        """In place of a module; `ValueError` where that dilates windows which reach beyond the image."""
        return cls(pool.kernel_size, pool.stride, pool.padding, pool.dilation, pool.ceil_mode, relu=relu)


def pair(value: int | tuple[int, int]) -> tuple[int, int]:
    """A number for both axes."""
    return (value, value) if isinstance(value, int) else (value[0], value[1])
