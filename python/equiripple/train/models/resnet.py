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
    """Two convolutions with batch norm, added to the shortcut; ReLU after the sum."""

    def __init__(self, inputs: int, outputs: int, stride: int):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.relu1 = nn.ReLU()
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.shortcut = Shortcut(inputs, outputs, stride)
        self.relu2 = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        y = self.relu1(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        return self.relu2(y + self.shortcut(x))


class NormFirstBlock(nn.Module):
    """The same with norm and activation before each convolution, so that no activation stands between sums (He et al. 2016).

    A number far out stays as far out along the sums; after an activation between sums that is no ReLU but a quadratic it
    would be squared by each block.
    """

    def __init__(self, inputs: int, outputs: int, stride: int):
        super().__init__()
        self.bn1 = nn.BatchNorm2d(inputs)
        self.relu1 = nn.ReLU()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.relu2 = nn.ReLU()
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.shortcut = Shortcut(inputs, outputs, stride)

    def forward(self, x: Tensor) -> Tensor:
        y = self.conv1(self.relu1(self.bn1(x)))
        y = self.conv2(self.relu2(self.bn2(y)))
        return y + self.shortcut(x)


class ResNet(nn.Module):
    """N×3×H×W → N×classes, with `blocks` blocks in each of the stages of 16, 32 and 64 channels."""

    def __init__(self, blocks: int, classes: int, norm_first: bool = False):
        super().__init__()
        block = NormFirstBlock if norm_first else Block
        self.conv1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        self.bn1 = nn.Identity() if norm_first else nn.BatchNorm2d(16)
        self.relu = nn.Identity() if norm_first else nn.ReLU()
        self.layer1 = self._stage(block, blocks, 16, 16, 1)
        self.layer2 = self._stage(block, blocks, 16, 32, 2)
        self.layer3 = self._stage(block, blocks, 32, 64, 2)
        self.norm = nn.BatchNorm2d(64) if norm_first else nn.Identity()
        self.last = nn.ReLU() if norm_first else nn.Identity()
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.linear = nn.Linear(64, classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d | nn.Linear):
                nn.init.kaiming_normal_(module.weight)

    @staticmethod
    def _stage(block: type[nn.Module], blocks: int, inputs: int, outputs: int, stride: int) -> nn.Sequential:
        return nn.Sequential(block(inputs, outputs, stride), *(block(outputs, outputs, 1) for _ in range(blocks - 1)))

    def forward(self, x: Tensor) -> Tensor:
        x = self.relu(self.bn1(self.conv1(x)))
        x = self.layer3(self.layer2(self.layer1(x)))
        return self.linear(self.pool(self.last(self.norm(x))).flatten(1))
