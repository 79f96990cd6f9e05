"""How a folder is laid out: which part of it holds training, validation and test photos.

A folder is recognised by what it is, not by one literal name: `Training` and `seg_test` are splits
where they contain folders for classes, and a class may be called `train` where it contains photos.
"""

import os
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from exercise_lib import images, notices, paths
from exercise_lib.errors import DatasetError

ROLES = {
    "training": {"train", "training", "trn"},
    "validation": {"val", "valid", "validation", "dev"},
    "test": {"test", "testing", "tst", "eval", "evaluation", "holdout"},
}
# Words beside those: `seg_train`, `test_set`, `training images`.
OTHER_WORDS = {
    *("set", "sets", "data", "dataset", "datasets", "split", "seg"),
    *("image", "images", "img", "imgs", "photo", "photos", "picture", "pictures"),
}
# What systems, network drives and programs leave in folders, beside names that begin with one of
# LEADING: thumbnails, recycle bins, snapshots, settings.
LEADING = (".", "_", "@", "$", "~")
LEFT_BY_PROGRAMS = {
    *("thumbs.db", "desktop.ini", "#recycle", "#snapshot", "recycler", "lost+found", "found.000"),
    *("system volume information", "network trash folder", "temporary items", "thumbnails"),
    *("recycled", "icon\r", "ehthumbs.db", "ehthumbs_vista.db", "picasa.ini"),
}
DEEPEST = 4  # Wrapper folders around what counts, at most.
NAMED = 3  # Names in a message.


@dataclass(frozen=True)
class Layout:
    """Which folders hold which photos; each has one subfolder of photos per class.

    Attributes:
        train: Folder of the training photos.
        validation: Folder of the validation photos; None if there is none.
        test: Folder of the test photos; None if there is none.
    """

    train: Path
    validation: Path | None = None
    test: Path | None = None


def find_layout(folder: Path) -> Layout:
    """Find out how a folder is laid out; say in one line what is not as plain as it could be.

    Raises:
        DatasetError: it has no folders for classes, no training photos, or more than one
            reading.
    """
    root = _unwrapped(folder)
    splits: dict[str, list[Path]] = {}
    others, unlabelled = [], []
    for entry in subfolders(root):
        role, inner = role_of(entry.name), _unwrapped(entry)
        if role is None:
            others.append(entry)
        elif subfolders(inner):
            splits.setdefault(role, []).append(inner)
        else:
            unlabelled.append((role, entry))
    if not _are_splits(splits, others):
        _refuse_loose_photos(root)
        return Layout(root)
    _refuse_other_readings(splits, root)
    for role, entry in unlabelled:
        why = (
            f"its {role} photos are not in class folders" if _photos(entry) else "it has no photos"
        )
        notices.tell(f"{paths.shown(entry.name)}/ is ignored: {why}.")
    return _layout({role: splits[role][0] for role in ROLES if role in splits}, root)


def _refuse_other_readings(splits: dict[str, list[Path]], root: Path) -> None:
    """Refuse two folders for the same photos, and a folder without training photos."""
    for role, found in splits.items():
        if len(found) > 1:
            raise DatasetError(
                f"{_names(found, root)} in {paths.shown(root)} both look like {role} photos: keep "
                "one of them, or rename the other."
            )
    if "training" not in splits:
        found = [folder for role in ROLES for folder in splits.get(role, [])]
        raise DatasetError(
            f"{paths.shown(root)} contains {_names(found, root)} but no training photos: name "
            "their folder train."
        )


def _layout(splits: dict[str, Path], root: Path) -> Layout:
    """Return the layout of unambiguous splits; tell how they are read where it is not plain."""
    usual = {"training": "train", "validation": "val", "test": "test"}
    if any(folder != root / usual[role] for role, folder in splits.items()):
        verb = "are" if len(splits) > 1 else "is"
        notices.tell(f"{_names(splits.values(), root)} {verb} read as {_listed(splits)} photos.")
    validation, test = splits.get("validation"), splits.get("test")
    if test is None and validation is not None:
        notices.tell(
            f"There is no test/, so those in {_names([validation], root)} are the test photos."
        )
        validation, test = None, validation
    return Layout(splits["training"], validation, test)


