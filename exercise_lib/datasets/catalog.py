"""Bundled sets, downloads and folders, as training, validation and test photos."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from exercise_lib import notices, paths
from exercise_lib.datasets import survey
from exercise_lib.datasets.layout import Layout, find_layout
from exercise_lib.datasets.splits import Split, find_classes, hold_out, load_split, photo_files
from exercise_lib.errors import DatasetError
from exercise_lib.storage import archives, downloads

# Name: where the training photos and the test photos are in data/.
BUNDLED = {
    "yoghurts": ("yoghurts/train", "yoghurts/test"),
    "yoghurts_night": ("yoghurts/train", "yoghurts/test_night"),
    "yoghurts_large": ("yoghurts_large.zip", "yoghurts/test"),
}
ARCHIVES = (".zip", ".tar", ".tgz", ".gz", ".bz2", ".xz")
VALIDATION_SHARE = 0.2
TEST_SHARE = 0.25  # For a folder that has no test photos of its own.


@dataclass(frozen=True)
class Download:
    """An archive with a subfolder of photos for each class.

    Attributes:
        url: Its address.
        known_hash: "sha256:" and the digits.
        size: Bytes.
        folder: Where in the archive the class folders are.
    """

    url: str
    known_hash: str
    size: int
    folder: str

    @property
    def path(self) -> Path:
        """Where the archive is once it has been downloaded."""
        return paths.cache() / "datasets" / self.url.rsplit("/", 1)[1]


DOWNLOADABLE = {
    # Source of the hash: tf_flowers in the catalogue of TensorFlow Datasets
    # (https://www.tensorflow.org/datasets/catalog/tf_flowers).
    "flowers": Download(
        "https://storage.googleapis.com/download.tensorflow.org/example_images/flower_photos.tgz",
        "sha256:4c54ace7911aaffe13a365c34f650e71dd5bf1be0a58b464e5a7183e3e595d9c",
        228_813_984,
        "flower_photos",
    ),
}

# In data/sample_photos, whose card says where they come from.
SAMPLE_PHOTOS = ("cat.png", "coffee.png", "rocket.jpg", "officer.jpg", "astronaut.png")


@dataclass(frozen=True)
class PhotoSet:
    """A data set for classification: train to learn, validate to choose, test once at the end."""

    name: str
    class_names: tuple[str, ...]
    train: Split
    validation: Split
    test: Split


def load(name: str) -> PhotoSet:
    """Load a data set by name, or any folder with a subfolder of photos for each class.

    The validation photos are a fifth of each class of the training photos,
    drawn with a fixed seed. Without a `test/`, a quarter of all photos become
    test photos, drawn in the same way. Photos with the same content stay
    together in each draw.

    Args:
        name: "yoghurts"; "yoghurts_night", the same with test photos of a
            night shift; "yoghurts_large", thousands of smaller training
            photos; "flowers", once it has been downloaded; or a folder (or an
            archive of one) with one subfolder of photos per class, or with folders
            for training, test and validation photos that each contain such
            subfolders; see datasets.layout.

    Returns:
        PhotoSet. For a folder, every photo is decoded once; what is left out,
        and why, is printed with one line per reason.

    Raises:
        DatasetError: there is no such set or folder, or fewer than two
            classes have two usable photos each.
        archives.ArchiveError: the archive of the set cannot be unpacked.
    """
    if name in BUNDLED:
        return _load_bundled(name)
    return _load_folder(Path(name).name, folders_of(name))


def _load_bundled(name: str) -> PhotoSet:
    train_folder, test_folder = (paths.DATA / place for place in BUNDLED[name])
    if train_folder.suffix == ".zip":
        train_folder = archives.unpack_once(train_folder)
    class_names = find_classes(train_folder)
    train, validation = hold_out(load_split(train_folder, class_names), VALIDATION_SHARE)
    return PhotoSet(name, class_names, train, validation, load_split(test_folder, class_names))


def _load_folder(name: str, folders: Layout) -> PhotoSet:
    class_names, learning, validation, test = _load_surveyed(folders)
    if test is None:
        learning, test = hold_out(learning, TEST_SHARE)
    if validation is None:
        learning, validation = hold_out(learning, VALIDATION_SHARE)
    return PhotoSet(name, class_names, learning, validation, test)


def _load_surveyed(folders: Layout) -> tuple[tuple[str, ...], Split, Split | None, Split | None]:
    """Check every photo in your folders; print what is left out and why.

    Returns:
        (class_names, training, validation or None, test or None), the latter Splits.

    Raises:
        DatasetError: a folder cannot be read, or fewer than two classes have two
            usable photos each.
    """
    surveys = survey.survey_all(folders)
    for found in surveys.values():
        if text := survey.as_text(found):
            notices.tell(text)
    if any(map(survey.has_more, surveys.values())):
        place = folders.train if len(surveys) == 1 else folders.train.parent
        notices.tell(f'To list them all: python -m exercise_lib survey "{paths.shown(place)}"')
    class_names = tuple(surveys["training"].classes)
    if len(class_names) < 2:
        raise DatasetError(
            f"{paths.shown(folders.train)} has {'only one' if class_names else 'no'} usable class "
            "folder: at least two are needed, each with at least two different photos."
        )
    splits = {role: _split_of(found, class_names) for role, found in surveys.items()}
    for role, split in splits.items():
        missing = [n for label, n in enumerate(class_names) if label not in split.labels]
        if len(missing) == len(class_names):
            raise DatasetError(
                f"{paths.shown(surveys[role].folder)} has no usable photos of the classes "
                f"{', '.join(class_names)}: add some, or remove that folder."
            )
        if missing:
            notices.tell(f"There are no {role} photos of {', '.join(missing)}.")
    return class_names, splits["training"], splits.get("validation"), splits.get("test")


def _split_of(found: survey.Survey, class_names: Sequence[str]) -> Split:
    by_label = [found.classes.get(name, []) for name in class_names]
    files = [file for photos in by_label for file in photos]
    labels = [label for label, photos in enumerate(by_label) for _ in photos]
    contents = tuple(found.hashes[file] for file in files)
    return Split(tuple(files), np.array(labels, int), contents)


def folders_of(name: str) -> Layout:
    """Return which folders of a data set hold which photos, and say so where it is not plain.

    Raises:
        DatasetError: there is no such set or folder, or it has no single reading.
    """
    if name in DOWNLOADABLE and not paths.is_folder(name):
        return Layout(_downloaded(name))
    folder = Path(os.path.expanduser(name))  # noqa: PTH111 (pathlib fails for unknown users.)
    if paths.is_file(folder) and folder.suffix.lower() in ARCHIVES:
        folder = archives.unpack_once(folder)
    if not paths.is_folder(folder):
        raise DatasetError(
            f"There is no data set or folder {paths.shown(name)!r}. Choose a "
            f"bundled set ({', '.join(BUNDLED)}), a download ({', '.join(DOWNLOADABLE)}), or a "
            "folder with one subfolder of photos per class."
        )
    return find_layout(folder)


def _downloaded(name: str) -> Path:
    wanted = DOWNLOADABLE[name]
    if not wanted.path.is_file():
        raise DatasetError(
            f"{name} has not been downloaded yet: run `python -m exercise_lib download --dataset "
            f"{name}` ({downloads.shown_size(wanted.size)})."
        )
    return archives.unpack_once(wanted.path) / wanted.folder


def download(name: str) -> None:
    """Download a data set that does not come with the workshop, unless it is already here.

    Args:
        name: A name in DOWNLOADABLE.

    Raises:
        DatasetError: there is no such data set.
        downloads.DownloadError: it could not be downloaded.
    """
    if name not in DOWNLOADABLE:
        raise DatasetError(
            f"There is no data set {name!r} to download: choose {' or '.join(DOWNLOADABLE)}."
        )
    wanted = DOWNLOADABLE[name]
    if wanted.path.is_file():
        notices.tell(f"{name} has already been downloaded.")
        return
    downloads.download(wanted.url, wanted.path, wanted.known_hash, wanted.size)


def sample_photos(count: int = 4) -> dict[str, Path]:
    """Return a few photos of everyday things to show to an ImageNet model.

    They come from the folder named by EXERCISE_PHOTOS, evenly spread over its
    file names, or else from data/sample_photos.

    Args:
        count: Number of photos, at most.

    Returns:
        dict from a short name to the path of the photo.

    Raises:
        DatasetError: the folder named by EXERCISE_PHOTOS holds no photos.
    """
    folder = paths.photos_folder()
    if folder is None:
        files = [paths.DATA / "sample_photos" / name for name in SAMPLE_PHOTOS[:count]]
        return {file.stem: file for file in files}
    files = photo_files(folder)
    if not files:
        raise DatasetError(
            f"EXERCISE_PHOTOS names {folder}, but it has no photos: choose another folder."
        )
    rows = np.linspace(0, len(files) - 1, min(count, len(files))).round().astype(int)
    return {files[row].stem: files[row] for row in rows}
