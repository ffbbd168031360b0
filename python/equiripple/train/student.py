"""A network of quadratics from a ReLU network: smooth transition, distillation, moment regularisation.

Each ReLU turns into a quadratic a·x² + b·x + c with trained coefficients, and each max-pool into a mean, by
(1−λ)·old + λ·new with λ from 0 to 1 (arXiv:2111.03362). The quadratics begin as the fit of ReLU on what each channel of
the teacher sees. Meanwhile the student follows the teacher's outputs, and the mean, standard deviation and kurtosis of
what each activation sees are drawn towards 0, 1 and 3 (arXiv:2306.09189), and what lies far out is drawn in, so that
ranges stay small: a number far out would be squared by each layer after.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..torch.blend import Blend, finish_blend, set_blend
from ..torch.moments import Moments
from ..torch.quadratic import Quadratic
from ..torch.replace import replace_activations
from . import record
from .augment import contrasted
from .calibrate import Statistics, image_maxima, statistics
from .checkpoint import load_weights, read_weights
from .data import Dataset, load
from .distill import distillation
from .loop import Task, device_of, train
from .models import build
from .schedule import ramp
from .settings import Settings, option


@dataclass(frozen=True)
class StudentSettings(Settings):
    """Those of the student."""

    teacher: Path = option(
        Path("runs/teacher/model.safetensors"), "weights of the ReLU network, as its recipe writes them", free=True
    )
    epochs: int = option(30, "how often each image is seen")
    lr: float = option(0.1, "largest learning rate")
    clip: float = option(1.0, "largest norm of the gradient, 0 for any")
    warm_up: float = option(0.05, "part of the training in which the learning rate rises from 0; then it falls as a cosine")
    settle: float = option(2.0, "epochs with ReLU, in which the regulariser begins to work")
    transition: float = option(6.0, "epochs after these in which λ goes from 0 to 1")
    alpha: float = option(0.3, "part of the labels in the loss; the rest is distillation, 1 for none")
    temperature: float = option(4.0, "temperature of the distillation")
    moments: float = option(0.1, "weight of the moment regularisation, 0 for none")
    part: float = option(0.25, "part of a batch that the regularisers look at")
    edge: float = option(4.0, "what activations see is drawn into ±edge")
    limit: float = option(6.0, "while training, quadratics take numbers beyond ±limit for ±limit; 0 for none")
    excess: float = option(0.5, "weight of what lies outside of ±edge, summed over an image's numbers of a layer; 0 for none")
    contrast: float = option(0.3, "contrasts of training images differ by up to this part, so that ranges hold for others too")
    coefficient_lr: float = option(0.1, "factor of the learning rate for the quadratics")
    widen: float = option(2.0, "quadratics begin as the fit of ReLU on a normal distribution so many times wider than theirs")
    per_channel: bool = option(True, "a quadratic for each channel, not one for a layer")
    norm_first: bool = option(
        True,
        "residual networks have norm and activation before each convolution and begin with fresh weights, not the teacher's",
    )
    average_pool: bool = option(True, "means in place of max-pools")
    calibration: int = option(5000, "training images that the quadratics begin with")
    margin: float = option(
        1.25,
        "factor of a range: of ±edge for warnings while training, of what 9,999 of 10,000 images keep in the record",
    )


class Student(Task):
    """See the module."""

    def __init__(self, settings: StudentSettings, data: Dataset):
        self.settings = settings
        device = device_of(settings)
        shape = (settings.architecture, len(data.classes), data.size)
        self.teacher = build(*shape).to(device, memory_format=torch.channels_last)
        load_weights(self.teacher, read_weights(settings.teacher), settings.teacher)
        self.teacher.eval().requires_grad_(False)
        fresh = settings.norm_first and settings.architecture.startswith("resnet")
        self.model = build(*shape, norm_first=fresh).to(device)
        seen = None
        if not fresh:
            self.model.load_state_dict(self.teacher.state_dict())
            images = data.train.first(settings.calibration).to(device)
            seen = statistics(self.model, self.activations(), images)
        replace_activations(self.model, lambda name, old: self._blend(name, old, seen), strict=False)
        self.moments = Moments(self.model, self.activations(), settings.part)

    def _blend(self, name: str, old: nn.Module, seen: dict[str, Statistics] | None) -> nn.Module | None:
        if isinstance(old, nn.MaxPool2d):
            return Blend(old, mean_of(old)) if self.settings.average_pool else None
        return Blend(old, self._quadratic(name, seen))

    def _quadratic(self, name: str, seen: dict[str, Statistics] | None) -> Quadratic:
        limit = self.settings.limit or None
        if seen is None:
            # Norms of fresh weights give mean 0 and deviation 1.
            norm = self.model.get_submodule(name.replace("relu", "bn").replace("last", "norm"))
            quadratic = Quadratic(norm.num_features if self.settings.per_channel else None, limit)
            return quadratic.fit_(torch.zeros_like(quadratic.a), torch.full_like(quadratic.a, self.settings.widen))
        of = seen[name].widened(0.5) if self.settings.per_channel else seen[name].whole()
        return Quadratic(len(of.mean), limit).to(of.mean.device).fit_(of.mean, self.settings.widen * of.std)

    def activations(self) -> list[str]:
        blended = [name for name, m in self.model.named_modules() if isinstance(m, Blend) and isinstance(m.second, Quadratic)]
        return blended or super().activations()

    def limits(self, epoch: float) -> dict[str, float]:
        s = self.settings
        turned = epoch >= s.settle + s.transition
        return {name: s.edge * s.margin for name in self.activations()} if turned else {}

    def groups(self, settings: Settings) -> list[dict]:
        coefficients = [p for m in self.model.modules() if isinstance(m, Quadratic) for p in m.parameters()]
        known = {id(p) for p in coefficients}
        groups = super().groups(settings)
        for group in groups:
            group["params"] = [p for p in group["params"] if id(p) not in known]
        return [*groups, {"params": coefficients, "weight_decay": 0.0, "scale": self.settings.coefficient_lr}]

    def place(self, model: nn.Module, epoch: float) -> None:
        start = self.settings.settle
        set_blend(model, ramp(epoch, start, start + self.settings.transition))

    def terms(self, images: Tensor, labels: Tensor, epoch: float) -> dict[str, Tensor]:
        s = self.settings
        images = contrasted(images, s.contrast) if s.contrast else images
        logits = self.model(images).float()
        terms = {"logits": logits, "labels": s.alpha * F.cross_entropy(logits, labels)}
        if s.alpha < 1:
            with torch.no_grad():
                taught = self.teacher(images).float()
            terms["teacher"] = (1 - s.alpha) * distillation(logits, taught, s.temperature)
        if s.moments:
            terms["moments"] = s.moments * ramp(epoch, 0.0, s.settle) * self.moments.penalty()
        if s.excess:
            terms["excess"] = s.excess * ramp(epoch, 0.0, s.settle) * self.moments.excess(s.edge)
        self.moments.clear()
        return terms


def mean_of(pool: nn.MaxPool2d) -> nn.AvgPool2d:
    """The mean of the same windows."""
    return nn.AvgPool2d(pool.kernel_size, pool.stride, pool.padding, pool.ceil_mode)


KEPT = 0.9999
"""Part of the training images that stay within the calibrated ranges before their margin.

