"""The state of a training between two epochs, in one file that is replaced as a whole."""

import os
import pickle
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from .errors import TrainingError

FORMAT = "equiripple training 1"


def save(path: Path, settings: dict[str, Any], state: dict[str, Any]) -> None:
    """Writes beside the file and renames: after a cut the old checkpoint is still whole."""
    beside = path.with_suffix(".new")
    with open(beside, "wb") as file:
        torch.save({"format": FORMAT, "settings": settings, **state}, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)


def read(path: Path) -> dict[str, Any]:
    """A checkpoint as it was saved."""
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError) as error:
        raise TrainingError(f"'{path}' is no checkpoint: {str(error).splitlines()[0]}") from error
    if not isinstance(state, dict) or state.get("format") != FORMAT:
        raise TrainingError(f"'{path}' is no checkpoint of this version ({FORMAT})")
    return state


def resume(path: Path, settings: dict[str, Any]) -> dict[str, Any] | None:
    """The checkpoint of a folder, if there is one and it is of a training with the same settings."""
    if not path.is_file():
        return None
    state = read(path)
    found = state["settings"]
    names = sorted(settings.keys() | found.keys())
    other = [f"{k} {found.get(k)}, now {settings.get(k)}" for k in names if found.get(k) != settings.get(k)]
    if other:
        raise TrainingError(
            f"'{path}' is of another training: {'; '.join(other)}. Say the same options to go on with it, or another --out"
        )
    return state


def load_weights(model: nn.Module, weights: dict[str, Any], source: Path) -> None:
    """Weights by name into a network of the same layers."""
    own = model.state_dict()
    missing = sorted(own.keys() - weights.keys())
    unknown = sorted(weights.keys() - own.keys())
    shapes = [
        f"{k} {tuple(weights[k].shape)} for {tuple(own[k].shape)}"
        for k in own.keys() & weights.keys()
        if own[k].shape != weights[k].shape
    ]
    counters = {k for k in missing if k.endswith("num_batches_tracked")}
    missing = [k for k in missing if k not in counters]
    if missing or unknown or shapes:
        wrong = [("missing", missing), ("unknown", unknown), ("of another shape", sorted(shapes))]
        said = "; ".join(f"{what}: {', '.join(names[:3])}{'…' if len(names) > 3 else ''}" for what, names in wrong if names)
        raise TrainingError(f"'{source}' holds the weights of another network: {said}")
    model.load_state_dict(weights, strict=not counters)


def read_weights(path: Path) -> dict[str, Tensor]:
    """Weights of a safetensors file."""
    try:
        return load_file(path)
    except (OSError, SafetensorError) as error:
        raise TrainingError(
            f"the weights '{path}' cannot be read: {error}; they are a file that a recipe wrote, model.safetensors"
        ) from error
