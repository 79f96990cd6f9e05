"""Class folders and bundled sets to train, validation and test photos."""

import importlib.resources
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from exercise_lib import archives, downloads, images, paths, survey
from exercise_lib.errors import WorkshopError

# Name: where the training photos and where the test photos lie in data/.
BUNDLED = {
    "yoghurts": ("yoghurts/train", "yoghurts/test"),
    "yoghurts_night": ("yoghurts/train", "yoghurts/test_night"),
    "yoghurts_large": ("yoghurts_large.zip", "yoghurts/test"),
}
IN_TEST = "in the training photos, though they are test photos, too"
NOT_LEARNT = "test photos of a class without training photos"
VALIDATION_SHARE = 0.2
TEST_SHARE = 0.25  # Of a folder that has no test photos of its own.


@dataclass(frozen=True)
class Download:
    """An archive with a subfolder of photos for each class.

    Attributes:
        url: Its address.
        known_hash: "sha256:" and the digits.
        size: Bytes.
        folder: Where the class folders lie in it.
    """

    url: str
    known_hash: str
    size: int
    folder: str

    @property
    def path(self):
        """Where the archive lies once it is downloaded."""
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

# Photographs without copyright that come with packages of the workshop.
# Source: the data folders of scikit-image (CC0) and of Matplotlib (U.S. Navy, public domain).
SAMPLE_PHOTOS = {
    "cat": ("skimage", "data/chelsea.png"),
    "coffee": ("skimage", "data/coffee.png"),
    "rocket": ("skimage", "data/rocket.jpg"),
    "officer": ("matplotlib", "mpl-data/sample_data/grace_hopper.jpg"),
}


class DatasetError(WorkshopError):
    """A data set that cannot be used; the message says what to do."""


@dataclass(frozen=True)
class Split:
    """Photos of one split, in a fixed order.

    Attributes:
        files: Paths of the photos.
        labels: int array (photos,), indices into the class names.
        contents: Hash of each photo's content; None if no two are the same.
    """

    files: tuple
    labels: np.ndarray
    contents: tuple | None = None

    def __len__(self):
        return len(self.files)


@dataclass(frozen=True)
class PhotoSet:
    """A data set for classification: train to learn, validation to choose, test to judge once."""

    name: str
    class_names: tuple
    train: Split
    validation: Split
    test: Split


def load(name):
    """Load a data set by name, or any folder with a subfolder of photos for each class.

    The validation photos are a fifth of each class of the training photos,
    drawn with a fixed seed. Where there is no `test/`, a quarter of all photos
    are test photos, drawn in the same way. Photos with the same content stay
    together in each draw.

    Args:
        name: "yoghurts"; "yoghurts_night", the same with test photos of a
            night shift; "yoghurts_large", thousands of smaller training
            photos; "flowers", once it is downloaded; or a folder that holds
            one subfolder of photos for each class, or `train/` and `test/`
            with such subfolders each.

    Returns:
        PhotoSet. Of a folder, every photo was decoded once; what is left out
        of it and why is printed, a line for each reason.

    Raises:
        DatasetError: no such set or folder, or fewer than two classes with
            two photos each that can be used.
        archives.ArchiveError: the archive of the set cannot be unpacked.
    """
    if name in BUNDLED:
        return _load_bundled(name)
    return _load_folder(Path(name).name, *_folders_of(name))


def _load_bundled(name):
    train_folder, test_folder = (paths.DATA / place for place in BUNDLED[name])
    if train_folder.suffix == ".zip":
        train_folder = archives.unpack_once(train_folder)
    class_names = find_classes(train_folder)
    train, validation = hold_out(load_split(train_folder, class_names), VALIDATION_SHARE)
    return PhotoSet(name, class_names, train, validation, load_split(test_folder, class_names))