A range that the one image takes whose squares leave all bounds would be of no use to the others.
"""


def within(maxima: dict[str, Tensor], limits: dict[str, float]) -> int:
    """How many images stay within all ranges; what is infinite stays within none."""
    return int(torch.stack([maxima[name].isfinite() & (maxima[name] <= limit) for name, limit in limits.items()]).all(0).sum())


def run(settings: StudentSettings) -> None:
    """Trains and writes weights, model and record into the folder."""
    data = load(settings.data, settings.size).first(settings.images)
    torch.manual_seed(settings.seed)
    student = Student(settings, data)
    names = student.activations()
    model, rows = train(student, data, settings)
    finish_blend(model)
    device = device_of(settings)
    learned, tested = (image_maxima(model, names, part.to(device)) for part in (data.train, data.test))
    limits = {name: settings.margin * torch.quantile(seen, KEPT).nan_to_num(torch.inf).item() for name, seen in learned.items()}
    ranges = {
        "calibrated": limits,
        "test": {name: seen.max().item() for name, seen in tested.items()},
        "training images within": within(learned, limits),
        "test images within": within(tested, limits),
    }
    teacher = {"sha256": hashlib.sha256(settings.teacher.read_bytes()).hexdigest()}
    record.write(model, settings, data, rows, teacher=teacher, ranges=ranges)
