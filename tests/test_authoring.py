"""Solution notebooks to student notebooks."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell

from exercise_lib import authoring, paths
from exercise_lib.authoring import __main__ as command
from exercise_lib.authoring import deriving

SOLVED = """def add(a, b):
    ### BEGIN SOLUTION
    total = a + b
    return total
    ### END SOLUTION"""
STUBBED = """def add(a, b):
    # YOUR CODE HERE
    ..."""
FILE = Path("01_sums.ipynb")


def notebook(*cells):
    return new_notebook(cells=list(cells))


def derived(*cells):
    return authoring.student_notebook(notebook(*cells), FILE)


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
    before = nbformat.writes(solution)
    student = authoring.student_notebook(solution, FILE)
    assert "secret" not in nbformat.writes(student)
    assert [c.id for c in student.cells] == [cell.id]
    assert student.cells[0].source == STUBBED
    assert student.cells[0].execution_count is None
    assert student.cells[0].metadata == {}
    assert student.metadata.kernelspec.name == "python3"
    assert nbformat.writes(solution) == before


def test_text_and_raw_cells_stay_as_they_are():
    student = derived(new_markdown_cell("# Sums\n\n"), new_raw_cell("x"))
    assert [(c.cell_type, c.source) for c in student.cells] == [
        ("markdown", "# Sums\n\n"),
        ("raw", "x"),
    ]


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        (new_code_cell("if True:\n### BEGIN SOLUTION\n    x = 1\n### END SOLUTION"), "compile"),
        (new_code_cell(SOLVED.replace("a + b", "(a + b")), "solution's cell does not compile"),
        (new_code_cell("%matplotlib inline"), "does not compile"),
        (new_code_cell("return 1"), "does not compile"),
        (new_code_cell("x = 'a\x00b'"), "does not compile"),
        (new_code_cell("x = " + "(" * 300 + ")" * 300), "does not compile"),
        (new_code_cell("### BEGIN SOLUTION\nx = 1\n### END SOLUTION"), "the whole cell"),
        (new_code_cell(SOLVED, metadata={"tags": ["solution-only"]}), "no stub"),
        (new_markdown_cell("x", metadata={"tags": ["solution-only"]}), "no cell would be left"),
        (new_markdown_cell("### BEGIN SOLUTION"), "looks like a marker"),
        (new_raw_cell("### END SOLUTION"), "looks like a marker"),
        (new_markdown_cell("<!-- BEGIN SOLUTON -->"), "looks like a marker"),
    ],
)
def test_a_cell_that_cannot_be_handed_out_is_an_error_that_names_it(cell, says):
    with pytest.raises(authoring.AuthoringError, match=says) as caught:
        derived(cell)
    assert str(caught.value).startswith("01_sums.ipynb, cell 1")
    assert "\n" not in str(caught.value)


def test_code_that_python_takes_is_no_error():
    derived(new_code_cell('await thing\npattern = "\\d"  # A warning of Python\'s, no error.'))


def test_a_line_of_a_solution_in_the_student_notebook_is_an_error(monkeypatch):
    """Whatever goes wrong in between: here, stubs are forgotten."""
    monkeypatch.setattr(deriving, "replace_solutions", lambda source, where: source)
    with pytest.raises(authoring.AuthoringError, match="'total = a \\+ b' of the solution"):
        derived(new_code_cell(SOLVED))


def test_a_line_of_a_solution_only_cell_in_the_student_notebook_is_an_error(monkeypatch):
    monkeypatch.setattr(deriving, "is_for_students", lambda cell: cell.cell_type == "markdown")
    secret = new_code_cell("the_secret = 42")
    shown = new_markdown_cell("See the_secret.")
    derived(secret, shown)
    monkeypatch.setattr(
        deriving, "student_source", lambda cell, where: f"{cell.source} the_secret = 42"
    )
    with pytest.raises(authoring.AuthoringError, match="the_secret"):
        derived(secret, shown)


def test_what_stands_outside_of_solutions_too_may_stay():
    student = derived(new_code_cell(SOLVED), new_code_cell("def f(a, b):\n    total = a + b"))
    assert "total = a + b" in nbformat.writes(student)


def test_the_text_is_the_same_each_time():
    solution = notebook(new_code_cell(SOLVED, id="sum"))
    assert authoring.derive(solution, FILE) == authoring.derive(solution, FILE)


@pytest.fixture
def workshop(tmp_path, monkeypatch):
    """A workshop with one small solution notebook."""
    monkeypatch.setattr(paths, "REPOSITORY", tmp_path)
    monkeypatch.setattr(paths, "SOLUTIONS", tmp_path / "solutions")
    monkeypatch.setattr(paths, "NOTEBOOKS", tmp_path / "notebooks")
    paths.SOLUTIONS.mkdir()
    solution = notebook(
        new_code_cell(SOLVED, id="sum"), new_code_cell("print(add(40, 2))", id="print")
    )
    nbformat.write(solution, paths.SOLUTIONS / FILE.name)
    return tmp_path


