"""`hint` and `progress`: help along the way, and how far you have got."""

import os
from collections.abc import Collection
from pathlib import Path

from exercise_lib.exercises import catalog, record, reference
from exercise_lib.exercises.exercise import Exercise
from exercise_lib.exercises.verdicts import HINT, NOT_ATTEMPTED, SIGNS, Block, Code, show


def hint(exercise: object, answer: bool = False) -> None:
    """Show one more hint for an exercise at each call; after the last, offer the answer.

    Args:
        exercise: Its number ("1.2" or 1.2), its name, or the object itself.
        answer: Whether to show the reference answer.
    """
    try:
        found = catalog.find(exercise)
    except LookupError as error:
        show(Block(NOT_ATTEMPTED, "No hint.", (str(error.args[0]),)))
        return
    if answer:
        _show_answer(found)
        return
    given = record.entry(found.number).hints + 1
    record.note(found.number, hint=given <= len(found.hints))
    texts = [f"{place}. {text}" for place, text in enumerate(found.hints[:given], start=1)]
    if given > len(found.hints):
        texts.append(
            "There are no more hints. To see a reference answer: "
            f'`hint("{found.number}", answer=True)`'
        )
    shown = min(given, len(found.hints))
    title = f"{found.number} Hint {shown} of {len(found.hints)}."
    show(Block(HINT, title, ("", *texts)))


def _show_answer(exercise: Exercise) -> None:
    try:
        source = reference.solution_of(exercise)
    except reference.NoReferenceError as error:
        show(Block(NOT_ATTEMPTED, f"{exercise.number} No answer to show.", (f"{error}.",)))
        return
    record.note(exercise.number, saw_answer=True)
    show(
        Block(
            HINT,
            f"{exercise.number} A reference answer.",
            ("Read it, close it, and write it yourself.", Code(source)),
        )
    )


def progress() -> None:
    """Show how far you have got in this notebook (or in all, if it is not known)."""
    print(as_text(_this_notebook()))


def as_text(notebooks: Collection[str] = ()) -> str:
    """Return the state of the exercises as lines of text.

    Args:
        notebooks: Which, such as {"1"}; none means all.
    """
    known = record.entries()
    shown = [
        exercise
        for exercise in catalog.EXERCISES.values()
        if not notebooks or exercise.number.split(".")[0] in notebooks
    ]
    lines = [_line(exercise, known.get(exercise.number, record.Entry())) for exercise in shown]
    done = sum(
        known.get(exercise.number, record.Entry()).verdict == "correct" for exercise in shown
    )
    return "\n".join([*lines, f"{done} of {len(shown)} correct."])


def _line(exercise: Exercise, entry: record.Entry) -> str:
    verdict = entry.verdict or "not checked"
    counts = [
        f"{count} {word}{'' if count == 1 else 's'}"
        for count, word in ((entry.attempts, "attempt"), (entry.hints, "hint"))
        if count
    ]
    if entry.saw_answer:
        counts.append("answer seen")
    sign = SIGNS.get(entry.verdict, " ")
    told = f"   {', '.join(counts)}" if counts else ""
    return f"{exercise.number}  {sign} {verdict:<14} {exercise.name}{told}"


def _this_notebook() -> set[str]:
    """Return the running notebook, as {"1"}, or an empty set if it is not known."""
    named = Path(os.environ.get("JPY_SESSION_NAME", "")).name[:2]
    known = {number.split(".")[0] for number in catalog.EXERCISES}
    if named.isdigit() and str(int(named)) in known:
        return {str(int(named))}
    return record.begun()
