"""Other modules in place of activations and max-pools."""

from collections.abc import Callable, Iterable

import torch
from torch import fx, nn
from torch.nn import functional as F

ACTIVATIONS = (
    nn.ReLU,
    nn.ReLU6,
    nn.LeakyReLU,
    nn.ELU,
    nn.GELU,
    nn.SiLU,
    nn.Hardswish,
    nn.Hardsigmoid,
    nn.Sigmoid,
    nn.Tanh,
    nn.Softplus,
    nn.Mish,
)
"""Functions of one number, which a polynomial can stand for."""

MAX_POOLS = (nn.MaxPool2d,)
"""Maxima, which polynomials on pairs can stand for."""

OTHERS = (
    nn.AdaptiveMaxPool2d,
    nn.MaxPool1d,
    nn.MaxPool3d,
    nn.PReLU,
    nn.Softmax,
    nn.LayerNorm,
    nn.GroupNorm,
    nn.InstanceNorm2d,
    nn.MultiheadAttention,
    nn.RNNBase,
    nn.Threshold,
)
"""What no polynomial in place of one module makes ready for encryption."""

FUNCTIONS = {
    F.relu,
    F.relu_,
    torch.relu,
    F.relu6,
    F.leaky_relu,
    F.gelu,
    F.silu,
    F.hardswish,
    F.max_pool2d,
    F.adaptive_max_pool2d,
    torch.sigmoid,
    torch.tanh,
    torch.max,
    torch.maximum,
    F.softmax,
    torch.softmax,
}
METHODS = {"relu", "relu_", "sigmoid", "tanh", "max", "softmax", "clamp"}

Make = Callable[[str, nn.Module], nn.Module | None]
"""What is put in place of a module of that name; nothing where it stays."""


class UnreplaceableError(ValueError):
    """Parts of a model that would stay without polynomial form."""

    def __init__(self, parts: Iterable[str]):
        self.parts = tuple(parts)
        super().__init__(
            f"no polynomial can be put in place of {', '.join(self.parts)}; write the network with nn.ReLU and nn.MaxPool2d "
            "or nn.AvgPool2d in their place, each a module of its own"
        )


def replace_activations(model: nn.Module, make: Make, strict: bool = True) -> list[str]:
    """Puts `make(name, module)` in the place of each activation and max-pool of the model; gives their names.

    A module that is used under several names gets one replacement under all of them. With `strict`, a model is refused,
    and left as it was, when afterwards something in it would have no polynomial form: an activation for which `make`
    gives nothing, another module such as a softmax, or a function such as `F.relu` that is called in a `forward`.
    """
    made: dict[int, nn.Module] = {}
    places: list[tuple[nn.Module, str, str, nn.Module]] = []
    staying: list[str] = []
    for path, parent in model.named_modules(remove_duplicate=False):
        # `named_children` passes over a module's second name.
        for name, child in parent._modules.items():
            full = f"{path}.{name}" if path else name
            if isinstance(child, (*ACTIVATIONS, *MAX_POOLS)):
                other = made.get(id(child)) or make(full, child)
                if other is None:
                    staying.append(described(full, child))
                else:
                    made[id(child)] = other
                    places.append((parent, name, full, other))
            elif isinstance(child, OTHERS):
                staying.append(described(full, child))
    if strict and (staying := staying + functions(model)):
        raise UnreplaceableError(staying)
    for parent, name, _, other in places:
        setattr(parent, name, other)
    return [full for _, _, full, _ in places]


def described(name: str, module: nn.Module) -> str:
    """'layer1.act' (PReLU)."""
    return f"'{name}' ({type(module).__name__})"


def functions(model: nn.Module) -> list[str]:
    """Functions without polynomial form that the model calls itself; none are seen where it cannot be traced."""
    leaves = fx.Tracer()
    try:
        graph = leaves.trace(model)
    except Exception:
        return []
    found = []
    for node in graph.nodes:
        called = (node.op == "call_function" and node.target in FUNCTIONS) or (
            node.op == "call_method" and node.target in METHODS
        )
        if called:
            name = node.target if isinstance(node.target, str) else node.target.__name__
            scope = list((node.meta.get("nn_module_stack") or {}).values())
            inside = f" in '{scope[-1][0]}'" if scope and scope[-1][0] else ""
            found.append(f"the function {name}(){inside}")
    return found
