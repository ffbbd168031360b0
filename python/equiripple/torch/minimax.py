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
    """Max-pooling without padding by max(a, b) = b + r(a − b) on pairs of a window, in row-major order, an odd last one
    going on alone; N×C×H×W → N×C×H'×W'. Differences of two numbers of a window must lie in ±range.
    """

    def __init__(
        self,
        kernel_size: int | tuple[int, int],
        stride: int | tuple[int, int] | None = None,
        *,
        relu: MinimaxReLU,
    ):
        super().__init__()
        self.kernel = pair(kernel_size)
        self.stride = self.kernel if stride is None else pair(stride)
        self.relu = relu

    def forward(self, x: Tensor) -> Tensor:
        rows, columns = (
            1 + (length - kernel) // stride for length, kernel, stride in zip(x.shape[-2:], self.kernel, self.stride, strict=True)
        )
        (kh, kw), (sh, sw) = self.kernel, self.stride
        if rows < 1 or columns < 1:
            raise ValueError(f"a window of {kh}×{kw} does not fit into {x.shape[-2]}×{x.shape[-1]}")
        numbers = [
            x[..., i : i + sh * (rows - 1) + 1 : sh, j : j + sw * (columns - 1) + 1 : sw] for i in range(kh) for j in range(kw)
        ]
        while len(numbers) > 1:
            pairs = zip(numbers[::2], numbers[1::2], strict=False)
            last = numbers[-1:] if len(numbers) % 2 else []
            numbers = [b + self.relu(a - b) for a, b in pairs] + last
        return numbers[0]

    @classmethod
    def of(cls, pool: nn.MaxPool2d, relu: MinimaxReLU) -> "MinimaxMaxPool2d":
        """In place of a module; `ValueError` where that pads, dilates or goes beyond the image."""
        if pair(pool.padding) != (0, 0) or pair(pool.dilation) != (1, 1) or pool.ceil_mode:
            raise ValueError(f"{pool} pads, dilates or goes beyond the image: use a max-pool without")
        return cls(pool.kernel_size, pool.stride, relu=relu)


def pair(value: int | tuple[int, int]) -> tuple[int, int]:
    """A number for both axes."""
    return (value, value) if isinstance(value, int) else (value[0], value[1])
