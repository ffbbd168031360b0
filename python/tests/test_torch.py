"""Modules for PyTorch, against plain formulas and against the Rust inference."""

import warnings

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install './python[train]'")

from torch import nn  # noqa: E402

import equiripple  # noqa: E402
from equiripple.torch import (  # noqa: E402
    Blend,
    MinimaxMaxPool2d,
    MinimaxReLU,
    Moments,
    Quadratic,
    RangeObserver,
    RangeWarning,
    UnreplaceableError,
    finish_blend,
    moment_penalty,
    relu_fit,
    replace_activations,
    save_onnx,
    save_weights,
    set_blend,
)


def test_fit_is_the_best_in_mean_square():
    # Gauss–Hermite quadrature stands for the normal distribution; ReLU has a kink, so there are many points.
    mean, std = torch.tensor([0.0, 0.7, -1.2]), torch.tensor([1.0, 2.0, 0.8])
    a, b, c = relu_fit(mean, std)
    assert a[0].item() == pytest.approx(1 / (2 * np.sqrt(2 * np.pi)))
    assert b[0].item() == pytest.approx(0.5) and c[0].item() == pytest.approx(a[0].item())
    u = np.linspace(-9, 9, 400_001)
    weight = np.exp(-u * u / 2)
    for k in range(3):
        x = mean[k].item() + std[k].item() * u
        root = np.sqrt(weight)
        columns = np.stack([x * x, x, np.ones_like(x)]) * root
        best, *_ = np.linalg.lstsq(columns.T, np.maximum(x, 0) * root, rcond=None)
        assert best == pytest.approx([a[k].item(), b[k].item(), c[k].item()], abs=2e-5)


@pytest.mark.parametrize("channels", [None, 3])
@pytest.mark.parametrize("limit", [None, 1.5])
def test_quadratic_is_its_formula(channels, limit):
    torch.manual_seed(1)
    module = Quadratic(channels, limit).double()
    with torch.no_grad():
        for p in module.parameters():
            p.add_(torch.rand_like(p))
    x = (2 * torch.randn(4, 3, 5, 5, dtype=torch.float64)).requires_grad_()

    def formula(x):
        a, b, c = (p.view(-1, 1, 1) for p in module.parameters())
        x = x if limit is None else x.clamp(-limit, limit)
        return a * x * x + b * x + c

    # The module computes in f32.
    for new, old in (
        (module(x), formula(x)),
        *zip(
            torch.autograd.grad(module(x).sin().sum(), [x, *module.parameters()]),
            torch.autograd.grad(formula(x).sin().sum(), [x, *module.parameters()]),
            strict=True,
        ),
    ):
        assert torch.allclose(new.double(), old, atol=1e-4, rtol=1e-4)
    # Without training there is no limit.
    module.eval()
    limit = None
    assert torch.allclose(module(x).double(), formula(x), atol=1e-4)


def test_moment_penalty_is_its_formula():
    torch.manual_seed(2)
    x = (1.7 * torch.randn(8, 3, 6, 6) + 0.4).requires_grad_()

    def formula(x):
        d = x - x.mean()
        v = (d * d).mean()
        kurtosis = (d**4).mean() / (v * v + 1e-4)
        return x.mean() ** 2 + (v.sqrt() - 1) ** 2 + (kurtosis - 3) ** 2

    assert moment_penalty(x).item() == pytest.approx(formula(x).item(), rel=1e-4)
    new, old = (torch.autograd.grad(f(x), x)[0] for f in (moment_penalty, formula))
    assert torch.allclose(new, old, atol=1e-6, rtol=1e-3)


def test_moments_see_the_last_pass_alone():
    model = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 4), nn.ReLU())
    moments = Moments(model, ["1", "3"])
    for scale in (100.0, 1.0):
        x = scale * torch.randn(64, 4)
        model(x)
    expected = torch.stack([moment_penalty(model[0](x)), moment_penalty(model[2](model[1](model[0](x))))]).mean()
    assert moments.penalty().item() == pytest.approx(expected.item(), rel=1e-5)
    excess = moments.excess(0.5).item()
    layers = [model[0](x), model[2](model[1](model[0](x)))]
    outside = [(v.abs() - 0.5).clamp_min(0) for v in layers]
    assert excess == pytest.approx(np.mean([(e + e * e).sum().item() / 64 for e in outside]), rel=1e-5)


