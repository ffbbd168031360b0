"""A whole data set of images in memory, as bytes: CIFAR-10 in its binary version, an ImageFolder, or synthetic figures."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from .. import ApproximationError, read_images
from .errors import TrainingError

MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)
"""What the networks' input is normalised by; `equiripple net` takes the same without an option."""

CIFAR = (*(f"data_batch_{k}.bin" for k in range(1, 6)), "test_batch.bin")
"""Files of CIFAR-10 in its binary version."""


@dataclass(frozen=True)
class Images:
    """Images and what they show."""

    pixels: Tensor
    """uint8, N×H×W×3."""
    labels: Tensor
    """int64, N."""

    def __len__(self) -> int:
        return len(self.labels)

    def to(self, device: torch.device) -> "Images":
        """The same on another device."""
        return Images(self.pixels.to(device), self.labels.to(device))

    def first(self, count: int | None) -> "Images":
        """The first `count` of them, or all."""
        return self if count is None else Images(self.pixels[:count], self.labels[:count])


@dataclass(frozen=True)
class Dataset:
    """Images to learn from, and images that nothing is learned from."""

    train: Images
    test: Images
    classes: tuple[str, ...]

    @property
    def size(self) -> int:
        """Height and width of an image."""
        return self.train.pixels.shape[1]

    def first(self, count: int | None) -> "Dataset":
        """The first `count` images of each part, or all."""
        return Dataset(self.train.first(count), self.test.first(count), self.classes)


def normalise(pixels: Tensor) -> Tensor:
    """N×H×W×3 bytes as N×3×H×W floats, which lie in memory as channels-last."""
    mean = torch.tensor(MEAN, device=pixels.device) * 255
    std = torch.tensor(STD, device=pixels.device) * 255
    return ((pixels.float() - mean) / std).permute(0, 3, 1, 2)


def load(folder: Path, size: int | None = None) -> Dataset:
    """The data set of a folder: one that holds `data_batch_1.bin` is CIFAR-10, one that holds `train/` an ImageFolder.

    `size` is that of an ImageFolder's images, 224 if nothing is said. `synthetic:images=10000` stands for figures made
    from a seed, as `equiripple data show` tells; of them too, some are for the test alone.
    """
    if str(folder).startswith("synthetic:"):
        return _stored(folder)
    if (folder / CIFAR[0]).is_file():
        for name in CIFAR:
            if not (folder / name).is_file():
                raise TrainingError(f"'{folder / name}' is missing: CIFAR-10 has {CIFAR[0]} to {CIFAR[-2]} and {CIFAR[-1]}")
        return _stored(folder)
    if (folder / "train").is_dir():
        return _image_folder(folder, size or 224)
    raise TrainingError(
        f"no data set in '{folder}': there is neither data_batch_1.bin (CIFAR-10, binary version) "
        "nor a folder train/ with a folder for each class"
    )


def _stored(source: Path) -> Dataset:
    """Images of one size, as the Rust package reads them."""
    try:
        train, test = (read_images(source, train=part) for part in (True, False))
    except ApproximationError as error:
        raise TrainingError(f"--data: {error}") from error
    parts = [Images(torch.from_numpy(pixels), torch.from_numpy(labels)) for pixels, labels, _ in (train, test)]
    return Dataset(*parts, tuple(train[2]))


def _image_folder(folder: Path, size: int) -> Dataset:
    classes = tuple(sorted(entry.name for entry in (folder / "train").iterdir() if entry.is_dir()))
    if len(classes) < 2:
        raise TrainingError(f"'{folder}/train' has {len(classes)} folders of classes; a network needs two or more")
    test = folder / ("val" if (folder / "val").is_dir() else "test")
    return Dataset(_folder_images(folder / "train", classes, size), _folder_images(test, classes, size), classes)


def _folder_images(folder: Path, classes: tuple[str, ...], size: int) -> Images:
    """The short side scaled to `size`, the middle cut out."""
    from PIL import Image, ImageOps

    pixels, labels = [], []
    for label, name in enumerate(classes):
        for path in sorted((folder / name).glob("*")):
            if path.suffix.lower() in {".jpg", ".jpeg", ".png", ".bmp", ".webp"}:
                with Image.open(path) as image:
                    pixels.append(np.asarray(ImageOps.fit(image.convert("RGB"), (size, size), Image.Resampling.BILINEAR)))
                labels.append(label)
    if not pixels:
        raise TrainingError(f"no images of the classes {', '.join(classes[:3])}… in '{folder}'")
    return Images(torch.from_numpy(np.stack(pixels)), torch.tensor(labels))
