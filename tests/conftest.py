"""What several tests need."""

import keras
import numpy as np
import pytest
from PIL import Image

from exercise_lib import datasets, notices
from exercise_lib.datasets import splits
from exercise_lib.exercises import guarding, record
from exercise_lib.models import imagenet200, pretrained


def pytest_collection_modifyitems(items):
    """Begin with the file that takes longest, so that two workers end at about the same time."""
    items.sort(key=lambda item: item.path.name != "test_students.py")


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    """Let a check wait longer than a student would: beside other tests anything may stall."""
    monkeypatch.setattr(guarding, "SECONDS", 150.0)


@pytest.fixture(autouse=True)
def told():
    """Print what the library tells, as notebooks and commands do."""
    notices.show()


@pytest.fixture
def own_cache(monkeypatch, tmp_path_factory):
    """Give a test an empty cache of its own, and return its folder."""
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("EXERCISE_CACHE", str(folder))
    return folder


@pytest.fixture(scope="session")
def small_pretrained():
    """A Pretrained of the bundled structure with random weights: quick, and no file is needed."""
    keras.utils.set_random_seed(3)
    model = imagenet200.build_imagenet200(classes=7)
    names = [f"class {number}" for number in range(7)]
    return pretrained.assemble("small", model, imagenet200.preprocess_input, names)


@pytest.fixture(scope="session")
def tiny_pretrained():
    """A Pretrained of a few layers, two of which drop numbers at random while they learn."""
    keras.utils.set_random_seed(3)
    x = inputs = keras.Input((32, 32, 3))
    for width in (8, 16, 32):
        x = keras.layers.Conv2D(width, 3, 2, "same", use_bias=False, name=f"conv{width}")(x)
        x = keras.layers.BatchNormalization(name=f"batch_norm{width}")(x)
        x = keras.layers.Dropout(0.2, name=f"dropout{width}")(x)
    outputs = keras.layers.Dense(7, "softmax")(keras.layers.GlobalAveragePooling2D()(x))
    model = keras.Model(inputs, outputs)
    names = [f"class {number}" for number in range(7)]
    return pretrained.assemble("tiny", model, imagenet200.preprocess_input, names)


@pytest.fixture(scope="session")
def photo_files(tmp_path_factory):
    """Twelve small photos of noise, half of them reddish, half bluish."""
    folder = tmp_path_factory.mktemp("photos")
    random = np.random.default_rng(0)
    files = []
    for number in range(12):
        pixels = random.integers(0, 120, (40, 50, 3))
        pixels[..., 0 if number % 2 else 2] += 120
        files.append(folder / f"{number:02d}.png")
        Image.fromarray(pixels.astype(np.uint8)).save(files[-1])
    return files


@pytest.fixture(scope="session")
def photo_labels():
    """The label of each of `photo_files`: 1 where it is reddish."""
    return np.arange(12) % 2


@pytest.fixture(scope="session")
def noise_photos(photo_files, photo_labels):
    """A datasets.PhotoSet of `photo_files`: the same twelve to learn from and to be tested on."""
    split = splits.Split(tuple(photo_files), photo_labels)
    return datasets.PhotoSet("noise", ("blue", "red"), split, split, split)


@pytest.fixture
def own_progress(monkeypatch, tmp_path):
    """A progress file of the test's own, and checks that remember nothing."""
    monkeypatch.setenv("EXERCISE_PROGRESS", str(tmp_path / "progress.json"))
    monkeypatch.delenv("EXERCISE_STRICT", raising=False)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    monkeypatch.setattr(record, "_entries", {})
    monkeypatch.setattr(record, "_begun", set())
    monkeypatch.setattr(record, "_trouble", [])
