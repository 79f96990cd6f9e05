"""What an exercise is: a task, its hints, and the mistakes it knows.

An answer is judged by what it does. A probe runs it on small inputs; the
outcome is compared with the expected one, then with the outcome of each known
mistake. A mistake is a wrong answer as code, so the check that recognises it
and the test that tries it cannot drift apart.
"""

import functools
import textwrap
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that the check knows.

    Attributes:
        says: What to tell whoever made it: what was found, what to look at.
        code: The wrong answer, as a student would write it in the cell.
        also: Other spellings of the same mistake, for the tests.
    """

    says: str
    code: str
    also: tuple = ()


@dataclass(frozen=True)
class Exercise:
    """One exercise of a notebook.

    Attributes:
        number: "1.2": notebook and place in it.
        name: The object that the student defines.
        probe: Runs an answer on small inputs and returns what came out.
        expected: Returns what comes out of a correct answer.
        expects: The expected outcome in words, without giving the answer away.
        look_at: Where to look when the mistake is not a known one.
        correct: What a correct answer means for the next step.
        hints: From a nudge to nearly the answer.
        mistakes: The known mistakes.
        setup: Code with the names that the answer may use.
        tolerance: Largest difference of numbers that counts as equal.
    """

    number: str
    name: str
    probe: Callable
    expected: Callable
    expects: str
    look_at: str
    correct: str
    hints: tuple
    mistakes: tuple
    setup: str = ""
    tolerance: float = 1e-4

    def matches(self, outcome, other):
        """Return whether two outcomes are the same, to the exercise's tolerance."""
        return same(outcome, other, self.tolerance)

    def recognise(self, outcome):
        """Return the known mistake with this outcome, or None."""
        for mistake in self.mistakes:
            if self.matches(outcome, outcome_of(self, mistake.code)):
                return mistake
        return None


@dataclass(frozen=True)
class Raised:
    """The outcome of an answer that raised an exception; the type decides which one it is."""

    error: Exception

    def __eq__(self, other):
        return isinstance(other, Raised) and type(other.error) is type(self.error)


def outcome(exercise, answer):
    """Run the probe of an exercise on an answer; an exception becomes `Raised`."""
    try:
        return exercise.probe(answer)
    except Exception as error:  # Whatever the student's code raises is an outcome.
        return Raised(error)


@functools.cache
def outcome_of(exercise, code):
    """Return the outcome of an answer given as code."""
    return outcome(exercise, run_code(exercise, code))


def run_code(exercise, code, namespace=None):
    """Run an answer's code in a namespace and return the object that it defines."""
    namespace = {} if namespace is None else namespace
    exec(textwrap.dedent(exercise.setup), namespace)
    exec(textwrap.dedent(code), namespace)
    return namespace[exercise.name]


def same(left, right, tolerance):
    """Compare outcomes: numbers and arrays to a tolerance, containers item by item.

    A list and a tuple with equal items are the same; so are a NumPy array and
    a tensor with equal values.
    """
    if isinstance(left, str | Raised) or isinstance(right, str | Raised):
        return left == right
    if left is None or right is None or left is ... or right is ...:
        return left is right
    if isinstance(left, dict) or isinstance(right, dict):
        return _same_dict(left, right, tolerance)
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        return len(left) == len(right) and all(map(_same_with(tolerance), left, right))
    return _same_array(left, right, tolerance)


def _same_with(tolerance):
    return lambda left, right: same(left, right, tolerance)


def _same_dict(left, right, tolerance):
    if not (isinstance(left, dict) and isinstance(right, dict)):
        return False
    return left.keys() == right.keys() and all(
        same(value, right[key], tolerance) for key, value in left.items()
    )


def _same_array(left, right, tolerance):
    try:
        left, right = np.asarray(left, np.float64), np.asarray(right, np.float64)
    except (TypeError, ValueError):
        return False
    return left.shape == right.shape and np.allclose(left, right, rtol=1e-3, atol=tolerance)


def chosen_letter(answer):
    """Call the answer and return its letter, however it is written."""
    letter = answer()
    return letter.strip(" .").lower() if isinstance(letter, str) else letter


def loss_name(loss):
    """Return the name of a loss, given as text, function or object."""
    if isinstance(loss, str):
        return loss
    return getattr(loss, "name", None) or getattr(loss, "__name__", type(loss).__name__)
