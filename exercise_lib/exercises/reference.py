"""The reference answers: the cells of the solution notebooks, and no second copy."""

import itertools
import json
import textwrap

from exercise_lib import paths

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"


class NoReferenceError(Exception):
    """There is no reference answer to go on with; the message says why."""


def answer(exercise, namespace):
    """Return the reference answer of an exercise.

    Args:
        exercise: The Exercise.
        namespace: Names that the answer's cell may use, mostly those of the
            student's notebook. Not changed.

    Returns:
        The object that the solution notebook's cell defines.

    Raises:
        NoReferenceError: no solution notebook, or its cell cannot run here.
    """
    names = dict(namespace)
    source = cell_of(exercise)
    try:
        exec(textwrap.dedent(exercise.setup), names)  # In case the student's `np` is no module.
        exec(compile(source, f"<solution of {exercise.number}>", "exec"), names)
    except Exception as error:  # The student's names may be anything.
        raise NoReferenceError(
            f"the reference answer could not run here ({error}): restart the kernel and run "
            "all cells from the top"
        ) from error
    return names[exercise.name]


def cell_of(exercise):
    """Return the source of the cell with the solution of an exercise."""
    cells = code_cells(notebook_of(exercise.number))
    for source, following in itertools.pairwise(cells):
        if BEGIN in source and f'check("{exercise.number}"' in following:
            return source
    raise NoReferenceError(f"the solution notebook has no answer to {exercise.number}")


def notebook_of(number):
    """Return the path of the solution notebook with the exercise "N.k"."""
    chapter = int(number.split(".")[0])
    for path in sorted(paths.SOLUTIONS.glob(f"{chapter:02d}_*.ipynb")):
        return path
    raise NoReferenceError("this copy of the workshop comes without solutions")


def code_cells(path):
    """Return the sources of the code cells of a notebook."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
