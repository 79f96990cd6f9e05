"""Solution notebooks to student notebooks.

`python -m exercise_lib.authoring` writes `notebooks/` anew from `solutions/`;
with `--check` it writes nothing, prints a diff and exits 1 if they disagree;
with `--run` it first runs the solutions with the bundled model and keeps what
they print.

A chain of nbconvert preprocessors does it: cells tagged `solution-only` go,
solutions become stubs, outputs and metadata are cleared. The delimiters are
those of nbgrader; anything that only looks like one is an error, because a
misspelt delimiter would hand the solution to the students.

A cell of a solution tagged `nbval-check-output` prints the same with every
model: its output is compared in the run with MobileNetV2, too.
"""

import argparse
import ast
import difflib
import os
import re
import sys

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbconvert.preprocessors import (
    ClearMetadataPreprocessor,
    ClearOutputPreprocessor,
    Preprocessor,
    TagRemovePreprocessor,
)

from exercise_lib import files, paths
from exercise_lib.errors import WorkshopError
from exercise_lib.exercises.reference import BEGIN, END

STUB = ("# YOUR CODE HERE", "...")
LOOKS_LIKE_DELIMITER = re.compile(r"\b(begin|end)[\s_-]*solution", re.IGNORECASE)
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


class AuthoringError(WorkshopError):
    """A solution notebook that cannot be turned into a student notebook."""


class SolutionsToStubs(Preprocessor):
    """Replace what lies between the delimiters by a stub, and compile every code cell."""

    def preprocess_cell(self, cell, resources, index):
        where = f"{resources.get('name', 'notebook')}, cell {index + 1}"
        if cell.cell_type == "code":
            cell.source = replace_solutions(cell.source, where)
            compile_cell(cell.source, where)
        elif LOOKS_LIKE_DELIMITER.search(cell.source):
            raise AuthoringError(f"{where}: a delimiter outside a code cell.")
        return cell, resources


def replace_solutions(source, where):
    """Replace each solution in a cell's source by a stub of the same indent.

    Args:
        source: Source of a code cell.
        where: Name of the cell, for errors.

    Returns:
        The source with `# YOUR CODE HERE` and `...` in place of each solution.

    Raises:
        AuthoringError: a delimiter is stray, nested, unclosed or misspelt.
    """
    lines, inside = [], False
    for line in source.splitlines():
        kind = delimiter(line, where)
        if kind is not None and inside == (kind == BEGIN):
            raise AuthoringError(
                f"{where}: {kind!r} {'inside a solution' if inside else 'alone'}."
            )
        if kind == BEGIN:
            indent = line[: line.index("#")]
            lines += [indent + text for text in STUB]
        if kind is not None:
            inside = kind == BEGIN
        elif not inside:
            lines.append(line)
    if inside:
        raise AuthoringError(f"{where}: {BEGIN!r} without {END!r}.")
    return "\n".join(lines)


def delimiter(line, where):
    """Return which delimiter a line is, or None; a near miss is an error."""
    if line.strip() in (BEGIN, END):
        return line.strip()
    if LOOKS_LIKE_DELIMITER.search(line):
        raise AuthoringError(f"{where}: write {BEGIN!r} or {END!r}, not {line.strip()!r}.")
    return None


def compile_cell(source, where):
    """Raise AuthoringError if a code cell of the student notebook is no valid Python."""
    try:
        ast.parse(source)
    except SyntaxError as error:
        raise AuthoringError(f"{where}: the student's cell does not compile: {error}.") from error


