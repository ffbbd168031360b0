"""Quadratics near ReLU for numbers that are normally distributed."""

import math

import torch
from torch import Tensor


def relu_fit(mean: Tensor, std: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """a, b, c of the quadratic a·x² + b·x + c that is nearest to ReLU in mean square for x ~ N(mean, std²), by element.

    With m = mean/std and u = (x − mean)/std, the Hermite coefficients of max(x, 0) are std·(m·Φ(m) + φ(m)), std·Φ(m)
    and std·φ(m)/2 of 1, u and u² − 1. For mean 0 the fit is x²/(2√(2π)·std) + x/2 + std/(2√(2π)).

    |m| counts as 2 at most: beyond that ReLU is a line or zero to these numbers, and a quadratic would be none.
    """
    std = std.clamp_min(1e-6)
    mean = mean.clamp(-2 * std, 2 * std)
    m = mean / std
    density = torch.exp(-m * m / 2) / math.sqrt(2 * math.pi)
    below = torch.special.ndtr(m)
    constant = std * (m * below + density)
    a = density / (2 * std)
    b = below - 2 * a * mean
    c = constant - std * density / 2 - below * mean + a * mean * mean
    return a, b, c
