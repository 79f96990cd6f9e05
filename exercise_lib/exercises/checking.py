"""`check`: give one verdict on an answer, and return an object for the cells below."""

import dis
import inspect
import os
import types
from collections.abc import Sequence
from typing import Any, cast

from exercise_lib.exercises import catalog, messages, record, reference, trying
from exercise_lib.exercises.exercise import Exercise, Mistake
from exercise_lib.exercises.verdicts import (
    CORRECT,
    NOT_ATTEMPTED,
    NOT_YET,
    REFERENCE,
    Block,
    Code,
    Parts,
    show,
)

MISSING = object()


class NotCorrectError(Exception):
    """Raised in the validation run (EXERCISE_STRICT=1) for any verdict except correct."""


def check(number: Any = MISSING, answer: Any = MISSING) -> Any:
    """Judge an answer, show one verdict, and return what to continue with.

    Args:
        number: The exercise, such as "1.2".
        answer: The object that the exercise asks for.

    Returns:
        The answer if it is correct; otherwise the reference answer, so that the
        cells below run, or the answer if there are no solution notebooks.

    Raises:
        NotCorrectError: with EXERCISE_STRICT=1, if the answer is not correct.
    """
    namespace = cast(Any, inspect.currentframe()).f_back.f_globals
    try:
        return _check(number, answer, namespace)
    except KeyboardInterrupt:
        show(Block(NOT_YET, f"{number} Stopped.", ("You stopped the check. Run it again.",)))
        return None if answer is MISSING else answer


def _check(number: Any, answer: Any, namespace: dict[str, Any]) -> Any:
    if answer is MISSING:
        return _told(number, 'Write `name = check("1.1", name)`: the number and your object.')
    try:
        exercise = catalog.find(number)
    except LookupError as error:
        return _told(answer, str(error.args[0]))
    handed_out = reference.number_of(answer)
    if handed_out is not None:
        return _still_reference(exercise, answer, handed_out)
    verdict, parts, printed = judge(exercise, answer)
    trouble = record.note(exercise.number, verdict)
    parts = (*parts, *_printed(printed), *([trouble] if trouble else []))
    title = f"{exercise.number} {verdict.capitalize()}."
    if verdict == CORRECT:
        show(Block(verdict, title, parts))
        return answer
    if os.environ.get("EXERCISE_STRICT"):
        raise NotCorrectError(f"{title} {parts}")
    going_on, sentence = _go_on(exercise, answer, namespace)
    show(Block(verdict, title, (*parts, sentence)))
    return going_on


def judge(exercise: Exercise, answer: Any) -> tuple[str, Parts, str]:
    """Judge an answer.

    Args:
        exercise: The Exercise.
        answer: Any object.

    Returns:
        (verdict, parts of the message, what the answer printed).
    """
    if is_stub(answer):
        text = f'Replace the `...` above with your code; `hint("{exercise.number}")` helps.'
        return NOT_ATTEMPTED, (text,), ""
    if not callable(answer):
        text = (
            f"`{exercise.name}` is {trying.described(answer)}. It must be a function: keep the "
            f"line `def {exercise.name}(...):` in the cell above."
        )
        return NOT_YET, (text,), ""
    trials = trying.try_answer(exercise, answer)
    printed = trials[0].printed
    if all(trial.holds(exercise.tolerance) for trial in trials):
        return CORRECT, (exercise.correct,), printed
    mistake = _mistake(exercise, trials)
    if mistake is not None:
        return NOT_YET, (mistake.says,), printed
    return NOT_YET, messages.about(exercise, trials), printed


def _mistake(exercise: Exercise, trials: Sequence[trying.Trial]) -> Mistake | None:
    failed = next(trial for trial in trials if not trial.holds(exercise.tolerance))
    stopped = isinstance(failed.error, trying.ENDS_THE_PROCESS)
    changed = any(trial.changed for trial in trials)
    return None if stopped or changed else trying.known_mistake(exercise, trials)


def is_stub(answer: object) -> bool:
    """Return whether an answer is untouched: `...`, or a function that does nothing."""
    if answer is ...:
        return True
    if not isinstance(answer, types.FunctionType):
        return False
    idle = {"RESUME", "NOP", "LOAD_CONST", "RETURN_CONST", "RETURN_VALUE"}
    steps = list(dis.get_instructions(answer))
    constants = [step.argval for step in steps if step.opname in {"LOAD_CONST", "RETURN_CONST"}]
    return all(step.opname in idle for step in steps) and constants == [None]


def _told(going_on: Any, sentence: str) -> Any:
    if os.environ.get("EXERCISE_STRICT"):
        raise NotCorrectError(sentence)
    show(Block(NOT_ATTEMPTED, "Nothing was checked.", (sentence,)))
    return None if going_on is MISSING else going_on


def _still_reference(exercise: Exercise, answer: Any, handed_out: str) -> Any:
    sentence = "This is still the reference answer. Run your own cell, then this one."
    if handed_out != exercise.number:
        sentence = (
            f"This is the reference answer to {handed_out}. Run your own cell, then this one."
        )
    verdict = record.entry(exercise.number).verdict
    before = f"The verdict on your own answer stays: {verdict}." if verdict else ""
    title = f"{exercise.number} Not judged."
    if os.environ.get("EXERCISE_STRICT"):
        raise NotCorrectError(f"{title} {sentence}")
    show(Block(REFERENCE, title, (f"{sentence} {before}".strip(),)))
    return answer


def _go_on(exercise: Exercise, answer: Any, namespace: dict[str, Any]) -> tuple[Any, str]:
    try:
        going_on = reference.hand_out(exercise, namespace)
    except reference.NoReferenceError as error:
        return answer, f"There is no reference answer to continue with: {error}."
    return going_on, "The cells below continue with the reference answer."


def _printed(printed: str) -> Parts:
    return ("Your code printed:", Code(printed.rstrip())) if printed.strip() else ()
