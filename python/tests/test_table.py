"""Tables of trainings; no PyTorch is needed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from equiripple.train.errors import TrainingError
from equiripple.train.table import largest, named, options, read, table

ROOT = Path(__file__).parents[2]


def test_options_are_as_typed():
    typed = options({"alpha": 1.0, "norm_first": False, "average_pool": True})
    assert typed == ["--alpha 1.0", "--no-norm-first", "--average-pool"]


def test_table_of_the_repository_is_that_of_its_records():
    folder = ROOT / "reports" / "results" / "train-resnet20-square"
    paths = [ROOT / "src" / "data" / "networks" / "resnet20-cifar10-square.json", *sorted(folder.glob("*.json"))]
    assert len(paths) == 3
    assert table([(named(path), read(path)) for path in paths]) == (folder / "train.md").read_text()


def test_numbers_beyond_all_bounds_are_said():
    assert largest([1.25, 30.0]) == "30.0" and largest([4.602e28]) == "4.6e+28" and largest([2.0, None]) == "beyond f32"


def test_what_is_no_record_is_named(tmp_path):
    path = tmp_path / "record.json"
    for text in ("{", "[]", json.dumps({"settings": {}})):
        path.write_text(text)
        with pytest.raises(TrainingError, match=r"record\.json"):
            read(path)
    with pytest.raises(TrainingError, match="nowhere"):
        read(tmp_path / "nowhere")
    assert named(path) == tmp_path.name and named(tmp_path / "other.json") == "other"


def test_command_prints_a_table():
    pytest.importorskip("torch", reason="PyTorch is not installed: pip install './python[train]'")
    record = ROOT / "src" / "data" / "networks" / "resnet20-cifar10-square.json"
    command = [sys.executable, "-m", "equiripple.train", "table", record]
    shown = subprocess.run(command, capture_output=True, text=True, check=True)
    assert shown.stdout == table([(named(record), read(record))])
