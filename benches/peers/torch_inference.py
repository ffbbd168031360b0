"""Images per second of ResNet-20 in PyTorch on a CPU: the peer of `cargo bench --bench network`.

    pip install torch
    equiripple approx relu --degrees 15,15,27 --out relu.json
    python benches/peers/torch_inference.py [--table relu.json] [--threads N] [--images N]

The polynomial is B·r(x/B) with r(x) = x/2 + x·p3(p2(p1(x))) + c0, each p by Clenshaw's recurrence for odd Chebyshev series,
T(n+2) = 2·T2·T(n) − T(n−2), on whole tensors and as far as PyTorch can in place. Each network is timed at several batch
sizes and in both memory layouts; the best is shown.
"""

import argparse
import json
import time

import torch
import torch.nn.functional as F
from torch import nn

RUNS = 5
RANGE = 40.0


def clenshaw_odd(x, coefficients):
    """sum_k c_k T_(2k+1)(x): b_k = c_k + 2·T2·b_(k+1) − b_(k+2), and the sum is x·(b_0 − b_1)."""
    twice = x.square().mul_(4).sub_(2)  # 2·T2
    later, last = torch.zeros_like(x), torch.zeros_like(x)
    for c in reversed(coefficients):
        later, last = torch.addcmul(-last, twice, later).add_(c), later
    return (later - last).mul_(x)


class Composite(nn.Module):
    """The ReLU of a coefficient table."""

    def __init__(self, path):
        super().__init__()
        table = json.load(open(path))
        assert table["product"] and table.get("basis", "chebyshev") == "chebyshev"
        self.scale = float(table["input_scale"]["decimal"])
        self.offset = float(table["offset"]["decimal"])
        self.stages = []
        for stage in table["stages"]:
            assert stage["parity"] == "odd"
            bound = float(stage["interval"][1]["decimal"])
            self.stages.append((bound, [float(c["decimal"]) for c in stage["coefficients"]]))

    def forward(self, x):
        x = x / RANGE
        y = x * self.scale if self.scale != 1 else x
        for bound, coefficients in self.stages:
            y = clenshaw_odd(y / bound if bound != 1 else y, coefficients)
        return y.add_(0.5).mul_(x).add_(self.offset).mul_(RANGE)


class Block(nn.Module):
    """Two convolutions and the shortcut that takes each second pixel and pads with channels of zeros."""

    def __init__(self, before, channels, activation):
        super().__init__()
        self.stride = channels // before
        self.around = (channels - before) // 2
        self.first = nn.Conv2d(before, channels, 3, self.stride, 1)
        self.second = nn.Conv2d(channels, channels, 3, 1, 1)
        self.activation = activation

    def forward(self, x):
        y = self.second(self.activation(self.first(x)))
        if self.stride > 1:
            x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.around, self.around))
        return self.activation(y.add_(x))


def resnet20(activation):
    layers = [nn.Conv2d(3, 16, 3, 1, 1), activation]
    channels = 16
    for stage in (16, 32, 64):
        for _ in range(3):
            layers.append(Block(channels, stage, activation))
            channels = stage
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10)).eval()


def best(network, images, batch):
    """The most images per second of some runs."""
    with torch.inference_mode():
        network(images[:batch])
        seconds = []
        for _ in range(RUNS):
            start = time.perf_counter()
            for part in images.split(batch):
                network(part)
            seconds.append(time.perf_counter() - start)
    return len(images) / min(seconds)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--table")
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--images", type=int, default=512)
    options = options.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(20)
    print(f"PyTorch {torch.__version__}, {options.threads} threads, {options.images} images")
    cases = [("ReLU", nn.ReLU(), options.images)]
    if options.table:
        # Slower by far, so that fewer images tell as much.
        cases.append(("polynomial", Composite(options.table), max(options.images // 8, 1)))
    for name, activation, count in cases:
        network = resnet20(activation)
        figures = []
        for layout in (torch.contiguous_format, torch.channels_last):
            network = network.to(memory_format=layout)
            images = torch.randn(count, 3, 32, 32).to(memory_format=layout)
            for batch in (4, 16, 64):
                figures.append((best(network, images, batch), batch, str(layout)))
        speed, batch, layout = max(figures)
        print(f"{name}: {speed:.0f} images/s in f32 (batch {batch}, {layout})", flush=True)


if __name__ == "__main__":
    main()
