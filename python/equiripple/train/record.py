"""How weights were made: settings, data, versions, result, in `record.json` beside them."""

import hashlib
import json
import platform
import sys
from typing import Any

import torch

from .curves import Row
from .data import Dataset, Images
from .settings import Settings


def write(settings: Settings, data: Dataset, rows: list[Row], **more: Any) -> None:
    """Nothing in it depends on the machine but its versions and times; `more` is added."""
    result = {k: v for k, v in rows[-1].items() if k not in ("epoch", "seconds")}
    content = {
        "command": "python -m equiripple.train " + type(settings).__name__.removesuffix("Settings").lower(),
        "settings": settings.fixed(),
        "data": {"train": digest(data.train), "test": digest(data.test), "classes": list(data.classes)},
        "versions": {"python": platform.python_version(), "torch": torch.__version__},
        "seconds": sum(row["seconds"] for row in rows),
        "result": result,
        **more,
    }
    text = json.dumps(content, indent=2) + "\n"
    (settings.out / "record.json").write_text(text)
    print(f"{settings.out}: test accuracy {100 * result['test accuracy']:.2f} %", file=sys.stderr)


def digest(images: Images) -> dict[str, int | str]:
    """How many, and SHA-256 of their bytes and labels."""
    hashed = hashlib.sha256(images.pixels.numpy().tobytes())
    hashed.update(images.labels.numpy().tobytes())
    return {"images": len(images), "sha256": hashed.hexdigest()}
