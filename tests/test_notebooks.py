"""What nbval does not see: unrun cells, stored errors, and the shape of a lesson."""

import json
import re
import statistics

import nbformat
import pytest

from exercise_lib import paths
from tests import nbval_tolerance

SOLUTIONS = sorted(paths.SOLUTIONS.glob("*.ipynb"))
COMPARED = "nbval-check-output"  # Also in the lax run, with another model.
MARKERS = re.compile(r"#\s*(NBVAL_\w+)(.*)")


@pytest.fixture(params=SOLUTIONS, ids=lambda path: path.stem)
def solution(request):
    return nbformat.read(request.param, as_version=nbformat.NO_CONVERT)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def text_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "markdown"]


def lines_of(cell):
    return [line for line in cell.source.splitlines() if line.strip()]


def test_there_are_solutions():
    assert SOLUTIONS


def test_every_cell_was_run_in_order(solution):
    counts = [cell.execution_count for cell in code_cells(solution)]
    assert counts == list(range(1, len(counts) + 1))


def test_no_error_and_no_stderr_is_stored(solution):
    for cell in code_cells(solution):
        for output in cell.outputs:
            assert output.output_type != "error", cell.source
            assert output.get("name") != "stderr", cell.source


def test_every_figure_was_drawn_and_is_said_in_words(solution):
    for cell in code_cells(solution):
        figures = cell.source.count("plots.plot_")
        kinds = [kind for output in cell.outputs for kind in output.get("data", {})]
        printed = "".join(output.get("text", "") for output in cell.outputs)
        assert kinds.count("image/png") == figures, cell.source
        assert printed.count("Figure: ") == figures, cell.source


def test_nothing_is_hidden_from_nbval(solution):
    for cell in code_cells(solution):
        assert not MARKERS.search(cell.source), cell.source
        tags = set(cell.metadata.get("tags", []))
        assert {tag for tag in tags if "nbval" in tag.lower()} <= {COMPARED}
        assert "input(" not in cell.source.replace("keras.Input(", "")
        assert not re.search(r"^\s*[!%]", cell.source, re.MULTILINE), cell.source


def test_what_is_said_to_hold_is_compared_with_every_model(solution):
    for cell in code_cells(solution):
        printed = "".join(output.get("text", "") for output in cell.outputs)
        is_lesson = re.search(r": +(True|False)$", printed, re.MULTILINE)
        assert bool(is_lesson) == (COMPARED in cell.metadata.get("tags", [])), cell.source


def test_every_tolerance_is_of_numbers_that_are_there(solution):
    for cell in code_cells(solution):
        texts = [output.get("text", "") for output in cell.outputs]
        texts += [output.get("data", {}).get("text/plain", "") for output in cell.outputs]
        kinds = {number.kind for text in texts for number in nbval_tolerance.split(text)[1]}
        tolerances = nbval_tolerance.tolerances_of(cell.metadata.get("tags", []))
        assert set(tolerances) <= kinds, cell.source
        assert not tolerances or not cell.id.startswith(("answer-", "check-")), cell.source


def test_no_machine_is_named(solution):
    text = nbformat.writes(solution)
    for trace in ("/home/", "/tmp/", "/root/", "/work/", "\\Users\\", "site-packages"):
        assert trace not in text


def test_cells_are_short(solution):
    code, text = code_cells(solution), text_cells(solution)
    assert max(len(lines_of(cell)) for cell in code) <= 20
    assert statistics.median(len(lines_of(cell)) for cell in code) <= 6
    assert max(len(cell.source.split()) for cell in text) <= 150


def test_the_lesson_has_its_parts(solution):
    text = text_cells(solution)
    assert re.match(r"# \d+\. .*\?", text[0].source)
    assert "In this notebook you will" in text[0].source
    assert "minutes" in text[0].source
    assert "## Keypoints" in text[-1].source
    guesses = sum(bool(re.search("[Ww]rite down (a|two) guess", cell.source)) for cell in text)
    assert guesses >= sum("### Exercise" in cell.source for cell in text)


def test_metadata_is_clean_and_ids_are_stable(solution):
    assert set(solution.metadata) <= {"kernelspec", "language_info"}
    for cell in solution.cells:
        assert set(cell.metadata) <= {"tags"}
        assert re.fullmatch(r"[a-z0-9-]+", cell.id)


def test_student_notebooks_hold_no_answer_and_no_output():
    for path in [paths.NOTEBOOKS / solution.name for solution in SOLUTIONS]:
        text = path.read_text(encoding="utf-8")
        assert "SOLUTION" not in text
        assert all(not cell.get("outputs") for cell in json.loads(text)["cells"])
        assert text.count("# YOUR CODE HERE") >= 4
