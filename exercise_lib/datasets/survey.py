"""What a folder of photos contains: what can be used and how, what is left out and why.

Every file is decoded once. The findings are cached by name, size and time of
change, so the next survey of the same folder takes no time. Nothing in the
folder itself is changed.
"""

import contextlib
import itertools
import json
import os
from collections import defaultdict
from collections.abc import Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from exercise_lib import images, paths, progress
from exercise_lib.datasets.layout import (
    LEFT_BY_PROGRAMS,
    Layout,
    is_left_by_programs,
    same_name,
)
from exercise_lib.errors import DatasetError
from exercise_lib.storage import atomic
from exercise_lib.storage.fingerprint import fingerprint

# Each follows "12 left out: " or "1 left out: ", so it suits any number.
HIDDEN = "hidden, or created by a program"
CIRCLE = "part of a circular link"
LINK = "linked into a class; links to folders are not followed"
NO_CLASS = "not in a class subfolder"
TWO_CLASSES = "the same photo in two classes"
EMPTY_CLASS = "no usable photos inside"
SMALL_CLASS = "the only photo in its class"
IN_TEST = "also among the test or validation photos"
NOT_LEARNT = "in a class that has no training photos"
SHOWN_NAMES = 3
VERSION = 2  # Of what is kept of a look at a folder.
MANY = 200  # A progress bar for fewer files would only flicker.


@dataclass
class Survey:
    """The contents of one folder with a subfolder per class.

    Attributes:
        folder: The folder.
        classes: dict from class name to its photos, paths sorted by name.
        hashes: dict from photo to the hash of its content.
        contradictions: Hashes of the photos that are in two classes.
        left_out: dict from a reason to the files left out for it.
        remarks: dict from a remark to the photos that it applies to.
    """

    folder: Path
    classes: dict[str, list[Path]] = field(default_factory=dict)
    hashes: dict[Path, str] = field(default_factory=dict)
    contradictions: set[str] = field(default_factory=set)
    left_out: dict[str, list[Path]] = field(default_factory=lambda: defaultdict(list))
    remarks: dict[str, list[Path]] = field(default_factory=lambda: defaultdict(list))

    def leave_out(self, unwanted: Iterable[Path], reason: str) -> None:
        """Remove photos from their classes for a reason, with all that was noted about them."""
        unwanted = set(unwanted)
        self.hashes = {p: content for p, content in self.hashes.items() if p not in unwanted}
        for remark, photos in self.remarks.items():
            self.remarks[remark] = [photo for photo in photos if photo not in unwanted]
        for name, photos in self.classes.items():
            self.left_out[reason] += [photo for photo in photos if photo in unwanted]
            self.classes[name] = [photo for photo in photos if photo not in unwanted]

    def leave_out_small_classes(self, at_least: int) -> None:
        """Leave out the classes with fewer different photos than that."""
        for name, photos in list(self.classes.items()):
            different = len({self.hashes[photo] for photo in photos})
            if different == 0:
                self.left_out[EMPTY_CLASS].append(self.folder / name)
            elif different < at_least:
                self.leave_out(photos, SMALL_CLASS)
            if different < at_least:
                del self.classes[name]


def survey(folder: Path, at_least: int = 2) -> Survey:
    """Check every file in a folder with a subfolder per class.

    Photos in folders inside a class folder belong to that class; links to
    folders are not followed there. A photo that occurs in two classes is left
    out of both, and so are classes with too few photos.

    Args:
        folder: pathlib.Path.
        at_least: How many different photos a class needs.

    Returns:
        Survey.

    Raises:
        DatasetError: the folder cannot be read.
    """
    found = Survey(folder)
    try:
        candidates = _candidates(folder, found)
    except OSError as error:
        raise DatasetError(
            f"{paths.shown(folder)} cannot be read ({error.strerror}): expected a folder with "
            "one subfolder of photos per class."
        ) from error
    checked = _check(folder, [file for photos in candidates.values() for file in photos])
    for name, photos in candidates.items():
        found.classes[name] = []
        for photo in photos:
            content, reason, remarks = checked[photo]
            if reason is not None:
                found.left_out[reason].append(photo)
                continue
            found.classes[name].append(photo)
            found.hashes[photo] = content
            for remark in remarks:
                found.remarks[remark].append(photo)
    leave_out_contradictions(found)
    found.leave_out_small_classes(at_least)
    return found


