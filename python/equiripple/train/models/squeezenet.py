"""SqueezeNet 1.1 (Iandola et al. 2016) with a batch norm before each activation, for images of any size from 32."""

import torch
from torch import Tensor, nn


class Unit(nn.Module):
    """Convolution, batch norm, ReLU."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int = 1):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False)
        self.bn = nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        return self.relu(self.bn(self.conv(x)))


class Fire(nn.Module):
    """A squeeze to few channels by 1×1, then `expand` channels each by 1×1 and 3×3, side by side."""

    def __init__(self, inputs: int, squeeze: int, expand: int):
        super().__init__()
        self.squeeze = Unit(inputs, squeeze, 1)
        self.expand1x1 = Unit(squeeze, expand, 1)
        self.expand3x3 = Unit(squeeze, expand, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = self.squeeze(x)
        return torch.cat([self.expand1x1(x), self.expand3x3(x)], 1)


class SqueezeNet(nn.Module):
    """N×3×H×W → N×classes. Images below 128 pixels go through a stem of stride 1, without its pooling."""

    def __init__(self, classes: int, size: int):
        super().__init__()
        small = size < 128
        stem = [Unit(3, 64, 3)] if small else [Unit(3, 64, 3, 2), nn.MaxPool2d(2)]
        self.features = nn.Sequential(
            *stem,
            Fire(64, 16, 64),
            Fire(128, 16, 64),
            nn.MaxPool2d(2),
            Fire(128, 32, 128),
            Fire(256, 32, 128),
            nn.MaxPool2d(2),
            Fire(256, 48, 192),
            Fire(384, 48, 192),
            Fire(384, 64, 256),
            Fire(512, 64, 256),
        )
        self.classifier = nn.Conv2d(512, classes, 1)
        self.pool = nn.AdaptiveAvgPool2d(1)

    def forward(self, x: Tensor) -> Tensor:
        return self.pool(self.classifier(self.features(x))).flatten(1)
