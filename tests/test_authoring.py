"""Solutions to student notebooks."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from exercise_lib import authoring

SOLVED = """def add(a, b):
    ### BEGIN SOLUTION
    total = a + b
    return total
    ### END SOLUTION"""
STUBBED = """def add(a, b):
    # YOUR CODE HERE
    ..."""


def notebook(*cells, minor=5):
    book = new_notebook(cells=list(cells))
    book.nbformat_minor = minor
    return book


def test_a_solution_becomes_a_stub_of_the_same_indent():
    assert authoring.replace_solutions(SOLVED, "here") == STUBBED


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("x = 1\n### END SOLUTION", "alone"),
        ("### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION", "inside"),
        ("### BEGIN SOLUTION\nx = 1", "without"),
        ("### Begin Solution\nx = 1\n### END SOLUTION", "write"),
        ("# BEGIN SOLUTION\nx = 1\n### END SOLUTION", "write"),
        ("### BEGIN SOLUTION: x\nx = 1\n### END SOLUTION", "write"),
        ("###BEGIN_SOLUTION\nx = 1\n### END SOLUTION", "write"),
        ("### BEGIN SOLUTION\nx = 1\n### end-solution", "write"),
    ],
)
def test_a_wrong_delimiter_is_an_error_that_names_the_cell(source, says):
    with pytest.raises(authoring.AuthoringError, match=says) as caught:
        authoring.replace_solutions(source, "01.ipynb, cell 3")
    assert "01.ipynb, cell 3" in str(caught.value)


def test_a_delimiter_in_text_is_an_error():
    with pytest.raises(authoring.AuthoringError, match="outside a code cell"):
        authoring.student_notebook(notebook(new_markdown_cell("### BEGIN SOLUTION")))


def test_a_cell_that_does_not_compile_is_an_error():
    broken = new_code_cell("if True:\n### BEGIN SOLUTION\n    x = 1\n### END SOLUTION")
    with pytest.raises(authoring.AuthoringError, match="does not compile"):
        authoring.student_notebook(notebook(broken))


def test_an_old_format_is_an_error():
    with pytest.raises(authoring.AuthoringError, match=r"4\.5"):
        authoring.student_notebook(notebook(minor=4))


def test_outputs_counts_metadata_and_solution_only_cells_go():
    cell = new_code_cell(
        SOLVED,
        execution_count=3,
        outputs=[new_output("stream", text="secret")],
        metadata={"tags": ["nbval-check-output"], "execution": {"iopub.execute_input": "now"}},
    )
    for_instructors = new_markdown_cell("secret", metadata={"tags": ["solution-only"]})
    solution = notebook(cell, for_instructors)
    solution.metadata["kernelspec"] = {"name": "my-env", "display_name": "Mine"}
    student = authoring.student_notebook(solution)
    assert "secret" not in nbformat.writes(student)
    assert [c.id for c in student.cells] == [cell.id]
    assert student.cells[0].execution_count is None
    assert student.cells[0].metadata == {}
    assert student.metadata.kernelspec.name == "python3"
    assert "secret" in nbformat.writes(solution)


def test_writing_twice_gives_the_same_and_removes_stale_notebooks(tmp_path, monkeypatch):
    (tmp_path / "99_gone.ipynb").write_text("{}")
    authoring.write_all(tmp_path)
    first = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    authoring.write_all(tmp_path)
    assert first == {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    assert "99_gone.ipynb" not in first
    assert authoring.differences(tmp_path) == []


def test_an_edited_notebook_is_shown_as_a_diff(tmp_path):
    [name, *_] = authoring.write_all(tmp_path)
    edited = tmp_path / name
    edited.write_text(edited.read_text(encoding="utf-8").replace("# YOUR CODE HERE", "# mine", 1))
    lines = authoring.differences(tmp_path)
    assert any(line.startswith("-") and "# mine" in line for line in lines)