def student_notebook(solution):
    """Derive a student notebook.

    Args:
        solution: nbformat notebook, version 4.5 or later. Not changed.

    Returns:
        nbformat notebook with the same cell ids, without solutions and outputs.

    Raises:
        AuthoringError: see `replace_solutions`; or the format is too old.
    """
    notebook = nbformat.from_dict(solution)
    if (notebook.nbformat, notebook.nbformat_minor) < (4, 5):
        raise AuthoringError("The notebook's format is older than 4.5: its cells have no ids.")
    resources = {"name": solution.metadata.get("title", "notebook")}
    for preprocessor in (
        TagRemovePreprocessor(enabled=True, remove_cell_tags={"solution-only"}),
        SolutionsToStubs(enabled=True),
        ClearOutputPreprocessor(enabled=True),
        ClearMetadataPreprocessor(enabled=True, clear_notebook_metadata=True),
    ):
        notebook, resources = preprocessor(notebook, resources)
    notebook.metadata = nbformat.from_dict(METADATA)
    nbformat.validate(notebook)
    return notebook


def run_solution(solution_file):
    """Run a solution notebook with the bundled model, every answer correct, and keep its outputs.

    Raises:
        nbclient.exceptions.CellExecutionError: a cell fails; the file stays as it was.
    """
    notebook = nbformat.read(solution_file, as_version=nbformat.NO_CONVERT)
    client = NotebookClient(
        notebook,
        timeout=300,
        record_timing=False,
        resources={"metadata": {"path": str(solution_file.parent)}},
    )
    client.execute(env={**os.environ, "EXERCISE_MODEL": "imagenet200", "EXERCISE_STRICT": "1"})
    notebook.metadata = nbformat.from_dict(METADATA)
    files.write_whole(solution_file, (nbformat.writes(notebook) + "\n").encode())


def derive(solution_file):
    """Return the text of the student notebook of one solution notebook."""
    solution = nbformat.read(solution_file, as_version=nbformat.NO_CONVERT)
    solution.metadata["title"] = solution_file.name
    return nbformat.writes(student_notebook(solution)) + "\n"


def derive_all(solutions=paths.SOLUTIONS):
    """Return {file name: text} of all student notebooks."""
    return {file.name: derive(file) for file in sorted(solutions.glob("*.ipynb"))}


def write_all(notebooks=paths.NOTEBOOKS):
    """Write the student notebooks, and remove those without a source."""
    derived = derive_all()
    notebooks.mkdir(exist_ok=True)
    for name, text in derived.items():
        files.write_whole(notebooks / name, text.encode())
    for stale in set(notebooks.glob("*.ipynb")) - {notebooks / name for name in derived}:
        stale.unlink()
    return sorted(derived)


def differences(notebooks=paths.NOTEBOOKS):
    """Return a diff, line by line, between what `notebooks/` holds and what it should hold."""
    derived = derive_all()
    found = {file.name: file.read_text(encoding="utf-8") for file in notebooks.glob("*.ipynb")}
    lines = []
    for name in sorted(derived.keys() | found.keys()):
        lines += difflib.unified_diff(
            found.get(name, "").splitlines(),
            derived.get(name, "").splitlines(),
            f"notebooks/{name} (as it is)",
            f"notebooks/{name} (from solutions/)",
            lineterm="",
        )
    return lines


def main(arguments=None):
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m exercise_lib.authoring",
        description="Write the student notebooks from the solution notebooks.",
    )
    parser.add_argument("--check", action="store_true", help="write nothing; print a diff")
    parser.add_argument("--run", action="store_true", help="first run the solutions anew")
    options = parser.parse_args(arguments)
    try:
        return check_notebooks() if options.check else write_notebooks(options.run)
    except (WorkshopError, nbformat.ValidationError, CellExecutionError) as error:
        print(error, file=sys.stderr)
        return 1


def write_notebooks(run_first):
    """Write the student notebooks, after a run of the solutions if asked; return 0."""
    for file in sorted(paths.SOLUTIONS.glob("*.ipynb")) if run_first else ():
        run_solution(file)
        print(f"Run: solutions/{file.name}")
    for name in write_all():
        print(f"Written: notebooks/{name}")
    return 0


def check_notebooks():
    """Print how `notebooks/` differs from what it should be; return the exit status."""
    lines = differences()
    if lines:
        print(*lines, sep="\n")
        print("notebooks/ is not what solutions/ gives: run `make notebooks`.", file=sys.stderr)
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
