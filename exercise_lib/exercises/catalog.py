"""All exercises, by number."""

import difflib
import inspect

from exercise_lib.exercises import (
    notebook_01,
    notebook_02,
    notebook_03,
    notebook_04,
    notebook_05,
    notebook_06,
    reference,
)

NOTEBOOKS = (notebook_01, notebook_02, notebook_03, notebook_04, notebook_05, notebook_06)
EXERCISES = {
    exercise.number: exercise for notebook in NOTEBOOKS for exercise in notebook.EXERCISES
}


def find(wanted):
    """Return an exercise.

    Args:
        wanted: Its number ("1.2" or 1.2), its name ("classify"), or its object.

    Raises:
        LookupError: there is none; the message is for the student.
    """
    for known in _names(wanted):
        for exercise in EXERCISES.values():
            if known in (exercise.number, exercise.name):
                return exercise
    raise LookupError(_not_found(wanted))


def _names(wanted):
    """Yield the numbers and names that may be meant."""
    if isinstance(wanted, str):
        yield wanted.strip().removeprefix("Exercise").strip(" .()")
    elif isinstance(wanted, int | float) and not isinstance(wanted, bool):
        yield str(wanted)
    else:
        yield reference.number_of(wanted)
        yield _own_name(wanted)


def _own_name(thing):
    """Return the name that a function was defined with, or None."""
    return thing.__name__ if inspect.isroutine(thing) else None


def _not_found(wanted):
    if not isinstance(wanted, str | int | float):
        return 'An exercise is named by its number, such as "1.1", or by its name.'
    near = difflib.get_close_matches(
        str(wanted), [e.name for e in EXERCISES.values()] + list(EXERCISES), n=3
    )
    meant = f" Do you mean {' or '.join(near)}?" if near else ""
    return f"There is no exercise {str(wanted)[:40]!r}.{meant} They are {', '.join(EXERCISES)}."
