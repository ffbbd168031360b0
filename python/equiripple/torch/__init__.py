"""Equiripple's polynomials as PyTorch modules, and what training with them needs.

`MinimaxReLU` and `MinimaxMaxPool2d` are certified approximations that are differentiable; `Quadratic` is trained.
`replace_activations` puts them into a model, `RangeObserver` says whether the model stays in their range, `Moments` keeps
it there, `save_weights` and `save_onnx` write what `equiripple net` reads.
"""

try:
    import torch as _torch  # noqa: F401
except ImportError as error:
    raise ImportError("equiripple.torch needs PyTorch: pip install 'equiripple[torch]', or torch from pytorch.org") from error

from .blend import Blend, finish_blend, set_blend
from .export import save_onnx, save_weights, weights_of
from .fit import relu_fit
from .minimax import MinimaxMaxPool2d, MinimaxReLU
from .moments import Moments, moment_penalty
from .quadratic import Quadratic
from .ranges import RangeObserver, RangeWarning
from .replace import UnreplaceableError, replace_activations

__all__ = [
    "Blend",
    "MinimaxMaxPool2d",
    "MinimaxReLU",
    "Moments",
    "Quadratic",
    "RangeObserver",
    "RangeWarning",
    "UnreplaceableError",
    "finish_blend",
    "moment_penalty",
    "relu_fit",
    "replace_activations",
    "save_onnx",
    "save_weights",
    "set_blend",
    "weights_of",
]
