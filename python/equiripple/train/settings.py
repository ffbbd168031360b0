"""What a recipe can be told: a dataclass of settings, whose fields are the options of its command line."""

import argparse
import dataclasses
from dataclasses import dataclass
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, get_args, get_type_hints

from .errors import TrainingError
from .models import NAMES


def option(default: Any, text: str, **more: Any) -> Any:
    """A field with its line of help; `free` ones may change when a training is taken up again."""
    return dataclasses.field(default=default, metadata={"help": text, **more})


@dataclass(frozen=True)
class Settings:
    """Those of every recipe."""

    data: Path = option(
        Path("cifar-10-batches-bin"),
        "folder of CIFAR-10 (binary version), one with train/ and val/, or synthetic:images=N",
        free=True,
    )
    out: Path = option(Path("runs/run"), "folder for checkpoint, curves, weights and record", free=True)
    architecture: str = option("resnet20", "the network", choices=NAMES)
    epochs: int = option(60, "how often each image is seen")
    batch: int = option(128, "images a step")
    lr: float = option(0.2, "largest learning rate")
    momentum: float = option(0.9, "Nesterov momentum")
    weight_decay: float = option(5e-4, "decay of weights; batch norms, biases and activations have none")
    warm_up: float = option(0.15, "part of the training in which the learning rate rises from 0; then it falls as a cosine")
    shift: int = option(4, "by how many pixels images are moved at random")
    clip: float = option(0.0, "largest norm of the gradient, 0 for any")
    average: float = option(0.999, "factor a step of the running mean of the weights, which is what is kept; 0 for none")
    size: int | None = option(None, "height and width of an ImageFolder's images (224)")
    seed: int = option(1, "everything random follows from it")
    images: int | None = option(None, "use no more than so many images of each part")
    precision: str = option(
        "bf16", "numbers of the convolutions in training; what is reported is of f32", choices=("bf16", "f32")
    )
    device: str = option("auto", "cpu, cuda, or auto for the best there is", free=True)
    threads: int | None = option(None, "processor threads (all)", free=True)

    def __post_init__(self) -> None:
        for name in ("epochs", "batch", "lr"):
            if getattr(self, name) <= 0:
                raise TrainingError(f"--{name} is {getattr(self, name)}; it must be positive")
        for name in ("momentum", "warm_up", "average"):
            if not 0 <= getattr(self, name) < 1:
                raise TrainingError(f"--{name.replace('_', '-')} is {getattr(self, name)}; it must be at least 0 and below 1")

    def fixed(self) -> dict[str, Any]:
        """What must be the same when a training is taken up again, as plain data."""
        fields = (f for f in dataclasses.fields(self) if not f.metadata.get("free"))
        return {f.name: plain(getattr(self, f.name)) for f in fields}


def plain(value: Any) -> Any:
    """A path as text; anything else as it is."""
    return str(value) if isinstance(value, Path) else value


T = TypeVar("T")


def add_options(parser: argparse.ArgumentParser, kind: type) -> None:
    """An option `--some-name` for each field `some_name`; `positional` ones are a list of arguments."""
    hints = get_type_hints(kind)
    for field in dataclasses.fields(kind):
        of = hints[field.name]
        if field.metadata.get("positional"):
            parser.add_argument(field.name, nargs="+", type=get_args(of)[0], help=field.metadata["help"], metavar="FILE")
            continue
        of = get_args(of)[0] if isinstance(of, UnionType) else of
        name = "--" + field.name.replace("_", "-")
        known = "" if field.default is None else " (%(default)s)"
        text = field.metadata["help"] + known
        if of is bool:
            parser.add_argument(name, action=argparse.BooleanOptionalAction, default=field.default, help=text)
        else:
            choices = field.metadata.get("choices")
            metavar = None if choices else of.__name__.upper()
            parser.add_argument(name, type=of, default=field.default, help=text, choices=choices, metavar=metavar)


def from_options(kind: type[T], options: argparse.Namespace) -> T:
    """The settings that the options say."""
    return kind(**{f.name: getattr(options, f.name) for f in dataclasses.fields(kind)})
