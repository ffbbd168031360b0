"""Polynomial approximation for encrypted computing.

Minimax polynomials and compositions of them with certified errors, and networks in plain inference. `equiripple.torch`
has modules for PyTorch, `python -m equiripple.train` the training of networks that are cheap to encrypt.
"""

from ._native import (
    Approximation,
    ApproximationError,
    Certificate,
    Design,
    Network,
    approximate,
    certify,
    compose,
    provenance,
    read_images,
    search,
)

__all__ = [
    "Approximation",
    "ApproximationError",
    "Certificate",
    "Design",
    "Network",
    "approximate",
    "certify",
    "compose",
    "provenance",
    "read_images",
    "search",
]