def _load_folder(name, train_folder, test_folder):
    """Load a folder of somebody's photos, and print what is left out of it and why."""
    learning = _look_at(train_folder)
    judging = None if test_folder is None else _look_at(test_folder, at_least=1)
    if judging is not None:
        _leave_out_of_other_split(learning, judging)
    for found in filter(None, (learning, judging)):
        if text := survey.as_text(found):
            print(text)
    class_names = tuple(learning.classes)
    if len(class_names) < 2:
        raise DatasetError(
            f"{paths.shown(train_folder)} has {len(class_names)} subfolders with two or more "
            "photos that can be used: expected at least two, one for each class."
        )
    learning = _split_of(learning, class_names)
    if judging is None:
        learning, test = hold_out(learning, TEST_SHARE)
    else:
        test = _split_of(judging, class_names)
    train, validation = hold_out(learning, VALIDATION_SHARE)
    if not len(test):
        raise DatasetError(
            f"{paths.shown(train_folder)} holds too few different photos to keep some for the "
            "test: add some."
        )
    return PhotoSet(name, class_names, train, validation, test)


def _look_at(folder, at_least=2):
    try:
        return survey.survey(folder, at_least)
    except OSError as error:
        raise DatasetError(
            f"{paths.shown(folder)} cannot be read ({error.strerror}): expected a folder with a "
            "subfolder of photos for each class."
        ) from error


def _leave_out_of_other_split(learning, judging):
    """Leave out training photos that test, too, and test photos of unknown classes."""
    tested = set(judging.hashes.values())
    learning.leave_out((p for p, content in learning.hashes.items() if content in tested), IN_TEST)
    learning.leave_out_small_classes(at_least=2)
    for name in set(judging.classes) - set(learning.classes):
        judging.leave_out(judging.classes[name], NOT_LEARNT)
    for name in learning.classes:
        if not judging.classes.get(name):
            raise DatasetError(
                f"There are no test photos of {name!r} that can be used: add some to test/, or "
                "take its folder out of train/."
            )


def _split_of(found, class_names):
    files = [file for name in class_names for file in found.classes[name]]
    labels = [label for label, name in enumerate(class_names) for _ in found.classes[name]]
    contents = tuple(found.hashes[file] for file in files)
    return Split(tuple(files), np.array(labels), contents)


def download(name):
    """Fetch a data set that does not come with the workshop, unless it is here.

    Args:
        name: A name in DOWNLOADABLE.

    Raises:
        DatasetError: there is no such data set.
        downloads.DownloadError: it could not be fetched.
    """
    if name not in DOWNLOADABLE:
        raise DatasetError(
            f"There is no data set {name!r} to download; there is {', '.join(DOWNLOADABLE)}."
        )
    wanted = DOWNLOADABLE[name]
    if wanted.path.is_file():
        print(f"{name} is here already.")
        return
    downloads.download(wanted.url, wanted.path, wanted.known_hash, wanted.size)


def _folders_of(name):
    """Return (folder of the training photos, that of the test photos or None)."""
    if name in DOWNLOADABLE and not Path(name).is_dir():
        return _downloaded(name), None
    folder = Path(name).expanduser()
    if not folder.is_dir():
        raise DatasetError(
            f"There is no data set or folder {name!r}. Bundled sets: {', '.join(BUNDLED)}; to "
            f"download: {', '.join(DOWNLOADABLE)}; or give a folder with a subfolder of photos "
            "for each class."
        )
    # One of them alone may be the name of a class.
    if (folder / "train").is_dir() and (folder / "test").is_dir():
        return folder / "train", folder / "test"
    return folder, None


def _downloaded(name):
    wanted = DOWNLOADABLE[name]
    if not wanted.path.is_file():
        raise DatasetError(
            f"{name} is not here yet: fetch it with `python -m exercise_lib download --dataset "
            f"{name}` ({downloads.shown_size(wanted.size)})."
        )
    return archives.unpack_once(wanted.path) / wanted.folder


def sample_photos(count=4):
    """Return a few photos of everyday things to show to an ImageNet model.

    They are those of the folder named by EXERCISE_PHOTOS, evenly spread over
    its file names, or else photographs that come with installed packages.

    Args:
        count: Number of photos, at most.

    Returns:
        dict from a short name to the path of the photo.

    Raises:
        DatasetError: the folder named by EXERCISE_PHOTOS holds no photos.
    """
    folder = paths.photos_folder()
    if folder is None:
        found = {
            name: Path(str(importlib.resources.files(package) / file))
            for name, (package, file) in SAMPLE_PHOTOS.items()
        }
        return dict(list(found.items())[:count])
    files = photo_files(folder)
    if not files:
        raise DatasetError(f"EXERCISE_PHOTOS names {folder}, but there are no photos in it.")
    rows = np.linspace(0, len(files) - 1, min(count, len(files))).round().astype(int)
    return {files[row].stem: files[row] for row in rows}


