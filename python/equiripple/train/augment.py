"""Batches of an epoch, each image moved and mirrored at random, as whole-batch tensor operations."""

from collections.abc import Iterator

import torch
from torch import Tensor

from .data import Images, normalise


def shifted(pixels: Tensor, shift: int, generator: torch.Generator) -> Tensor:
    """Each image moved by up to `shift` pixels both ways and mirrored half of the time; N×H×W×3 as it was.

    What comes in at the border is the image reflected there.
    """
    count, height, width, _ = pixels.shape
    device = pixels.device
    draw = torch.randint(-shift, shift + 1, (2, count, 1), generator=generator)
    mirror = torch.randint(0, 2, (count, 1), generator=generator).bool().to(device)
    rows, columns = draw.to(device)
    rows = _reflect(torch.arange(height, device=device) + rows, height)
    columns = _reflect(torch.arange(width, device=device) + columns, width)
    columns = torch.where(mirror, columns.flip(1), columns)
    images = torch.arange(count, device=device)
    return pixels[images[:, None, None], rows[:, :, None], columns[:, None, :]]


def _reflect(index: Tensor, length: int) -> Tensor:
    index = index.abs()
    return torch.where(index < length, index, 2 * (length - 1) - index)


def contrasted(images: Tensor, amount: float) -> Tensor:
    """Each of N×3×H×W images with its differences from its own mean times a factor of [1 − amount, 1 + amount]."""
    factor = 1 + amount * (2 * torch.rand(len(images), 1, 1, 1, device=images.device) - 1)
    mean = images.mean((1, 2, 3), keepdim=True)
    return torch.addcmul(mean, images - mean, factor)


def batches(images: Images, size: int, shift: int, seed: int, epoch: int) -> Iterator[tuple[Tensor, Tensor]]:
    """The full batches of an epoch in random order: N×3×H×W floats and N labels.

    Order, shifts and mirrors follow from seed and epoch alone, so that a training taken up again sees the same.
    """
    generator = torch.Generator().manual_seed(seed * 1_000_003 + epoch)
    order = torch.randperm(len(images), generator=generator).to(images.labels.device)
    for start in range(0, len(images) - size + 1, size):
        chosen = order[start : start + size]
        yield normalise(shifted(images.pixels[chosen], shift, generator)), images.labels[chosen]
