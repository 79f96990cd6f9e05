"""Whatever an answer returns, raises, prints or does, there is a verdict and no traceback."""

import functools
import itertools
import os
import sys
import time

import numpy as np
import pytest

from exercise_lib.exercises import catalog, checking, guarding
from tests.cells import typed

EXERCISES = list(catalog.EXERCISES.values())
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("own_progress")]


class Hostile:
    """An object that raises whatever one does with it."""

    def _raise(self, *_):
        raise RuntimeError("do not touch me")

    __eq__ = __len__ = __iter__ = __repr__ = __str__ = __bool__ = __array__ = __getitem__ = _raise
    __getattr__ = __hash__ = __float__ = __int__ = __contains__ = _raise


def itself():
    endless = []
    endless.append(endless)
    return endless


ODD_VALUES = {
    "none": lambda: None,
    "text": lambda: "0.5",
    "percent": lambda: "50 %",
    "empty text": lambda: "",
    "bytes": lambda: b"abc",
    "ellipsis": lambda: ...,
    "true": lambda: True,
    "nan": lambda: float("nan"),
    "infinity": lambda: float("inf"),
    "huge": lambda: 10**400,
    "complex": lambda: 1j,
    "array": lambda: np.arange(6.0).reshape(2, 3),
    "whole numbers": lambda: np.arange(3),
    "empty array": lambda: np.zeros((0, 3)),
    "array of text": lambda: np.array([["pear", "0.4"], ["fig", "0.3"]]),
    "array of objects": lambda: np.array([None, "a", 3], dtype=object),
    "ragged": lambda: [[1, 2], [3]],
    "list of texts": lambda: ["a", "b"],
    "list of None": lambda: [None, None],
    "dict": lambda: {"a": 1},
    "dict of arrays": lambda: {0: np.zeros(3), 1: "x"},
    "set": lambda: {1, 2},
    "object": object,
    "hostile": Hostile,
    "list of hostile": lambda: [Hostile()],
    "class": lambda: Hostile,
    "function": lambda: len,
    "generator": lambda: (x for x in "ab"),
    "endless generator": itertools.count,
    "itself": itself,
    "dates": lambda: np.array(["2018-01-01"], dtype="datetime64[D]"),
    "module": lambda: np,
    "error": lambda: ValueError("x"),
    "deep": lambda: functools.reduce(lambda inner, _: [inner], range(5000), []),
}


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.number)
def test_odd_values_get_a_verdict(exercise, capsys):
    for name, make in ODD_VALUES.items():
        checking.check(exercise.number, lambda *_, make=make, **__: make())
        printed = capsys.readouterr().out
        assert printed.startswith(f"✘ {exercise.number} Not yet."), name
        assert "Traceback" not in printed


def ends_python(*_):
    sys.exit()


def ends_it_at_once(*_):
    os._exit(3)


def is_interrupted(*_):
    raise KeyboardInterrupt


def asks(*_):
    return input("? ")


def calls_itself(*_):
    return calls_itself()


def prints_a_lot(*_):
    for _ in range(100):
        print("x" * 100_000)


def closes_the_output(*_):
    sys.stdout.close()
    print("still here")


def raises_its_own(*_):
    class RudeError(Exception):
        def __str__(self):
            raise ValueError("no text")

    raise RudeError


def warns(*_):
    return np.array([1.0]) / 0


ODD_DEEDS = [
    ends_python,
    ends_it_at_once,
    is_interrupted,
    asks,
    calls_itself,
    prints_a_lot,
    closes_the_output,
    raises_its_own,
    warns,
    Hostile,
    functools.partial(max, 1),
    lambda: 1,
    lambda *_, needed: needed,
    type("Callable", (), {"__call__": lambda self, *_: 1})(),
    print,
    int,
]
NO_FUNCTIONS = [3, "b", None, {"a": 1}, np.zeros(3), Hostile(), [], ValueError("x"), np]


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.number)
def test_odd_deeds_and_things_get_a_verdict(exercise, capsys):
    for odd in (*ODD_DEEDS, *NO_FUNCTIONS):
        checking.check(exercise.number, odd)
        printed = capsys.readouterr().out
        assert printed.startswith(f"✘ {exercise.number} Not yet."), odd
        assert "Traceback" not in printed
        assert len(printed) < 6000


LOOPS = {
    "plain": """
        def {name}(*arguments):
            while True:
                pass
    """,
    "swallows everything": """
        def {name}(*arguments):
            while True:
                try:
                    sum(range(1000))
                except:
                    pass
    """,
    "sleeps": """
        import time
        def {name}(*arguments):
            time.sleep(600)
    """,
    "endless generator, drained": """
        import itertools
        def {name}(*arguments):
            return sum(1 for _ in itertools.count())
    """,
}


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("number", ["1.3", "2.4", "6.1"])
def test_an_endless_loop_is_stopped_and_told_with_its_line(number, loop, capsys, monkeypatch):
    monkeypatch.setattr(guarding, "SECONDS", 1.0)
    exercise = catalog.EXERCISES[number]
    start = time.monotonic()
    checking.check(number, typed(exercise, LOOPS[loop].format(name=exercise.name)))
    assert time.monotonic() - start < 30  # Not a measure of speed: else it would run for ever.
    printed = capsys.readouterr().out
    assert "still running after 1 seconds and was stopped (line" in printed
    assert sys.gettrace() is None or "coverage" in sys.modules


def test_a_stop_by_the_student_is_a_verdict(capsys):
    checking.check("1.3", is_interrupted)
    assert "You stopped the check while your code was running" in capsys.readouterr().out


def test_what_the_code_prints_is_shown_and_cut(capsys):
    checking.check("1.3", prints_a_lot)
    printed = capsys.readouterr().out
    assert "Your code printed:" in printed
    assert "more characters" in printed
