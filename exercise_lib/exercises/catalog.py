"""All exercises, by number."""

from exercise_lib.exercises import (
    notebook_01,
    notebook_02,
    notebook_03,
    notebook_04,
    notebook_05,
    notebook_06,
)

NOTEBOOKS = (notebook_01, notebook_02, notebook_03, notebook_04, notebook_05, notebook_06)
EXERCISES = {
    exercise.number: exercise for notebook in NOTEBOOKS for exercise in notebook.EXERCISES
}


def find(number):
    """Return the exercise with a number such as "1.2".

    Raises:
        LookupError: there is none; the message lists the numbers.
    """
    try:
        return EXERCISES[str(number)]
    except KeyError:
        raise LookupError(
            f"There is no exercise {number!r}. The exercises are {', '.join(EXERCISES)}."
        ) from None
