"""AlexNet (Krizhevsky 2014) with a batch norm before each activation, for images of any size from 32 pixels."""

from torch import Tensor, nn


def convolution(inputs: int, outputs: int, kernel: int, stride: int = 1) -> list[nn.Module]:
    """A convolution of odd kernel that keeps the size at stride 1, its batch norm and ReLU."""
    conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False)
    return [conv, nn.BatchNorm2d(outputs), nn.ReLU()]


def linear(inputs: int, outputs: int) -> list[nn.Module]:
    """A linear layer, its batch norm and ReLU."""
    return [nn.Linear(inputs, outputs, bias=False), nn.BatchNorm1d(outputs), nn.ReLU()]


class AlexNet(nn.Module):
    """N×3×H×W → N×classes.

    Images below 128 pixels go through a stem of stride 1 with a kernel of 3, and linear layers of 512 features in place
    of 4096: the network of 227 pixels would leave nothing of them.
    """

    def __init__(self, classes: int, size: int):
        super().__init__()
        small = size < 128
        hidden = 512 if small else 4096
        self.features = nn.Sequential(
            *(convolution(3, 64, 3) if small else convolution(3, 64, 11, 4)),
            nn.MaxPool2d(2),
            *convolution(64, 192, 3 if small else 5),
            nn.MaxPool2d(2),
            *convolution(192, 384, 3),
            *convolution(384, 256, 3),
            *convolution(256, 256, 3),
            nn.MaxPool2d(2),
        )
        self.pool = nn.AdaptiveAvgPool2d(1 if small else 4)
        self.classifier = nn.Sequential(
            nn.Dropout(0.5),
            *linear(256 * (1 if small else 16), hidden),
            nn.Dropout(0.5),
            *linear(hidden, hidden),
            nn.Linear(hidden, classes),
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.pool(self.features(x)).flatten(1))
