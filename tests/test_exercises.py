"""Every exercise is tried with its solution, its stub, and every mistake that it knows."""

import pytest

from exercise_lib import authoring
from exercise_lib.exercises import catalog, checking, reference, trying
from tests.cells import typed

EXERCISES = list(catalog.EXERCISES.values())
MISTAKES = [
    pytest.param(exercise, mistake, answer, id=f"{exercise.number}-{mistake.name}{letter}")
    for exercise in EXERCISES
    for mistake in exercise.mistakes
    for letter, answer in zip(["", *"bcdefgh"], (mistake.code, *mistake.others), strict=False)
]
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("own_progress")]


def by_number(exercise):
    return exercise.number


def is_right(exercise, answer):
    trials = trying.try_answer(exercise, answer, seconds=60)
    return len(trials) == len(exercise.cases) and all(
        trial.holds(exercise.tolerance) for trial in trials
    )


@pytest.mark.parametrize("exercise", EXERCISES, ids=by_number)
def test_the_solution_is_correct(exercise, capsys):
    answer = typed(exercise, reference.cell_of(exercise))
    assert checking.check(exercise.number, answer) is answer
    assert capsys.readouterr().out == f"✔ {exercise.number} Correct. {exercise.correct}\n"


@pytest.mark.parametrize("exercise", EXERCISES, ids=by_number)
def test_the_stub_is_not_attempted_and_the_reference_goes_on(exercise, capsys):
    stub = authoring.replace_solutions(reference.cell_of(exercise), "stub")
    going_on = checking.check(exercise.number, typed(exercise, stub))
    assert "Not attempted." in capsys.readouterr().out
    assert is_right(exercise, going_on)


@pytest.mark.parametrize(("exercise", "mistake", "answer"), MISTAKES)
def test_each_mistake_gets_its_own_message_and_no_other(exercise, mistake, answer):
    verdict, parts, _ = checking.judge(exercise, typed(exercise, exercise.as_typed(answer)))
    assert (verdict, parts) == ("not yet", (mistake.says,))


@pytest.mark.parametrize("exercise", EXERCISES, ids=by_number)
def test_an_exercise_is_complete(exercise):
    assert len(exercise.mistakes) >= 3
    assert len(exercise.hints) >= 2
    assert len({mistake.says for mistake in exercise.mistakes}) == len(exercise.mistakes)
    assert len({mistake.name for mistake in exercise.mistakes}) == len(exercise.mistakes)
    assert exercise.correct
    assert exercise.wants.words


@pytest.mark.parametrize("exercise", EXERCISES, ids=by_number)
def test_no_hint_is_the_answer(exercise):
    """No line of the solution stands in a hint, and no hint holds a whole body."""
    body = reference.solution_of(exercise).split('"""')[-1]
    lines = [line.strip().removeprefix("return ").strip() for line in body.splitlines()]
    for hint in exercise.hints:
        assert not [line for line in lines if len(line) > 25 and line in hint]


@pytest.mark.parametrize("exercise", EXERCISES, ids=by_number)
def test_the_cases_are_short_enough_to_read_and_paste(exercise):
    for case in exercise.cases:
        assert len(case.given.strip().splitlines()) <= 16
        assert max(map(len, (case.given + case.call).splitlines())) <= 110


@pytest.mark.parametrize("exercise", EXERCISES, ids=by_number)
def test_the_notebook_asks_for_it(exercise):
    cells = reference.code_cells(reference.notebook_of(exercise.number))
    call = f'{exercise.name} = check("{exercise.number}", {exercise.name})'
    assert sum(call in cell for cell in cells) == 1
