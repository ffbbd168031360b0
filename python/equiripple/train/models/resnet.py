"""Residual networks for images of CIFAR's size: 6n+2 layers, shortcuts without weights (He et al. 2015, option A).

Modules carry the names that `equiripple net … --arch resnet20` reads.
"""

from torch import Tensor, nn
from torch.nn import functional as F


class Shortcut(nn.Module):
    """Each second row and column, between as many channels of zeros on both sides; N×I×H×W → N×O×H/2×W/2."""

    def __init__(self, inputs: int, outputs: int, stride: int):
        super().__init__()
        self.stride = stride
        missing = outputs - inputs
        self.pad = (0, 0, 0, 0, missing // 2, missing - missing // 2)

    def forward(self, x: Tensor) -> Tensor:
        if self.stride > 1:
            x = x[:, :, :: self.stride, :: self.stride]
        return F.pad(x, self.pad) if any(self.pad) else x


class Block(nn.Module):
    """Two convolutions with batch norm, added to the shortcut.

    With `norm_after_add`, a batch norm stands between the sum and its activation: then each activation of the network
    sees normalised numbers. It costs nothing under encryption, where its factors go into the layers before the sum.
    """

    def __init__(self, inputs: int, outputs: int, stride: int, norm_after_add: bool):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.relu1 = nn.ReLU()
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.shortcut = Shortcut(inputs, outputs, stride)
        self.norm = nn.BatchNorm2d(outputs) if norm_after_add else nn.Identity()
        self.relu2 = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        y = self.relu1(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        return self.relu2(self.norm(y + self.shortcut(x)))


class ResNet(nn.Module):
    """N×3×H×W → N×classes, with `blocks` blocks in each of the stages of 16, 32 and 64 channels."""

    def __init__(self, blocks: int, classes: int, norm_after_add: bool = False):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        self.relu = nn.ReLU()
        self.layer1 = self._stage(blocks, 16, 16, 1, norm_after_add)
        self.layer2 = self._stage(blocks, 16, 32, 2, norm_after_add)
        self.layer3 = self._stage(blocks, 32, 64, 2, norm_after_add)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.linear = nn.Linear(64, classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d | nn.Linear):
                nn.init.kaiming_normal_(module.weight)

    @staticmethod
    def _stage(blocks: int, inputs: int, outputs: int, stride: int, norm_after_add: bool) -> nn.Sequential:
        first = Block(inputs, outputs, stride, norm_after_add)
        return nn.Sequential(first, *(Block(outputs, outputs, 1, norm_after_add) for _ in range(blocks - 1)))

    def forward(self, x: Tensor) -> Tensor:
        x = self.relu(self.bn1(self.conv1(x)))
        x = self.layer3(self.layer2(self.layer1(x)))
        return self.linear(self.pool(x).flatten(1))
