"""What an exercise is: a task, its cases, its hints, and the mistakes it knows.

An answer is judged by what it does. Each case is a call, as code that anybody
can paste into a cell, with the expected result; all cases must hold. A mistake
is a wrong answer as code, together with the sentence for the student who made it,
so the check that recognises it and the test that tries it cannot drift apart.
"""

import ast
import functools
import inspect
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, cast, overload

from exercise_lib.exercises import kinds

if TYPE_CHECKING:
    from exercise_lib.exercises.trying import Trial

Function: TypeAlias = Callable[..., object]
Answer: TypeAlias = Function | str  # A student's, or what one might write: an object or its code.
AnswerT = TypeVar("AnswerT", bound=Answer)
# What a trial that failed proves, as a truth value.
When: TypeAlias = Callable[["Trial"], object]


@dataclass(frozen=True, eq=False)
class Case:
    """One call of the student's object, and the expected result.

    Attributes:
        call: An expression that calls the object, such as "top_k(row, names, 3)".
            Its arguments are names that `given` makes, so that they can be
            compared before and after.
        gives: What the call must return; or a function without arguments that
            computes it. Not used if there are `looks`.
        given: Statements that make the arguments. They are shown with the call
            to a student whose answer fails: keep them short and simple.
        looks: {expression: its expected value}, evaluated in this order after
            the call. They may use `result`, what the call returned, and the
            names in `given`.
    """

    call: str
    gives: Any = None
    given: str = ""
    looks: Mapping[str, Any] | None = None

    def expected(self) -> dict[str, Any]:
        """Return {expression: expected value}."""
        looks = {"result": self.gives} if self.looks is None else self.looks
        return {
            expression: value() if callable(value) else value
            for expression, value in looks.items()
        }


def array_code(rows: Sequence[object]) -> str:
    """Return an array as code for a case's `given`: on one line, or a line for each row."""
    short = f"np.array({rows})"
    if len(short) <= 60:
        return short
    inner = "".join(f"\n{' ' * 16}{row}," for row in rows)
    return f"np.array([{inner}\n{' ' * 12}])"


@dataclass(eq=False)
class Mistake:
    """A wrong answer that the check knows.

    It is recognised if the outcome proves it: by `when`, or, without that, if
    the answer does the same as `code` in every case of the exercise.

    Attributes:
        name: What it is, in a word or two.
        says: What to tell the student: what was observed, what to look at.
        code: The wrong answer, as a student would write it in the cell.
        when: Takes the first `Trial` that failed; returns whether what was
            seen in it proves the mistake. For exercises with slow cases.
        others: Other spellings of the same mistake, for the tests.
    """

    name: str
    says: str
    code: str
    when: When | None = None
    others: list[Answer] = field(default_factory=list)

    def also(self, answer: AnswerT) -> AnswerT:
        """Add another spelling of the same mistake: a function, or the code of a cell."""
        self.others.append(answer)
        return answer


@dataclass(frozen=True)
class Symptom:
    """What several exercises may see, and what to say about it; for attributes see Mistake."""

    name: str
    says: str
    when: When


@dataclass(frozen=True, eq=False)
class Exercise:
    """One exercise of a notebook.

    Attributes:
        number: "1.2": notebook, and position in it.
        name: The object that the student defines.
        cases: The calls that must hold, the smallest first: the first that
            fails is shown.
        wants: What the answer returns, a `kinds.Kind`.
        correct: What a correct answer means for the next step.
        hints: The first nudges and says why; none gives the answer away. (After
            the last one, `hint` offers the reference answer.)
        look_at: Where to look if a value is wrong and the mistake is unknown.
        setup: Code with the names that the notebook has imported.
        tolerance: Largest difference, absolute or relative, between equal numbers.
        mistakes: The known mistakes; the first one recognised is reported. See `mistake`.
    """

    number: str
    name: str
    cases: tuple[Case, ...]
    correct: str
    hints: tuple[str, ...]
    wants: kinds.Kind = field(default_factory=lambda: kinds.ANYTHING)
    look_at: str = ""
    setup: str = "import keras\nimport numpy as np\n"
    tolerance: float = 1e-6
    mistakes: list[Mistake] = field(default_factory=list)

    @overload
    def mistake(
        self, answer: None = None, *, when: When | None = None, says: str | None = None
    ) -> Callable[[Function], Mistake]: ...

    @overload
    def mistake(
        self, answer: Function, *, when: When | None = None, says: str | None = None
    ) -> Mistake: ...

    def mistake(
        self, answer: Function | None = None, *, when: When | None = None, says: str | None = None
    ) -> Mistake | Callable[[Function], Mistake]:
        """Decorate a wrong answer whose docstring is what to say about it.

        Args:
            answer: The function.
            when: See Mistake.
            says: Replaces a docstring.

        Returns:
            Mistake; its `also` decorates other spellings.
        """
        if answer is None:
            decorate = functools.partial(self.mistake, when=when, says=says)
            return cast(Callable[[Function], Mistake], decorate)
        says = says or " ".join(inspect.cleandoc(cast(str, answer.__doc__)).split())
        self.mistakes.append(Mistake(answer.__name__, says, self.as_typed(answer), when))
        return self.mistakes[-1]

    @overload
    def shows(self, symptom: Symptom) -> Callable[[Answer], Mistake]: ...

    @overload
    def shows(self, symptom: Symptom, first: Answer, /, *others: Answer) -> Mistake: ...

    def shows(self, symptom: Symptom, *answers: Answer) -> Mistake | Callable[[Answer], Mistake]:
        """Add a mistake recognised by a Symptom, or decorate a wrong answer that shows it.

        Args:
            symptom: The Symptom.
            answers: Wrong answers that show it, as functions or code; none to decorate one.
        """
        if not answers:
            return cast(Callable[[Answer], Mistake], functools.partial(self.shows, symptom))
        first, *others = answers
        code = self.as_typed(first)
        self.mistakes.append(Mistake(symptom.name, symptom.says, code, symptom.when, others))
        return self.mistakes[-1]

    def as_typed(self, answer: Answer) -> str:
        """Return a wrong answer as a student would write it in the cell, as code.

        Args:
            answer: A function, or code already.
        """
        if isinstance(answer, str):
            return textwrap.dedent(answer)
        tree = ast.parse(textwrap.dedent(inspect.getsource(answer)))
        [function] = cast(list[ast.FunctionDef], tree.body)
        function.name, function.decorator_list = self.name, []
        if ast.get_docstring(function) is not None:
            function.body = function.body[1:]
        return ast.unparse(function)


def choice(
    number: str,
    name: str,
    answer: str,
    because: Mapping[str, str],
    correct: str,
    hints: tuple[str, ...],
) -> Exercise:
    """Return the Exercise for a multiple-choice question with one right letter.

    Args:
        number, name, correct, hints: See Exercise.
        answer: The right letter.
        because: {letter: what to say to a student who chose it}, for the others.
    """
    cases = (Case(call=f"{name}()", gives=answer),)
    exercise = Exercise(number, name, cases, correct, hints, kinds.LETTER)
    for letter, says in because.items():
        code = f'def {name}():\n    return "{letter}"'
        exercise.mistakes.append(Mistake(f"chose_{letter}", says, code))
    return exercise


def run_code(exercise: Exercise, code: str, namespace: dict[str, Any] | None = None) -> Any:
    """Run an answer's code in a namespace and return the object that it defines."""
    namespace = {} if namespace is None else namespace
    exec(textwrap.dedent(exercise.setup), namespace)
    exec(compile(textwrap.dedent(code), f"<answer to {exercise.number}>", "exec"), namespace)
    return namespace[exercise.name]
