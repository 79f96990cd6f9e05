"""All exercises, by number."""

import difflib
import importlib
import inspect
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from exercise_lib.exercises import reference

if TYPE_CHECKING:
    from exercise_lib.exercises.exercise import Exercise

CHAPTERS = ("01", "02", "03", "04", "05", "06")


def __getattr__(name: str) -> "dict[str, Exercise]":
    """Import all chapters when EXERCISES, {number: Exercise}, is first asked for."""
    if name != "EXERCISES":
        raise AttributeError(name)
    found = {number: exercise for chapter in CHAPTERS for number, exercise in of(chapter).items()}
    globals()["EXERCISES"] = found
    return found


def of(chapter: str) -> "dict[str, Exercise]":
    """Return {number: Exercise} of one chapter, such as "01"; it needs Keras."""
    module = importlib.import_module(f"exercise_lib.exercises.notebook_{chapter}")
    return {exercise.number: exercise for exercise in module.EXERCISES}


def find(wanted: object) -> "Exercise":
    """Return an exercise.

    Args:
        wanted: Its number ("1.2" or 1.2), its name ("classify"), or its object.

    Raises:
        LookupError: there is none; the message is for the student.
    """
    for known in _names(wanted):
        for exercise in _candidates(known):
            if known in (exercise.number, exercise.name):
                return exercise
    raise LookupError(_not_found(wanted))


def _candidates(known: str | None) -> "Iterable[Exercise]":
    """Return the exercises that a number or a name may mean: of a number, its chapter's."""
    chapter = re.match(r"(\d)\.\d+$", known or "")
    if "EXERCISES" not in globals() and chapter and f"0{chapter[1]}" in CHAPTERS:
        return of(f"0{chapter[1]}").values()
    return _all().values()


def _all() -> "dict[str, Exercise]":
    return globals().get("EXERCISES") or __getattr__("EXERCISES")


def _names(wanted: object) -> Iterator[str | None]:
    """Yield the numbers and names that may be meant."""
    if isinstance(wanted, str):
        yield wanted.strip().removeprefix("Exercise").strip(" .()")
    elif isinstance(wanted, int | float) and not isinstance(wanted, bool):
        yield str(wanted)
    else:
        yield reference.number_of(wanted)
        yield _own_name(wanted)


def _own_name(thing: object) -> str | None:
    """Return the name that a function was defined with, or None."""
    return thing.__name__ if inspect.isroutine(thing) else None


def _not_found(wanted: object) -> str:
    if not isinstance(wanted, str | int | float):
        return 'An exercise is named by its number, such as "1.1", or by its name.'
    near = difflib.get_close_matches(
        str(wanted), [e.name for e in _all().values()] + list(_all()), n=3
    )
    meant = f" Do you mean {' or '.join(near)}?" if near else ""
    return f"There is no exercise {str(wanted)[:40]!r}.{meant} They are {', '.join(_all())}."
