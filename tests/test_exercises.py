"""Every exercise is tried with its solution, its stub, and every mistake that it knows."""

import linecache
import textwrap

import pytest

from exercise_lib import authoring, paths
from exercise_lib.exercises import catalog, checking, reference
from exercise_lib.exercises.exercise import Exercise, Mistake, run_code

EXERCISES = list(catalog.EXERCISES.values())
MISTAKES = [
    pytest.param(exercise, mistake, code, id=f"{exercise.number}-{place}{letter}")
    for exercise in EXERCISES
    for place, mistake in enumerate(exercise.mistakes, start=1)
    for letter, code in zip("abcdefgh", (mistake.code, *mistake.also), strict=False)
]


def by_number(exercise):
    return exercise.number


@pytest.fixture(autouse=True)
def fresh_state(monkeypatch):
    monkeypatch.setattr(checking, "_verdicts", {})
    monkeypatch.setattr(checking, "_hints_given", {})
    monkeypatch.delenv("EXERCISE_STRICT", raising=False)


def typed(exercise, code):
    """Run a cell as a notebook does, so that tracebacks know its lines."""
    source = textwrap.dedent(code)
    name = f"<cell {exercise.number}>"
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    namespace = {}
    exec(textwrap.dedent(exercise.setup), namespace)
    exec(compile(source, name, "exec"), namespace)
    return namespace[exercise.name]


@pytest.mark.parametrize("exercise", EXERCISES, ids=by_number)
def test_the_solution_is_correct(exercise, capsys):
    answer = typed(exercise, reference.cell_of(exercise))
    assert checking.check(exercise.number, answer) is answer
    printed = capsys.readouterr().out
    assert printed == f"✔ {exercise.number} Correct. {exercise.correct}\n"


@pytest.mark.parametrize("exercise", EXERCISES, ids=by_number)
def test_the_stub_is_not_attempted_and_the_reference_goes_on(exercise, capsys):
    stub = authoring.replace_solutions(reference.cell_of(exercise), "stub")
    going_on = checking.check(exercise.number, typed(exercise, stub))
    printed = capsys.readouterr().out
    assert "Not attempted." in printed
    assert exercise.matches(exercise.probe(going_on), exercise.expected())


@pytest.mark.parametrize(("exercise", "mistake", "code"), MISTAKES)
def test_each_mistake_gets_its_own_message_and_no_other(exercise, mistake, code, capsys):
    going_on = checking.check(exercise.number, typed(exercise, code))
    printed = capsys.readouterr().out
    assert printed.startswith(f"✘ {exercise.number} Not yet. {mistake.says}\n")
    others = [other.says for other in exercise.mistakes if other is not mistake]
    assert not any(says in printed for says in others)
    assert exercise.matches(exercise.probe(going_on), exercise.expected())


@pytest.mark.parametrize("exercise", EXERCISES, ids=by_number)
def test_an_exercise_is_complete(exercise):
    assert len(exercise.mistakes) >= 3
    assert len(exercise.hints) >= 2
    assert len({mistake.says for mistake in exercise.mistakes}) == len(exercise.mistakes)
    assert exercise.correct
    assert exercise.expects
    assert exercise.look_at


@pytest.mark.parametrize("exercise", EXERCISES, ids=by_number)
def test_the_notebook_asks_for_it_with_a_hint_within_reach(exercise):
    cells = reference.code_cells(reference.notebook_of(exercise.number))
    call = f'{exercise.name} = check("{exercise.number}", {exercise.name})'
    assert sum(call in cell for cell in cells) == 1


@pytest.fixture
def double(monkeypatch):
    """A tiny exercise that is not in any notebook."""
    exercise = Exercise(
        number="99.1",
        name="double",
        probe=lambda double: double(3),
        expected=lambda: 6,
        expects="twice the number",
        look_at="the factor",
        correct="Good.",
        hints=("Think.", "Think of 2.", "Times 2."),
        mistakes=(Mistake("You tripled it.", "def double(x):\n    return 3 * x"),),
    )
    monkeypatch.setitem(catalog.EXERCISES, "99.1", exercise)
    return exercise


def test_an_unknown_mistake_is_told_what_was_found_and_expected(double, capsys):
    checking.check("99.1", lambda x: x)
    printed = capsys.readouterr().out
    assert "Found: 3. Expected: twice the number. Look at the factor." in printed


def test_nothing_given_back_asks_for_return(double, capsys):
    def forgets_to_return(x):
        2 * x

    checking.check("99.1", forgets_to_return)
    assert "Is there a `return`?" in capsys.readouterr().out


def test_an_exception_is_its_last_line_with_the_line_of_the_cell(double, capsys):
    answer = typed(double, "def double(x):\n    y = 2\n    return x + 'two'")
    checking.check("99.1", answer)
    printed = capsys.readouterr().out
    assert "TypeError" in printed
    assert "(line 3 of your cell)" in printed
    assert "Traceback" not in printed


def test_without_solutions_the_students_answer_goes_on(double, capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(paths, "SOLUTIONS", tmp_path)

    def wrong(x):
        return 5 * x

    assert checking.check("99.1", wrong) is wrong
    printed = capsys.readouterr().out
    assert "comes without solutions" in printed
    assert "Found: 15" in printed


def test_the_reference_may_use_the_names_of_the_notebook(monkeypatch, tmp_path, double):
    notebook = tmp_path / "99_test.ipynb"
    notebook.write_text(
        '{"cells": [{"cell_type": "code", "source": ["def double(x):\\n",'
        ' "    ### BEGIN SOLUTION\\n", "    return FACTOR * x\\n", "    ### END SOLUTION"]},'
        ' {"cell_type": "code", "source": ["double = check(\\"99.1\\", double)"]}]}',
        encoding="utf-8",
    )
    monkeypatch.setattr(paths, "SOLUTIONS", tmp_path)
    assert reference.answer(double, {"FACTOR": 2})(5) == 10


def test_strict_mode_raises_for_anything_but_correct(double, monkeypatch):
    monkeypatch.setenv("EXERCISE_STRICT", "1")
    with pytest.raises(checking.NotCorrectError, match="not attempted"):
        checking.check("99.1", ...)
    with pytest.raises(checking.NotCorrectError, match="You tripled it"):
        checking.check("99.1", lambda x: 3 * x)
    assert checking.check("99.1", lambda x: 2 * x)(1) == 2


def test_each_call_of_hint_gives_one_more(double, capsys):
    for given in (1, 2, 3, 3):
        checking.hint("99.1")
        assert capsys.readouterr().out.count("Hint") == given


def test_progress_shows_the_notebook_begun(double, capsys):
    checking.check("99.1", lambda x: 2 * x)
    capsys.readouterr()
    checking.progress()
    printed = capsys.readouterr().out
    assert "99.1  ✔ correct" in printed
    assert "1 of 1 correct." in printed


def test_an_unknown_number_lists_the_known_ones():
    with pytest.raises(LookupError, match=r"1\.1, 1\.2"):
        checking.check("7.7", None)


def test_a_mistake_as_code_runs_in_the_setup(double):
    assert run_code(double, double.mistakes[0].code)(2) == 6
