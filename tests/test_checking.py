"""What `check` says and hands back, whatever order cells are run in."""

import pytest

from exercise_lib import authoring, paths
from exercise_lib.exercises import catalog, checking, hinting, not_run, record, reference, verdicts
from exercise_lib.exercises.exercise import Case, Exercise, Mistake
from exercise_lib.exercises.kinds import NUMBER
from tests.cells import typed

pytestmark = pytest.mark.usefixtures("own_progress")
EXERCISES = list(catalog.EXERCISES.values())
STILL = "This is still the reference answer. Run your own cell, then this one."


@pytest.fixture
def double(monkeypatch):
    """A tiny exercise that is not in any notebook."""
    exercise = Exercise(
        number="99.1",
        name="double",
        cases=(Case(call="double(3)", gives=6), Case(call="double(10)", gives=20)),
        wants=NUMBER,
        look_at="the factor",
        correct="Good.",
        hints=("Think.", "Think of 2.", "Times 2."),
        mistakes=[Mistake("tripled", "It is tripled.", "def double(x):\n    return 3 * x")],
    )
    monkeypatch.setitem(catalog.EXERCISES, "99.1", exercise)
    return exercise


@pytest.fixture
def with_solution(double, monkeypatch, tmp_path):
    """A solution notebook for it, whose answer uses a name of the student's notebook."""
    notebook = tmp_path / "99_test.ipynb"
    notebook.write_text(
        '{"cells": [{"cell_type": "code", "source": ["def double(x):\\n",'
        ' "    ### BEGIN SOLUTION\\n", "    return FACTOR * x\\n", "    ### END SOLUTION"]},'
        ' {"cell_type": "code", "source": ["double = check(\\"99.1\\", double)"]}]}',
        encoding="utf-8",
    )
    monkeypatch.setattr(paths, "SOLUTIONS", tmp_path)
    return double


def says(capsys):
    return capsys.readouterr().out


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.number)
@pytest.mark.parametrize("first", ["untouched", "wrong", "does not compile"])
def test_the_reference_is_never_judged_as_the_students(exercise, first, capsys):
    """The check cell runs twice and three times without the answer's cell in between."""
    names = {}
    if first == "untouched":
        typed(exercise, authoring.replace_solutions(reference.cell_of(exercise), "stub"), names)
    else:
        names[exercise.name] = lambda *_: object()
    for _ in range(3):
        names[exercise.name] = checking.check(exercise.number, names[exercise.name])
        if first == "does not compile":  # The name still holds what it held before.
            with pytest.raises(SyntaxError):
                typed(exercise, f"def {exercise.name}(:", dict(names))
    printed = says(capsys)
    assert "Correct" not in printed
    assert printed.count(STILL) == 2
    verdict = "not attempted" if first == "untouched" else "not yet"
    assert record.entry(exercise.number).verdict == verdict
    assert record.entry(exercise.number).attempts == (first != "untouched")


def test_a_renamed_function_leaves_the_reference_under_the_name(capsys):
    exercise = catalog.EXERCISES["1.3"]
    names = {}
    names["top_k"] = checking.check("1.3", lambda *_: 1)
    typed(exercise, "def my_top_k(probabilities, class_names, k):\n    return []", names)
    checking.check("1.3", names["top_k"])
    assert STILL in says(capsys)


def test_the_reference_of_another_exercise_is_not_judged_either(capsys):
    going_on = checking.check("1.3", ...)
    checking.check("1.2", going_on)
    assert "This is the reference answer to 1.3." in says(capsys)
    assert record.entry("1.2").verdict == ""


def test_the_verdict_of_before_stays_and_is_told(capsys):
    going_on = checking.check("1.3", lambda *_: 1)
    says(capsys)
    checking.check("1.3", going_on)
    assert "The verdict on your own answer stays: not yet." in says(capsys)


def test_a_correct_answer_after_the_reference_counts(capsys):
    checking.check("1.4", lambda: "a")
    checking.check("1.4", lambda: "b")
    assert record.entry("1.4").verdict == "correct"
    assert record.entry("1.4").attempts == 2


def test_an_unknown_mistake_is_told_as_a_call_with_both_values(double, capsys):
    checking.check("99.1", lambda x: x)
    printed = says(capsys)
    assert "    double(3)\n    # yours:     3\n    # should be: 6\n" in printed
    assert "Look at the factor." in printed


def test_a_mistake_must_be_the_same_in_every_case(double, capsys):
    checking.check("99.1", lambda x: x + 6)
    printed = says(capsys)
    assert "It is tripled." not in printed
    assert "# yours:     9" in printed


def test_nothing_given_back_asks_for_return(double, capsys):
    def forgets_to_return(x):
        2 * x

    checking.check("99.1", forgets_to_return)
    assert "in a `return`?" in says(capsys)


def test_an_exception_is_its_last_line_with_the_line_of_the_cell(double, capsys):
    answer = typed(double, "def double(x):\n    y = 2\n    return x + 'two'")
    checking.check("99.1", answer)
    printed = says(capsys)
    assert "Your code stopped: TypeError" in printed
    assert "(line 3 of your cell)" in printed


def test_where_the_call_fails_the_students_code_did_not_stop(double, capsys):
    checking.check("99.1", lambda: 6)
    printed = says(capsys)
    assert "Your code stopped" not in printed
    assert "`double` could not be called as shown below: TypeError" in printed


