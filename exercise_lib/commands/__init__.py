"""The commands of `python -m exercise_lib`, one file each: `add` declares it, `run` runs it."""
