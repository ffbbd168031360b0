"""What PyTorch and ONNX Runtime compute of published weights, on the image sin(0.7·k).

Writes published.json beside this file. Made with torch 2.15.0, torchvision 0.29.2, onnxruntime 1.31.1, safetensors; the
weights lie in the folder `weights` of EQUIRIPPLE_DATA.
"""

import json
import os
import pathlib

import numpy as np
import onnxruntime
import torch
import torchvision
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional

HERE = pathlib.Path(__file__).parent
WEIGHTS = pathlib.Path(os.environ["EQUIRIPPLE_DATA"]) / "weights"


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.stride = stride

    def forward(self, x):
        y = functional.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        if self.stride == 2:
            quarter = y.shape[1] // 4
            x = functional.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, quarter, quarter))
        return functional.relu(x + y)


class CifarResNet(nn.Module):
    def __init__(self, blocks):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        stage = lambda i, o, s: nn.Sequential(Block(i, o, s), *[Block(o, o, 1) for _ in range(blocks - 1)])
        self.layer1, self.layer2, self.layer3 = stage(16, 16, 1), stage(16, 32, 2), stage(32, 64, 2)
        self.linear = nn.Linear(64, 10)

    def forward(self, x):
        x = functional.relu(self.bn1(self.conv1(x)))
        x = self.layer3(self.layer2(self.layer1(x)))
        return self.linear(x.mean((2, 3)))


def image(side):
    return np.sin(0.7 * np.arange(3 * side * side)).reshape(1, 3, side, side)


def torch_result(model, name, side):
    model.load_state_dict(load_file(WEIGHTS / name), strict=False)
    with torch.no_grad():
        return model.double().eval()(torch.tensor(image(side))).ravel().tolist()


def entry(architecture, name, side, result):
    return {"architecture": architecture, "file": name, "side": side, "result": result}


found = []
for depth, name in [
    (20, "resnet20_cifar10_idelbayev.safetensors"),
    (20, "resnet20_cifar10_jpeg.safetensors"),
    (32, "resnet32_cifar10_idelbayev.safetensors"),
    (56, "resnet56_cifar10_idelbayev.safetensors"),
]:
    found.append(entry(f"resnet{depth}", name, 32, torch_result(CifarResNet((depth - 2) // 6), name, 32)))
name = "squeezenet1_1_imagenet.safetensors"
found.append(entry("squeezenet1_1", name, 64, torch_result(torchvision.models.squeezenet1_1(), name, 64)))
name = "resnet20_cifar10_ace.onnx"
session = onnxruntime.InferenceSession(WEIGHTS / name)
(result,) = session.run(None, {"input": image(32).astype(np.float32)})
found.append(entry(None, name, 32, result.ravel().tolist()))
(HERE / "published.json").write_text(json.dumps(found))
