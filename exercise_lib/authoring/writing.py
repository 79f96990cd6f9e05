"""Generate `notebooks/` from `solutions/`, or compare them; a student's own work stays.

First everything is read and derived, then what students changed is copied, then
our notebooks are written: any problem shows before anything is changed.
"""

import contextlib
import difflib
import glob
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from exercise_lib import paths
from exercise_lib.authoring import marks
from exercise_lib.authoring.deriving import derive
from exercise_lib.authoring.errors import AuthoringError
from exercise_lib.authoring.solutions import read_solution, solution_files
from exercise_lib.storage import atomic

LONGEST_LINE = 200  # Characters per line of a diff: outputs may contain pictures.


@dataclass(frozen=True)
class Change:
    """What to do with one notebook.

    Attributes:
        path: Where it is.
        found: Its bytes as they are, or None if it is missing.
        wanted: Its bytes as they should be, or None if it should be removed.
        is_changed: Whether a person changed what was found.
    """

    path: Path
    found: bytes | None
    wanted: bytes | None
    is_changed: bool

    def is_news(self) -> bool:
        """Return whether more than the layout of the file would change."""
        if self.found is None or self.wanted is None:
            return True
        found = marks.parsed(self.found)
        wanted = cast(dict[str, Any], marks.parsed(self.wanted))  # We made it.
        return (
            found is None
            or marks.content_of(found) != marks.content_of(wanted)
            or found["metadata"].get(marks.KEY) != wanted["metadata"][marks.KEY]
        )


def derive_all(solutions: Path = paths.SOLUTIONS) -> dict[str, str]:
    """Return {file name: text} of all student notebooks.

    Raises:
        AuthoringError: there are none, or one is not sound.
    """
    derived = {
        file.name: derive(read_solution(file)[0], file) for file in solution_files(solutions)
    }
    if not derived:
        raise AuthoringError(
            f"{paths.shown(solutions)} contains no notebooks, so there is nothing to generate or "
            "compare, and nothing was changed (a copy of the workshop without solutions needs "
            "neither)."
        )
    return derived


def plan(notebooks: Path, derived: Mapping[str, str]) -> tuple[list[Change], list[Path]]:
    """Return what to do.

    Args:
        notebooks: Folder of the student notebooks.
        derived: {file name: text} of all of them.

    Returns:
        (changes, kept): Changes by name, and the paths of notebooks that no
        longer have a solution but were changed by a person.

    Raises:
        AuthoringError: something that is not a file has the name of a notebook.
    """
    if notebooks.exists() and not notebooks.is_dir():
        raise AuthoringError(f"{paths.shown(notebooks)} is not a folder: move it away.")
    changes = []
    for name, text in derived.items():
        path, wanted = notebooks / name, text.encode()
        found = read_notebook(path)
        if found != wanted:
            changes.append(Change(path, found, wanted, is_persons(found, wanted, name)))
    orphans = [change for change in find_orphans(notebooks) if change.path.name not in derived]
    changes += [change for change in orphans if not change.is_changed]
    return changes, [change.path for change in orphans if change.is_changed]


def read_notebook(path: Path) -> bytes | None:
    """Return the bytes of a student notebook, or None if there is none."""
    try:
        kind = path.lstat().st_mode
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(kind):
        what = "a link" if stat.S_ISLNK(kind) else "a folder" if stat.S_ISDIR(kind) else "special"
        raise AuthoringError(
            f"{paths.shown(path)} is {what}, but a notebook is to be written there: move it away "
            "or rename it."
        )
    return path.read_bytes()


def is_persons(found: bytes | None, wanted: bytes, name: str) -> bool:
    """Return whether what was found contains something that a person made."""
    if found is None:
        return False
    book = marks.parsed(found)
    if book is None:
        return True
    ours = marks.parsed(wanted)
    assert ours is not None  # We made it.
    same = marks.content_of(book) == marks.content_of(ours)
    return not same and not marks.is_unchanged(book, name)


