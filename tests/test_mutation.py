"""Small changes of the reference answers are told from them (mutation.py tries all, by hand)."""

import ast
import dataclasses

import numpy as np
import pytest

from exercise_lib.exercises import catalog
from tests import mutation
from tests.mutants import mutants_of

pytestmark = pytest.mark.slow

REPORT = mutation.REPORT.read_text(encoding="utf-8")
# Those whose cases need neither Keras nor files: a mutant is judged in a few milliseconds.
QUICK = (
    *("1.3", "1.4", "1.5", "1.6", "2.5", "2.6", "3.5", "3.6", "3.7", "4.2", "4.6"),
    *("5.1", "5.2", "5.3", "5.4", "5.5", "5.6", "6.2", "6.3", "6.4", "6.5"),
)
AVERAGE = """
def average(values, k):
    best = sorted(values, reverse=True)[:k]
    if len(best) == 0:
        return None
    return sum(best) / k
"""


@pytest.mark.parametrize("number", QUICK)
def test_no_mutant_is_called_correct_but_the_listed_ones(number):
    accepted = mutation.accepted_mutants(catalog.EXERCISES[number])
    unlisted = set(accepted) - mutation.listed(number, REPORT)
    assert not unlisted, f"look at these, then: python -m tests.mutation {number}"


def test_a_check_with_a_case_too_few_is_found_out():
    exercise = catalog.EXERCISES["1.6"]
    weak = dataclasses.replace(exercise, cases=exercise.cases[:1])
    assert set(mutation.accepted_mutants(weak)) > mutation.listed("1.6", REPORT)


def test_the_report_tells_of_every_exercise_and_of_none_that_is_fooled():
    sections = mutation.sections_of(REPORT)
    assert sections.keys() == catalog.EXERCISES.keys()
    for number, text in sections.items():
        counts = mutation.COUNTS.match(text).groups()
        assert counts[5] == "0", number
    assert mutation.as_report(sections) == REPORT


@pytest.mark.parametrize(
    ("line", "changed"),
    [
        ("def average(values, k):", "def average(k, values):"),
        ("best = sorted(values, reverse=True)[:k]", "pass"),
        ("best = sorted(values, reverse=True)[:k]", "best = values[:k]"),
        ("t = sorted(values, reverse=True)[:k]", "t = sorted(values, reverse=False)[:k]"),
        ("best = sorted(values, reverse=True)[:k]", "best = sorted(values)[:k]"),
        ("= sorted(values, reverse=True)[:k]", "= sorted(values, reverse=True)[:k + 1]"),
        ("= sorted(values, reverse=True)[:k]", "= sorted(values, reverse=True)[:]"),
        ("= sorted(values, reverse=True)[:k]", "= sorted(values, reverse=True)[1:k]"),
        ("= sorted(values, reverse=True)[:k]", "= sorted(values, reverse=True)[k:]"),
        ("if len(best) == 0:", "if len(best) != 0:"),
        ("if len(best) == 0:", "if len(best) == 1:"),
        ("if len(best) == 0:", "if True:"),
        ("return sum(best) / k", "return sum(best) * k"),
        ("return sum(best) / k", "return k / sum(best)"),
        ("return sum(best) / k", "return sum(best)"),
        ("return sum(best) / k", "return max(best) / k"),
        ("return sum(best) / k", "return sum(values) / k"),
        ("return sum(best) / k", "return best"),
        ("return None", "return 0"),
    ],
)
def test_mutants_are_of_every_kind(line, changed):
    code = ast.unparse(ast.parse(AVERAGE))
    assert line in code
    assert code.replace(line, changed) in {mutant.code for mutant in mutants_of(AVERAGE)}


def test_a_docstring_is_left_alone():
    code = 'def one():\n    """Give 1."""\n    return 1'
    assert "return 1 → return 2" in {mutant.change for mutant in mutants_of(code)}
    assert all("Give" not in mutant.change for mutant in mutants_of(code))


def test_each_mutant_is_another_function_that_compiles():
    mutants = mutants_of(AVERAGE)
    codes = [mutant.code for mutant in mutants]
    assert len(set(codes)) == len(codes) > 80
    original = ast.dump(ast.parse(AVERAGE))
    for code in codes:
        assert ast.dump(compile(code, "<mutant>", "exec", ast.PyCF_ONLY_AST)) != original


def call_of(function, *arguments):
    before = mutation.copied(arguments)
    return mutation.Call(before, {}, (function(*arguments), arguments, {}))


@pytest.mark.parametrize(
    ("answer", "is_same"),
    [
        (lambda values: values.mean(), True),
        (lambda values: float(values.mean()), True),
        (lambda values: values.sum(), False),
        (lambda values: values.mean(keepdims=True), False),
        (lambda values: values.sort() or values.mean(), False),  # Changes its argument.
        (lambda values: values.nothing, False),
        (lambda values: print(values.mean()), False),
    ],
)
def test_an_outcome_is_the_value_and_what_becomes_of_the_arguments(answer, is_same):
    calls = [call_of(np.mean, np.array([3.0, 1.0, 2.0]))]
    assert mutation.makes_the_same(answer, calls, lambda value: value) is is_same


def test_a_report_is_renewed_exercise_by_exercise():
    one = mutation.Tally("1.5", "learn", made=3, compiled=3, changed=2, by="1 of its calls")
    other = mutation.Tally("1.10", "late", made=4, compiled=4, changed=4, by="a stand-in")
    one.equivalent.append("a → b (c)")
    report = mutation.as_report({"1.10": mutation.section(other), "1.5": mutation.section(one)})
    assert mutation.listed("1.5", report) == {"a → b (c)"}
    assert mutation.listed("1.10", report) == set()
    assert report.index("## 1.5") < report.index("## 1.10")
    assert "| all | 7 | 7 | 6 | 0 | 0 | 1 | |" in report
    assert mutation.as_report(mutation.sections_of(report)) == report