def role_of(name: str) -> str | None:
    """Return which of ROLES a folder's name stands for, such as "test" for "Testing_set"."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", unicodedata.normalize("NFKC", name))
    text = re.sub(r"h[eo]ld[\W_]*out", "holdout", parted.casefold())
    words = [re.sub(r"(?<=.)sets?$", "", word) or word for word in re.findall(r"[a-z]+", text)]
    known = [word for word in words if word not in OTHER_WORDS]
    roles = {_role_of_word(word) for word in known}
    return roles.pop() if len(roles) == 1 else None


def _role_of_word(word: str) -> str | None:
    for role, names in ROLES.items():
        if word in names or word.removesuffix("s") in names:
            return role
    return None


def same_name(name: str) -> str:
    """Return what two names have in common that people take for the same."""
    return unicodedata.normalize("NFC", name).casefold().strip()


def is_left_by_programs(name: str) -> bool:
    """Return whether a file or folder of this name is hidden, or none of the user's."""
    return name.startswith(LEADING) or same_name(name) in LEFT_BY_PROGRAMS


def subfolders(folder: Path) -> list[Path]:
    """Return the visible folders inside a folder, sorted; none if it cannot be read."""
    try:
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in entries if entry.is_dir())
    except OSError:
        return []
    return [folder / name for name in names if not is_left_by_programs(name)]


def _unwrapped(folder: Path) -> Path:
    """Return the only folder inside a folder, inside that, ..., as long as it has folders."""
    for _ in range(DEEPEST):
        inside = subfolders(folder)
        if len(inside) != 1 or not subfolders(inside[0]) or _photos(folder):
            break
        folder = inside[0]
    return folder


def _photos(folder: Path) -> list[Path]:
    try:
        return sorted(f for f in folder.iterdir() if f.suffix.lower() in images.SUFFIXES)
    except OSError:
        return []


def _are_splits(splits: dict[str, list[Path]], others: list[Path]) -> bool:
    """Return whether folders with names of splits are splits, and not classes."""
    if not splits:
        return False
    if not others:
        return True
    classes = [
        {same_name(entry.name) for entry in subfolders(folder)}
        for group in splits.values()
        for folder in group
    ]
    return len(classes) > 1 and bool(set.intersection(*classes))


def _refuse_loose_photos(root: Path) -> None:
    """Refuse a folder of loose photos, with the sentence that helps."""
    inside = subfolders(root)
    if len(inside) == 1 and not _photos(root):
        root = inside[0]
    photos = _photos(root)
    if not photos or any(_photos(entry) or subfolders(entry) for entry in subfolders(root)):
        return  # Beside class folders, loose photos are left out one by one.
    tables = [f.name for f in (*root.glob("*.csv"), *root.parent.glob("*.csv"))]
    labels = {label for photo in photos if (label := _label_in(photo.stem))}
    if tables:
        how = f"a table, {paths.shown(tables[0])}, lies beside them"
    elif len(labels) > 1:
        some = ", ".join(sorted(labels)[:NAMED])
        how = f"their names begin with {some}{', ...' if len(labels) > NAMED else ''}"
    else:
        return
    raise DatasetError(
        f"{paths.shown(root)} contains {len(photos)} photos that are not in class folders; {how}: "
        "move the photos of each class into a folder of that name."
    )


def _label_in(stem: str) -> str | None:
    """Return the label in the name of a photo, such as "cat" for "cat.0" or "cat_12"."""
    match = re.fullmatch(r"(\D+?)[\W_]*\d+[\W_]*", stem)
    return match[1] if match else None


def _names(folders: Iterable[Path], root: Path) -> str:
    return _listed(f"{paths.shown(folder.relative_to(root))}/" for folder in folders)


def _listed(words: Iterable[str]) -> str:
    """Return words as people list them: "one, two and three"."""
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last
