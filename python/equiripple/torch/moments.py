"""Mean, standard deviation and kurtosis of what activations see, and a loss that keeps them near a normal distribution's."""

import math
from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Moments:
    """Collects the inputs of some modules in each forward pass, for the penalty on them.

    The penalty is that of range regularisation for encrypted networks (arXiv:2306.09189): the means over all layers of
    μ², (s − 1)² and (κ − 3)², where μ, s and κ = E[(x−μ)⁴]/(s⁴ + 10⁻⁴) are those of all of a layer's numbers in a batch.
    Small tails are what keeps a polynomial inside of its range. Of each batch the first `part` of the images is looked at.
    """

    def __init__(self, model: nn.Module, names: Iterable[str], part: float = 1.0):
        self.part = part
        self.inputs: dict[str, Tensor] = {}
        for name in names:
            model.get_submodule(name).register_forward_pre_hook(lambda _, inputs, name=name: self._see(name, inputs[0]))

    def _see(self, name: str, x: Tensor) -> None:
        if torch.is_grad_enabled():
            self.inputs[name] = x[: math.ceil(self.part * len(x))]

    def penalty(self) -> Tensor:
        """A number, of the last forward pass."""
        return torch.stack([moment_penalty(x) for x in self.inputs.values()]).mean()

    def excess(self, limit: float) -> Tensor:
        """How far numbers lie outside of ±limit: Σ e + e² of an image, e = max(|x| − limit, 0), mean over images and layers.

        The square draws on the few that would grow beyond all bounds in the next layers, the other term on the many.
        """
        outside = [F.softshrink(x, limit).float() for x in self.inputs.values()]
        return torch.stack([(e.abs().sum() + (e * e).sum()) / len(e) for e in outside]).mean()

    def clear(self) -> None:
        """Forgets the last forward pass."""
        self.inputs.clear()


EPSILON = 1e-4


def moment_penalty(x: Tensor) -> Tensor:
    """μ² + (s − 1)² + (κ − 3)² of all elements, in f32."""
    with torch.autocast(x.device.type, enabled=False):
        return _MomentPenalty.apply(x)


class _MomentPenalty(torch.autograd.Function):
    """With v, m₃ and m₄ the central moments, the derivative by an element at distance d from the mean is

    2/N·(μ + (1 − 1/s)·d + 4·(κ − 3)·(d³ − m₃ − κ·v·d)/(v² + ε)):
    a cubic in d, so that neither pass keeps more than x.
    """

    @staticmethod
    def forward(ctx, x: Tensor) -> Tensor:
        d = x.float()
        mean = d.mean()
        d = d - mean
        q = d * d
        variance, third, fourth = q.mean(), (q * d).mean(), (q * q).mean()
        ctx.save_for_backward(x, torch.stack([mean, variance, third, fourth]))
        s = variance.clamp_min(1e-12).sqrt()
        return mean**2 + (s - 1) ** 2 + (fourth / (variance**2 + EPSILON) - 3) ** 2

    @staticmethod
    def backward(ctx, g: Tensor) -> Tensor:
        x, moments = ctx.saved_tensors
        mean, variance, third, fourth = moments.tolist()
        s = max(variance, 1e-12) ** 0.5
        below = variance**2 + EPSILON
        kurtosis = fourth / below
        factor = 2 * g.item() / x.numel()
        cubic = factor * (kurtosis - 3) * 4 / below
        linear = factor * ((1 - 1 / s) - (kurtosis - 3) * 4 * kurtosis * variance / below)
        constant = factor * mean - cubic * third
        d = x.float() - mean
        return (d * d).mul_(cubic).add_(linear).mul_(d).add_(constant).to(x.dtype)
