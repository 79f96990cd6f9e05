"""Photos with labels, and how to split them: no photo ends up on both sides as a copy."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from exercise_lib import images, notices, paths
from exercise_lib.datasets import layout
from exercise_lib.errors import DatasetError


@dataclass(frozen=True)
class Split:
    """Photos of one split, in a fixed order.

    Attributes:
        files: Paths of the photos.
        labels: int array (photos,), indices into the class names.
        contents: Hash of each photo's content; None if no two are the same.
    """

    files: tuple[Path, ...]
    labels: np.ndarray
    contents: tuple[str, ...] | None = None

    def __len__(self) -> int:
        return len(self.files)


def hold_out(split: Split, share: float, seed: int = 0) -> tuple[Split, Split]:
    """Split photos in two, class by class; photos with the same content stay together.

    Args:
        split: Split to divide.
        share: Share of each class, between 0 and 1, that goes to the second
            result: at least one photo of any class with two or more.
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


def _same_content(split: Split, rows: np.ndarray) -> list[list[int]]:
    """Return the rows in groups of photos with the same content."""
    if split.contents is None:
        return [[row] for row in rows]
    groups: dict[str, list[int]] = {}
    for row in rows:
        groups.setdefault(split.contents[row], []).append(row)
    return list(groups.values())


def draw(split: Split, per_class: int, seed: int) -> tuple[Split, Split]:
    """Draw some photos of each class; with one seed, a smaller draw is part of a larger one.

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
                f"The class of {paths.shown(split.files[rows[0]])} has {len(rows)} training "
                f"photo{'s' * (len(rows) != 1)}, but you asked for {per_class} per class: ask "
                "for fewer, or add photos."
            )
        groups = _same_content(split, rows)
        for place in random.permutation(len(groups)):
            missing = per_class - chosen[rows].sum()
            chosen[groups[place][:missing]] = True
            rest[groups[place]] = missing == 0
    return _select(split, chosen), _select(split, rest)


def join(first: Split, second: Split) -> Split:
    """Return the photos of two splits as one, sorted by file name within each class."""
    files, labels = first.files + second.files, np.concatenate([first.labels, second.labels])
    contents = None
    if first.contents is not None:
        assert second.contents is not None  # Both come from one set.
        contents = first.contents + second.contents
    order = sorted(range(len(files)), key=lambda row: (labels[row], files[row]))
    return _take(Split(files, labels, contents), order)


def without_copies(split: Split, other: Split) -> Split:
    """Return the photos of a split that are not also in another; print how many are left out.

    Bundled sets, whose content hashes are not kept, share no photos.
    """
    known = set(other.contents or ())
    chosen = np.array([content not in known for content in split.contents or ()], bool)
    if split.contents is None or chosen.all():
        return split
    notices.tell(
        "1 test photo is left out because it is also a training photo."
        if np.sum(~chosen) == 1
        else f"{np.sum(~chosen)} test photos are left out because they are also training photos."
    )
    return _select(split, chosen)


def _select(split: Split, chosen: np.ndarray) -> Split:
    return _take(split, np.flatnonzero(chosen))


def _take(split: Split, rows: Sequence[int] | np.ndarray) -> Split:
    contents = None if split.contents is None else tuple(split.contents[row] for row in rows)
    return Split(tuple(split.files[row] for row in rows), split.labels[rows], contents)


def find_classes(split_folder: Path) -> tuple[str, ...]:
    """Return the sorted names of the class folders of one split."""
    if not split_folder.is_dir():
        raise DatasetError(
            f"{paths.shown(split_folder)} does not exist: expected a folder with one subfolder "
            "per class."
        )
    folders = (entry.name for entry in split_folder.iterdir() if entry.is_dir())
    return tuple(sorted(name for name in folders if not name.startswith((".", "_"))))


def load_split(split_folder: Path, class_names: Sequence[str]) -> Split:
    """List the photos of one split in the order of their file names.

    Args:
        split_folder: Folder with one subfolder for each class.
        class_names: The classes, in the order of their labels.

    Returns:
        Split.

    Raises:
        DatasetError: a class has no photos.
    """
    files: list[Path] = []
    labels: list[int] = []
    for label, class_name in enumerate(class_names):
        found = photo_files(split_folder / class_name)
        if not found:
            raise DatasetError(
                f"There are no photos in {paths.shown(split_folder / class_name)}: expected at "
                f"least one file that ends in {', '.join(images.SUFFIXES)}."
            )
        files += found
        labels += [label] * len(found)
    return Split(tuple(files), np.array(labels))


def photo_files(folder: Path) -> list[Path]:
    """Return the photo files of one folder, sorted by name; hidden files are left out."""
    if not folder.is_dir():
        return []
    return sorted(
        file
        for file in folder.iterdir()
        if file.suffix.lower() in images.SUFFIXES and not file.name.startswith(".")
    )


def photos_below(folder: Path) -> list[Path]:
    """Return the photo files of a folder and of all folders in it, without what programs leave."""
    photos = photo_files(folder)
    for inner in layout.subfolders(folder):
        if not inner.is_symlink():
            photos += photos_below(inner)
    return photos
