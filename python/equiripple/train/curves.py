"""The course of a training as a table and as a picture."""

import csv
import os
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

from matplotlib import pyplot
from matplotlib.ticker import MaxNLocator

Row = dict[str, float]


def write(folder: Path, rows: list[Row]) -> None:
    """`curves.csv`, a row for each epoch, and `curves.png`: accuracies above, terms of the loss below."""
    if not rows:
        return
    names = list(rows[-1])
    with open(folder / "curves.csv", "w", newline="") as file:
        writer = csv.DictWriter(file, names, restval="")
        writer.writeheader()
        writer.writerows(rows)
    figure, (above, below) = pyplot.subplots(2, 1, figsize=(8, 7), sharex=True, layout="constrained")
    epochs = [row["epoch"] for row in rows]
    for name in names:
        values = [row.get(name, float("nan")) for row in rows]
        if name.endswith("accuracy"):
            above.plot(epochs, [100 * v for v in values], label=f"{name.removesuffix(' accuracy')} ({100 * values[-1]:.2f} %)")
        elif name.startswith("loss"):
            below.plot(epochs, values, label=name.removeprefix("loss: "))
    above.set_ylabel("accuracy, %")
    below.set_ylabel("loss")
    below.set_yscale("log")
    below.set_xlabel("epoch")
    below.xaxis.set_major_locator(MaxNLocator(integer=True))
    for axes in (above, below):
        axes.grid(alpha=0.3)
        axes.legend(loc="best")
    beside = folder / "curves.new.png"
    figure.savefig(beside, dpi=120)
    pyplot.close(figure)
    os.replace(beside, folder / "curves.png")
