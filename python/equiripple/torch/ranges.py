"""The range of what activations see."""

import warnings
from collections.abc import Iterable
from types import TracebackType

import torch
from torch import Tensor, nn


class RangeWarning(UserWarning):
    """A value outside of the range of its layer."""


class RangeObserver:
    """Least and largest value that each of some modules takes, while it is attached.

    With `limits`, a value outside of [−limit, limit] warns with the layer and the value, once for each layer.

        with RangeObserver(model, names) as seen:
            model(images)
        print(seen.largest())
    """

    def __init__(self, model: nn.Module, names: Iterable[str], limits: dict[str, float] | None = None):
        self.modules = {name: model.get_submodule(name) for name in names}
        self.limits = limits or {}
        self.low: dict[str, float] = {}
        self.high: dict[str, float] = {}
        self.outside: dict[str, int] = {}
        self.hooks: list[torch.utils.hooks.RemovableHandle] = []

    def __enter__(self) -> "RangeObserver":
        for name, module in self.modules.items():
            self.hooks.append(module.register_forward_pre_hook(lambda _, inputs, name=name: self._see(name, inputs[0])))
        return self

    def __exit__(self, kind: type | None, value: BaseException | None, trace: TracebackType | None) -> None:
        for hook in self.hooks:
            hook.remove()
        self.hooks.clear()

    @torch.no_grad()
    def _see(self, name: str, x: Tensor) -> None:
        low, high = (v.item() for v in torch.aminmax(x))
        self.low[name] = min(low, self.low.get(name, low))
        self.high[name] = max(high, self.high.get(name, high))
        limit = self.limits.get(name)
        if limit is None or max(-low, high) <= limit:
            return
        value = low if -low > high else high
        if name not in self.outside:
            warnings.warn(f"{name}: {value:.4g} is outside of the calibrated range ±{limit:.4g}", RangeWarning, stacklevel=2)
        self.outside[name] = self.outside.get(name, 0) + int((x.abs() > limit).sum())

    def largest(self) -> dict[str, float]:
        """Largest absolute value by layer."""
        return {name: max(-self.low[name], self.high[name]) for name in self.low}
