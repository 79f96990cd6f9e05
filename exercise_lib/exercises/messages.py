"""What to say about a wrong answer: what was observed, and how to repeat it."""

import textwrap
import traceback
from collections.abc import Iterable
from typing import cast

from exercise_lib.exercises import guarding, trying
from exercise_lib.exercises.comparing import shown, shown_apart
from exercise_lib.exercises.exercise import Exercise
from exercise_lib.exercises.trying import Raised, Trial, says
from exercise_lib.exercises.verdicts import Code, Parts


def about(exercise: Exercise, trials: Iterable[Trial]) -> Parts:
    """Return the parts of the message about the first trial that failed."""
    trial = next(trial for trial in trials if not trial.holds(exercise.tolerance))
    if trial.error is not None:
        return about_error(exercise, trial)
    if trial.other_kind:
        return about_kind(exercise, trial)
    if trial.changed:
        return about_change(exercise, trial)
    return about_value(exercise, trial)


def about_error(exercise: Exercise, trial: Trial) -> Parts:
    """Say that the answer stopped, and on which line of the student's cell."""
    error = cast(BaseException, trial.error)
    line = line_of_cell(error)
    where = f" (line {line} of your cell)" if line else ""
    if isinstance(error, guarding.TimeUpError):
        return (
            f"Your code was still running after {guarding.SECONDS:.0f} seconds and was stopped"
            f"{where}. Correct answers take less than 3. Is there a loop that never ends?",
        )
    if isinstance(error, KeyboardInterrupt):
        return (f"You stopped the check while your code was running{where}.",)
    if isinstance(error, SystemExit):
        return (f"Your code tried to end Python{where}: remove `exit()`.",)
    if got_into_the_answer(error):
        lead = f"Your code stopped: {says(error)}{where}."
    else:
        lead = f"`{exercise.name}` could not be called as shown below: {says(error)}."
    return (lead, *to_repeat(trial, trial.case.call))


def about_kind(exercise: Exercise, trial: Trial) -> Parts:
    """Say that something of another kind was returned."""
    lead = f"`{exercise.name}` returns {trial.other_kind}, not {exercise.wants.words}."
    if trial.other_kind.startswith("nothing"):
        lead += " Does every path through it end in a `return`?"
    return (lead, *to_repeat(trial, trial.case.call))


def about_change(exercise: Exercise, trial: Trial) -> Parts:
    """Say that the answer changed what it was given."""
    names = " and ".join(f"`{name}`" for name in trial.changed)
    return (
        f"`{exercise.name}` changes {names}, which it was given; the cells below still need the "
        f"original. Create a new value instead of changing the old one{_for_example(trial)}.",
        *to_repeat(trial, trial.case.call),
    )


def _for_example(trial: Trial) -> str:
    if all(hasattr(trial.names.get(name), "dtype") for name in trial.changed):
        return " (`a = a - 1` creates a new array, but `a -= 1` changes `a` itself)"
    return ", or work on a copy"


def about_value(exercise: Exercise, trial: Trial) -> Parts:
    """Say what the result is, and what it should be."""
    failing = trial.failing_look(exercise.tolerance)
    assert failing is not None  # Else the trial would hold.
    expression, found, expected = failing
    look_at = f"Look at {exercise.look_at}." if exercise.look_at else ""
    if isinstance(found, Raised):
        lines = [
            f"# stops with: {says(found.error)}",
            f"# should be:  {_commented(shown(expected))}",
        ]
    else:
        found, expected = shown_apart(found, expected)
        lines = [f"# yours:     {_commented(found)}", f"# should be: {_commented(expected)}"]
    parts = (f"`{exercise.name}` runs, but its result is not as expected. {look_at}".strip(),)
    return parts + to_repeat(trial, expression, lines)


def to_repeat(trial: Trial, expression: str, lines: Iterable[str] = ()) -> Parts:
    """Return the case as code to paste, ending with one expression and comments on its value."""
    call = trial.case.call
    uses_result = "result" in expression and expression != "result"
    given = textwrap.dedent(trial.case.given).strip()
    shown_lines = [given] if given else []
    if expression in ("result", call):
        shown_lines.append(call)
    else:
        shown_lines += [f"result = {call}" if uses_result else call, expression]
    return (
        "To try it yourself, add these lines below your code, in the same cell:",
        Code("\n".join([*shown_lines, *lines])),
    )


def _commented(text: str) -> str:
    return text.replace("\n", "\n#            ")


def line_of_cell(error: BaseException) -> int | None:
    """Return the last line of the student's cell in an error's traceback, or None."""
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if is_cell(frame.filename)
    ]
    return lines[-1] if lines else None


def got_into_the_answer(error: BaseException) -> bool:
    """Return whether an error came from inside the answer, and not from the call itself."""
    frames = traceback.extract_tb(error.__traceback__)
    return bool(frames) and frames[-1].filename != trying.CASE_FILE


def is_cell(filename: str) -> bool:
    """Return whether a file name belongs to a notebook cell, or to one in IPython."""
    return "ipykernel_" in filename or filename.startswith(("<cell", "<ipython-input"))
