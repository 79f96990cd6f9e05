"""Whether the checks tell the reference answers from everything that is nearly the same.

    python -m tests.mutation [--print] [N.k ...]

Each reference answer is changed in every small way (mutants.py). A mutant must
not be called correct if it changes the outcome on the notebook's own data: the
calls that the notebook makes are recorded, and made again with each mutant (or,
where models are trained, a small stand-in of the notebook's kind). The table and
the accepted mutants go to tests/benchmarks/mutation.md. All of it takes about
twenty minutes on two cores; test_mutation.py tries the quick exercises.
"""

import argparse
import contextlib
import copy
import functools
import io
import os
import re
import sys
import time
import warnings
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from exercise_lib.exercises import catalog, checking, guarding, kinds, reference, verdicts
from exercise_lib.exercises.comparing import same
from exercise_lib.exercises.exercise import run_code
from tests.mutants import mutants_of
from tests.stand_ins import STAND_INS

REPORT = Path(__file__).parent / "benchmarks" / "mutation.md"
MODEL = "imagenet200"  # The notebooks are run with it.
MOST_CALLS = 12  # That are recorded of each function.
MOST_SECONDS = 30  # For a mutant's outcome.
TOLERANCE = 1e-6
# How accepted changes end that make another outcome and yet satisfy the wording; and why.
RIGHT_ALL_THE_SAME = {
    "1.1": (
        ("antialias=False)", "antialias=None)", "resize(photo, image_size)"),
        "in which way a photo is made smaller is left open",
    ),
    **dict.fromkeys(
        ("2.4", "3.4", "4.3"),
        (
            ("metrics=['ACCURACY'])",),
            "Keras knows the metric in capitals, too, and the cells below find its curve",
        ),
    ),
}


@dataclass(frozen=True)
class Call:
    """A call that a notebook makes.

    Attributes:
        arguments: By position.
        named: By name.
        outcome: What it came to: the value, and the arguments afterwards.
    """

    arguments: tuple
    named: dict
    outcome: tuple


@dataclass
class Tally:
    """What became of the mutants of one exercise.

    Attributes:
        number: The exercise.
        name: Its object.
        made: How many mutants there are.
        compiled: How many of them define the object.
        changed: How many change the outcome on the notebook's data.
        fooled: The changes that are accepted though the outcome is another.
        right: Those among the accepted that satisfy the wording all the same.
        reason: Why they do.
        equivalent: The accepted changes with the same outcome.
        by: How the outcome was seen.
    """

    number: str
    name: str
    made: int = 0
    compiled: int = 0
    changed: int = 0
    fooled: list = field(default_factory=list)
    right: list = field(default_factory=list)
    reason: str = ""
    equivalent: list = field(default_factory=list)
    by: str = ""


def defined(exercise, code):
    """Return the object that a mutant defines, or None if its cell stops."""
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        try:
            return run_code(exercise, code)
        except Exception:
            return None


def is_accepted(exercise, answer):
    """Return whether the check calls an answer correct."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        verdict, _, _ = checking.judge(exercise, answer)
    return verdict == verdicts.CORRECT


def accepted_mutants(exercise):
    """Return the changes of all mutants that the check accepts, in their order."""
    found = []
    for mutant in mutants_of(reference.cell_of(exercise)):
        answer = defined(exercise, mutant.code)
        if answer is not None and is_accepted(exercise, answer):
            found.append(mutant.change)
    return found


def recorded_calls(notebook, numbers):
    """Run a solution notebook and return {number: [Call]} of the calls of its exercises.

    Args:
        notebook: Path.
        numbers: The exercises whose calls are wanted.
    """
    calls = {number: [] for number in numbers}
    namespace = {"__name__": "__main__"}
    quiet_errors = contextlib.redirect_stderr(io.StringIO())  # Of progress bars.
    with _recording(calls), contextlib.chdir(notebook.parent):
        for source in reference.code_cells(notebook):
            with contextlib.redirect_stdout(io.StringIO()), quiet_errors:
                exec(compile(source, f"<{notebook.stem}>", "exec"), namespace)
    return calls


@contextlib.contextmanager
def _recording(calls):
    """Let the notebooks' `check` hand on a function that notes its first calls."""
    import matplotlib

    import exercise_lib.exercises

    matplotlib.use("agg")
    kept = exercise_lib.exercises.check
    exercise_lib.exercises.check = functools.partial(_recorder, calls)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*non-interactive.*")
            yield
    finally:
        exercise_lib.exercises.check = kept


def _recorder(calls, number, answer):
    if number not in calls:
        return answer

    @functools.wraps(answer)
    def recorder(*arguments, **named):
        before = copied(arguments), copied(named)
        value = answer(*arguments, **named)
        if len(calls[number]) < MOST_CALLS:
            outcome = copied((value, arguments, named))
            calls[number].append(Call(*before, outcome))
        return value

    return recorder