def test_an_argument_that_was_changed_is_told(double, capsys, monkeypatch):
    exercise = Exercise(
        number="99.2",
        name="centred",
        cases=(
            Case(
                given="values = np.array([1.0, 3.0])",
                call="centred(values)",
                looks={"result.tolist()": [-1, 1]},
            ),
        ),
        correct="Good.",
        hints=(),
        mistakes=[],
    )
    monkeypatch.setitem(catalog.EXERCISES, "99.2", exercise)
    code = "def centred(values):\n    values -= values.mean()\n    return values"
    checking.check("99.2", typed(exercise, code))
    printed = says(capsys)
    assert "`centred` changes `values`, which it was given" in printed
    assert "`a -= 1` changes `a` itself" in printed


def test_a_dict_that_was_changed_is_told_without_talk_of_arrays(capsys):
    def as_is_accuracy(mapping, predicted_classes, labels):
        mapping.clear()
        return 0.6

    checking.check("1.6", as_is_accuracy)
    printed = says(capsys)
    assert "`as_is_accuracy` changes `mapping`" in printed
    assert "or work on a copy." in printed


def test_values_that_read_the_same_are_told_apart(double, capsys):
    checking.check("99.1", lambda x: 6.0 + 3e-6)
    printed = says(capsys)
    assert "# yours:     6.000003" in printed


def test_without_solutions_the_students_answer_goes_on(double, capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(paths, "SOLUTIONS", tmp_path)

    def wrong(x):
        return 5 * x

    assert checking.check("99.1", wrong) is wrong
    printed = says(capsys)
    assert "comes without solutions" in printed
    assert "# yours:     15" in printed


def test_the_reference_may_use_the_names_of_the_notebook(with_solution):
    assert reference.answer(with_solution, {"FACTOR": 2})(5) == 10


def test_strict_mode_raises_for_anything_but_correct(double, monkeypatch):
    monkeypatch.setenv("EXERCISE_STRICT", "1")
    with pytest.raises(checking.NotCorrectError, match="Not attempted"):
        checking.check("99.1", ...)
    with pytest.raises(checking.NotCorrectError, match="It is tripled"):
        checking.check("99.1", lambda x: 3 * x)
    with pytest.raises(checking.NotCorrectError, match="There is no exercise"):
        checking.check("99.7", lambda x: 3 * x)
    assert checking.check("99.1", lambda x: 2 * x)(1) == 2


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "the number and your object"),
        (("1.1",), "the number and your object"),
        (("7.7", 1), "There is no exercise '7.7'"),
        ((None, 1), "is named by its number"),
        (("top_kk", 1), "Do you mean top_k"),
        ((9.9, 1), "There is no exercise '9.9'"),
    ],
)
def test_a_wrong_call_of_check_is_told_in_a_sentence(arguments, told, capsys):
    assert checking.check(*arguments) == (arguments or (None,))[-1]
    assert told in says(capsys)


def test_each_call_of_hint_gives_one_more_and_then_offers_the_answer(with_solution, capsys):
    for given in (1, 2, 3):
        hinting.hint("99.1")
        printed = says(capsys)
        assert printed.startswith(f"? 99.1 Hint {given} of 3.")
        assert "reference answer" not in printed
    hinting.hint("99.1")
    assert 'hint("99.1", answer=True)' in says(capsys)
    assert record.entry("99.1").hints == 3


def test_the_answer_is_shown_when_asked_for(with_solution, capsys):
    hinting.hint("99.1", answer=True)
    printed = says(capsys)
    assert "return FACTOR * x" in printed
    assert "SOLUTION" not in printed
    assert record.entry("99.1").saw_answer


@pytest.mark.parametrize("wanted", ["1.3", 1.3, "top_k", " Exercise 1.3", "1.3.", "top_k()"])
def test_hint_takes_number_or_name(wanted, capsys):
    hinting.hint(wanted)
    assert "1.3 Hint 1" in says(capsys)


def test_hint_takes_the_object_stub_or_reference(capsys):
    def top_k(probabilities, class_names, k): ...

    hinting.hint(top_k)
    assert "1.3 Hint 1" in says(capsys)
    hinting.hint(checking.check("1.3", ...))
    assert "1.3 Hint 2" in says(capsys)


@pytest.mark.parametrize("odd", ["to_batchh", 9.9, None, object(), [], True, "", "x" * 1000])
def test_hint_never_ends_in_a_traceback(odd, capsys):
    hinting.hint(odd)
    printed = says(capsys)
    assert printed.startswith("… No hint.")
    assert len(printed) < 1000


def test_a_name_that_no_cell_defined_is_told_in_a_sentence():
    error = NameError("name 'top_k' is not defined", name="top_k")
    told = not_run.sentence_about(error, 'top_k = check("1.3", top_k)')
    assert told.startswith("`top_k` is not defined. The cell that defines it has not run")
    assert not_run.sentence_about(error, "print(top_k)") is None
    other = NameError("name 'np' is not defined", name="np")
    assert not_run.sentence_about(other, 'top_k = check("1.3", top_k)') is None


def test_a_block_is_the_same_in_html_and_text():
    parts = ("Is `a < b`, *really*?", "Paste:", verdicts.Code("a < b\n# 1"))
    block = verdicts.Block(verdicts.NOT_YET, "1.1 Not yet.", parts)
    assert repr(block) == "✘ 1.1 Not yet. Is `a < b`, *really*?\nPaste:\n    a < b\n    # 1"
    shown = block._repr_html_()
    assert "<em>really</em>" in shown
    assert "<code>a &lt; b</code>" in shown
    assert "<pre>a &lt; b\n# 1</pre>" in shown
    assert "<b" not in shown.replace("<br", "")