def test_minimax_relu_is_the_approximation():
    made = equiripple.approximate("relu", degrees=[7, 7])
    module = MinimaxReLU(made, range=4.0).double()
    x = torch.linspace(-4, 4, 1001, dtype=torch.float64, requires_grad=True)
    y = module(x)
    assert np.abs(y.detach().numpy() - made(x.detach().numpy(), range=4.0)).max() < 1e-12
    (slope,) = torch.autograd.grad(y.sum(), x)
    step = 1e-6
    numeric = (made(x.detach().numpy() + step, range=4.0) - made(x.detach().numpy() - step, range=4.0)) / (2 * step)
    assert np.abs(slope.numpy() - numeric).max() < 1e-5
    assert module(x.detach().bfloat16()).dtype == torch.bfloat16
    with pytest.raises(ValueError, match="range is -1"):
        MinimaxReLU(made, range=-1.0)
    with pytest.raises(ValueError, match="no ReLU"):
        MinimaxReLU(equiripple.approximate("sign", alpha=4))


@pytest.mark.parametrize(
    "pool",
    [
        nn.MaxPool2d(2),
        nn.MaxPool2d(3, 2),
        nn.MaxPool2d((1, 3), 1),
        nn.MaxPool2d(3, 2, 1),
        nn.MaxPool2d((5, 2), (3, 1), (2, 1)),
        nn.MaxPool2d(3, 2, ceil_mode=True),
        nn.MaxPool2d(2, 3, 1, ceil_mode=True),
        nn.MaxPool2d((2, 3), 2, dilation=(2, 3)),
    ],
    ids=str,
)
def test_minimax_max_pool_is_near_the_maximum(pool):
    relu = MinimaxReLU(alpha=12, range=8.0)
    # Below zero too, so that a padding by zeros would be seen.
    x = torch.randn(2, 3, 8, 9) - 2
    new, old = MinimaxMaxPool2d.of(pool, relu)(x), pool(x)
    assert new.shape == old.shape
    sides = (pool.kernel_size,) * 2 if isinstance(pool.kernel_size, int) else pool.kernel_size
    rounds = sum(int(np.ceil(np.log2(side))) for side in sides)
    assert (new - old).abs().max() <= rounds * 8 * 2.0**-12 * 1.01


def test_max_pools_without_sense_are_refused():
    relu = MinimaxReLU(alpha=4)
    with pytest.raises(ValueError, match="dilation is"):
        MinimaxMaxPool2d.of(nn.MaxPool2d(3, 2, 1, dilation=2), relu)
    with pytest.raises(ValueError, match=r"padding is \(2, 2\)"):
        MinimaxMaxPool2d(3, 2, 2, relu=relu)
    with pytest.raises(ValueError, match="9 pixels does not fit into 8"):
        MinimaxMaxPool2d(9, relu=relu)(torch.zeros(1, 1, 8, 8))


def small() -> nn.Module:
    shared = nn.ReLU()
    return nn.Sequential(nn.Conv2d(3, 4, 3), shared, nn.MaxPool2d(2), nn.Conv2d(4, 4, 3), shared, nn.Flatten(), nn.Linear(144, 3))


def test_replacement_names_what_it_replaces():
    model = small()
    names = replace_activations(model, lambda name, old: Quadratic(4) if isinstance(old, nn.ReLU) else nn.AvgPool2d(2))
    assert names == ["1", "2", "4"]
    assert model[1] is model[4], "one module, one replacement"
    assert isinstance(model[2], nn.AvgPool2d)
    assert model(torch.randn(2, 3, 18, 18)).shape == (2, 3)


def test_what_cannot_be_replaced_is_named_and_nothing_changes():
    model = small()
    with pytest.raises(UnreplaceableError, match=r"'2' \(MaxPool2d\)"):
        replace_activations(model, lambda name, old: Quadratic() if isinstance(old, nn.ReLU) else None)
    assert isinstance(model[1], nn.ReLU)
    with pytest.raises(UnreplaceableError, match=r"'1' \(PReLU\), '2' \(Softmax\)"):
        replace_activations(nn.Sequential(nn.ReLU(), nn.PReLU(), nn.Softmax(1)), lambda *_: Quadratic())

    class Inline(nn.Module):
        def forward(self, x):
            return torch.nn.functional.relu(x) + x.clamp(0, 1)

    with pytest.raises(UnreplaceableError, match=r"relu\(\).*clamp\(\)"):
        replace_activations(Inline(), lambda *_: Quadratic())


