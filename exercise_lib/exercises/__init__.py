"""The checks of the exercises: `check`, `hint` and `progress`."""

from exercise_lib.exercises.checking import check, hint, progress

__all__ = ["check", "hint", "progress"]
