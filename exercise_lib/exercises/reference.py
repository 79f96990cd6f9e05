"""The reference answers: the cells of the solution notebooks, without a second copy."""

import itertools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exercise_lib import paths

if TYPE_CHECKING:
    from exercise_lib.exercises.exercise import Exercise

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"


_handed_out: list[
    tuple[object, str]
] = []  # (object, number) of every reference answer returned in place of a student's.


class NoReferenceError(Exception):
    """There is no reference answer to continue with; the message says why."""


def hand_out(exercise: "Exercise", namespace: Mapping[str, Any]) -> Any:
    """Return the reference answer to an exercise, and remember that it is not a student's.

    Arguments and errors are those of `answer`.
    """
    going_on = answer(exercise, namespace)
    _handed_out.append((going_on, exercise.number))
    return going_on


def number_of(thing: object) -> str | None:
    """Return the number of the exercise whose reference answer an object is, or None."""
    for handed_out, number in _handed_out:
        if handed_out is thing:
            return number
    return None


def answer(exercise: "Exercise", namespace: Mapping[str, Any]) -> Any:
    """Return the reference answer to an exercise.

    Args:
        exercise: The Exercise.
        namespace: Names that the answer's cell may use, usually those of the
            student's notebook. Not changed.

    Returns:
        The object that the solution notebook's cell defines.

    Raises:
        NoReferenceError: there is no solution notebook, or its cell cannot run here.
    """
    names = dict(namespace)
    source = cell_of(exercise)
    try:
        exec(exercise.setup, names)  # In case the student's `np` is not a module.
        exec(compile(source, f"<solution of {exercise.number}>", "exec"), names)
    except Exception as error:  # The student's names may be anything.
        raise NoReferenceError(
            f"the reference answer could not run here ({error}): restart the kernel and run "
            "all cells from the top"
        ) from error
    return names[exercise.name]


def solution_of(exercise: "Exercise") -> str:
    """Return the reference answer as a student would type it, without the delimiters.

    Raises:
        NoReferenceError: see `cell_of`.
    """
    lines = cell_of(exercise).splitlines()
    return "\n".join(line for line in lines if line.strip() not in (BEGIN, END))


def cell_of(exercise: "Exercise") -> str:
    """Return the source of the cell with the solution to an exercise."""
    cells = code_cells(notebook_of(exercise.number))
    for source, following in itertools.pairwise(cells):
        if BEGIN in source and f'check("{exercise.number}"' in following:
            return source
    raise NoReferenceError(f"the solution notebook has no answer to {exercise.number}")


def notebook_of(number: str) -> Path:
    """Return the path of the solution notebook with the exercise "N.k"."""
    chapter = int(number.split(".")[0])
    for path in sorted(paths.SOLUTIONS.glob(f"{chapter:02d}_*.ipynb")):
        return path
    raise NoReferenceError("this copy of the workshop comes without solutions")


def code_cells(path: Path) -> list[str]:
    """Return the sources of the code cells of a notebook."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
