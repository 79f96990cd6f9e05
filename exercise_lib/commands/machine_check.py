"""The machine check: will the workshop run here, and how long will it take?"""

import importlib.metadata
import os
import platform
import shutil
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from exercise_lib import datasets, images, paths
from exercise_lib.errors import WorkshopError

if TYPE_CHECKING:
    import numpy as np

    from exercise_lib.models.pretrained import Pretrained

PACKAGES = ("tensorflow", "keras", "numpy", "matplotlib", "pillow", "jupyterlab", "nbval")
MEMORY_NEEDED_GB = 3
DISK_NEEDED_GB = 1
PROBE_PHOTOS = 32
PATIENCE_SECONDS = 300  # For all cells of a notebook; beyond it, a smaller model is advised.


@dataclass(frozen=True)
class Work:
    """How much work one notebook takes.

    Attributes:
        minutes: For reading and exercises.
        photos: Photos through the model; a training photo counts as 2.5.
        small_photos: The same for photos of 64 pixels, which keep a processor
            less busy: a training photo counts as 4.
    """

    minutes: int
    photos: int
    small_photos: int = 0


NOTEBOOKS = {
    "01_pretrained_model": Work(minutes=45, photos=250),
    "02_from_scratch": Work(minutes=45, photos=50, small_photos=112_000),
    "03_feature_extraction": Work(minutes=60, photos=4000),
    "04_fine_tuning": Work(minutes=45, photos=7000),
    "05_three_approaches": Work(minutes=60, photos=6000),
    "06_your_photos": Work(minutes=45, photos=200),
}


def report() -> list[str]:
    """Print the machine check line by line, as it goes.

    Returns:
        List of problems, one sentence each; empty if the workshop will run.

    Raises:
        exercise_lib.models.pretrained.MissingWeightsError or a similar error: the
            requested model is not on this machine.
    """
    problems = report_machine()
    report_versions()
    problems += report_data()
    report_minutes(*report_model())
    return problems


def report_machine() -> list[str]:
    """Print memory, disk and processor; return the problems found."""
    import psutil

    memory = psutil.virtual_memory().available / 1e9
    disk = shutil.disk_usage(paths.REPOSITORY).free / 1e9
    _line("Machine", f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores")
    _line("Free", f"memory {memory:.1f} GB, disk {disk:.1f} GB")
    problems = []
    if memory < MEMORY_NEEDED_GB:
        problems.append(
            f"Only {memory:.1f} GB of memory is free, but {MEMORY_NEEDED_GB} GB is needed: close "
            "other programs."
        )
    if disk < DISK_NEEDED_GB:
        problems.append(
            f"Only {disk:.1f} GB of disk space is free, but {DISK_NEEDED_GB} GB is needed: delete "
            "files that you no longer need."
        )
    return problems


def report_versions() -> None:
    """Print the versions of Python and of the main packages."""
    versions = [f"{name} {importlib.metadata.version(name)}" for name in PACKAGES]
    _line("Python", platform.python_version())
    _line("Packages", ", ".join(versions))


def report_data() -> list[str]:
    """Print which data sets are on this machine; return the problems found."""
    problems = []
    for name in datasets.BUNDLED:
        try:
            photos = datasets.load(name)
        except WorkshopError as error:
            problems.append(f"{error} To restore missing files: git checkout -- data")
            continue
        counts = f"{len(photos.train) + len(photos.validation)} + {len(photos.test)} photos"
        _line("Data", f"{name}: {len(photos.class_names)} classes, {counts}")
    return problems


def report_model() -> tuple[float, tuple[int, int]]:
    """Print which models are on this machine and classify one photo.

    Returns:
        (seconds per photo, (height, width) of a photo) of the model.
    """
    from exercise_lib.models import pretrained

    here = [name for name in pretrained.MODEL_NAMES if pretrained.find_weights(name)]
    _line("Models", ", ".join(here))
    model = pretrained.load_pretrained()
    name, file = next(iter(datasets.sample_photos().items()))
    photo = images.load_photo(file, model.image_size)
    probabilities = model.model.predict(model.preprocess(photo[None]), verbose=0)
    [[(best, probability)]] = pretrained.decode_top(probabilities, model.class_names, top=1)
    _line("A photo", f"{model.name} calls the {name} {best!r} (probability {probability:.2f})")
    return _seconds_per_photo(model, photo), model.image_size


def report_minutes(seconds_per_photo: float, image_size: tuple[int, int]) -> None:
    """Print how long each notebook takes here, and what to do if that is too long."""
    share = 64 * 64 / (image_size[0] * image_size[1])
    longest = 0.0
    for name, work in NOTEBOOKS.items():
        photos = work.photos + share * work.small_photos
        seconds = 10 + photos * seconds_per_photo
        longest = max(longest, seconds)
        _line(
            "Notebook",
            f"{name}: {work.minutes} minutes to work through; its cells "
            f"take about {seconds:.0f} s here",
        )
    if longest > PATIENCE_SECONDS:
        _line("Advice", "use a faster model: EXERCISE_MODEL=imagenet200 make lab")


def _seconds_per_photo(model: "Pretrained", photo: "np.ndarray") -> float:
    batch = model.preprocess(photo[None].repeat(PROBE_PHOTOS, axis=0))
    model.model.predict(batch, verbose=0)  # The first call also compiles.
    start = time.perf_counter()
    model.model.predict(batch, verbose=0)
    return (time.perf_counter() - start) / PROBE_PHOTOS


def _line(what: str, text: str) -> None:
    print(f"{what + ':':<13}{text}", flush=True)
