"""What an exercise is: a task, its cases, its hints, and the mistakes it knows.

An answer is judged by what it does. Each case is a call as code that anybody
can paste into a cell, with what must come out; all cases must hold. A mistake
is a wrong answer as code together with the sentence for whoever made it, so
the check that recognises it and the test that tries it cannot drift apart.
"""

import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from exercise_lib.exercises import kinds


@dataclass(frozen=True, eq=False)
class Case:
    """One call of the student's object, and what must come out.

    Attributes:
        call: An expression that calls the object, such as "top_k(row, names, 3)".
            Its arguments are names that `given` makes, so that they can be
            compared before and after.
        gives: What the call must give back; or a function without arguments
            that works it out. Not used where there are `looks`.
        given: Statements that make the arguments. With the call they are shown
            to a student whose answer fails: short, and free of tricks.
        looks: {expression: its expected value}, evaluated in this order after
            the call. They may use `result`, what the call gave back, and the
            names of `given`.
    """

    call: str
    gives: object = None
    given: str = ""
    looks: Mapping | None = None

    def expected(self):
        """Return {expression: expected value}."""
        looks = {"result": self.gives} if self.looks is None else self.looks
        return {
            expression: value() if isinstance(value, Callable) else value
            for expression, value in looks.items()
        }


def array_code(rows):
    """Return an array as code for a case's `given`: on one line, or a line for each row."""
    short = f"np.array({rows})"
    if len(short) <= 60:
        return short
    inner = "".join(f"\n{' ' * 16}{row}," for row in rows)
    return f"np.array([{inner}\n{' ' * 12}])"


@dataclass(frozen=True, eq=False)
class Mistake:
    """A wrong answer that the check knows.

    It is recognised where the outcome proves it: by `when`, or, without that,
    if the answer does the same as `code` in every case of the exercise.

    Attributes:
        says: What to tell whoever made it: what was observed, what to look at.
        code: The wrong answer, as a student would write it in the cell.
        also: Other spellings of the same mistake, for the tests.
        when: Takes the first `Trial` that failed; returns whether what was
            seen in it proves the mistake. For exercises whose cases take time.
    """

    says: str
    code: str
    also: tuple = ()
    when: Callable | None = None


@dataclass(frozen=True, eq=False)
class Exercise:
    """One exercise of a notebook.

    Attributes:
        number: "1.2": notebook and place in it.
        name: The object that the student defines.
        cases: The calls that must hold, the smallest first: the first that
            fails is shown.
        wants: What the answer gives back, a `kinds.Kind`.
        correct: What a correct answer means for the next step.
        hints: The first nudges and says why, none gives the answer away. (After
            the last one `hint` offers the reference answer.)
        mistakes: The known mistakes; the first that is recognised is told.
        look_at: Where to look when a value is wrong and the mistake unknown.
        setup: Code with the names that the notebook has imported.
        tolerance: Largest difference, absolute or relative, of equal numbers.
    """

    number: str
    name: str
    cases: tuple
    correct: str
    hints: tuple
    mistakes: tuple
    wants: kinds.Kind = field(default_factory=lambda: kinds.ANYTHING)
    look_at: str = ""
    setup: str = "import keras\nimport numpy as np\n"
    tolerance: float = 1e-6


def run_code(exercise, code, namespace=None):
    """Run an answer's code in a namespace and return the object that it defines."""
    namespace = {} if namespace is None else namespace
    exec(textwrap.dedent(exercise.setup), namespace)
    exec(compile(textwrap.dedent(code), f"<answer to {exercise.number}>", "exec"), namespace)
    return namespace[exercise.name]
