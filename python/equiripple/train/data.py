"""A whole data set of images in memory, as bytes: CIFAR-10 in its binary version, an ImageFolder, or synthetic figures."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from .. import read_images
from .errors import TrainingError

MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)
"""What the networks' input is normalised by; `equiripple net` takes the same without an option."""

CIFAR_RECORD = 1 + 3 * 32 * 32


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
        return _synthetic(str(folder))
    if (folder / "data_batch_1.bin").is_file():
        return _cifar(folder)
    if (folder / "train").is_dir():
        return _image_folder(folder, size or 224)
    raise TrainingError(
        f"no data set in '{folder}': there is neither data_batch_1.bin (CIFAR-10, binary version) "
        "nor a folder train/ with a folder for each class"
    )


def _synthetic(literal: str) -> Dataset:
    train, labels, classes = read_images(literal)
    test, test_labels, _ = read_images(literal, train=False)
    parts = [Images(torch.from_numpy(p), torch.from_numpy(k)) for p, k in ((train, labels), (test, test_labels))]
    return Dataset(*parts, tuple(classes))


def _cifar(folder: Path) -> Dataset:
    names = folder / "batches.meta.txt"
    classes = tuple(names.read_text().split()) if names.is_file() else tuple(str(k) for k in range(10))
    train = [_cifar_file(folder / f"data_batch_{k}.bin") for k in range(1, 6)]
    pixels, labels = (torch.cat(parts) for parts in zip(*train, strict=True))
    return Dataset(Images(pixels, labels), Images(*_cifar_file(folder / "test_batch.bin")), classes)


def _cifar_file(path: Path) -> tuple[Tensor, Tensor]:
    if not path.is_file():
        raise TrainingError(f"'{path}' is missing: CIFAR-10 has data_batch_1.bin to data_batch_5.bin and test_batch.bin")
    content = np.fromfile(path, np.uint8)
    if content.size == 0 or content.size % CIFAR_RECORD:
        raise TrainingError(f"'{path}' has {content.size} bytes, no multiple of {CIFAR_RECORD}: it is cut or no CIFAR-10")
    records = torch.from_numpy(content).view(-1, CIFAR_RECORD)
    labels = records[:, 0].long()
    if labels.max() > 9:
        raise TrainingError(f"'{path}' has the label {labels.max()}; those of CIFAR-10 go from 0 to 9")
    return records[:, 1:].view(-1, 3, 32, 32).permute(0, 2, 3, 1).contiguous(), labels


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