def survey_all(folders: Layout) -> dict[str, Survey]:
    """Check every file of a data set; a photo that tests or validates does not train.

    Args:
        folders: The Layout; a class is the same in all its folders if its name is, without
            regard to capitals, outer blanks, or how an accent is stored.

    Returns:
        {"training": Survey, ...}, and one for "validation" and for "test" where there is a folder.

    Raises:
        DatasetError: a folder cannot be read.
    """
    learning = survey(folders.train)
    surveys = {"training": learning}
    for role, folder in (("test", folders.test), ("validation", folders.validation)):
        if folder is not None:
            surveys[role] = survey(folder, at_least=1)
            _name_as(learning, surveys[role])
            _leave_out_of_other_split(learning, surveys[role])
    if {"test", "validation"} <= surveys.keys():
        tested = set(surveys["test"].hashes.values())
        validating = surveys["validation"]
        twice = [p for p, content in validating.hashes.items() if content in tested]
        validating.leave_out(twice, IN_TEST)
    return surveys


def _name_as(learning: Survey, judging: Survey) -> None:
    """Give the classes of one survey the names that the same classes have in another."""
    names = {same_name(name): name for name in learning.classes}
    renamed: dict[str, list[Path]] = {}
    for name, photos in judging.classes.items():
        renamed.setdefault(names.get(same_name(name), name), []).extend(photos)
    judging.classes = renamed


def _leave_out_of_other_split(learning: Survey, judging: Survey) -> None:
    """Leave out training photos that are in the other split too, and unknown classes."""
    leave_out_contradictions(learning, judging)
    judging.leave_out_small_classes(at_least=1)
    tested = set(judging.hashes.values())
    learning.leave_out((p for p, content in learning.hashes.items() if content in tested), IN_TEST)
    learning.leave_out_small_classes(at_least=2)
    for name in set(judging.classes) - set(learning.classes):
        judging.leave_out(judging.classes[name], NOT_LEARNT)


def as_text(found: Survey) -> str:
    """Return one line for each reason and remark, with the first few file names."""
    lines = []
    for heading, text, photos in _groups(found):
        names = ", ".join(paths.shown(photo.name) for photo in photos[:SHOWN_NAMES])
        more = len(photos) - SHOWN_NAMES
        rest = f" and {more} more" if more > 0 else ""
        lines.append(f"{len(photos)} {heading}: {text} ({names}{rest})")
    return "\n".join(lines)


def has_more(found: Survey) -> bool:
    """Return whether there are files that `as_text` does not name."""
    return any(len(photos) > SHOWN_NAMES for _, _, photos in _groups(found))


def as_list(found: Survey) -> str:
    """Return each reason and remark with the path of every file in the folder."""
    lines = []
    for heading, text, photos in _groups(found):
        lines.append(f"{len(photos)} {heading}: {text}")
        lines += [f"  {paths.shown(photo.relative_to(found.folder))}" for photo in photos]
    return "\n".join(lines)


def _groups(found: Survey) -> list[tuple[str, str, list[Path]]]:
    """Return (heading, reason or remark, files) for each that has any."""
    groups = [("left out", *group) for group in found.left_out.items()]
    groups += [("used", *group) for group in found.remarks.items()]
    return [group for group in groups if group[2]]


def _candidates(folder: Path, found: Survey) -> dict[str, list[Path]]:
    """Return {class name: files}, and note files that are elsewhere."""
    classes: dict[str, list[Path]] = {}
    for entry in sorted(folder.iterdir()):
        if is_left_by_programs(entry.name):
            found.left_out[HIDDEN].append(entry)
        elif not paths.is_folder(entry):
            found.left_out[NO_CLASS if paths.is_there(entry) else images.UNREADABLE].append(entry)
        elif folder.resolve().is_relative_to(entry.resolve()):
            found.left_out[CIRCLE].append(entry)
        else:
            classes[_class_name(entry, classes)] = _files_below(entry, found)
    return classes


