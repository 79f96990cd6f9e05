"""Folders with a subfolder of photos for each class: somebody's, and those that we bring."""

import numpy as np

from exercise_lib import images, paths, survey
from exercise_lib.errors import DatasetError
from exercise_lib.splits import Split

IN_TEST = "in the training photos, though they are test photos, too"
NOT_LEARNT = "test photos of a class without training photos"


def load_surveyed(train_folder, test_folder=None):
    """Look at every photo of somebody's folders; print what is left out of them and why.

    A photo that is in both is a test photo only.

    Args:
        train_folder: Folder with a subfolder of photos for each class.
        test_folder: The same with test photos; None if there is none.

    Returns:
        (class_names, Split of the first folder, that of the second or None).

    Raises:
        DatasetError: a folder cannot be read, has fewer than two classes with
            two photos each that can be used, or a class without test photos.
    """
    learning, *judging = look_at(train_folder, test_folder)
    surveys = (learning, *judging)
    for found in surveys:
        if text := survey.as_text(found):
            print(text)
    if any(map(survey.has_more, surveys)):
        folder = images.shown(train_folder if test_folder is None else train_folder.parent)
        print(f'All of them by name: python -m exercise_lib survey "{folder}"')
    for name in learning.classes:
        if judging and not judging[0].classes.get(name):
            raise DatasetError(
                f"There are no test photos of {name!r} that can be used: add some to test/, or "
                "take its folder out of train/."
            )
    class_names = tuple(learning.classes)
    if len(class_names) < 2:
        raise DatasetError(
            f"{paths.shown(train_folder)} has {len(class_names)} subfolders with two or more "
            "different photos that can be used: expected at least two, one for each class."
        )
    train, *test = (_split_of(found, class_names) for found in surveys)
    return class_names, train, test[0] if test else None


def look_at(train_folder, test_folder=None):
    """Look at every file of somebody's folders; a photo that is in both is a test photo only.

    Args:
        train_folder: Folder with a subfolder of photos for each class.
        test_folder: The same with test photos; None if there is none.

    Returns:
        list of survey.Survey, one for each folder.

    Raises:
        DatasetError: a folder cannot be read.
    """
    learning = survey.survey(train_folder)
    if test_folder is None:
        return [learning]
    judging = survey.survey(test_folder, at_least=1)
    _leave_out_of_other_split(learning, judging)
    return [learning, judging]


def _leave_out_of_other_split(learning, judging):
    """Leave out training photos that test, too, and test photos of unknown classes."""
    survey.leave_out_contradictions(learning, judging)
    judging.leave_out_small_classes(at_least=1)
    tested = set(judging.hashes.values())
    learning.leave_out((p for p, content in learning.hashes.items() if content in tested), IN_TEST)
    learning.leave_out_small_classes(at_least=2)
    for name in set(judging.classes) - set(learning.classes):
        judging.leave_out(judging.classes[name], NOT_LEARNT)


def _split_of(found, class_names):
    files = [file for name in class_names for file in found.classes[name]]
    labels = [label for label, name in enumerate(class_names) for _ in found.classes[name]]
    contents = tuple(found.hashes[file] for file in files)
    return Split(tuple(files), np.array(labels), contents)


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
