"""Mean, standard deviation and kurtosis of what activations see, and a loss that keeps them near a normal distribution's."""

from collections.abc import Iterable

import torch
from torch import Tensor, nn


class Moments:
    """Collects the inputs of some modules in each forward pass, for the penalty on them.

    The penalty is that of range regularisation for encrypted networks (arXiv:2306.09189): the means over all layers of
    μ², (s − 1)² and (κ − 3)², where μ, s and κ = E[(x−μ)⁴]/(s⁴ + 10⁻⁴) are those of all of a layer's numbers in a batch.
    Small tails are what keeps a polynomial inside of its range.
    """

    def __init__(self, model: nn.Module, names: Iterable[str]):
        self.inputs: dict[str, Tensor] = {}
        for name in names:
            model.get_submodule(name).register_forward_pre_hook(lambda _, inputs, name=name: self._see(name, inputs[0]))

    def _see(self, name: str, x: Tensor) -> None:
        if torch.is_grad_enabled():
            self.inputs[name] = x

    def penalty(self) -> Tensor:
        """A number, of the last forward pass; what was collected is given back."""
        terms = [moment_penalty(x) for x in self.inputs.values()]
        self.inputs.clear()
        return torch.stack(terms).mean()

    def clear(self) -> None:
        """Forgets the last forward pass."""
        self.inputs.clear()


def moment_penalty(x: Tensor) -> Tensor:
    """μ² + (s − 1)² + (κ − 3)² of all elements."""
    with torch.autocast(x.device.type, enabled=False):
        x = x.float()
        centred = x - x.mean()
        squares = centred * centred
        variance = squares.mean()
        kurtosis = (squares * squares).mean() / (variance * variance + 1e-4)
        return x.mean() ** 2 + (variance.clamp_min(1e-12).sqrt() - 1) ** 2 + (kurtosis - 3) ** 2