def _class_name(folder: Path, taken: Collection[str]) -> str:
    """Return a folder's name as text; if two look the same, the second gets a number."""
    name = paths.shown(folder.name)
    numbered = (f"{name} ({number})" for number in itertools.count(2))
    return next(one for one in itertools.chain([name], numbered) if one not in taken)


def _files_below(class_folder: Path, found: Survey) -> list[Path]:
    def unreadable(error: OSError) -> None:
        found.left_out[images.UNREADABLE].append(Path(error.filename))

    files_found = []
    for folder, folders, names in os.walk(class_folder, onerror=unreadable):
        place = Path(folder)
        folders[:] = sorted(name for name in folders if _is_entered(place / name, found))
        for name in sorted(names):
            if name.startswith(".") or same_name(name) in LEFT_BY_PROGRAMS:
                found.left_out[HIDDEN].append(place / name)
            else:
                files_found.append(place / name)
    return files_found


def _is_entered(folder: Path, found: Survey) -> bool:
    """Return whether to look for photos in a folder inside a class; if not, note it."""
    if is_left_by_programs(folder.name):
        found.left_out[HIDDEN].append(folder)
    elif folder.is_symlink():
        found.left_out[LINK].append(folder)
    else:
        return True
    return False


def _check(folder: Path, candidates: list[Path]) -> dict[Path, list[Any]]:
    """Return {file: (hash of the content, reason to leave it out or None, remarks)}."""
    name = fingerprint([], VERSION, _key(folder))
    place = paths.cache() / "surveys" / f"{name}.json"
    known = _read(place)
    entries: dict[Path, list[Any]] = {}
    try:
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            jobs: Iterable[list[Any]] = pool.map(lambda file: _check_file(file, known), candidates)
            jobs = progress.bar(jobs, "file", len(candidates), least=MANY)
            entries.update(zip(candidates, jobs, strict=True))
    finally:  # Also when stopped: files that were checked are not checked again.
        kept = {_key(file): entry for file, entry in entries.items()}
        _write(place, known, kept if len(entries) == len(candidates) else known | kept)
    return {file: entry[1:] for file, entry in entries.items()}


def _check_file(file: Path, known: dict[str, list[Any]]) -> list[Any]:
    """Return [[size, time of change], hash, reason, remarks] of one file."""
    try:
        status = file.stat()
        stamp = [status.st_size, status.st_mtime_ns]
        entry = known.get(_key(file))
        if entry is not None and entry[0] == stamp:
            return entry
        remarks = images.inspect(file)
        return [stamp, images.content_hash(file), None, remarks]
    except images.BadPhotoError as error:
        # No stamp, so that it is checked again next time: its owner may have fixed it.
        return [None, None, error.reason, []]
    except OSError:  # A link that leads nowhere or in a circle.
        return [None, None, images.UNREADABLE, []]


def _key(file: Path) -> str:
    """Return a path as text for JSON; two paths never become the same text."""
    return os.fsencode(Path(file).absolute()).decode("latin-1")


def _read(place: Path) -> dict[str, list[Any]]:
    content = atomic.read_checked(place)
    return json.loads(content) if content else {}


def _write(place: Path, known: dict[str, list[Any]], kept: dict[str, list[Any]]) -> None:
    if kept != known:
        with contextlib.suppress(OSError):  # Without a cache it only takes longer next time.
            place.parent.mkdir(parents=True, exist_ok=True)
            atomic.write_checked(place, json.dumps(kept).encode())


def leave_out_contradictions(*surveys: Survey) -> None:
    """Leave photos that are in two classes out of all surveys, even across surveys."""
    classes_of: defaultdict[str, set[str]] = defaultdict(set)
    for found in surveys:
        for name, photos in found.classes.items():
            for photo in photos:
                classes_of[found.hashes[photo]].add(name)
    twice = {content for content, names in classes_of.items() if len(names) > 1}
    twice = twice.union(*(found.contradictions for found in surveys))
    for found in surveys:
        found.contradictions = twice
        unwanted = [photo for photo, content in found.hashes.items() if content in twice]
        found.leave_out(unwanted, TWO_CLASSES)
