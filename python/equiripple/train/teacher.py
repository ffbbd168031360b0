"""The ReLU network from scratch: cross-entropy, one cycle of the learning rate, a running mean of the weights."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from . import record
from .data import Dataset, load
from .loop import Task, train
from .models import build
from .settings import Settings, option


@dataclass(frozen=True)
class TeacherSettings(Settings):
    """Those of the teacher."""

    smoothing: float = option(0.0, "label smoothing")


class Teacher(Task):
    """See the module."""

    def __init__(self, settings: TeacherSettings, data: Dataset):
        self.settings = settings
        self.model = build(settings.architecture, len(data.classes), data.size)

    def terms(self, images: Tensor, labels: Tensor, epoch: float) -> dict[str, Tensor]:
        logits = self.model(images).float()
        return {"logits": logits, "labels": F.cross_entropy(logits, labels, label_smoothing=self.settings.smoothing)}


def run(settings: TeacherSettings) -> None:
    """Trains and writes weights, model and record into the folder."""
    data = load(settings.data, settings.size).first(settings.images)
    torch.manual_seed(settings.seed)
    model, rows = train(Teacher(settings, data), data, settings)
    record.write(model, settings, data, rows)
