"""What the extension module has; `equiripple` exports all of it."""

from collections.abc import Sequence
from os import PathLike
from typing import Any, Literal, final

import numpy as np
from numpy.typing import ArrayLike, NDArray

class ApproximationError(ValueError):
    """A request without sense, or one that could not be met; the message says which number, and what to change."""

@final
class Approximation:
    """A polynomial or a composition of polynomials.

    With P(x) = pₖ(… p₁(x)) the value is P(x) + offset, or x/2 + x·P(x) + offset where `product` is set.
    """

    @property
    def function(self) -> str:
        """What is approximated."""
    @property
    def degrees(self) -> list[int]:
        """Degrees of the stages, the one that is applied first coming first."""
    @property
    def levels(self) -> int | None:
        """Levels that the circuit takes; nothing for what `approximate` has not made."""
    @property
    def mults(self) -> int | None:
        """Products of two ciphertexts in the circuit; nothing for what `approximate` has not made."""
    @property
    def log2_error(self) -> tuple[float, float] | None:
        """log2 of the certified lower and upper bound of the error."""
    @property
    def product(self) -> bool:
        """Whether the value is x/2 + x·P(x) + offset; the ½ of the second term is part of the last stage."""
    @property
    def offset(self) -> float:
        """The constant."""
    @property
    def intervals(self) -> list[tuple[float, float]]:
        """The interval [a, b] of each stage, whose coefficients are those of Tₖ((2x − a − b)/(b − a))."""
    @property
    def coefficients(self) -> list[NDArray[np.float64]]:
        """Coefficients of each stage in the Chebyshev basis, rising degree, zeros included: shape (degree + 1,).

        Rounded to f64; `to_json` has them without loss.
        """
    def __call__(self, x: ArrayLike, *, range: float = 1.0, out: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
        """range·r(x/range), element by element, in an array of x's shape.

        An f64 array is read where it lies. With `out`, of x's shape, the values are written there and nothing is
        allocated; `out` and x must not overlap.
        """
    def plot(self, kind: Literal["error", "function", "stages"] = "error", format: Literal["png", "svg"] = "png") -> bytes:
        """A picture: the bytes of a PNG file, or of an SVG document in UTF-8.

        Of what `compose` or `from_json` made, the error is bounded anew from the coefficients.
        """
    def to_json(self) -> str:
        """The coefficients without loss, as `equiripple approx --out` writes them."""
    @staticmethod
    def from_json(text: str) -> Approximation:
        """Reads what `to_json` or `equiripple approx --out` wrote."""

@final
class Certificate:
    """How a claim was judged; true where it is certified."""

    @property
    def verdict(self) -> Literal["certified", "refuted", "undecided"]:
        """Whether the upper bound meets the claim, the lower bound breaks it, or it lies between."""
    @property
    def log2_claim(self) -> float:
        """log2 of the error claimed."""
    @property
    def log2_error(self) -> tuple[float, float]:
        """log2 of the rigorous lower and upper bound of the error."""
    @property
    def witness(self) -> float:
        """A point of the domain where the error is at least `error_at_witness`."""
    @property
    def error_at_witness(self) -> float:
        """Rigorous lower bound of the error there."""
    @property
    def ranges(self) -> list[tuple[tuple[float, float], tuple[float, float]]]:
        """Certified input and output range of each stage."""
    def __bool__(self) -> bool: ...

@final
class Design:
    """A composition on the front of levels and products."""

    @property
    def degrees(self) -> list[int]:
        """Odd degrees, the stage that is applied first coming first."""
    @property
    def levels(self) -> int:
        """Levels of the whole circuit."""
    @property
    def mults(self) -> int:
        """Products of two ciphertexts."""
    @property
    def log2_error(self) -> float:
        """log2 of the certified upper bound of the error."""
    @property
    def best(self) -> bool:
        """Whether it is the best for the cost that was asked for."""

@final
class Network:
    """A network in plain inference, as `equiripple net` reads and runs it."""

    @staticmethod
    def read(path: str | PathLike[str]) -> Network:
        """An ONNX model, or a file of `equiripple net import`."""
    @staticmethod
    def load(architecture: str, weights: str | PathLike[str]) -> Network:
        """An architecture by name, such as resnet20, with weights from a safetensors file by PyTorch's names."""
    def fold_squares(self) -> Network:
        """The same network with every quadratic as a pure square: shifts, factors and constants are in other layers."""
    @property
    def levels(self) -> tuple[int, int]:
        """Levels that it takes under encryption, and how many of its nodes are no polynomial."""
    @property
    def input_shape(self) -> list[int]:
        """Shape of an image: channels, height, width."""
    def __call__(self, images: NDArray[np.float32]) -> NDArray[np.float32]:
        """Logits: N×classes for images N×channels×height×width in C order, which are read where they lie."""

def approximate(
    function: str,
    alpha: float | None = None,
    degrees: Sequence[int] | None = None,
    *,
    domain: Sequence[tuple[float, float]] | None = None,
    weight: str | None = None,
    relative: bool = False,
    epsilon: float | None = None,
    offset: bool = True,
    round: str = "exact",
    max_degree: int = 31,
    time_limit: float | None = None,
) -> Approximation:
    """A certified minimax polynomial, or composition of them.

    `function` is a name (sign, relu, max, abs, sigmoid, tanh, gelu, silu, softplus, erf, exp, log, inverse, sqrt,
    invsqrt, sin, cos, mod1) or an expression in x such as "exp(-x^2)*cos(pi*x)". The goal is `alpha`, an error of
    2^-alpha by the design of fewest levels, or the `degrees` of the stages.

    `domain` is a union of intervals, for one polynomial; without it sign, relu and max become compositions, on [−1, 1].
    `weight` is an expression that the error is multiplied with, `relative` divides the error by the function.
    `epsilon` is the lower end of the domain of sign's stages, `offset` whether relu and max may use a constant, `round`
    one of exact, f64, grid:BITS, lattice:BITS.

    Raises ApproximationError, and TimeoutError after `time_limit` seconds.

        relu = equiripple.approximate("relu", alpha=10)
        relu(numpy.linspace(-1, 1, 5))
    """

def compose(
    stages: Sequence[NDArray[np.float64]],
    *,
    intervals: Sequence[tuple[float, float]] | None = None,
    function: str = "composition",
    domain: Sequence[tuple[float, float]] | None = None,
    product: bool = False,
    offset: float = 0.0,
) -> Approximation:
    """A composition of given polynomials: each stage its Chebyshev coefficients in rising degree, shape (degree + 1,).

    `intervals` are those that the polynomials live on, [−1, 1] if not given. `domain`, the first of them if not given, is
    where `function` is approximated and pictures show the error; that of sign has a gap about zero, as in
    [(-1, -2**-9), (2**-9, 1)]. Nothing is certified: see `certify`.
    """

def certify(
    composition: Approximation,
    function: Literal["sign", "relu", "max"],
    alpha: float,
    *,
    input_scale: float = 1.0,
    time_limit: float | None = None,
) -> Certificate:
    """Certifies or refutes that a composition P of sign-like stages approximates to precision alpha.

    sign to 2^-(alpha−1) on [2^-alpha, 1]; ReLU by x(1+P)/2 and max by ((a+b) + (a−b)P)/2 to 2^-alpha on [−1, 1]. All
    ranges are computed afresh from the coefficients.
    """

def search(
    function: Literal["sign", "relu", "max"],
    alpha: float,
    *,
    max_degree: int = 31,
    cost: Literal["depth", "mults"] = "depth",
    offset: bool = True,
    time_limit: float | None = None,
) -> list[Design]:
    """The front of levels and products among compositions that reach precision alpha, each one certified."""

def provenance() -> dict[str, Any]:
    """What a record of a result should say: source revision, version, and the machine's processor, cores and memory."""

def read_images(source: str | PathLike[str], *, train: bool = True) -> tuple[NDArray[np.uint8], NDArray[np.int64], list[str]]:
    """Images as they are stored, shape (N, H, W, C), their labels, shape (N,), and the names of the classes.

    `source` is whatever `equiripple data show` knows: CIFAR-10 or MNIST in their binary versions, a folder with a folder
    for each class, or `synthetic:classes=10,size=32,seed=1,images=1000`, images of figures made from the seed.
    """