def find_classes(split_folder):
    """Return the sorted names of the class folders of one split."""
    if not split_folder.is_dir():
        raise DatasetError(
            f"{paths.shown(split_folder)} does not exist: expected one subfolder for each class."
        )
    folders = (entry.name for entry in split_folder.iterdir() if entry.is_dir())
    return tuple(sorted(name for name in folders if not name.startswith((".", "_"))))


def load_split(split_folder, class_names):
    """List the photos of one split in the order of their file names.

    Args:
        split_folder: Folder with one subfolder for each class.
        class_names: The classes, in the order of their labels.

    Returns:
        Split.

    Raises:
        DatasetError: a class has no photos.
    """
    files, labels = [], []
    for label, class_name in enumerate(class_names):
        found = photo_files(split_folder / class_name)
        if not found:
            raise DatasetError(
                f"No photos in {paths.shown(split_folder / class_name)}: expected at least one "
                f"file ending in {', '.join(images.SUFFIXES)}."
            )
        files += found
        labels += [label] * len(found)
    return Split(tuple(files), np.array(labels))


def photo_files(folder):
    """Return the photo files of one folder, sorted by name; hidden files are left out."""
    if not folder.is_dir():
        return []
    return sorted(
        file
        for file in folder.iterdir()
        if file.suffix.lower() in images.SUFFIXES and not file.name.startswith(".")
    )


def hold_out(split, share, seed=0):
    """Split photos in two, class by class; photos with the same content stay together.

    Args:
        split: Split to divide.
        share: Part of each class, between 0 and 1, that goes to the second
            result; at least one photo of a class with two or more.
        seed: Seed of the draw.

    Returns:
        (rest, held_out): two Splits in the order of the input.
    """
    random = np.random.default_rng(seed)
    held_out = np.zeros(len(split), bool)
    for label in np.unique(split.labels):
        rows = np.flatnonzero(split.labels == label)
        groups = _same_content(split, rows)
        wanted = max(1, round(share * len(rows)))
        for place in random.permutation(len(groups))[: len(groups) - 1]:
            if held_out[rows].sum() < wanted:
                held_out[groups[place]] = True
    return _select(split, ~held_out), _select(split, held_out)


def _same_content(split, rows):
    """Return the rows in groups of photos with the same content."""
    if split.contents is None:
        return [[row] for row in rows]
    groups = {}
    for row in rows:
        groups.setdefault(split.contents[row], []).append(row)
    return list(groups.values())


def draw(split, per_class, seed):
    """Draw some photos of each class; with the same seed, fewer photos are part of more.

    Copies of a drawn photo are never in the rest.

    Args:
        split: Split to draw from.
        per_class: Photos of each class.
        seed: Seed of the draw.

    Returns:
        (drawn, rest): two Splits in the order of the input.

    Raises:
        DatasetError: a class has fewer photos.
    """
    random = np.random.default_rng(seed)
    chosen, rest = np.zeros(len(split), bool), np.zeros(len(split), bool)
    for label in np.unique(split.labels):
        rows = np.flatnonzero(split.labels == label)
        if len(rows) < per_class:
            raise DatasetError(
                f"{Path(split.files[rows[0]]).parent.name!r} has {len(rows)} photos to learn "
                f"from, but {per_class} are asked for: ask for fewer, or add photos."
            )
        groups = _same_content(split, rows)
        for place in random.permutation(len(groups)):
            missing = per_class - chosen[rows].sum()
            chosen[groups[place][:missing]] = True
            rest[groups[place]] = missing == 0
    return _select(split, chosen), _select(split, rest)


def join(first, second):
    """Return the photos of two splits as one, sorted by file name within each class."""
    files, labels = first.files + second.files, np.concatenate([first.labels, second.labels])
    contents = None if first.contents is None else first.contents + second.contents
    order = sorted(range(len(files)), key=lambda row: (labels[row], files[row]))
    return _take(Split(files, labels, contents), order)


def _select(split, chosen):
    return _take(split, np.flatnonzero(chosen))


def _take(split, rows):
    contents = None if split.contents is None else tuple(split.contents[row] for row in rows)
    return Split(tuple(split.files[row] for row in rows), split.labels[rows], contents)
