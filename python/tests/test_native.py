"""Approximations from Python: the NumPy part, which needs no PyTorch."""

import numpy as np
import pytest

import equiripple


def test_relu_is_within_its_certificate():
    relu = equiripple.approximate("relu", alpha=8)
    lower, upper = relu.log2_error
    assert -9 < lower <= upper <= -8
    x = np.linspace(-1, 1, 200_001)
    error = np.abs(relu(x) - np.maximum(x, 0)).max()
    assert error <= 2**upper * (1 + 1e-9)
    # The sampled error comes near the bound: the certificate is no idle one.
    assert error > 0.9 * 2**lower


def test_coefficients_are_those_of_chebyshev_series():
    relu = equiripple.approximate("relu", degrees=[7, 7])
    assert [c.shape for c in relu.coefficients] == [(8,), (8,)]
    assert relu.degrees == [7, 7] and relu.product
    x = np.linspace(-1, 1, 101)
    y = x
    for coefficients, interval in zip(relu.coefficients, relu.intervals, strict=True):
        y = np.polynomial.Chebyshev(coefficients, domain=interval)(y)
    assert np.abs(x * (y + 0.5) + relu.offset - relu(x)).max() < 1e-13


def test_single_polynomial_on_a_domain():
    gelu = equiripple.approximate("gelu", degrees=[12], domain=[(-4, 4)])
    x = np.linspace(-4, 4, 4001)
    from math import erf, sqrt

    exact = np.array([0.5 * v * (1 + erf(v / sqrt(2))) for v in x])
    assert np.abs(gelu(x) - exact).max() <= 2 ** gelu.log2_error[1] * (1 + 1e-9)


def test_evaluation_keeps_shapes_and_copies_nothing():
    relu = equiripple.approximate("relu", degrees=[7])
    x = np.random.default_rng(1).uniform(-3, 3, (4, 5, 6))
    out = np.empty_like(x)
    assert relu(x, range=3.0, out=out) is out
    assert np.array_equal(out, relu(x, range=3.0))
    assert np.array_equal(relu(x.transpose(2, 0, 1), range=3.0), out.transpose(2, 0, 1))
    # Written where a view points to.
    wide = np.zeros((4, 10, 6))
    relu(x, range=3.0, out=wide[:, ::2])
    assert np.array_equal(wide[:, ::2], out) and not wide[:, 1::2].any()
    assert relu(0.5).shape == ()


def test_composition_by_hand_and_its_certificate():
    # T₁/… of (3x − x³)/2 = 9/8·T₁ − 1/8·T₃, three times.
    cubic = np.array([0, 9 / 8, 0, -1 / 8])
    sign = equiripple.compose([cubic] * 3, function="sign")
    x = np.linspace(-1, 1, 11)
    y = x
    for _ in range(3):
        y = (3 * y - y**3) / 2
    assert np.abs(sign(x) - y).max() < 1e-14
    refused = equiripple.certify(sign, "sign", 4)
    assert refused.verdict == "refuted" and not refused
    # What the certificate says of the witness is so.
    w = abs(refused.witness)
    assert 1 - float(sign(np.array(w))) >= refused.error_at_witness * (1 - 1e-9)
    made = equiripple.approximate("sign", alpha=4)
    assert equiripple.certify(made, "sign", 4)


def test_search_gives_a_front():
    front = equiripple.search("sign", 8)
    levels, mults = [d.levels for d in front], [d.mults for d in front]
    assert levels == sorted(set(levels)) and mults == sorted(set(mults), reverse=True)
    assert sum(d.best for d in front) == 1
    assert all(d.log2_error <= -7 for d in front)


def test_pictures_are_bytes():
    relu = equiripple.approximate("relu", degrees=[7, 7])
    for kind in ("error", "function", "stages"):
        assert relu.plot(kind).startswith(b"\x89PNG\r\n\x1a\n")
        assert relu.plot(kind, "svg").lstrip().startswith(b"<svg") or b"<svg" in relu.plot(kind, "svg")[:300]


