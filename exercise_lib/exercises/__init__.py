"""The checks of the exercises: `check`, `hint` and `progress`."""

from exercise_lib import notices
from exercise_lib.exercises import not_run
from exercise_lib.exercises.checking import check
from exercise_lib.exercises.guarding import running_shell
from exercise_lib.exercises.hinting import hint, progress

__all__ = ["check", "hint", "progress"]

if running_shell() is not None:  # In a notebook.
    not_run.install()
    notices.show()