def find_orphans(notebooks: Path) -> list[Change]:
    """Return Changes that would remove the notebooks that we wrote under their names."""
    orphans = []
    for path in sorted(notebooks.glob("*.ipynb")) if notebooks.is_dir() else ():
        with contextlib.suppress(OSError, AuthoringError):  # A person's own: not ours.
            found = read_notebook(path)
            book = marks.parsed(found)
            if book is not None and marks.is_generated(book, path.name):
                is_changed = not marks.is_unchanged(book, path.name)
                orphans.append(Change(path, found, None, is_changed))
    return orphans


def write_all(notebooks: Path = paths.NOTEBOOKS, solutions: Path = paths.SOLUTIONS) -> list[str]:
    """Make `notebooks/` match `solutions/`, and keep what a person changed.

    Returns:
        Sentences that say what was done.

    Raises:
        AuthoringError: a solution or a notebook is not sound; nothing was changed.
    """
    return write(notebooks, derive_all(solutions))


def write(notebooks: Path, derived: Mapping[str, str]) -> list[str]:
    """Write derived notebooks; see `write_all`."""
    changes, kept = plan(notebooks, derived)
    notebooks.mkdir(exist_ok=True)
    said = [
        f"Changed by hand: {paths.shown(change.path)} was kept as "
        f"{keep_copy(change.path, cast(bytes, change.found)).name}."
        for change in changes
        if change.is_changed
    ]
    for change in changes:
        if read_notebook(change.path) != change.found:
            raise AuthoringError(
                f"{paths.shown(change.path)} was saved in the meantime: close it, then try again."
            )
        if change.wanted is None:
            change.path.unlink()
        else:
            atomic.write_whole(change.path, change.wanted)
        verb = "Removed" if change.wanted is None else "Written"
        said.append(f"{verb}: {paths.shown(change.path)}")
    said += [
        f"Left alone: {paths.shown(path)} no longer has a solution, but was changed by hand."
        for path in kept
    ]
    return said or [f"{paths.shown(notebooks)} already matches the solutions: nothing to do."]


def keep_copy(path: Path, content: bytes) -> Path:
    """Keep a copy of a notebook beside it, unless there is one already; return its path.

    Args:
        path: Path of the notebook.
        content: Its bytes.
    """
    pattern = f"{glob.escape(path.stem)}.yours*.ipynb"
    for copy in sorted(path.parent.glob(pattern)):
        if copy.is_file() and not copy.is_symlink() and copy.read_bytes() == content:
            return copy
    number = 0
    while True:
        number += 1
        ending = "yours" if number == 1 else f"yours-{number}"
        copy = path.with_name(f"{path.stem}.{ending}.ipynb")
        with contextlib.suppress(FileExistsError):
            write_new(copy, content)
            return copy


def write_new(path: Path, content: bytes) -> None:
    """Write a file completely or not at all.

    Raises:
        FileExistsError: the name is already taken.
    """
    with atomic.replaced_whole(path) as part:
        part.write_bytes(content)
        try:
            os.link(part, path)  # Unlike a rename, this never replaces anything.
        except FileExistsError:
            raise
        except OSError:  # A disk without links.
            path.open("xb").close()


def differences(notebooks: Path = paths.NOTEBOOKS, solutions: Path = paths.SOLUTIONS) -> list[str]:
    """Return how `notebooks/` differs from what it should be, in lines for a reader.

    Notebooks with other names are a person's own and are ignored.
    """
    changes, _ = plan(notebooks, derive_all(solutions))
    return [line for change in changes if change.is_news() for line in shown_change(change)]


def shown_change(change: Change) -> list[str]:
    """Return the lines that show a Change."""
    name = paths.shown(change.path)
    if change.found is None:
        return [f"{name} is missing"]
    if change.wanted is None:
        return [f"{name} no longer has a solution"]
    lines = [f"{name} was changed by hand"] if change.is_changed else []
    diff = difflib.unified_diff(
        change.found.decode(errors="replace").splitlines(),
        change.wanted.decode().splitlines(),
        f"{name} (as it is)",
        f"{name} (from its solution)",
        lineterm="",
    )
    return lines + [line[:LONGEST_LINE] for line in diff]