def test_observer_warns_with_layer_and_value():
    model = nn.Sequential(nn.Linear(2, 2), nn.ReLU())
    with torch.no_grad():
        model[0].weight.copy_(torch.eye(2))
        model[0].bias.zero_()
    with RangeObserver(model, ["1"], {"1": 2.0}) as seen, pytest.warns(RangeWarning, match=r"1: -3 .*±2"):
        model(torch.tensor([[1.0, -3.0], [2.5, 0.0]]))
        model(torch.tensor([[0.0, 9.0]]))
    assert seen.largest() == {"1": 9.0} and seen.outside == {"1": 3}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model(torch.tensor([[99.0, 0.0]]))
    assert seen.largest() == {"1": 9.0}, "it sees nothing when it is detached"


def test_blend_goes_from_one_to_the_other():
    model = nn.Sequential(Blend(nn.ReLU(), Quadratic()))
    x = torch.randn(3, 4)
    ends = [nn.ReLU()(x), model[0].second(x)]
    for amount in (0.0, 0.25, 1.0):
        set_blend(model, amount)
        assert torch.allclose(model(x), (1 - amount) * ends[0] + amount * ends[1])
    assert isinstance(finish_blend(model)[0], Quadratic)


def quadratic_resnet() -> nn.Module:
    from equiripple.train.models import build

    torch.manual_seed(3)
    model = build("resnet20", 10, 32, norm_first=True)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = None
            nn.init.uniform_(module.weight, 0.7, 1.3)
            nn.init.normal_(module.bias, 0, 0.2)

    def make(name, old):
        norm = model.get_submodule(name.replace("relu", "bn").replace("last", "norm"))
        channels = norm.num_features
        return Quadratic(channels).fit_(0.3 * torch.randn(channels), 0.5 + torch.rand(channels))

    assert len(replace_activations(model, make)) == 19
    # Squares keep their size where batch norms know it.
    with torch.no_grad():
        for _ in range(4):
            model(torch.randn(64, 3, 32, 32))
    return model.eval()


def test_weights_give_equal_logits_in_rust_folded_too(tmp_path):
    model = quadratic_resnet()
    images = torch.randn(8, 3, 32, 32)
    with torch.no_grad():
        logits = model(images).numpy()
    size = np.abs(logits).max()
    save_weights(model, tmp_path / "model.safetensors")
    network = equiripple.Network.load("resnet20", tmp_path / "model.safetensors")
    assert np.abs(network(images.numpy()) - logits).max() < 1e-5 * size
    folded = network.fold_squares()
    assert np.abs(folded(images.numpy()) - logits).max() < 1e-4 * size
    # A level for each of 19 convolutions and squares, and for the linear layer.
    assert folded.levels == (39, 0)
    save_weights(model, tmp_path / "half.safetensors", half=True)
    half = equiripple.Network.load("resnet20", tmp_path / "half.safetensors")
    assert 1e-6 * size < np.abs(half(images.numpy()) - logits).max() < 2e-2 * size
    model.linear.weight.data[0, 0] = 1e6
    with pytest.raises(OverflowError, match=r"linear.weight.*1e\+06"):
        save_weights(model, tmp_path / "beyond.safetensors", half=True)


def test_onnx_gives_equal_logits_in_rust(tmp_path):
    pytest.importorskip("onnxscript", reason="onnxscript is not installed: pip install './python[train]'")
    model = quadratic_resnet()
    images = torch.randn(8, 3, 32, 32)
    with torch.no_grad():
        logits = model(images).numpy()
    save_onnx(model.to(memory_format=torch.channels_last), tmp_path / "model.onnx", (3, 32, 32))
    network = equiripple.Network.read(tmp_path / "model.onnx")
    assert np.abs(network(images.numpy()) - logits).max() < 1e-5 * np.abs(logits).max()
    assert network.fold_squares().levels == (39, 0)
