"""Try an answer on every case of its exercise, and record what was seen in each."""

import copy
import functools
import re
import textwrap
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import CodeType
from typing import Any

import numpy as np

from exercise_lib.exercises import guarding, kinds
from exercise_lib.exercises.comparing import same, shown
from exercise_lib.exercises.exercise import Case, Exercise, Mistake, run_code

ENDS_THE_PROCESS = (guarding.TimeUpError, KeyboardInterrupt)  # No further case is tried.
CASE_FILE = "<case>"  # How a traceback names the code of a case.
KERAS_FRAME = re.compile(r"Exception encountered when calling \S+\.call\(\)\.?$")
COPIED = (np.ndarray, list, dict, set, bytearray)  # Arguments that an answer may change.


@dataclass(frozen=True)
class Raised:
    """The error that an expression raised, in place of its value."""

    error: BaseException

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Raised) and says(self.error) == says(other.error)

    def __hash__(self) -> int:
        return hash(says(self.error))


@dataclass
class Trial:
    """What was seen when an answer met one case.

    Attributes:
        case: The Case.
        error: What the answer, or the call to it, raised; or None.
        came_back: What the call returned, unchanged.
        other_kind: What was returned, in words, if it is not of the requested
            kind; else "".
        changed: The names of arguments that the answer changed.
        saw: {expression: value} of the case's looks, as far as they got.
        names: The names of the case after the call.
        printed: The beginning of what was printed.
    """

    case: Case
    error: BaseException | None = None
    came_back: Any = None
    other_kind: str = ""
    changed: tuple[str, ...] = ()
    saw: dict[str, Any] = field(default_factory=dict)
    names: dict[str, Any] = field(default_factory=dict)
    printed: str = ""

    def failing_look(self, tolerance: float) -> tuple[str, Any, Any] | None:
        """Return (expression, found, expected) of the first look that fails, or None."""
        for expression, expected in self.case.expected().items():
            if expression not in self.saw:
                return None
            if not same(self.saw[expression], expected, tolerance):
                return expression, self.saw[expression], expected
        return None

    def holds(self, tolerance: float) -> bool:
        """Return whether everything is as it must be."""
        return not (self.error or self.other_kind or self.changed) and (
            self.failing_look(tolerance) is None
        )

    def is_like(self, other: "Trial", tolerance: float) -> bool:
        """Return whether the same was seen in another trial of the same case."""
        return (
            says(self.error) == says(other.error)
            and self.other_kind == other.other_kind
            and self.changed == other.changed
            and same(list(self.saw.items()), list(other.saw.items()), tolerance)
        )


def says(error: BaseException | None) -> str:
    """Return an error as its last line, such as "KeyError: 5"."""
    if error is None:
        return ""
    try:
        lines = traceback.format_exception_only(error)[-1].strip().splitlines()
    except Exception:  # An error of the student's own class may also fail here.
        lines = []
    if KERAS_FRAME.search(lines[0] if lines else ""):
        lines = [f"{type(error).__name__}: {_plain(line)}" for line in lines[1:] if line.strip()]
    return lines[0].rstrip(".") if lines else type(error).__name__


def _plain(line: str) -> str:
    """Return a line without the codes that make it bold in a terminal."""
    return re.sub(r"\x1b\[\d*m", "", line)


def try_answer(exercise: Exercise, answer: object, seconds: float | None = None) -> list[Trial]:
    """Try an answer on every case.

    Args:
        exercise: The Exercise.
        answer: The student's object.
        seconds: Time limit for all cases together.

    Returns:
        list of Trial, one per case; cases after one that took too long, or that
        the student stopped, are left out.
    """
    trials: list[Trial] = []

    def try_all() -> None:
        for case in exercise.cases:
            trial = Trial(case)
            trials.append(trial)
            _try_case(exercise, answer, trial)

    ran = guarding.run_guarded(try_all, seconds=seconds)
    if ran.error is not None:  # Only what ends a process gets here.
        trials[-1].error = ran.error
    if trials:
        trials[0].printed = ran.printed
    return trials


def _try_case(exercise: Exercise, answer: object, trial: Trial) -> None:
    names = case_names(exercise, trial.case)
    names[exercise.name] = answer
    before = _copies(names)
    trial.names = names
    try:
        value = eval(_compiled(trial.case.call, "eval"), names)
    except ENDS_THE_PROCESS:
        raise
    except BaseException as error:
        trial.error = error
        return
    trial.came_back = value
    names["result"] = _read(exercise.wants, value, trial)
    trial.changed = tuple(
        name for name, was in before.items() if not same(names.get(name), was, 0.0)
    )
    if trial.other_kind:
        return
    for expression in trial.case.expected():
        trial.saw[expression] = _look(expression, names)


def case_names(exercise: Exercise, case: Case) -> dict[str, Any]:
    """Return the names that a case begins with: the notebook's modules, and its arguments."""
    names: dict[str, Any] = {}
    exec(exercise.setup, names)
    exec(_compiled(case.given, "exec"), names)
    return names


@functools.cache
def _compiled(code: str, mode: str) -> CodeType:
    return compile(textwrap.dedent(code).strip(), CASE_FILE, mode)


def _copies(names: Mapping[str, Any]) -> dict[str, Any]:
    copies = {}
    for name, value in names.items():
        if isinstance(value, COPIED) and not name.startswith("__"):
            copies[name] = copy.deepcopy(value)
    return copies


def _read(kind: kinds.Kind, value: object, trial: Trial) -> Any:
    if value is None and not kind.may_be_none:
        trial.other_kind = "nothing (None)"
        return None
    try:
        return kind.read(value)
    except ENDS_THE_PROCESS:
        raise
    except BaseException:  # A student's own object may raise anything.
        trial.other_kind = described(value)
        return None


def described(value: object) -> str:
    """Return what a value is, with its type, such as "a list: ['a']". Never raises."""
    kind = "text" if isinstance(value, str) else type(value).__name__
    article = "an" if kind[0].lower() in "aeio" else "a"
    try:
        if kinds.to_array(value).ndim:
            return shown(value)
    except Exception:  # Not an array of numbers.
        pass
    return f"{article} {kind}: {shown(value)}"


def _look(expression: str, names: dict[str, Any]) -> Any:
    try:
        return eval(_compiled(expression, "eval"), names)
    except ENDS_THE_PROCESS:
        raise
    except BaseException as error:
        return Raised(error)


def known_mistake(exercise: Exercise, trials: Sequence[Trial]) -> Mistake | None:
    """Return the known mistake that the trials prove, or None."""
    failed = next(trial for trial in trials if not trial.holds(exercise.tolerance))
    for mistake in exercise.mistakes:
        if _is_proved(exercise, mistake, trials, failed):
            return mistake
    return None


def _is_proved(
    exercise: Exercise, mistake: Mistake, trials: Sequence[Trial], failed: Trial
) -> bool:
    if mistake.when is not None:
        try:
            return bool(mistake.when(failed))
        except Exception:  # Its look failed, or met a student's own object.
            return False
    others = _trials_of(exercise, mistake.code)
    return len(others) == len(trials) and all(
        trial.is_like(other, exercise.tolerance)
        for trial, other in zip(trials, others, strict=True)
    )


@functools.cache
def _trials_of(exercise: Exercise, code: str) -> list[Trial]:
    return try_answer(exercise, run_code(exercise, code))
