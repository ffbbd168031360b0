"""The training that all recipes share: epochs of steps, a running mean of the weights, a checkpoint after each epoch."""

import math
import time
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from ..torch.ranges import RangeObserver
from . import checkpoint, curves, schedule
from .augment import batches
from .data import Dataset, Images, normalise
from .errors import TrainingError
from .progress import Progress
from .settings import Settings


class Task:
    """What a recipe adds to the loop; these are the answers of one that adds nothing."""

    model: nn.Module

    def groups(self, settings: Settings) -> list[dict]:
        """Parameters for the optimizer; a group's `scale` is a factor of the learning rate."""
        return decayed(self.model, settings.weight_decay)

    def place(self, model: nn.Module, epoch: float) -> None:
        """Sets what in the model depends on how far the training is: the one that learns, or the one that is kept."""

    def terms(self, images: Tensor, labels: Tensor, epoch: float) -> dict[str, Tensor]:
        """Terms of the loss, which is their sum; the logits go under `logits`."""
        raise NotImplementedError

    def activations(self) -> list[str]:
        """Modules whose inputs are watched."""
        return [name for name, module in self.model.named_modules() if isinstance(module, nn.ReLU)]

    def limits(self, epoch: float) -> dict[str, float]:
        """Ranges that they should keep after so many epochs; values of test images beyond these are warned of."""
        return {}


@dataclass(frozen=True)
class Verdict:
    """A network on images it has not learned from."""

    loss: float
    accuracy: float


class Diverged(TrainingError):
    """A loss that is no number."""


def device_of(settings: Settings) -> torch.device:
    """The device that the settings name, and its threads."""
    if settings.threads:
        torch.set_num_threads(settings.threads)
    name = settings.device
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        device = torch.device(name)
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError) as error:
        raise TrainingError(f"--device {name}: {str(error).splitlines()[0]}") from error
    return device


@torch.no_grad()
def evaluate(model: nn.Module, images: Images, batch: int = 500) -> Verdict:
    """Mean cross-entropy and part of the labels that are right, in f32."""
    model.eval()
    loss, right = 0.0, 0
    for start in range(0, len(images), batch):
        labels = images.labels[start : start + batch]
        logits = model(normalise(images.pixels[start : start + batch]))
        loss += F.cross_entropy(logits, labels, reduction="sum").item()
        right += (logits.argmax(1) == labels).sum().item()
    return Verdict(loss / len(images), right / len(images))


def decayed(model: nn.Module, weight_decay: float) -> list[dict]:
    """Weights of layers decay; lists of numbers (biases, batch norms, coefficients) do not."""
    parameters = [p for p in model.parameters() if p.requires_grad]
    return [
        {"params": [p for p in parameters if p.ndim > 1], "weight_decay": weight_decay},
        {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0},
    ]


def train(task: Task, data: Dataset, settings: Settings) -> tuple[nn.Module, list[curves.Row]]:
    """Trains from the folder's checkpoint or from the start; gives the kept network and the table of epochs."""
    steps = len(data.train) // settings.batch
    if steps == 0:
        raise TrainingError(f"{len(data.train)} training images do not fill a batch of {settings.batch}: lower --batch")
    settings.out.mkdir(parents=True, exist_ok=True)
    path = settings.out / "checkpoint.pt"
    device = device_of(settings)
    model = task.model.to(device, memory_format=torch.channels_last)
    kept = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(settings.average), use_buffers=True)
    optimizer = torch.optim.SGD(task.groups(settings), settings.lr, settings.momentum, nesterov=settings.momentum > 0)
    rows: list[curves.Row] = []
    first = 0
    state = checkpoint.resume(path, settings.fixed())
    if state:
        model.load_state_dict(state["model"])
        kept.load_state_dict(state["kept"])
        optimizer.load_state_dict(state["optimizer"])
        first, rows = state["epoch"], state["rows"]
    train_images, test_images = data.train.to(device), data.test.to(device)
    progress = Progress(settings.epochs * steps, first * steps)
    if first:
        progress.line(f"going on after epoch {first} of {settings.epochs}")
    for epoch in range(first, settings.epochs):
        start = time.monotonic()
        row = _epoch(task, kept, optimizer, train_images, settings, epoch, progress)
        seconds = time.monotonic() - start
        task.place(kept.module, epoch + 1)
        with RangeObserver(kept.module, task.activations(), task.limits(epoch + 1)) as seen:
            verdict = evaluate(kept.module, test_images)
        largest = max(seen.largest().values(), default=0.0)
        row |= {"loss: test": verdict.loss, "test accuracy": verdict.accuracy, "largest": largest, "seconds": seconds}
        rows.append({"epoch": float(epoch + 1), **row})
        checkpoint.save(
            path,
            settings.fixed(),
            {
                "epoch": epoch + 1,
                "model": model.state_dict(),
                "kept": kept.state_dict(),
                "optimizer": optimizer.state_dict(),
                "rows": rows,
            },
        )
        curves.write(settings.out, rows)
        shown = ", ".join(f"{k} {v:.4g}" for k, v in row.items())
        progress.line(f"epoch {epoch + 1}/{settings.epochs}: {shown}; {progress.left()}")
    return kept.module.eval(), rows


def _epoch(task, kept, optimizer, images: Images, settings: Settings, epoch: int, progress: Progress) -> curves.Row:
    steps = len(images) // settings.batch
    # Dropout too is the same when an epoch is done again.
    torch.manual_seed(settings.seed * 1_000_003 + epoch)
    task.model.train()
    sums: dict[str, float] = {}
    right = 0
    for step, (pixels, labels) in enumerate(batches(images, settings.batch, settings.shift, settings.seed, epoch)):
        now = epoch + step / steps
        factor = schedule.one_cycle(now / settings.epochs, settings.warm_up)
        for group in optimizer.param_groups:
            group["lr"] = settings.lr * factor * group.get("scale", 1.0)
        bf16 = torch.autocast(pixels.device.type, torch.bfloat16, enabled=settings.precision == "bf16")
        task.place(task.model, now)
        with bf16:
            terms = task.terms(pixels, labels, now)
        logits = terms.pop("logits")
        loss = torch.stack(list(terms.values())).sum()
        if not math.isfinite(loss.item()):
            named = ", ".join(f"{k} {v.item():.4g}" for k, v in terms.items())
            raise Diverged(
                f"the loss is {loss.item()} in step {step + 1} of epoch {epoch + 1} ({named}); the checkpoint of epoch "
                f"{epoch} is kept. Lower --lr, set --clip, or say --precision f32"
            )
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        if settings.clip:
            nn.utils.clip_grad_norm_(task.model.parameters(), settings.clip)
        optimizer.step()
        kept.update_parameters(task.model)
        for name, value in terms.items():
            sums[name] = sums.get(name, 0.0) + value.item()
        right += (logits.argmax(1) == labels).sum().item()
        progress.step(epoch + 1, loss.item())
    row = {f"loss: {name}": value / steps for name, value in sums.items()}
    return row | {"training accuracy": right / (steps * settings.batch)}
