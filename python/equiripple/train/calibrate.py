"""Statistics of what activations see, over training images."""

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from .data import Images, normalise


@dataclass(frozen=True)
class Statistics:
    """By channel, axis 1."""

    mean: Tensor
    std: Tensor

    def whole(self) -> "Statistics":
        """Those of all channels together, as lists of length 1."""
        mean = self.mean.mean()
        second = (self.std**2 + self.mean**2).mean()
        return Statistics(mean[None], (second - mean**2).clamp_min(0).sqrt()[None])

    def widened(self, part: float) -> "Statistics":
        """With standard deviations of at least a part of the whole layer's.

        A channel that hardly moves has a steep fit, which is beyond all bounds as soon as the channel does move.
        """
        return Statistics(self.mean, torch.maximum(self.std, part * self.whole().std))


@torch.no_grad()
def statistics(model: nn.Module, names: Iterable[str], images: Images, batch: int = 500) -> dict[str, Statistics]:
    """Mean and standard deviation of the inputs of the modules, in f32 and without augmentation."""
    sums: dict[str, list[Tensor]] = {}
    counts: dict[str, int] = {}

    def see(name: str, x: Tensor) -> None:
        flat = x.double().transpose(0, 1).flatten(1)
        both = [flat.sum(1), (flat * flat).sum(1)]
        sums[name] = [a + b for a, b in zip(sums[name], both, strict=True)] if name in sums else both
        counts[name] = counts.get(name, 0) + flat.shape[1]

    hooks = [
        model.get_submodule(name).register_forward_pre_hook(lambda _, inputs, name=name: see(name, inputs[0])) for name in names
    ]
    model.eval()
    for start in range(0, len(images), batch):
        model(normalise(images.pixels[start : start + batch]))
    for hook in hooks:
        hook.remove()
    found = {}
    for name, (first, second) in sums.items():
        mean = first / counts[name]
        found[name] = Statistics(mean.float(), (second / counts[name] - mean**2).clamp_min(0).sqrt().float())
    return found


@torch.no_grad()
def image_maxima(model: nn.Module, names: Iterable[str], images: Images, batch: int = 500) -> dict[str, Tensor]:
    """The largest absolute value that each of the modules is given, by image, in f32: a list of N for each."""
    seen: dict[str, list[Tensor]] = {name: [] for name in names}
    hooks = [
        model.get_submodule(name).register_forward_pre_hook(
            lambda _, inputs, name=name: seen[name].append(inputs[0].abs().flatten(1).amax(1))
        )
        for name in seen
    ]
    model.eval()
    for start in range(0, len(images), batch):
        model(normalise(images.pixels[start : start + batch]))
    for hook in hooks:
        hook.remove()
    # What is no number is beyond all ranges.
    return {name: torch.cat(parts).nan_to_num(torch.inf).cpu() for name, parts in seen.items()}