def copied(value):
    """Return a copy of arrays and containers; a model and the like as it is."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if type(value) is dict:
        return {name: copied(item) for name, item in value.items()}
    if type(value) in (list, tuple):
        return type(value)(copied(item) for item in value)
    return copy.copy(value) if isinstance(value, set | bytearray) else value


def makes_the_same(answer, calls, counts):
    """Return whether an answer comes to the outcomes of all calls, as far as they count."""

    def try_all():
        for call in calls:
            arguments, named = copied(call.arguments), copied(call.named)
            value = counts(answer(*arguments, **named))
            if not _alike((value, arguments, named), call.outcome):
                return False
        return True

    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ran = guarding.run_guarded(try_all, seconds=MOST_SECONDS)
    return ran.error is None and ran.value


def _alike(found, expected):
    """Compare like the check does; what is no number, text or container by what it is."""
    if isinstance(found, list | tuple) and isinstance(expected, list | tuple):
        return len(found) == len(expected) and all(map(_alike, found, expected))
    if isinstance(found, dict) and isinstance(expected, dict):
        return found.keys() == expected.keys() and all(
            _alike(found[name], expected[name]) for name in expected
        )
    return found is expected or same(found, expected, TOLERANCE)


def seen_in(stand_in, exercise, answer):
    """Return what a stand-in sees of an answer, or the error that it ended in."""

    def look():
        names = {}
        exec(exercise.setup, names)
        exec(stand_in.given, names)
        names[exercise.name] = answer
        names["result"] = eval(stand_in.call, names)
        return [eval(expression, names) for expression in stand_in.looks]

    with _eager(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ran = guarding.run_guarded(look, seconds=MOST_SECONDS)
    return ran.value if ran.error is None else ran.error


@contextlib.contextmanager
def _eager():
    """Without graphs: a few steps are quicker so."""
    import tensorflow as tf

    tf.config.run_functions_eagerly(True)
    try:
        yield
    finally:
        tf.config.run_functions_eagerly(False)


def outcome_test(exercise, calls):
    """Return (a function that tells whether an answer's outcome is the reference's, by what)."""
    answer = run_code(exercise, reference.cell_of(exercise))
    stand_in = STAND_INS.get(exercise.number)
    if stand_in is None:
        counts = WHAT_COUNTS.get(exercise.number, lambda value: value)
        calls = [
            as_it_counts(call, counts) for call in calls or [Call((), {}, (answer(), (), {}))]
        ]
        return lambda mutant: makes_the_same(mutant, calls, counts), f"{len(calls)} of its calls"
    expected = seen_in(stand_in, exercise, answer)
    if isinstance(expected, BaseException):
        raise expected
    return lambda mutant: _alike(seen_in(stand_in, exercise, mutant), expected), "a stand-in"


def as_it_counts(call, counts):
    """Return a call with what counts of its value in place of the value."""
    value, *arguments = call.outcome
    return Call(call.arguments, call.named, (counts(value), *arguments))


def form_of_guess(guess):
    """Return what exercise 5.1 asks for: names, how many numbers, between which bounds."""
    return {
        name: (len(numbers), all(0 <= number <= 1 for number in numbers))
        for name, numbers in guess.items()
    }


def distances(points):
    """Return the distances between points of the plane: its axes may point either way."""
    points = np.asarray(points)
    if points.ndim != 2 or points.shape[1] != 2:
        raise ValueError
    return np.round(np.linalg.norm(points[:, None] - points[None], axis=-1), 4)


def groups_in_any_order(groups):
    """Return groups of files so that neither their order nor that of the files counts."""
    return sorted(sorted(map(str, group)) for group in groups)


# Where the wording leaves something open: what counts of a function's value.
WHAT_COUNTS = {
    **dict.fromkeys(("1.4", "4.6", "5.6"), kinds.to_letter),
    "3.5": distances,
    "5.1": form_of_guess,
    "6.1": groups_in_any_order,
}


def tally_of(exercise, calls):
    """Judge all mutants of an exercise and return the Tally."""
    has_same_outcome, by = outcome_test(exercise, calls)
    if not has_same_outcome(run_code(exercise, reference.cell_of(exercise))):
        raise RuntimeError(f"{exercise.number}: the reference answer's outcome varies")
    tally = Tally(exercise.number, exercise.name, by=by)
    endings, reason = RIGHT_ALL_THE_SAME.get(exercise.number, ((), ""))
    for mutant in mutants_of(reference.cell_of(exercise)):
        tally.made += 1
        answer = defined(exercise, mutant.code)
        if answer is None:
            continue
        tally.compiled += 1
        is_same = has_same_outcome(answer)
        tally.changed += not is_same
        if not is_accepted(exercise, answer):
            continue
        if is_same:
            tally.equivalent.append(mutant.change)
        elif mutant.change.endswith(endings):
            tally.right.append(mutant.change)
            tally.reason = reason
        else:
            tally.fooled.append(mutant.change)
    return tally


def section(tally):
    """Return what the report says of one exercise."""
    lines = [
        f"## {tally.number} {tally.name}",
        "",
        f"Made {tally.made}, compiled {tally.compiled}, changed the outcome {tally.changed}, "
        f"accepted though changed {len(tally.fooled)}, right all the same {len(tally.right)}, "
        f"equivalent and accepted {len(tally.equivalent)}. Seen by {tally.by}.",
    ]
    for title, changes in (
        ("Accepted though changed", tally.fooled),
        (f"Right all the same ({tally.reason})", tally.right),
        ("Equivalent", tally.equivalent),
    ):
        if changes:
            lines += ["", f"{title}:", "", *(f"- `{change}`" for change in changes)]
    return "\n".join(lines) + "\n"


def sections_of(text):
    """Return {number: its section} of a report."""
    parts = re.split(r"^(?=## \d)", text, flags=re.MULTILINE)[1:]
    return {re.match(r"## (\S+)", part).group(1): part.strip() + "\n" for part in parts}


def listed(number, text):
    """Return the changes that a report lists as accepted for an exercise, as a set."""
    return set(re.findall(r"^- `(.*)`$", sections_of(text).get(number, ""), flags=re.MULTILINE))


HEAD = """# Mutants of the reference answers

