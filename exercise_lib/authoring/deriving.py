"""Derive a student notebook from a solution notebook."""

import ast
import warnings
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from exercise_lib.authoring import marks
from exercise_lib.authoring.errors import AuthoringError
from exercise_lib.authoring.markers import BEGIN, END, check_text, replace_solutions, split
from exercise_lib.authoring.solutions import SOLUTION_ONLY, cell_name

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
NEW_CELL = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}
TOO_SHORT = 12  # Characters: shorter lines, such as `return x`, reveal nothing.


def derive(solution: nbformat.NotebookNode, file: Path) -> str:
    """Return the text of the student notebook of a solution notebook.

    Args:
        solution: nbformat notebook, as `read_solution` returns it.
        file: pathlib.Path of the solution; the student notebook gets its name.

    Raises:
        AuthoringError: see `student_notebook`.
    """
    student = marks.marked(student_notebook(solution, file), file.name)
    return nbformat.writes(student) + "\n"


def student_notebook(solution: nbformat.NotebookNode, file: Path) -> nbformat.NotebookNode:
    """Derive a student notebook: the same cells and ids, without solutions and outputs.

    Args:
        solution: nbformat notebook of format 4.5. Not changed.
        file: pathlib.Path of the solution, for errors.

    Returns:
        nbformat notebook. Only id, type and source of each cell are kept.

    Raises:
        AuthoringError: a marker is wrong, a student's cell would not compile,
            nothing would be left, or part of a solution would be.
    """
    cells = []
    for number, cell in enumerate(solution.cells, start=1):
        where = cell_name(file, number, cell)
        if is_for_students(cell):
            source = student_source(cell, where)
            cells.append(NEW_CELL[cell.cell_type](source, id=cell.id))
        elif BEGIN in cell.source or END in cell.source:
            raise AuthoringError(
                f"{where} has both the tag {SOLUTION_ONLY!r} and a marker, so students would get "
                "no stub: remove the tag or the marker."
            )
    if not cells:
        raise AuthoringError(
            f"{cell_name(file, 1, {})}: no cell would be left for students: keep at least one."
        )
    student = new_notebook(cells=cells, metadata=nbformat.from_dict(METADATA))
    student.nbformat_minor = 5
    check_nothing_leaks(solution, student, file)
    return student


def is_for_students(cell: nbformat.NotebookNode) -> bool:
    """Return whether a cell of a solution notebook goes to students."""
    return SOLUTION_ONLY not in cell.metadata.get("tags", [])


def student_source(cell: nbformat.NotebookNode, where: str) -> str:
    """Return the source of a student's cell."""
    if cell.cell_type != "code":
        check_text(cell.source, where)
        return cell.source
    source = replace_solutions(cell.source, where)
    compile_cell(cell.source, where, "the solution's cell")
    statements = compile_cell(source, where, "the student's cell")
    if source != cell.source and all(map(is_ellipsis, statements)):
        raise AuthoringError(
            f"{where}: the whole cell is the solution, so the name to be checked would be "
            "undefined: leave the `def` line, or a similar one, outside the markers."
        )
    return source


def compile_cell(source: str, where: str, what: str) -> list[ast.stmt]:
    """Return the statements of a cell; raise AuthoringError if it is not valid Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # About a backslash, say: not an error.
            compile(source, where, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
            return ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = f" in line {error.lineno}" if isinstance(error, SyntaxError) else ""
        text = error.msg if isinstance(error, SyntaxError) else error
        raise AuthoringError(f"{where}: {what} does not compile ({text}{line}).") from error


def is_ellipsis(statement: ast.stmt) -> bool:
    """Return whether a statement is just `...`."""
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and statement.value.value is ...
    )


def check_nothing_leaks(
    solution: nbformat.NotebookNode, student: nbformat.NotebookNode, file: Path
) -> None:
    """Raise AuthoringError if a line of a solution is still in the student notebook.

    A second check that does not depend on how the student notebook was made.
    Lines that also occur outside solutions may stay.
    """
    parts = [
        split(cell.source) if is_for_students(cell) else ([], cell.source.split("\n"))
        for cell in solution.cells
    ]
    open_text = "\n".join(line for outside, _ in parts for line in outside)
    handed_out = "\n".join(texts_in(student))
    known = {cell.id for cell in solution.cells if is_for_students(cell)}
    if not {cell.id for cell in student.cells} <= known:
        raise AuthoringError(f"{file.name}: a cell that is not for students would be handed out.")
    for number, (cell, (_, hidden)) in enumerate(zip(solution.cells, parts, strict=True), start=1):
        for line in map(str.strip, hidden):
            if len(line) >= TOO_SHORT and line in handed_out and line not in open_text:
                raise AuthoringError(
                    f"{cell_name(file, number, cell)}: the line {line!r} of the solution would be "
                    "in the student notebook; nothing was written."
                )


def texts_in(thing: object) -> Iterator[str]:
    """Yield every text in a notebook: sources, outputs, metadata and their keys."""
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, dict):
        for key, value in thing.items():
            yield key
            yield from texts_in(value)
    elif isinstance(thing, list):
        for value in thing:
            yield from texts_in(value)
