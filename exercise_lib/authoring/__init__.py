"""Turn solution notebooks into student notebooks.

`python -m exercise_lib.authoring` regenerates `notebooks/` from `solutions/`;
with `--check` it writes nothing, prints a diff and exits 1 if they disagree;
with `--run` it first runs the solutions with the default model and keeps their
output.

Cells tagged `solution-only` are removed, solutions become stubs, and outputs
and metadata are dropped. The delimiters are those of nbgrader; anything that
only looks like one is an error, because a misspelt delimiter would give the
solution away. Other tags in a solution tell the validation what to compare, and
how: `nbval-check-output` says that the cell prints the same with every model.

A person's changes in `notebooks/` are never lost: each generated notebook
carries a mark that shows whether it was changed; a changed one is kept as a
copy beside the new one, and notebooks with other names are left alone.
"""

from exercise_lib.authoring.deriving import derive, student_notebook
from exercise_lib.authoring.errors import AuthoringError
from exercise_lib.authoring.markers import replace_solutions
from exercise_lib.authoring.solutions import read_solution, solution_files
from exercise_lib.authoring.writing import derive_all, differences, write_all

__all__ = [
    "AuthoringError",
    "derive",
    "derive_all",
    "differences",
    "read_solution",
    "replace_solutions",
    "solution_files",
    "student_notebook",
    "write_all",
]
