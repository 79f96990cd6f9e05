"""Answers in every style: what satisfies the wording is correct, and nothing else is.

`tests/answers/answers_N.txt` holds them, `#== 1.2 right|wrong | title` before each.
"""

import os
import re
from pathlib import Path

import pytest

from exercise_lib.exercises import catalog, checking
from tests.cells import typed

pytestmark = pytest.mark.slow

HEAD = re.compile(r"^#== (\d+\.\d+) (right|wrong) \| (.*)$", re.MULTILINE)
IMPORTS = "import hashlib\nfrom pathlib import Path\n"  # Of the notebooks, beside those of setup.
FOLDER = Path(__file__).parent / "answers"
# A training takes a second or two: of these, `make test` tries a part. ANSWERS=all tries all.
EVERY = {"2.4": 4, "3.4": 5, "4.3": 3, "4.4": 3}


def answers():
    """Yield (number, "right" or "wrong", title, code) of every answer."""
    for file in sorted(FOLDER.glob("*.txt")):
        _, *found = HEAD.split(file.read_text(encoding="utf-8"))
        assert found, file
        for start in range(0, len(found), 4):
            yield found[start : start + 4]


def some_answers():
    """Return all answers, but of the exercises in EVERY only every fourth or so of each kind."""
    whole, seen = os.environ.get("ANSWERS") == "all", {}
    chosen = []
    for answer in answers():
        number, kind, _, _ = answer
        place = seen[number, kind] = seen.get((number, kind), -1) + 1
        if whole or place % EVERY.get(number, 1) == 0:
            chosen.append(answer)
    return chosen


def judged(number, code):
    exercise = catalog.EXERCISES[number]
    return checking.judge(exercise, typed(exercise, IMPORTS + code))


@pytest.mark.parametrize(("number", "kind", "title", "code"), some_answers())
def test_an_answer_gets_the_verdict_that_it_deserves(number, kind, title, code):
    verdict, parts, _ = judged(number, code)
    assert (verdict == "correct") == (kind == "right"), (title, parts)


def test_every_exercise_has_answers_of_both_kinds():
    kinds = {(number, kind) for number, kind, _, _ in answers()}
    assert kinds >= {(number, kind) for number in catalog.EXERCISES for kind in ("right", "wrong")}
