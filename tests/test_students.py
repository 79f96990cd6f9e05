"""A student who makes the usual mistakes: every one is told, and every later cell still runs."""

import os
import shutil
import textwrap

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from exercise_lib import datasets, paths
from exercise_lib.exercises import catalog

pytestmark = pytest.mark.thorough
# By the solutions' names: a student's own notebooks may lie beside them.
NOTEBOOKS = [paths.NOTEBOOKS / file.name for file in sorted(paths.SOLUTIONS.glob("*.ipynb"))]


def exercises_of(path):
    chapter = str(int(path.name[:2]))
    return [
        exercise
        for exercise in catalog.EXERCISES.values()
        if exercise.number.split(".")[0] == chapter
    ]


def type_mistakes(notebook, exercises, place):
    """Put a known mistake of each exercise in place of its stub; return the mistakes."""
    mistakes = {}
    for exercise in exercises:
        mistake = exercise.mistakes[place % len(exercise.mistakes)]
        [cell] = [
            c for c in notebook.cells if c.id == f"answer-{exercise.number.replace('.', '-')}"
        ]
        assert "# YOUR CODE HERE" in cell.source
        cell.source = textwrap.dedent(mistake.code)
        mistakes[exercise.number] = mistake
    return mistakes


def run(notebook, folder, progress):
    """Run all cells and return what they printed; a cell that raises fails the test."""
    environment = {
        **os.environ,
        "EXERCISE_MODEL": "imagenet200",
        "EXERCISE_PROGRESS": str(progress / "progress.json"),
    }
    environment.pop("EXERCISE_STRICT", None)
    client = NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(folder)}})
    client.execute(env=environment)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return "\n".join(
        output.text if output.output_type == "stream" else output.data.get("text/plain", "")
        for output in outputs
    )


# MISTAKES_ROUNDS=6 tries more rounds: the second known mistake of each exercise, and so on.
@pytest.mark.parametrize("place", range(int(os.environ.get("MISTAKES_ROUNDS", "1"))))
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_full_of_mistakes_runs_and_names_each(path, place, tmp_path):
    notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)
    exercises = exercises_of(path)
    assert exercises
    mistakes = type_mistakes(notebook, exercises, place)
    printed = run(notebook, path.parent, tmp_path)
    for number, mistake in mistakes.items():
        assert f"✘ {number} Not yet. {mistake.says}" in printed
    assert f"0 of {len(exercises)} correct." in printed


def test_notebook_06_runs_where_fine_tuning_is_advised(tmp_path):
    path = paths.NOTEBOOKS / "06_your_photos.ipynb"
    notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)
    [cell] = [cell for cell in notebook.cells if cell.id == "advice"]
    cell.source += '\napproach = "fine_tuning"'
    printed = run(notebook, path.parent, tmp_path)
    assert "trained: fine_tuning" in printed
    assert "the same in a fresh process: True" in printed


def test_notebook_06_runs_on_as_few_photos_as_there_may_be(tmp_path):
    """Two photos of each of two classes: none is left to choose with."""
    yoghurts = datasets.load("yoghurts")
    for label in range(2):
        folder = tmp_path / "photos" / yoghurts.class_names[label] / "summer"
        folder.mkdir(parents=True)
        for row in np.flatnonzero(yoghurts.train.labels == label)[:2]:
            shutil.copy(yoghurts.train.files[row], folder)
    path = paths.NOTEBOOKS / "06_your_photos.ipynb"
    notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)
    [cell] = [cell for cell in notebook.cells if cell.id == "folder"]
    cell.source = (
        f'from pathlib import Path\nfolder = Path(r"{tmp_path / "photos"}")\n'
        + "\n".join(cell.source.splitlines()[1:])
    )
    printed = run(notebook, path.parent, tmp_path)
    assert "test: " in printed
    assert "the same in a fresh process: True" in printed
