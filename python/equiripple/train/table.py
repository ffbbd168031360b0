"""Trainings side by side, from their records: a Markdown table."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .errors import TrainingError

Record = Mapping[str, Any]


@dataclass(frozen=True)
class TableSettings:
    """Those of the table."""

    # Not by `settings.option`, so that tables need no PyTorch.
    records: tuple[Path, ...] = field(
        default=(), metadata={"help": "record.json of a training; others are told apart from the first", "positional": True}
    )


def options(values: Mapping[str, Any]) -> list[str]:
    """Settings as they are typed: `--some-name VALUE`, `--some-name` or `--no-some-name`."""

    def option(name: str, value: Any) -> str:
        name = name.replace("_", "-")
        if isinstance(value, bool):
            return f"--{name}" if value else f"--no-{name}"
        return f"--{name} {value}"

    return [option(name, value) for name, value in values.items()]


def read(path: Path) -> Record:
    """A record of a recipe."""
    try:
        record = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise TrainingError(f"the record '{path}' cannot be read: {error}; it is the record.json of a training") from error
    if not isinstance(record, dict) or not {"settings", "result", "seconds"} <= record.keys():
        raise TrainingError(f"'{path}' is no record of a training, as a recipe leaves it in record.json")
    return record


def table(records: Sequence[tuple[str, Record]]) -> str:
    """One line a training; `options` are those that the first one has otherwise."""
    base = records[0][1]["settings"]
    head = [
        "training",
        "options",
        "epochs",
        "test accuracy",
        "widest range",
        "largest of test images",
        "of them in range",
        "minutes",
    ]
    lines = [head, ["---", "---", *["--:"] * (len(head) - 2)]]
    for name, record in records:
        settings, result, ranges = record["settings"], record["result"], record.get("ranges")
        other = options({key: value for key, value in settings.items() if base.get(key) != value})
        images = record["data"]["test"]["images"]
        lines.append(
            [
                name,
                f"`{' '.join(other)}`" if other else "",
                str(settings["epochs"]),
                f"{100 * result['test accuracy']:.2f} %",
                largest(ranges["calibrated"].values()) if ranges else "",
                largest(ranges["test"].values() if ranges else [result["largest"]]),
                f"{ranges['test images within']:,} of {images:,}" if ranges else "",
                f"{record['seconds'] / 60:.0f}",
            ]
        )
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def largest(values: Iterable[float | None]) -> str:
    """Of numbers of which those beyond all bounds are null."""
    known = list(values)
    if None in known:
        return "beyond f32"
    most = max(known)
    return f"{most:.1f}" if most < 1e4 else f"{most:.1e}"


def named(path: Path) -> str:
    """What a record is called: its file, or the folder of a `record.json`."""
    return path.resolve().parent.name if path.name == "record.json" else path.stem


def run(settings: TableSettings) -> None:
    """Prints the table."""
    print(table([(named(path), read(path)) for path in settings.records]), end="")