Written by `python -m tests.mutation`. Each reference answer was changed in every small way:
another operator, constant, bound, axis, name or argument, something left out, two things
swapped. "Changed" are the mutants with another outcome on the notebook's own data: on the calls
that the notebook makes with imagenet200 (the first {calls} of each function), or, where models
are built, frozen or trained, on a small stand-in of the notebook's kind (tests/stand_ins.py). A
check is fooled where it accepts such a mutant. Below the table is every accepted mutant: before
→ after.

| exercise | {headings} |
|---|{lines}---|
"""
HEADINGS = ("made", "compiled", "changed the outcome", "accepted though changed")
HEADINGS += ("right all the same", "equivalent, accepted", "seen by")
COUNTS = re.compile(
    r"## (\S+) (\S+)\n\nMade (\d+), compiled (\d+), changed the outcome (\d+), "
    r"accepted though changed (\d+), right all the same (\d+), "
    r"equivalent and accepted (\d+)\. Seen by (.*)\."
)


def as_report(sections):
    """Return the whole report from {number: section}."""
    rows, totals = [], [0] * 6
    ordered = [sections[number] for number in sorted(sections, key=_by_number)]
    for part in ordered:
        number, name, *counts, by = COUNTS.match(part).groups()
        rows.append(f"| {number} {name} | {' | '.join(counts)} | {by} |")
        totals = [total + int(count) for total, count in zip(totals, counts, strict=True)]
    rows.append(f"| all | {' | '.join(map(str, totals))} | |")
    lines = "---:|" * (len(HEADINGS) - 1)
    head = HEAD.format(calls=MOST_CALLS, headings=" | ".join(HEADINGS), lines=lines)
    return head + "\n".join(rows) + "\n\n" + "\n".join(ordered)


def _by_number(number):
    return [int(part) for part in number.split(".")]


def main():
    """Judge the mutants of the exercises that are named, or of all, and write the report."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("numbers", nargs="*", help="exercises, such as 1.5; none means all")
    parser.add_argument("--print", action="store_true", help="print, and write no report")
    arguments = parser.parse_args()
    os.environ["EXERCISE_MODEL"] = MODEL
    os.environ.pop("EXERCISE_STRICT", None)
    numbers = arguments.numbers or list(catalog.EXERCISES)
    tallies = []
    for chapter in dict.fromkeys(number.split(".")[0] for number in numbers):
        mine = [number for number in numbers if number.split(".")[0] == chapter]
        recording = [number for number in mine if number not in STAND_INS]
        calls = recorded_calls(reference.notebook_of(mine[0]), recording) if recording else {}
        for number in mine:
            before = time.perf_counter()
            tally = tally_of(catalog.EXERCISES[number], calls.get(number, []))
            tallies.append(tally)
            print(section(tally), f"({time.perf_counter() - before:.0f} s)", flush=True)
            if not arguments.print:
                _write({number: section(tally)})
    return int(any(tally.fooled for tally in tallies))


def _write(new):
    known = sections_of(REPORT.read_text(encoding="utf-8")) if REPORT.exists() else {}
    REPORT.write_text(as_report(known | new), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