def contents(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def refused(capsys, *arguments):
    """Run the command line; return the one sentence with which it refuses."""
    assert command.main(list(arguments)) == 1
    said = capsys.readouterr()
    assert said.out == ""
    [sentence] = said.err.splitlines()
    return sentence


def test_the_command_writes_and_then_there_is_nothing_to_do(workshop, capsys):
    assert command.main([]) == 0
    assert capsys.readouterr().out == "Written: notebooks/01_sums.ipynb\n"
    first = contents(workshop)
    assert command.main([]) == 0
    assert "nothing to do" in capsys.readouterr().out
    assert command.main(["--check"]) == 0
    assert capsys.readouterr().out == ""
    assert contents(workshop) == first


def test_check_shows_what_differs(workshop, capsys):
    command.main([])
    path = paths.NOTEBOOKS / FILE.name
    path.write_text(path.read_text().replace("# YOUR CODE HERE", "# mine"))
    capsys.readouterr()
    before = contents(workshop)
    assert command.main(["--check"]) == 1
    said = capsys.readouterr()
    assert "notebooks/01_sums.ipynb was changed by hand" in said.out
    assert '-    "    # mine\\n",' in said.out
    assert "make notebooks" in said.err
    assert contents(workshop) == before


@pytest.mark.parametrize("arguments", [[], ["--check"], ["--run"]])
@pytest.mark.parametrize("kind", ["missing", "empty", "a file", "other files"])
def test_without_solutions_nothing_is_touched(workshop, capsys, arguments, kind):
    command.main([])
    (paths.NOTEBOOKS / "mine.ipynb").write_text("my notes")
    shutil.rmtree(paths.SOLUTIONS)
    if kind == "a file":
        paths.SOLUTIONS.write_text("")
    elif kind != "missing":
        paths.SOLUTIONS.mkdir()
    if kind == "other files":
        (paths.SOLUTIONS / ".01_sums.ipynb").write_text("{}")
        (paths.SOLUTIONS / "notes.txt").write_text("x")
    before = contents(workshop)
    capsys.readouterr()
    assert "solutions contains no notebooks" in refused(capsys, *arguments)
    assert contents(workshop) == before


@pytest.mark.parametrize("arguments", [[], ["--check"], ["--run"]])
def test_one_faulty_solution_and_nothing_is_changed(workshop, capsys, arguments):
    (paths.SOLUTIONS / "02_more.ipynb").write_text("")
    before = contents(workshop)
    assert refused(capsys, *arguments).startswith("solutions/02_more.ipynb is empty")
    assert contents(workshop) == before


def test_run_keeps_what_the_cells_print(workshop, capsys):
    assert command.main(["--run"]) == 0
    assert "Run: solutions/01_sums.ipynb" in capsys.readouterr().out
    solution = nbformat.read(paths.SOLUTIONS / FILE.name, as_version=nbformat.NO_CONVERT)
    assert solution.cells[1].outputs[0].text == "42\n"
    assert [cell.execution_count for cell in solution.cells] == [1, 2]
    student = nbformat.read(paths.NOTEBOOKS / FILE.name, as_version=nbformat.NO_CONVERT)
    assert student.cells[1].outputs == []


def test_a_run_that_fails_changes_nothing_and_tells_the_cell(workshop, capsys):
    failing = notebook(new_code_cell("raise ValueError('no\\nway')", id="fails"))
    nbformat.write(failing, paths.SOLUTIONS / "02_more.ipynb")
    before = contents(workshop)
    assert command.main(["--run"]) == 1
    [sentence] = capsys.readouterr().err.splitlines()
    assert sentence == (
        "solutions/02_more.ipynb, cell 1 ('fails') fails (ValueError: no): nothing was changed."
    )
    assert contents(workshop) == before


def test_a_solution_that_is_saved_while_it_runs_is_not_overwritten(workshop, capsys):
    file = paths.SOLUTIONS / FILE.name
    saving = notebook(
        new_code_cell(f"from pathlib import Path\nPath({str(file)!r}).write_text('new')")
    )
    nbformat.write(saving, file)
    assert command.main(["--run"]) == 1
    assert "was saved while the solutions ran" in capsys.readouterr().err
    assert file.read_text() == "new"


def test_it_is_called_as_a_module_and_ends_without_a_traceback(tmp_path):
    """As `make notebooks` does it, in a copy of the library."""
    here = Path(authoring.__file__).parent.parent
    shutil.copytree(here, tmp_path / "exercise_lib", ignore=shutil.ignore_patterns("*.pyc"))
    (tmp_path / "solutions").mkdir()
    solution = tmp_path / "solutions" / FILE.name
    run = [sys.executable, "-m", "exercise_lib.authoring"]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}

    def call():
        return subprocess.run(
            run, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120
        )

    nbformat.write(notebook(new_code_cell(SOLVED, id="sum")), solution)
    result = call()
    assert (result.returncode, result.stderr) == (0, "")
    made = json.loads((tmp_path / "notebooks" / FILE.name).read_text())
    assert "".join(made["cells"][0]["source"]) == STUBBED
    solution.write_text("<<<<<<< HEAD\n{}\n=======\n>>>>>>> theirs\n")
    result = call()
    assert result.returncode == 1
    assert "merge conflict" in result.stderr
    assert "Traceback" not in result.stderr


def test_the_solutions_of_the_workshop_are_sound():
    derived = authoring.derive_all()
    assert sorted(derived) == sorted(file.name for file in authoring.solution_files())
    for text in derived.values():
        assert "SOLUTION" not in text