@pytest.mark.parametrize(("function", "degrees"), [("sign", [7, 7]), ("relu", [7, 7]), ("max", [7]), ("gelu", [12])])
def test_what_was_read_is_drawn_too(function, degrees):
    domain = [(-4, 4)] if function == "gelu" else None
    made = equiripple.approximate(function, degrees=degrees, domain=domain, epsilon=0.05 if function == "sign" else None)
    again = equiripple.Approximation.from_json(made.to_json())
    assert again.plot("function", "svg") == made.plot("function", "svg")
    # The levelled points are marked on the one that knows them.
    assert again.plot("error").startswith(b"\x89PNG")


def test_composition_by_hand_is_drawn_on_its_domain():
    cubic = np.array([0, 9 / 8, 0, -1 / 8])
    sign = equiripple.compose([cubic] * 3, function="sign", domain=[(-1, -0.125), (0.125, 1)])
    assert b"<svg" in sign.plot("stages", "svg")[:300] and b"<svg" in sign.plot("error", "svg")[:300]
    with pytest.raises(equiripple.ApproximationError, match="no polynomial is near sign at zero"):
        equiripple.compose([cubic], function="sign").plot()
    with pytest.raises(equiripple.ApproximationError, match="composition"):
        equiripple.compose([cubic]).plot()
    with pytest.raises(equiripple.ApproximationError, match="2 for `tanh`"):
        equiripple.compose([cubic] * 2, function="tanh").plot()


def test_provenance_names_the_machine():
    made = equiripple.provenance()
    assert made["revision"] and made["machine"]["cores"] >= 1


def test_text_is_without_loss():
    relu = equiripple.approximate("relu", degrees=[7, 7])
    again = equiripple.Approximation.from_json(relu.to_json())
    assert again.to_json() == relu.to_json()
    assert all(np.array_equal(a, b) for a, b in zip(again.coefficients, relu.coefficients, strict=True))


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: equiripple.approximate("relu"), "alpha"),
        (lambda: equiripple.approximate("relu", alpha=8, degrees=[7]), "twice"),
        (lambda: equiripple.approximate("rellu", alpha=8), "rellu"),
        (lambda: equiripple.approximate("relu", alpha=800), "800"),
        (lambda: equiripple.approximate("gelu", alpha=8, domain=[(2, 1)]), "2"),
        (lambda: equiripple.approximate("relu", alpha=8, round="coarse"), "coarse"),
        (lambda: equiripple.compose([]), "stages"),
        (lambda: equiripple.compose([np.array([0.0, np.nan])]), "NaN"),
        (lambda: equiripple.compose([np.ones(2)], intervals=[]), "intervals"),
        (lambda: equiripple.search("tanh", 8), "tanh"),
        (lambda: equiripple.search("sign", 8, cost="time"), "time"),
        (lambda: equiripple.Approximation.from_json("{"), ""),
        (lambda: equiripple.approximate("relu", degrees=[7])(np.ones(3), out=np.ones(4)), "[4]"),
        (lambda: equiripple.approximate("relu", degrees=[7])(1.0, range=0.0), "range"),
        (lambda: equiripple.approximate("relu", degrees=[7]).plot("colour"), "colour"),
        (lambda: equiripple.approximate("relu", degrees=[7]).plot(format="gif"), "gif"),
        (lambda: equiripple.Network.read("nowhere.onnx"), "nowhere.onnx"),
        (lambda: equiripple.Network.load("resnet21", "nowhere"), "resnet21"),
    ],
)
def test_bad_input_is_named(call, says):
    with pytest.raises(equiripple.ApproximationError, match="(?i)" + __import__("re").escape(says)):
        call()


def test_time_limit_is_kept():
    with pytest.raises(TimeoutError):
        equiripple.approximate("relu", alpha=14, time_limit=0.001)


def test_synthetic_images():
    pixels, labels, classes = equiripple.read_images("synthetic:images=12,classes=3,size=16")
    assert pixels.shape == (12, 16, 16, 3) and pixels.dtype == np.uint8
    assert labels.tolist() == [0, 1, 2] * 4 and len(classes) == 3
    other, _, _ = equiripple.read_images("synthetic:images=12,classes=3,size=16", train=False)
    assert (pixels != other).any()
    with pytest.raises(ValueError, match="classes"):
        equiripple.read_images("synthetic:classes=1")
