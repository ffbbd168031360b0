"""A trained model as files that `equiripple net` reads."""

import copy
import warnings
from pathlib import Path

import torch
from torch import Tensor, nn

OPSET = 18
"""Operator set of the ONNX file."""


def weights_of(model: nn.Module) -> dict[str, Tensor]:
    """Weights by PyTorch's names, on the CPU, without the counters of batch norms."""
    state = model.state_dict().items()
    return {name: value.detach().cpu().contiguous() for name, value in state if not name.endswith("num_batches_tracked")}


def save_weights(model: nn.Module, path: Path | str, metadata: dict[str, str] | None = None, half: bool = False) -> None:
    """A safetensors file, for `equiripple net … --arch NAME --weights PATH`; with `half` in f16, of half the size.

    Raises `OverflowError` where a weight is beyond f16.
    """
    from safetensors.torch import save_file

    weights = weights_of(model)
    if half:
        rounded = {name: value.half() for name, value in weights.items()}
        for name, value in rounded.items():
            if not value.isfinite().all():
                raise OverflowError(f"'{name}' has {weights[name].abs().max():.4g}, beyond f16: write it in f32")
        weights = rounded
    save_file(weights, path, metadata)


def save_onnx(model: nn.Module, path: Path | str, shape: tuple[int, int, int]) -> None:
    """An ONNX file of the model in evaluation, for `equiripple net import PATH`; `shape` is an image's: channels, height,
    width. The batch axis is left open.

    Needs the packages `onnx` and `onnxscript`.
    """
    # Of channels-last weights the exporter makes operations on strides.
    model = copy.deepcopy(model).cpu().to(memory_format=torch.contiguous_format).eval()
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            model,
            (torch.zeros(2, *shape),),
            str(path),
            dynamo=True,
            external_data=False,
            opset_version=OPSET,
            input_names=["images"],
            output_names=["logits"],
            dynamic_shapes=({0: torch.export.Dim("batch")},),
            verbose=False,
        )
