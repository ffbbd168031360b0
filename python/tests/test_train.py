"""Every recipe for a few steps on tiny data, and what can go wrong in one."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install './python[train]'")
pytest.importorskip("matplotlib", reason="matplotlib is not installed: pip install './python[train]'")

import equiripple  # noqa: E402
from equiripple.train import checkpoint, compare, data, record, schedule, student, teacher  # noqa: E402
from equiripple.train.augment import batches, contrasted, shifted  # noqa: E402
from equiripple.train.errors import TrainingError  # noqa: E402
from equiripple.train.loop import Diverged  # noqa: E402
from equiripple.train.models import build  # noqa: E402

COMMON = dict(epochs=2, batch=16, images=64, threads=1, average=0.5, device="cpu")


def stripes(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Images N×3×32×32 of stripes whose width is the label, in noise."""
    random = np.random.default_rng(seed)
    labels = random.integers(0, 10, count)
    rows = np.arange(32)[None, :] // (labels[:, None] + 1) % 2 * 128
    pixels = rows[:, None, :, None] + random.integers(0, 64, (count, 3, 32, 32))
    return pixels.astype(np.uint8), labels.astype(np.uint8)


@pytest.fixture(scope="module")
def cifar(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cifar")
    for k, name in enumerate(data.CIFAR):
        pixels, labels = stripes(16 if k < 5 else 32, k)
        np.concatenate([labels[:, None], pixels.reshape(len(labels), -1)], 1).tofile(folder / name)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    image = pytest.importorskip("PIL.Image", reason="Pillow is not installed: pip install './python[train]'")
    root = tmp_path_factory.mktemp("folder")
    for part, count in (("train", 40), ("val", 10)):
        pixels, labels = stripes(count, count)
        for k, (one, label) in enumerate(zip(pixels, labels, strict=True)):
            path = root / part / f"class{label % 2}"
            path.mkdir(parents=True, exist_ok=True)
            image.fromarray(one.transpose(1, 2, 0)).resize((40, 36)).save(path / f"{k}.png")
    return root


@pytest.fixture(scope="module")
def taught(cifar, tmp_path_factory):
    out = tmp_path_factory.mktemp("teacher")
    teacher.run(teacher.TeacherSettings(data=cifar, out=out, **COMMON))
    return out


def test_teacher_writes_what_equiripple_reads(taught):
    rows = list(csv.DictReader(open(taught / "curves.csv")))
    assert [float(r["epoch"]) for r in rows] == [1, 2]
    assert (taught / "curves.png").read_bytes().startswith(b"\x89PNG")
    said = json.loads((taught / "record.json").read_text())
    assert said["settings"]["architecture"] == "resnet20"
    images = np.zeros((2, 3, 32, 32), np.float32)
    equal = [
        equiripple.Network.load("resnet20", taught / name)(images) for name in ("model.safetensors", "model-f16.safetensors")
    ]
    assert np.abs(equal[0] - equal[1]).max() < 0.05 * np.abs(equal[0]).max()


@pytest.mark.parametrize("more", [{}, {"per_channel": False}, {"norm_first": False}, {"alpha": 1.0, "moments": 0.0}])
def test_student_folds_to_squares(cifar, taught, tmp_path, more):
    settings = student.StudentSettings(
        data=cifar, out=tmp_path, teacher=taught / "model.safetensors", settle=0.5, transition=1.0, **COMMON, **more
    )
    student.run(settings)
    network = equiripple.Network.load("resnet20", tmp_path / "model.safetensors")
    images = torch.randn(4, 3, 32, 32)
    folded = network.fold_squares()
    assert folded.levels == (39, 0)
    logits = network(images.numpy())
    assert np.isfinite(logits).all()
    assert np.abs(folded(images.numpy()) - logits).max() < 1e-4 * np.abs(logits).max()
    ranges = json.loads((tmp_path / "record.json").read_text())["ranges"]
    assert len(ranges["calibrated"]) == 19 and set(ranges["test"]) == set(ranges["calibrated"])
    assert 0 <= ranges["test images within"] <= 64 and ranges["training images within"] > 0


def test_numbers_beyond_all_bounds_are_in_no_range(tmp_path):
    maxima = {"a": torch.tensor([1.0, torch.inf, 3.0]), "b": torch.tensor([1.0, 1.0, 1.0])}
    assert student.within(maxima, {"a": 2.0, "b": 1.0}) == 1
    assert student.within(maxima, {"a": torch.inf, "b": 1.0}) == 2
    numbers = {"a": [1.0, float("nan")], "b": {"c": float("inf"), "d": "x"}}
    assert record.finite(numbers) == {"a": [1.0, None], "b": {"c": None, "d": "x"}}


def test_record_says_how_it_was_made(cifar, taught, tmp_path):
    weights = taught / "model.safetensors"
    settings = student.StudentSettings(data=cifar, out=tmp_path, teacher=weights, alpha=1.0, norm_first=False, **COMMON)
    student.run(settings)
    said = json.loads((tmp_path / "record.json").read_text())
    assert said["command"] == (
        "python -m equiripple.train student --epochs 2 --batch 16 --average 0.5 --images 64 --alpha 1.0 --no-norm-first"
    )
    assert said["revision"] == equiripple.provenance()["revision"] and said["machine"]["cores"] >= 1
    assert said["teacher"]["sha256"] == json.loads((taught / "record.json").read_text())["weights"]["model.safetensors"]


@pytest.mark.parametrize("architecture", ["alexnet", "squeezenet"])
def test_other_networks_on_a_folder_of_images(folder, tmp_path, architecture, capsys):
    pytest.importorskip("onnxscript", reason="onnxscript is not installed: pip install './python[train]'")
    common = COMMON | {"epochs": 1, "architecture": architecture, "size": 32, "data": folder}
    teacher.run(teacher.TeacherSettings(out=tmp_path / "teacher", **common))
    weights = tmp_path / "teacher" / "model.safetensors"
    student.run(student.StudentSettings(out=tmp_path / "student", teacher=weights, settle=0.0, transition=0.5, **common))
    network = equiripple.Network.read(tmp_path / "student" / "model.onnx").fold_squares()
    # Neither a ReLU nor a max-pool is left.
    assert network.levels[1] == 0
    compare.run(compare.CompareSettings(data=folder, weights=tmp_path / "student" / "model.safetensors"))
    assert capsys.readouterr().out.count("10 labels as PyTorch") == 3
    (tmp_path / "student" / "model.onnx").unlink()
    with pytest.raises(TrainingError, match=r"model\.onnx' is missing"):
        compare.run(compare.CompareSettings(data=folder, weights=tmp_path / "student" / "model.safetensors"))
    with pytest.raises(TrainingError, match="no record of the weights"):
        compare.recorded(tmp_path / "elsewhere" / "model.safetensors")


@pytest.mark.parametrize("recipe", ["teacher", "student"])
def test_training_cut_off_ends_with_the_same_bits(cifar, taught, tmp_path, recipe):
    def settings(name):
        common = {"data": cifar, "out": tmp_path / name, **COMMON}
        if recipe == "teacher":
            return teacher.TeacherSettings(**common)
        weights = taught / "model.safetensors"
        return student.StudentSettings(teacher=weights, settle=0.5, transition=1.0, **common)

    run = {"teacher": teacher, "student": student}[recipe].run
    run(settings("whole"))
    saved = checkpoint.save

    def cut(*arguments):
        saved(*arguments)
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checkpoint, "save", cut)
        with pytest.raises(KeyboardInterrupt):
            run(settings("parts"))
    run(settings("parts"))
    name = "model.safetensors"
    assert (tmp_path / "parts" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_nan_stops_and_keeps_the_last_good_checkpoint(cifar, tmp_path):
    settings = teacher.TeacherSettings(data=cifar, out=tmp_path, **COMMON | {"precision": "f32"})
    terms = teacher.Teacher.terms

    def broken(self, images, labels, epoch):
        found = terms(self, images, labels, epoch)
        return found if epoch < 1 else found | {"labels": found["labels"] * float("nan")}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(teacher.Teacher, "terms", broken)
        with pytest.raises(Diverged, match=r"nan in step 1 of epoch 2.*checkpoint of epoch 1 is kept"):
            teacher.run(settings)
    state = checkpoint.read(tmp_path / "checkpoint.pt")
    assert state["epoch"] == 1 and all(v.isfinite().all() for v in state["model"].values())


def test_checkpoint_of_another_training_is_refused(cifar, taught):
    other = COMMON | {"architecture": "resnet32"}
    with pytest.raises(TrainingError, match="architecture resnet20, now resnet32"):
        teacher.run(teacher.TeacherSettings(data=cifar, out=taught, **other))
    with pytest.raises(TrainingError, match=r"weights of another network: missing: .*layer1.3"):
        weights = taught / "model.safetensors"
        student.run(student.StudentSettings(data=cifar, out=taught / "student", teacher=weights, **other))


def test_data_that_is_none_is_named(cifar, tmp_path):
    with pytest.raises(TrainingError, match="no data set"):
        data.load(tmp_path)
    for name in data.CIFAR:
        with pytest.raises(TrainingError, match="no data set" if name == data.CIFAR[0] else f"{name}' is missing"):
            data.load(tmp_path)
        (tmp_path / name).write_bytes(b"123")
    with pytest.raises(TrainingError, match=r"data_batch_1\.bin has 3 bytes where a positive multiple of 3073"):
        data.load(tmp_path)
    with pytest.raises(TrainingError, match="do not fill a batch of 128"):
        teacher.run(teacher.TeacherSettings(data=cifar, out=tmp_path / "run", **COMMON | {"batch": 128}))
    with pytest.raises(TrainingError, match="cannot be read"):
        student.run(student.StudentSettings(data=cifar, out=tmp_path / "s", teacher=tmp_path / "none", **COMMON))
    with pytest.raises(TrainingError, match="there is no network"):
        build("resnet21", 10, 32)


def test_shifts_are_those_of_reflected_images():
    pixels = torch.arange(2 * 8 * 8 * 3, dtype=torch.uint8).view(2, 8, 8, 3)
    seen = set()
    for seed in range(40):
        moved = shifted(pixels, 2, torch.Generator().manual_seed(seed))
        wide = np.pad(pixels[0].numpy(), ((2, 2), (2, 2), (0, 0)), mode="reflect")
        options = {
            (wide[i : i + 8, j : j + 8] if m == 0 else wide[i : i + 8, j : j + 8][:, ::-1]).tobytes(): (i, j, m)
            for i in range(5)
            for j in range(5)
            for m in range(2)
        }
        seen.add(options[moved[0].numpy().tobytes()])
    assert len(seen) > 20


def test_contrast_keeps_the_mean():
    images = torch.randn(64, 3, 8, 8) + 2
    seen = contrasted(images, 0.25)
    assert torch.allclose(seen.mean((1, 2, 3)), images.mean((1, 2, 3)), atol=1e-5)
    factors = seen.std((1, 2, 3)) / images.std((1, 2, 3))
    assert 0.75 <= factors.min() < 0.85 and 1.15 < factors.max() <= 1.25 + 1e-6


def test_batches_are_all_images_once():
    images = data.Images(torch.zeros(40, 4, 4, 3, dtype=torch.uint8), torch.arange(40))
    first = [labels.tolist() for _, labels in batches(images, 8, 1, seed=1, epoch=0)]
    assert sorted(label for batch in first for label in batch) == list(range(40))
    assert first == [labels.tolist() for _, labels in batches(images, 8, 1, seed=1, epoch=0)]
    assert first != [labels.tolist() for _, labels in batches(images, 8, 1, seed=1, epoch=1)]


def test_schedules():
    assert [schedule.ramp(t, 1, 3) for t in (0, 1, 2, 3, 9)] == [0, 0, 0.5, 1, 1]
    assert schedule.ramp(0.0, 0.0, 0.0) == 1
    cycle = [schedule.one_cycle(t / 100, 0.2) for t in range(101)]
    assert cycle[0] == 0 and cycle[20] == pytest.approx(1) and cycle[100] == pytest.approx(0)


def test_help_and_errors_of_the_command(tmp_path):
    def call(*arguments):
        return subprocess.run([sys.executable, "-m", "equiripple.train", *arguments], capture_output=True, text=True)

    assert "--transition" in call("student", "--help").stdout
    missing = call("teacher", "--data", str(tmp_path / "none"), "--out", str(tmp_path / "run"))
    assert missing.returncode == 1 and missing.stderr.startswith("error: no data set in")
    wrong = call("teacher", "--epochs", "0")
    assert wrong.returncode == 1 and "--epochs is 0" in wrong.stderr


def test_statistics_are_those_of_all_images():
    from equiripple.train.calibrate import statistics

    images = data.Images(torch.randint(0, 256, (30, 8, 8, 3), dtype=torch.uint8), torch.zeros(30, dtype=torch.long))
    model = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.ReLU())
    with torch.no_grad():
        model[0].weight[2] *= 1e-4
        x = model[0](data.normalise(images.pixels))
    found = statistics(model, ["1"], images, batch=7)["1"]
    flat = x.transpose(0, 1).flatten(1)
    assert torch.allclose(found.mean, flat.mean(1), atol=1e-5)
    assert torch.allclose(found.std, flat.std(1, unbiased=False), atol=1e-5)
    whole = found.whole()
    assert whole.mean.item() == pytest.approx(x.mean().item(), abs=1e-5)
    assert whole.std.item() == pytest.approx(x.std(unbiased=False).item(), rel=1e-5)
    # The channel that hardly moves is widened, the others stay.
    wide = found.widened(0.5).std
    assert wide[2].item() == pytest.approx(0.5 * whole.std.item())
    assert torch.equal(wide[[0, 1, 3]], found.std[[0, 1, 3]].maximum(0.5 * whole.std))


def test_synthetic_images_are_read_and_learned(tmp_path):
    common = {**COMMON, "data": Path("synthetic:images=256,classes=4"), "architecture": "convnet", "epochs": 1}
    teacher.run(teacher.TeacherSettings(out=tmp_path / "teacher", **common))
    weights = tmp_path / "teacher" / "model.safetensors"
    student.run(student.StudentSettings(out=tmp_path / "student", teacher=weights, settle=0.0, transition=0.5, **common))
    network = equiripple.Network.load("convnet", tmp_path / "student" / "model.safetensors")
    assert network.fold_squares().levels == (7, 0)
    assert network(np.zeros((1, 3, 32, 32), np.float32)).shape == (1, 4)
