"""`check`, `hint` and `progress`: what a student meets."""

import dis
import inspect
import os
import traceback
import types

from exercise_lib.exercises import catalog, reference
from exercise_lib.exercises.exercise import Raised, outcome

CORRECT, NOT_YET, NOT_ATTEMPTED = "correct", "not yet", "not attempted"
SIGNS = {CORRECT: "✔", NOT_YET: "✘", NOT_ATTEMPTED: "…"}

_verdicts = {}
_hints_given = {}


class NotCorrectError(Exception):
    """Raised in the validation run (EXERCISE_STRICT=1) for any verdict but correct."""


def check(number, answer):
    """Judge an answer, print one verdict, and return what to go on with.

    Args:
        number: The exercise, such as "1.2".
        answer: The object that the exercise asks for.

    Returns:
        The answer if it is correct; else the reference answer, so that the
        cells below run. Without the solution notebooks: the answer.

    Raises:
        LookupError: there is no such exercise.
        NotCorrectError: with EXERCISE_STRICT=1, if the answer is not correct.
    """
    exercise = catalog.find(number)
    verdict, message = judge(exercise, answer)
    _verdicts[exercise.number] = verdict
    if verdict == CORRECT:
        _tell(exercise, verdict, message)
        return answer
    if os.environ.get("EXERCISE_STRICT"):
        raise NotCorrectError(f"{exercise.number}: {verdict}. {message}")
    return _go_on(exercise, answer, verdict, message, inspect.currentframe().f_back.f_globals)


def judge(exercise, answer):
    """Return (verdict, message) for an answer."""
    if is_stub(answer):
        return NOT_ATTEMPTED, f'Replace the `...` above; hint("{exercise.number}") helps.'
    found = outcome(exercise, answer)
    if exercise.matches(found, exercise.expected()):
        return CORRECT, exercise.correct
    mistake = exercise.recognise(found)
    if mistake is not None:
        return NOT_YET, mistake.says
    return NOT_YET, explain(exercise, found)


def explain(exercise, found):
    """Say what was found instead of what was expected, when no known mistake fits."""
    look_at = f"Look at {exercise.look_at}."
    if isinstance(found, Raised):
        return f"Your code stopped: {last_line(found.error)} {look_at}"
    if found is None:
        return f"`{exercise.name}` gave back nothing (None). Is there a `return`?"
    return f"Found: {describe(found)}. Expected: {exercise.expects}. {look_at}"


def is_stub(answer):
    """Return whether an answer is untouched: `...`, or a function that does nothing."""
    if answer is ...:
        return True
    if not isinstance(answer, types.FunctionType):
        return False
    idle = {"RESUME", "NOP", "LOAD_CONST", "RETURN_CONST", "RETURN_VALUE"}
    steps = list(dis.get_instructions(answer))
    constants = [step.argval for step in steps if step.opname in {"LOAD_CONST", "RETURN_CONST"}]
    return all(step.opname in idle for step in steps) and constants == [None]


def last_line(error):
    """Return an exception as its last line, with the line of the student's cell."""
    text = traceback.format_exception_only(error)[-1].strip().splitlines()[0].rstrip(".")
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if "ipykernel_" in frame.filename or frame.filename.startswith("<cell")
    ]
    return f"{text} (line {lines[-1]} of your cell)." if lines else f"{text}."


def describe(value):
    """Describe an outcome in a few words: its kind, shape and range, or a short value."""
    shape = getattr(value, "shape", None)
    if shape:
        import numpy as np

        array = np.asarray(value)
        values = f" with values from {array.min():.3g} to {array.max():.3g}" if array.size else ""
        return f"an array of shape {tuple(shape)}{values}"
    text = repr(value)
    return text if len(text) <= 120 else f"{text[:117]}... ({type(value).__name__})"


def hint(number):
    """Print one hint more for an exercise at each call.

    Args:
        number: The exercise, such as "1.2".

    Raises:
        LookupError: there is no such exercise.
    """
    exercise = catalog.find(number)
    given = min(_hints_given.get(exercise.number, 0) + 1, len(exercise.hints))
    _hints_given[exercise.number] = given
    for position, text in enumerate(exercise.hints[:given], start=1):
        print(f"Hint {position} of {len(exercise.hints)}: {text}")


def progress():
    """Print the state of each exercise of the notebooks that you have checked so far."""
    begun = {number.split(".")[0] for number in _verdicts}
    shown = [
        exercise
        for exercise in catalog.EXERCISES.values()
        if not begun or exercise.number.split(".")[0] in begun
    ]
    for exercise in shown:
        verdict = _verdicts.get(exercise.number, "not checked")
        print(f"{exercise.number}  {SIGNS.get(verdict, ' ')} {verdict:<14} {exercise.name}")
    done = sum(_verdicts.get(exercise.number) == CORRECT for exercise in shown)
    print(f"{done} of {len(shown)} correct.")


def _go_on(exercise, answer, verdict, message, namespace):
    try:
        going_on = reference.answer(exercise, namespace)
    except reference.NoReferenceError as error:
        _tell(exercise, verdict, f"{message}\nNo reference answer to go on with: {error}.")
        return answer
    _tell(exercise, verdict, f"{message}\nThe cells below go on with the reference answer.")
    return going_on


def _tell(exercise, verdict, message):
    print(f"{SIGNS[verdict]} {exercise.number} {verdict.capitalize()}. {message}")
